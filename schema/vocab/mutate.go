package vocab

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// Kinds of change.
const (
	ChangeDropConjunct = "drop-conjunct" // A && B becomes A
	ChangeDropDisjunct = "drop-disjunct" // A || B becomes A
	ChangeNegate       = "negate"        // A becomes !A, !A becomes A
	ChangeComparison   = "flip-comparison"
	ChangeChoice       = "drop-choice" // A ? B : C becomes B, or C
)

// comparisons are what each comparison may become: its opposite, and its neighbour where the bound itself is told apart.
var comparisons = map[string][]string{
	"_==_": {"_!=_"}, "_!=_": {"_==_"}, "_<_": {"_<=_", "_>=_"}, "_<=_": {"_<_", "_>_"}, "_>_": {"_>=_", "_<=_"}, "_>=_": {"_>_", "_<_"},
}

// Changes gives the changes that can be made to a condition, in the order of its text. Of an expression that is no
// condition, they are those to what ?: chooses by, and to the conditions within.
func (c *Condition) Changes() []schema.Change {
	m := &mutator{c: c}
	if c.want != Bool {
		m.value(c.ast.NativeRep().Expr())
		return m.list
	}
	m.boolean(c.ast.NativeRep().Expr(), nil)
	return m.list
}

type mutator struct {
	c    *Condition
	list []schema.Change
}

// value looks at an expression that is no condition.
func (m *mutator) value(e ast.Expr) {
	if !chooses(e) {
		m.within(e)
		return
	}
	args := e.AsCall().Args()
	m.boolean(args[0], nil)
	for _, branch := range args[1:] {
		m.record(ChangeChoice, e, m.text(e), m.text(branch))
	}
	m.value(args[1])
	m.value(args[2])
}

// boolean looks at an expression in the place of a condition. parent is the && or || that it is an argument of.
func (m *mutator) boolean(e, parent ast.Expr) {
	m.drop(e, parent)
	if !joins(e) {
		m.term(e)
		return
	}
	call := e.AsCall()
	switch call.FunctionName() {
	case joinNot:
		m.record(ChangeNegate, e, m.text(e), m.text(call.Args()[0]))
		if inner := call.Args()[0]; joins(inner) {
			m.boolean(inner, nil)
		} else {
			m.compare(inner)
			m.within(inner)
		}
	case joinChoice:
		for _, arg := range call.Args() {
			m.boolean(arg, nil)
		}
	default:
		for _, arg := range call.Args() {
			m.boolean(arg, e)
		}
	}
}

// drop leaves an operand of && or || out: what is itself such a chain is left out operand by operand.
func (m *mutator) drop(e, parent ast.Expr) {
	if parent == nil || e.Kind() == ast.CallKind && e.AsCall().FunctionName() == parent.AsCall().FunctionName() {
		return
	}
	kind := ChangeDropConjunct
	if parent.AsCall().FunctionName() == joinOr {
		kind = ChangeDropDisjunct
	}
	args := parent.AsCall().Args()
	kept := args[0]
	if kept.ID() == e.ID() {
		kept = args[1]
	}
	m.list = append(m.list, schema.Change{Kind: kind, Term: m.text(e), Text: func() string { return m.with(parent, m.text(kept)) }})
}

// term turns a term around, a comparison by its operator.
func (m *mutator) term(e ast.Expr) {
	if e.Kind() == ast.LiteralKind {
		return
	}
	if !m.compare(e) {
		m.record(ChangeNegate, e, m.text(e), "!("+m.text(e)+")")
	}
	m.within(e)
}

func (m *mutator) compare(e ast.Expr) bool {
	if e.Kind() != ast.CallKind {
		return false
	}
	call := e.AsCall()
	for _, operator := range comparisons[call.FunctionName()] {
		changed := ast.NewExprFactory().NewCall(e.ID(), operator, call.Args()...)
		m.record(ChangeComparison, e, m.text(e), m.text(changed))
	}
	return comparisons[call.FunctionName()] != nil
}

// within looks at the conditions that the macros in a term ask of each element.
func (m *mutator) within(e ast.Expr) {
	if call, ok := m.macro(e); ok {
		if args := call.AsCall().Args(); len(args) == 2 && slices.Contains([]string{"all", "exists", "exists_one", "filter"}, call.AsCall().FunctionName()) {
			m.boolean(args[1], nil)
		}
		if call.AsCall().IsMemberFunction() {
			m.within(call.AsCall().Target())
		}
		return
	}
	if e.Kind() != ast.CallKind {
		return
	}
	if e.AsCall().IsMemberFunction() {
		m.within(e.AsCall().Target())
	}
	for _, arg := range e.AsCall().Args() {
		m.within(arg)
	}
}

// macro gives the call that a macro was written as.
func (m *mutator) macro(e ast.Expr) (ast.Expr, bool) {
	call, ok := m.c.ast.NativeRep().SourceInfo().GetMacroCall(e.ID())
	return call, ok && call.Kind() == ast.CallKind
}

func (m *mutator) record(kind string, e ast.Expr, term, became string) {
	m.list = append(m.list, schema.Change{Kind: kind, Term: term, Became: became, Text: func() string { return m.with(e, became) }})
}

// hole is no name that a condition can use.
const hole = "gatewright_hole"

// with gives the condition's canonical text with another text in an expression's place; "" where that does not check or
// says the same. A macro is printed from the call that it was written as, so that the place is marked there too.
func (m *mutator) with(e ast.Expr, text string) string {
	tree := ast.Copy(m.c.ast.NativeRep())
	mark := ast.NewExprVisitor(func(node ast.Expr) {
		if node.ID() == e.ID() {
			node.SetKindCase(ast.NewExprFactory().NewIdent(e.ID(), hole))
		}
	})
	info := tree.SourceInfo()
	info.ClearMacroCall(e.ID())
	for _, call := range info.MacroCalls() {
		ast.PostOrderVisit(call, mark)
	}
	ast.PostOrderVisit(tree.Expr(), mark)
	whole, err := cel.ExprToString(tree.Expr(), info)
	if err != nil {
		return ""
	}
	whole = strings.Replace(whole, hole, "("+text+")", 1)
	changed, _ := m.c.vocabulary.Check(whole, m.c.want, func(int) schema.Pos { return schema.Pos{} }, "")
	if changed == nil || changed.text == m.c.text {
		return ""
	}
	return changed.text
}

func (m *mutator) text(e ast.Expr) string {
	text, err := cel.ExprToString(e, m.c.ast.NativeRep().SourceInfo())
	if err != nil {
		return hole // it checks nowhere, so that nothing comes of it
	}
	return text
}
