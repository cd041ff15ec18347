package main

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// sameBudget is how many steps one mutant may take.
const sameBudget = 200_000

// sameMatches reports whether a rule or mask of two policies is proved to match the same requests: left alone with what
// lets it show, it is a refactoring.
func sameMatches(old, new *schema.Bundle, address string) bool {
	var sides [2]plan.Side
	for i, b := range []*schema.Bundle{old, new} {
		one, ok := alone(b, address)
		if !ok {
			return false
		}
		e, err := engine.New(one)
		if err != nil {
			return false
		}
		sides[i] = plan.Side{Bundle: one, Decide: e.Decide}
	}
	report, err := plan.Compare(sides[0], sides[1], plan.Options{Budget: sameBudget, Samples: 1, Random: func(int) int { return 0 }})
	return err == nil && report.Verdict == plan.Refactor && report.Certainty == plan.Proved
}

// alone leaves one rule or mask of a policy, in force, and all else allowed unless it is an allow itself.
func alone(b *schema.Bundle, address string) (*schema.Bundle, bool) {
	out := *b
	out.Rules, out.Masks = nil, nil
	for _, r := range b.Rules {
		if r.Address == address {
			r.Mode = schema.Enforce
			out.Rules = append(out.Rules, r)
		}
	}
	for _, m := range b.Masks {
		if m.Address == address {
			m.Mode = schema.Enforce
			out.Masks = append(out.Masks, m)
		}
	}
	if len(out.Rules)+len(out.Masks) != 1 {
		return nil, false
	}
	if len(out.Masks) == 1 || out.Rules[0].Effect != schema.Allow {
		all := schema.Rule{Address: "allow.all else", Effect: schema.Allow, Verbs: []string{"*", schema.VerbConnect, schema.VerbOpaque}, Tables: []string{"*"}, Functions: []string{"*"}}
		for _, t := range b.Targets {
			all.Targets = append(all.Targets, t.Name)
		}
		out.Rules = append(out.Rules, all)
	}
	slices.SortFunc(out.Rules, func(a, b schema.Rule) int { return strings.Compare(a.Address, b.Address) })
	return &out, true
}
