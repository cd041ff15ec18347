package compiler_test

import (
	"testing"
	"testing/fstest"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// A policy in dry run refuses nobody: its denials only take note, and its allows go on allowing.
func TestDryRunOfAPolicy(t *testing.T) {
	text := `
policy "p" {
  language = 1
  owner    = "appsec@example.com"
  mode     = "dry_run"
}

issuer "corp" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["gatewright"]
  }
}

target "db" { protocol = "postgres" }

allow "readers" {
  targets = ["db"]
  postgres { verbs = ["select"] }
}

allow "trial" {
  mode    = "dry_run"
  targets = ["db"]
  postgres { verbs = ["insert"] }
}

deny "drops" {
  targets = ["db"]
  postgres { verbs = ["drop"] }
  message = "no drops"
}
`
	result := compiler.Compile(fstest.MapFS{"policy.hcl": &fstest.MapFile{Data: []byte(text)}})
	if result.Bundle == nil {
		t.Fatal(result.Diagnostics)
	}
	want := map[string]schema.Mode{"allow.readers": schema.Enforce, "allow.trial": schema.DryRun, "deny.drops": schema.DryRun}
	for _, r := range result.Bundle.Rules {
		if r.Mode != want[r.Address] {
			t.Errorf("%s is in mode %s", r.Address, r.Mode)
		}
	}
	if len(result.Bundle.Rules) != len(want) {
		t.Errorf("%d rules", len(result.Bundle.Rules))
	}
}
