package main

import (
	"context"
	"runtime"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/suite"
)

// seenRules runs a policy's tests and gives the rules and masks that made a difference in some of them.
func seenRules(ctx context.Context, policy *compiler.Result, dir string) (map[string]bool, error) {
	j, err := newJudge(policy.Bundle, policyFS(dir))
	if err != nil {
		return nil, err
	}
	j.meet(policy.Suite)
	if err := j.probing(); err != nil {
		return nil, err
	}
	o, err := newOutliner(policy.Sources)
	if err != nil {
		return nil, err
	}
	outline, err := o.outline(policy.Bundle)
	if err != nil {
		return nil, err
	}
	c := suite.Config{Rules: addresses(policy.Bundle), Decide: j.decide, Workers: runtime.GOMAXPROCS(0)}
	_, coverage := suite.Cover(ctx, policy.Suite, c, outline)
	seen := map[string]bool{}
	for i := range coverage.Rules {
		seen[coverage.Rules[i].Rule] = coverage.Rules[i].Decided
	}
	return seen, ctx.Err()
}
