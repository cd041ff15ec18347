package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

func checkConstant(l *linter) {
	for _, c := range l.conditions {
		value, settled := c.Settled()
		if !settled {
			continue
		}
		hint := "Leave the attribute out."
		if c.unless == value {
			hint = "Remove the block, or mend the condition."
		}
		l.find(c.subject, c.cel.Range, fmt.Sprint(c.unless), fmt.Sprintf("It is always %v.", value), hint)
	}
}

const factApplication = "request.application"

func checkWord(l *linter) {
	for _, c := range l.conditions {
		if slices.Contains(c.facts, factApplication) {
			l.find(c.subject, within(c, factApplication), factApplication, "The client chooses request.application itself.",
				"Ask principal.subject or principal.groups, which the token proves.")
		}
	}
}

// names are the facts, by the text that asks for them, that are names of somebody or something.
var names = []string{
	"principal.subject", "principal.issuer", "request.application", "request.client_address", "access.object", "access.verb", "sql.statement",
	"target.name",
}

func checkAnchors(l *linter) {
	for _, c := range l.conditions {
		for _, call := range c.calls {
			if call.Function != "matches" || len(call.Texts) != 1 || anchored(call.Texts[0]) || !isName(c, call) {
				continue
			}
			l.find(c.subject, within(c, call.Texts[0]), call.Texts[0], fmt.Sprintf("%q may match in the middle of %s.", call.Texts[0], call.Of),
				"Begin it with ^ and end it with $.")
		}
	}
}

// isName reports a text that names somebody: a fact of that sort, a claim, or an element of a list.
func isName(c lintedCondition, call vocab.Call) bool {
	return slices.Contains(names, call.Of) || strings.HasPrefix(call.Of, "claims") || regexp.MustCompile(`^[a-z_]\w*$`).MatchString(call.Of)
}

func anchored(pattern string) bool {
	if i := strings.Index(pattern, ")"); strings.HasPrefix(pattern, "(?") && i > 0 && !strings.Contains(pattern[:i], ":") {
		pattern = pattern[i+1:] // flags
	}
	begins := strings.HasPrefix(pattern, "^") || strings.HasPrefix(pattern, `\A`)
	ends := strings.HasSuffix(pattern, "$") && !strings.HasSuffix(pattern, `\$`) || strings.HasSuffix(pattern, `\z`)
	return begins && ends && !loose(pattern)
}

// loose reports a pattern with alternatives outside of brackets, of which the anchors bind one each.
func loose(pattern string) bool {
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '|':
			if depth == 0 {
				return true
			}
		}
	}
	return false
}

func checkPrefix(l *linter) {
	for _, c := range l.conditions {
		for _, call := range c.calls {
			if call.Function != "startsWith" || call.Of != "request.client_address" || len(call.Texts) != 1 {
				continue
			}
			if text := call.Texts[0]; text != "" && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ":") {
				l.find(c.subject, within(c, text), text, fmt.Sprintf("%q is also the beginning of %s.", text, text+"9"),
					fmt.Sprintf("Write %q.", text+"."))
			}
		}
	}
}

func checkAll(l *linter) {
	for _, c := range l.conditions {
		for _, call := range c.calls {
			text := c.Text()
			asked := strings.Contains(text, "size("+call.Of+")") || strings.Contains(text, call.Of+".size()") || strings.Contains(text, call.Of+".exists(")
			if call.Function == "all" && !asked {
				l.find(c.subject, within(c, call.Of), call.Of, fmt.Sprintf("It holds where %s is empty.", call.Of),
					fmt.Sprintf("Add size(%s) > 0 &&.", call.Of))
			}
		}
	}
}

func checkHours(l *linter) {
	parts := []string{"getHours", "getDate", "getDayOfWeek", "getDayOfMonth", "getDayOfYear"}
	for _, c := range l.conditions {
		for _, call := range c.calls {
			if call.Of == "request.time" && call.Args == 0 && slices.Contains(parts, call.Function) {
				l.find(c.subject, within(c, call.Function), call.Function, fmt.Sprintf("%s() is in UTC.", call.Function),
					fmt.Sprintf("Write the offset that is meant, as %s('+01:00').", call.Function))
			}
		}
	}
}

func checkKind(l *linter) {
	for _, c := range l.conditions {
		for _, call := range c.calls {
			if call.Of != "principal.kind" || call.Function != "==" && call.Function != "!=" && call.Function != "in" {
				continue
			}
			for _, kind := range call.Texts {
				if !l.makesKind(kind) {
					l.find(c.subject, within(c, kind), kind, fmt.Sprintf("No issuer makes principals of kind %q.", kind), kindHint(kind))
				}
			}
		}
	}
}

func kindHint(kind string) string {
	if !slices.Contains(schema.Kinds, kind) {
		return "Kinds are " + strings.Join(schema.Kinds, ", ") + "."
	}
	return fmt.Sprintf("Let an issuer's principal block tell them apart, as kind = \"claims.client_type == '%s' ? '%s' : 'machine'\".", kind, kind)
}

// within gives the place of a piece of a condition; of all of it where an expr block or an escape hides the piece.
func within(c lintedCondition, piece string) schema.Range {
	i := strings.Index(c.cel.Text, piece)
	if i < 0 {
		return c.cel.Range
	}
	from := utf8.RuneCountInString(c.cel.Text[:i])
	return schema.Range{File: c.cel.Range.File, Start: c.cel.At(from), End: c.cel.At(from + utf8.RuneCountInString(piece))}
}
