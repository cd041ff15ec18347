package vocab

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
)

// Logic is a condition taken apart at &&, ||, ! and ?: into terms, ready to tell which side of each an action showed.
// It is immutable, for many goroutines, and not for the path that decides.
type Logic struct {
	terms []string
	// programs stand beside terms; each gives a bool, an error or, with facts unknown, neither.
	programs []cel.Program
	root     *logicNode
}

// logicNode is an operator over other nodes or, with no operator, a term.
type logicNode struct {
	operator string
	args     []*logicNode
	term     int
	// constant is set for true and false, which have one side and are no term.
	constant schema.Side
}

const (
	opAnd    = "_&&_"
	opOr     = "_||_"
	opNot    = "!_"
	opChoice = "_?_:_"
)

// Logic takes the condition apart.
func (c *Condition) Logic() (*Logic, error) {
	l := &Logic{}
	root, err := l.take(c, c.ast.NativeRep().Expr())
	if err != nil {
		return nil, err
	}
	l.root = root
	return l, nil
}

func (l *Logic) take(c *Condition, e ast.Expr) (*logicNode, error) {
	if e.Kind() == ast.LiteralKind && e.AsLiteral() == types.True {
		return &logicNode{constant: schema.SideTrue}, nil
	}
	if e.Kind() == ast.LiteralKind && e.AsLiteral() == types.False {
		return &logicNode{constant: schema.SideFalse}, nil
	}
	if !isLogic(e) {
		return l.term(c, e)
	}
	call := e.AsCall()
	n := &logicNode{operator: call.FunctionName()}
	for _, arg := range call.Args() {
		inner, err := l.take(c, arg)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, inner)
	}
	return n, nil
}

func isLogic(e ast.Expr) bool {
	if e.Kind() != ast.CallKind {
		return false
	}
	switch e.AsCall().FunctionName() {
	case opAnd, opOr, opNot, opChoice:
		return true
	}
	return false
}

func (l *Logic) term(c *Condition, e ast.Expr) (*logicNode, error) {
	text, err := cel.ExprToString(e, c.ast.NativeRep().SourceInfo())
	if err != nil {
		return nil, fmt.Errorf("condition %s: %w", c.text, err)
	}
	checked, iss := c.vocabulary.env.Compile(text)
	if iss.Err() != nil {
		return nil, fmt.Errorf("term %s: %w", text, iss.Err())
	}
	p, err := c.vocabulary.env.Program(checked, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(MaxCost))
	if err != nil {
		return nil, fmt.Errorf("term %s: %w", text, err)
	}
	l.terms, l.programs = append(l.terms, text), append(l.programs, p)
	return &logicNode{term: len(l.terms) - 1}, nil
}

// Terms are the terms' canonical texts, in the order of the condition. A text may stand there twice.
func (l *Logic) Terms() []string { return l.terms }

// Sides evaluates as the condition is evaluated, from left to right, and gives for each term what it came to:
// SideUnasked where the terms before it had decided, or where it hangs on unknown facts. whole is the same for the
// condition. u may be nil.
func (l *Logic) Sides(b *Binding, u *Unknown) (sides []schema.Side, whole schema.Side) {
	if u == nil {
		u = &Unknown{}
	}
	return l.sides(&partialBinding{Binding: b, unknown: u})
}

// SidesOfClaims does the same over a token's claims.
func (l *Logic) SidesOfClaims(claims map[string]any) (sides []schema.Side, whole schema.Side) {
	return l.sides(claimsActivation{types.DefaultTypeAdapter.NativeToValue(claims)})
}

func (l *Logic) sides(facts interpreter.Activation) ([]schema.Side, schema.Side) {
	sides := make([]schema.Side, len(l.terms))
	return sides, l.eval(l.root, facts, sides)
}

func (l *Logic) eval(n *logicNode, facts interpreter.Activation, sides []schema.Side) schema.Side {
	if n.constant != schema.SideUnasked {
		return n.constant
	}
	switch n.operator {
	case opAnd:
		return l.junction(n, facts, sides, schema.SideFalse)
	case opOr:
		return l.junction(n, facts, sides, schema.SideTrue)
	case opNot:
		switch side := l.eval(n.args[0], facts, sides); side {
		case schema.SideTrue:
			return schema.SideFalse
		case schema.SideFalse:
			return schema.SideTrue
		default:
			return side
		}
	case opChoice:
		switch side := l.eval(n.args[0], facts, sides); side {
		case schema.SideTrue:
			return l.eval(n.args[1], facts, sides)
		case schema.SideFalse:
			return l.eval(n.args[2], facts, sides)
		default:
			return side
		}
	}
	sides[n.term] = l.ask(n.term, facts)
	return sides[n.term]
}

// junction is && and ||: deciding is the side that decides alone, even where the other one has no value (CEL
// specification, "Logical Operators").
func (l *Logic) junction(n *logicNode, facts interpreter.Activation, sides []schema.Side, deciding schema.Side) schema.Side {
	left := l.eval(n.args[0], facts, sides)
	if left == deciding {
		return left
	}
	right := l.eval(n.args[1], facts, sides)
	switch {
	case right == deciding:
		return right
	case left == schema.SideUnasked || right == schema.SideUnasked:
		return schema.SideUnasked
	case left == schema.SideError || right == schema.SideError:
		return schema.SideError
	}
	return left
}

func (l *Logic) ask(term int, facts interpreter.Activation) schema.Side {
	v, _, err := l.programs[term].Eval(facts)
	switch {
	case err != nil:
		return schema.SideError
	case types.IsUnknown(v):
		return schema.SideUnasked
	case v == types.True:
		return schema.SideTrue
	case v == types.False:
		return schema.SideFalse
	}
	return schema.SideError
}
