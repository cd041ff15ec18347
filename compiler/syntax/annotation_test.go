package syntax_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler/syntax"
)

func TestAnnotations(t *testing.T) {
	tests := []struct {
		name, src string
		// want holds, for each annotation, its word, its text and what it covers.
		want [][3]string
	}{
		{"behind an attribute", "a \"x\" {\n  b = 1 # gatewright:ignore r until d why\n  c = 2\n}\n",
			[][3]string{{"ignore", "r until d why", "  b = 1 # gatewright:ignore r until d why"}}},
		{"alone before an attribute of several lines", "a \"x\" {\n  # gatewright:ignore r\n  b = [\n    1,\n  ]\n  c = 2\n}\n",
			[][3]string{{"ignore", "r", "b = [\n    1,\n  ]"}}},
		{"alone before a block", "# gatewright:until x\n# more\n\na \"x\" {\n  b = 1\n}\nc = 1\n", [][3]string{{"until", "x", "a \"x\" {\n  b = 1\n}"}}},
		{"behind a block's brace", "a \"x\" { // gatewright:until x\n  b = 1\n}\n", [][3]string{{"until", "x", "a \"x\" { // gatewright:until x\n  b = 1\n}"}}},
		{"behind a block on one line", "a \"x\" { b = 1 } # gatewright:until x\n", [][3]string{{"until", "x", "a \"x\" { b = 1 }"}}},
		{"in an inner block", "a \"x\" {\n  c {\n    /* gatewright:ignore r */\n    b = 1\n  }\n}\n", [][3]string{{"ignore", "r", "b = 1"}}},
		{"in a list", "a = [\n  \"x\",\n  # gatewright:ignore r\n  \"y\",\n  \"z\" # gatewright:ignore q\n]\n",
			[][3]string{{"ignore", "r", "\"y\""}, {"ignore", "q", "  \"z\" # gatewright:ignore q"}}},
		{"at the end of a block", "a \"x\" {\n  b = 1\n  # gatewright:until x\n}\n", [][3]string{{"until", "x", "# gatewright:until x"}}},
		{"in a text", "a = \"# gatewright:ignore r\"\nb = <<-X\n  # gatewright:ignore r\nX\n", nil},
		{"another comment", "# see gatewright:ignore\na = 1\n", nil},
		{"a word with brackets", "a = 1 # gatewright:survives[x] why\n", [][3]string{{"survives", "[x] why", "a = 1 # gatewright:survives[x] why"}}},
		{"no word", "#gatewright:\r\na = 1\n", [][3]string{{"", "", "a = 1"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, diags := syntax.Parse("p.hcl", []byte(test.src))
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			var got [][3]string
			for _, a := range f.Annotations() {
				got = append(got, [3]string{a.Word, a.Text, test.src[a.Covers.Start.Byte:a.Covers.End.Byte]})
				if line := 1 + strings.Count(test.src[:a.Range.Start.Byte], "\n"); line != a.Range.Start.Line {
					t.Errorf("it is on line %d, not %d", line, a.Range.Start.Line)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzAnnotations(f *testing.F) {
	f.Add("a \"x\" { # gatewright:ignore r until 2026-01-01 x\n  b = [\n    1, # gatewright:\n  ]\n}\n")
	f.Add("/* gatewright:until\n*/ a = 1")
	f.Fuzz(func(t *testing.T, src string) {
		file, _ := syntax.Parse("p.hcl", []byte(src))
		if file == nil {
			return
		}
		for _, a := range file.Annotations() {
			for _, r := range []struct{ from, to int }{{a.Range.Start.Byte, a.Range.End.Byte}, {a.Covers.Start.Byte, a.Covers.End.Byte}} {
				if r.from < 0 || r.to < r.from || r.to > len(src) {
					t.Errorf("%+v is not in the file", a)
				}
			}
		}
	})
}
