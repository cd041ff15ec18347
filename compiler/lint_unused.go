package compiler

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
)

// unusedRules look for what was declared and is not referred to.
func unusedRules() []LintRule {
	const noUse = "It does nothing, and its reader takes it for something that works. Use it or remove it."
	return []LintRule{
		{
			ID: "unused-class", Severity: schema.SeverityWarning, Summary: "Class that no mask hides", check: checkUnusedClass,
			Why: "A class only says what is sensitive. Without a mask over it the columns are shown in the clear, and nothing is looked for.",
			Bad: `class "contact" {
  targets = ["payments-db"]
  columns = ["public.customers.email"]
}
`,
			Good: `class "contact" {
  targets = ["payments-db"]
  columns = ["public.customers.email"]
}

mask "contact" {
  classes = ["contact"]
  with    = "email"
}
`,
		},
		{
			ID: "unused-expr", Severity: schema.SeverityWarning, Summary: "Expr that no condition uses", check: checkUnusedExpr, Why: noUse,
			Bad: `expr "by_people" {
  cel = "principal.kind == 'human'"
}
`,
			Good: `expr "by_people" {
  cel = "principal.kind == 'human'"
}

deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  unless  = "expr.by_people"
  message = "programs do not truncate"
}
`,
		},
		{
			ID: "unused-local", Severity: schema.SeverityWarning, Summary: "Local that nothing uses", check: checkUnusedLocal, Why: noUse,
			Bad: `locals {
  readers = ["billing", "support"]
}
`,
			Good: `locals {
  readers = ["billing", "support"]
}

allow "reports" {
  groups  = local.readers
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "unused-route", Severity: schema.SeverityWarning, Summary: "Route that no approve asks", check: checkUnusedRoute, Why: noUse,
			Bad: `route "dba-oncall" {
  approvers = ["group:dba"]
}
`,
			Good: `route "dba-oncall" {
  approvers = ["group:dba"]
}
` + approveLoad,
		},
		{
			ID: "unused-target", Severity: schema.SeverityWarning, Summary: "Target that no rule is about", check: checkUnusedTarget,
			Why: "What no rule allows is denied, so that nobody can use such a target at all. Often its name, or a label, was meant to be " +
				"in some rule.",
			Bad: `target "archive-db" {
  protocol = "postgres"
  catalog  = "payments-db.catalog.json"
}
`,
			Good: `target "archive-db" {
  protocol = "postgres"
  catalog  = "payments-db.catalog.json"
}

allow "archive" {
  groups  = ["billing"]
  targets = ["archive-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "unused-principal", Severity: schema.SeverityWarning, Summary: "Principal that no test is run as", check: checkUnusedPrincipal,
			Why: "Often the test that was meant to use it runs as somebody else, and shows nothing about this caller.",
			Bad: `# policy_test.hcl
principal "support" {
  issuer = "corp"
  claims = { sub = "svc:support", groups = ["support"] }
}
`,
			Good: `# policy_test.hcl
principal "support" {
  issuer = "corp"
  claims = { sub = "svc:support", groups = ["support"] }
}

test "support reads no orders" {
  as     = "support"
  target = "payments-db"
  sql    = "SELECT id FROM orders"
  expect {
    decision = "deny"
    by       = []
  }
}
`,
		},
	}
}

func (l *linter) unused(subject string, rng schema.Range, what, hint string) {
	l.find(subject, rng, "", "Nothing refers to "+what+".", hint)
}

func checkUnusedClass(l *linter) {
	used := map[string]bool{}
	for i := range l.masks {
		for _, name := range l.masks[i].Classes {
			used[name] = true
		}
	}
	for i := range l.classes {
		if k := &l.classes[i]; !used[k.Name] {
			l.unused(k.address, k.Range, fmt.Sprintf("class %q, so its values are shown", k.Name),
				fmt.Sprintf("Add: mask \"NAME\" { classes = [%q] with = \"redact\" }.", k.Name))
		}
	}
}

func checkUnusedExpr(l *linter) {
	for _, e := range l.exprs {
		if !l.asked[e.address] {
			l.unused(e.address, e.src.Range, "expr."+e.src.Name.Text, "Use it in a condition, or remove it.")
		}
	}
}

func checkUnusedLocal(l *linter) {
	for _, v := range l.locals {
		if !v.src.Used {
			l.unused(v.address, v.src.Name.Range, "local."+v.src.Name.Text, "Use it in an attribute, or remove it.")
		}
	}
}

func checkUnusedRoute(l *linter) {
	used := map[string]bool{}
	for i := range l.rules {
		used[l.rules[i].Route] = true
	}
	l.eachRoute(func(r *lintedRoute) {
		if !used[r.Name] {
			l.unused(r.address, r.Range, fmt.Sprintf("route %q", r.Name), "Name it in an approve block, or remove it.")
		}
	})
}

func checkUnusedTarget(l *linter) {
	used := map[string]bool{}
	l.allows(func(r *lintedRule) {
		for _, name := range r.Targets {
			used[name] = true
		}
	})
	for _, target := range l.targets {
		if t := target.src; !used[t.Name.Text] {
			l.find(target.address, t.Range, "", fmt.Sprintf("No allow covers target %q, so nobody can use it.", t.Name.Text),
				"Name it in an allow, or remove it.")
		}
	}
}

func checkUnusedPrincipal(l *linter) {
	used := map[string]bool{}
	for i := range l.result.Suite.Tests {
		used[l.result.Suite.Tests[i].As] = true
	}
	for _, principal := range l.principals {
		if p := principal.src; !used[p.Name.Text] {
			l.unused(principal.address, p.Range, fmt.Sprintf("principal %q", p.Name.Text), "Write a test that is run as it, or remove it.")
		}
	}
}
