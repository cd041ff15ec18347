package syntax

// rulePages are the pages of what decides, by path.
var rulePages = map[string]Page{
	"allow": {
		Meaning: "Lets accesses pass.",
		Notes:   "A rule with only `functions` is about the verb `call` alone, one with only `tables` never about it.",
		Examples: []string{`allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "insert", "update", "delete"]
    tables = ["public.orders", "public.order_items"]
  }
}

allow "sleep" {
  groups  = ["dba"]
  targets = ["*"]
  postgres {
    verbs     = ["call"]
    functions = ["pg_catalog.pg_sleep"]
  }
  when = "principal.kind == 'human'"
}
`},
	},
	"allow groups":             {Default: "everybody", Meaning: "the caller is in one of them"},
	"allow targets":            {Default: "one of `targets` and `target_labels` is required", Meaning: "names of targets, or `[\"*\"]` for all"},
	"allow target_labels":      {Default: "one of `targets` and `target_labels` is required", Meaning: "targets that have all of these labels"},
	"allow when":               {Default: "true", Meaning: "must hold"},
	"allow unless":             {Default: "false", Meaning: "must not hold"},
	"allow mode":               {Default: "`\"enforce\"`", Meaning: "`\"dry_run\"`: logged, and not in force"},
	"allow postgres":           {Default: "every access", Meaning: "what is done"},
	"allow postgres verbs":     {Default: "every verb", Meaning: "[verbs](#words), or `\"*\"`; an `allow` covers `opaque` by that word only"},
	"allow postgres tables":    {Default: "every table", Meaning: "`schema.table`, `schema.*` or `*`"},
	"allow postgres functions": {Default: "every function; none in an `allow`", Meaning: "`schema.function`, `schema.*` or `*`, for the verb `call`; an `allow` covers a function only when this names it"},
	"deny": {
		Meaning: "Refuses accesses, whatever else allows them.",
		Examples: []string{`deny "unbounded-write" {
  target_labels = { env = "prod" }
  postgres { verbs = ["update", "delete"] }
  unless  = "sql.where_bound"
  message = "UPDATE and DELETE on production need a WHERE that can be false"
}
`},
	},
	"deny mode":    {Default: "the policy's", Meaning: "`\"dry_run\"`: logged, and not in force"},
	"deny message": {Default: "none", Meaning: "what the caller is told"},
	"approve": {
		Meaning: "Holds accesses until people agree. It does not allow by itself: some `allow` must cover the access too.",
		Examples: []string{`approve "prod-delete" {
  target_labels = { env = "prod" }
  postgres { verbs = ["delete", "truncate", "drop"] }
  route   = "dba-oncall"
  message = "deleting production rows needs the DBA on call"
}
`},
	},
	"approve route":   {Meaning: "name of a `route`: who is asked"},
	"approve mode":    {Default: "the policy's", Meaning: "`\"dry_run\"`: logged, and not in force"},
	"approve message": {Default: "none", Meaning: "why it is held"},
	"mask": {
		Meaning: "Hides the values of classes from everybody but those whom `unless` spares.",
		Notes:   "Conditions of a mask cannot use `access`: it stands for a whole statement. [What a policy means](language.md#what-a-policy-means) tells what becomes of columns and of expressions over them.",
		Examples: []string{`mask "cards" {
  classes    = ["card-number"]
  with       = "last4"
  unless     = "'fraud-analysts' in principal.groups"
  predicates = "deny"
}
`, `mask "contact" {
  classes = ["contact"]
  with    = "hash"
  key     = "customers"
}
`},
	},
	"mask classes":    {Meaning: "names of classes"},
	"mask with":       {Meaning: "a [transform](#words); where several masks stand, the strongest"},
	"mask width":      {Default: "none", Meaning: "how much falls into one bucket, for `bucket` alone: `\"10\"`, `\"0.5\"`, or for dates and times `\"day\"`, `\"week\"`, `\"month\"`, `\"quarter\"`, `\"year\"`"},
	"mask key":        {Default: "none", Meaning: "name of a `mask_key` of the gateway's configuration, for `hash` and `tokenize` alone: masks with the same key give the same result for the same value"},
	"mask value":      {Default: "none", Meaning: "the constant, for `fixed` alone"},
	"mask groups":     {Default: "everybody", Meaning: "it stands for callers in one of them"},
	"mask when":       {Default: "true", Meaning: "it stands where this holds"},
	"mask unless":     {Default: "false", Meaning: "it does not stand where this holds"},
	"mask predicates": {Default: "`\"deny\"`", Meaning: "a masked column that decides which rows come, in what order or in what groups: `\"deny\"` refuses, `\"equality\"` takes `column = constant` alone, `\"allow\"` takes everything"},
	"mask message":    {Default: "none", Meaning: "what the caller is told on a refusal"},
	"mask mode":       {Default: "the policy's", Meaning: "`\"dry_run\"`: logged, and not in force"},
	"route": {
		Meaning: "Who is asked to approve.",
		Examples: []string{`route "dba-oncall" {
  approvers = ["group:dba"]
  quorum    = 1
  hold      = "2m"
  expires   = "30m"
}
`},
	},
	"route approvers":      {Meaning: "`\"group:NAME\"` or `\"subject:NAME\"`, with `ISSUER/` in front where the policy has several issuers"},
	"route approver_kinds": {Default: "`[\"human\"]`", Meaning: "kinds of principal whose vote counts: `human`, `machine`, `agent`"},
	"route quorum":         {Default: "`1`", Meaning: "how many different people must agree, 1 to 100; the caller never counts"},
	"route hold":           {Default: "`\"2m\"`", Meaning: "how long the connection waits before it is sent away with its ticket"},
	"route expires":        {Default: "`\"30m\"`", Meaning: "how long the ticket can be decided and used"},
	"route notify":         {Default: "none", Meaning: "notifiers of the gateway's configuration"},
	"invariant": {
		Meaning: "What must never come of any request. `gatewright validate` and `gatewright plan` prove it for all requests, or show one that breaks it, or say why they cannot tell (see [plan.md](plan.md)). It is no part of the bundle.",
		Notes:   "What needs no rule, as reading a catalog that shows structure only, does not count. Rules and masks in dry run do not count either.",
		Examples: []string{`invariant "only the DBAs and their service delete" {
  never = "allow"
  when  = "access.verb == 'delete' && !('dba' in principal.groups)"
}
`},
	},
	"invariant never": {Meaning: "`\"allow\"`: passes at once; `\"approve\"`: passes once people agree; `\"unmasked\"`: a column of a class is read as it is"},
	"invariant when":  {Default: "true", Meaning: "the requests that it is about; one for which this has no value is among them"},
}
