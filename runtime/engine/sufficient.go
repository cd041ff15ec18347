package engine

import (
	"math/bits"
	"slices"

	"github.com/gatewright/gatewright/schema/vocab"
)

// Bounds of the search for the fewest atoms. A match of more atoms, and a choice that takes more steps, is told by a set of
// which nothing can be left out, which need not be the smallest.
const (
	maxExact = 10
	maxSteps = 20_000
)

// sufficient gives the sets of atoms that force a match to be what it is, of which nothing can be left out, the smallest
// first.
func (m *match) sufficient(matches bool) [][]*Atom {
	all := m.all()
	if len(all) > maxExact {
		return [][]*Atom{m.reduced(all, matches)}
	}
	var found []uint
	for size := 0; size <= len(all); size++ {
		for set := range uint(1) << len(all) {
			within := func(f uint) bool { return f&set == f }
			if bits.OnesCount(set) == size && !slices.ContainsFunc(found, within) && m.forced(all, set, matches) {
				found = append(found, set)
			}
		}
	}
	out := make([][]*Atom, len(found))
	for i, set := range found {
		for k, atom := range all {
			if set>>k&1 == 1 {
				out[i] = append(out[i], atom)
			}
		}
	}
	return out
}

// forced reports whether the atoms of a set settle the match, whatever the others are.
func (m *match) forced(all []*Atom, set uint, matches bool) bool {
	values := map[*Atom]vocab.Truth{}
	for i, atom := range all {
		values[atom] = atom.truth
		if set>>i&1 == 0 {
			values[atom] = atom.may()
		}
	}
	return m.settled(all, values, matches)
}

// may is what an atom may be when nothing is known of it: a scope always has a value.
func (a *Atom) may() vocab.Truth {
	if a.Part == "term" {
		return vocab.Any
	}
	return vocab.True | vocab.False
}

// settled tells for certain: where what the whole may be is told too widely, since an atom stands in it twice, it takes
// the atoms apart.
func (m *match) settled(all []*Atom, values map[*Atom]vocab.Truth, matches bool) bool {
	yes, no := m.possible(func(a *Atom) vocab.Truth { return values[a] })
	switch {
	case matches && !no || !matches && !yes:
		return true
	case matches && !yes || !matches && !no:
		return false
	}
	for _, atom := range all {
		open := values[atom]
		if bits.OnesCount8(uint8(open)) < 2 || !m.twice(atom) {
			continue
		}
		for _, one := range outcomes {
			if values[atom] = one; open&one != 0 && !m.settled(all, values, matches) {
				values[atom] = open
				return false
			}
		}
		values[atom] = open
		return true
	}
	return false
}

// twice reports whether an atom stands in several places.
func (m *match) twice(a *Atom) bool {
	n := 0
	for _, logic := range []*vocab.Valued{m.when, m.unless} {
		if logic == nil {
			continue
		}
		for _, term := range logic.Terms() {
			if m.terms[term] == a {
				n++
			}
		}
	}
	return n > 1
}

// reduced drops the atoms one by one, as long as the others force the match. Terms go first: a scope tells more than a
// term, and groups most of all.
func (m *match) reduced(all []*Atom, matches bool) []*Atom {
	values := map[*Atom]vocab.Truth{}
	for _, atom := range all {
		values[atom] = atom.truth
	}
	kept := slices.Clone(all)
	for _, atom := range slices.Backward(all) {
		values[atom] = atom.may()
		if yes, no := m.possible(func(a *Atom) vocab.Truth { return values[a] }); matches && no || !matches && yes {
			values[atom] = atom.truth
			continue
		}
		kept = slices.DeleteFunc(kept, func(a *Atom) bool { return a == atom })
	}
	return kept
}

// chooser takes one option of each slot.
type chooser struct {
	slots []slot
	// taken and best are, by slot, the option.
	taken, best []int
	size        int
	steps       int
	// held counts, for each atom, the options taken that hold it.
	held map[*Atom]int
}

// fewest takes an option of each slot so that all of them hold the fewest atoms; of equal ones, the first.
func fewest(slots []slot) []option {
	slots = slices.DeleteFunc(slots, func(s slot) bool { return len(s) == 0 })
	c := &chooser{slots: slots, taken: make([]int, len(slots)), best: make([]int, len(slots)), size: -1, held: map[*Atom]int{}}
	order := make([]int, len(slots)) // those without a choice first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(slots[a]) - len(slots[b]) })
	c.choose(order)
	out := make([]option, len(slots))
	for i, k := range c.best {
		out[i] = slots[i][k]
	}
	return out
}

func (c *chooser) choose(open []int) {
	if c.size >= 0 && len(c.held) >= c.size || c.steps > maxSteps && c.size >= 0 {
		return
	}
	c.steps++
	if len(open) == 0 {
		c.size = len(c.held)
		copy(c.best, c.taken)
		return
	}
	at, costs := open[0], make([]int, len(c.slots[open[0]]))
	ranked := make([]int, len(costs))
	for i, o := range c.slots[at] {
		ranked[i], costs[i] = i, c.cost(o)
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return costs[a] - costs[b] })
	for _, k := range ranked {
		c.taken[at] = k
		c.count(c.slots[at][k], 1)
		c.choose(open[1:])
		c.count(c.slots[at][k], -1)
		if costs[k] == 0 {
			return // nothing is better than what costs nothing
		}
	}
}

// cost counts the atoms that an option adds to those that are held.
func (c *chooser) cost(o option) int {
	var added []*Atom
	for _, p := range o {
		for _, atom := range p.atoms {
			if c.held[atom] == 0 && !slices.Contains(added, atom) {
				added = append(added, atom)
			}
		}
	}
	return len(added)
}

func (c *chooser) count(o option, by int) {
	for _, p := range o {
		for _, atom := range p.atoms {
			if c.held[atom] += by; c.held[atom] == 0 {
				delete(c.held, atom)
			}
		}
	}
}
