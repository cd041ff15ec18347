package plan

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Idle is a rule that decides nothing, whatever the request.
type Idle struct {
	Rule  string       `json:"rule"`
	Range schema.Range `json:"range"`
	// Never is set when no request matches it at all.
	Never bool `json:"never,omitempty"`
	// By are the rules that decide wherever this one matches, sorted.
	By []string `json:"by,omitempty"`
	// Opens is set for an allow that matches no statement and, as its conditions hang on statements, still lets callers
	// connect: left out, they could not.
	Opens bool `json:"opens,omitempty"`
	// Reason says why, as the end of a sentence.
	Reason string `json:"reason"`
}

// Reach finds the rules and masks of a policy that can be left out without changing any decision: those that never
// match, and those that others shadow. Each may be left out together with all others that are found, but for those that
// open sessions. undecided is set
// when the budget was spent: there may be more of them. A budget of zero is half of DefaultBudget.
func Reach(b *schema.Bundle, budget int) (idle []Idle, undecided bool, err error) {
	if budget == 0 {
		budget = DefaultBudget / 2
	}
	p := newPolicy(b)
	c, err := newConditions(budget, nil)
	if err != nil {
		return nil, false, err
	}
	if err := c.readAll(b); err != nil {
		return nil, false, err
	}
	c.listGroups(b)
	r := &reach{conditions: c, policy: p, matches: map[string]bool{}, decides: map[string]bool{}, by: map[string][]string{}, idle: map[string]bool{},
		opens: map[string]bool{}}
	r.run()
	return r.list(), r.undecided, nil
}

type reach struct {
	*conditions
	*policy
	shelves []*shelf
	// matches and decides are the rules that do so for some request.
	matches, decides map[string]bool
	by               map[string][]string
	idle             map[string]bool
	// opens are allows that match no statement and decide about connect.
	opens     map[string]bool
	undecided bool
}

func (r *reach) run() {
	for name, rules := range rulesByTarget(r.bundle) {
		t := r.targets[name]
		if t == nil {
			continue
		}
		g := group{name: name, target: map[side]*schema.Target{before: t, after: t}, before: rules, after: rules}
		g.same = func(_, _ *schema.Rule) bool { return true }
		r.shelves = append(r.shelves, r.shelve(g))
	}
	slices.SortFunc(r.shelves, func(a, b *shelf) int { return strings.Compare(a.name, b.name) })
	work := map[string][]spot{}
	for _, sh := range r.shelves {
		asked := r.askedFor(sh)
		for _, k := range r.cells(sh, func(*placed) bool { return true }) {
			g := r.ground(k, asked)
			for i, rule := range g.rules {
				work[rule.Address] = append(work[rule.Address], spot{g, int32(i)})
			}
		}
	}
	for i := range r.bundle.Rules {
		rule := &r.bundle.Rules[i]
		opening := func(k spot) int { return map[bool]int{true: 1}[k.verb == schema.VerbConnect] }
		slices.SortStableFunc(work[rule.Address], func(a, b spot) int { return opening(a) - opening(b) })
		for _, k := range work[rule.Address] {
			matched := r.matches[rule.Address]
			if r.cell(rule, k); r.decides[rule.Address] || r.d.spent {
				r.opens[rule.Address] = k.verb == schema.VerbConnect && !matched && !slices.Contains(rule.Verbs, schema.VerbConnect)
				break
			}
		}
		if r.d.spent {
			r.undecided = true
			return
		}
		r.idle[rule.Address] = !r.decides[rule.Address]
	}
}

// spot is a rule's place on a ground.
type spot struct {
	*ground
	at int32
}

// cell asks whether a rule decides some access of a cell: is there a request that it matches, and no rule that decides
// instead?
func (r *reach) cell(rule *schema.Rule, k spot) {
	match := k.when[k.at]
	r.matches[rule.Address] = r.matches[rule.Address] || match != no
	if match == no || k.harmless && rule.Effect == schema.Allow {
		return
	}
	var items []item
	var addresses []string
	for _, i := range r.rivals(k.ground, match) {
		other, when := k.rules[i], k.when[i]
		if i == k.at || r.idle[other.Address] || !shadows(other, rule, k.verb) || !r.d.meets(when, match) {
			continue
		}
		items = append(items, item{int32(len(addresses)), both, when})
		addresses = append(addresses, other.Address)
	}
	if r.open(match, items) {
		r.decides[rule.Address] = true
		return
	}
	for _, i := range r.needed(match, items) {
		r.by[rule.Address] = append(r.by[rule.Address], addresses[i.what])
	}
}

// open reports whether a match leaves a request that no item takes. Where the budget does not reach, it says yes.
func (r *reach) open(match node, items []item) bool {
	d := r.d
	found := false
	budget := d.budget
	d.budget = min(budget, d.used+reachBudget)
	s := &search{d: d, judge: uncovered{}, want: looser, gate: match, accept: func([]choice, change) change { found = true; return looser }}
	s.run(items)
	d.budget = budget
	if d.spent {
		r.undecided, found = true, true
		d.spent = d.used > budget
	}
	return found
}

// reachBudget is what one rule may use up in one set of accesses.
const reachBudget = 200_000

// needed leaves out the items without which the others still take everything.
func (r *reach) needed(match node, items []item) []item {
	items = slices.DeleteFunc(items, func(i item) bool { return !r.d.meets(i.when, match) })
	for n := 0; n < len(items) && len(items) <= maxGroups; {
		rest := slices.Delete(slices.Clone(items), n, n+1)
		if r.open(match, rest) {
			n++
			continue
		}
		items = rest
	}
	return items
}

// uncovered judges whether none of the items stands.
type uncovered struct{}

func (uncovered) possible(items []item) change {
	if slices.ContainsFunc(items, func(i item) bool { return i.when == yes }) {
		return 0
	}
	return looser
}

func (uncovered) outcome(items []item) change {
	if len(items) == 0 {
		return looser
	}
	return 0
}

func (uncovered) reduce(items []item) []item { return items }

// shadows reports whether a rule decides instead of another where both match. Whether a session opens is decided by
// other rules than what is done in it.
func shadows(by, rule *schema.Rule, verb string) bool {
	switch {
	case by.Mode == schema.DryRun && rule.Mode == schema.Enforce:
		return false
	case by.Effect == schema.Deny:
		return true
	case verb == schema.VerbConnect && by.Effect != rule.Effect:
		return false
	case by.Effect == schema.Approve:
		return rule.Effect == schema.Approve && by.Route == rule.Route
	}
	return rule.Effect == schema.Allow && by.Effect == schema.Allow
}

func (r *reach) list() []Idle {
	var out []Idle
	for i := range r.bundle.Rules {
		rule := &r.bundle.Rules[i]
		if !r.idle[rule.Address] && !r.opens[rule.Address] {
			continue
		}
		found := Idle{Rule: rule.Address, Range: rule.Range, Opens: r.opens[rule.Address]}
		switch {
		case found.Opens:
			found.Reason = r.why(rule) + ", and all that it does is to let callers connect"
		case !r.matches[rule.Address]:
			found.Never = true
			found.Reason = r.why(rule)
		default:
			found.By = slices.Compact(slices.Sorted(slices.Values(r.by[rule.Address])))
			found.Reason = "wherever it matches, the outcome is the same without it because of " + strings.Join(found.By, ", ")
			if len(found.By) == 0 {
				found.Reason = "what it allows needs no allow"
			}
		}
		out = append(out, found)
	}
	for i := range r.bundle.Masks {
		m := &r.bundle.Masks[i]
		switch {
		case r.never(m, openingAllow) && r.never(m, statement):
			out = append(out, Idle{Rule: m.Address, Range: m.Range, Never: true, Reason: "its conditions exclude each other, or hold for nobody"})
		case r.never(m, statement):
			out = append(out, Idle{
				Rule: m.Address, Range: m.Range, Opens: true,
				Reason: "its conditions exclude each other, and all that it does is to withhold the text of errors",
			})
		}
	}
	return out
}

// why says why a rule never matches.
func (r *reach) why(rule *schema.Rule) string {
	if len(rule.Targets) == 0 {
		return "it has no targets"
	}
	p := place{target: r.targets[rule.Targets[0]]}
	when, unless := constantTruth(true), constantTruth(false)
	if rule.When != nil {
		when = r.truth(kindRule, rule.When.Text, p)
	}
	if rule.Unless != nil {
		unless = r.truth(kindRule, rule.Unless.Text, p)
	}
	switch {
	case rule.When == nil && rule.Unless == nil:
		return "its scopes cover no access"
	case when.f == yes:
		return "its when is false for every request"
	case unless.t == yes:
		return "its unless is true for every request"
	case r.d.and(when.t, unless.f) == no && rule.When != nil && rule.Unless != nil:
		return "its unless is true wherever its when is"
	}
	return "its conditions are false for every access that its scopes cover"
}

// never reports a mask that stands for nobody: in no statement, or by what is known when a session opens.
func (r *reach) never(m *schema.Mask, opens opening) bool {
	for name, t := range r.targets {
		if r.policy.covers(m, name) && r.stands(m, place{target: t, opening: opens}) != no {
			return false
		}
	}
	return !r.d.spent
}
