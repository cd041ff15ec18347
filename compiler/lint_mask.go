package compiler

import "github.com/gatewright/gatewright/schema"

// maskRules look for masks through which values can still be learnt.
func maskRules() []LintRule {
	return []LintRule{
		{
			ID: "mask-predicates-allow", Severity: schema.SeverityError, Summary: "Mask that lets callers search by what it hides", check: checkPredicates,
			Why: "With predicates = \"allow\" a caller may put the masked column into WHERE, ORDER BY and GROUP BY. A few dozen questions " +
				"such as WHERE pan LIKE '4%' give any value, digit by digit. Use \"deny\", or \"equality\" where callers look a row up by " +
				"its whole value.",
			Bad: `class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
}

mask "cards" {
  classes    = ["card-number"]
  with       = "last4"
  predicates = "allow"
}
`,
			Good: `class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
}

mask "cards" {
  classes    = ["card-number"]
  with       = "last4"
  predicates = "deny"
}
`,
		},
		{
			ID: "mask-for-few", Severity: schema.SeverityWarning, Summary: "Mask that stands for some callers only", check: checkMaskGroups,
			Why: "A mask with groups hides nothing from callers outside of them: a new group, or a caller without any, sees the values. " +
				"Mask for everybody, and spare by unless those who may see them.",
			Bad: `class "contact" {
  targets = ["payments-db"]
  columns = ["public.customers.email"]
}

mask "contact" {
  classes = ["contact"]
  groups  = ["support"]
  with    = "email"
}
`,
			Good: `class "contact" {
  targets = ["payments-db"]
  columns = ["public.customers.email"]
}

mask "contact" {
  classes = ["contact"]
  with    = "email"
  unless  = "'dba' in principal.groups"
}
`,
		},
		{
			ID: "mask-shows-most", Severity: schema.SeverityWarning, Summary: "Mask that shows much of a short column", check: checkShort,
			Why: "last4 leaves four characters and first1 one. Of a column that holds at most twelve characters, four are a third or more, " +
				"and with what else is known of a person that is the value. Use redact for short columns.",
			Bad: `class "country" {
  targets = ["payments-db"]
  columns = ["public.customers.postcode"]
}

mask "country" {
  classes = ["country"]
  with    = "last4"
}
`,
			Good: `class "country" {
  targets = ["payments-db"]
  columns = ["public.customers.postcode"]
}

mask "country" {
  classes = ["country"]
  with    = "redact"
}
`,
		},
		{
			ID: "mask-bucket-of-one", Severity: schema.SeverityWarning, Summary: "Bucket that holds one value each", check: checkBucketOfOne,
			Why: "Days are what a date is made of, and whole numbers are one apart: a bucket no wider than that gives every value back as it is.",
			Bad: `class "birthday" {
  targets = ["payments-db"]
  columns = ["public.customers.birth_date"]
}

mask "birthday" {
  classes = ["birthday"]
  with    = "bucket"
  width   = "day"
}
`,
			Good: `class "birthday" {
  targets = ["payments-db"]
  columns = ["public.customers.birth_date"]
}

mask "birthday" {
  classes = ["birthday"]
  with    = "bucket"
  width   = "year"
}
`,
		},
		{
			ID: "mask-hash-of-few", Severity: schema.SeverityInfo, Summary: "Hash or token of a column with few values", check: checkFewValues,
			Why: "The same value has the same hash and the same token. In a column with few different values, how often each comes gives it " +
				"away: the hash that half of the customers have is that of the country that half of them live in. Hash and tokenize what " +
				"is different in most rows, and use redact for the rest.",
			Bad: `class "country" {
  targets = ["payments-db"]
  columns = ["public.customers.country"]
}

mask "country" {
  classes = ["country"]
  with    = "hash"
  key     = "customers"
}
`,
			Good: `class "country" {
  targets = ["payments-db"]
  columns = ["public.customers.country"]
}

mask "country" {
  classes = ["country"]
  with    = "redact"
}
`,
		},
		{
			ID: "mask-without-text", Severity: schema.SeverityInfo, Summary: "Transform over a column that it has no form for", check: checkNoText,
			Why: "redact, last4, first1 and email are for text, bucket is for numbers or for dates as its width says, hash is for text, bigint " +
				"and uuid, tokenize for those and integer. A column of any other type comes back as NULL. Write with = \"null\" so that " +
				"readers of the policy, and of the results, expect that.",
			Bad: `class "amount" {
  targets = ["payments-db"]
  columns = ["public.orders.total"]
}

mask "amount" {
  classes = ["amount"]
  with    = "redact"
}
`,
			Good: `class "amount" {
  targets = ["payments-db"]
  columns = ["public.orders.total"]
}

mask "amount" {
  classes = ["amount"]
  with    = "null"
}
`,
		},
	}
}

// classRules look for classes that miss what they are about.
func classRules() []LintRule {
	return []LintRule{
		{
			ID: "detect-only-class", Severity: schema.SeverityWarning, Summary: "Class that names no column", check: checkDetectOnly,
			Why: "Detectors are the second net: they look at values as they pass and err on both sides. A class without columns masks " +
				"nothing by its name, follows nothing through views and expressions, and stops no question about the values.",
			Bad: `class "card-number" {
  targets = ["payments-db"]
  detect  = ["credit_card"]
}

mask "cards" {
  classes = ["card-number"]
  with    = "last4"
}
`,
			Good: `class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
  detect  = ["credit_card"]
}

mask "cards" {
  classes = ["card-number"]
  with    = "last4"
}
`,
		},
		{
			ID: "target-without-catalog", Severity: schema.SeverityWarning, Summary: "Target without a catalog", check: checkNoCatalog,
			Why: "Without a catalog snapshot the names of columns and tables cannot be checked, and the target cannot be tested. A slip " +
				"in a class's column then shows in production, as a value in the clear.",
			Bad: `target "archive-db" {
  protocol = "postgres"
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
			ID: "policy-without-owner", Severity: schema.SeverityInfo, Summary: "Policy without an owner", check: checkOwner,
			Why: "The owner stands in the hint that a refused caller reads. Without one they do not know whom to ask, and ask for a wider " +
				"rule.",
			Bad: `policy "payments" {
  language = 1
}
`,
			Good: `policy "payments" {
  language = 1
  owner    = "appsec@example.com"
}
`,
		},
	}
}
