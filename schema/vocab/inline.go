package vocab

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// reference is one expr.NAME in a text: the runes from start to end.
type reference struct {
	name       string
	start, end int
}

// References lists the names of the expr blocks that text refers to, sorted, without checking anything else. A text
// that does not parse has none.
func (v *Vocabulary) References(text string) []string {
	c := &check{v: v, text: text}
	if len(text) > MaxTextBytes || !utf8.ValidString(text) {
		return nil
	}
	if _, deep := tooDeep(text); deep {
		return nil
	}
	parsed, iss := v.env.Parse(text)
	if iss.Err() != nil {
		return nil
	}
	var names []string
	for _, r := range c.references(parsed) {
		names = append(names, r.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// inline gives the text with every expr.NAME replaced by its canonical text in parentheses.
func (c *check) inline(parsed *cel.Ast, exprs map[string]string) (string, bool) {
	if !c.noShadows(parsed) {
		return "", false
	}
	references := c.references(parsed)
	if len(references) == 0 {
		return c.text, true
	}
	slices.SortFunc(references, func(a, b reference) int { return a.start - b.start })
	runes := []rune(c.text)
	var b strings.Builder
	done := 0
	for _, r := range references {
		text, ok := exprs[r.name]
		if !ok {
			hint := "declare it: expr \"" + r.name + "\" { cel = \"...\" }"
			var names []string
			for name := range exprs {
				names = append(names, name)
			}
			slices.Sort(names)
			if near := nearest(r.name, names); near != "" {
				hint = fmt.Sprintf("did you mean expr.%s?", near)
			}
			c.report(r.start, r.end, "Unknown expr", fmt.Sprintf("There is no expr block %q.", r.name), hint)
			continue
		}
		b.WriteString(string(runes[done:r.start]))
		b.WriteString("(" + text + ")")
		done = r.end
	}
	b.WriteString(string(runes[done:]))
	if len(c.diags) > 0 {
		return "", false
	}
	if b.Len() > MaxTextBytes {
		c.report(0, 1, "Condition is too long", fmt.Sprintf("With its expr blocks it has %d bytes; at most %d are allowed.", b.Len(), MaxTextBytes), "")
		return "", false
	}
	return b.String(), true
}

// references finds the selections of a field from the identifier expr.
func (c *check) references(parsed *cel.Ast) []reference {
	info := parsed.NativeRep().SourceInfo()
	runes := []rune(c.text)
	seen := map[int]bool{}
	var found []reference
	visit := func(e ast.Expr) {
		if e.Kind() != ast.SelectKind {
			return
		}
		s := e.AsSelect()
		if s.Operand().Kind() != ast.IdentKind || s.Operand().AsIdent() != "expr" {
			return
		}
		start := c.offset(info.GetStartLocation(s.Operand().ID()))
		end := endOfReference(runes, start, s.FieldName())
		if end > 0 && !seen[start] {
			seen[start] = true
			found = append(found, reference{s.FieldName(), start, end})
		}
	}
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(visit))
	return found
}

// endOfReference gives the offset after "expr . NAME" at start, 0 when the text does not read so.
func endOfReference(runes []rune, start int, name string) int {
	at := start
	for _, want := range []string{"expr", ".", name} {
		for at < len(runes) && strings.ContainsRune(" \t\r\n", runes[at]) {
			at++
		}
		end := at + utf8.RuneCountInString(want)
		if end > len(runes) || string(runes[at:end]) != want {
			return 0
		}
		at = end
	}
	return at
}

// noShadows refuses macro variables that hide a variable of the vocabulary: inlined text must mean the same anywhere.
func (c *check) noShadows(parsed *cel.Ast) bool {
	info := parsed.NativeRep().SourceInfo()
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.ComprehensionKind {
			return
		}
		name := e.AsComprehension().IterVar()
		if name == "expr" || slices.Contains(c.v.kind.variables(), name) {
			start := c.offset(info.GetStartLocation(e.ID()))
			c.report(start, start+1, "Macro variable hides a variable", fmt.Sprintf("%q is a variable of every condition here.", name), "give the macro's variable another name")
		}
	}))
	return len(c.diags) == 0
}
