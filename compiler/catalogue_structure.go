package compiler

// structureEntries are about blocks and attributes.
var structureEntries = []Entry{
	{
		ID: "no-policy-block", Summary: "No policy block",
		Meaning: "No file says what policy this is, and in which version of the language it is written.",
		Bad: `-- policy.hcl --
target "db" { protocol = "postgres" }
`,
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "unknown-block", Summary: "Unknown block",
		Meaning: "There is no block of this type at this place.",
		Bad: `alow "readers" { targets = ["payments-db"] }
`,
		Good: `allow "more" { targets = ["payments-db"] }
`,
	},
	{
		ID: "missing-block", Summary: "Missing block",
		Meaning: "A block needs an inner block.",
		Bad: `issuer "other" {}
`,
		Good: `issuer "other" {
  oidc {
    url       = "https://other.example.com"
    audiences = ["gatewright"]
  }
}
`,
	},
	{
		ID: "duplicate-block", Summary: "Duplicate block",
		Meaning: "An inner block stands twice where there is room for one.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  postgres { verbs = ["select"] }
  postgres { tables = ["public.cards"] }
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.cards"]
  }
}
`,
	},
	{
		ID: "unknown-attribute", Summary: "Unknown attribute",
		Meaning: "A block has no attribute of this name.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  verbs   = ["select"]
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  postgres { verbs = ["select"] }
}
`,
	},
	{
		ID: "missing-attribute", Summary: "Missing attribute",
		Meaning: "A block needs an attribute.",
		Bad: `mask "m" { classes = ["card-number"] }
`,
		Good: `mask "m" {
  classes = ["card-number"]
  with    = "last4"
}
`,
	},
	{
		ID: "missing-targets", Summary: "Missing targets",
		Meaning: "A rule says which targets it is about, or that it is about all.",
		Bad: `allow "a" { groups = ["billing"] }
`,
		Good: `allow "a" {
  groups  = ["billing"]
  targets = ["*"]
}
`,
	},
	{
		ID: "both-targets-and-target-labels", Summary: "Both targets and target_labels",
		Meaning: "A rule names its targets or selects them by labels, not both.",
		Bad: `allow "a" {
  targets       = ["payments-db"]
  target_labels = { env = "prod" }
}
`,
		Good: `allow "a" { target_labels = { env = "prod" } }
`,
	},
	{
		ID: "no-target-has-these-labels", Summary: "No target has these labels",
		Meaning: "A selection of no target would be a rule that silently does nothing.",
		Bad: `deny "a" { target_labels = { env = "prd" } }
`,
		Good: `deny "a" { target_labels = { env = "prod" } }
`,
	},
	{
		ID: "empty-target-labels", Summary: "Empty target_labels",
		Meaning: "Without any label the selection would mean every target.",
		Bad: `deny "a" { target_labels = {} }
`,
		Good: `deny "a" { targets = ["*"] }
`,
	},
	{
		ID: "empty-list", Summary: "Empty list",
		Meaning: "An empty list could be read as everything or as nothing.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  groups  = []
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  groups  = ["billing"]
}
`,
	},
	{
		ID: "empty-text", Summary: "Empty text",
		Meaning: "A list holds an empty text.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  groups  = ["billing", ""]
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
  groups  = ["billing"]
}
`,
	},
	{
		ID: "class-without-columns", Summary: "Class without columns",
		Meaning: "A class is columns, detected values or both; this one is neither.",
		Bad: `class "c" { targets = ["payments-db"] }
`,
		Good: `class "c" {
  targets = ["payments-db"]
  detect  = ["email"]
}
`,
	},
	{
		ID: "more-mistakes", Summary: "More mistakes",
		Meaning: "More than 200 mistakes were found, and the others are not shown.",
		Made:    "Three hundred rules, each for a target that is not there.",
		Good: `allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "nothing-is-allowed", Summary: "Nothing is allowed",
		Meaning: "The policy has no allow block, and denies everything. It is a warning.",
		Bad: `-- policy.hcl --
policy "p" { language = 1 }
`,
		Good: `-- policy.hcl --
policy "p" { language = 1 }
target "db" { protocol = "postgres" }
allow "a" { targets = ["db"] }
`,
	},
	{
		ID: "unsupported-language-version", Summary: "Unsupported language version",
		Meaning: "The policy is written in a version of the language that this build does not know; nothing else is checked then.",
		Bad: `-- policy.hcl --
policy "p" { language = 99 }
`,
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "expected-rows-without-rows", Summary: "Expected rows without rows",
		Meaning: "A test expects rows after masking, and gives none before.",
		Bad: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT pan FROM cards"
  expect {
    decision = "allow"
    rows     = [["****"]]
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT pan FROM cards"
  rows   = [["4111111111111111"]]
  expect {
    decision = "allow"
    rows     = [["****"]]
  }
}
`,
	},
	{
		ID: "target-without-catalog", Summary: "Target without catalog",
		Meaning: "A test needs the tables of its target, which a catalog tells.",
		Bad: `-- bare.hcl --
target "bare" { protocol = "postgres" }
-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "bare"
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
}
