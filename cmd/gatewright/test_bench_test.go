package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeManyTests makes a policy directory with so many cases of SQL, no two texts alike, over the example's database.
func writeManyTests(b testing.TB, cases int) string {
	b.Helper()
	dir := b.TempDir()
	for _, name := range []string{"policy.hcl", "payments-db.catalog.json", "payments_test.hcl"} {
		text, err := os.ReadFile(filepath.Join("../../examples/payments", name))
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	forms := []string{
		`{ sql = "SELECT id, status FROM orders WHERE id = %d", expect = { decision = "allow", by = ["allow.order-service"], masked = [] } }`,
		`{ sql = "SELECT c.pan AS p FROM customers u JOIN cards c ON c.customer_id = u.id WHERE u.id = %d", as = "billing", rows = [["4111111111111111"]], expect = { decision = "allow", masked = ["p"], rows = [["************1111"]] } }`,
		`{ sql = "DELETE FROM orders WHERE id = %d OR true", expect = { decision = "deny", by = ["deny.unbounded-write"] } }`,
		`{ sql = "WITH x AS (SELECT %d AS n) UPDATE orders SET status = 'void' FROM x WHERE orders.id = x.n", expect = { decision = "allow" } }`,
	}
	var text strings.Builder
	for done := 0; done < cases; done += 1000 {
		fmt.Fprintf(&text, "test \"many %d\" {\n  as = \"order-service\"\n  target = \"payments-db\"\n  expect { decision = \"allow\" }\n  cases = {\n", done)
		for i := done; i < min(done+1000, cases); i++ {
			fmt.Fprintf(&text, "    \"case %d\" = "+forms[i%len(forms)]+"\n", i, i)
		}
		text.WriteString("  }\n}\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "many_test.hcl"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkTest is the verb from the files to the report, over so many SQL cases.
func BenchmarkTest(b *testing.B) {
	for _, cases := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(cases), func(b *testing.B) {
			dir := writeManyTests(b, cases)
			for b.Loop() {
				if code := run(b.Context(), []string{"test", dir}, strings.NewReader(""), io.Discard, os.Stderr); code != exitClean {
					b.Fatalf("exit %d", code)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(cases), "ns/case")
		})
	}
}

// BenchmarkTestMutate tries every mutant of the example's policy against so many SQL cases.
func BenchmarkTestMutate(b *testing.B) {
	for _, cases := range []int{100, 1_000} {
		b.Run(fmt.Sprint(cases), func(b *testing.B) {
			dir := writeManyTests(b, cases)
			for b.Loop() {
				if code := run(b.Context(), []string{"test", dir, "--mutate", "--coverage"}, strings.NewReader(""), io.Discard, os.Stderr); code != exitClean {
					b.Fatalf("exit %d", code)
				}
			}
		})
	}
}
