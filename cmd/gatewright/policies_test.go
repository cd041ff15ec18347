package main

import (
	"path/filepath"
	"testing"
)

// TestShippedPolicies holds each policy of the library to what `make policies` asks of it.
func TestShippedPolicies(t *testing.T) {
	dirs, err := filepath.Glob("../../policies/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			for _, args := range [][]string{{"fmt", "--check", dir}, {"validate", dir}, {"test", "--coverage-min", "100", "--mutate", dir}} {
				if code, out, diag := play(t, args...); code != exitClean {
					t.Errorf("gatewright %q: exit %d\n%s%s", args, code, out, diag)
				}
			}
		})
	}
}
