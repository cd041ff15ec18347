package compiler

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// LintRule is one entry of the catalogue, with what its page says.
type LintRule struct {
	// ID never changes once released: ignores, fingerprints and CI systems hold on to it.
	ID string
	// Severity is that of its findings, unless the caller sets another.
	Severity schema.Severity
	// Summary is one line, Why a paragraph or two.
	Summary string
	Why     string
	// Bad and Good are pieces of a policy; Good is the same mended. A line "# policy_test.hcl" begins what stands in a
	// test file.
	Bad, Good string
	// Fixed rules cannot be ignored.
	Fixed bool

	check func(*linter)
}

// IDs of rules that other stages find.
const (
	ruleValidate      = "validate"
	ruleUnknownColumn = "unknown-column"
	ruleExpiredIgnore = "expired-ignore"
	ruleUnusedMark    = "unused-annotation"
)

// LintRules gives the catalogue, sorted by ID.
func LintRules() []LintRule {
	all := slices.Concat(
		validationRules(), allowRules(), scopeRules(), refuseRules(), reachRules(), conditionRules(), maskRules(), classRules(),
		issuerRules(), routeRules(), unusedRules(), lookalikeRules(), testRules(), endRules(), markRules(),
	)
	slices.SortFunc(all, func(a, b LintRule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// FindLintRule gives a rule by its ID.
func FindLintRule(id string) (LintRule, bool) {
	all := LintRules()
	i := slices.IndexFunc(all, func(r LintRule) bool { return r.ID == id })
	if i < 0 {
		return LintRule{}, false
	}
	return all[i], true
}

func validationRules() []LintRule {
	return []LintRule{
		{
			ID: ruleValidate, Severity: schema.SeverityError, Summary: "What gatewright validate says", Fixed: true,
			Why: "Mistakes that make a policy invalid, and warnings of the compiler, are told by lint as they are by validate, so that " +
				"one report holds everything. Nothing else is looked for until the policy is valid.",
			Bad:  "allow \"reports\" {\n  groups  = [\"billing\"]\n  targets = [\"payments-bd\"]\n  postgres {\n    verbs  = [\"select\"]\n    tables = [\"public.orders\"]\n  }\n}\n",
			Good: "allow \"reports\" {\n  groups  = [\"billing\"]\n  targets = [\"payments-db\"]\n  postgres {\n    verbs  = [\"select\"]\n    tables = [\"public.orders\"]\n  }\n}\n",
		},
		{
			ID: ruleUnknownColumn, Severity: schema.SeverityError, Summary: "Table or column that does not exist", Fixed: true,
			Why: "A class, and the mask over it, hides the columns that it names. With a slip in a name, or after a column was renamed, " +
				"the real column stays in the clear and nothing fails; a rule over such a table decides nothing. The catalog snapshot of " +
				"the target knows better.",
			Bad: `class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.number"]
}

mask "cards" {
  classes = ["card-number"]
  with    = "last4"
}
`,
			Good: `class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
}

mask "cards" {
  classes = ["card-number"]
  with    = "last4"
}
`,
		},
	}
}
