package plan

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
)

// change says in which ways the new outcome differs from the old one.
type change uint8

const (
	looser change = 1 << iota
	tighter
)

// side says in which policy an item counts.
type side uint8

const (
	before side = 1 << iota
	after
	both = before | after
)

// item is one rule or mask where both policies are walked: what it does, and when.
type item struct {
	what int32
	in   side
	when node
}

// judge knows what items mean together.
type judge interface {
	// possible gives the changes that may still come of items. It may name too many.
	possible(items []item) change
	// outcome gives the change when all items stand.
	outcome(items []item) change
	// reduce drops the items that can no longer matter, in place.
	reduce(items []item) []item
	// lean gives what each of items does to what is wanted when it matches more.
	lean(items []item, want change) leaner
}

// choice is a stretch of values that a variable has on the way to an outcome.
type choice struct {
	variable    variable
	first, last int64
}

// search walks the values of variables, lowest first, to the outcomes that are looked for.
type search struct {
	d     *diagram
	judge judge
	// want are the changes still looked for, fixed the values that variables have from the start.
	want  change
	fixed map[variable]int64
	// accept is asked about each way that leads to a change; it gives those that need not be looked for any more.
	accept func(path []choice, c change) change
	// gate is where to look; everywhere when it is yes.
	gate node
	// seen holds what was reached from where the search was before.
	seen map[string]change
	path []choice
	key  []byte
}

// run looks for all that is wanted, and gives those changes that were reached at all. With a spent diagram, others may
// be there.
func (s *search) run(items []item) change {
	s.seen = map[string]change{}
	s.d.spend(len(items) / 8)
	items = s.tidy(s.near(items))
	gate, few, path := s.fewer(items)
	if path != nil {
		s.path = path
		reached := s.walk(gate, s.tidy(few))
		s.path = nil
		if reached&s.want == 0 { // with nothing reached, more groups reach nothing either
			return reached
		}
	}
	return s.walk(s.gate, items)
}

// near copies the items that may stand where the search looks.
func (s *search) near(items []item) []item {
	where := s.gate
	for _, v := range slices.Sorted(maps.Keys(s.fixed)) {
		value := s.fixed[v]
		where = s.d.and(where, s.d.within(v, value, value))
	}
	out := make([]item, 0, len(items))
	for _, i := range items {
		if s.d.meets(i.when, where) {
			out = append(out, i)
		}
	}
	return out
}

func (s *search) walk(gate node, items []item) change {
	if gate == no {
		return 0
	}
	items = s.judge.reduce(items)
	if s.want&s.judge.possible(items) == 0 || s.d.spent {
		return 0
	}
	key := s.state(gate, items)
	if reached, known := s.seen[key]; known { // what it leads to was asked about already
		return reached
	}
	if !s.d.spend(1 + len(items)/2) {
		return 0
	}
	v := s.first(gate, items)
	if v < 0 {
		c := s.judge.outcome(items) & s.want
		if c != 0 {
			s.want &^= s.accept(s.path, c)
		}
		s.seen[key] = c
		return c
	}
	reached := s.choose(gate, items, v)
	s.seen[key] = reached
	return reached
}

// choose walks on with each value of a variable that may lead somewhere.
func (s *search) choose(gate node, items []item, v variable) change {
	choices, lean := s.choices(gate, items, v), s.judge.lean(items, s.want)
	s.order(items, lean, choices)
	var reached change
	var failed []choice
	for _, c := range choices {
		if s.want == 0 {
			break
		}
		if s.spared(gate, items, lean, c, failed) {
			continue
		}
		s.path = append(s.path, c)
		led := s.walk(s.d.at(gate, v, c.first), s.under(items, v, c.first))
		s.path = s.path[:len(s.path)-1]
		if reached |= led; led == 0 {
			failed = append(failed, c)
		}
	}
	return reached
}

// state gives what the rest of a search hangs on.
func (s *search) state(gate node, items []item) string {
	s.key = binary.AppendVarint(s.key[:0], int64(gate))
	for _, i := range items {
		s.key = binary.AppendVarint(append(s.key, byte(i.in)), int64(i.what))
		s.key = binary.AppendVarint(s.key, int64(i.when))
	}
	return string(s.key)
}

// first gives the variable to ask for next; -1 when nothing is open.
func (s *search) first(gate node, items []item) variable {
	v := variable(-1)
	if gate > yes {
		v = s.d.vertices[gate].variable
	}
	for _, i := range items {
		if i.when > yes && (v < 0 || s.d.vertices[i.when].variable < v) {
			v = s.d.vertices[i.when].variable
		}
	}
	return v
}

// choices gives the stretches of a variable's values that items tell apart, those without a value last: they are the
// hardest to show.
func (s *search) choices(gate node, items []item, v variable) []choice {
	if value, ok := s.fixed[v]; ok {
		return []choice{{v, value, value}}
	}
	starts := []int64{s.d.lowest[v]}
	split := func(n node) {
		if s.d.vertices[n].variable == v {
			for _, r := range s.d.vertices[n].runs {
				starts = append(starts, r.from)
			}
		}
	}
	split(gate)
	for _, i := range items {
		split(i.when)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	out := make([]choice, len(starts))
	for i, from := range starts {
		out[i] = choice{v, from, s.d.highest[v]}
		if i > 0 {
			out[i-1].last = from - 1
		}
	}
	if s.d.lowest[v] == failing {
		out = append(out[1:], out[0])
	}
	return out
}

func (s *search) under(items []item, v variable, value int64) []item {
	out := make([]item, len(items))
	for i, it := range items {
		out[i] = item{it.what, it.in, s.d.at(it.when, v, value)}
	}
	return s.tidy(out)
}

// tidy drops what does not stand, sorts, and puts together what stands in both policies.
func (s *search) tidy(items []item) []item {
	items = slices.DeleteFunc(items, func(i item) bool { return i.when == no || i.in == 0 })
	slices.SortFunc(items, func(a, b item) int { return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.when, b.when)) })
	kept := items[:0]
	for _, i := range items {
		if n := len(kept); n > 0 && kept[n-1].what == i.what && kept[n-1].when == i.when {
			kept[n-1].in |= i.in
			continue
		}
		kept = append(kept, i)
	}
	return kept
}
