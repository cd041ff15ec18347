package compiler

import "github.com/gatewright/gatewright/schema"

// conditionRules look for the ways in which CEL goes wrong.
func conditionRules() []LintRule {
	return []LintRule{
		{
			ID: "constant-condition", Severity: schema.SeverityError, Summary: "Condition that is always the same", check: checkConstant,
			Why: "The condition has one value whatever is asked. when = \"false\" switches a rule off where a reader sees one in force, " +
				"and unless = \"true\" does the same; a condition that is always true is better left out. To try a rule out, use " +
				"mode = \"dry_run\".",
			Bad: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  when    = "false && principal.kind == 'human'"
  message = "people do not truncate"
}
`,
			Good: `deny "no-truncate" {
  targets = ["payments-db"]
  postgres { verbs = ["truncate"] }
  when    = "principal.kind == 'human'"
  message = "people do not truncate"
}
`,
		},
		{
			ID: "client-word", Severity: schema.SeverityError, Summary: "Condition that hangs on the caller's own word", check: checkWord,
			Why: "request.application is what the client calls itself. Anybody can send any name, so that whoever is kept out by it, or " +
				"let past a deny or a mask by it, needs one line of configuration to change that. Ask the principal instead: what a " +
				"token says is proven.",
			Bad: `deny "only-the-app" {
  targets = ["payments-db"]
  postgres { verbs = ["insert"] }
  unless  = "request.application == 'order-service'"
  message = "only the order service writes"
}
`,
			Good: `deny "only-the-app" {
  targets = ["payments-db"]
  postgres { verbs = ["insert"] }
  unless  = "principal.subject == 'svc:orders'"
  message = "only the order service writes"
}
`,
		},
		{
			ID: "unanchored-pattern", Severity: schema.SeverityWarning, Summary: "Pattern that matches in the middle of a name", check: checkAnchors,
			Why: "matches finds the pattern anywhere in the text. 'svc:orders' also matches 'svc:orders-of-somebody-else' and " +
				"'not-svc:orders'. Begin a pattern over a name with ^ and end it with $, or use ==, in or startsWith.",
			Bad: `deny "batch-hours" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  unless  = "principal.subject.matches('batch-[0-9]+')"
  message = "only batches delete"
}
`,
			Good: `deny "batch-hours" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  unless  = "principal.subject.matches('^batch-[0-9]+$')"
  message = "only batches delete"
}
`,
		},
		{
			ID: "address-prefix", Severity: schema.SeverityWarning, Summary: "Address prefix that ends within a number", check: checkPrefix,
			Why: "'10.1' is the beginning of 10.1.2.3, and of 10.10.2.3 and 10.199.2.3 too. End the prefix with a dot, or with a colon " +
				"for IPv6.",
			Bad: `deny "outside" {
  targets = ["payments-db"]
  unless  = "request.client_address.startsWith('10.1')"
  message = "from the data centre only"
}
`,
			Good: `deny "outside" {
  targets = ["payments-db"]
  unless  = "request.client_address.startsWith('10.1.')"
  message = "from the data centre only"
}
`,
		},
		{
			ID: "all-of-nothing", Severity: schema.SeverityWarning, Summary: "All of a list that may be empty", check: checkAll,
			Why: "LIST.all(e, CONDITION) holds when the list is empty. A statement that names no table meets every condition on all of its " +
				"tables, which lets it past a deny's unless or into an allow. Ask for the size too, or use exists.",
			Bad: `deny "archive-only" {
  targets = ["payments-db"]
  postgres { verbs = ["call"] }
  unless  = "sql.tables.all(t, t.startsWith('archive.'))"
  message = "functions on the archive only"
}
`,
			Good: `deny "archive-only" {
  targets = ["payments-db"]
  postgres { verbs = ["call"] }
  unless  = "size(sql.tables) > 0 && sql.tables.all(t, t.startsWith('archive.'))"
  message = "functions on the archive only"
}
`,
		},
		{
			ID: "hours-in-utc", Severity: schema.SeverityInfo, Summary: "Hour or weekday without an offset", check: checkHours,
			Why: "Without an argument the parts of a time are in UTC. Office hours written in local time are off by hours, and the day of " +
				"the week is wrong around midnight. Write the offset, '+00:00' for UTC, so that a reader sees which is meant.",
			Bad: `deny "night" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  unless  = "request.time.getHours() >= 8"
  message = "no deletes at night"
}
`,
			Good: `deny "night" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  unless  = "request.time.getHours('+01:00') >= 8"
  message = "no deletes at night"
}
`,
		},
		{
			ID: "kind-never-made", Severity: schema.SeverityError, Summary: "Condition on a kind that no issuer makes", check: checkKind,
			Why: "principal.kind is what an issuer's mapping makes of the claims, and by default that is 'machine' for everybody. A rule " +
				"for people or agents then never sees one.",
			Bad: `issuer "corp" {
  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
}

deny "no-agents" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  when    = "principal.kind == 'agent'"
  message = "agents do not delete"
}
`,
			Good: `issuer "corp" {
  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  principal {
    kind = "claims.client_type == 'agent' ? 'agent' : 'machine'"
  }
}

deny "no-agents" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  when    = "principal.kind == 'agent'"
  message = "agents do not delete"
}
`,
		},
	}
}
