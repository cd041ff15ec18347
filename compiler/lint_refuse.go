package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// refuseRules look at what denies and approves say, and at what no rule denies.
func refuseRules() []LintRule {
	return []LintRule{
		{
			ID: "deny-without-message", Severity: schema.SeverityWarning, Summary: "Deny without a message", check: checkDenyMessage,
			Why: "The message is what the refused caller reads, often in the middle of the night. Without one they learn the rule's name " +
				"and nothing about what to do instead.",
			Bad: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
}
`,
			Good: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  message = "TRUNCATE cannot be bounded: use DELETE with a WHERE"
}
`,
		},
		{
			ID: "approve-without-message", Severity: schema.SeverityInfo, Summary: "Approve without a message", check: checkApproveMessage,
			Why: "The message tells the caller why they wait, and the approver what to look at. Approvers who do not know why they are " +
				"asked say yes.",
			Bad: `approve "bulk-load" {
  targets = ["payments-db"]
  postgres { verbs = ["insert"] }
  route = "dba-oncall"
}

route "dba-oncall" {
  approvers = ["group:dba"]
}
`,
			Good: `approve "bulk-load" {
  targets = ["payments-db"]
  postgres { verbs = ["insert"] }
  route   = "dba-oncall"
  message = "check where the rows come from"
}

route "dba-oncall" {
  approvers = ["group:dba"]
}
`,
		},
		{
			ID: "approve-without-allow", Severity: schema.SeverityWarning, Summary: "Approve of what no rule allows", check: checkApproveAlone,
			Why: "An approve does not allow: what no allow covers is refused, and nobody is asked. Callers are sent away without a " +
				"ticket, and the author believes that they could get one.",
			Bad: `approve "drop" {
  targets = ["payments-db"]
  postgres { verbs = ["drop"] }
  route   = "dba-oncall"
  message = "check that nothing reads the table any more"
}

route "dba-oncall" {
  approvers = ["group:dba"]
}
`,
			Good: `approve "drop" {
  targets = ["payments-db"]
  postgres { verbs = ["drop"] }
  route   = "dba-oncall"
  message = "check that nothing reads the table any more"
}

allow "migrations" {
  groups  = ["deploy"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["create", "drop"]
    tables = ["public.*"]
  }
}

route "dba-oncall" {
  approvers = ["group:dba"]
}
`,
		},
		{
			ID: "unbounded-writes", Severity: schema.SeverityInfo, Summary: "Writes that nothing bounds", check: checkUnbounded,
			Why: "An UPDATE or DELETE without a WHERE, or with one that is always true, changes every row of a table. The fact " +
				"sql.where_bound sees through WHERE true and id = id. One deny per target stops the most common accident there is.",
			Bad: `allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "update"]
    tables = ["public.orders"]
  }
}
`,
			Good: `allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "update"]
    tables = ["public.orders"]
  }
}

deny "unbounded-write" {
  targets = ["payments-db"]
  postgres { verbs = ["update", "delete"] }
  unless  = "sql.where_bound"
  message = "UPDATE and DELETE need a WHERE that can be false"
}
`,
		},
	}
}

// reachRules take over what an analysis of the rules' meaning found.
func reachRules() []LintRule {
	return []LintRule{
		{
			ID: "unreachable-rule", Severity: schema.SeverityError, Summary: "Rule that can never match", check: checkNever,
			Why: "No request can meet the rule's scopes and conditions at once. A deny or approve like that protects nothing, and its " +
				"author believes that it does. The rule's conditions and scopes were compared as decision diagrams; where that is " +
				"not decided within its budget, nothing is reported.",
			Bad: `deny "no-bulk-delete" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  when    = "sql.limit > 100 && sql.limit < 50"
  message = "no bulk deletes"
}
`,
			Good: `deny "bulk-read" {
  targets = ["payments-db"]
  postgres { verbs = ["select"] }
  when    = "sql.limit > 100"
  message = "at most 100 rows at once"
}
`,
		},
		{
			ID: "shadowed-rule", Severity: schema.SeverityWarning, Summary: "Rule that other rules leave nothing to decide", check: checkShadowed,
			Why: "Wherever the rule matches, others decide the same without it, or a stronger one decides against it. Taking it out " +
				"changes nothing, so it is either not needed or not what was meant. An allow of what a deny refuses is one case, two " +
				"rules of which one is wider another.",
			Bad: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders", "public.customers"]
  }
}

allow "orders" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
			Good: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders", "public.customers"]
  }
}
`,
		},
	}
}

func checkDenyMessage(l *linter)    { l.withoutMessage(schema.Deny, "Say what to do instead.") }
func checkApproveMessage(l *linter) { l.withoutMessage(schema.Approve, "Say why it is held.") }

func (l *linter) withoutMessage(effect schema.Effect, why string) {
	for i := range l.rules {
		if r := &l.rules[i]; r.Effect == effect && r.Message == "" {
			l.find(r.Address, r.Range, "", fmt.Sprintf("Who meets %s learns its name only.", r.Address), "Add message = \"...\". "+why)
		}
	}
}

// checkUnbounded reports the first allow of each target under which an unbounded write would pass.
func checkUnbounded(l *linter) {
	asks := map[string]bool{}
	for _, c := range l.conditions {
		asks[c.subject] = asks[c.subject] || slices.Contains(c.facts, "sql.where_bound")
	}
	bound := map[string]bool{}
	for i := range l.rules {
		if r := &l.rules[i]; r.Effect == schema.Deny && asks[r.Address] {
			for _, target := range r.Targets {
				bound[target] = true
			}
		}
	}
	l.allows(func(r *lintedRule) {
		if !wide(r.Verbs) && !slices.Contains(r.Verbs, schema.VerbUpdate) && !slices.Contains(r.Verbs, schema.VerbDelete) {
			return
		}
		for _, target := range r.Targets {
			if !bound[target] {
				bound[target] = true
				l.find(r.Address, r.Range, target, fmt.Sprintf("On %q, %s allows writes, and no deny asks sql.where_bound.", target, r.Address),
					"Add a deny of update and delete with unless = \"sql.where_bound\".")
			}
		}
	})
}

func checkNever(l *linter)    { l.idle(true) }
func checkShadowed(l *linter) { l.idle(false) }

// idle takes over what an analysis found.
func (l *linter) idle(never bool) {
	places := map[string]schema.Range{}
	for i := range l.rules {
		places[l.rules[i].Address] = l.rules[i].Range
	}
	for i := range l.masks {
		places[l.masks[i].Address] = l.masks[i].Range
	}
	for _, idle := range l.config.Idle {
		place, ok := places[idle.Rule]
		switch {
		case !ok || idle.Never != never:
		case never:
			l.find(idle.Rule, place, "", fmt.Sprintf("%s never matches: %s.", idle.Rule, idle.Reason), "Mend its scopes or its condition, or remove it.")
		default:
			l.find(idle.Rule, place, strings.Join(idle.By, " "), fmt.Sprintf("%s changes nothing: %s.", idle.Rule, idle.Reason),
				"Remove it, or narrow what decides in its place.")
		}
	}
}
