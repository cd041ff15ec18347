package compiler_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler"
)

var update = flag.Bool("update", false, "rewrite docs/lint.md")

// lintDay is the day on which pages and fixtures are looked at.
var lintDay = time.Date(2026, time.December, 1, 15, 0, 0, 0, time.UTC)

// around are the blocks that the examples of pages stand among, as far as they do not bring their own.
var around = []string{
	`policy "payments" {
  language = 1
  owner    = "appsec@example.com"
}
`, `issuer "corp" {
  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  principal {
    kind = "claims.client_type == 'human' ? 'human' : 'machine'"
  }
}
`, `target "payments-db" {
  protocol = "postgres"
  catalog  = "payments-db.catalog.json"
}
`, `allow "base" {
  groups  = ["base"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["insert"]
    tables = ["public.customers"]
  }
}
`,
}

var aroundTests = `principal "billing" {
  issuer = "corp"
  claims = { sub = "svc:billing", groups = ["billing"] }
}
test "base" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    decision = "allow"
    by       = ["allow.base"]
  }
}
`

const lintCatalog = `{"server_version": 170000, "search_path": ["pg_catalog", "public"], "relations": [
  {"schema": "public", "name": "orders", "kind": "r", "columns": [
    {"name": "id", "attribute": 1, "type": "bigint"}, {"name": "total", "attribute": 2, "type": "numeric(12,2)"}]},
  {"schema": "public", "name": "cards", "kind": "r", "columns": [{"name": "pan", "attribute": 1, "type": "text"}]},
  {"schema": "public", "name": "customers", "kind": "r", "columns": [
    {"name": "email", "attribute": 1, "type": "text"}, {"name": "postcode", "attribute": 2, "type": "character varying(8)"},
    {"name": "country", "attribute": 3, "type": "character(2)"}, {"name": "birth_date", "attribute": 4, "type": "date"}]}]}`

var heads = regexp.MustCompile(`(?m)^[a-z]+ "[^"]*"`)

// inPolicy puts a page's example among the blocks around it.
func inPolicy(example string) fstest.MapFS {
	policy, tests, _ := strings.Cut("\n"+example, "\n# policy_test.hcl\n")
	own := heads.FindAllString(policy, -1)
	for _, block := range around {
		if !slices.Contains(own, heads.FindString(block)) && (heads.FindString(block) != `issuer "corp"` || !strings.Contains(policy, "\nissuer ")) {
			policy += "\n" + block
		}
	}
	tests += "\n" + aroundTests
	if !strings.Contains(policy, `issuer "corp"`) {
		tests = strings.ReplaceAll(tests, `"corp"`, `"ci"`)
	}
	return fstest.MapFS{
		"policy.hcl": {Data: []byte(policy)}, "policy_test.hcl": {Data: []byte(tests)}, "payments-db.catalog.json": {Data: []byte(lintCatalog)},
	}
}

// analysed stands for what an analysis of meaning says of the example of the page about it.
var analysed = map[string][]compiler.Idle{
	"unreachable-rule": {{Rule: "deny.no-bulk-delete", Never: true, Reason: "its when is false for every request"}},
	"shadowed-rule":    {{Rule: "allow.orders", Reason: "the outcome is the same without it because of allow.reports", By: []string{"allow.reports"}}},
}

func lintExample(id, example string) []compiler.Finding {
	return compiler.Compile(inPolicy(example)).Lint(compiler.LintConfig{Today: lintDay, Idle: analysed[id]})
}

// TestLintPages holds every page to its word: the bad example has a finding of the rule, and the good one has none of any
// rule, but for tests, which examples leave out unless they are about them.
func TestLintPages(t *testing.T) {
	for _, rule := range compiler.LintRules() {
		t.Run(rule.ID, func(t *testing.T) {
			if rule.Summary == "" || rule.Why == "" || strings.HasSuffix(rule.Summary, ".") {
				t.Error("the page is not complete")
			}
			found := func(f compiler.Finding) bool { return f.Rule == rule.ID && f.Ignored == nil }
			bad := lintExample(rule.ID, rule.Bad)
			if !slices.ContainsFunc(bad, found) {
				t.Errorf("nothing is found in the bad example: %+v", bad)
			}
			for _, f := range bad {
				if f.Summary == "" || f.Detail == "" || f.Hint == "" || f.Fingerprint == "" {
					t.Errorf("a finding lacks something: %+v", f)
				}
			}
			for _, f := range lintExample(rule.ID, rule.Good) {
				if f.Ignored == nil && (f.Rule != "untested-rule" || rule.ID == "untested-rule") {
					t.Errorf("the good example has %s: %s at %s", f.Rule, f.Detail, f.Range)
				}
			}
		})
	}
}

func TestLintIDs(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	for _, rule := range compiler.LintRules() {
		if seen[rule.ID] || !form.MatchString(rule.ID) {
			t.Errorf("bad ID %q", rule.ID)
		}
		seen[rule.ID] = true
	}
}

// TestLintDocument holds docs/lint.md against the catalogue.
func TestLintDocument(t *testing.T) {
	const file = "../docs/lint.md"
	if *update {
		if err := os.WriteFile(file, []byte(compiler.LintDocument()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(compiler.LintDocument(), string(got)); diff != "" {
		t.Errorf("go test ./compiler -run LintDocument -update writes it (-catalogue +file):\n%s", diff)
	}
}
