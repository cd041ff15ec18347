package plan

import (
	"maps"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// rulesOf compares the rules of one target: for each access that an edited rule matches, does the outcome change where
// the rule's own part in it does? as counts rules in dry run as if they were in force.
func (x *comparison) rulesOf(sh *shelf, as bool) {
	edited := map[int32]bool{}
	for _, p := range sh.rules {
		if p.in != both && (!as || x.dryChange(p.rule.Address)) {
			edited[p.index] = true
			x.change(p.rule.Address)
		}
	}
	if len(edited) == 0 {
		return
	}
	for _, k := range x.cells(sh, func(p *placed) bool { return edited[p.index] }) {
		x.cell(k, edited, as)
	}
}

func (x *comparison) cell(k cell, edited map[int32]bool, as bool) {
	indexes := k.shelf.matching(k.verb, k.class.object, k.harmless)
	pairs := map[string][2]*schema.Rule{}
	for _, i := range indexes {
		if p := k.shelf.rules[i]; edited[i] {
			pair := pairs[p.rule.Address]
			pair[p.in-1] = p.rule
			pairs[p.rule.Address] = pair
		}
	}
	var items []item
	var judge *effects
	for _, address := range slices.Sorted(maps.Keys(pairs)) {
		c := x.changes[address]
		ok := x.share(func() {
			parts := x.parts(k, pairs[address])
			if items == nil {
				items = x.items(k, indexes)
				judge = x.effects(k)
			}
			for _, want := range []change{looser, tighter} {
				x.look(k, judge, items, parts, want, c, pairs[address], as)
			}
		})
		c.undecided = c.undecided || !ok
		if !ok {
			items = nil
		}
	}
}

// parts gives where a rule matches in the old and in the new policy.
func (x *comparison) parts(k cell, pair [2]*schema.Rule) [2]node {
	var out [2]node
	for i, in := range []side{before, after} {
		if pair[i] != nil {
			out[i] = x.holds(pair[i], k.place(in, pair[i].Effect))
		}
	}
	return out
}

// gate gives where a rule's own part in the outcome changes in a direction.
func (x *comparison) gate(pair [2]*schema.Rule, parts [2]node, want change) node {
	d := x.d
	lost, won := d.and(parts[0], d.not(parts[1])), d.and(parts[1], d.not(parts[0]))
	effect := schema.Deny
	for _, r := range pair {
		if r != nil {
			effect = r.Effect
		}
	}
	switch {
	case effect == schema.Approve:
		out := d.or(lost, won)
		if pair[0] != nil && pair[1] != nil && pair[0].Route != pair[1].Route {
			out = d.or(parts[0], parts[1])
		}
		return out
	case (effect == schema.Deny) == (want == looser):
		return lost
	}
	return won
}

func (x *comparison) effects(k cell) *effects {
	return &effects{harmless: k.harmless && len(k.shelf.target) == 2, routes: x.routes}
}

// items gives what the rules of a cell do in both policies.
func (x *comparison) items(k cell, indexes []int32) []item {
	items := make([]item, 0, len(indexes))
	for _, i := range indexes {
		p := k.shelf.rules[i]
		items = append(items, item{x.what(p.rule), p.in, x.holds(p.rule, k.place(p.in, p.rule.Effect))})
	}
	if k.verb == schema.VerbOpaque {
		for _, m := range k.shelf.masks {
			items = append(items, item{itemDeny, m.in, m.stand}) // what cannot be analysed cannot be masked
		}
	}
	return items
}

func (x *comparison) what(r *schema.Rule) int32 {
	switch r.Effect {
	case schema.Deny:
		return itemDeny
	case schema.Allow:
		return itemAllow
	}
	return x.routes.numbers[r.Route]
}

// change gives the entry of a block, made at first.
func (x *comparison) change(address string) *Change {
	if x.changes[address] == nil {
		x.changes[address] = &Change{Address: address, Edit: "changed"}
	}
	return x.changes[address]
}

// look looks for one direction of change in one cell, first for principals of one of the rule's groups at a time, so
// that each of them is told.
func (x *comparison) look(k cell, judge judge, items []item, parts [2]node, want change, c *Change, pair [2]*schema.Rule, as bool) {
	gate := x.d.and(x.gate(pair, parts, want), x.possible)
	if gate == no || x.d.spent {
		return
	}
	f := &finding{x: x, change: c, cell: k, want: want, as: as}
	for _, fixed := range x.oneByOne(pair) {
		f.search(judge, items, gate, fixed)
	}
	if !f.found {
		f.search(judge, items, gate, nil)
	}
	f.done()
}

// maxGroups bounds the groups of a rule that are looked at one by one.
const maxGroups = 16

// oneByOne fixes each of the rule's groups in turn.
func (x *comparison) oneByOne(pair [2]*schema.Rule) []map[variable]int64 {
	var groups []string
	for _, r := range pair {
		if r != nil {
			groups = append(groups, r.Groups...)
		}
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	groups = groups[:min(len(groups), maxGroups)]
	var out []map[variable]int64
	for _, g := range groups {
		fixed := map[variable]int64{}
		for _, other := range groups {
			value := int64(isFalse)
			if other == g {
				value = isTrue
			}
			fixed[x.groupVariable(other)] = value
		}
		out = append(out, fixed)
	}
	return out
}

func (x *comparison) groupVariable(name string) variable {
	return x.d.vertices[x.group(name)].variable
}
