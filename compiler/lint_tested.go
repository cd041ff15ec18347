package compiler

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

const denyTruncate = `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  message = "TRUNCATE cannot be bounded: use DELETE with a WHERE"
}
`

// testRules look for what the tests do not show.
func testRules() []LintRule {
	return []LintRule{
		{
			ID: "untested-rule", Severity: schema.SeverityWarning, Summary: "Rule that no test shows at work", check: checkUntested,
			Why: "A rule that no test sees decide may be broken tomorrow without anybody noticing: by a slip in a scope, by another rule, " +
				"by a renamed table. A rule is shown by a test that it decides, and a mask by one whose columns it hides. A rule in dry " +
				"run is not asked for.",
			Bad: denyTruncate,
			Good: denyTruncate + `
# policy_test.hcl
test "nobody truncates" {
  as     = "billing"
  target = "payments-db"
  sql    = "TRUNCATE orders"
  expect {
    decision = "deny"
    by       = ["deny.no-truncate"]
  }
}
`,
		},
		{
			ID: "test-without-rule", Severity: schema.SeverityWarning, Summary: "Test of a refusal that names no rule", check: checkNoBy,
			Why: "A test that expects deny passes whatever refused: a slip in the SQL that makes it opaque, a missing allow, the wrong " +
				"caller. With by it shows that this rule did; by = [] says that no rule allows it.",
			Bad: denyTruncate + `
# policy_test.hcl
test "nobody truncates" {
  as     = "billing"
  target = "payments-db"
  sql    = "TRUNCATE orders"
  expect {
    decision = "deny"
  }
}
`,
			Good: denyTruncate + `
# policy_test.hcl
test "nobody truncates" {
  as     = "billing"
  target = "payments-db"
  sql    = "TRUNCATE orders"
  expect {
    decision = "deny"
    by       = ["deny.no-truncate"]
  }
}
`,
		},
	}
}

func checkUntested(l *linter) {
	seen := l.config.Seen
	if seen == nil {
		seen = l.named()
	}
	for i := range l.rules {
		if r := &l.rules[i]; r.Mode == schema.Enforce && !seen[r.Address] {
			l.untested(r.Address, r.Range)
		}
	}
	for i := range l.masks {
		if m := &l.masks[i]; m.Mode == schema.Enforce && !seen[m.Address] {
			l.untested(m.Address, m.Range)
		}
	}
}

func (l *linter) untested(address string, rng schema.Range) {
	l.find(address, rng, "", fmt.Sprintf("No test shows %s at work.", address), fmt.Sprintf("Write a test with by = [%q].", address))
}

// named gives the rules that tests name in by, and the masks of a target on which a test expects masked columns.
func (l *linter) named() map[string]bool {
	out := map[string]bool{}
	for i := range l.result.Suite.Tests {
		t := &l.result.Suite.Tests[i]
		for _, by := range t.Expect.By {
			out[by] = true
		}
		for _, a := range t.Expect.Accesses {
			for _, by := range a.By {
				out[by] = true
			}
		}
		for j := range l.masks {
			if len(t.Expect.Masked) > 0 && l.standsOn(&l.masks[j], t.Target) {
				out[l.masks[j].Address] = true
			}
		}
	}
	return out
}

// standsOn reports whether a mask's classes are on a target.
func (l *linter) standsOn(m *lintedMask, target string) bool {
	for i := range l.classes {
		if k := &l.classes[i]; slices.Contains(m.Classes, k.Name) && slices.Contains(k.Targets, target) {
			return true
		}
	}
	return false
}

func checkNoBy(l *linter) {
	told := map[schema.Range]bool{}
	for i := range l.result.Suite.Tests {
		t := &l.result.Suite.Tests[i]
		rng := t.Expect.Range
		if rng.File == "" {
			rng = t.Range
		}
		if t.Expect.Decision != schema.Deny.String() || namesRule(&t.Expect) || told[rng] {
			continue
		}
		told[rng] = true
		l.find("test."+t.Name, rng, t.Case, fmt.Sprintf("Any refusal lets the test %q pass.", t.FullName()),
			"Add by = [\"deny.NAME\"], or by = [] where no rule allows it.")
	}
}

// namesRule reports an expectation that says which rule decides, of the whole or of an access.
func namesRule(e *schema.Expect) bool {
	return e.By != nil || slices.ContainsFunc(e.Accesses, func(a schema.ExpectAccess) bool { return a.By != nil })
}
