package compiler_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/gatewright/gatewright/compiler"
)

// BenchmarkLint shows that the cost grows with the number of rules and no faster.
func BenchmarkLint(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := ""
			for i := range n / 10 {
				text += fmt.Sprintf("approve \"a%d\" {\n  targets = [\"t%d\"]\n  route = \"r\"\n  postgres { verbs = [\"drop\"] }\n}\n", i, i%500)
				text += fmt.Sprintf("# gatewright:ignore deny-without-message until 2027-01-01 measured\ndeny \"d%d\" {\n  targets = [\"t%d\"]\n  postgres { verbs = [\"drop\"] }\n}\n", i, i%500)
			}
			text += "issuer \"i\" {\n  oidc {\n    url = \"https://login.example.com\"\n    audiences = [\"a\"]\n  }\n  principal { kind = \"claims.kind\" }\n}\n" +
				"route \"r\" { approvers = [\"group:dba\"] }\n"
			result := compiler.Compile(fstest.MapFS{"p.hcl": {Data: []byte(large(n))}, "q.hcl": {Data: []byte(text)}})
			if result.Bundle == nil {
				b.Fatal(result.Diagnostics[0])
			}
			for b.Loop() {
				result.Lint(compiler.LintConfig{Today: lintDay})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/rule")
		})
	}
}

// FuzzLint looks at whatever compiles: nothing may panic, and every finding has its place in the file.
func FuzzLint(f *testing.F) {
	for _, rule := range compiler.LintRules() {
		for _, example := range []string{rule.Bad, rule.Good} {
			files := inPolicy(example)
			f.Add(string(files["policy.hcl"].Data), string(files["policy_test.hcl"].Data))
		}
	}
	f.Fuzz(func(t *testing.T, policy, tests string) {
		fsys := fstest.MapFS{"policy.hcl": {Data: []byte(policy)}, "policy_test.hcl": {Data: []byte(tests)}, "payments-db.catalog.json": {Data: []byte(lintCatalog)}}
		for _, found := range compiler.Compile(fsys).Lint(compiler.LintConfig{Today: lintDay}) {
			complete(t, found.Diagnostic, fsys)
		}
	})
}
