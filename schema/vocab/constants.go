package vocab

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/common/ast"
	celops "github.com/google/cel-go/common/operators"
)

// Constant is a text in a condition that a fact, or an element of one, is held against for equality.
type Constant struct {
	// Fact is the fact's name, as "access.object" or "sql.tables".
	Fact string
	Text string
	// Range is where the text was written.
	Range schema.Range
}

// Constants lists the texts that facts are held against, in the order of the tree: FACT == 'x', FACT in ['x'],
// 'x' in FACT, and FACT.exists(e, e == 'x'). What a text is turned into before it is compared is not among them.
func (c *Condition) Constants() []Constant {
	f := &constants{check: c.written, info: c.ast.NativeRep().SourceInfo(), elements: map[string]string{}}
	f.visit(c.ast.NativeRep().Expr())
	return f.list
}

type constants struct {
	*check
	info *ast.SourceInfo
	// elements maps a macro's variable to the fact that it goes through.
	elements map[string]string
	list     []Constant
}

func (f *constants) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.CallKind:
		f.call(e.AsCall())
	case ast.ComprehensionKind:
		f.comprehension(e.AsComprehension())
	case ast.SelectKind:
		f.visit(e.AsSelect().Operand())
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			f.visit(element)
		}
	}
}

func (f *constants) call(call ast.CallExpr) {
	args := call.Args()
	switch call.FunctionName() {
	case celops.Equals, celops.NotEquals:
		f.compare(args[0], args[1])
		f.compare(args[1], args[0])
	case celops.In:
		f.compare(args[0], args[1])
		if fact := factOf(args[1]); fact != "" {
			f.add(fact, args[0])
		}
	}
	if call.IsMemberFunction() {
		f.visit(call.Target())
	}
	for _, arg := range args {
		f.visit(arg)
	}
}

func (f *constants) comprehension(c ast.ComprehensionExpr) {
	f.visit(c.IterRange())
	name := c.IterVar()
	outer, shadowed := f.elements[name]
	f.elements[name] = factOf(c.IterRange())
	f.visit(c.LoopCondition())
	f.visit(c.LoopStep())
	f.visit(c.Result())
	delete(f.elements, name)
	if shadowed {
		f.elements[name] = outer
	}
}

// compare takes a fact on one side and a text, or a list of them, on the other.
func (f *constants) compare(fact, with ast.Expr) {
	name := factOf(fact)
	if fact.Kind() == ast.IdentKind {
		name = f.elements[fact.AsIdent()]
	}
	if name == "" {
		return
	}
	f.add(name, with)
	if with.Kind() == ast.ListKind {
		for _, element := range with.AsList().Elements() {
			f.add(name, element)
		}
	}
}

func (f *constants) add(fact string, e ast.Expr) {
	text, ok := constant(e)
	if !ok {
		return
	}
	start, end := f.extent(f.info, e)
	f.list = append(f.list, Constant{Fact: fact, Text: text, Range: schema.Range{File: f.file, Start: f.at(start), End: f.at(end)}})
}

// factOf names a selection of a field from a variable; "" for anything else.
func factOf(e ast.Expr) string {
	if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() || e.AsSelect().Operand().Kind() != ast.IdentKind {
		return ""
	}
	name := e.AsSelect().Operand().AsIdent() + "." + e.AsSelect().FieldName()
	if variable, _, _ := strings.Cut(name, "."); !slices.Contains(Postgres.variables(), variable) {
		return ""
	}
	return name
}
