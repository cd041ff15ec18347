package compiler

// valuesEntries are about values and words.
var valuesEntries = []Entry{
	{
		ID: "wrong-type", Summary: "Wrong type",
		Meaning: "An attribute takes a value of another type.",
		Bad: `allow "a" { targets = "payments-db" }
`,
		Good: `allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "wrong-number", Summary: "Wrong number",
		Meaning: "A number has a fraction, an exponent or more digits than belong there.",
		Bad: `route "r" {
  approvers = ["group:dba"]
  quorum    = 1.5
}
`,
		Good: `route "r" {
  approvers = ["group:dba"]
  quorum    = 1
}
`,
	},
	{
		ID: "wrong-type-in-a-text", Summary: "Wrong type in a text",
		Meaning: "Only a text, a number or a truth value can stand inside of a text.",
		Bad: `locals {
  team = ["a"]
  note = "team ${local.team}"
}
`,
		Good: `locals {
  team = ["a"]
  note = "team ${local.team[0]}"
}
`,
	},
	{
		ID: "wrong-type-of-a-key", Summary: "Wrong type of a key",
		Meaning: "The key of a map is a text.",
		Bad: `locals { m = { ([1]) = "x" } }
`,
		Good: `locals { m = { one = "x" } }
`,
	},
	{
		ID: "unsupported-attribute", Summary: "Unsupported attribute",
		Meaning: "A reference into a local names a part that it does not have.",
		Bad: `locals {
  labels = { env = "prod" }
  region = local.labels.region
}
`,
		Good: `locals {
  labels = { env = "prod", region = "eu" }
  region = local.labels.region
}
`,
	},
	{
		ID: "value-is-too-large", Summary: "Value is too large",
		Meaning: "Locals that repeat locals can ask for any amount of memory, and are stopped.",
		Made:    "Twenty-six locals, each of which holds the one before it four times.",
		Good: `locals { team = ["a", "b"] }
`,
	},
	{
		ID: "text-in-a-local-is-not-normalised", Summary: "Text in a local is not normalised",
		Meaning: "Locals keep text in Unicode's composed form (NFC) only, and this one is in another: the name that is compared would not be the one that is seen.",
		Made:    "A local with the letter e followed by the combining accent U+0301.",
		Good: `locals { name = "é" }
`,
	},
	{
		ID: "expression-is-not-supported-here", Summary: "Expression is not supported here",
		Meaning: "Values are written out; there are no operators and no functions.",
		Bad: `locals { n = 1 + 1 }
`,
		Good: `locals { n = 2 }
`,
	},
	{
		ID: "bad-duration", Summary: "Bad duration",
		Meaning: "A length of time is a number with a unit, and greater than zero.",
		Bad: `route "r" {
  approvers = ["group:dba"]
  hold      = "2"
}
`,
		Good: `route "r" {
  approvers = ["group:dba"]
  hold      = "2m"
}
`,
	},
	{
		ID: "unknown-verb", Summary: "Unknown verb",
		Meaning: "PostgreSQL's block knows certain verbs.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  postgres { verbs = ["read"] }
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  postgres { verbs = ["select"] }
}
`,
	},
	{
		ID: "unknown-mode", Summary: "Unknown mode",
		Meaning: "A mode is enforce or dry_run.",
		Bad: `deny "a" {
  targets = ["payments-db"]
  mode    = "dryrun"
}
`,
		Good: `deny "a" {
  targets = ["payments-db"]
  mode    = "dry_run"
}
`,
	},
	{
		ID: "unknown-protocol", Summary: "Unknown protocol",
		Meaning: "A target speaks a protocol that there is none of.",
		Bad: `target "x" { protocol = "postgresql" }
`,
		Good: `target "x" { protocol = "postgres" }
`,
	},
	{
		ID: "unknown-detector", Summary: "Unknown detector",
		Meaning: "A class looks for values with a detector that there is none of.",
		Bad: `class "c" {
  targets = ["payments-db"]
  detect  = ["creditcard"]
}
`,
		Good: `class "c" {
  targets = ["payments-db"]
  detect  = ["credit_card"]
}
`,
	},
	{
		ID: "unknown-transform", Summary: "Unknown transform",
		Meaning: "A mask hides values with a transform that there is none of.",
		Bad: `mask "m" {
  classes = ["card-number"]
  with    = "last_4"
}
`,
		Good: `mask "m" {
  classes = ["card-number"]
  with    = "last4"
}
`,
	},
	{
		ID: "transform-without-its-argument", Summary: "Transform without its argument",
		Meaning: "hash and tokenize need the name of a key, bucket a width, fixed a value.",
		Bad: `mask "m" {
  classes = ["card-number"]
  with    = "hash"
}
`,
		Good: `mask "m" {
  classes = ["card-number"]
  with    = "hash"
  key     = "customers"
}
`,
	},
	{
		ID: "bad-argument-of-a-transform", Summary: "Bad argument of a transform",
		Meaning: "A width is a positive number or a stretch of the calendar, a key's name is short and plain, and a value fits into one line.",
		Bad: `mask "m" {
  classes = ["card-number"]
  with    = "bucket"
  width   = "-10"
}
`,
		Good: `mask "m" {
  classes = ["card-number"]
  with    = "bucket"
  width   = "10"
}
`,
	},
	{
		ID: "argument-of-another-transform", Summary: "Argument of another transform",
		Meaning: "A mask has a key, a width or a value that its transform has no use for: it would look as if it did something.",
		Bad: `mask "m" {
  classes = ["card-number"]
  with    = "redact"
  key     = "customers"
}
`,
		Good: `mask "m" {
  classes = ["card-number"]
  with    = "tokenize"
  key     = "customers"
}
`,
	},
	{
		ID: "unknown-predicates-setting", Summary: "Unknown predicates setting",
		Meaning: "A mask's predicates are deny, equality or allow.",
		Bad: `mask "m" {
  classes    = ["card-number"]
  with       = "last4"
  predicates = "equal"
}
`,
		Good: `mask "m" {
  classes    = ["card-number"]
  with       = "last4"
  predicates = "equality"
}
`,
	},
	{
		ID: "unknown-decision", Summary: "Unknown decision",
		Meaning: "A test expects allow, approve or deny.",
		Bad: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect { decision = "allowed" }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect { decision = "allow" }
}
`,
	},
	{
		ID: "unknown-algorithm", Summary: "Unknown algorithm",
		Meaning: "A token's signature is made by one of the algorithms of RFC 7518.",
		Bad: `issuer "other" {
  oidc {
    url        = "https://other.example.com"
    audiences  = ["gatewright"]
    algorithms = ["RS265"]
  }
}
`,
		Good: `issuer "other" {
  oidc {
    url        = "https://other.example.com"
    audiences  = ["gatewright"]
    algorithms = ["RS256"]
  }
}
`,
	},
	{
		ID: "unknown-kind", Summary: "Unknown kind",
		Meaning: "A principal is a machine, a human or an agent.",
		Bad: `route "r" {
  approvers      = ["group:dba"]
  approver_kinds = ["person"]
}
`,
		Good: `route "r" {
  approvers      = ["group:dba"]
  approver_kinds = ["human"]
}
`,
	},
	{
		ID: "bad-table-name", Summary: "Bad table name",
		Meaning: "A table is written with its schema, or as all tables of a schema.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  postgres { tables = ["cards"] }
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  postgres { tables = ["public.cards"] }
}
`,
	},
	{
		ID: "bad-function-name", Summary: "Bad function name",
		Meaning: "A function is written with its schema and without arguments.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  postgres { functions = ["pg_sleep(int)"] }
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  postgres { functions = ["pg_catalog.pg_sleep"] }
}
`,
	},
	{
		ID: "bad-column-name", Summary: "Bad column name",
		Meaning: "A column is written with its schema and table.",
		Bad: `class "c" {
  targets = ["payments-db"]
  columns = ["cards.pan"]
}
`,
		Good: `class "c" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
}
`,
	},
}
