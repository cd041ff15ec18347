package main

import (
	"path/filepath"
	"testing"
)

// TestExamplesAreClean looks at every policy that is shipped, by the strictest measure.
func TestExamplesAreClean(t *testing.T) {
	var dirs []string
	for _, pattern := range []string{"../../examples/*/policy.hcl", "../../policies/*/policy.hcl"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, found...)
	}
	if len(dirs) == 0 {
		t.Fatal("there are no policies")
	}
	for _, file := range dirs {
		if code, out, diag := play(t, "lint", filepath.Dir(file), "--fail-on", "info", "--today", "2026-12-01"); code != exitClean {
			t.Errorf("%s: exit %d\n%s%s", file, code, out, diag)
		}
	}
}
