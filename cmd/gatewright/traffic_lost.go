package main

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// weigh decides an action with each value that a fact may have had that is not on record. Those with which the old
// policy does not decide as was recorded it did not have.
func (r *replayer) weigh(e *audit.Entry, a *schema.Action, asked *askedFacts) (*verdict, error) {
	actions, unknown := variants(a, asked)
	if actions == nil {
		return because("the log does not keep %s, and a condition asks for it", unknown)
	}
	var out *verdict
	for i := range actions {
		f := r.pair.Flip(&actions[i])
		if !agrees(e, &f.Before) {
			continue
		}
		v := verdictOf(f)
		if out != nil && out.key != v.key {
			return because("the log does not keep %s, and the decision hangs on it", unknown)
		}
		out = &v
	}
	switch {
	case out != nil:
		return out, nil
	case r.old.side.Bundle.ID != "" && r.old.side.Bundle.ID != e.Bundle:
		return because("another bundle decided it, and the old policy decides otherwise")
	}
	return because("the old policy decides otherwise than was recorded, by what the log keeps of it")
}

// agrees reports whether an outcome is the recorded one. Whatever became of what had a ticket, it was to be approved.
func agrees(e *audit.Entry, o *plan.Outcome) bool {
	return (o.Decision == e.Effect || e.Ticket != "" && o.Decision == schema.Approve.String()) && slices.Equal(o.Rules, e.Rules)
}

// variants gives an action with all values of what is not on record that conditions tell apart. It gives none where these
// cannot be listed; unknown names what is not on record.
func variants(a *schema.Action, asked *askedFacts) (actions []schema.Action, unknown string) {
	out := []schema.Action{*a}
	if a.SQL == nil {
		return out, ""
	}
	var lost []string
	add := func(fact string, values []int64, set func(*schema.SQL, int64)) bool {
		lost = append(lost, fact)
		if asked.oddly(fact) && fact != factWhereBound {
			return false
		}
		slices.Sort(values)
		var next []schema.Action
		for _, v := range slices.Compact(values) {
			for _, one := range out {
				sql := *one.SQL
				set(&sql, v)
				one.SQL = &sql
				next = append(next, one)
			}
		}
		out = next
		return len(out) <= maxVariants
	}
	literals := strings.Contains(a.Text, "$")
	known := true
	if literals && a.SQL.HasLimit && asked.of(factLimit) {
		known = add(factLimit, append([]int64{a.SQL.Limit}, asked.bounds[factLimit]...), func(s *schema.SQL, v int64) { s.Limit = v })
	}
	if known && asked.of(factLength) {
		known = add(factLength, append([]int64{a.SQL.Length}, asked.bounds[factLength]...), func(s *schema.SQL, v int64) { s.Length = v })
	}
	if known && literals && writes(a) && asked.of(factWhereBound) {
		known = add(factWhereBound, []int64{0, 1}, func(s *schema.SQL, v int64) { s.WhereBound = v == 1 })
	}
	if !known {
		return nil, strings.Join(lost, ", ")
	}
	return out, strings.Join(lost, ", ")
}

// writes reports whether a statement has a WHERE that may be bound or not.
func writes(a *schema.Action) bool {
	return slices.ContainsFunc(a.Accesses, func(x schema.Access) bool { return x.Verb == schema.VerbUpdate || x.Verb == schema.VerbDelete })
}

// maxVariants bounds the values that are tried for one recorded decision.
const maxVariants = 64
