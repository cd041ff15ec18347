package plan

import (
	"maps"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Options bound and steer a comparison.
type Options struct {
	// Budget is how many nodes and steps the diagrams may take; DefaultBudget when it is zero.
	Budget int
	// Samples is how many requests are made by chance where the budget was spent; DefaultSamples when it is zero.
	Samples int
	// Random gives a number below n; it is needed.
	Random func(n int) int
	// Identify makes the principal of a token's claims, as the gateway does; without it, differences of issuers are only
	// possible.
	Identify func(i *schema.Issuer, claims map[string]any) (*schema.Principal, error)
}

// What holds where Options does not say.
const (
	DefaultBudget  = 20_000_000
	DefaultSamples = 10_000
)

// Compare tells what going from one policy to the other means. The error is for a bundle whose conditions this build
// does not take.
func Compare(old, new Side, o Options) (*Report, error) {
	if o.Budget == 0 {
		o.Budget = DefaultBudget
	}
	if o.Samples == 0 {
		o.Samples = DefaultSamples
	}
	x := &comparison{
		old: newPolicy(old.Bundle), new: newPolicy(new.Bundle), from: old, to: new, options: o,
		report: &Report{Changes: []Change{}, Access: []Gain{}}, changes: map[string]*Change{}, gains: newGains(),
	}
	for name := range x.old.issuers {
		if x.new.issuers[name] != nil {
			x.issuers = append(x.issuers, name)
		}
	}
	slices.Sort(x.issuers)
	c, err := newConditions(o.Budget, x.issuers)
	if err != nil {
		return nil, err
	}
	x.conditions = c
	for _, b := range []*schema.Bundle{old.Bundle, new.Bundle} {
		if err := x.readAll(b); err != nil {
			return nil, err
		}
	}
	x.listGroups(old.Bundle, new.Bundle)
	x.routes = number(x.old, x.new)
	if err := x.run(); err != nil {
		return nil, err
	}
	return x.report, nil
}

// comparison is the state of one Compare.
type comparison struct {
	*conditions
	old, new *policy
	from, to Side
	options  Options
	routes   *routes
	issuers  []string
	// possible is where principals can be: some issuers make only some kinds.
	possible node
	report   *Report
	changes  map[string]*Change
	gains    *gains
}

func (x *comparison) run() error {
	x.listChanges()
	if err := x.identity(); err != nil {
		return err
	}
	targets := map[string]bool{}
	for name := range x.old.targets {
		targets[name] = true
	}
	for name := range x.new.targets {
		targets[name] = true
	}
	names := slices.Sorted(maps.Keys(targets))
	before, after := rulesByTarget(x.old.bundle), rulesByTarget(x.new.bundle)
	for _, name := range names {
		x.target(name, before[name], after[name])
	}
	x.across()
	if x.d.spent { // whatever was asked since has no answer
		for _, c := range x.changes {
			c.undecided = true
		}
	}
	x.sample()
	for _, address := range slices.Sorted(maps.Keys(x.changes)) {
		x.report.Changes = append(x.report.Changes, *x.changes[address])
	}
	x.report.Access = x.gains.list()
	x.report.Cost.Before, x.report.Cost.After = x.cost(x.old.bundle), x.cost(x.new.bundle)
	x.report.settle()
	return nil
}

func rulesByTarget(b *schema.Bundle) map[string][]*schema.Rule {
	out := map[string][]*schema.Rule{}
	for i := range b.Rules {
		r := &b.Rules[i]
		for _, t := range slices.Compact(slices.Sorted(slices.Values(r.Targets))) {
			out[t] = append(out[t], r)
		}
	}
	return out
}

// target compares the rules and masks of one target.
func (x *comparison) target(name string, olds, news []*schema.Rule) {
	g := group{name: name, target: map[side]*schema.Target{}}
	if t := x.old.targets[name]; t != nil {
		g.target[before] = t
	}
	if t := x.new.targets[name]; t != nil {
		g.target[after] = t
	}
	relabelled := len(g.target) == 2 && !maps.Equal(g.target[before].Labels, g.target[after].Labels)
	g.same = func(old, new *schema.Rule) bool {
		return decides(old) == decides(new) && !(relabelled && x.speaksOfTarget(old))
	}
	inForce := func(rules []*schema.Rule) []*schema.Rule {
		return slices.DeleteFunc(slices.Clone(rules), func(r *schema.Rule) bool { return r.Mode == schema.DryRun })
	}
	g.before, g.after = inForce(olds), inForce(news)
	sh := x.shelve(g)
	x.placeMasks(sh, relabelled)
	x.rulesOf(sh, false)
	x.masksOf(sh)
	x.textOf(sh)
	x.approvals(sh)
	if slices.ContainsFunc(slices.Concat(olds, news), func(r *schema.Rule) bool { return x.dryChange(r.Address) }) {
		g.before, g.after = olds, news
		would := x.shelve(g)
		would.masks = sh.masks
		x.rulesOf(would, true)
	}
}

// dryChange reports a rule that was edited and is in dry run, where there is one, in both policies.
func (x *comparison) dryChange(address string) bool {
	if x.changes[address] == nil {
		return false
	}
	for _, p := range []*policy{x.old, x.new} {
		if r := p.rules[address]; r != nil && r.Mode != schema.DryRun {
			return false
		}
	}
	return true
}

func (x *comparison) speaksOfTarget(r *schema.Rule) bool {
	for _, l := range x.leavesOf(r) {
		for _, f := range l.Facts {
			if f == "target" || f == factLabels {
				return true
			}
		}
	}
	return false
}

// share lets f use a part of what is left of the budget; it reports whether f stayed within.
func (x *comparison) share(f func()) bool {
	d := x.d
	budget := d.budget
	d.budget = min(budget, d.used+max((budget-d.used)/4, 10_000))
	f()
	ok := !d.spent
	d.budget = budget
	d.spent = d.used > budget
	return ok
}

// listChanges enters every block that differs.
func (x *comparison) listChanges() {
	for _, kind := range []struct {
		name     string
		old, new map[string]entry
	}{
		{"rule", ruleEntries(x.old), ruleEntries(x.new)}, {"mask", maskEntries(x.old), maskEntries(x.new)},
		{"class", classEntries(x.old), classEntries(x.new)}, {"route", routeEntries(x.old), routeEntries(x.new)},
		{"target", targetEntries(x.old), targetEntries(x.new)}, {"issuer", issuerEntries(x.old), issuerEntries(x.new)},
	} {
		for address, old := range kind.old {
			new, stays := kind.new[address]
			switch {
			case !stays:
				c := x.change(address)
				c.Edit, c.Range, c.mode = "removed", old.rng, kind.name == "mask" && old.mode == schema.DryRun
			case old.text != new.text:
				c := x.change(address)
				c.Range, c.mode, c.only = new.rng, old.mode != new.mode, old.meaning == new.meaning
				c.mode = c.mode || kind.name == "mask" && old.mode == schema.DryRun && old.meaning != new.meaning
				if old.meaning == new.meaning && old.mode == new.mode {
					c.Notes = append(c.Notes, old.apart)
				}
			}
		}
		for address, new := range kind.new {
			if _, was := kind.old[address]; !was {
				c := x.change(address)
				c.Edit, c.Range, c.mode = "added", new.rng, kind.name == "mask" && new.mode == schema.DryRun
			}
		}
	}
}
