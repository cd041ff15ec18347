package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler/syntax"
)

// formatted formats and fails where the result would change again.
func formatted(t *testing.T, src string) string {
	t.Helper()
	out, diags := syntax.Format("a.hcl", []byte(src))
	if out == nil {
		t.Fatal(diags)
	}
	again, diags := syntax.Format("a.hcl", out)
	if diff := cmp.Diff(string(out), string(again)); diff != "" {
		t.Errorf("formatting again changes more (-once +twice):\n%s%v", diff, diags)
	}
	return string(out)
}

func TestFormatQuotedConditions(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"operators", `a==b&&c!=d||!e`, `a == b && c != d || !e`},
		{"comparisons", `a<1&&b>=2&&c<=3&&d>4`, `a < 1 && b >= 2 && c <= 3 && d > 4`},
		{"arithmetic and signs", `-a+b- -1*c/d%e`, `-a + b - -1 * c / d % e`},
		{"calls and fields", `principal . groups . exists( g ,g=='x' )`, `principal.groups.exists(g, g == 'x')`},
		{"in and lists", `'x'in['a','b' ]`, `'x' in ['a', 'b']`},
		{"in a group", `!( 'x' in  principal.groups )`, `!('x' in principal.groups)`},
		{"index and map", `target.labels [ 'env' ]=={'a':1 , 'b' : -2}['a']`, `target.labels['env'] == {'a': 1, 'b': -2}['a']`},
		{"choice", `a?b:c?d:e`, `a ? b : c ? d : e`},
		{"a choice in a map", `{'a':b?c:d}`, `{'a': b ? c : d}`},
		{"numbers", `0x1F==31u&&1e3>.5&&1.5E-3<2`, `0x1F == 31u && 1e3 > .5 && 1.5E-3 < 2`},
		{"texts keep their inside", `'a&&b' == r'c||d' + b'x  y'`, `'a&&b' == r'c||d' + b'x  y'`},
		{"triple quotes", `'''it's  a'''+''`, `'''it's  a''' + ''`},
		{"escapes of HCL", `\"a  b\"==x&&y.matches('\\\\d+')`, `\"a  b\" == x && y.matches('\\\\d+')`},
		{"escaped white space", `a\n&&\tb`, `a && b`},
		{"around", `  a  `, `a`},
		{"a global name", `a&& .b.c`, `a && .b.c`},
		{"optional fields", `a.?b[?'c']`, `a.?b[?'c']`},
		{"a comment", `a  // b`, `a  // b`},
		{"no CEL", `a  =  b`, `a  =  b`},
		{"an open bracket", `(a  &&b`, `(a  &&b`},
		{"an open text", `'a  &&b`, `'a  &&b`},
		{"numbers that would melt", `1  .  5`, `1  .  5`},
		{"other characters", `a  &&é`, `a  &&é`},
		{"escaped interpolation", `'$${x}'  == a`, `'$${x}'  == a`},
		{"an escaped remainder", `a  %%{}`, `a  %%{}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := formatted(t, "expr \"a\" { cel = \""+test.in+"\" }\n")
			if want := "expr \"a\" { cel = \"" + test.want + "\" }\n"; got != want {
				t.Errorf("got  %swant %s", got, want)
			}
		})
	}
}

func TestFormatHeredocs(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"lines within a term are joined", "a\n  . b ( c\n, d )\n", "    a.b(c, d)\n"},
		{"breaks at operators stay", "a\n&& b && f(x,\n c||\nd)", "    a &&\n      b &&\n      f(\n        x,\n        c ||\n          d\n      )\n"},
		{"a break in the first of two calls stays", "f(a||\nb).g(cccccccccccccccc)", "    f(\n      a ||\n        b\n    ).g(cccccccccccccccc)\n"},
		{"broken at and", "sql.where_bound && principal.kind == 'human' && request.client_address.startsWith('10.')", `    sql.where_bound &&
      principal.kind == 'human' &&
      request.client_address.startsWith('10.')
`},
		{"or is looser than and", "principal.kind == 'human' && sql.where_bound || principal.kind == 'machine' && sql.has_limit", `    principal.kind == 'human' && sql.where_bound ||
      principal.kind == 'machine' && sql.has_limit
`},
		{"groups", "principal.kind == 'human' && (request.client_address.startsWith('10.') || request.client_address.startsWith('192.168.'))", `    principal.kind == 'human' &&
      (request.client_address.startsWith('10.') ||
        request.client_address.startsWith('192.168.'))
`},
		{"choices", "request.client_address.startsWith('192.168.') ? sql.where_bound && sql.has_limit : sql.limit < 7000000", `    request.client_address.startsWith('192.168.')
      ? sql.where_bound && sql.has_limit
      : sql.limit < 7000000
`},
		{"lists", "access.object in ['public.orders', 'public.order_items', 'public.customers', 'public.cards']", `    access.object in [
      'public.orders',
      'public.order_items',
      'public.customers',
      'public.cards'
    ]
`},
		{"calls", "principal.groups.exists(g, g.startsWith('a-very-long-name-') && g.endsWith('-another-very-long-name'))", `    principal.groups.exists(
      g,
      g.startsWith('a-very-long-name-') && g.endsWith('-another-very-long-name')
    )
`},
		{"comments keep their lines", "// first\na&&( // why\nb||\n\n\n// last\nc\n)", `    // first
    a && ( // why
      b ||

        // last
        c
    )
`},
		{"texts of several lines stay", "a  == '''x\n  y'''\n", "a  == '''x\n  y'''\n"},
		{"no CEL", "  a = b\n", "  a = b\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wrap := func(body, end string) string {
				return "deny \"a\" {\n  when = <<-CEL\n" + strings.TrimSuffix(body, "\n") + "\n" + end + "CEL\n}\n"
			}
			end := "  "
			if test.in == test.want {
				end = ""
			}
			if diff := cmp.Diff(wrap(test.want, end), formatted(t, wrap(test.in, ""))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFormatHeredocMarkers(t *testing.T) {
	// A line that is the end marker would end the condition; a flush heredoc's marker stays where it is.
	long := strings.Repeat("x", 70)
	in := "deny \"a\" {\nwhen = <<CEL\n'" + long + "' in [ 'x',CEL]\nCEL\n}\n"
	if got := formatted(t, in); !strings.Contains(got, "in [ 'x',CEL]\nCEL\n") {
		t.Error(got)
	}
	in = "deny \"a\" {\nwhen = <<CEL\na&&b\nCEL\n}\n"
	if got, want := formatted(t, in), "deny \"a\" {\n  when = <<CEL\n    a && b\nCEL\n}\n"; got != want {
		t.Error(got)
	}
}

// TestFormatElsewhere: what is no condition keeps its text.
func TestFormatElsewhere(t *testing.T) {
	in := `issuer "i" {
require { 
when="a&&b"
message = "a&&b"
}
principal {
subject="a+b"   # short
groups  = "c"// long
}
}
principal "p" {
groups="a&&b"
}
locals { when="a&&b" }
variable "x" {
type=list(string)
validation {
condition="size(var.x)>0"
}
}
`
	want := `issuer "i" {
  require {
    when    = "a && b"
    message = "a&&b"
  }
  principal {
    subject = "a + b" # short
    groups  = "c"     // long
  }
}
principal "p" {
  groups = "a&&b"
}
locals { when = "a&&b" }
variable "x" {
  type = list(string)
  validation {
    condition = "size(var.x) > 0"
  }
}
`
	if diff := cmp.Diff(want, formatted(t, in)); diff != "" {
		t.Error(diff)
	}
}

func TestFormatRefuses(t *testing.T) {
	tests := []struct{ name, in, summary string }{
		{"carriage returns", "policy \"p\" {\r\n}\r\n", "File has carriage returns"},
		{"byte order mark", "\uFEFFpolicy \"p\" {\n}\n", "File begins with a byte order mark"},
		{"not UTF-8", "policy \"\xff\" {\n}\n", "File is not UTF-8"},
		{"control characters", "# \u202e\n", "Invisible control character"},
		{"no HCL", "policy \"p\" {\n", "Unclosed configuration block"},
		{"twice", "policy \"p\" {\n  a = 1\n  a = 2\n}\n", "Attribute redefined"},
		{"too deep", "a {\n" + strings.Repeat("a {\n", 40) + strings.Repeat("}\n", 41), "Nested too deeply"},
		{"too large", strings.Repeat("#", syntax.MaxFileBytes+1), "File is too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, diags := syntax.Format("a.hcl", []byte(test.in))
			if out != nil || len(diags) == 0 || diags[0].Summary != test.summary || diags[0].Hint == "" {
				t.Errorf("%q %+v", out, diags)
			}
		})
	}
}

// TestFormatLongConditions: conditions of any shape, as long as they may be, are laid out in one go.
func TestFormatLongConditions(t *testing.T) {
	const size = 16 << 10
	for name, cel := range map[string]string{
		"calls":    "a" + strings.Repeat(".f(b)", size/6),
		"ands":     "a" + strings.Repeat("&&a", size/4),
		"choices":  strings.Repeat("a?b:", size/6) + "c",
		"lists":    "[" + strings.Repeat("[a,b],", size/8) + "c]",
		"nested":   strings.Repeat("f(a,", 60) + "b" + strings.Repeat(",c)", 60),
		"groups":   strings.Repeat("(a&&b||", 60) + "c" + strings.Repeat(")", 60),
		"breaks":   "a" + strings.Repeat("\n||f(a&&\nb)", size/16),
		"comments": strings.Repeat("a&& // x\n", size/12) + "b",
	} {
		t.Run(name, func(t *testing.T) {
			got := formatted(t, "deny \"a\" {\n  when = <<-CEL\n"+cel+"\nCEL\n}\n")
			if strings.Count(got, "\n") < 60 || !strings.HasSuffix(got, "\n  CEL\n}\n") {
				t.Error(got)
			}
		})
	}
}

func manyRules(n int) []byte {
	var s strings.Builder
	s.WriteString("policy \"p\" {\n  language = 1\n}\n")
	for i := range n {
		fmt.Fprintf(&s, `
allow "r%d" {
  groups  = ["g%d"]
  targets = ["t%d"]
  postgres {
    verbs  = ["select", "insert"]
    tables = ["public.t%d"]
  }
  when = "sql.limit < %d && principal.kind == 'machine'"
}
`, i, i%50, i%500, i%1000, i)
	}
	return []byte(s.String())
}
