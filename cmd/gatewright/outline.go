package main

import (
	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// outliner lists what coverage can see of a policy.
type outliner struct {
	rules, masks, claims *vocab.Vocabulary
	files                map[string][]byte
	// terms are those of the conditions seen so far; many rules share one text.
	terms map[termsKey][]string
}

type termsKey struct {
	vocabulary *vocab.Vocabulary
	text       string
}

func newOutliner(files map[string][]byte) (*outliner, error) {
	o := &outliner{files: files, terms: map[termsKey][]string{}}
	for _, v := range []struct {
		into *(*vocab.Vocabulary)
		kind vocab.Kind
	}{{&o.rules, vocab.Postgres}, {&o.masks, vocab.PostgresMask}, {&o.claims, vocab.Claims}} {
		made, err := vocab.New(v.kind)
		if err != nil {
			return nil, fail(err, "")
		}
		*v.into = made
	}
	return o, nil
}

// outline gives every rule, mask, requirement and expression of a principal block, each with the terms of its conditions.
func (o *outliner) outline(b *schema.Bundle) ([]suite.Covered, error) {
	var out []suite.Covered
	for i := range b.Rules {
		r := &b.Rules[i]
		out = append(out, suite.Covered{Rule: r.Address, Range: r.Range})
		if err := o.conditions(&out[len(out)-1], o.rules, r.When, r.Unless); err != nil {
			return nil, err
		}
	}
	for i := range b.Masks {
		m := &b.Masks[i]
		out = append(out, suite.Covered{Rule: m.Address, Range: m.Range})
		if err := o.conditions(&out[len(out)-1], o.masks, m.When, m.Unless); err != nil {
			return nil, err
		}
	}
	for i := range b.Issuers {
		for n := range b.Issuers[i].Require {
			q := &b.Issuers[i].Require[n].When
			c := suite.Covered{Rule: suite.RequireAddress(b.Issuers[i].Name, n), Range: q.Range}
			if err := o.condition(&c, o.claims, suite.AttributeRequire, q); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		for _, x := range suite.Mapping(&b.Issuers[i]) {
			c := suite.Covered{Rule: x.Address, Range: x.Condition.Range, Mapping: true}
			if err := o.condition(&c, o.claims, x.Attribute, x.Condition); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func (o *outliner) conditions(c *suite.Covered, v *vocab.Vocabulary, when, unless *schema.Condition) error {
	if err := o.condition(c, v, suite.AttributeWhen, when); err != nil {
		return err
	}
	return o.condition(c, v, suite.AttributeUnless, unless)
}

func (o *outliner) condition(c *suite.Covered, v *vocab.Vocabulary, attribute string, condition *schema.Condition) error {
	if condition == nil {
		return nil
	}
	k := termsKey{v, condition.Text}
	if _, known := o.terms[k]; !known {
		probe, err := probeOf(v, condition, typeOf(attribute))
		if err != nil {
			return fail(err, "")
		}
		o.terms[k] = probe.Terms()
	}
	if typeOf(attribute) != vocab.Bool && len(o.terms[k]) == 0 {
		return nil // it does not choose
	}
	covered := suite.CoveredCondition{Attribute: attribute, Range: condition.Range}
	for _, term := range o.terms[k] {
		covered.Terms = append(covered.Terms, suite.CoveredTerm{Text: term, Range: suite.Locate(o.files, condition.Range, term)})
	}
	c.Conditions = append(c.Conditions, covered)
	return nil
}

// typeOf is what the expression of an attribute gives.
func typeOf(attribute string) vocab.Type {
	switch attribute {
	case suite.AttributeSubject, suite.AttributeKind:
		return vocab.String
	case suite.AttributeGroups:
		return vocab.StringList
	}
	return vocab.Bool
}

// changes gives what can be changed in a condition; none in one that does not check, which a policy does not have.
func (o *outliner) changes(attribute string, mask bool, c *schema.Condition) []schema.Change {
	v := o.rules
	switch {
	case attribute != suite.AttributeWhen && attribute != suite.AttributeUnless:
		v = o.claims
	case mask:
		v = o.masks
	}
	checked, _, err := v.Load(c.Text, typeOf(attribute))
	if err != nil {
		return nil
	}
	return checked.Changes()
}
