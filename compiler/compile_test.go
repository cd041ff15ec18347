package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

const small = `policy "p" { language = 1 }
target "db" {
  protocol = "postgres"
  catalog  = "db.json"
}
allow "a" {
  targets = ["db"]
  groups  = ["z", "a", "z"]
  postgres {
    verbs  = ["update", "select"]
    tables = ["public.b", "PUBLIC.A", "Audit.*"]
  }
}
`

// smallCatalog is the catalog of small's target.
const smallCatalog = `{"server_version": 170000, "search_path": ["public"], "relations": [
  {"schema": "public", "name": "a", "kind": "r", "columns": []}, {"schema": "public", "name": "b", "kind": "r", "columns": []},
  {"schema": "public", "name": "cards", "kind": "r", "columns": [{"name": "pan"}]},
  {"schema": "public", "name": "old", "kind": "r", "columns": [{"name": "pan"}]},
  {"schema": "audit", "name": "log", "kind": "r", "columns": []}]}`

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSameBundleAnywhere(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		write(t, dir, "policy.hcl", small)
		write(t, dir, "db.json", smallCatalog)
		write(t, dir, "more.hcl", "deny \"z\" { targets = [\"*\"] }\ndeny \"b\" { targets = [\"*\"] }\n")
	}
	a, b := compiler.Compile(os.DirFS(one)), compiler.Compile(os.DirFS(two))
	if len(a.Diagnostics) > 0 {
		t.Fatal(a.Diagnostics)
	}
	if diff := cmp.Diff(a.Bundle, b.Bundle); diff != "" {
		t.Error(diff)
	}
	want := schema.Rule{
		Address: "allow.a", Effect: schema.Allow, Groups: []string{"a", "z"}, Targets: []string{"db"}, Protocol: "postgres",
		Verbs: []string{"select", "update"}, Tables: []string{"audit.*", "public.a", "public.b"},
	}
	if diff := cmp.Diff(want, a.Bundle.Rules[0], cmpopts.IgnoreFields(schema.Rule{}, "Range")); diff != "" {
		t.Error(diff)
	}
	if got := a.Bundle.Rules[1].Address + " " + a.Bundle.Rules[2].Address; got != "deny.b deny.z" {
		t.Errorf("rules are not sorted: %s", got)
	}
}

func TestUnreadableFiles(t *testing.T) {
	tests := []struct {
		name string
		make func(dir string) error
	}{
		{"loop", func(dir string) error { return os.Symlink("x.hcl", filepath.Join(dir, "x.hcl")) }},
		{"dangling link", func(dir string) error { return os.Symlink("absent", filepath.Join(dir, "x.hcl")) }},
		{"pipe", func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "x.hcl"), 0o600) }},
		{"link to a directory", func(dir string) error { return os.Symlink(dir, filepath.Join(dir, "x.hcl")) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "policy.hcl", small)
			write(t, dir, "db.json", smallCatalog)
			if err := test.make(dir); err != nil {
				t.Fatal(err)
			}
			result := compiler.Compile(os.DirFS(dir))
			if result.Bundle != nil || len(result.Diagnostics) != 1 || result.Diagnostics[0].Summary != "File cannot be read" {
				t.Errorf("%+v", result.Diagnostics)
			}
		})
	}
}

func TestDirectoryThatIsNotThere(t *testing.T) {
	result := compiler.Compile(os.DirFS(filepath.Join(t.TempDir(), "absent")))
	if result.Bundle != nil || !result.Diagnostics.HasErrors() {
		t.Errorf("%+v", result)
	}
}

// FuzzCompile feeds a policy file and a test file: no input may panic, and a bundle comes exactly when nothing is wrong.
func FuzzCompile(f *testing.F) {
	f.Add(small, "")
	f.Add(small+"expr \"x\" { cel = \"expr.x\" }\n", "test \"t\" {\n  as = \"p\"\n}\n")
	f.Add("policy \"p\" { language = 1 }\nissuer \"i\" {\n  oidc {\n    url = \"https://a\"\n    audiences = [\"b\"]\n  }\n}\n",
		"principal \"p\" {\n  issuer = \"i\"\n  claims = { a = [1, null] }\n}\n")
	f.Fuzz(func(t *testing.T, policy, tests string) {
		result := compiler.Compile(fstest.MapFS{"p.hcl": {Data: []byte(policy)}, "p_test.hcl": {Data: []byte(tests)}, "db.json": {Data: []byte(smallCatalog)}})
		if (result.Bundle == nil) != result.Diagnostics.HasErrors() {
			t.Errorf("bundle %v with %+v", result.Bundle != nil, result.Diagnostics)
		}
	})
}

// BenchmarkCompile shows that the cost grows with the number of rules and no faster.
func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fsys := fstest.MapFS{"policy.hcl": {Data: []byte(large(n))}}
			b.ReportAllocs()
			for b.Loop() {
				if result := compiler.Compile(fsys); result.Bundle == nil {
					b.Fatal(result.Diagnostics)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/rule")
		})
	}
}

func large(n int) string {
	var s strings.Builder
	s.WriteString("policy \"p\" { language = 1 }\n")
	for i := range 500 {
		fmt.Fprintf(&s, "target \"t%d\" {\n  protocol = \"postgres\"\n  labels   = { env = \"e%d\" }\n}\n", i, i%10)
	}
	for i := range n {
		fmt.Fprintf(&s, `allow "r%d" {
  groups  = ["g%d"]
  targets = ["t%d"]
  postgres {
    verbs  = ["select", "insert"]
    tables = ["public.t%d"]
  }
  when = "sql.limit < %d && principal.kind == 'machine'"
}
`, i, i%50, i%500, i%1000, i)
	}
	return s.String()
}

// The bundle names each approver's issuer and the kinds whose vote counts, whatever the policy leaves out.
func TestApproversHaveAnIssuer(t *testing.T) {
	issuer := func(name, kind string) string {
		return fmt.Sprintf("issuer %q {\n oidc {\n url = \"https://%s.example.com\"\n audiences = [\"x\"]\n }\n principal { kind = %q }\n}\n", name, name, kind)
	}
	people, machines := issuer("corp", "claims.human ? 'human' : 'machine'"), issuer("ci", "'machine'")
	for name, c := range map[string]struct {
		policy          string
		approvers, kind []string
	}{
		"the only issuer": {
			people + `route "r" { approvers = ["subject:b", "group:dba", "corp/group:dba", "group:a/b"] }`,
			[]string{"corp/group:a/b", "corp/group:dba", "corp/subject:b"}, []string{"human"},
		},
		"the only one with people": {people + machines + `route "r" { approvers = ["group:dba"] }`, []string{"corp/group:dba"}, []string{"human"}},
		"named": {
			people + machines + "route \"r\" {\n approvers = [\"ci/group:dba\", \"corp/group:dba\"]\n approver_kinds = [\"machine\", \"human\", \"machine\"]\n}",
			[]string{"ci/group:dba", "corp/group:dba"}, []string{"human", "machine"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			result := compiler.Compile(fstest.MapFS{"policy.hcl": {Data: []byte(small + c.policy)}, "db.json": {Data: []byte(smallCatalog)}})
			if result.Bundle == nil {
				t.Fatal(result.Diagnostics)
			}
			route := result.Bundle.Routes[0]
			if diff := cmp.Diff(c.approvers, route.Approvers); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.kind, route.ApproverKinds); diff != "" {
				t.Error(diff)
			}
		})
	}
}
