package vocab

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Terms takes the condition apart at &&, || and !, and gives each part, and each fact a part asks for, with its value.
// It is for the person who asks why, not for the path that decides.
func (c *Condition) Terms(b *Binding) []schema.Term {
	t := &terms{c: c, b: b, seen: map[string]bool{}}
	t.split(c.ast.NativeRep().Expr())
	return t.list
}

type terms struct {
	c *Condition
	// b gives the values; without it there are only texts.
	b    *Binding
	seen map[string]bool
	list []schema.Term
}

func (t *terms) split(e ast.Expr) {
	if e.Kind() == ast.CallKind {
		switch e.AsCall().FunctionName() {
		case "_&&_", "_||_", "!_":
			for _, arg := range e.AsCall().Args() {
				t.split(arg)
			}
			return
		}
	}
	t.add(e)
	if e.Kind() != ast.ComprehensionKind {
		t.facts(e)
	}
}

// facts adds the longest selections, such as principal.groups, under e.
func (t *terms) facts(e ast.Expr) {
	switch e.Kind() {
	case ast.SelectKind:
		t.add(e)
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			t.facts(e.AsCall().Target())
		}
		for _, arg := range e.AsCall().Args() {
			t.facts(arg)
		}
	case ast.ComprehensionKind:
		t.facts(e.AsComprehension().IterRange())
	}
}

func (t *terms) add(e ast.Expr) {
	text, err := cel.ExprToString(e, t.c.ast.NativeRep().SourceInfo())
	if err != nil || t.seen[text] {
		return
	}
	t.seen[text] = true
	t.list = append(t.list, schema.Term{Text: text, Value: t.value(text)})
}

func (t *terms) value(text string) string {
	if t.b == nil {
		return ""
	}
	checked, iss := t.c.vocabulary.env.Compile(text)
	if iss.Err() != nil {
		return "unknown"
	}
	p, err := t.c.vocabulary.env.Program(checked)
	if err != nil {
		return "unknown"
	}
	return outcome(p, t.b)
}

// outcome gives what a text comes to, or why it comes to nothing.
func outcome(p cel.Program, b *Binding) string {
	if p == nil {
		return "unknown"
	}
	v, _, err := p.Eval(b)
	if err != nil {
		return "error: " + err.Error()
	}
	return show(v)
}

func show(v ref.Val) string {
	if s, ok := v.(types.String); ok {
		return fmt.Sprintf("'%s'", string(s))
	}
	return types.Format(v)
}
