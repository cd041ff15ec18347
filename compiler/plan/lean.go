package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// lean says what it does to a change that is looked for when an item matches more.
type lean int8

const (
	hinders lean = iota - 1
	// either is for what may do both, or is not known.
	either
	helps
)

// leaner gives the lean of each of some items towards a change.
type leaner func(item) lean

// lean rests on what decides: a rule that counts in both policies cannot help where it denies, and an allow or approve
// of both cannot where allows alone were edited.
func (e *effects) lean(items []item, want change) leaner {
	if want != looser && want != tighter {
		return denies
	}
	strict, loose, routes := false, false, false
	for _, i := range items {
		strict = strict || i.in != both && i.what != itemAllow
		loose = loose || i.in != both && i.what == itemAllow
		routes = routes || i.in == both && i.what >= itemRoute && e.routes.compare(i.what, i.what) != 0
	}
	from := map[change]side{looser: before, tighter: after}[want]
	return func(i item) lean {
		switch {
		case i.what == itemDeny:
			return aside(i.in == from)
		case i.what == itemAllow && i.in != both:
			return aside(i.in != from)
		case strict || routes:
			if i.what == itemAllow && !loose {
				return helps
			}
			return either
		}
		return hinders
	}
}

func aside(help bool) lean {
	if help {
		return helps
	}
	return hinders
}

// denies knows only that nothing changes where both policies deny.
func denies(i item) lean {
	if i.what == itemDeny && i.in == both {
		return hinders
	}
	return either
}

// lean: an access that one policy denies shows nothing of masks.
func (v *veils) lean(_ []item, want change) leaner {
	if want != looser && want != tighter {
		return func(item) lean { return either }
	}
	from := map[change]side{looser: before, tighter: after}[want]
	return func(i item) lean {
		switch {
		case i.what >= itemMask:
			return aside(i.in == from)
		case i.what == itemAllow:
			return helps
		}
		return hinders
	}
}

func (n *never) lean([]item, change) leaner {
	return func(i item) lean {
		switch {
		case i.what == itemAllow:
			return helps
		case i.what >= itemRoute && i.what < itemMask && n.what == schema.NeverApprove:
			return either
		}
		return hinders
	}
}

func (uncovered) lean([]item, change) leaner { return func(item) lean { return hinders } }

// spared reports whether other values of a variable need not be looked at, as those that led nowhere were better: there
// the gate was as open, what hinders matched no more, and what helps no less.
func (s *search) spared(gate node, items []item, lean leaner, c choice, failed []choice) bool {
	return slices.ContainsFunc(failed, func(f choice) bool {
		if !s.below(s.d.at(gate, c.variable, c.first), s.d.at(gate, c.variable, f.first)) {
			return false
		}
		for _, i := range items {
			here, there := s.d.at(i.when, c.variable, c.first), s.d.at(i.when, c.variable, f.first)
			if here != there && !s.better(lean(i), here, there) {
				return false
			}
		}
		return !s.d.spent
	})
}

// better reports whether what an item gives there serves no worse than what it gives here.
func (s *search) better(l lean, here, there node) bool {
	switch l {
	case hinders:
		return s.below(there, here)
	case helps:
		return s.below(here, there)
	}
	return here == there
}

// below reports whether one node is yes only where the other is.
func (s *search) below(a, b node) bool { return a == no || b == yes || s.d.and(a, b) == a }

// manyItems is where the order of choices begins to matter: with fewer, the lowest value is tried first, which makes the
// plainest requests.
const manyItems = 64

// order puts the choices first that leave the least in the way. Those without a value stay last.
func (s *search) order(items []item, lean leaner, choices []choice) {
	if len(items) < manyItems {
		return
	}
	weight := map[int64]int{}
	for _, c := range choices {
		n := 0
		for _, i := range items {
			n += inTheWay(lean(i), s.d.at(i.when, c.variable, c.first))
		}
		weight[c.first] = n
	}
	slices.SortStableFunc(choices, func(a, b choice) int {
		switch failing := int64(failing); {
		case a.first == failing && b.first != failing:
			return 1
		case b.first == failing && a.first != failing:
			return -1
		}
		return weight[a.first] - weight[b.first]
	})
}

// inTheWay weighs an item: one that stands in the way for good counts as many that may.
func inTheWay(l lean, when node) int {
	switch {
	case l == hinders && when == yes, l == helps && when == no:
		return manyItems
	case l == hinders && when != no, l == helps && when != yes:
		return 1
	}
	return 0
}
