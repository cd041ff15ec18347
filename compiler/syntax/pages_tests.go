package syntax

// testPages are the pages of tests, by path.
var testPages = map[string]Page{
	"principal": {
		Meaning: "A caller of tests. The claims go through the issuer's `require` and `principal` blocks, as those of a token do.",
		Examples: []string{`# payments_test.hcl
principal "billing" {
  issuer = "corp"
  claims = { sub = "svc:billing", groups = ["billing"], client_type = "service" }
}
`},
	},
	"principal issuer": {Meaning: "name of an `issuer`"},
	"principal claims": {Meaning: "the token's claims: anything that JSON can hold; `sub` is needed"},
	"test": {
		Meaning: "What must come of one or more statements.",
		Notes: "`access`, `would` and `principal` stand in `expect`. Here, an empty list is an expectation: `by = []` is a refusal because no rule allows." + "\n\n" +
			"A case of `cases` has the attributes of `test`, and `expect` as a map. What it leaves out is its test's. Its expectations are put over the test's one by one; with another `decision` or `identity`, none of the test's are left. In the map, `access` is a map from `\"VERB OBJECT\"`. Reports name it `TEST/CASE`." + "\n\n" +
			"How to run tests, and what coverage and mutation say, is in [testing.md](testing.md).",
		Examples: []string{`# payments_test.hcl
test "cards stay masked under any name" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT pan AS p, 'x' || pan AS q, id FROM cards"
  rows   = [["4111111111111111", "x4111111111111111", "7"]]
  expect {
    decision = "allow"
    by       = ["allow.reports"]
    masked   = ["p", "q"]
    rows     = [["************1111", "****", "7"]]
  }
}
`, `# payments_test.hcl
test "billing at night" {
  as     = "billing"
  target = "payments-db"
  time   = "2026-01-02T02:00:00Z"
  sql    = "SELECT id FROM customers"
  expect {
    decision = "deny"
    by       = ["deny.night"]
    access "select" "public.customers" {
      decision = "deny"
      by       = ["deny.night"]
    }
  }
  cases = {
    "two at night"       = {}
    "cards just as much" = { sql = "SELECT id FROM cards", expect = { access = { "select public.cards" = { decision = "deny" } } } }
    "in the afternoon"   = { time = "2026-01-02T14:00:00Z", expect = { decision = "allow" } }
  }
}

principal "robot" {
  issuer = "corp"
  claims = { sub = "x", client_type = "robot" }
}

test "only services and people" {
  as = "robot"
  expect {
    identity = "refused"
    message  = "only services and people may use this gateway"
  }
}
`},
	},
	"test as":                       {Default: "required", Meaning: "name of a `principal`"},
	"test target":                   {Default: "required", Meaning: "name of a `target` that has a `catalog`"},
	"test sql":                      {Default: "required", Meaning: "statements; each must meet all that is expected"},
	"test connect":                  {Default: "`false`", Meaning: "in place of `sql`: the caller opens a session"},
	"test time":                     {Default: "`\"2026-01-01T12:00:00Z\"`", Meaning: "what `request.time` is (RFC 3339)"},
	"test client_address":           {Default: "none", Meaning: "what `request.client_address` is"},
	"test application":              {Default: "none", Meaning: "what `request.application` is"},
	"test rows":                     {Default: "none", Meaning: "rows that the database would give, as PostgreSQL prints their cells"},
	"test cases":                    {Default: "none", Meaning: "a table: each entry is a test of its own, see below"},
	"test expect":                   {Default: "required", Meaning: "what must come of it"},
	"test expect decision":          {Default: "required", Meaning: "`\"allow\"`, `\"approve\"` or `\"deny\"`"},
	"test expect by":                {Default: "not compared", Meaning: "addresses of the rules and masks that decided: exactly these"},
	"test expect masked":            {Default: "not compared", Meaning: "names of the masked output columns: exactly these"},
	"test expect message":           {Default: "not compared", Meaning: "what the caller is told, exactly"},
	"test expect message_contains":  {Default: "not compared", Meaning: "texts that stand in what the caller is told"},
	"test expect route":             {Default: "not compared", Meaning: "name of the `route` that is asked, for `\"approve\"`"},
	"test expect rows":              {Default: "not compared", Meaning: "the rows after masking, written as those of the test"},
	"test expect identity":          {Default: "`\"accepted\"`", Meaning: "`\"refused\"`: the token is refused, with `message`; a test of that has no `sql` and no `decision`"},
	"test expect access":            {Default: "none", Meaning: "what the rules say of one access of the statement, masks aside"},
	"test expect access decision":   {Meaning: "`\"allow\"`, `\"approve\"` or `\"deny\"`"},
	"test expect access by":         {Default: "not compared", Meaning: "addresses of the rules that decided: exactly these"},
	"test expect would":             {Meaning: "what rules in dry run would have made of it"},
	"test expect would decision":    {Default: "not compared", Meaning: "the decision with them in force"},
	"test expect would by":          {Default: "not compared", Meaning: "addresses that would have decided; `[]` where nothing would change"},
	"test expect would masked":      {Default: "not compared", Meaning: "columns that would be masked and are not"},
	"test expect principal":         {Meaning: "what the claims become; a test of that needs no `sql` and no `decision`"},
	"test expect principal subject": {Default: "not compared", Meaning: "what `principal.subject` is"},
	"test expect principal groups":  {Default: "not compared", Meaning: "what `principal.groups` is: exactly these"},
	"test expect principal kind":    {Default: "not compared", Meaning: "what `principal.kind` is"},
}
