package compiler

// namesEntries are about names and references.
var namesEntries = []Entry{
	{
		ID: "unknown-target", Summary: "Unknown target",
		Meaning: "A rule, class or test names a target that no block declares.",
		Bad: `allow "reports" { targets = ["payment-db"] }
`,
		Good: `allow "reports" { targets = ["payments-db"] }
`,
	},
	{
		ID: "unknown-class", Summary: "Unknown class",
		Meaning: "A mask names a class that no block declares.",
		Bad: `mask "cards" {
  classes = ["card-numbers"]
  with    = "last4"
}
`,
		Good: `mask "cards" {
  classes = ["card-number"]
  with    = "last4"
}
`,
	},
	{
		ID: "unknown-route", Summary: "Unknown route",
		Meaning: "An approve block names a route that no block declares, so that nobody would be asked.",
		Bad: `approve "drops" {
  targets = ["payments-db"]
  postgres { verbs = ["drop"] }
  route = "dab"
}
`,
		Good: `approve "drops" {
  targets = ["payments-db"]
  postgres { verbs = ["drop"] }
  route = "dba"
}
`,
	},
	{
		ID: "unknown-issuer", Summary: "Unknown issuer",
		Meaning: "A principal of the tests, or an approver, names an issuer that no block declares.",
		Bad: `route "oncall" { approvers = ["crop/group:dba"] }
`,
		Good: `route "oncall" { approvers = ["corp/group:dba"] }
`,
	},
	{
		ID: "unknown-principal", Summary: "Unknown principal",
		Meaning: "A test is run as a principal that no block of a test file declares.",
		Bad: `-- example_test.hcl --
test "t" {
  as     = "biling"
  target = "payments-db"
  sql    = "SELECT 1"
  expect { decision = "allow" }
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
		ID: "unknown-rule", Summary: "Unknown rule",
		Meaning: "A test expects a rule or mask that the policy does not have; such a test could never pass.",
		Bad: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT id FROM cards"
  expect {
    decision = "allow"
    by       = ["allow.reader"]
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT id FROM cards"
  expect {
    decision = "allow"
    by       = ["allow.readers"]
  }
}
`,
	},
	{
		ID: "unknown-expr", Summary: "Unknown expr",
		Meaning: "A condition refers to an expr block that is not there.",
		Bad: `allow "office" {
  targets = ["payments-db"]
  when    = "expr.ofice"
}
`,
		Good: `expr "office" { cel = "request.client_address.startsWith('10.')" }
allow "office" {
  targets = ["payments-db"]
  when    = "expr.office"
}
`,
	},
	{
		ID: "unknown-local", Summary: "Unknown local",
		Meaning: "A value refers to a local that no locals block sets.",
		Bad: `allow "team" {
  targets = ["payments-db"]
  groups  = local.team
}
`,
		Good: `locals { team = ["billing"] }
allow "team" {
  targets = ["payments-db"]
  groups  = local.team
}
`,
	},
	{
		ID: "unknown-reference", Summary: "Unknown reference",
		Meaning: "A value refers to something other than a local. Blocks are referred to by their names in quotes.",
		Bad: `allow "team" {
  targets = [target.payments-db]
}
`,
		Good: `allow "team" {
  targets = ["payments-db"]
}
`,
	},
	{
		ID: "incomplete-reference", Summary: "Incomplete reference",
		Meaning: "A reference names all locals at once instead of one.",
		Bad: `locals { team = ["billing"] }
allow "team" {
  targets = ["payments-db"]
  groups  = local
}
`,
		Good: `locals { team = ["billing"] }
allow "team" {
  targets = ["payments-db"]
  groups  = local.team
}
`,
	},
	{
		ID: "unknown-table", Summary: "Unknown table",
		Meaning: "No catalog of the rule's targets has the table: with a slip in its name, a rule would silently not apply.",
		Bad: `deny "cards" {
  targets = ["payments-db"]
  postgres { tables = ["public.crads"] }
}
`,
		Good: `deny "cards" {
  targets = ["payments-db"]
  postgres { tables = ["public.cards"] }
}
`,
	},
	{
		ID: "unknown-column", Summary: "Unknown column",
		Meaning: "No catalog of the targets has the column: a class with it would silently leave the real column unmasked.",
		Bad: `class "holder" {
  targets = ["payments-db"]
  columns = ["public.cards.holdr"]
}
`,
		Good: `class "holder" {
  targets = ["payments-db"]
  columns = ["public.cards.holder"]
}
`,
	},
	{
		ID: "unknown-function", Summary: "Unknown function",
		Meaning: "No catalog of the rule's targets has the function.",
		Bad: `allow "purge" {
  targets = ["payments-db"]
  postgres { functions = ["public.purg"] }
}
`,
		Good: `allow "purge" {
  targets = ["payments-db"]
  postgres { functions = ["public.purge"] }
}
`,
	},
	{
		ID: "unknown-schema", Summary: "Unknown schema",
		Meaning: "A pattern of all objects of a schema names one in which the catalogs have nothing. It is a warning: the schema may be filled later.",
		Bad: `deny "all" {
  targets = ["payments-db"]
  postgres { tables = ["pubilc.*"] }
}
`,
		Good: `deny "all" {
  targets = ["payments-db"]
  postgres { tables = ["public.*"] }
}
`,
	},
	{
		ID: "names-cannot-be-checked", Summary: "Names cannot be checked",
		Meaning: "A target has no catalog, so that slips in names of tables, columns and functions go unseen. It is a warning, told once for each target.",
		Bad: `target "bare" { protocol = "postgres" }
deny "cards" {
  targets = ["bare"]
  postgres { tables = ["public.cards"] }
}
`,
		Good: `deny "cards" {
  targets = ["payments-db"]
  postgres { tables = ["public.cards"] }
}
`,
	},
	{
		ID: "value-never-occurs", Summary: "Value never occurs",
		Meaning: "A condition compares a fact with a text that it can never be, so that the comparison says nothing.",
		Bad: `deny "orders" {
  targets = ["payments-db"]
  when    = "access.object == 'Public.Cards'"
}
`,
		Good: `deny "orders" {
  targets = ["payments-db"]
  when    = "access.object == 'public.cards'"
}
`,
	},
	{
		ID: "duplicate-name", Summary: "Duplicate name",
		Meaning: "Two blocks of one type have the same name; logs and tests could not tell them apart.",
		Bad: `allow "readers" { targets = ["payments-db"] }
`,
		Good: `allow "writers" { targets = ["payments-db"] }
`,
	},
	{
		ID: "duplicate-local", Summary: "Duplicate local",
		Meaning: "A local is set twice.",
		Bad: `locals { team = ["a"] }
locals { team = ["b"] }
`,
		Good: `locals { team = ["a", "b"] }
`,
	},
	{
		ID: "duplicate-key", Summary: "Duplicate key",
		Meaning: "A map has one key twice.",
		Bad: `locals { labels = { env = "prod", env = "test" } }
`,
		Good: `locals { labels = { env = "prod" } }
`,
	},
	{
		ID: "duplicate-policy-block", Summary: "Duplicate policy block",
		Meaning: "A directory is one policy and has one policy block.",
		Bad: `policy "other" { language = 1 }
`,
		Good: `locals { other = "note" }
`,
	},
	{
		ID: "bad-name", Summary: "Bad name",
		Meaning: "A block's name enters addresses, host names and database names, and has few characters to choose from.",
		Bad: `allow "order service" { targets = ["payments-db"] }
`,
		Good: `allow "order-service" { targets = ["payments-db"] }
`,
	},
	{
		ID: "missing-name", Summary: "Missing name",
		Meaning: "A block of this type has a name.",
		Bad: `allow { targets = ["payments-db"] }
`,
		Good: `allow "all" { targets = ["payments-db"] }
`,
	},
	{
		ID: "too-many-names", Summary: "Too many names",
		Meaning: "A block has one name.",
		Bad: `allow "a" "b" { targets = ["payments-db"] }
`,
		Good: `allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "unexpected-name", Summary: "Unexpected name",
		Meaning: "A block of this type has no name.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  postgres "b" { verbs = ["select"] }
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  postgres { verbs = ["select"] }
}
`,
	},
	{
		ID: "label-on-a-locals-block", Summary: "Label on a locals block",
		Meaning: "A locals block has no name; its attributes are the names.",
		Bad: `locals "team" { members = ["a"] }
`,
		Good: `locals { team = ["a"] }
`,
	},
	{
		ID: "locals-refer-to-themselves", Summary: "Locals refer to themselves",
		Meaning: "Locals need each other in a circle, so that none has a value.",
		Bad: `locals {
  a = local.b
  b = local.a
}
`,
		Good: `locals {
  a = local.b
  b = "x"
}
`,
	},
	{
		ID: "locals-refer-to-each-other-too-deeply", Summary: "Locals refer to each other too deeply",
		Meaning: "A chain of locals is longer than 100.",
		Made:    "A chain of 200 locals, each of which is the next.",
		Good: `locals {
  a = local.b
  b = "x"
}
`,
	},
	{
		ID: "expressions-refer-to-themselves", Summary: "Expressions refer to themselves",
		Meaning: "Expr blocks need each other in a circle, or in a chain of more than 50.",
		Bad: `expr "a" { cel = "expr.b" }
expr "b" { cel = "expr.a" }
`,
		Good: `expr "a" { cel = "expr.b" }
expr "b" { cel = "sql.where_bound" }
`,
	},
}
