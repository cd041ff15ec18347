package bundle

import (
	"fmt"
	"slices"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// bundle is the way back from newPolicy. It checks words and order, not what names refer to: that is the engine's.
func (p *policy) bundle() (*schema.Bundle, error) {
	b := &schema.Bundle{Name: p.Name, Owner: p.Owner}
	for _, c := range p.Classes {
		b.Classes = append(b.Classes, schema.Class{Columns: c.Columns, Detect: c.Detect, Name: c.Name, Targets: c.Targets})
	}
	for i := range p.Issuers {
		b.Issuers = append(b.Issuers, p.Issuers[i].schema())
	}
	for _, t := range p.Targets {
		b.Targets = append(b.Targets, schema.Target{Catalog: t.Catalog, Labels: t.Labels, Name: t.Name, Protocol: t.Protocol})
	}
	for _, r := range p.Routes {
		if err := r.askable(); err != nil {
			return nil, damaged("route %q: %v", r.Name, err)
		}
		b.Routes = append(b.Routes, schema.Route{
			ApproverKinds: r.ApproverKinds, Approvers: r.Approvers, Expires: time.Duration(r.Expires), Hold: time.Duration(r.Hold),
			Name: r.Name, Notify: r.Notify, Quorum: r.Quorum,
		})
	}
	for i := range p.Rules {
		r, err := p.Rules[i].schema()
		if err != nil {
			return nil, damaged("rule %q: %v", p.Rules[i].Address, err)
		}
		b.Rules = append(b.Rules, r)
	}
	for i := range p.Masks {
		if with := p.Masks[i].With; with != "" && schema.Transforms[with] == schema.TransformNone {
			return nil, refuse(hintSameBuild, "%s has the transform %q, which this version does not know", p.Masks[i].Address, with)
		}
		m, err := p.Masks[i].schema()
		if err != nil {
			return nil, damaged("mask %q: %v", p.Masks[i].Address, err)
		}
		b.Masks = append(b.Masks, m)
	}
	return b, inOrder(b)
}

// askable checks that each approver is of one issuer, and each kind is one that there is.
func (r *route) askable() error {
	for _, text := range r.Approvers {
		if party, ok := schema.ParseParty(text); !ok || party.Issuer == "" {
			return fmt.Errorf("approver %q does not name an issuer and a group or subject", text)
		}
	}
	for _, kind := range r.ApproverKinds {
		if !slices.Contains(schema.Kinds, kind) {
			return fmt.Errorf("there is no kind %q of principal", kind)
		}
	}
	return nil
}

func (i *issuer) schema() schema.Issuer {
	s := schema.Issuer{
		Name: i.Name, OutliveToken: i.OutliveToken,
		OIDC:    schema.OIDC{Algorithms: i.Algorithms, Audiences: i.Audiences, MaxLifetime: time.Duration(i.MaxLifetime), URL: i.URL},
		Subject: schema.Condition{Text: i.Subject}, Groups: schema.Condition{Text: i.Groups}, Kind: schema.Condition{Text: i.Kind},
	}
	for _, r := range i.Require {
		s.Require = append(s.Require, schema.Requirement{Message: r.Message, When: schema.Condition{Text: r.When}})
	}
	return s
}

func (r *rule) schema() (schema.Rule, error) {
	effect, err := fromWord(effects, r.Effect)
	if err != nil {
		return schema.Rule{}, err
	}
	if _, kind, _ := schema.SplitAddress(r.Address); kind != r.Effect {
		return schema.Rule{}, fmt.Errorf("its effect is %q", r.Effect)
	}
	mode, err := fromWord(modes, r.Mode)
	return schema.Rule{
		Address: r.Address, Effect: effect, Functions: r.Functions, Groups: r.Groups, Message: r.Message, Mode: mode,
		Protocol: r.Protocol, Route: r.Route, Tables: r.Tables, Targets: r.Targets, Unless: conditionOf(r.Unless), Verbs: r.Verbs,
		When: conditionOf(r.When),
	}, err
}

func (m *mask) schema() (schema.Mask, error) {
	mode, err := fromWord(modes, m.Mode)
	if err != nil {
		return schema.Mask{}, err
	}
	places, err := fromWord(predicates, m.Predicates)
	if err != nil {
		return schema.Mask{}, err
	}
	with, err := fromWord(transforms, m.With)
	if err != nil {
		return schema.Mask{}, err
	}
	argument, err := m.argument(with)
	return schema.Mask{
		Address: m.Address, Classes: m.Classes, Groups: m.Groups, Message: m.Message, Mode: mode, Predicates: places,
		Unless: conditionOf(m.Unless), When: conditionOf(m.When), With: with, Argument: argument,
	}, err
}

// argument gives what the transform takes, and refuses what it does not.
func (m *mask) argument(with schema.Transform) (string, error) {
	given := map[string]string{}
	if m.Key != "" {
		given[schema.TakesKey] = m.Key
	}
	if m.Width != "" {
		given[schema.TakesWidth] = m.Width
	}
	if m.Value != nil {
		given[schema.TakesValue] = *m.Value
	}
	argument, ok := given[with.Takes()]
	if with.Takes() == schema.TakesNothing {
		ok = true
	} else {
		delete(given, with.Takes())
	}
	if !ok || len(given) > 0 {
		return "", fmt.Errorf("%s has no argument of its own, or another one's", with)
	}
	return argument, nil
}

// inOrder checks that every list is sorted and names each thing once, so that one policy has one file and a name has
// one meaning.
func inOrder(b *schema.Bundle) error {
	lists := []struct {
		what  string
		count int
		name  func(int) string
	}{
		{"classes", len(b.Classes), func(i int) string { return b.Classes[i].Name }},
		{"issuers", len(b.Issuers), func(i int) string { return b.Issuers[i].Name }},
		{"masks", len(b.Masks), func(i int) string { return b.Masks[i].Address }},
		{"routes", len(b.Routes), func(i int) string { return b.Routes[i].Name }},
		{"rules", len(b.Rules), func(i int) string { return b.Rules[i].Address }},
		{"targets", len(b.Targets), func(i int) string { return b.Targets[i].Name }},
		{"sources", len(b.Sources), func(i int) string { return b.Sources[i].Path }},
	}
	for _, l := range lists {
		for i := 1; i < l.count; i++ {
			if l.name(i-1) >= l.name(i) {
				return damaged("its %s are not sorted, or %q stands there twice", l.what, l.name(i))
			}
		}
	}
	return nil
}
