package vocab_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/schema/vocab"
)

// TestPlainWords: what is wrong is said in the reader's words, at its own place, with the way out.
func TestPlainWords(t *testing.T) {
	tests := []struct {
		text         string
		column       int
		detail, hint string
	}{
		{"principal.kind ==", 17, `An operand is expected after "=="; the condition ends here.`, "text in single quotes"},
		{"sql.limit < < 3", 13, `An operand is expected after "<"; here is "<".`, "a number"},
		{"sql.limit <> 3", 12, `An operand is expected after "<"`, "CEL writes != for <>."},
		{"in", 1, `An operand is expected; here is "in".`, "principal.kind"},
		{"(sql.limit < 3", 14, `A ")" is missing; the condition ends here.`, "Close every bracket"},
		{"sql.limit < 3)", 14, `This ")" closes nothing.`, "Remove it"},
		{"[1,2", 4, `A "]" or "," is expected`, "Close every bracket"},
		{"sql.where_bound ? true", 22, `A ":" is expected`, "CONDITION ? VALUE : VALUE"},
		{"sql.", 4, `A name is expected after ".".`, "principal.kind"},
		{"sql.where_bound and sql.has_where", 17, `after "where_bound"; here is "and"`, "CEL writes && for and."},
		{"not sql.where_bound", 5, `after "not"; here is "sql"`, "CEL writes ! for not."},
		{"'a' 'b'", 5, `after a text; here is "'b'"`, "&& or ||"},
		{"access.verb = 'select'", 13, `"=" is no operator of CEL.`, "Write == to compare."},
		{"sql.where_bound & sql.has_where", 17, `"&" is no operator of CEL.`, "Write &&."},
		{"sql.limit # 3", 11, `"#" has no meaning in CEL.`, "Remove it"},
		{"principal.kind == 'abc", 19, "The text that begins here does not end", "Close it with the quote"},
		{"principal.kind == \"x\ny\"", 19, "The text that begins here does not end", "on the same line"},
		{"if (true) {}", 1, `"if" is a word that CEL keeps for itself.`, "A ? B : C"},
		{"sql.limit > 99999999999999999999", 13, "Invalid int literal.", "64 bits"},
		{"has(principal)", 5, "has() macro", "has(VARIABLE.FIELD)"},
		{"sql.tables.exists('t', true)", 19, "simple name", "without quotes"},
		{"principal.foo == 'x'", 11, `There is no field "foo" in principal.`, "The fields of principal are groups, issuer, kind, subject."},
		{"principal.group == 'x'", 11, `There is no field "group" in principal.`, `Did you mean "groups"?`},
		{"principal.tables == []", 11, `There is no field "tables" in principal.`, "write sql.tables."},
		{"foo.bar", 1, `There is no variable "foo" here.`, "access, principal, request, sql, target and expr.NAME"},
		{"sql{limit: 1}", 4, "A condition cannot make a value of sql.", "Conditions look at facts"},
		{"principal.kind.startswith('a')", 16, `There is no function "startswith".`, `Did you mean "startsWith"?`},
		{"now() > request.time", 1, `There is no function "now".`, "Functions are all, contains, "},
		{"sql.has_limit(3)", 5, `There is no function "has_limit".`, `"has_limit" is a field`},
		{"sql.tables.exists(t)", 12, `"exists" is not called like this.`, "LIST.exists(NAME, CONDITION)"},
		{"principal.kind == 1", 16, `"==" does not take a string and an int.`, "Both sides must have one type"},
		{"'x' in principal.kind", 5, `"in" does not take a string and a string.`, "TEXT.contains('x')"},
		{"principal.groups.contains('x')", 26, `"contains" of a list(string) does not take (string).`, "'x' in LIST"},
		{"size(sql.limit) > 1", 5, `"size" does not take an int.`, "docs/reference.md"},
		{"principal.kind && true", 10, "A bool (true or false) is needed here, and this is a string.", "principal.kind == 'x'"},
		{"principal.groups.foo", 18, "A field is asked of a list(string), which has none.", "'x' in LIST"},
		{"sql.limit", 1, "A bool (true or false) is needed here, and this gives an int.", "Compare it"},
		{"principal", 1, "this gives the whole of principal.", "Compare it"},
	}
	v := vocabulary(t, vocab.Postgres)
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			c, diags := v.Check(tt.text, vocab.Bool, at(tt.text), "p.hcl")
			if c != nil || len(diags) == 0 {
				t.Fatal("accepted")
			}
			d := diags[0]
			if d.Range.Start.Column != tt.column || !strings.Contains(d.Detail, tt.detail) || !strings.Contains(d.Hint, tt.hint) {
				t.Errorf("column %d: %s\n%s", d.Range.Start.Column, d.Detail, d.Hint)
			}
			for _, d := range diags {
				for _, word := range []string{"EOF", "IDENTIFIER", "expecting", "in container", "recognition", "overload"} {
					if strings.Contains(d.Detail+d.Hint, word) {
						t.Errorf("%q is not for the reader: %s %s", word, d.Detail, d.Hint)
					}
				}
			}
		})
	}
}

// TestFunctions: each function that hints and the reference name is one that a condition may call.
func TestFunctions(t *testing.T) {
	v := vocabulary(t, vocab.Postgres)
	for _, name := range vocab.Functions() {
		_, diags := v.Check(name+"(sql.no_field)", vocab.Bool, at(name+"(sql.no_field)"), "p.hcl")
		for _, d := range diags {
			if strings.Contains(d.Detail, "There is no function") {
				t.Errorf("%s: %s", name, d.Detail)
			}
		}
	}
}
