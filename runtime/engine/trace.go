package engine

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Trace shows how every rule and mask of the target looked at the action, for the person who asks why: rules once per
// access, masks once. It is not for the path that decides.
func (e *Engine) Trace(a *schema.Action) []schema.Trace {
	t := e.targets[a.Target]
	if t == nil || a.Principal == nil {
		return nil
	}
	s := newScratch(len(t.rules))
	s.begin(e, a, t)
	s.raiseMasks()
	var out []schema.Trace
	for i := range a.Accesses {
		s.match(e, &a.Accesses[i])
		for index, r := range t.rules {
			out = append(out, s.traceRule(int32(index), r, &a.Accesses[i]))
		}
	}
	for _, m := range t.masks {
		out = append(out, s.traceMask(m))
	}
	return out
}

func (s *scratch) traceRule(index int32, r *rule, access *schema.Access) schema.Trace {
	tr := schema.Trace{Rule: r.Address, Range: r.Range, Access: *access}
	hits := &s.hits.enforced
	if r.Mode == schema.DryRun {
		hits = &s.hits.dry
	}
	tr.Matched = slices.Contains(hits[r.Effect], index)
	switch {
	case tr.Matched:
	case !s.inGroups(r.Groups):
		tr.Scope = "groups"
	case r.verbs&verbBit(access.Verb) == 0:
		tr.Scope = "verbs"
	case s.seen[index] != s.round && access.Verb == schema.VerbCall:
		tr.Scope = "functions"
	case s.seen[index] != s.round:
		tr.Scope = "tables"
	default:
		tr.Scope = "condition"
	}
	if tr.Matched || tr.Scope == "condition" {
		s.bind()
		s.binding.SetAccess(access)
		tr.Terms = s.terms(r.when, r.unless)
	}
	return tr
}

func (s *scratch) traceMask(m *mask) schema.Trace {
	tr := schema.Trace{Rule: m.Address, Range: m.Range, Matched: slices.Contains(s.standing, m)}
	if !s.inGroups(m.Groups) {
		tr.Scope = "groups"
		return tr
	}
	if !tr.Matched {
		tr.Scope = "condition"
	}
	s.bind()
	tr.Terms = s.terms(m.when, m.unless)
	return tr
}

func (s *scratch) terms(conditions ...condition) []schema.Term {
	var out []schema.Term
	for _, c := range conditions {
		if c.checked != nil {
			out = append(out, c.checked.Terms(s.binding)...)
		}
	}
	return out
}
