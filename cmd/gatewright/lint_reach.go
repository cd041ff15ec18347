package main

import (
	"fmt"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/schema"
)

// idleRules finds the rules that decide nothing, by the analysis that plan is made of. undecided is set when there may
// be more of them.
func idleRules(b *schema.Bundle) (idle []compiler.Idle, undecided bool, err error) {
	found, undecided, err := plan.Reach(b, 0)
	if err != nil {
		return nil, false, fail(fmt.Errorf("looking for rules that decide nothing: %w", err), "")
	}
	for _, i := range found {
		idle = append(idle, compiler.Idle{Rule: i.Rule, Never: i.Never || i.Opens, Reason: i.Reason, By: i.By})
	}
	return idle, undecided, nil
}
