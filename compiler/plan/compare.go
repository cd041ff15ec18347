package plan

import (
	"fmt"
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

// finding is the search for one direction of one change.
type finding struct {
	x      *comparison
	change *Change
	cell   cell
	want   change
	as     bool
	// prepare completes a request, as with the columns that it reads.
	prepare func(*draft)
	// gain, when set, completes a row of the table.
	gain  func(*Gain, *Witness)
	found bool
	tries int
	maybe *Witness
}

// maxAttempts is how many ways to an outcome are tried before it counts as possible only.
const maxAttempts = 16

func (f *finding) search(judge judge, items []item, gate node, fixed map[variable]int64) {
	s := &search{d: f.x.d, judge: judge, want: f.want, fixed: fixed, gate: gate, accept: f.accept}
	s.run(items)
}

// accept takes a way to the outcome to both policies.
func (f *finding) accept(path []choice, c change) change {
	x := f.x
	d := x.draft(path, f.cell.verb, f.cell.class.name, f.cell.shelf.name, x.issuers)
	d.access.Harmless = f.cell.harmless
	if f.prepare != nil {
		f.prepare(d)
	}
	var w *Witness
	shown := d.try(func(a *schema.Action) bool {
		old, new := x.from.outcome(x.old, a), x.to.outcome(x.new, a)
		got := x.routes.differ(old, new)
		if f.as {
			got = wouldDiffer(old, new)
		}
		if got&c == 0 {
			return false
		}
		w = witness(d, a, got, &old, &new)
		return true
	})
	if !shown {
		f.tries++
		if f.maybe == nil {
			f.maybe = witness(d, nil, c, nil, nil)
		}
		if f.tries >= maxAttempts {
			return c
		}
		return 0
	}
	f.found = true
	f.keep(w, path)
	return c
}

// keep enters a witness and its row.
func (f *finding) keep(w *Witness, path []choice) {
	if f.as {
		f.change.mode = true
		if len(f.change.Witnesses) == 0 {
			f.change.Witnesses = append(f.change.Witnesses, w)
		}
		return
	}
	if f.change.shown&f.want == 0 {
		f.change.shown |= f.want
		f.change.Witnesses = append(f.change.Witnesses, w)
	}
	g := f.x.row(f.cell, path, w, f.change.Address, f.want == looser)
	if f.gain != nil {
		f.gain(&g, w)
	}
	f.x.gains.add(g)
}

// done enters what is only possible.
func (f *finding) done() {
	if f.found || f.maybe == nil || f.as || f.change.possible&f.want != 0 {
		return
	}
	f.change.possible |= f.want
	if f.change.shown&f.want == 0 {
		f.change.Witnesses = append(f.change.Witnesses, f.maybe)
	}
}

// witness makes a witness of a request; without one, of what is known of it.
func witness(d *draft, a *schema.Action, c change, old, new *Outcome) *Witness {
	w := &Witness{Loosens: c&looser != 0, Tightens: c&tighter != 0, Decided: a != nil, Before: old, After: new}
	for _, o := range d.open {
		if a == nil {
			w.Assumes = append(w.Assumes, o.describe())
		}
	}
	if a == nil {
		a = &d.action
		a.Accesses = []schema.Access{d.access}
	}
	w.Action = cloneAction(a)
	p := w.Action.Principal
	w.Principal = Caller{Issuer: p.Issuer, Subject: p.Subject, Kind: p.Kind, Groups: append([]string{}, p.Groups...)}
	access := w.Action.Accesses[0]
	w.Target, w.Verb, w.Object, w.Harmless, w.Columns = a.Target, access.Verb, access.Object, access.Harmless, access.Columns
	for fact := range d.settled {
		w.Facts = append(w.Facts, d.fact(fact)...)
	}
	for _, fact := range d.loose() {
		w.Facts = append(w.Facts, d.fact(fact)...)
	}
	slices.SortFunc(w.Facts, func(a, b Fact) int { return compareText(a.Name, b.Name) })
	w.Facts = slices.Compact(w.Facts)
	return w
}

func cloneAction(a *schema.Action) *schema.Action {
	out := *a
	p := *a.Principal
	p.Groups = slices.Compact(slices.Sorted(slices.Values(p.Groups)))
	out.Principal = &p
	out.Accesses = slices.Clone(a.Accesses)
	out.Outputs, out.Uses = slices.Clone(a.Outputs), slices.Clone(a.Uses)
	if a.SQL != nil {
		sql := *a.SQL
		sql.Tables, sql.Columns, sql.Functions = slices.Clone(sql.Tables), slices.Clone(sql.Columns), slices.Clone(sql.Functions)
		out.SQL = &sql
	}
	return &out
}

// fact shows a fact that is not shown otherwise.
func (d *draft) fact(name string) []Fact {
	shown := ""
	switch {
	case name == factGroups || name == factKind || name == factIssuer || name == factSubject || name == factObject:
		return nil
	case name == "request.time":
		shown = d.action.Request.Time.Format("2006-01-02T15:04:05.999999999Z07:00")
	case d.list(name) != nil:
		shown = fmt.Sprintf("%q", *d.list(name))
	case d.text(name) != nil:
		shown = quoted(*d.text(name))
	case d.number(name) != nil:
		shown = fmt.Sprint(*d.number(name))
	case d.flag(name) != nil:
		shown = fmt.Sprint(*d.flag(name))
	default:
		return nil
	}
	return []Fact{{name, shown}}
}
