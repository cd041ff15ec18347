package vocab

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celops "github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// Call is one function, operator or macro in a condition, for whoever looks for the ways in which conditions go wrong.
type Call struct {
	// Function is its name: "matches", "all", "==", "in".
	Function string
	// Of is the canonical text of what it is asked of: the text before the dot, the list of an in, the other side of a
	// constant. Fact is set when that is one field of a variable, as "request.time".
	Of   string
	Fact bool
	// Texts are the constant texts that it is given, those in a list among them.
	Texts []string
	// Args counts the arguments, what it is asked of aside.
	Args int
	// Lone is set when the call is the whole condition.
	Lone bool
}

// Calls lists the calls of the condition, in the order of its text as far as that can be told.
func (c *Condition) Calls() []Call {
	l := &calls{tree: c.ast.NativeRep()}
	root := l.tree.Expr()
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if call, ok := l.call(e); ok {
			call.Lone = e.ID() == root.ID()
			l.list = append(l.list, call)
		}
	}))
	return l.list
}

type calls struct {
	tree *ast.AST
	list []Call
}

func (l *calls) call(e ast.Expr) (Call, bool) {
	if e.Kind() == ast.ComprehensionKind {
		macro, ok := l.tree.SourceInfo().GetMacroCall(e.ID())
		if !ok || macro.Kind() != ast.CallKind || !macro.AsCall().IsMemberFunction() {
			return Call{}, false
		}
		return l.of(macro.AsCall().FunctionName(), e.AsComprehension().IterRange(), nil, len(macro.AsCall().Args())), true
	}
	if e.Kind() != ast.CallKind {
		return Call{}, false
	}
	call := e.AsCall()
	name := strings.Trim(call.FunctionName(), "_@")
	args := call.Args()
	switch {
	case call.IsMemberFunction():
		return l.of(name, call.Target(), args, len(args)), true
	case call.FunctionName() == celops.In && args[1].Kind() != ast.ListKind:
		return l.of(name, args[1], args[:1], 1), true
	case len(args) == 2 && constantText(args[0]):
		return l.of(name, args[1], args[:1], 1), true
	case len(args) > 0:
		return l.of(name, args[0], args[1:], len(args)-1), true
	}
	return Call{}, false
}

func (l *calls) of(name string, of ast.Expr, args []ast.Expr, n int) Call {
	out := Call{Function: name, Fact: factName(of) != "", Args: n}
	out.Of, _ = cel.ExprToString(of, l.tree.SourceInfo())
	for _, arg := range args {
		if arg.Kind() == ast.ListKind {
			for _, element := range arg.AsList().Elements() {
				out.add(element)
			}
		}
		out.add(arg)
	}
	return out
}

func (c *Call) add(e ast.Expr) {
	if text, ok := constant(e); ok {
		c.Texts = append(c.Texts, text)
	}
}

func constantText(e ast.Expr) bool {
	_, ok := constant(e)
	return ok
}

// Facts lists what the condition asks for, as "request.application", sorted; a variable alone where it is not asked for
// a field.
func (c *Condition) Facts() []string {
	found := map[string]bool{}
	fields := map[int64]bool{} // the identifiers that stand in a field already taken
	variables := c.vocabulary.kind.variables()
	ast.PreOrderVisit(c.ast.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch name := factName(e); {
		case name != "":
			fields[e.AsSelect().Operand().ID()] = true
			if variable, _, _ := strings.Cut(name, "."); slices.Contains(variables, variable) {
				found[name] = true
			}
		case e.Kind() == ast.IdentKind && !fields[e.ID()] && slices.Contains(variables, e.AsIdent()):
			found[e.AsIdent()] = true
		}
	}))
	return slices.Sorted(maps.Keys(found))
}

// factName names a selection of a field from a name; "" for anything else.
func factName(e ast.Expr) string {
	if e.Kind() != ast.SelectKind || e.AsSelect().Operand().Kind() != ast.IdentKind {
		return ""
	}
	return e.AsSelect().Operand().AsIdent() + "." + e.AsSelect().FieldName()
}

// Settled gives the condition's value when it has the same one whatever the facts are.
func (c *Condition) Settled() (value, settled bool) {
	program, err := c.vocabulary.env.Program(c.ast, cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		return false, false
	}
	var unknown []*cel.AttributePatternType
	for _, name := range c.vocabulary.kind.variables() {
		unknown = append(unknown, cel.AttributePattern(name))
	}
	facts, err := cel.PartialVars(map[string]any{}, unknown...)
	if err != nil {
		return false, false
	}
	v, _, err := program.Eval(facts)
	result, ok := v.(types.Bool)
	return bool(result), err == nil && ok
}
