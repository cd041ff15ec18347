package plan

import (
	"maps"
	"math"
	"slices"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// sample makes requests by chance where the budget was spent, and takes them to both policies.
func (x *comparison) sample() {
	undecided := x.report.Undecided
	for _, c := range x.changes {
		undecided = undecided || c.undecided
	}
	if !undecided {
		return
	}
	s := &sampler{x: x, random: x.options.Random}
	s.prepare()
	if len(s.targets) == 0 {
		return
	}
	for range x.options.Samples {
		s.one()
		x.report.Samples++
	}
}

type sampler struct {
	x       *comparison
	random  func(int) int
	targets []string
	objects map[string][]string
	columns map[string][]string
	// questions are those that a request can answer, by variable.
	questions []variable
}

func (s *sampler) prepare() {
	x := s.x
	s.objects, s.columns = map[string][]string{}, map[string][]string{}
	for name := range x.old.targets {
		if x.new.targets[name] != nil {
			s.targets = append(s.targets, name)
		}
	}
	slices.Sort(s.targets)
	for _, p := range []*policy{x.old, x.new} {
		for _, r := range p.bundle.Rules {
			for _, t := range r.Targets {
				for _, o := range slices.Concat(r.Tables, r.Functions) {
					if prefix, isSchema := cutSchema(o); isSchema {
						o = prefix + ".other"
					}
					s.objects[t] = append(s.objects[t], o)
				}
			}
		}
		for _, k := range p.bundle.Classes {
			for _, t := range k.Targets {
				s.columns[t] = append(s.columns[t], k.Columns...)
			}
		}
	}
	for i := range x.questions.list {
		s.questions = append(s.questions, variable(i))
	}
}

func cutSchema(pattern string) (string, bool) {
	if len(pattern) > 2 && pattern[len(pattern)-2:] == ".*" {
		return pattern[:len(pattern)-2], true
	}
	return pattern, false
}

func pick[T any](s *sampler, list []T, otherwise T) T {
	if n := s.random(len(list) + 1); n < len(list) {
		return list[n]
	}
	return otherwise
}

func (s *sampler) one() {
	x := s.x
	target := s.targets[s.random(len(s.targets))]
	verb := schema.PostgresVerbs[s.random(len(schema.PostgresVerbs))]
	object := ""
	if verb != schema.VerbConnect && verb != schema.VerbOpaque {
		object = pick(s, s.objects[target], "elsewhere.other")
	}
	var path []choice
	for _, v := range s.questions {
		if s.random(3) > 0 {
			value := s.value(v)
			path = append(path, choice{v, value, value})
		}
	}
	d := x.draft(path, verb, object, target, x.issuers)
	if object != "" && len(s.columns[target]) > 0 && s.random(2) == 0 { // opening a session reads no columns
		of := columns{names: []string{s.columns[target][s.random(len(s.columns[target]))]}}
		names := []string{facetOutput, facetPredicate, facetEquality}
		(&facet{name: names[s.random(len(names))]}).prepare(d, of)
	}
	d.action.Accesses = []schema.Access{d.access}
	old, new := x.from.outcome(x.old, &d.action), x.to.outcome(x.new, &d.action)
	if got := x.routes.differ(old, new); got != 0 {
		s.keep(witness(d, &d.action, got, &old, &new), got)
	}
}

func (s *sampler) value(v variable) int64 {
	q := s.x.questions.list[v]
	lowest, highest := s.x.d.lowest[v], s.x.d.highest[v]
	switch q.form {
	case vocab.FormOneOf:
		return min(int64(s.random(len(q.constants)+1)), highest)
	case vocab.FormBelow:
		near := []int64{q.leaf.Bound - 1, q.leaf.Bound, 0, 1, 100, math.MaxInt32}
		return min(max(near[s.random(len(near))], lowest), highest)
	}
	return int64(s.random(2))
}

// keep enters a difference found by chance with the blocks that are undecided and had a part in it, or else with all
// that are undecided.
func (s *sampler) keep(w *Witness, got change) {
	rules := slices.Concat(w.Before.Rules, w.After.Rules)
	var to []*Change
	for _, address := range slices.Sorted(maps.Keys(s.x.changes)) {
		if c := s.x.changes[address]; c.undecided && slices.Contains(rules, address) {
			to = append(to, c)
		}
	}
	if len(to) == 0 {
		for _, c := range s.x.changes {
			if c.undecided {
				to = append(to, c)
			}
		}
	}
	for _, c := range to {
		if c.shown|got != c.shown {
			c.shown |= got
			c.Witnesses = append(c.Witnesses, w)
		}
	}
}
