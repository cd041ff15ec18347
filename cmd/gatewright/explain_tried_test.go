package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var triedPolicies = flag.Int("tried-policies", 30, "random policies whose explanations TestWhatExplainTriesComesTrue asks again")

const triedPolicy = `policy "p" { language = 1 }
issuer "corp" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["gatewright"]
  }
}
target "db" {
  protocol = "postgres"
  catalog  = "db.json"
}
route "r" {
  approvers      = ["group:dba"]
  approver_kinds = ["machine"]
}
allow "base" {
  targets = ["db"]
  groups  = ["app"]
  postgres { tables = ["public.a"] }
}
`

const triedCatalog = `{"server_version": 170000, "search_path": ["pg_catalog", "public"], "relations": [
  {"schema": "public", "name": "a", "kind": "r", "columns": [{"name": "id", "attribute": 1, "type": "bigint"}]},
  {"schema": "public", "name": "b", "kind": "r", "columns": [{"name": "id", "attribute": 1, "type": "bigint"}]}]}`

// randomRules writes some rules whose conditions ask for things that a request may or may not have.
func randomRules(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	for i := range 2 + r.IntN(4) {
		effect := pick("allow", "allow", "deny", "approve")
		fmt.Fprintf(&b, "%s \"r%d\" {\n  targets = [\"db\"]\n%s  postgres {\n    verbs  = [%s]\n    tables = [%s]\n  }\n%s", effect, i,
			pick("", "  groups = [\"app\"]\n", "  groups = [\"dba\"]\n"), pick(`"select"`, `"delete", "update"`, `"select", "insert", "delete"`),
			pick(`"public.a"`, `"public.b"`, `"public.*"`),
			pick("", "  unless = \"sql.where_bound\"\n", "  when = \"sql.limit > 100 || !sql.has_limit\"\n", "  when = \"principal.kind == 'human'\"\n",
				"  unless = \"'dba' in principal.groups && request.client_address.startsWith('10.')\"\n", "  when = \"request.time.getHours() < 6\"\n",
				"  when = \"request.application == 'batch'\"\n"))
		if effect == "approve" {
			b.WriteString("  route = \"r\"\n")
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// TestWhatExplainTriesComesTrue asks the program again for each other request that it shows, and holds its answer against
// what was shown. No caller is of a kind that the issuer never gives.
func TestWhatExplainTriesComesTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	shown := 0
	for range *triedPolicies {
		dir := t.TempDir()
		for name, text := range map[string]string{"policy.hcl": triedPolicy + randomRules(r), "db.json": triedCatalog} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		sql := []string{"SELECT id FROM a", "SELECT id FROM b LIMIT 5", "DELETE FROM a", "DELETE FROM b WHERE id = 1", "UPDATE a SET id = 1"}[r.IntN(5)]
		asked := map[string]string{"sql": sql, "principal.groups": []string{`["app"]`, `["dba"]`, `[]`}[r.IntN(3)]}
		x := ask(t, dir, asked)
		for _, o := range x.Otherwise {
			if !o.Decided {
				continue
			}
			shown++
			other := map[string]string{"sql": sql, "principal.groups": asked["principal.groups"]}
			for _, c := range o.Request {
				other[c.What] = c.To
			}
			if other["principal.kind"] != "" {
				t.Errorf("the issuer gives machines alone: %v", other)
			}
			if got := ask(t, dir, other); got.Effect != o.Effect || o.Effect == x.Effect {
				t.Errorf("%s, and for %v shown as %s: it is %s", x.Effect, other, o.Effect, got.Effect)
			}
		}
	}
	if shown < *triedPolicies {
		t.Errorf("%d requests were shown", shown)
	}
}

// ask explains one request, given as facts.
func ask(t *testing.T, dir string, facts map[string]string) explainedText {
	t.Helper()
	args := []string{"explain", dir, "--target", "db", "--format", "json", "--subject", "caller"}
	for fact, value := range facts {
		if fact == "principal.groups" {
			var groups []string
			if err := json.Unmarshal([]byte(value), &groups); err != nil {
				t.Fatal(err)
			}
			value = strings.Join(groups, ",")
		}
		flag := map[string]string{
			"sql": "--sql", "principal.groups": "--groups", "principal.kind": "--kind", "request.time": "--time",
			"request.client_address": "--client-address", "request.application": "--application",
		}[fact]
		if flag == "" {
			t.Fatalf("no flag for %s", fact)
		}
		args = append(args, flag, value)
	}
	code, out, diag := play(t, args...)
	if code != exitClean {
		t.Fatal(args, diag)
	}
	var x explained
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		t.Fatal(err)
	}
	return x.Statements[0]
}
