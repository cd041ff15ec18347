package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Requests are compared access by access and column by column. Two things show only across them, and are counted as
// possible: a value may be copied between columns that share a class, and one statement waits for one route.

// across adds what changes between columns and between accesses.
func (x *comparison) across() {
	before, after := classesOfColumns(x.old.bundle), classesOfColumns(x.new.bundle)
	x.shared(x.new.bundle, before, looser, "share a class now, so that a masked value may be copied from one to the other")
	x.shared(x.old.bundle, after, tighter, "share no class any more, so that a masked value may not be copied from one to the other")
	olds, news := approvals(x.old.bundle), approvals(x.new.bundle)
	addresses := slices.Sorted(maps.Keys(olds))
	for _, address := range addresses {
		a, b := olds[address], news[address]
		if b == nil || a.Route == b.Route {
			continue
		}
		for _, other := range addresses {
			c, d := olds[other], news[other]
			if d != nil && other != address && meet(a.Targets, c.Targets) {
				x.joined(address, other, a.Route == c.Route, b.Route == d.Route)
			}
		}
	}
}

// joined adds what becomes of a statement that two approve rules hold: by two routes it is denied.
func (x *comparison) joined(address, other string, before, after bool) {
	switch {
	case before == after:
	case after:
		x.mayBe(address, looser, fmt.Sprintf("A statement that %s holds as well was denied, as it can wait for one route only, and is held now.", other))
	default:
		x.mayBe(address, tighter, fmt.Sprintf("A statement that %s holds as well was held, and is denied now, as it can wait for one route only.", other))
	}
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

// approvals finds the approve rules by address.
func approvals(b *schema.Bundle) map[string]*schema.Rule {
	out := map[string]*schema.Rule{}
	for i := range b.Rules {
		if b.Rules[i].Effect == schema.Approve {
			out[b.Rules[i].Address] = &b.Rules[i]
		}
	}
	return out
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
