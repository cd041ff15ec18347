package compiler

import (
	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// invariant checks what an invariant block says. Whether it holds is for others to prove.
func (c *checker) invariant(i *syntax.Invariant) {
	c.word(i.Never, "outcome", schema.Nevers...)
	c.cel.condition(i.When, postgresRule)
}

// invariants gives the policy's invariants and those of each call of a module, in the order of calls, files and lines.
func (e *emitter) invariants() []schema.Invariant {
	var out []schema.Invariant
	for _, s := range e.l.scopes {
		e.c.enter(s)
		for i := range s.tree.Invariants {
			out = append(out, e.invariant(&s.tree.Invariants[i]))
		}
	}
	return out
}

func (e *emitter) invariant(b *syntax.Invariant) schema.Invariant {
	when := schema.Condition{Text: "true", Range: b.Range}
	if b.When.Set() {
		when = *e.c.cel.emit(b.When)
	}
	s := e.r.scope
	return schema.Invariant{Name: s.prefix + b.Name.Text, Never: b.Never.Text, When: when, Range: b.Range, Through: s.through}
}
