package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
)

// TestExplainARecord compiles the example, decides a statement as a gateway would into a real log, and explains the
// decision from the log alone: once by the bundle that made it, once by another release of it.
func TestExplainARecord(t *testing.T) {
	policy := filepath.Join("..", "..", "examples", "payments")
	dir := t.TempDir()
	files := map[string]string{"1": filepath.Join(dir, "one.gwb"), "2": filepath.Join(dir, "two.gwb")}
	for serial, file := range files {
		if code, _, diag := play(t, "compile", policy, "--out", file, "--serial", serial); code != exitClean {
			t.Fatal(diag)
		}
	}
	log := filepath.Join(dir, "audit.jsonl")
	seq := record(t, log, policy, idOf(t, files["1"]))
	explain := func(bundle string, more ...string) (int, explained, string) {
		t.Helper()
		args := append([]string{
			"explain", bundle, "--catalog", filepath.Join(policy, "payments-db.catalog.json"), "--audit", log, "--format", "json", "--record",
		}, more...)
		code, out, diag := play(t, args...)
		var x explained
		if code == exitClean {
			if err := json.Unmarshal([]byte(out), &x); err != nil {
				t.Fatal(err)
			}
		}
		return code, x, diag
	}
	code, x, diag := explain(files["1"], strconv.FormatUint(seq, 10))
	if code != exitClean {
		t.Fatal(diag)
	}
	if x.Record == nil || x.Record.Effect != "deny" || x.Statements[0].Effect != schema.Deny {
		t.Fatalf("%+v", x)
	}
	if got := x.Statements[0].Because; len(got) != 1 || got[0].Rule != "deny.unbounded-write" || len(got[0].Parts) != 2 {
		t.Errorf("because %+v", got)
	}
	if diff := cmp.Diff([]string{"order-service"}, x.Principal.Groups); diff != "" {
		t.Error(diff)
	}
	about := func(word string) bool { return strings.Contains(strings.Join(x.Notes, "\n"), word) }
	if !about("without its literals") || about("this is bundle") || about("the record says") {
		t.Errorf("notes %q", x.Notes)
	}
	if _, x, _ = explain(files["2"], strconv.FormatUint(seq, 10)); !about("this is bundle") {
		t.Errorf("another bundle is not told: %q", x.Notes)
	}
	for number, hint := range map[string]string{"99": "has no line 99", "1": "of kind log.opened"} {
		if code, _, diag := explain(files["1"], number); code != exitUsage || !strings.Contains(diag, hint) {
			t.Errorf("line %s: exit %d: %s", number, code, diag)
		}
	}
}

func idOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := bundle.Inspect(data)
	if err != nil {
		t.Fatal(err)
	}
	return info.ID
}

// record writes the decision of one statement, as a gateway logs it, and gives its number.
func record(t *testing.T, path, policy, id string) uint64 {
	t.Helper()
	j, suite, err := (&program{stderr: os.Stderr, getenv: os.Getenv}).loadJudge(policy)
	if err != nil {
		t.Fatal(err)
	}
	var who *schema.Principal
	for i := range suite.Principals {
		if suite.Principals[i].Name == "order-service" {
			if who, err = j.principal(&suite.Principals[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	catalog, err := j.catalog("payments-db")
	if err != nil {
		t.Fatal(err)
	}
	action := decided(t, "DELETE FROM orders", catalog, who)
	var d schema.Decision
	j.engine.Decide(action, &d)
	d.Bundle = id
	log, err := audit.Open(path, audit.Options{Now: func() time.Time { return testTime }})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	r := audit.Record{Kind: audit.KindSessionOpened, Session: "s1", Principal: who, Protocol: schema.ProtocolPostgres, Target: "payments-db", Bundle: id}
	if _, err := log.Append(&r); err != nil {
		t.Fatal(err)
	}
	r.Kind, r.Action, r.Decision = audit.KindDecision, action, &d
	seq, err := log.Append(&r)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func decided(t testing.TB, sql string, catalog *schema.Catalog, who *schema.Principal) *schema.Action {
	t.Helper()
	statements := sqlfacts.Classify(sql, &sqlfacts.Session{Catalog: catalog, SearchPath: catalog.SearchPath})
	if len(statements) != 1 {
		t.Fatalf("%d statements", len(statements))
	}
	a := &schema.Action{Protocol: schema.ProtocolPostgres, Target: "payments-db", Principal: who, Request: schema.Request{Time: testTime}}
	statements[0].Describe(a)
	return a
}

// TestExplainPage: what the page on explain shows is what the program says.
func TestExplainPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "explain.md"))
	if err != nil {
		t.Fatal(err)
	}
	code, out, diag := play(t, "explain", filepath.Join("..", "..", "examples", "payments"), "--as", "order-service", "--target", "payments-db", "--sql", "DELETE FROM orders")
	if code != exitClean || !strings.Contains(string(page), out) {
		t.Errorf("exit %d, and the page does not show:\n%s%s", code, out, diag)
	}
}
