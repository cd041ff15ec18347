package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// ground is a cell with the rules that match it, so that those that can meet a request are found without reading the
// others.
type ground struct {
	cell
	// rules are in the order of reasons: denies last, as what comes first is left out first, and a deny is the better
	// reason. when is where each of them matches.
	rules []*schema.Rule
	when  []node
	// anybody are the places of rules for all principals, of those for some by group; asked those for groups that a
	// condition asks for.
	anybody, asked []int32
	byGroup        map[string][]int32
}

func (c *conditions) ground(k cell, asked map[string]bool) *ground {
	g := &ground{cell: k, byGroup: map[string][]int32{}}
	for _, i := range k.shelf.matching(k.verb, k.class.object, k.harmless) {
		g.rules = append(g.rules, k.shelf.rules[i].rule)
	}
	slices.SortStableFunc(g.rules, func(a, b *schema.Rule) int { return int(b.Effect) - int(a.Effect) })
	for i, r := range g.rules {
		at := int32(i)
		g.when = append(g.when, c.holds(r, k.place(both, r.Effect)))
		if len(r.Groups) == 0 {
			g.anybody = append(g.anybody, at)
		}
		for _, name := range r.Groups {
			g.byGroup[name] = append(g.byGroup[name], at)
			if asked[name] {
				g.asked = append(g.asked, at)
			}
		}
	}
	return g
}

// askedFor gives the groups that conditions of a shelf ask for: with such a group, a principal may meet fewer rules. With
// any other, it meets more.
func (c *conditions) askedFor(sh *shelf) map[string]bool {
	out := map[string]bool{}
	for _, p := range sh.rules {
		for _, l := range c.leavesOf(p.rule) {
			if l.Form == vocab.FormHolds && l.Term == factGroups {
				out[l.Values[0]] = true
			}
		}
	}
	return out
}

// rivals gives the places of rules that may match what a rule does, for a principal who has no group that this does not
// need.
func (c *conditions) rivals(g *ground, match node) []int32 {
	out := append(slices.Clone(g.anybody), g.asked...)
	for _, v := range c.d.groupsOf(match) {
		out = append(out, g.byGroup[c.list[v].value]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// groupsOf gives the groups that a node asks for.
func (d *diagram) groupsOf(n node) []variable {
	var out []variable
	seen := map[node]bool{}
	var look func(node)
	look = func(n node) {
		vx := &d.vertices[n]
		if n <= yes || vx.variable >= d.groups || seen[n] {
			return
		}
		seen[n] = true
		out = append(out, vx.variable)
		for _, r := range vx.runs {
			look(r.to)
		}
	}
	look(n)
	slices.Sort(out)
	return slices.Compact(out)
}

// meetSteps is how far it is looked whether two nodes meet.
const meetSteps = 200

// meets reports whether two nodes may both be yes. It makes no nodes, and says yes where it takes too long.
func (d *diagram) meets(a, b node) bool {
	steps := 0
	var look func(a, b node) bool
	look = func(a, b node) bool {
		switch steps++; {
		case a == no || b == no:
			return false
		case a == yes || b == yes || a == b || steps > meetSteps:
			return true
		}
		v := min(d.vertices[a].variable, d.vertices[b].variable)
		one, two := d.vertices[a].runs, d.vertices[b].runs
		if d.vertices[a].variable != v {
			one = nil
		}
		if d.vertices[b].variable != v {
			two = nil
		}
		for i, j := 0, 0; i < max(len(one), 1) && j < max(len(two), 1); {
			x, y := a, b
			if one != nil {
				x = one[i].to
			}
			if two != nil {
				y = two[j].to
			}
			if look(x, y) {
				return true
			}
			i, j = advance(one, two, i, j)
		}
		return false
	}
	return look(a, b)
}
