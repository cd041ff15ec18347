package syntax

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// FormatPlain is Format's fast way alone; false when it does not know the file.
func FormatPlain(src []byte) ([]byte, bool) {
	p := newPlain(src)
	ok := p.read()
	return p.out, ok
}

// FormatAny is Format's slow way alone.
func FormatAny(path string, src []byte) ([]byte, schema.Diagnostics) { return formatAny(path, src) }

// CELTokens gives the tokens of a condition by a separator that is none of them; false when it is no CEL.
func CELTokens(raw string, quoted bool) (string, bool) {
	f := celFormatter{raw: []byte(raw), spacer: spacer{text: []byte(raw)}}
	if quoted {
		f.unescaped()
	}
	tokens, ok := celTokens(nil, f.text)
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(strings.TrimRight(string(f.text[t.start:t.end]), " \t\f") + "\n")
	}
	return b.String(), ok
}

// PagePaths gives the path of everything that is told of.
func PagePaths() []string {
	var all []string
	for _, pages := range []map[string]Page{policyPages, rulePages, reusePages, testPages} {
		all = slices.AppendSeq(all, maps.Keys(pages))
	}
	return all
}
