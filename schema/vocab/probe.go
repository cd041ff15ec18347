package vocab

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
)

// Probe is a condition taken apart at &&, ||, ! and ?: into terms, ready to tell which side of each an action showed.
// It is immutable, for many goroutines, and not for the path that decides.
type Probe struct {
	terms []string
	// programs stand beside terms; each gives a bool, an error or, with facts unknown, neither.
	programs []cel.Program
	root     *probeNode
}

// probeNode is an operator over other nodes or, with no operator, a term.
type probeNode struct {
	operator string
	args     []*probeNode
	term     int
	// constant is set for true and false, which have one side and are no term, and for the values of an expression that
	// is no condition, which have been arrived at.
	constant schema.Side
}

const (
	joinAnd    = "_&&_"
	joinOr     = "_||_"
	joinNot    = "!_"
	joinChoice = "_?_:_"
)

// Probe takes the condition apart. Of an expression that is no condition, its terms are those of the conditions that ?:
// chooses by.
func (c *Condition) Probe() (*Probe, error) {
	p := &Probe{}
	take := p.value
	if c.want == Bool {
		take = p.take
	}
	root, err := take(c, c.ast.NativeRep().Expr())
	if err != nil {
		return nil, err
	}
	p.root = root
	return p, nil
}

func (p *Probe) take(c *Condition, e ast.Expr) (*probeNode, error) {
	if e.Kind() == ast.LiteralKind && e.AsLiteral() == types.True {
		return &probeNode{constant: schema.SideTrue}, nil
	}
	if e.Kind() == ast.LiteralKind && e.AsLiteral() == types.False {
		return &probeNode{constant: schema.SideFalse}, nil
	}
	if !joins(e) {
		return p.term(c, e)
	}
	call := e.AsCall()
	n := &probeNode{operator: call.FunctionName()}
	for _, arg := range call.Args() {
		inner, err := p.take(c, arg)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, inner)
	}
	return n, nil
}

// value takes an expression apart that is chosen by conditions.
func (p *Probe) value(c *Condition, e ast.Expr) (*probeNode, error) {
	if !chooses(e) {
		return &probeNode{constant: schema.SideTrue}, nil
	}
	n := &probeNode{operator: joinChoice}
	for i, arg := range e.AsCall().Args() {
		take := p.value
		if i == 0 {
			take = p.take
		}
		inner, err := take(c, arg)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, inner)
	}
	return n, nil
}

func chooses(e ast.Expr) bool {
	return e.Kind() == ast.CallKind && e.AsCall().FunctionName() == joinChoice
}

func joins(e ast.Expr) bool {
	if e.Kind() != ast.CallKind {
		return false
	}
	switch e.AsCall().FunctionName() {
	case joinAnd, joinOr, joinNot, joinChoice:
		return true
	}
	return false
}

func (p *Probe) term(c *Condition, e ast.Expr) (*probeNode, error) {
	text, err := cel.ExprToString(e, c.ast.NativeRep().SourceInfo())
	if err != nil {
		return nil, fmt.Errorf("condition %s: %w", c.text, err)
	}
	checked, iss := c.vocabulary.env.Compile(text)
	if iss.Err() != nil {
		return nil, fmt.Errorf("term %s: %w", text, iss.Err())
	}
	program, err := c.vocabulary.env.Program(checked, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(MaxCost))
	if err != nil {
		return nil, fmt.Errorf("term %s: %w", text, err)
	}
	p.terms, p.programs = append(p.terms, text), append(p.programs, program)
	return &probeNode{term: len(p.terms) - 1}, nil
}

// Terms are the terms' canonical texts, in the order of the condition. A text may stand there twice.
func (p *Probe) Terms() []string { return p.terms }

// Sides evaluates as the condition is evaluated, from left to right, and gives for each term what it came to:
// SideUnasked where the terms before it had decided, or where it hangs on unknown facts. whole is the same for the
// condition. u may be nil.
func (p *Probe) Sides(b *Binding, u *Unknown) (sides []schema.Side, whole schema.Side) {
	if u == nil {
		u = &Unknown{}
	}
	return p.sides(&partialBinding{Binding: b, unknown: u})
}

// SidesOfClaims does the same over a token's claims.
func (p *Probe) SidesOfClaims(claims map[string]any) (sides []schema.Side, whole schema.Side) {
	return p.sides(claimsActivation{types.DefaultTypeAdapter.NativeToValue(claims)})
}

func (p *Probe) sides(facts interpreter.Activation) ([]schema.Side, schema.Side) {
	sides := make([]schema.Side, len(p.terms))
	return sides, p.eval(p.root, facts, sides)
}

func (p *Probe) eval(n *probeNode, facts interpreter.Activation, sides []schema.Side) schema.Side {
	if n.constant != schema.SideUnasked {
		return n.constant
	}
	switch n.operator {
	case joinAnd:
		return p.junction(n, facts, sides, schema.SideFalse)
	case joinOr:
		return p.junction(n, facts, sides, schema.SideTrue)
	case joinNot:
		switch side := p.eval(n.args[0], facts, sides); side {
		case schema.SideTrue:
			return schema.SideFalse
		case schema.SideFalse:
			return schema.SideTrue
		default:
			return side
		}
	case joinChoice:
		switch side := p.eval(n.args[0], facts, sides); side {
		case schema.SideTrue:
			return p.eval(n.args[1], facts, sides)
		case schema.SideFalse:
			return p.eval(n.args[2], facts, sides)
		default:
			return side
		}
	}
	sides[n.term] = p.ask(n.term, facts)
	return sides[n.term]
}

// junction is && and ||: deciding is the side that decides alone, even where the other one has no value (CEL
// specification, "Logical Operators").
func (p *Probe) junction(n *probeNode, facts interpreter.Activation, sides []schema.Side, deciding schema.Side) schema.Side {
	left := p.eval(n.args[0], facts, sides)
	if left == deciding {
		return left
	}
	right := p.eval(n.args[1], facts, sides)
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

func (p *Probe) ask(term int, facts interpreter.Activation) schema.Side {
	v, _, err := p.programs[term].Eval(facts)
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
