package compiler

// conditionsEntries are about conditions.
var conditionsEntries = []Entry{
	{
		ID: "invalid-cel", Summary: "Invalid CEL",
		Meaning: "The text of a condition is no expression of CEL.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.limit <"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.limit < 100"
}
`,
	},
	{
		ID: "invalid-condition", Summary: "Invalid condition",
		Meaning: "A condition names what is not there, or compares what cannot be compared.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.where_bond"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.where_bound"
}
`,
	},
	{
		ID: "condition-has-the-wrong-type", Summary: "Condition has the wrong type",
		Meaning: "A condition gives true or false; the expressions of an issuer's principal give texts.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.limit"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.limit > 100"
}
`,
	},
	{
		ID: "empty-condition", Summary: "Empty condition",
		Meaning: "An attribute that is a condition holds no expression.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = " "
}
`,
		Good: `deny "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "condition-is-not-a-text", Summary: "Condition is not a text",
		Meaning: "CEL stands in quotes.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = sql.where_bound
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.where_bound"
}
`,
	},
	{
		ID: "interpolation-in-a-condition", Summary: "Interpolation in a condition",
		Meaning: "Text that is put into a condition could change what it says.",
		Bad: `locals { team = "billing" }
deny "a" {
  targets = ["payments-db"]
  when    = "'${local.team}' in principal.groups"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "'billing' in principal.groups"
}
`,
	},
	{
		ID: "macro-variable-hides-a-variable", Summary: "Macro variable hides a variable",
		Meaning: "The name for an element is that of a variable, so that the condition would read both ways.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.groups.exists(sql, sql == 'x')"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.groups.exists(g, g == 'x')"
}
`,
	},
	{
		ID: "condition-may-cost-too-much", Summary: "Condition may cost too much",
		Meaning: "With facts of the greatest size, evaluating the condition would take too long. The error points at the part that costs most.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.tables.exists(t, t in sql.columns)"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.tables.exists(t, t.startsWith('public.'))"
}
`,
	},
	{
		ID: "invalid-regular-expression", Summary: "Invalid regular expression",
		Meaning: "A pattern is not one of RE2. The error points into the pattern.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.subject.matches('svc:(a|b')"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.subject.matches('svc:(a|b)')"
}
`,
	},
	{
		ID: "regular-expression-is-not-constant", Summary: "Regular expression is not constant",
		Meaning: "What a fact holds must not decide how long it takes to look at it.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.subject.matches(request.application)"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.subject == request.application"
}
`,
	},
	{
		ID: "regular-expression-is-too-large", Summary: "Regular expression is too large",
		Meaning: "A pattern is longer than 1,024 bytes, or its program than 2,000 steps.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.subject.matches('(service-account){900}')"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "principal.subject.matches('(service-account){2}')"
}
`,
	},
	{
		ID: "time-zone-is-not-an-offset", Summary: "Time zone is not an offset",
		Meaning: "Names of time zones mean different things on different machines.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  when    = "request.time.getHours('Europe/Berlin') < 8"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "request.time.getHours('+01:00') < 8"
}
`,
	},
	{
		ID: "condition-is-nested-too-deeply", Summary: "Condition is nested too deeply",
		Meaning: "Brackets or signs in a row nest deeper than 64 levels.",
		Made:    "A condition that begins with 100 opening brackets.",
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "(sql.where_bound)"
}
`,
	},
	{
		ID: "condition-is-too-long", Summary: "Condition is too long",
		Meaning: "A condition has more than 16 KiB, its expr blocks written out.",
		Made:    "A condition with a text of 20,000 characters.",
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.where_bound"
}
`,
	},
	{
		ID: "condition-is-too-large", Summary: "Condition is too large",
		Meaning: "A condition has more than 4,096 nodes, as a list of some thousand numbers has.",
		Made:    "A condition that looks for a number in a list of 5,000.",
		Good: `deny "a" {
  targets = ["payments-db"]
  when    = "sql.limit in [1, 2, 3]"
}
`,
	},
	{
		ID: "policy-has-too-much-cel", Summary: "Policy has too much CEL",
		Meaning: "The conditions of a policy have more than 8 MiB together, each expr block written out wherever it is referred to.",
		Made:    "An expr with a text of 15,000 characters, and 600 conditions that refer to it.",
		Good: `expr "office" { cel = "request.client_address.startsWith('10.')" }
deny "a" {
  targets = ["payments-db"]
  unless  = "expr.office"
}
`,
	},
}
