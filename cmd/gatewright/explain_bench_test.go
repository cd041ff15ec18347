package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeManyRules makes a policy directory with so many rules, each about a table of its own.
func writeManyRules(b testing.TB, rules int) string {
	b.Helper()
	var policy, catalog strings.Builder
	policy.WriteString(triedPolicy)
	catalog.WriteString(`{"server_version": 170000, "search_path": ["pg_catalog", "public"], "relations": [`)
	for i := range rules {
		fmt.Fprintf(&policy, `%s "many%d" {
  targets = ["db"]
  groups  = ["g%d"]
  postgres {
    verbs  = ["select", "delete"]
    tables = ["public.t%d"]
  }
  when   = "sql.limit < %d && request.application == 'a%d'"
  unless = "principal.kind == 'human' || sql.where_bound"
}
`, []string{"allow", "deny", "allow"}[i%3], i, i%97, i, i+1, i)
		fmt.Fprintf(&catalog, `{"schema": "public", "name": "t%d", "kind": "r", "columns": [{"name": "id", "attribute": 1, "type": "bigint"}]},`, i)
	}
	catalog.WriteString(`{"schema": "public", "name": "a", "kind": "r", "columns": [{"name": "id", "attribute": 1, "type": "bigint"}]}]}`)
	dir := b.TempDir()
	for name, text := range map[string]string{"policy.hcl": policy.String(), "db.json": catalog.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkExplain is the verb from the files to the answer, for so many statements under 1,000 rules.
func BenchmarkExplain(b *testing.B) {
	dir := writeManyRules(b, 1_000)
	for _, statements := range []int{1, 30, 300} {
		b.Run(fmt.Sprint(statements), func(b *testing.B) {
			var sql strings.Builder
			for i := range statements {
				fmt.Fprintf(&sql, "SELECT id FROM t%d WHERE id = %d;\n", i, i)
			}
			args := []string{"explain", dir, "--target", "db", "--subject", "caller", "--groups", "g1", "--sql", sql.String()}
			for b.Loop() {
				if code := run(b.Context(), args, strings.NewReader(""), io.Discard, os.Stderr); code != exitClean {
					b.Fatalf("exit %d", code)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(statements), "ns/statement")
		})
	}
}
