package compiler_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

var (
	lintInLine = regexp.MustCompile(`# LINT: (.*)$`)
	lintInHead = regexp.MustCompile(`(?m)^LINT ([^ :]+:\d+): (.*)$`)
)

// TestLintFixtures looks at the archives of testdata/lint. A line with findings ends in "# LINT: RULE", several parted by
// " | "; what stands on a line that takes no comment is in the archive's head as "LINT file:line: RULE". Archives without
// tests are not asked for any.
func TestLintFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{}
			for _, f := range archive.Files {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			_, tested := fsys["p_test.hcl"]
			result := compiler.Compile(fsys)
			if result.Bundle == nil {
				t.Fatal(result.Diagnostics)
			}
			var got []string
			for _, f := range result.Lint(compiler.LintConfig{Today: lintDay}) {
				complete(t, f.Diagnostic, fsys)
				if f.Ignored == nil && (tested || f.Rule != "untested-rule") {
					got = append(got, fmt.Sprintf("%s:%d: %s", f.Range.File, f.Range.Start.Line, f.Rule))
					seen[f.Rule] = true
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(lintExpected(archive), got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	for _, rule := range compiler.LintRules() {
		if elsewhere := []string{"validate", "unknown-column", "unreachable-rule", "shadowed-rule"}; !seen[rule.ID] && !slices.Contains(elsewhere, rule.ID) {
			t.Errorf("no fixture for %s", rule.ID)
		}
	}
}

func lintExpected(a *txtar.Archive) []string {
	var want []string
	for _, m := range lintInHead.FindAllStringSubmatch(string(a.Comment), -1) {
		want = append(want, m[1]+": "+m[2])
	}
	for _, f := range a.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			if m := lintInLine.FindStringSubmatch(line); m != nil {
				for rule := range strings.SplitSeq(m[1], " | ") {
					want = append(want, fmt.Sprintf("%s:%d: %s", f.Name, i+1, strings.TrimSpace(rule)))
				}
			}
		}
	}
	slices.Sort(want)
	return want
}

const lintSmall = `policy "p" { language = 1 }
target "db" {
  protocol = "postgres"
  catalog  = "db.json"
}
allow "a" {
  groups  = ["shop"]
  targets = ["db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`

// TestLintTakesOverDiagnostics: errors and warnings of the compiler are findings too, an unknown column by a rule of its
// own.
func TestLintTakesOverDiagnostics(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"not valid", "policy \"p\" { language = 1 }\ntarget \"db\" { protocol = \"sql\" }\nallow \"a\" { targets = [\"db\"] }\n", "error validate Unknown protocol"},
		{"about no file", "locals {}\n", "error validate No policy block"},
		{"a warning", "policy \"p\" { language = 1 }\n", "warning validate Nothing is allowed"},
		{"a column", lintSmall + "class \"c\" {\n  targets = [\"db\"]\n  columns = [\"public.orders.nr\"]\n}\n", "error unknown-column Unknown column"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := fstest.MapFS{"a.hcl": {Data: []byte(test.text)}, "db.json": {Data: []byte(lintCatalog)}}
			var got []string
			for _, f := range compiler.Compile(fsys).Lint(compiler.LintConfig{Today: lintDay}) {
				got = append(got, f.Severity.String()+" "+f.Rule+" "+f.Summary)
			}
			if !slices.Contains(got, test.want) {
				t.Errorf("%q is not among %q", test.want, got)
			}
		})
	}
}

// TestLintFingerprints moves a block to another line and another file: its findings are the same ones, and those of
// other blocks are others.
func TestLintFingerprints(t *testing.T) {
	const block = "deny \"x\" {\n  targets = [\"db\"]\n  postgres { verbs = [\"drop\"] }\n}\n"
	const other = "deny \"y\" {\n  targets = [\"db\"]\n  postgres { verbs = [\"grant\"] }\n}\n"
	prints := func(files map[string]string) []string {
		fsys := fstest.MapFS{"a.hcl": {Data: []byte(lintSmall)}, "db.json": {Data: []byte(lintCatalog)}}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		var out []string
		for _, f := range compiler.Compile(fsys).Lint(compiler.LintConfig{Today: lintDay}) {
			out = append(out, f.Rule+" "+f.Subject+" "+f.Fingerprint)
		}
		slices.Sort(out)
		return out
	}
	first := prints(map[string]string{"b.hcl": block + other})
	if diff := cmp.Diff(first, prints(map[string]string{"b.hcl": "\n\n" + other + "# moved\n", "c.hcl": "\n" + block})); diff != "" {
		t.Error(diff)
	}
	if len(slices.Compact(slices.Clone(first))) != len(first) {
		t.Error("two findings have one fingerprint")
	}
}

func TestLintWithWhatWasFoundElsewhere(t *testing.T) {
	result := compiler.Compile(fstest.MapFS{
		"a.hcl": {Data: []byte(lintSmall + "deny \"x\" {\n  targets = [\"db\"]\n  message = \"no\"\n}\n")}, "db.json": {Data: []byte(lintCatalog)},
	})
	rules := func(c compiler.LintConfig) (list []string) {
		c.Today = lintDay
		for _, f := range result.Lint(c) {
			if f.Subject == "deny.x" {
				list = append(list, f.Severity.String()+" "+f.Rule)
			}
		}
		return list
	}
	tests := []struct {
		name   string
		config compiler.LintConfig
		want   []string
	}{
		{"nothing", compiler.LintConfig{}, []string{"warning untested-rule"}},
		{"tests that saw it", compiler.LintConfig{Seen: map[string]bool{"deny.x": true}}, nil},
		{"tests that saw nothing", compiler.LintConfig{Seen: map[string]bool{}}, []string{"warning untested-rule"}},
		{"never", compiler.LintConfig{Seen: map[string]bool{"deny.x": true}, Idle: []compiler.Idle{{Rule: "deny.x", Never: true, Reason: "so"}}},
			[]string{"error unreachable-rule"}},
		{"shadowed", compiler.LintConfig{Seen: map[string]bool{"deny.x": true}, Idle: []compiler.Idle{{Rule: "deny.x", By: []string{"deny.y"}, Reason: "so"}}},
			[]string{"warning shadowed-rule"}},
		{"another severity", compiler.LintConfig{Severity: map[string]schema.Severity{"untested-rule": schema.SeverityError}}, []string{"error untested-rule"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, rules(test.config)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
