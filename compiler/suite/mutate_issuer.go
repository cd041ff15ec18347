package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// issuer changes and drops the requirements of an issuer, and changes what makes its principals.
func (m *maker) issuer(i int) {
	m.requirements(i)
	for _, x := range Mapping(&m.Bundle.Issuers[i]) {
		m.mapping(i, x)
	}
}

func (m *maker) requirements(i int) {
	for n := range m.Bundle.Issuers[i].Require {
		q := &m.Bundle.Issuers[i].Require[n]
		address := RequireAddress(m.Bundle.Issuers[i].Name, n)
		m.condition(AttributeRequire, address, false, &q.When, q.When.Range, func(c *schema.Condition) func(*schema.Bundle) {
			return onIssuer(i, func(issuer *schema.Issuer) {
				issuer.Require = slices.Clone(issuer.Require)
				if c == nil {
					issuer.Require = slices.Delete(issuer.Require, n, n+1)
					return
				}
				issuer.Require[n].When = *c
			})
		})
	}
}

// RequireAddress names the nth requirement of an issuer, from 0.
func RequireAddress(issuer string, n int) string {
	return fmt.Sprintf("issuer.%s.require[%d]", issuer, n)
}

// Expression is one expression of an issuer's principal block.
type Expression struct {
	// Attribute is AttributeSubject, AttributeGroups or AttributeKind; Address names it.
	Attribute, Address string
	Condition          *schema.Condition
}

// Mapping gives the expressions that an issuer's principal block has, in the order in which they are evaluated. Those
// that stand for what was left out are not among them.
func Mapping(i *schema.Issuer) []Expression {
	var out []Expression
	for _, attribute := range []string{AttributeSubject, AttributeKind, AttributeGroups} {
		c := mapped(i, attribute)
		if c.Text != "" && c.Range != i.Range {
			out = append(out, Expression{attribute, fmt.Sprintf("issuer.%s.principal.%s", i.Name, attribute), c})
		}
	}
	return out
}

func mapped(i *schema.Issuer, attribute string) *schema.Condition {
	switch attribute {
	case AttributeSubject:
		return &i.Subject
	case AttributeGroups:
		return &i.Groups
	}
	return &i.Kind
}

// noExpression stands for a change that cannot be made: no policy is made of it, where an empty text would be the default.
const noExpression = "("

// mapping makes the mutants of one expression: a value that does not hang on the claims, and each change to it.
func (m *maker) mapping(i int, x Expression) {
	put := func(text string) func(*schema.Bundle) {
		text = cmp.Or(text, noExpression)
		return onIssuer(i, func(issuer *schema.Issuer) { mapped(issuer, x.Attribute).Text = text })
	}
	add := func(kind, what, missing string, rng schema.Range, change func(*schema.Bundle)) {
		m.add(Mutant{Rule: x.Address, Kind: kind, Mutation: x.Attribute + what, Missing: missing, Range: rng, change: change})
	}
	expects := fmt.Sprintf("a token whose %s is told: expect { principal { %s = ... } }", x.Attribute, x.Attribute)
	changes := m.Changes(x.Attribute, false, x.Condition)
	for _, f := range fixed(x) {
		if slices.ContainsFunc(changes, func(ch schema.Change) bool { return ch.Became == strings.ReplaceAll(f.text, "'", `"`) }) {
			continue // a change comes to the same
		}
		add(f.kind, " becomes "+f.text, expects, x.Condition.Range, put(f.text))
	}
	for _, ch := range changes {
		what := fmt.Sprintf(": %s becomes %s", ch.Term, ch.Became)
		if ch.Became == "" {
			what = ": without " + ch.Term
		}
		missing := fmt.Sprintf("a token for which %s of issuer %s hangs on %s: expect { principal { %s = ... } }",
			x.Attribute, m.Bundle.Issuers[i].Name, ch.Term, x.Attribute)
		add(ch.Kind, what, missing, Locate(m.Files, x.Condition.Range, ch.Term), func(b *schema.Bundle) { put(ch.Text())(b) })
	}
}

type fixedValue struct{ kind, text string }

// fixed gives values for an expression that are the same for every token.
func fixed(x Expression) []fixedValue {
	switch x.Attribute {
	case AttributeSubject:
		return []fixedValue{{"fix-subject", "'everybody'"}}
	case AttributeGroups:
		return []fixedValue{{"drop-groups", "[]"}}
	}
	var out []fixedValue
	for _, kind := range schema.Kinds {
		if text := "'" + kind + "'"; !slices.Contains([]string{text, `"` + kind + `"`}, x.Condition.Text) {
			out = append(out, fixedValue{"fix-kind", text})
		}
	}
	return out
}
