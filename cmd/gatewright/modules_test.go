package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestModulePage plays the page on modules: its policy is valid and laid out, and its module passes its own tests on
// the gateway's engine and masks.
func TestModulePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/modules.md")
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := os.ReadFile("../../examples/payments/payments-db.catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	module := filepath.Join(dir, "modules", "cards")
	files := map[string][]byte{
		filepath.Join(dir, "payments-db.catalog.json"): catalog, filepath.Join(module, "payments-db.catalog.json"): catalog,
	}
	for _, m := range regexp.MustCompile("(?s)\n```hcl\n# (\\S+\\.hcl)\n(.*?)```").FindAllSubmatch(page, -1) {
		files[filepath.Join(dir, string(m[1]))] = m[2]
	}
	if err := os.MkdirAll(module, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"validate", dir}, {"fmt", "--check", dir}, {"validate", module}, {"test", module}, {"compile", dir, "--out", filepath.Join(dir, "p.gwb")},
	} {
		if code, out, diag := play(t, args...); code != exitClean {
			t.Errorf("%s: exit %d\n%s%s", strings.Join(args, " "), code, out, diag)
		}
	}
}
