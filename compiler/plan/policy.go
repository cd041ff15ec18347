package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// policy is one of the two bundles, by name.
type policy struct {
	bundle  *schema.Bundle
	targets map[string]*schema.Target
	routes  map[string]*schema.Route
	rules   map[string]*schema.Rule
	masks   map[string]*schema.Mask
	issuers map[string]*schema.Issuer
	classes map[string]*schema.Class
}

func newPolicy(b *schema.Bundle) *policy {
	p := &policy{
		bundle: b, targets: map[string]*schema.Target{}, routes: map[string]*schema.Route{}, rules: map[string]*schema.Rule{},
		masks: map[string]*schema.Mask{}, issuers: map[string]*schema.Issuer{}, classes: map[string]*schema.Class{},
	}
	for i := range b.Targets {
		p.targets[b.Targets[i].Name] = &b.Targets[i]
	}
	for i := range b.Routes {
		p.routes[b.Routes[i].Name] = &b.Routes[i]
	}
	for i := range b.Rules {
		p.rules[b.Rules[i].Address] = &b.Rules[i]
	}
	for i := range b.Masks {
		p.masks[b.Masks[i].Address] = &b.Masks[i]
	}
	for i := range b.Issuers {
		p.issuers[b.Issuers[i].Name] = &b.Issuers[i]
	}
	for i := range b.Classes {
		p.classes[b.Classes[i].Name] = &b.Classes[i]
	}
	return p
}

// readAll checks every condition of a policy, so that none has to be doubted later.
func (c *conditions) readAll(b *schema.Bundle) error {
	for i := range b.Rules {
		r := &b.Rules[i]
		if err := c.readBoth(vocab.Postgres, r.When, r.Unless); err != nil {
			return fmt.Errorf("%s: %w", r.Address, err)
		}
	}
	for i := range b.Masks {
		m := &b.Masks[i]
		if err := c.readBoth(kindMask, m.When, m.Unless); err != nil {
			return fmt.Errorf("%s: %w", m.Address, err)
		}
	}
	return nil
}

func (c *conditions) readBoth(kind vocab.Kind, list ...*schema.Condition) error {
	for _, x := range list {
		if x == nil {
			continue
		}
		if _, err := c.read(kind, x.Text); err != nil {
			return err
		}
	}
	return nil
}

// listGroups gives the groups that rules, masks and conditions name their variables, before all others. It is done once,
// after every condition was read.
func (c *conditions) listGroups(bundles ...*schema.Bundle) {
	var names []string
	for _, b := range bundles {
		for i := range b.Rules {
			names = append(names, b.Rules[i].Groups...)
		}
		for i := range b.Masks {
			names = append(names, b.Masks[i].Groups...)
		}
	}
	for _, r := range c.logics {
		for _, l := range r.leaves {
			if l.Form == vocab.FormHolds && l.Term == factGroups {
				names = append(names, l.Values[0])
			}
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		c.group(name)
	}
	c.d.groups = variable(len(c.d.lowest))
}

// decides gives all of a rule that has to do with decisions: not its message, nor where it stands.
func decides(r *schema.Rule) string {
	return key(r.Effect.String(), list(r.Groups), list(r.Targets), r.Protocol, list(r.Verbs), list(r.Tables), list(r.Functions),
		present(r.When), present(r.Unless), r.Route)
}

func decidesMask(m *schema.Mask) string {
	return key(list(m.Classes), list(m.Groups), m.Treatment().String(), m.Predicates.String(), present(m.When), present(m.Unless))
}

func present(c *schema.Condition) string {
	if c == nil {
		return ""
	}
	return "=" + c.Text
}

func list(l []string) string {
	l = slices.Clone(l)
	slices.Sort(l)
	return key(slices.Compact(l)...)
}

func key(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%d:%s", len(p), p)
	}
	return b.String()
}

// holds gives where a rule's groups and conditions match, in a place.
func (c *conditions) holds(r *schema.Rule, p place) node {
	when, unless := constantTruth(true), constantTruth(false)
	if r.When != nil {
		when = c.truth(vocab.Postgres, r.When.Text, p)
	}
	if r.Unless != nil {
		unless = c.truth(vocab.Postgres, r.Unless.Text, p)
	}
	d := c.d
	var match node
	switch {
	case r.Effect == schema.Allow:
		match = d.and(d.or(when.t, when.u), d.or(unless.f, unless.u))
	default:
		// Without a value, when makes the rule match and unless does not lift it.
		fails := d.not(d.or(d.or(when.t, when.f), when.u))
		match = d.or(fails, d.and(when.t, d.not(d.or(unless.t, unless.u))))
	}
	return d.and(c.in(r.Groups), match)
}

// stands gives where a mask's groups and conditions let it stand.
func (c *conditions) stands(m *schema.Mask, p place) node {
	d := c.d
	out := c.in(m.Groups)
	if m.When != nil {
		out = d.and(out, d.not(c.truth(kindMask, m.When.Text, p).f))
	}
	if m.Unless != nil {
		out = d.and(out, d.not(c.truth(kindMask, m.Unless.Text, p).t))
	}
	return out
}

// in is yes where the principal is in one of the groups; no groups means anybody.
func (c *conditions) in(groups []string) node {
	if len(groups) == 0 {
		return yes
	}
	out := no
	for _, g := range slices.Sorted(slices.Values(groups)) {
		out = c.d.or(c.group(g), out)
	}
	return out
}
