package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler"
)

// TestSnapshotOfErrors holds docs/errors.md against the catalogue that it is generated from; -update writes it.
func TestSnapshotOfErrors(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "errors.md")
	got := errorPage()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what the catalogue says; go test ./cmd/gatewright -run Snapshot -update writes it (-tree +catalogue):\n%s", file, diff)
	}
}

func errorPage() string {
	var b strings.Builder
	b.WriteString("# Diagnostics\n\n")
	b.WriteString("Everything that `gatewright validate` and `fmt` can say of a policy, with its id: what the JSON output has as `id`, and what stays\n" +
		"the same when a sentence gets better words. This page is generated from the compiler's own catalogue, whose examples\n" +
		"are run as tests.\n\n")
	for _, g := range compiler.Catalogue() {
		fmt.Fprintf(&b, "- [%s](#%s)\n", g.Title, strings.ReplaceAll(strings.ToLower(g.Title), " ", "-"))
	}
	b.WriteString("\nAn example is one file beside the [policy of the examples](#the-policy-of-the-examples), unless it names its files.\n")
	for _, g := range compiler.Catalogue() {
		fmt.Fprintf(&b, "\n## %s\n", g.Title)
		for _, e := range g.Entries {
			entry(&b, e)
		}
	}
	b.WriteString("\n## The policy of the examples\n\n")
	policy := compiler.ExamplePolicy()
	for _, name := range []string{"policy.hcl", "principals_test.hcl", "payments-db.json"} {
		fmt.Fprintf(&b, "`%s`:\n\n```%s\n%s```\n\n", name, strings.TrimPrefix(filepath.Ext(name), "."), policy[name])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func entry(b *strings.Builder, e compiler.Entry) {
	fmt.Fprintf(b, "\n### %s\n\n`%s`. %s\n\n", e.Summary, e.ID, e.Meaning)
	if e.Made != "" {
		fmt.Fprintf(b, "Refused: %s\n\n", strings.ToLower(e.Made[:1])+e.Made[1:])
	} else {
		fmt.Fprintf(b, "Refused:\n\n```hcl\n%s```\n\n", e.Bad)
	}
	fmt.Fprintf(b, "Accepted:\n\n```hcl\n%s```\n", e.Good)
}

// TestProvedErrors holds the examples of what validate proves: the bad one has the diagnostic, and the good one nothing.
func TestProvedErrors(t *testing.T) {
	for _, g := range compiler.Catalogue() {
		for _, e := range g.Entries {
			if !e.Proved {
				continue
			}
			t.Run(e.ID, func(t *testing.T) {
				for example, want := range map[string]bool{e.Bad: true, e.Good: false} {
					dir := t.TempDir()
					files := compiler.ExamplePolicy()
					files["example.hcl"] = example
					for name, text := range files {
						if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
							t.Fatal(err)
						}
					}
					_, out, _ := play(t, "validate", dir, "--format", "json")
					if got := strings.Contains(out, fmt.Sprintf("\"id\": %q", e.ID)); got != want {
						t.Errorf("told: %v, want %v\n%s", got, want, out)
					}
				}
			})
		}
	}
}

// TestFormattingErrors holds what fmt says of a file that cannot be read.
func TestFormattingErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("rules.hcl", filepath.Join(dir, "rules.hcl")); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, g := range compiler.Catalogue() {
		for _, e := range g.Entries {
			if !e.Formatting {
				continue
			}
			told++
			code, _, diag := play(t, "fmt", dir)
			if code != exitUsage || !strings.HasPrefix(diag, "Error: "+e.Summary+"\n") || !strings.Contains(diag, "Hint: ") {
				t.Errorf("%s: exit %d: %s", e.ID, code, diag)
			}
		}
	}
	if told != 1 {
		t.Errorf("%d entries are held", told)
	}
}
