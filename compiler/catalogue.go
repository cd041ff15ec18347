package compiler

import (
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Entry is one kind of diagnostic: what docs/errors.md and other formats say of it beside the case at hand.
type Entry struct {
	// ID is stable: it stays when the summary gets better words. It is lower-case words joined by hyphens.
	ID      string
	Summary string
	// Meaning says in a sentence or two what is wrong, and why it matters.
	Meaning string
	// Bad and Good are files beside ExamplePolicy: one of the two has the diagnostic. A text that begins with
	// "-- NAME --" holds files of those names, any other text is one file. Made says instead of Bad how such a file is
	// made, where it does not fit into a page.
	Bad, Made, Good string
	// Proved entries are not Compile's: they are about what a valid policy promises for every request. Nor are those of
	// Formatting, which are fmt's alone.
	Proved     bool
	Formatting bool
}

// ExamplePolicy is the policy that the examples of entries stand beside, by file.
func ExamplePolicy() map[string]string {
	return map[string]string{"policy.hcl": examplePolicy, "payments-db.json": exampleCatalog, "principals_test.hcl": examplePrincipal}
}

const examplePolicy = `policy "example" { language = 1 }
issuer "corp" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["gatewright"]
  }
  principal { kind = "claims.kind" }
}
target "payments-db" {
  protocol = "postgres"
  labels   = { env = "prod" }
  catalog  = "payments-db.json"
}
class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
}
route "dba" { approvers = ["group:dba"] }
allow "readers" {
  targets = ["payments-db"]
  postgres { verbs = ["select"] }
}
`

const exampleCatalog = `{"server_version": 170000, "search_path": ["pg_catalog", "public"],
 "relations": [{"schema": "public", "name": "cards", "kind": "r", "columns": [
   {"name": "id", "attribute": 1, "type": "bigint"},
   {"name": "pan", "attribute": 2, "type": "text"},
   {"name": "holder", "attribute": 3, "type": "text"}]}],
 "functions": [{"schema": "public", "name": "purge", "arguments": "", "language": "sql", "volatility": "v", "kind": "f"}]}
`

const examplePrincipal = `principal "billing" {
  issuer = "corp"
  claims = { sub = "svc:billing", groups = ["billing"], kind = "machine" }
}
`

// Group is a page's section of entries.
type Group struct {
	Title   string
	Entries []Entry
}

// Catalogue gives every kind of diagnostic that a policy can get, by subject. Those that only a fault of this build could
// bring about are not in it.
func Catalogue() []Group {
	return []Group{
		{"Names and references", namesEntries},
		{"Blocks and attributes", structureEntries},
		{"Values and words", valuesEntries},
		{"Issuers and approvers", identityEntries},
		{"Conditions", conditionsEntries},
		{"Modules and variables", modulesEntries},
		{"Tests", testsEntries},
		{"Invariants", invariantEntries},
		{"Files", filesEntries},
	}
}

// Identify gives each diagnostic its id: that of its entry or, where there is none, its summary in the form of one.
func Identify(diags schema.Diagnostics) {
	ids := map[string]string{}
	for _, g := range Catalogue() {
		for _, e := range g.Entries {
			ids[e.Summary] = e.ID
		}
	}
	for i := range diags {
		if id := ids[diags[i].Summary]; id != "" {
			diags[i].ID = id
		} else {
			diags[i].ID = slug(diags[i].Summary)
		}
	}
}

// slug makes an id of a summary.
func slug(summary string) string {
	words := strings.FieldsFunc(strings.ToLower(summary), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}
