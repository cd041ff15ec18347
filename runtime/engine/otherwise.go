package engine

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Alternative is another request, and the other effect that the engine decides for it.
type Alternative struct {
	Effect schema.Effect `json:"effect"`
	// Rules are the addresses that this decision names.
	Rules []string `json:"rules"`
	// Request is what differs in the request.
	Request []Change `json:"request"`
	// Changes are the atoms that have another value in it.
	Changes []Flip `json:"changes"`
	// Decided is set when the effect is the engine's own. Otherwise no such request could be made, for Reason, and the effect
	// is what the rules alone say, masks left aside, if nothing else changes with the atoms.
	Decided bool   `json:"decided"`
	Reason  string `json:"reason,omitempty"`
}

// Change is a fact of a request that differs: its name as conditions have it, or sql for the text of the statement.
type Change struct {
	What string `json:"what"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Variant is a request that differs from another in a few facts.
type Variant struct {
	Action  *schema.Action
	Changes []Change
}

// Variants makes the requests that are tried.
type Variants interface {
	// Make makes requests in which the flips may have come about, those with the fewest changes first.
	Make(flips []Flip) iter.Seq[*Variant]
	// Real reports whether anybody may come to make the request: it is asked of those that would be told.
	Real(*Variant) bool
	// Missing says, when those that Make gave are used up, why there may be others; empty when there are none.
	Missing() string
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

// otherwise looks for the nearest requests that are decided otherwise. Only where there is none, it tells of a way that no
// request could be made of.
func (x *explainer) otherwise(variants Variants) []Alternative {
	var out []Alternative
	var untried *Alternative
	told := map[string]bool{}
	for _, w := range x.ways() {
		if len(w) > maxFlips || told[w.key()] {
			continue
		}
		told[w.key()] = true
		if found := x.first(w, variants, out); found != nil {
			out = append(out, *found)
		} else if missing := variants.Missing(); missing != "" && untried == nil && len(w) > 0 && possible(w) {
			untried = x.untried(w, missing)
		}
		if len(out) == maxAlternatives {
			break
		}
	}
	if len(out) == 0 && untried != nil {
		return []Alternative{*untried}
	}
	return out
}

// ways lists what would have to differ for another effect, as the rules have it, the shortest first.
func (x *explainer) ways() []way {
	var list []way
	switch {
	case x.decision.Effect == schema.Deny && x.byMask():
		list = []way{x.withoutMasks(), {}}
	case x.decision.Effect == schema.Deny:
		list = x.waysToPass()
	case x.decision.Effect == schema.Approve:
		list = append(x.waysFor(schema.Approve, false), x.waysFor(schema.Deny, true)...)
	default:
		list = append(x.waysFor(schema.Deny, true), x.waysFor(schema.Approve, true)...)
		list = append(list, x.waysFor(schema.Allow, false)...)
	}
	list = slices.DeleteFunc(list, func(w way) bool { return len(w) == 0 && !x.byMask() })
	slices.SortStableFunc(list, func(a, b way) int { return cmp.Compare(len(a), len(b)) })
	return list[:min(len(list), maxWays)]
}

// first gives the first of the variants that is decided as the rules say of the flips, or else otherwise than now. Some of
// the flips must have come about in it, and it must hold more than what was told already.
func (x *explainer) first(w way, variants Variants, told []Alternative) *Alternative {
	wanted := x.effectWith(w)
	var other *Alternative
	var aside []Alternative // with more changes, they would be no nearer
	for v := range variants.Make(w) {
		var d schema.Decision
		x.engine.Decide(v.Action, &d)
		if d.Effect == x.decision.Effect || d.Effect != wanted && other != nil {
			continue
		}
		covers := func(o Alternative) bool { return o.covers(d.Effect, v.Changes) }
		if slices.ContainsFunc(told, covers) || slices.ContainsFunc(aside, covers) {
			continue
		}
		came, any := x.came(w, v.Action)
		if len(w) > 0 && !any || !variants.Real(v) {
			aside = append(aside, Alternative{Effect: d.Effect, Request: v.Changes})
			continue
		}
		found := &Alternative{Effect: d.Effect, Rules: append([]string{}, d.Rules...), Request: v.Changes, Changes: came, Decided: true}
		if d.Effect == wanted || len(w) == 0 {
			return found
		}
		other = found
	}
	return other
}

// covers reports whether a request with those changes shows no more than what the alternative does.
func (o *Alternative) covers(effect schema.Effect, changes []Change) bool {
	return o.Effect == effect && !slices.ContainsFunc(o.Request, func(c Change) bool { return !slices.Contains(changes, c) })
}

// came gives the flips that have come about in another request, of the rules and masks that they have turned there, and
// whether there are any: a scope that its accesses do not need is met by them, and is not told.
func (x *explainer) came(w way, a *schema.Action) (out []Flip, any bool) {
	t := x.engine.targets[a.Target]
	s := newScratch(len(x.engine.rules))
	s.begin(x.engine, a, t)
	other := explainer{engine: x.engine, action: a, atoms: &atoms{s: s, valuer: x.atoms.valuer, byKey: map[string]*Atom{}}}
	other.lookAt(t, func(address string) bool {
		return slices.ContainsFunc(w, func(f Flip) bool { return f.Rule == address })
	})
	out = []Flip{}
	for _, f := range w {
		if x.matches(f.Rule) == other.matches(f.Rule) {
			continue
		}
		has, found := other.has(f)
		any = any || has
		if has && found {
			out = append(out, f)
		}
	}
	return out, any
}

// matches reports whether a rule matches some access, or a mask stands.
func (x *explainer) matches(address string) bool {
	is := func(m *match) bool { return m.address == address && m.matches() }
	return slices.ContainsFunc(x.masks, is) || slices.ContainsFunc(x.rules, func(list []*match) bool { return slices.ContainsFunc(list, is) })
}

// has reports whether a flip has come about, and whether it is asked for at all. What is asked of an access is true when
// it is of some access, and false when it is of none.
func (x *explainer) has(f Flip) (has, found bool) {
	holds, fails := false, false
	for _, atom := range x.atoms.byKey {
		if atom.Part == f.Part && atom.Text == f.Text {
			found, holds, fails = true, holds || atom.truth == vocab.True, fails || atom.truth != vocab.False
		}
	}
	if f.To == "false" {
		return !fails, found
	}
	return holds || !found && f.Part != "term" && len(x.action.Accesses) > 0, found
}

// untried is a way that the rules know and of which no request was made; nil where the effect would be the same.
func (x *explainer) untried(w way, reason string) *Alternative {
	if x.byMask() {
		return nil
	}
	effect := x.effectWith(w)
	if effect == x.decision.Effect {
		return nil
	}
	return &Alternative{Effect: effect, Rules: []string{}, Request: []Change{}, Changes: w, Reason: reason}
}

// possible reports whether the flips of a way do not contradict each other openly: one fact cannot be two texts, nor one
// access have two verbs.
func possible(w way) bool {
	wanted := map[string][]string{}
	agrees := func(what string, values []string) bool {
		if before, ok := wanted[what]; ok {
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !slices.Contains(before, v) })
		}
		wanted[what] = values
		return len(values) > 0
	}
	for _, f := range w {
		switch {
		case f.To != "true":
		case f.Part == "verbs" && len(f.List) > 0 && !slices.Contains(f.List, "*") && !agrees(f.Part+f.Access, f.List):
			return false
		case len(f.Leaves) == 1 && f.Leaves[0].Form == vocab.FormOneOf && !agrees(f.Leaves[0].Term+f.Access, f.Leaves[0].Values):
			return false
		}
	}
	return true
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
func (x *explainer) withoutMasks() way {
	together := way{}
	for _, m := range x.masks {
		if !slices.Contains(x.decision.Rules, m.address) {
			continue
		}
		ways := toggles(m)
		if len(ways) == 0 {
			return way{}
		}
		together = together.with(ways[0])
	}
	return together
}
