package vocab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"

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

// inline gives the text with every expr.NAME replaced by its canonical text in parentheses, and the way back from an
// offset in it to an offset in the text as written.
func (c *check) inline(parsed *cel.Ast, exprs map[string]string) (full string, origin func(int) int, ok bool) {
	if !c.noShadows(parsed) {
		return "", nil, false
	}
	references := c.references(parsed)
	slices.SortFunc(references, func(a, b reference) int { return a.start - b.start })
	for _, r := range references {
		if _, ok := exprs[r.name]; !ok {
			c.report(r.start, r.end, "Unknown expr", fmt.Sprintf("There is no expr block %q.", r.name), exprHint(r.name, exprs))
		}
	}
	if len(c.diags) > 0 {
		return "", nil, false
	}
	total := len(c.text)
	for _, r := range references {
		total += len("()") + len(exprs[r.name]) - (r.end - r.start)
	}
	if total > MaxTextBytes { // before anything is copied
		c.report(0, 1, "Condition is too long", fmt.Sprintf("With its expr blocks it has %d bytes; at most %d are allowed.", total, MaxTextBytes), "split it into several rules")
		return "", nil, false
	}
	runes := []rune(c.text)
	var out []rune
	var origins []int // for each rune of out, the rune of the text it stands for
	done := 0
	copyTo := func(end int) {
		for ; done < end; done++ {
			out, origins = append(out, runes[done]), append(origins, done)
		}
	}
	for _, r := range references {
		copyTo(r.start)
		for _, inlined := range "(" + exprs[r.name] + ")" {
			out, origins = append(out, inlined), append(origins, r.start)
		}
		done = r.end
	}
	copyTo(len(runes))
	full = string(out)
	origin = func(offset int) int {
		if offset < len(origins) {
			return origins[offset]
		}
		return len(runes)
	}
	return full, origin, true
}

// exprHint says what to do about an expr that is not there.
func exprHint(name string, exprs map[string]string) string {
	names := slices.Sorted(maps.Keys(exprs))
	if near := schema.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean expr.%s?", near)
	}
	return fmt.Sprintf("declare it: expr %q { cel = \"...\" }", name)
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

// Uses reports whether the condition speaks of a variable.
func (c *Condition) Uses(variable string) bool {
	found := false
	ast.PostOrderVisit(c.ast.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		found = found || e.Kind() == ast.IdentKind && e.AsIdent() == variable
	}))
	return found
}
