package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// itemMask is the least number of items of masks; what they do comes on top.
const itemMask int32 = 1 << 20

// facet is one thing that masks do to the values of columns: the more of it, the stricter.
type facet struct {
	name string
	// sink, for writes, are the classes of the column that is written to, in each policy.
	sink map[side][]string
	// column is one of those written to.
	column string
	// detector is set for values that are looked for.
	detector string
}

// columns are columns of one target that are of the same classes in each policy.
type columns struct {
	names   []string
	classes map[side][]string
}

// placedMask is a mask of a target, of one policy or of both, and where it stands.
type placedMask struct {
	mask  *schema.Mask
	in    side
	stand node
}

// strength gives how much of a facet a mask does to columns in a policy; 0 when it is none of its business.
func (f *facet) strength(p *policy, target string, m *schema.Mask, in side, of columns) int32 {
	if f.name == facetOpaque || f.name == facetText {
		return 1
	}
	if f.detector != "" {
		for _, name := range m.Classes {
			k := p.classes[name]
			if slices.Contains(k.Targets, target) && slices.Contains(k.Detect, f.detector) {
				return m.Treatment().Strength()
			}
		}
		return 0
	}
	strength := int32(0)
	for _, name := range of.classes[in] {
		if slices.Contains(m.Classes, name) {
			strength = max(strength, f.ofClass(m, name, in))
		}
	}
	return strength
}

func (f *facet) ofClass(m *schema.Mask, class string, in side) int32 {
	refuses := false
	switch f.name {
	case facetOutput:
		return m.Treatment().Strength()
	case facetEffect:
		refuses = true
	case facetPredicate:
		refuses = m.Predicates != schema.PredicatesAllow
	case facetEquality:
		refuses = m.Predicates == schema.PredicatesDeny
	case facetWrite:
		refuses = !slices.Contains(f.sink[in], class)
	}
	if refuses {
		return 1
	}
	return 0
}

const (
	facetOutput    = "output"
	facetPredicate = "predicate"
	facetEquality  = "equality"
	facetWrite     = "write"
	facetDetect    = "detect"
	// facetEffect: an expression that can fail, has an effect or is not understood.
	facetEffect = "effect"
	// facetOpaque: a mask that stands refuses what cannot be analysed.
	facetOpaque = "opaque"
	// facetText: a mask that stands withholds the text of errors and notices.
	facetText = "text"
)

// classed groups the columns of a target by their classes in both policies. Everything stands for what may be of any
// class.
func classed(target string, old, new *policy) []columns {
	of := map[string]*columns{}
	everything := &columns{names: []string{schema.Everything}, classes: map[side][]string{}}
	for _, s := range []struct {
		in side
		p  *policy
	}{{before, old}, {after, new}} {
		for _, k := range s.p.bundle.Classes {
			if !slices.Contains(k.Targets, target) {
				continue
			}
			everything.classes[s.in] = append(everything.classes[s.in], k.Name)
			for _, name := range k.Columns {
				if of[name] == nil {
					of[name] = &columns{names: []string{name}, classes: map[side][]string{}}
				}
				of[name].classes[s.in] = append(of[name].classes[s.in], k.Name)
			}
		}
	}
	groups := map[string]*columns{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		k := key(list(of[name].classes[before]), list(of[name].classes[after]))
		if groups[k] == nil {
			groups[k] = of[name]
			continue
		}
		groups[k].names = append(groups[k].names, name)
	}
	var out []columns
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, *groups[k])
	}
	slices.SortFunc(out, func(a, b columns) int { return cmp.Compare(a.names[0], b.names[0]) })
	return append(out, *everything)
}

// facets lists what masks may do to columns. Writes count for columns written to that stay in their classes: a column
// that joins the class of what is copied into it shows nobody more, though the copy now passes.
func facets(groups []columns, detectors []string, of columns) []facet {
	out := []facet{{name: facetOutput}, {name: facetPredicate}, {name: facetEquality}}
	for _, g := range groups {
		if g.names[0] != schema.Everything && list(g.classes[before]) == list(g.classes[after]) {
			out = append(out, facet{name: facetWrite, sink: g.classes, column: g.names[0]})
		}
	}
	if of.names[0] == schema.Everything {
		out = append(out, facet{name: facetOpaque})
		for _, d := range detectors {
			out = append(out, facet{name: facetDetect, detector: d})
		}
	}
	return out
}

// veils judges masks where the access itself is not denied.
type veils struct{ effects }

func split(items []item) (rules, masks []item) {
	at := len(items)
	for i := range items {
		if items[i].what >= itemMask {
			at = i
			break
		}
	}
	return items[:at:at], items[at:]
}

func (v *veils) possible(items []item) change {
	rules, masks := split(items)
	was, is := v.power(rules, before), v.power(rules, after)
	if was.denied || is.denied || !was.mayAllow || !is.mayAllow {
		return 0
	}
	var c change
	for _, i := range masks {
		switch i.in {
		case before:
			c |= looser
		case after:
			c |= tighter
		}
	}
	return c
}

func (v *veils) reduce(items []item) []item {
	rules, masks := split(items)
	was, is := v.power(rules, before), v.power(rules, after)
	if was.denied || is.denied {
		return items[:0]
	}
	strongest := map[side]int32{}
	for _, i := range masks {
		for _, in := range []side{before, after} {
			if i.when == yes && i.in&in != 0 {
				strongest[in] = max(strongest[in], i.what)
			}
		}
	}
	kept := v.effects.reduce(slices.Clone(rules))
	for _, i := range masks {
		beaten := side(0)
		for _, in := range []side{before, after} {
			if i.what < strongest[in] || i.what == strongest[in] && i.when != yes {
				beaten |= in
			}
		}
		if i.in == both && beaten != both {
			beaten = 0
		}
		if i.in &^= beaten; i.in != 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

func (v *veils) outcome(items []item) change {
	rules, masks := split(items)
	if v.decide(rules, before).effect == schema.Deny || v.decide(rules, after).effect == schema.Deny {
		return 0
	}
	was, is := int32(0), int32(0)
	for _, i := range masks {
		if i.in&before != 0 {
			was = max(was, i.what)
		}
		if i.in&after != 0 {
			is = max(is, i.what)
		}
	}
	switch {
	case is < was:
		return looser
	case is > was:
		return tighter
	}
	return 0
}
