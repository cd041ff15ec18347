package engine

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// pick is that a rule matches an access or does not, or that a mask stands or does not, and atoms that force it.
type pick struct {
	m       *match
	access  *schema.Access
	matches bool
	atoms   []*Atom
}

// option is one way to show what a slot asks for.
type option []pick

// slot is one thing that has to be shown, in any of its ways.
type slot []option

// because gives the reason for the effect: one option of each slot, chosen so that all of them together hold the fewest
// atoms.
func (x *explainer) because() []Reason {
	var out []Reason
	for _, o := range fewest(x.slots()) {
		for _, p := range o {
			out = append(out, reasonOf(p))
		}
	}
	return out
}

// slots lists what has to be shown for the effect.
func (x *explainer) slots() []slot {
	switch {
	case x.decision.Effect == schema.Deny && x.byMask():
		return x.standing()
	case x.decision.Effect == schema.Deny:
		return x.whyDenied()
	case x.decision.Effect == schema.Approve:
		return slices.Concat([]slot{x.any(schema.Approve)}, x.whyPassed())
	}
	return x.whyPassed()
}

// byMask reports whether the denial is a mask's: it refuses what it cannot hide.
func (x *explainer) byMask() bool {
	return slices.ContainsFunc(x.decision.Rules, func(address string) bool {
		_, kind, _ := schema.SplitAddress(address)
		return kind == "mask"
	})
}

// standing asks for one of the masks that refuse.
func (x *explainer) standing() []slot {
	var one slot
	for _, m := range x.masks {
		if slices.Contains(x.decision.Rules, m.address) {
			one = append(one, options(m, nil, true)...)
		}
	}
	return []slot{one}
}

// whyDenied asks for one rule that denies, or for every allow rule that it does not match the access that is told, or for
// two approve rules that ask by different routes.
func (x *explainer) whyDenied() []slot {
	if one := x.any(schema.Deny); len(one) > 0 {
		return []slot{one}
	}
	for i := range x.rules {
		access := &x.action.Accesses[i]
		if access.Harmless || access.Verb != x.decision.Denied.Verb || access.Object != x.decision.Denied.Object {
			continue
		}
		if !slices.ContainsFunc(x.rules[i], func(m *match) bool { return m.effect == schema.Allow && m.matches() }) {
			return x.none(i, func(m *match) bool { return m.effect == schema.Allow })
		}
	}
	return []slot{x.twoRoutes()}
}

// any asks for a rule of an effect that matches some access.
func (x *explainer) any(effect schema.Effect) slot {
	var one slot
	for i := range x.rules {
		for _, m := range x.rules[i] {
			if m.effect == effect && m.matches() {
				one = append(one, options(m, &x.action.Accesses[i], true)...)
			}
		}
	}
	return one
}

// maxPairs bounds the pairs of ways that are put together.
const maxPairs = 256

// twoRoutes asks for two approve rules of different routes.
func (x *explainer) twoRoutes() slot {
	var pairs slot
	all := x.any(schema.Approve)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a[0].m.route != b[0].m.route && len(pairs) < maxPairs {
				pairs = append(pairs, option{a[0], b[0]})
			}
		}
	}
	return pairs
}

// whyPassed asks, for each access, for an allow rule that matches, and that no rule matches that would be stricter; and
// for each mask that would refuse the action that it does not stand.
func (x *explainer) whyPassed() []slot {
	var out []slot
	for i := range x.rules {
		access := &x.action.Accesses[i]
		var one slot
		for _, m := range x.rules[i] {
			if m.effect == schema.Allow && !access.Harmless && m.matches() {
				one = append(one, options(m, access, true)...)
			}
		}
		if len(one) > 0 {
			out = append(out, one)
		}
		out = append(out, x.none(i, func(m *match) bool { return m.effect == schema.Deny })...)
		out = append(out, x.none(i, func(m *match) bool { return m.effect == schema.Approve && m.route != x.decision.Route })...)
	}
	for _, m := range x.masks {
		if !m.matches() && x.refuses(m.address) {
			out = append(out, options(m, nil, false))
		}
	}
	return out
}

// refuses reports whether a mask would refuse the action if it stood.
func (x *explainer) refuses(address string) bool {
	s := x.atoms.s
	i := slices.IndexFunc(s.target.masks, func(m *mask) bool { return m.Address == address })
	m := s.target.masks[i]
	if slices.ContainsFunc(x.action.Accesses, func(a schema.Access) bool { return a.Verb == schema.VerbOpaque }) {
		return true
	}
	s.standing = []*mask{m}
	byClass := grown(nil, len(s.target.classes))
	for _, c := range m.classes {
		byClass[c] = m
	}
	var refused refusals
	s.maskOutputs(nil, byClass, &refused, false)
	s.maskForm(&refused, false)
	s.maskUses(&refused, false)
	return len(refused.masks) > 0
}

// none asks for each of some rules that it does not match an access, beginning with those that come nearest.
func (x *explainer) none(i int, of func(*match) bool) []slot {
	var list []*match
	for _, m := range x.rules[i] {
		if of(m) && !m.matches() {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *match) int { return a.failing() - b.failing() })
	var out []slot
	for _, m := range list {
		out = append(out, options(m, &x.action.Accesses[i], false))
	}
	return out
}

// options are the ways to show that a match is what it is.
func options(m *match, access *schema.Access, matches bool) slot {
	var out slot
	for _, atoms := range m.sufficient(matches) {
		out = append(out, option{{m, access, matches, atoms}})
	}
	return out
}

func reasonOf(p pick) Reason {
	r := Reason{Rule: p.m.address, Range: p.m.rng, Matches: p.matches, Parts: []Part{}}
	if p.access != nil {
		r.Access = strings.TrimSuffix(p.access.Verb+" "+p.access.Object, " ")
	}
	for _, atom := range p.atoms {
		in, rng := p.m.part(atom)
		r.Parts = append(r.Parts, Part{In: in, Range: rng, Atom: atom})
	}
	return r
}
