package postgres

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// Settings that decide how text is read.
const (
	settingEncoding = "client_encoding"
	settingStrings  = "standard_conforming_strings"
)

// settings gives what the client wants to be set from the start, in a fixed order: its options first, then the
// parameters by name. It refuses what is no setting, or none that can pass.
func (h *hello) settings() ([]setting, error) {
	out, err := splitOptions(h.parameters["options"])
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(h.parameters)) {
		switch name {
		case "user", "database", "options":
		case "replication":
			if !isFalse(h.parameters[name]) {
				return nil, newFault(codeNotSupported, "connect to the database itself for replication",
					"replication connections do not pass the gateway")
			}
		default:
			out = append(out, setting{name, h.parameters[name]})
		}
	}
	return out, nil
}

// begin decides the settings that the client brings, all at once, each as the SET that it is, and gives those to start the
// database session with. The receipt is to be closed when it has been started.
func (s *session) begin(settings []setting) (map[string]string, gate.Receipt, error) {
	out := map[string]string{settingEncoding: "UTF8", settingStrings: "on"}
	for _, o := range settings {
		name := strings.ToLower(o.name)
		if slices.Contains(noSettings, name) || strings.HasPrefix(name, "_pq_.") {
			return nil, gate.Receipt{}, newFault(codeNoSetting, "", "unrecognized configuration parameter %q", o.name)
		}
		if err := o.passes(name); err != nil && !s.dryRun() {
			return nil, gate.Receipt{}, err
		}
		if name != settingEncoding || s.dryRun() && !isUTF8(o.value) {
			out[name] = o.value
		}
	}
	_, s.ownPath = out["search_path"] // an empty one is the client's own as well
	if len(settings) == 0 {
		return out, gate.Receipt{}, nil
	}
	var d schema.Decision
	r, err := s.check(s.settingAction(settings), &d)
	return out, r, err
}

// noSettings have a meaning of their own in a start-up packet, and are no settings.
var noSettings = []string{"user", "database", "options", "replication"}

// settingAction is what setting them all does.
func (s *session) settingAction(settings []setting) *schema.Action {
	texts := make([]string, len(settings))
	for i, o := range settings {
		if strings.EqualFold(o.name, settingEncoding) && isUTF8(o.value) {
			o.value = "UTF8" // drivers write it in several ways
		}
		texts[i] = "SET " + quotedName(o.name) + " TO " + literal(o.value)
	}
	text := strings.Join(texts, "; ")
	stmts := sqlfacts.Classify(text, &sqlfacts.Session{})
	if len(stmts) != len(settings) {
		stmts = sqlfacts.Unread(text, "the settings are not understood")
	}
	a := s.actionOf(&stmts[0], nil)
	a.Text = text
	facts := *stmts[0].SQL
	facts.Length = int64(len(text))
	for i := range stmts[1:] {
		more := &stmts[i+1]
		a.Accesses = append(slices.Clip(a.Accesses), more.Accesses...)
		a.Uses = append(slices.Clip(a.Uses), more.Uses...)
		facts.Normalized += "; " + more.SQL.Normalized
		facts.Fingerprint = "" // it names the shape of one statement
	}
	a.SQL = &facts
	return a
}

// passes refuses the settings under which the classifier and the masks, which read UTF-8 and standard strings, would
// read something else than the server.
func (o setting) passes(name string) error {
	switch {
	case name == settingEncoding && !isUTF8(o.value):
		return newFault(codeNotSupported, "set client_encoding to UTF8", "client_encoding %q does not pass the gateway", o.value)
	case name == settingStrings && !isTrue(o.value):
		return newFault(codeNotSupported, "leave standard_conforming_strings on", "standard_conforming_strings = off does not pass the gateway")
	}
	return nil
}

// quotedName quotes each part of a setting's name.
func quotedName(name string) string {
	return `"` + strings.NewReplacer(`"`, `""`, ".", `"."`).Replace(name) + `"`
}

type setting struct{ name, value string }

func isFalse(v string) bool {
	return slices.Contains([]string{"off", "false", "no", "0", "f", "n"}, strings.ToLower(v))
}

// isTrue is strict: the server takes every beginning of these words and of their opposites (bool.c, parse_bool).
func isTrue(v string) bool {
	return slices.Contains([]string{"on", "true", "yes", "1"}, strings.ToLower(v))
}

func isUTF8(v string) bool {
	v = strings.ToLower(strings.Trim(v, `'"`))
	return v == "utf8" || v == "utf-8" || v == "unicode"
}

// splitOptions reads the start-up parameter "options": -c name=value and --name=value, separated by white space that
// a backslash protects (manual chapter 55.7, StartupMessage).
func splitOptions(text string) ([]setting, error) {
	var out []setting
	words := splitWords(text)
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "-c" && i+1 < len(words):
			i++
			w = words[i]
		case strings.HasPrefix(w, "--"):
			w = w[2:]
		case strings.HasPrefix(w, "-c") && len(w) > 2:
			w = w[2:]
		default:
			return nil, newFault(codeDenied, "use -c name=value", "the option %q may not be used at start-up", w)
		}
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return nil, newFault(codeSyntax, "use -c name=value", "the option %q has no value", w)
		}
		out = append(out, setting{strings.ReplaceAll(name, "-", "_"), value})
	}
	return out, nil
}

func splitWords(text string) []string {
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
			inWord = true
		case strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}
