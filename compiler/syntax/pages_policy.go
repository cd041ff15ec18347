package syntax

// policyPages are the pages of what a policy is about, by path.
var policyPages = map[string]Page{
	"policy": {
		Meaning: "Names the policy. There is one in a directory.",
		Examples: []string{`policy "payments" {
  language = 1
  owner    = "appsec@example.com"
}
`},
	},
	"policy language": {Meaning: "version of the language: `1`"},
	"policy owner":    {Default: "none", Meaning: "whom a refused caller may ask; shown in hints"},
	"policy mode":     {Default: "`\"enforce\"`", Meaning: "`\"dry_run\"`: what `deny`, `approve` and `mask` blocks would do is logged and not done; a block's own `mode` goes first. `allow` blocks are not affected by it"},
	"issuer": {
		Meaning: "Says whose tokens are taken, and makes a principal of a token's claims.",
		Examples: []string{`issuer "corp" {
  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  require {
    when    = "claims.client_type in ['service', 'human']"
    message = "only services and people may use this gateway"
  }
  principal {
    subject = "claims.sub"
    groups  = "claims.groups"
    kind    = "claims.client_type == 'human' ? 'human' : 'machine'"
  }
  outlive_token = false
}
`},
	},
	"issuer outlive_token":     {Default: "`false`", Meaning: "sessions go on after the token has expired"},
	"issuer oidc":              {Meaning: "an OpenID Connect issuer"},
	"issuer oidc url":          {Meaning: "its identifier, exactly as in the claim `iss`; https, or http on a loopback address"},
	"issuer oidc audiences":    {Meaning: "the token's `aud` must hold one of them"},
	"issuer oidc algorithms":   {Default: "`[\"ES256\", \"RS256\"]`", Meaning: "signatures that are taken: `ES256` `ES384` `ES512` `EdDSA` `PS256` `PS384` `PS512` `RS256` `RS384` `RS512`"},
	"issuer oidc max_lifetime": {Default: "`\"2h\"`", Meaning: "longest time from `iat` to `exp`"},
	"issuer require":           {Default: "none", Meaning: "each must hold, or the token is refused"},
	"issuer require when":      {Meaning: "over `claims`: what must hold of the token"},
	"issuer require message":   {Meaning: "what the caller is told otherwise"},
	"issuer principal":         {Meaning: "what the caller is called"},
	"issuer principal subject": {Default: "`\"claims.sub\"`", Meaning: "over `claims`, a string: its name within this issuer"},
	"issuer principal groups":  {Default: "the claim `groups`, or none", Meaning: "over `claims`, a list of strings: what rules know the caller by"},
	"issuer principal kind":    {Default: "`\"'machine'\"`", Meaning: "over `claims`, a string: `machine`, `human` or `agent`"},
	"target": {
		Meaning: "What is protected. Its address and credential are in the gateway's own configuration, under the same name.",
		Notes:   "`gatewright catalog pull` writes the same file for the same structure, whatever\nthe server; keep it beside the policy. `gatewright catalog diff FILE --address\nHOST:PORT ... --policy DIR` shows what has changed in the database since, and\nwhich classes, rules and masks name it. It exits with 1 when anything has, so\nthat a nightly job can tell.",
		Examples: []string{`target "payments-db" {
  protocol = "postgres"
  labels   = { env = "prod", data = "pci" }
  catalog  = "payments-db.catalog.json"
}
`},
	},
	"target protocol": {Meaning: "`\"postgres\"`"},
	"target labels":   {Default: "none", Meaning: "free; rules select by them (`target_labels`) and conditions read them (`target.labels`)"},
	"target catalog":  {Default: "none", Meaning: "file in the policy's directory, written by `gatewright catalog pull`; tests need it, and every table, column and function that blocks and conditions name is checked against it"},
	"class": {
		Meaning: "What is sensitive. It needs `columns`, `detect` or both.",
		Examples: []string{`class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
  detect  = ["credit_card"]
}

class "contact" {
  targets = ["payments-db"]
  columns = ["public.customers.email"]
}
`},
	},
	"class targets": {Meaning: "names of targets"},
	"class columns": {Default: "none", Meaning: "columns as `schema.table.column`; they are followed through views, subqueries, aliases and expressions"},
	"class detect":  {Default: "none", Meaning: "[detectors](#words) that look for values in text of the targets, wherever they turn up"},
}
