package main

import (
	"fmt"
	"strings"
)

// caller is a client of the issuer, and the group that it is in.
type caller string

const (
	// application is masked by column.
	application caller = "application"
	// watched has detectors on every text column besides.
	watched caller = "watched"
)

// policyRules is how many rules and masks the policy has.
const policyRules = 1000

const policyHead = `
policy "bench" {
  language = 1
  owner    = "appsec@example.com"
}

issuer "dev" {
  oidc {
    url        = %q
    audiences  = ["gatewright"]
    algorithms = ["ES256"]
  }
  principal {
    subject = "claims.sub"
    groups  = "claims.groups"
    kind    = "claims.client_type == 'human' ? 'human' : 'machine'"
  }
  outlive_token = true
}

target "bench" {
  protocol = "postgres"
}

route "dba" {
  approvers = ["group:dba"]
}

class "contact" {
  targets = ["bench"]
  columns = ["public.people.email"]
}

class "filler" {
  targets = ["bench"]
  columns = ["public.pgbench_accounts.filler"]
}

class "found" {
  targets = ["bench"]
  detect  = ["credit_card", "email", "iban", "us_ssn"]
}

mask "contact" {
  classes = ["contact"]
  with    = "email"
}

mask "filler" {
  classes = ["filler"]
  with    = "redact"
}

mask "found" {
  groups  = ["watched"]
  classes = ["found"]
  with    = "redact"
}

allow "tables" {
  groups  = ["staff"]
  targets = ["bench"]
  postgres {
    verbs  = ["select", "insert", "update"]
    tables = ["public.*"]
  }
}

deny "agents" {
  targets = ["bench"]
  postgres { verbs = ["insert", "update"] }
  when    = "principal.kind == 'agent'"
}

deny "unbounded" {
  targets = ["bench"]
  postgres { verbs = ["update", "delete"] }
  unless  = "sql.has_where"
}
`

// policyOwn is how many rules and masks stand in the head.
const policyOwn = 6

// policy is what a large organisation has on one database: the rules that matter to the two callers, among those of
// fifty teams, one of which they are in.
func policy(issuer string) string {
	var b strings.Builder
	fmt.Fprintf(&b, policyHead, issuer)
	kinds := []struct{ effect, verbs, more string }{
		{"allow", `"select"`, ""},
		{"allow", `"insert", "update"`, `when = "principal.kind == 'machine'"`},
		{"deny", `"delete", "truncate"`, `unless = "sql.has_where"`},
		{"approve", `"drop", "alter"`, `route = "dba"`},
	}
	for i := range policyRules - policyOwn {
		k := kinds[i%len(kinds)]
		fmt.Fprintf(&b, "\n%s \"rule-%03d\" {\n  groups = [\"team-%02d\"]\n  targets = [\"bench\"]\n", k.effect, i, i%50)
		fmt.Fprintf(&b, "  postgres {\n    verbs = [%s]\n    tables = [\"team%02d.t%d\", \"shared.t%d\"]\n  }\n  %s\n}\n", k.verbs, i%50, i, i%40, k.more)
	}
	return b.String()
}

// policyConcerns is how many of them concern the callers: those of the head, and those of their team.
func policyConcerns() int {
	n := policyOwn
	for i := range policyRules - policyOwn {
		if i%50 == 7 {
			n++
		}
	}
	return n
}
