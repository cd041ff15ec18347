package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/schema"
)

// TestSnippet underlines a word in lines of any length: the caret stands under it, and the terminal breaks no line.
func TestSnippet(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{"short", "  unless = \"", "\""},
		{"nothing around it", "", ""},
		{"at the end of a long line", strings.Repeat("abc ", 60), ""},
		{"at the beginning of a long line", "", strings.Repeat(" abc", 60)},
		{"in a very long line", strings.Repeat("abc ", 6000), strings.Repeat(" abc", 6000)},
		{"just too long", strings.Repeat("a", 60), strings.Repeat("b", 20)},
		{"after tabs", "\t\t\t\t", strings.Repeat("b", 70)},
		{"after wide characters", strings.Repeat("漢", 30), strings.Repeat("漢", 30)},
		{"after bytes that are no text", strings.Repeat("\xff", 100), strings.Repeat("\xff", 100)},
	}
	const word = "where_bond"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line := "first\n" + tt.before
			pos := func(n int) schema.Pos { return schema.Pos{Line: 2, Column: 1, Byte: n} }
			d := schema.Diagnostic{Summary: "Invalid", Range: &schema.Range{File: "p.hcl", Start: pos(len(line)), End: pos(len(line) + len(word))}}
			var out bytes.Buffer
			renderer{w: &out}.diagnostic(d, map[string][]byte{"p.hcl": []byte(line + word + tt.after + "\nlast\n")})
			fits(t, out.String())
			lines := strings.Split(out.String(), "\n")
			before, _, found := strings.Cut(lines[2], word)
			if want := strings.Repeat(" ", width(before)) + strings.Repeat("^", len(word)); !found || lines[3] != want {
				t.Errorf("the caret is not under the word:\n%s", out.String())
			}
		})
	}
}
