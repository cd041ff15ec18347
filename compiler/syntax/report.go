package syntax

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/gatewright/gatewright/schema"
)

// maxDiagnostics bounds what is said about one file: whoever has more mistakes mends these first.
const maxDiagnostics = 100

// report collects diagnostics.
type report struct {
	diags schema.Diagnostics
}

func (r *report) add(rng schema.Range, summary, detail, hint string) {
	if len(r.diags) >= maxDiagnostics {
		return
	}
	r.diags = append(r.diags, schema.Diagnostic{Summary: summary, Detail: detail, Range: &rng, Hint: hint})
}

// hints are for what HCL's parser says without a way out, by its summary. Each has an entry in the catalogue of
// diagnostics; whatever else the parser may say goes under unnamed.
var hints = map[string]string{
	"Unclosed configuration block":           "Close the block with a } on a line of its own.",
	"Missing newline after argument":         "Put each attribute on a line of its own.",
	"Missing newline after block definition": "Put each block on a line of its own.",
	"Invalid single-argument block definition": "A block on one line holds one attribute; give each attribute a line of its own " +
		"when there are more.",
	"Argument definition required":             "Nest a block on lines of its own.",
	"Invalid argument name":                    "Write an attribute's name without quotes.",
	"Attribute redefined":                      "Keep one of the two; put several values into one list.",
	"Unterminated template string":             "Close the text with a double quote or, for a heredoc, its end marker on a line of its own.",
	"Invalid multi-line string":                "Write text of several lines as a heredoc: <<-TEXT ... TEXT.",
	"Invalid escape sequence":                  "Double a backslash that is meant as such, or use a heredoc, in which backslashes need no escape.",
	"Invalid character":                        "Remove the character, or put the text in double quotes.",
	"Invalid expression":                       "Write a text in double quotes, a number, true, false, a list in [ ] or a map in { }.",
	"Unclosed template interpolation sequence": "Close ${ with }, or write $${ where the characters themselves are meant.",
	"Argument or block definition required":    "Write NAME = VALUE, or a block with its braces.",
	"Missing item separator":                   "Put a comma between the two.",
}

// unnamed is the summary of what has no entry of its own.
const unnamed = "Invalid syntax"

const plainHint = "Check quotes, brackets and line breaks up to this place."

// foreign takes over what HCL's parser found.
func (r *report) foreign(diags hcl.Diagnostics) {
	for _, d := range diags {
		if len(r.diags) >= maxDiagnostics {
			return
		}
		out := schema.Diagnostic{Summary: d.Summary, Detail: d.Detail, Hint: hints[d.Summary]}
		if out.Hint == "" {
			out.Summary, out.Detail, out.Hint = unnamed, d.Summary+". "+d.Detail, plainHint
		}
		if d.Severity == hcl.DiagWarning {
			out.Severity = schema.SeverityWarning
		}
		if d.Subject != nil {
			rng := rangeOf(*d.Subject)
			out.Range = &rng
		}
		r.diags = append(r.diags, out)
	}
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
