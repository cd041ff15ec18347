package suite

import (
	"context"

	"github.com/gatewright/gatewright/schema"
)

// Coverage is what the tests have shown of the policy. Each rule counts two points, that it matched and that it decided,
// each expression of an issuer's principal block one, that it gave a value, and each term of a condition two, that it was
// true and that it was false.
type Coverage struct {
	Points int `json:"points"`
	Seen   int `json:"seen"`
	// Percent is Seen of Points, rounded down to one decimal; 100 where there is nothing to see.
	Percent float64   `json:"percent"`
	Rules   []Covered `json:"rules"`
}

// Covered is what was seen of one rule or mask, or of one requirement or expression of an issuer.
type Covered struct {
	// Rule is the address, as "deny.x", "issuer.corp.require[0]" or "issuer.corp.principal.kind".
	Rule  string       `json:"rule"`
	Range schema.Range `json:"range"`
	// Mapping is set for an expression of an issuer's principal block: that it gave some token its value, which is
	// Matched, is all that counts beside its terms.
	Mapping bool `json:"mapping,omitempty"`
	// Matched is set when it matched some statement; for a requirement, when some token met it.
	Matched bool `json:"matched"`
	// Decided is set when it was among the rules that forced some outcome; for a requirement, when it refused some token.
	Decided    bool               `json:"decided"`
	Conditions []CoveredCondition `json:"conditions,omitempty"`
}

// CoveredCondition is one condition of a rule.
type CoveredCondition struct {
	// Attribute is "when", "unless", "require", "subject", "groups" or "kind".
	Attribute string        `json:"attribute"`
	Range     schema.Range  `json:"range"`
	Terms     []CoveredTerm `json:"terms"`
}

// CoveredTerm is a part between &&, ||, ! and ?:, with the sides of it that were seen. A term is not asked where those
// before it had decided. Error is that it had no value; it counts no point.
type CoveredTerm struct {
	Text  string       `json:"text"`
	Range schema.Range `json:"range"`
	True  bool         `json:"true"`
	False bool         `json:"false"`
	Error bool         `json:"error,omitempty"`
}

// Full reports whether everything of it was seen.
func (c *Covered) Full() bool {
	points, seen := c.count()
	return points == seen
}

func (c *Covered) count() (points, seen int) {
	marks := []bool{c.Matched, c.Decided}
	if c.Mapping {
		marks = marks[:1]
	}
	for i := range c.Conditions {
		for _, term := range c.Conditions[i].Terms {
			marks = append(marks, term.True, term.False)
		}
	}
	for _, mark := range marks {
		if mark {
			seen++
		}
	}
	return len(marks), seen
}

// Cover runs every test as Run does, with a decider that fills in Probes and Decided, and says what they have shown of
// the rules in outline: what there is to see, in the order to report it.
func Cover(ctx context.Context, s *schema.Suite, c Config, outline []Covered) (*Report, *Coverage) {
	report, seen := run(ctx, s, c)
	return report, cover(seen, outline)
}

func cover(seen []Observed, outline []Covered) *Coverage {
	out := &Coverage{Rules: make([]Covered, len(outline))}
	byRule := make(map[string]*Covered, len(outline))
	for i := range outline {
		out.Rules[i] = outline[i].clone()
		byRule[outline[i].Rule] = &out.Rules[i]
	}
	for i := range seen {
		for j := range seen[i].Probes {
			if c := byRule[seen[i].Probes[j].Rule]; c != nil {
				c.see(&seen[i].Probes[j])
			}
		}
		for _, rule := range seen[i].Decided {
			if c := byRule[rule]; c != nil {
				c.Decided = true
			}
		}
	}
	for i := range out.Rules {
		points, seen := out.Rules[i].count()
		out.Points, out.Seen = out.Points+points, out.Seen+seen
	}
	out.Percent = 100
	if out.Points > 0 {
		out.Percent = float64(1000*out.Seen/out.Points) / 10
	}
	return out
}

func (c Covered) clone() Covered {
	conditions := c.Conditions
	c.Conditions = make([]CoveredCondition, len(conditions))
	for i, condition := range conditions {
		condition.Terms = append([]CoveredTerm{}, condition.Terms...)
		c.Conditions[i] = condition
	}
	return c
}

func (c *Covered) see(p *schema.Probe) {
	c.Matched = c.Matched || p.Matched
	for i := range c.Conditions {
		sides := p.When
		if c.Conditions[i].Attribute == AttributeUnless {
			sides = p.Unless
		}
		for j, side := range sides {
			c.Conditions[i].Terms[j].see(side)
		}
	}
}

func (t *CoveredTerm) see(side schema.Side) {
	switch side {
	case schema.SideTrue:
		t.True = true
	case schema.SideFalse:
		t.False = true
	case schema.SideError:
		t.Error = true
	}
}

// Names of a CoveredCondition's attribute.
const (
	AttributeWhen    = "when"
	AttributeUnless  = "unless"
	AttributeRequire = "require"
	AttributeSubject = "subject"
	AttributeGroups  = "groups"
	AttributeKind    = "kind"
)
