package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Requests are compared access by access and column by column. Two things show only across them, and are counted as
// possible: a value may be copied between columns that share a class, and one statement waits for one route.

// across adds what changes between columns and between accesses.
func (x *comparison) across() {
	before, after := classesOfColumns(x.old.bundle), classesOfColumns(x.new.bundle)
	x.shared(x.new.bundle, before, looser, "share a class now, so that a masked value may be copied from one to the other")
	x.shared(x.old.bundle, after, tighter, "share no class any more, so that a masked value may not be copied from one to the other")
	for _, name := range slices.Sorted(maps.Keys(x.old.targets)) {
		if x.new.targets[name] != nil {
			x.waits(name)
		}
	}
}

// move is what one access of a target may come to: held by one route before, and by another one after. rule does it.
type move struct {
	from, to int32
	rule     string
}

// waits finds the statements of two accesses that two routes held before and one holds after, so that they may wait, or
// the other way round: a statement that waits for two is denied.
func (x *comparison) waits(target string) {
	moves := x.moves(target)
	for _, a := range moves {
		for _, b := range moves {
			switch {
			case a.from == a.to || (a.from == b.from) == (a.to == b.to):
			case a.from != b.from:
				x.mayBe(a.rule, looser, fmt.Sprintf("A statement that %s holds as well was denied, as it can wait for one route only, and is held now.", b.rule))
			default:
				x.mayBe(a.rule, tighter, fmt.Sprintf("A statement that %s holds as well was held, and is denied now, as it can wait for one route only.", b.rule))
			}
		}
	}
}

// moves lists what the accesses of a target that wait may come to. A rule of both policies keeps its route or takes
// another; where one ceases to match, others that are new or edited may begin to.
func (x *comparison) moves(target string) []move {
	olds, news := x.old.approves(target), x.new.approves(target)
	seen := map[move]bool{}
	var out []move
	add := func(old, new *schema.Rule, rule string) {
		m := move{x.routes.numbers[old.Route], x.routes.numbers[new.Route], rule}
		k := m
		if m.from == m.to { // one rule will do as an example
			k.rule = ""
		}
		if !seen[k] {
			seen[k] = true
			out = append(out, m)
		}
	}
	for _, address := range slices.Sorted(maps.Keys(olds)) {
		if new := news[address]; new != nil {
			add(olds[address], new, address)
		}
	}
	edited := func(rules map[string]*schema.Rule) []string {
		return slices.DeleteFunc(slices.Sorted(maps.Keys(rules)), func(address string) bool { return x.changes[address] == nil })
	}
	for _, was := range edited(olds) {
		for _, is := range edited(news) {
			if old, new := olds[was], news[is]; was != is && old.Route != new.Route && overlap(old, new) {
				add(old, new, was)
				add(old, new, is)
			}
		}
	}
	return out
}

// overlap reports whether the scopes of two rules have an access in common.
func overlap(a, b *schema.Rule) bool {
	for _, verb := range schema.PostgresVerbs {
		one, ok := patternsFor(a, verb)
		two, also := patternsFor(b, verb)
		if ok && also && about(a, verb) && about(b, verb) && patternsMeet(one, two) {
			return true
		}
	}
	return false
}

func patternsMeet(one, two []string) bool {
	for _, lists := range [][2][]string{{one, two}, {two, one}} {
		for _, p := range lists[0] {
			o := object{name: p, within: schemaOf(p), exact: true}
			if prefix, isSchema := strings.CutSuffix(p, ".*"); isSchema {
				o = object{within: prefix}
			}
			if any, named := covers(lists[1], o); any || named || p == anyObject {
				return true
			}
		}
	}
	return len(one) == 0 || len(two) == 0
}

// shared finds pairs of columns that share a class of b, where the other policy has both in classes and in none together.
func (x *comparison) shared(b *schema.Bundle, others map[string][]string, c change, what string) {
	for i := range b.Classes {
		k := &b.Classes[i]
		first := slices.IndexFunc(k.Columns, func(name string) bool { return len(others[name]) > 0 })
		if first < 0 {
			continue
		}
		for _, name := range k.Columns[first+1:] {
			if len(others[name]) == 0 || meet(others[name], others[k.Columns[first]]) {
				continue
			}
			x.mayBe(schema.BlockAddress("class", k.Name), c, fmt.Sprintf("%s and %s %s.", k.Columns[first], name, what))
			break
		}
	}
}

// mayBe notes a change that no request was found for.
func (x *comparison) mayBe(address string, c change, note string) {
	found := x.changes[address]
	if found == nil {
		return
	}
	found.possible |= c
	if !slices.Contains(found.Notes, note) {
		found.Notes = append(found.Notes, note)
	}
}

func classesOfColumns(b *schema.Bundle) map[string][]string {
	out := map[string][]string{}
	for i := range b.Classes {
		for _, column := range b.Classes[i].Columns {
			out[column] = append(out[column], b.Classes[i].Name)
		}
	}
	return out
}

// approves finds the approve rules in force on a target, by address.
func (p *policy) approves(target string) map[string]*schema.Rule {
	out := map[string]*schema.Rule{}
	for i := range p.bundle.Rules {
		if r := &p.bundle.Rules[i]; r.Effect == schema.Approve && r.Mode == schema.Enforce && slices.Contains(r.Targets, target) {
			out[r.Address] = r
		}
	}
	return out
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
