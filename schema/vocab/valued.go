package vocab

import (
	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celops "github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// Truth is a set of outcomes that a condition, or a part of one, may have.
type Truth uint8

const (
	True Truth = 1 << iota
	False
	// Failed is no value at all, as for a missing map key.
	Failed
	// Any is what may be said of a part that is not looked at.
	Any = True | False | Failed
)

// Valued is a condition taken apart at && || ! and ?:, its terms as they are written, with their values over one request. It is
// for the person who asks why.
type Valued struct {
	// Op joins Args; a term is an OpLeaf.
	Op   Op
	Args []*Valued
	// Of a term: its text, its value, whether it speaks of access, and the facts that it asks for, with their values.
	Text     string
	Value    Truth
	OfAccess bool
	Facts    []schema.Term
	// Leaves are the questions that stand in a term, as Logic asks them.
	Leaves []*Leaf
}

var valuedOps = map[string]Op{celops.LogicalAnd: OpAnd, celops.LogicalOr: OpOr, celops.LogicalNot: OpNot, celops.Conditional: OpIf}

// Valuer takes conditions apart, and keeps what it has compiled for the next time. It is for one goroutine, and for
// conditions of one vocabulary.
type Valuer struct {
	read     map[*Condition]*written
	programs map[string]cel.Program
}

// NewValuer gives one that has compiled nothing yet.
func NewValuer() *Valuer {
	return &Valuer{read: map[*Condition]*written{}, programs: map[string]cel.Program{}}
}

// written is a condition taken apart, before it has values. A program is nil where the text has none.
type written struct {
	op       Op
	args     []*written
	text     string
	program  cel.Program
	ofAccess bool
	facts    []writtenFact
	leaves   []*Leaf
}

type writtenFact struct {
	text    string
	program cel.Program
}

// Valued gives the condition's terms with the values that they have over b.
func (v *Valuer) Valued(c *Condition, b *Binding) *Valued {
	w := v.read[c]
	if w == nil {
		w = v.take(c, c.ast.NativeRep().Expr())
		v.read[c] = w
	}
	return w.over(b)
}

func (v *Valuer) take(c *Condition, e ast.Expr) *written {
	if e.Kind() == ast.CallKind {
		if op := valuedOps[e.AsCall().FunctionName()]; op != OpLeaf {
			w := &written{op: op}
			for _, arg := range e.AsCall().Args() {
				w.args = append(w.args, v.take(c, arg))
			}
			return w
		}
	}
	text, err := cel.ExprToString(e, c.ast.NativeRep().SourceInfo())
	if err != nil {
		return &written{}
	}
	w := &written{text: text, program: v.program(c, text)}
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		w.ofAccess = w.ofAccess || e.Kind() == ast.IdentKind && e.AsIdent() == "access"
	}))
	facts := &terms{c: c, seen: map[string]bool{text: true}}
	facts.facts(e)
	for _, f := range facts.list {
		w.facts = append(w.facts, writtenFact{f.Text, v.program(c, f.Text)})
	}
	w.leaves = (&logician{v: c.vocabulary, tree: c.ast.NativeRep()}).split(e).leaves()
	return w
}

func (v *Valuer) program(c *Condition, text string) cel.Program {
	if p, known := v.programs[text]; known {
		return p
	}
	v.programs[text] = nil
	if checked, iss := c.vocabulary.env.Compile(text); iss.Err() == nil {
		if p, err := c.vocabulary.env.Program(checked, cel.CostLimit(MaxCost)); err == nil {
			v.programs[text] = p
		}
	}
	return v.programs[text]
}

func (w *written) over(b *Binding) *Valued {
	if w.op != OpLeaf {
		l := &Valued{Op: w.op}
		for _, arg := range w.args {
			l.Args = append(l.Args, arg.over(b))
		}
		return l
	}
	l := &Valued{Text: w.text, Value: truth(w.program, b), OfAccess: w.ofAccess, Leaves: w.leaves}
	for _, f := range w.facts {
		l.Facts = append(l.Facts, schema.Term{Text: f.text, Value: outcome(f.program, b)})
	}
	return l
}

// leaves lists the questions in order.
func (l *Logic) leaves() []*Leaf {
	if l.Leaf != nil {
		return []*Leaf{l.Leaf}
	}
	var list []*Leaf
	for _, arg := range l.Args {
		list = append(list, arg.leaves()...)
	}
	return list
}

func truth(p cel.Program, b *Binding) Truth {
	if p == nil {
		return Failed
	}
	v, _, err := p.Eval(b)
	switch {
	case err != nil:
		return Failed
	case v == types.True:
		return True
	case v == types.False:
		return False
	}
	return Failed
}

// Possible gives the outcomes of the whole when each term may have those that of says. It may give more than there are
// where one term stands in several places, and never fewer.
func (l *Valued) Possible(of func(term *Valued) Truth) Truth {
	if l.Op == OpLeaf {
		return of(l)
	}
	args := make([]Truth, len(l.Args))
	for i, arg := range l.Args {
		args[i] = arg.Possible(of)
	}
	switch l.Op {
	case OpNot:
		return args[0]&Failed | args[0]&True<<1 | args[0]&False>>1
	case OpIf:
		return choose(args[0], args[1], args[2])
	}
	result := args[0]
	for _, arg := range args[1:] {
		result = join(result, arg, l.Op == OpOr)
	}
	return result
}

func choose(condition, yes, no Truth) Truth {
	result := condition & Failed
	if condition&True != 0 {
		result |= yes
	}
	if condition&False != 0 {
		result |= no
	}
	return result
}

// join is && and ||: the deciding value of either side decides, then a failure (CEL specification, "Logical operators").
func join(a, b Truth, or bool) Truth {
	deciding, neutral := False, True
	if or {
		deciding, neutral = True, False
	}
	result := (a | b) & deciding
	if a&neutral != 0 && b&neutral != 0 {
		result |= neutral
	}
	if a&Failed != 0 && b&(neutral|Failed) != 0 || b&Failed != 0 && a&(neutral|Failed) != 0 {
		result |= Failed
	}
	return result
}

// Terms lists the terms in order, those that stand there several times each time.
func (l *Valued) Terms() []*Valued {
	if l.Op == OpLeaf {
		return []*Valued{l}
	}
	var list []*Valued
	for _, arg := range l.Args {
		list = append(list, arg.Terms()...)
	}
	return list
}
