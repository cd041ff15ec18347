package syntax_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// TestHostile takes files that would exhaust a parser, a stack or memory: each is refused with the summary given.
func TestHostile(t *testing.T) {
	attr := func(value string) string { return "target \"t\" {\n  protocol = " + value + "\n}\n" }
	bomb := "locals {\n  a0 = \"0123456789abcdef\"\n"
	for i := range 40 {
		bomb += "  a" + itoa(i+1) + " = \"${local.a" + itoa(i) + "}${local.a" + itoa(i) + "}\"\n"
	}
	bomb += "}\n"
	chain := "locals {\n"
	for i := range 5000 {
		chain += "  c" + itoa(i) + " = local.c" + itoa(i+1) + "\n"
	}
	chain += "  c5000 = 1\n}\n"
	tests := []struct{ name, file, summary string }{
		{"byte order mark", "\uFEFFpolicy \"p\" {}", "File begins with a byte order mark"},
		{"not UTF-8", "policy \"p\xff\" {}", "File is not UTF-8"},
		{"UTF-16", "\xff\xfep\x00", "File is not UTF-8"},
		{"null byte", "policy \"p\" {\x00}", "Invisible control character"},
		{"reordered text", "# \u202e\n", "Invisible control character"},
		{"too large", strings.Repeat("#", syntax.MaxFileBytes+1), "File is too large"},
		{"too many words", strings.Repeat("[", syntax.MaxTokens+1), "File has too many words"},
		{"deep brackets", attr(strings.Repeat("[", 100_000)), "Nested too deeply"},
		{"deep parentheses", attr(strings.Repeat("(", 100_000)), "Nested too deeply"},
		{"deep blocks", strings.Repeat("a {\n", 100_000), "Nested too deeply"},
		{"deep templates", attr(strings.Repeat(`"${`, 100_000)), "Nested too deeply"},
		{"deep heredocs", attr(strings.Repeat("<<A\n${", 50_000)), "Nested too deeply"},
		{"not not not", attr(strings.Repeat("!", 500_000) + "true"), "Expression is too complex"},
		{"minus minus", attr(strings.Repeat("-", 500_000) + "1"), "Expression is too complex"},
		{"sums", attr(strings.Repeat("1+", 300_000) + "1"), "Expression is too complex"},
		{"sums over lines", attr("(" + strings.Repeat("1+\n", 300_000) + "1)"), "Expression is too complex"},
		{"sums in a template", attr(`"${` + strings.Repeat("1+", 300_000) + `1}"`), "Expression is too complex"},
		{"conditionals", attr(strings.Repeat("a?b:", 200_000) + "c"), "Expression is too complex"},
		{"indexes", attr("local.a" + strings.Repeat("[0]", 200_000)), "Expression is too complex"},
		{"calls", attr(strings.Repeat("f(1)", 200_000)), "Expression is too complex"},
		{"growing locals", bomb, "Value is too large"},
		{"a chain of locals", chain, "Locals refer to each other too deeply"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, diags := syntax.Parse("a.hcl", []byte(test.file))
			if f != nil {
				_, more := syntax.Decode([]*syntax.File{f})
				diags = append(diags, more...)
			}
			for _, d := range diags {
				if d.Summary == test.summary {
					return
				}
			}
			t.Errorf("want %q, got %+v", test.summary, diags[:min(3, len(diags))])
		})
	}
}

func itoa(n int) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}

// FuzzParse feeds whole files: no input may panic or give a range outside of the file.
func FuzzParse(f *testing.F) {
	f.Add("policy \"p\" {\n  language = 1\n}\n")
	f.Add("locals {\n  a = [1, \"${local.b}\"]\n  b = { x = local.a }\n}\nallow \"x\" {\n  groups = local.a\n  when = <<-CEL\n    a &&\n      b\n  CEL\n}\n")
	f.Add("expr \"a\" { cel = \"\\u00e9\\n$${x}\" }")
	f.Add("route \"r\" {\n  quorum = 1e99\n  hold = \"1m\"\n}\n")
	f.Add("test \"t\" {\n  cases = {\n    \"a b\" = { sql = [\"x\"], expect = { access = { \"select t\" = { by = [] } }, would = {} } }\n    c = local.d\n  }\n}\n")
	f.Add("test \"t\" {\n  time = \"2026-01-01T00:00:00Z\"\n  expect {\n    access \"a\" \"b\" \"c\" { by = [1] }\n    principal { kind = 1 }\n  }\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, path := range []string{"a.hcl", "a_test.hcl"} {
			file, diags := syntax.Parse(path, []byte(text))
			if file != nil {
				tree, more := syntax.Decode([]*syntax.File{file})
				diags = append(diags, more...)
				for _, e := range tree.Exprs {
					e.CEL.At(0)
					e.CEL.At(len(e.CEL.Text))
				}
			}
			within(t, diags, len(text))
		}
	})
}

func within(t *testing.T, diags schema.Diagnostics, size int) {
	t.Helper()
	for _, d := range diags {
		if d.Summary == "File cannot be parsed" || d.Summary == "Condition cannot be located" {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
		if d.Range != nil && (d.Range.Start.Byte < 0 || d.Range.End.Byte < d.Range.Start.Byte || d.Range.End.Byte > size) {
			t.Errorf("range %+v of %q is not in the file of %d bytes", *d.Range, d.Summary, size)
		}
	}
}

// TestWrongTypes: the sentence says what is expected and then what was found.
func TestWrongTypes(t *testing.T) {
	tests := []struct{ name, attribute, detail string }{
		{"a number for a text", `protocol = 7`, `"protocol" takes a text, and this is a number.`},
		{"a list for a text", `protocol = ["postgres"]`, `"protocol" takes a text, and this is a list.`},
		{"a list for a map", `labels = ["a"]`, `"labels" takes a map of texts, and this is a list.`},
		{"a truth value in a map", `labels = { a = true }`, `"labels.a" takes a text, and this is a truth value.`},
		{"null", `catalog = null`, `"catalog" takes a text, and this is null.`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, diags := syntax.Parse("a.hcl", []byte("target \"t\" {\n  "+test.attribute+"\n}\n"))
			if f == nil {
				t.Fatal(diags)
			}
			_, diags = syntax.Decode([]*syntax.File{f})
			for _, d := range diags {
				if d.Summary == "Wrong type" && d.Detail == test.detail {
					return
				}
			}
			t.Errorf("want %q, got %+v", test.detail, diags)
		})
	}
}
