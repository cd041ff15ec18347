package suite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// rule makes the mutants of one rule.
func (m *maker) rule(i int) {
	r := &m.Bundle.Rules[i]
	decides := fmt.Sprintf("a statement that %s decides: expect { by = [%q] }", r.Address, r.Address)
	if r.Mode == schema.DryRun {
		decides = fmt.Sprintf("a statement that %s would decide: expect { would { by = [%q] } }", r.Address, r.Address)
	}
	m.add(Mutant{Rule: r.Address, Kind: "remove-rule", Mutation: "the rule is removed", Missing: decides, Range: r.Range,
		change: func(b *schema.Bundle) { b.Rules = slices.Delete(slices.Clone(b.Rules), i, i+1) }})
	effect := map[schema.Effect]schema.Effect{schema.Allow: schema.Deny, schema.Deny: schema.Allow, schema.Approve: schema.Allow}[r.Effect]
	m.add(Mutant{Rule: r.Address, Kind: "change-effect", Mutation: fmt.Sprintf("%s becomes %s", r.Effect, effect), Missing: decides, Range: r.Range,
		change: onRule(i, func(r *schema.Rule) { r.Effect, r.Route = effect, "" })})
	m.route(i)
	for _, s := range m.scopes(r) {
		m.widen(i, s)
		m.narrow(i, s)
	}
	m.condition(AttributeWhen, r.Address, false, r.When, r.Range, func(c *schema.Condition) func(*schema.Bundle) {
		return onRule(i, func(r *schema.Rule) { r.When = c })
	})
	m.condition(AttributeUnless, r.Address, false, r.Unless, r.Range, func(c *schema.Condition) func(*schema.Bundle) {
		return onRule(i, func(r *schema.Rule) { r.Unless = c })
	})
}

// route sends an approval to another route.
func (m *maker) route(i int) {
	r := &m.Bundle.Rules[i]
	other := slices.IndexFunc(m.Bundle.Routes, func(other schema.Route) bool { return other.Name != r.Route })
	if r.Effect != schema.Approve || other < 0 {
		return
	}
	name := m.Bundle.Routes[other].Name
	m.add(Mutant{Rule: r.Address, Kind: "change-route", Mutation: fmt.Sprintf("route %s becomes %s", r.Route, name),
		Missing: fmt.Sprintf("a statement that waits for approval by it: expect { route = %q }", r.Route), Range: m.place(r.Address+".route", r.Range),
		change: onRule(i, func(r *schema.Rule) { r.Route = name })})
}

// scope is one list that a rule is limited by.
type scope struct {
	name string
	list []string
	// wide is what the list is where it limits nothing.
	wide []string
	// set puts another list in.
	set func(*schema.Rule, []string)
	// outside is what a test must do that the list leaves out.
	outside string
}

func (m *maker) scopes(r *schema.Rule) []scope {
	var all []string
	for i := range m.Bundle.Targets {
		all = append(all, m.Bundle.Targets[i].Name)
	}
	listed := func(what string, list []string) string { return what + " " + strings.Join(list, ", ") }
	return []scope{
		{"groups", r.Groups, nil, func(r *schema.Rule, l []string) { r.Groups = l }, listed("a statement by a caller outside of", r.Groups)},
		{"targets", r.Targets, all, func(r *schema.Rule, l []string) { r.Targets = l }, listed("a statement on another target than", r.Targets)},
		{"verbs", r.Verbs, nil, func(r *schema.Rule, l []string) { r.Verbs = l }, listed("a statement with another verb than", r.Verbs)},
		{"tables", r.Tables, []string{"*"}, func(r *schema.Rule, l []string) { r.Tables = l }, listed("a statement on another table than", r.Tables)},
		{"functions", r.Functions, []string{"*"}, func(r *schema.Rule, l []string) { r.Functions = l }, listed("a call of another function than", r.Functions)},
	}
}

// widen lets a scope match everything.
func (m *maker) widen(i int, s scope) {
	r := &m.Bundle.Rules[i]
	if len(s.list) == 0 || slices.Contains(s.list, "*") || slices.Equal(s.list, s.wide) {
		return
	}
	m.add(Mutant{Rule: r.Address, Kind: "drop-" + s.name, Mutation: fmt.Sprintf("the rule matches whatever the %s", s.name),
		Missing: fmt.Sprintf("%s, which %s must not match", s.outside, r.Address), Range: m.place(r.Address+"."+s.name, r.Range),
		change: onRule(i, func(r *schema.Rule) { s.set(r, s.wide) })})
}

// narrow drops one of several things that a deny or approve is about, which lets that one through. What an allow loses
// is refused, and missed by whoever needs it.
func (m *maker) narrow(i int, s scope) {
	r := &m.Bundle.Rules[i]
	if r.Effect == schema.Allow || len(s.list) < 2 {
		return
	}
	for _, item := range s.list {
		key := r.Address + "." + s.name
		m.add(Mutant{Rule: r.Address, Kind: "drop-element", Mutation: fmt.Sprintf("%s loses %s", s.name, item),
			Missing: fmt.Sprintf("a statement that %s matches for %s alone", r.Address, item), Range: m.place(key+"["+item+"]", m.place(key, r.Range)),
			change: onRule(i, func(r *schema.Rule) { s.set(r, without(s.list, item)) })})
	}
}
