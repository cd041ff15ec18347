package suite

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
)

// condition makes the mutants of one condition: without it, and with each change to it. change puts another one, or none,
// in its place.
func (m *maker) condition(attribute, address string, mask bool, c *schema.Condition, rng schema.Range, change func(*schema.Condition) func(*schema.Bundle)) {
	if c == nil {
		return
	}
	if c.Range.File != "" {
		rng = c.Range
	}
	m.add(Mutant{Rule: address, Kind: "drop-condition", Mutation: attribute + " is dropped", Missing: sideMissing(attribute, address, c.Text),
		Range: rng, change: change(nil)})
	for _, ch := range m.Changes(attribute, mask, c) {
		what := fmt.Sprintf("%s: %s becomes %s", attribute, ch.Term, ch.Became)
		if ch.Became == "" {
			what = fmt.Sprintf("%s: without %s", attribute, ch.Term)
		}
		m.add(Mutant{Rule: address, Kind: ch.Kind, Mutation: what, Missing: missing(attribute, address, &ch),
			Range:  Locate(m.Files, rng, ch.Term),
			change: func(b *schema.Bundle) { change(&schema.Condition{Text: ch.Text(), Range: c.Range})(b) }})
	}
}

// sideMissing is the test that tells a condition from none.
func sideMissing(attribute, address, text string) string {
	switch attribute {
	case AttributeUnless:
		return fmt.Sprintf("a test in which %s is true, so that %s does not match", text, address)
	case AttributeRequire:
		return fmt.Sprintf("a token for which %s is false: expect { identity = \"refused\" }", text)
	}
	return fmt.Sprintf("a test in which %s is false, so that %s does not match", text, address)
}

// missing is the test that tells a change from what was written.
func missing(attribute, address string, ch *schema.Change) string {
	whole := address + "'s " + attribute
	switch {
	case ch.Kind == "drop-conjunct":
		return fmt.Sprintf("a test in which %s is false and all else of %s holds", ch.Term, whole)
	case ch.Kind == "drop-disjunct":
		return fmt.Sprintf("a test in which %s is true and nothing else of %s is", ch.Term, whole)
	case ch.Kind == "flip-comparison":
		return fmt.Sprintf("a test in which %s and %s differ, and %s hangs on it", ch.Term, ch.Became, whole)
	}
	return fmt.Sprintf("a test in which %s hangs on %s", whole, ch.Term)
}
