package main

import (
	"path/filepath"
	"testing"
)

// TestShippedPolicies holds each policy of the library to what `make policies` asks of it.
func TestShippedPolicies(t *testing.T) {
	files, err := filepath.Glob("../../policies/*/schema.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			for _, args := range [][]string{{"fmt", "--check", dir}, {"validate", dir}, {"lint", dir, "--today", "2026-12-01"}, {"test", "--coverage-min", "100", "--mutate", dir}} {
				if code, out, diag := play(t, args...); code != exitClean {
					t.Errorf("gatewright %q: exit %d\n%s%s", args, code, out, diag)
				}
			}
		})
	}
}
