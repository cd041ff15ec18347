package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// exampleAction is the request of which the reference's examples are true.
func exampleAction() (*schema.Action, *schema.Target) {
	access := schema.Access{Verb: schema.VerbSelect, Object: "public.cards", Columns: []string{"id", "pan"}}
	return &schema.Action{
			Protocol: schema.ProtocolPostgres, Target: "payments-db", Accesses: []schema.Access{access},
			Principal: &schema.Principal{Issuer: "corp", Subject: "svc:billing", Groups: []string{"billing", "reports"}, Kind: schema.KindMachine},
			Request: schema.Request{
				Time: time.Date(2026, 1, 31, 12, 30, 15, 0, time.UTC), ClientAddress: netip.AddrFrom4([4]byte{10, 0, 0, 7}).String(), Application: "Billing Report",
			},
			SQL: &schema.SQL{
				Statement: "select", WhereBound: true, HasLimit: true, Limit: 10, Tables: []string{"public.cards"},
				Columns: []string{"public.cards.id", "public.cards.pan"}, Functions: []string{"pg_catalog.lower"},
				Length: 40, Fingerprint: "50fde20626009aba",
			},
		}, &schema.Target{
			Name: "payments-db", Protocol: schema.ProtocolPostgres, Labels: map[string]string{"env": "prod"},
		}
}

// exampleFacts are the facts of exampleAction, as CEL.
var exampleFacts = map[string]string{
	"access.verb":            "'select'",
	"access.object":          "'public.cards'",
	"access.columns":         "['id', 'pan']",
	"principal.issuer":       "'corp'",
	"principal.subject":      "'svc:billing'",
	"principal.groups":       "['billing', 'reports']",
	"principal.kind":         "'machine'",
	"request.application":    "'Billing Report'",
	"request.client_address": "'10.0.0.7'",
	"request.time":           "timestamp('2026-01-31T12:30:15Z')",
	"sql.statement":          "'select'",
	"sql.where_bound":        "true",
	"sql.has_where":          "false",
	"sql.has_limit":          "true",
	"sql.limit":              "10",
	"sql.tables":             "['public.cards']",
	"sql.columns":            "['public.cards.id', 'public.cards.pan']",
	"sql.functions":          "['pg_catalog.lower']",
	"sql.length":             "40",
	"sql.fingerprint":        "'50fde20626009aba'",
	"target.name":            "'payments-db'",
	"target.labels":          "{'env': 'prod'}",
}

// TestReferenceConditions runs every condition of the reference: all are true.
func TestReferenceConditions(t *testing.T) {
	v, err := vocab.New(vocab.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for _, f := range vocab.Postgres.Fields() {
		examples = append(examples, f.Name+" == "+exampleFacts[f.Name])
	}
	for _, variable := range vocab.Postgres.Variables() {
		examples = append(examples, variable.Example)
	}
	for _, o := range vocab.Operators() {
		examples = append(examples, o.Example)
	}
	for _, f := range v.Manual() {
		if !strings.Contains(f.Example, f.Name+"(") || len(f.Signatures) == 0 {
			t.Errorf("%s: %q does not show it, or there is no form of it in %q", f.Name, f.Example, f.Signatures)
		}
		examples = append(examples, f.Example)
	}
	action, target := exampleAction()
	facts := vocab.NewBinding()
	facts.Bind(action, target)
	facts.SetAccess(&action.Accesses[0])
	for _, text := range examples {
		c, err := v.Reload(text, vocab.Bool)
		if err != nil {
			t.Error(err)
			continue
		}
		p, err := c.Program()
		if err != nil {
			t.Error(err)
			continue
		}
		if got, err := p.Bool(facts); !got || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// TestReferenceClaims does the same for what issuers ask.
func TestReferenceClaims(t *testing.T) {
	v, err := vocab.New(vocab.Claims)
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range vocab.Claims.Variables() {
		_, p, err := v.Load(variable.Example, vocab.Bool)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.BoolClaims(map[string]any{"client_type": "service"}); !got || err != nil {
			t.Errorf("%s: %v, %v", variable.Example, got, err)
		}
	}
}

// TestReferenceRuns puts the blocks of each page into files as a reader would: validate, fmt and test are content.
func TestReferenceRuns(t *testing.T) {
	for _, page := range []string{"reference.md", "language.md"} {
		t.Run(page, func(t *testing.T) {
			dir := t.TempDir()
			if page != "reference.md" {
				put(t, dir, "reference.md")
			}
			put(t, dir, page)
			for _, args := range [][]string{{"validate", dir}, {"fmt", "--check", dir}, {"test", dir}} {
				code, out, diag := play(t, args...)
				if code != exitClean {
					t.Errorf("gatewright %s: exit %d\n%s%s", args[0], code, out, diag)
				}
			}
		})
	}
}

var fenced = regexp.MustCompile("(?s)\n```hcl\n(.*?)```")

// put writes the examples of a page into dir.
func put(t *testing.T, dir, page string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := os.ReadFile("../../examples/payments/payments-db.catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "payments-db.catalog.json"), catalog, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
		name := "policy.hcl"
		if first, _, _ := strings.Cut(m[1], "\n"); strings.HasPrefix(first, "# ") && strings.HasSuffix(first, ".hcl") {
			name = first[2:]
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		old, err := os.ReadFile(file)
		if err == nil {
			m[1] = string(old) + "\n" + m[1]
		}
		if err := os.WriteFile(file, []byte(m[1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
