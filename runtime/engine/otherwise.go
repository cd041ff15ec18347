package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Alternative is a set of atoms that, if they were otherwise and all else the same, would give another effect.
type Alternative struct {
	Effect  schema.Effect `json:"effect"`
	Changes []Flip        `json:"changes"`
	// Decided is set when the effect was decided by this engine for the changed principal. Otherwise it follows from the
	// rules, masks left aside, if nothing else changes with it.
	Decided bool `json:"decided"`
}

// Flip is an atom that would have to have another value.
type Flip struct {
	Rule  string       `json:"rule"`
	In    string       `json:"in"`
	Range schema.Range `json:"range"`
	To    string       `json:"to"`
	*Atom
}

// Bounds of the search for alternatives: how many are told, how many changes one may need, and how many of the rules'
// own ways are put together, of each access the nearest.
const (
	maxAlternatives = 3
	maxFlips        = 6
	maxWays         = 64
	maxNear         = 16
)

// way is what would let one rule match, or not.
type way []Flip

// otherwise collects ways to another effect, and keeps the shortest that are found to give one.
func (x *explainer) otherwise() []Alternative {
	var candidates []way
	switch {
	case x.decision.Effect == schema.Deny && x.byMask():
		return x.withoutMasks()
	case x.decision.Effect == schema.Deny:
		candidates = x.waysToPass()
	case x.decision.Effect == schema.Approve:
		candidates = append(x.waysFor(schema.Approve, false), x.waysFor(schema.Deny, true)...)
	default:
		candidates = append(x.waysFor(schema.Deny, true), x.waysFor(schema.Approve, true)...)
		candidates = append(candidates, x.waysFor(schema.Allow, false)...)
	}
	slices.SortStableFunc(candidates, func(a, b way) int { return cmp.Compare(len(a), len(b)) })
	var out []Alternative
	told := map[string]bool{}
	for _, w := range candidates[:min(len(candidates), maxWays)] {
		if len(w) == 0 || len(w) > maxFlips || told[w.key()] {
			continue
		}
		told[w.key()] = true
		if alternative := x.try(w); alternative.Effect != x.decision.Effect {
			out = append(out, alternative)
		}
		if len(out) == maxAlternatives {
			break
		}
	}
	return out
}

// try gives what would come of a way: of one that changes the principal's groups alone, by deciding for these.
func (x *explainer) try(w way) Alternative {
	principal := *x.action.Principal
	principal.Groups = slices.Clone(principal.Groups)
	for _, f := range w {
		switch {
		case f.In != "groups":
			return Alternative{Effect: x.effectWith(w), Changes: w}
		case f.truth == vocab.True:
			principal.Groups = slices.DeleteFunc(principal.Groups, func(g string) bool { return slices.Contains(f.list, g) })
		default:
			principal.Groups = append(principal.Groups, f.list[0])
		}
	}
	slices.Sort(principal.Groups)
	changed := *x.action
	changed.Principal = &principal
	var d schema.Decision
	x.engine.Decide(&changed, &d)
	return Alternative{Effect: d.Effect, Changes: w, Decided: true}
}

func (w way) key() string {
	var keys []string
	for _, f := range w {
		keys = append(keys, f.key())
	}
	slices.Sort(keys)
	return strings.Join(keys, "\x01")
}

// waysFor gives the ways to let a rule of an effect match some access, or to let none match any.
func (x *explainer) waysFor(effect schema.Effect, match bool) []way {
	var one []way
	together := way{}
	for i := range x.rules {
		for _, m := range x.rules[i] {
			if m.effect != effect || m.matches() == match {
				continue
			}
			ways := toggles(m)
			if len(ways) == 0 {
				continue
			}
			one = append(one, ways...)
			together = together.with(ways[0])
		}
	}
	if !match {
		return append(one, together)
	}
	return one
}

func (w way) with(more way) way {
	out := slices.Clone(w)
	for _, f := range more {
		if !slices.ContainsFunc(out, func(g Flip) bool { return g.Atom == f.Atom }) {
			out = append(out, f)
		}
	}
	return out
}

// waysToPass gives, for each access that is denied, what keeps the denying rules away and brings an allow: all of the
// first together with each of the nearest allow rules in turn.
func (x *explainer) waysToPass() []way {
	bases := []way{{}}
	for i := range x.rules {
		access := &x.action.Accesses[i]
		covered := access.Harmless
		var allows []way
		for _, m := range x.rules[i] {
			matches := m.matches()
			switch {
			case m.effect == schema.Deny && matches:
				bases = product(bases, toggles(m))
			case m.effect == schema.Allow && matches:
				covered = true
			case m.effect == schema.Allow:
				allows = append(allows, toggles(m)...)
			}
		}
		if covered || len(allows) == 0 {
			continue
		}
		slices.SortStableFunc(allows, func(a, b way) int { return cmp.Compare(len(a), len(b)) })
		bases = product(bases, allows[:min(len(allows), maxNear)])
	}
	return bases
}

// product puts each of the bases together with each of the ways, up to a bound.
func product(bases, ways []way) []way {
	if len(ways) == 0 {
		return bases
	}
	var next []way
	for _, w := range ways {
		for _, base := range bases {
			if len(next) < maxWays {
				next = append(next, base.with(w))
			}
		}
	}
	return next
}

// toggles gives the ways to turn a match around: all scopes that fail must hold, and then any one atom more, or two, where
// that is not enough. Terms and groups come before verbs and objects, which make a statement what it is.
func toggles(m *match) []way {
	matches := m.matches()
	flipped := map[*Atom]bool{}
	of := func(a *Atom) vocab.Truth {
		if flipped[a] {
			return turned(a)
		}
		return a.truth
	}
	turns := func() bool {
		yes, no := m.possible(of)
		return yes != no && yes != matches
	}
	if !matches {
		for _, atom := range m.scopes {
			if atom.truth != vocab.True {
				flipped[atom] = true
			}
		}
	}
	if turns() {
		return []way{m.way(flipped)}
	}
	var free []*Atom
	for _, atom := range m.all() {
		if !flipped[atom] {
			free = append(free, atom)
		}
	}
	slices.SortStableFunc(free, func(a, b *Atom) int { return cmp.Compare(distance[a.Part], distance[b.Part]) })
	return m.some(free, flipped, turns)
}

// distance says how far away another value of an atom is.
var distance = map[string]int{"term": 0, "groups": 1, "tables": 2, "functions": 2, "verbs": 3}

// some flips one atom more, or else two, and gives the ways that turn.
func (m *match) some(free []*Atom, flipped map[*Atom]bool, turns func() bool) []way {
	var out []way
	for _, a := range free {
		flipped[a] = true
		if turns() && len(out) < maxAlternatives {
			out = append(out, m.way(flipped))
		}
		delete(flipped, a)
	}
	free = free[:min(len(free), 16)]
	for i, a := range free {
		for _, b := range free[i+1:] {
			flipped[a], flipped[b] = true, true
			if len(out) == 0 && turns() {
				out = append(out, m.way(flipped))
			}
			delete(flipped, b)
		}
		delete(flipped, a)
	}
	return out
}

// way writes down which atoms are flipped.
func (m *match) way(flipped map[*Atom]bool) way {
	var w way
	for _, atom := range m.all() {
		if !flipped[atom] {
			continue
		}
		in, rng := m.part(atom)
		to := "true"
		if turned(atom) == vocab.False {
			to = "false"
		}
		w = append(w, Flip{Rule: m.address, In: in, Range: rng, To: to, Atom: atom})
	}
	return w
}

// turned is the other value of an atom; one that has none would be true.
func turned(a *Atom) vocab.Truth {
	if a.truth == vocab.True {
		return vocab.False
	}
	return vocab.True
}

// effectWith gives the effect of the accesses with some atoms turned around. Masks are left out of it.
func (x *explainer) effectWith(w way) schema.Effect {
	of := func(a *Atom) vocab.Truth {
		if slices.ContainsFunc(w, func(f Flip) bool { return f.Atom == a }) {
			return turned(a)
		}
		return a.truth
	}
	effect := schema.Allow
	for i := range x.rules {
		allowed, denied, held := x.action.Accesses[i].Harmless, false, false
		for _, m := range x.rules[i] {
			yes, _ := m.possible(of)
			allowed = allowed || yes && m.effect == schema.Allow
			denied = denied || yes && m.effect == schema.Deny
			held = held || yes && m.effect == schema.Approve
		}
		switch {
		case denied || !allowed:
			return schema.Deny
		case held:
			effect = schema.Approve
		}
	}
	return effect
}

// withoutMasks gives what would keep the masks that refuse from standing.
func (x *explainer) withoutMasks() []Alternative {
	together := way{}
	for _, m := range x.masks {
		if !slices.Contains(x.decision.Rules, m.address) {
			continue
		}
		ways := toggles(m)
		if len(ways) == 0 {
			return nil
		}
		together = together.with(ways[0])
	}
	if len(together) == 0 || len(together) > maxFlips {
		return nil
	}
	alternative := x.try(together)
	if alternative.Effect == schema.Deny {
		return nil
	}
	return []Alternative{alternative}
}
