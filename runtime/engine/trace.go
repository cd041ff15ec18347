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
	s := newScratch(len(e.rules))
	s.begin(e, a, t)
	s.raiseMasks()
	var out []schema.Trace
	for i := range a.Accesses {
		s.match(e, &a.Accesses[i])
		for _, index := range t.rules {
			out = append(out, s.traceRule(e.rules[index], &a.Accesses[i]))
		}
	}
	for _, m := range t.masks {
		out = append(out, s.traceMask(m))
	}
	return out
}

func (s *scratch) traceRule(r *rule, access *schema.Access) schema.Trace {
	tr := schema.Trace{Rule: r.Address, Range: r.Range, Access: *access}
	hits := &s.hits.enforced
	if r.Mode == schema.DryRun {
		hits = &s.hits.dry
	}
	tr.Matched = slices.Contains(hits[r.Effect], r.index)
	if !tr.Matched {
		tr.Scope = s.scope(r, access)
	}
	if tr.Matched || tr.Scope == "condition" {
		s.bind()
		s.binding.SetAccess(access)
		tr.Terms = s.terms(r.when, r.unless)
	}
	return tr
}

// scope names what kept a rule from matching.
func (s *scratch) scope(r *rule, access *schema.Access) string {
	connect := access.Verb == schema.VerbConnect
	switch {
	case !s.inGroups(r.Groups):
		return "groups"
	case connect && !aboutConnect(r), !connect && r.verbs&verbBit(access.Verb) == 0:
		return "verbs"
	case connect || r.covers(access):
		return "condition"
	case access.Verb == schema.VerbCall:
		return "functions"
	default:
		return "tables"
	}
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
