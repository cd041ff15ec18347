package syntax_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gatewright/gatewright/compiler/syntax"
)

// TestCELPlaces marks a rune of a condition by a word in it, and checks that its offset in the decoded text leads back
// to the line, column and byte where the word is written.
func TestCELPlaces(t *testing.T) {
	tests := []struct {
		name, file, text string
		line, column     int
	}{
		{"plain", "expr \"a\" { cel = \"true && HERE\" }", "true && HERE", 1, 27},
		{"escaped quote", `expr "a" { cel = "\"x\" == HERE" }`, `"x" == HERE`, 1, 28},
		{"backslashes", `expr "a" { cel = "'\\\\d' == HERE" }`, `'\\d' == HERE`, 1, 30},
		{"newline and tab", `expr "a" { cel = "a\n\tHERE" }`, "a\n\tHERE", 1, 24},
		{"unicode escape", `expr "a" { cel = "'\u00e9' == HERE" }`, "'é' == HERE", 1, 31},
		{"long unicode escape", `expr "a" { cel = "'\U0001F600' == HERE" }`, "'😀' == HERE", 1, 35},
		{"non-ASCII", `expr "a" { cel = "'é漢' == HERE" }`, "'é漢' == HERE", 1, 27},
		{"combining characters are kept", "expr \"a\" { cel = \"'e\u0301' == HERE\" }", "'e\u0301' == HERE", 1, 26},
		{"escaped interpolation", `expr "a" { cel = "'$${x} %%{y}' == HERE" }`, "'${x} %{y}' == HERE", 1, 36},
		{"lone signs", `expr "a" { cel = "'$$ %% $' == HERE" }`, "'$$ %% $' == HERE", 1, 32},
		{"heredoc", "expr \"a\" {\n  cel = <<CEL\n  x\n  HERE\nCEL\n}", "  x\n  HERE\n", 4, 3},
		{"indented heredoc", "expr \"a\" {\n  cel = <<-CEL\n    x &&\n      HERE\n  CEL\n}", "x &&\n  HERE\n", 4, 7},
		{"heredoc with tabs", "expr \"a\" {\n\tcel = <<-CEL\n\t\tx &&\n\t\tHERE\n\tCEL\n}", "x &&\nHERE\n", 4, 3},
		{"heredoc with blank lines", "expr \"a\" {\n  cel = <<-CEL\n    x\n\n   \n    HERE\n  CEL\n}", "x\n\n   \nHERE\n", 6, 5},
		{"heredoc with backslashes", "expr \"a\" {\n  cel = <<-CEL\n    '\\n\\d' == HERE\n  CEL\n}", "'\\n\\d' == HERE\n", 3, 15},
		{"heredoc after non-ASCII", "expr \"a\" {\n  cel = <<-CEL\n    'é漢' == HERE\n  CEL\n}", "'é漢' == HERE\n", 3, 13},
		{"heredoc with escaped interpolation", "expr \"a\" {\n  cel = <<-CEL\n    '$${x}' == HERE\n  CEL\n}", "'${x}' == HERE\n", 3, 16},
		{"heredoc with CRLF", "expr \"a\" {\r\n  cel = <<-CEL\r\n    x\r\n    HERE\r\n  CEL\r\n}\r\n", "x\r\nHERE\r\n", 4, 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cel := onlyExpr(t, test.file).CEL
			if cel.Text != test.text {
				t.Fatalf("text %q, want %q", cel.Text, test.text)
			}
			offset := utf8.RuneCountInString(cel.Text[:strings.Index(cel.Text, "HERE")])
			pos := cel.At(offset)
			if pos.Line != test.line || pos.Column != test.column {
				t.Errorf("at %d:%d, want %d:%d", pos.Line, pos.Column, test.line, test.column)
			}
			if want := strings.Index(test.file, "HERE"); pos.Byte != want {
				t.Errorf("byte %d, want %d", pos.Byte, want)
			}
			if end := cel.At(1 << 30).Byte; end < pos.Byte || end > len(test.file) {
				t.Errorf("the end is at byte %d", end)
			}
		})
	}
}

func onlyExpr(t *testing.T, file string) syntax.Expr {
	t.Helper()
	f, diags := syntax.Parse("a.hcl", []byte(file))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	tree, diags := syntax.Decode([]*syntax.File{f})
	if diags.HasErrors() || len(tree.Exprs) != 1 {
		t.Fatalf("%d exprs, %+v", len(tree.Exprs), diags)
	}
	return tree.Exprs[0]
}
