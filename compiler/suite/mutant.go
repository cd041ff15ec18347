package suite

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Mutant is the policy with one small change that makes it mean something else.
type Mutant struct {
	// Rule is the address of what is changed: a rule, a mask, a class or an issuer's requirement.
	Rule string `json:"rule"`
	// Kind is the sort of change, as "drop-groups"; Mutation says it in words.
	Kind     string `json:"kind"`
	Mutation string `json:"mutation"`
	// Missing is the test that would notice.
	Missing string `json:"missing"`
	// Range is what is changed.
	Range schema.Range `json:"range"`
	// change makes the change in a bundle whose lists it may not write into.
	change func(*schema.Bundle)
}

// Bundle gives the changed policy. b itself stays as it is.
func (m *Mutant) Bundle(b *schema.Bundle) *schema.Bundle {
	changed := *b
	m.change(&changed)
	return &changed
}

// Source is what mutants are made of: a policy without mistakes and what is known of how it is written.
type Source struct {
	Bundle *schema.Bundle
	// Places tells where attributes and elements of lists are written, by address and attribute.
	Places map[string]schema.Range
	// Files are the policy's files, by path.
	Files map[string][]byte
	// Changes gives the changes that can be made to a condition.
	Changes func(attribute string, mask bool, c *schema.Condition) []schema.Change
	// Same reports whether a rule or mask of a changed policy surely matches what it does in Bundle; nil when nothing can
	// tell.
	Same func(changed *schema.Bundle, address string) bool
}

// Mutants gives every mutant of a policy, in the order of its rules, masks, classes and issuers.
func Mutants(src Source) []Mutant {
	m := &maker{Source: src}
	for i := range src.Bundle.Rules {
		m.rule(i)
	}
	for i := range src.Bundle.Masks {
		m.mask(i)
	}
	for i := range src.Bundle.Classes {
		m.class(i)
	}
	for i := range src.Bundle.Issuers {
		m.issuer(i)
	}
	return m.list
}

// maker collects mutants.
type maker struct {
	Source
	list []Mutant
}

func (m *maker) add(mutant Mutant) { m.list = append(m.list, mutant) }

// place is where an attribute, or an element of it, is written; otherwise where it has no place of its own.
func (m *maker) place(key string, otherwise schema.Range) schema.Range {
	if rng, ok := m.Places[key]; ok {
		return rng
	}
	return otherwise
}

// onRule makes the change of one rule.
func onRule(i int, change func(*schema.Rule)) func(*schema.Bundle) {
	return func(b *schema.Bundle) {
		b.Rules = slices.Clone(b.Rules)
		change(&b.Rules[i])
	}
}

func onMask(i int, change func(*schema.Mask)) func(*schema.Bundle) {
	return func(b *schema.Bundle) {
		b.Masks = slices.Clone(b.Masks)
		change(&b.Masks[i])
	}
}

func onClass(i int, change func(*schema.Class)) func(*schema.Bundle) {
	return func(b *schema.Bundle) {
		b.Classes = slices.Clone(b.Classes)
		change(&b.Classes[i])
	}
}

func onIssuer(i int, change func(*schema.Issuer)) func(*schema.Bundle) {
	return func(b *schema.Bundle) {
		b.Issuers = slices.Clone(b.Issuers)
		change(&b.Issuers[i])
	}
}

func without(list []string, item string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == item })
}
