package bundle

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
)

// newPolicy makes the policy section of a Bundle.
func newPolicy(b *schema.Bundle) (*policy, error) {
	p := &policy{Name: b.Name, Owner: b.Owner}
	for _, c := range b.Classes {
		p.Classes = append(p.Classes, class{Columns: c.Columns, Detect: c.Detect, Name: c.Name, Targets: c.Targets})
	}
	for i := range b.Issuers {
		p.Issuers = append(p.Issuers, newIssuer(&b.Issuers[i]))
	}
	for _, t := range b.Targets {
		p.Targets = append(p.Targets, target{Catalog: t.Catalog, Labels: t.Labels, Name: t.Name, Protocol: t.Protocol})
	}
	for _, r := range b.Routes {
		p.Routes = append(p.Routes, route{
			ApproverKinds: r.ApproverKinds, Approvers: r.Approvers, Expires: duration(r.Expires), Hold: duration(r.Hold),
			Name: r.Name, Notify: r.Notify, Quorum: r.Quorum,
		})
	}
	for i := range b.Rules {
		r, err := newRule(&b.Rules[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Rules[i].Address, err)
		}
		p.Rules = append(p.Rules, r)
	}
	for i := range b.Masks {
		m, err := newMask(&b.Masks[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Masks[i].Address, err)
		}
		p.Masks = append(p.Masks, m)
	}
	return p, nil
}

func newIssuer(i *schema.Issuer) issuer {
	w := issuer{
		Algorithms: i.OIDC.Algorithms, Audiences: i.OIDC.Audiences, Groups: i.Groups.Text, Kind: i.Kind.Text,
		MaxLifetime: duration(i.OIDC.MaxLifetime), Name: i.Name, OutliveToken: i.OutliveToken, Subject: i.Subject.Text, URL: i.OIDC.URL,
	}
	for _, r := range i.Require {
		w.Require = append(w.Require, requirement{Message: r.Message, When: r.When.Text})
	}
	return w
}

func newRule(r *schema.Rule) (rule, error) {
	effect, err := toWord(effects, r.Effect)
	if err != nil {
		return rule{}, err
	}
	mode, err := toWord(modes, r.Mode)
	return rule{
		Address: r.Address, Effect: effect, Functions: r.Functions, Groups: r.Groups, Message: r.Message, Mode: mode,
		Protocol: r.Protocol, Route: r.Route, Tables: r.Tables, Targets: r.Targets, Unless: textOf(r.Unless), Verbs: r.Verbs,
		When: textOf(r.When),
	}, err
}

func newMask(m *schema.Mask) (mask, error) {
	mode, err := toWord(modes, m.Mode)
	if err != nil {
		return mask{}, err
	}
	places, err := toWord(predicates, m.Predicates)
	if err != nil {
		return mask{}, err
	}
	with, err := toWord(transforms, m.With)
	w := mask{
		Address: m.Address, Classes: m.Classes, Groups: m.Groups, Message: m.Message, Mode: mode, Predicates: places,
		Unless: textOf(m.Unless), When: textOf(m.When), With: with,
	}
	switch m.With.Takes() {
	case schema.TakesKey:
		w.Key = m.Argument
	case schema.TakesWidth:
		w.Width = m.Argument
	case schema.TakesValue:
		w.Value = &m.Argument
	}
	return w, err
}
