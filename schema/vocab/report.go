package vocab

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
)

// issues turns CEL's errors into diagnostics at their own place.
func (c *check) issues(iss *cel.Issues, summary string) {
	for _, e := range iss.Errors() {
		start := c.offset(e.Location)
		if strings.HasPrefix(e.Message, "undefined field") {
			start++ // CEL points at the dot
		}
		end := start + wordLength(c.text, start)
		message, _, _ := strings.Cut(e.Message, "\n")
		message = strings.TrimPrefix(message, "Syntax error: ")
		c.report(start, end, summary, sentence(message), c.hint(message))
	}
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// hint says what the writer may have meant.
func (c *check) hint(message string) string {
	if name, ok := between(message, "undefined field '", "'"); ok {
		var all []string
		for _, variable := range c.v.kind.variables() {
			all = append(all, structs[variable].names()...)
		}
		if near := nearest(name, all); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	if name, ok := between(message, "undeclared reference to '", "'"); ok {
		if near := nearest(name, c.v.kind.variables()); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
		return "a condition here may use " + strings.Join(c.v.kind.variables(), ", ") + " and expr.NAME"
	}
	return ""
}

// offset turns a line and column of CEL, both of runes, into an offset in runes.
func (c *check) offset(l common.Location) int {
	line, offset := 1, 0
	for _, r := range c.text {
		if line >= l.Line() {
			break
		}
		offset++
		if r == '\n' {
			line++
		}
	}
	return min(max(offset+l.Column(), 0), max(utf8.RuneCountInString(c.text)-1, 0))
}
