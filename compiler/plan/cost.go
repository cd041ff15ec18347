package plan

import (
	"math"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// cost adds up the static bounds of a policy's conditions, which were read before.
func (c *conditions) cost(b *schema.Bundle) Cost {
	var out Cost
	add := func(kind vocab.Kind, address string, x *schema.Condition) {
		if x == nil {
			return
		}
		cost := c.logics[logicKey{kind, x.Text}].cost
		out.Conditions++
		if out.Total += cost; out.Total < cost {
			out.Total = math.MaxUint64
		}
		if cost > out.Highest {
			out.Highest, out.Rule = cost, address
		}
	}
	for i := range b.Rules {
		add(kindRule, b.Rules[i].Address, b.Rules[i].When)
		add(kindRule, b.Rules[i].Address, b.Rules[i].Unless)
	}
	for i := range b.Masks {
		add(kindMask, b.Masks[i].Address, b.Masks[i].When)
		add(kindMask, b.Masks[i].Address, b.Masks[i].Unless)
	}
	return out
}
