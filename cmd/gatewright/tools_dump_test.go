package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPgDump dumps through a gateway with masks, and directly: the same text but for masked values.
func TestPgDump(t *testing.T) {
	shed := startToolshed(t, testbedConfig{policy: toolsPolicy, user: toolsRole, group: "analyst"}, false)
	for _, c := range []struct {
		name string
		args []string
	}{
		{"schema", []string{"--schema-only", "--schema", "public"}},
		{"tables", []string{"--table", "orders", "--table", "products", "--table", "items"}},
		{"data", []string{"--data-only", "--table", "orders"}},
		{"inserts", []string{"--inserts", "--rows-per-insert", "5", "--table", "orders"}},
		{"partitions", []string{"--table", "events*", "--load-via-partition-root"}},
		{"exclude", []string{"--schema", "public", "--exclude-table-data", "customers", "--exclude-table-data", "far"}},
		{"masked", []string{"--inserts", "--table", "customers"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := maskedDump(pgDump(t, shed.url(), c.args...))
			if diff := cmp.Diff(want, pgDump(t, shed.gw.url(t), c.args...)); diff != "" {
				t.Errorf("-direct +gateway:\n%s", diff)
			}
		})
	}
}

// TestPgDumpBackup makes a whole backup through a gateway by the policy that the documentation gives.
func TestPgDumpBackup(t *testing.T) {
	policy := toolsPolicy + documented(t, "backup")
	shed := startToolshed(t, testbedConfig{policy: policy, group: "backup"}, false)
	t.Run("plain", func(t *testing.T) {
		if diff := cmp.Diff(pgDump(t, shed.url()), pgDump(t, shed.gw.url(t))); diff != "" {
			t.Errorf("-direct +gateway:\n%s", diff)
		}
	})
	t.Run("parallel", func(t *testing.T) {
		var texts []string
		for _, url := range []string{shed.url(), shed.gw.url(t)} {
			dir := filepath.Join(t.TempDir(), "dump")
			pgDump(t, url, "--format", "directory", "--jobs", "2", "--file", dir)
			texts = append(texts, pgTool(t, "pg_restore", "--file", "-", dir))
		}
		if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
			t.Errorf("-direct +gateway:\n%s", diff)
		}
	})
}

// documented gives the rules that the page of tools shows under a comment with their name.
func documented(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "```hcl\n# "+name+"\n")
	text, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatalf("docs/compatibility.md shows no rules called %q", name)
	}
	return text
}

var (
	// nonce is what a dump's \restrict and \unrestrict have, another one each run.
	nonce = regexp.MustCompile(`(?m)^(\\(?:un)?restrict) .*$`)
	// personal are the masked values of a row of customers.
	personal = regexp.MustCompile(`'person\d+@example.com', '\d{9}'`)
)

func maskedDump(text string) string {
	return personal.ReplaceAllString(text, "'****', '****'")
}

func pgDump(t *testing.T, url string, args ...string) string {
	t.Helper()
	return pgTool(t, "pg_dump", append(args, "--dbname", url)...)
}

func pgTool(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, errs.String())
	}
	return nonce.ReplaceAllString(out.String(), "$1")
}
