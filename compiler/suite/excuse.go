package suite

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// ExcuseForm is how a policy says why a mutant may survive, at the end of the line that it changes or alone on the line
// before. With a kind, as "gatewright:survives[drop-groups] REASON", it speaks of mutants of that kind only.
const ExcuseForm = "# gatewright:survives REASON"

var excuseForm = regexp.MustCompile(`(?:#|//)[ \t]*gatewright:survives(?:\[([a-z-]+)\])?(?:[ \t]+(.*))?$`)

// Excuse is one written reason.
type Excuse struct {
	Range  schema.Range `json:"range"`
	Kind   string       `json:"kind,omitempty"`
	Reason string       `json:"reason"`
	// Used is set when a mutant survived for this reason.
	Used bool `json:"used"`
	// line is the line that it speaks of.
	line int
}

// excuses finds the reasons in the files, by file and line.
func excuses(files map[string][]byte) []*Excuse {
	var out []*Excuse
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if !bytes.Contains(files[file], []byte("gatewright:survives")) {
			continue
		}
		alone := []*Excuse{} // those that wait for a line that is no comment
		start := 0
		for i, line := range bytes.Split(files[file], []byte("\n")) {
			text := strings.TrimSuffix(string(line), "\r")
			at := excuseForm.FindStringSubmatchIndex(text)
			rest := strings.TrimSpace(text)
			switch {
			case at == nil && (rest == "" || strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "//")):
			case at == nil:
				for _, e := range alone {
					e.line = i + 1
				}
				alone = nil
			default:
				e := excuseAt(file, text, i+1, start, at)
				out = append(out, e)
				if strings.TrimSpace(text[:at[0]]) == "" {
					alone = append(alone, e)
				}
			}
			start += len(line) + 1
		}
	}
	return out
}

func excuseAt(file, text string, line, start int, at []int) *Excuse {
	group := func(n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return strings.TrimSpace(text[at[2*n]:at[2*n+1]])
	}
	pos := func(offset int) schema.Pos {
		return schema.Pos{Line: line, Column: 1 + len([]rune(text[:offset])), Byte: start + offset}
	}
	return &Excuse{Range: schema.Range{File: file, Start: pos(at[0]), End: pos(at[1])}, Kind: group(1), Reason: group(2), line: line}
}

// excused finds the reason for a mutant, and marks it as used. One without a reason excuses nothing.
func excused(list []*Excuse, m *Mutant) *Excuse {
	for _, e := range list {
		if e.Range.File == m.Range.File && e.line == m.Range.Start.Line && e.Reason != "" && (e.Kind == "" || e.Kind == m.Kind) {
			e.Used = true
			return e
		}
	}
	return nil
}
