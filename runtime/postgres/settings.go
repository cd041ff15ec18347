package postgres

import (
	"slices"
	"strings"
)

// Settings that decide how text is read.
const (
	settingEncoding = "client_encoding"
	settingStrings  = "standard_conforming_strings"
)

// harmlessSettings may be set in the start-up packet: they change how values look or when a statement is given up,
// not what a statement may reach. search_path is read back from the server before anything is judged.
var harmlessSettings = []string{
	"application_name", "bytea_output", "client_encoding", "client_min_messages", "datestyle",
	"default_transaction_deferrable", "default_transaction_isolation", "default_transaction_read_only",
	"extra_float_digits", "geqo", "idle_in_transaction_session_timeout", "idle_session_timeout", "intervalstyle",
	"jit", "lock_timeout", "search_path", "standard_conforming_strings", "statement_timeout", "timezone", "work_mem",
	"xmloption",
}

// upstreamSettings gives the settings to start the database session with. It refuses what is not known to be
// harmless, and any client_encoding but UTF-8, because the classifier and the masks read UTF-8.
func (h *hello) upstreamSettings() (map[string]string, error) {
	out := map[string]string{settingEncoding: "UTF8", settingStrings: "on"}
	options, err := splitOptions(h.parameters["options"])
	if err != nil {
		return nil, err
	}
	for name, value := range h.parameters {
		switch name {
		case "user", "database", "options":
		case "replication":
			if !isFalse(value) {
				return nil, newFault(codeNotSupported, "connect to the database itself for replication",
					"replication connections do not pass the gateway")
			}
		default:
			options = append(options, setting{name, value})
		}
	}
	for _, o := range options {
		if err := admit(out, o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type setting struct{ name, value string }

func admit(out map[string]string, o setting) error {
	name := strings.ToLower(o.name)
	switch {
	case !slices.Contains(harmlessSettings, name):
		return newFault(codeDenied, "leave it out of the connection's options, and use SET after connecting if a rule allows it",
			"the setting %q may not be set at start-up", o.name)
	case name == settingEncoding:
		if !isUTF8(o.value) {
			return newFault(codeNotSupported, "set client_encoding to UTF8", "client_encoding %q does not pass the gateway", o.value)
		}
	case name == settingStrings:
		if isFalse(o.value) {
			return newFault(codeNotSupported, "leave standard_conforming_strings on", "standard_conforming_strings = off does not pass the gateway")
		}
	default:
		out[name] = o.value
	}
	return nil
}

func isFalse(v string) bool {
	return slices.Contains([]string{"off", "false", "no", "0", "f", "n"}, strings.ToLower(v))
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
