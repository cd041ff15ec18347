package compiler

import (
	"fmt"
	"time"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// endRules look for trials that never end.
func endRules() []LintRule {
	return []LintRule{
		{
			ID: "dry-run-without-end", Severity: schema.SeverityWarning, Summary: "Dry run without an end", check: checkNoEnd,
			Why: "A rule in dry run protects nothing. It is meant for a while, and stays for years, because nothing says when to look at " +
				"it again. Say the last day and what is waited for, above the block or behind its mode: " + UntilForm,
			Bad: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  message = "TRUNCATE cannot be bounded: use DELETE with a WHERE"
  mode    = "dry_run"
}
`,
			Good: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  message = "TRUNCATE cannot be bounded: use DELETE with a WHERE"
  mode    = "dry_run" # gatewright:until 2027-01-31 the nightly batch moves to DELETE
}
`,
		},
		{
			ID: "dry-run-over", Severity: schema.SeverityError, Summary: "Dry run that is over", check: checkOver,
			Why: "The day until which the rule was to be tried out has passed. Enforce it, or agree on another day.",
			Bad: `# gatewright:until 2026-01-31 the nightly batch moves to DELETE
deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  message = "TRUNCATE cannot be bounded: use DELETE with a WHERE"
  mode    = "dry_run"
}
`,
			Good: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  message = "TRUNCATE cannot be bounded: use DELETE with a WHERE"
}
`,
		},
	}
}

// dryRun is a block that says so itself.
type dryRun struct {
	subject     string
	block, mode schema.Range
}

func (l *linter) dryRuns() []dryRun {
	var out []dryRun
	add := func(subject string, block schema.Range, mode syntax.String) {
		if mode.Text == schema.DryRun.String() {
			out = append(out, dryRun{subject, block, mode.Range})
		}
	}
	for _, p := range l.policies {
		add(p.address, p.src.Range, p.src.Mode)
	}
	for i := range l.rules {
		add(l.rules[i].Address, l.rules[i].Range, l.rules[i].src.Mode)
	}
	for i := range l.masks {
		add(l.masks[i].Address, l.masks[i].Range, l.masks[i].src.Mode)
	}
	return out
}

func checkNoEnd(l *linter) {
	for _, d := range l.dryRuns() {
		if l.endOf(d.block, d.mode) == nil {
			l.find(d.subject, d.mode, "", fmt.Sprintf("Nothing says when %s is to be in force.", d.subject), "Add the comment "+UntilForm+".")
		}
	}
}

func checkOver(l *linter) {
	for _, d := range l.dryRuns() {
		if m := l.endOf(d.block, d.mode); m != nil && m.over(l.config.Today) {
			l.find(d.subject, d.mode, "", fmt.Sprintf("It was to end on %s: %s.", m.until.Format(time.DateOnly), m.reason), "Enforce it, or agree on another day.")
		}
	}
}

// markRules look at the comments that speak to lint.
func markRules() []LintRule {
	const lonely = `allow "reports" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`
	return []LintRule{
		{
			ID: "bad-annotation", Severity: schema.SeverityError, Summary: "Annotation that says too little", check: checkMarks, Fixed: true,
			Why: "A finding may be set aside, for a reason and for a while: " + IgnoreForm + ". Behind something it speaks of that line, or of " +
				"the block that the line opens; alone on its line, of the attribute or block that comes next. Without a reason nobody can " +
				"judge it later, and without an end nobody does.",
			Bad:  "# gatewright:ignore allow-everybody\n" + lonely,
			Good: "# gatewright:ignore allow-everybody until 2027-01-31 order numbers are public until the new shop is open\n" + lonely,
		},
		{
			ID: ruleExpiredIgnore, Severity: schema.SeverityError, Summary: "Ignore that is over", Fixed: true,
			Why:  "The day until which the finding was set aside has passed. It counts again.",
			Bad:  "# gatewright:ignore allow-everybody until 2026-01-31 order numbers are public until the new shop is open\n" + lonely,
			Good: "# gatewright:ignore allow-everybody until 2027-01-31 order numbers are public until the new shop is open\n" + lonely,
		},
		{
			ID: ruleUnusedMark, Severity: schema.SeverityWarning, Summary: "Annotation that does nothing", Fixed: true,
			Why: "An ignore where nothing is found hides the finding that comes next year. Remove it when the reason is gone. The same " +
				"holds for an end where there is no dry run.",
			Bad: "# gatewright:ignore allow-everybody until 2027-01-31 order numbers are public\n" +
				"allow \"reports\" {\n  groups  = [\"billing\"]\n  targets = [\"payments-db\"]\n  postgres {\n    verbs  = [\"select\"]\n    tables = [\"public.orders\"]\n  }\n}\n",
			Good: "allow \"reports\" {\n  groups  = [\"billing\"]\n  targets = [\"payments-db\"]\n  postgres {\n    verbs  = [\"select\"]\n    tables = [\"public.orders\"]\n  }\n}\n",
		},
	}
}
