package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// jsonLogs writes an audit log with lines of every sort, and the same with its last line cut off.
func jsonLogs(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "full.jsonl")
	log, err := audit.Open(path, audit.Options{Now: func() time.Time { return testTime }})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range jsonRecords() {
		if _, err := log.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile(audit.HeadPath(path))
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	cut := append(whole[:end:end], "{"...)
	for name, data := range map[string][]byte{"cut.jsonl": cut, "cut.jsonl.head": head} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func jsonRecords() []*audit.Record {
	who := &schema.Principal{Issuer: "corp", Subject: "billing", Kind: schema.KindMachine, Groups: []string{"billing"}}
	read := schema.Access{Verb: "select", Object: "public.cards", Columns: []string{"pan"}}
	action := &schema.Action{
		Protocol: schema.ProtocolPostgres, Target: "payments-db", Principal: who, Accesses: []schema.Access{read},
		Outputs: []schema.Output{{Name: "pan"}}, SQL: &schema.SQL{Statement: "select", Normalized: strings.Repeat("x", 1<<16), Fingerprint: "f", OpaqueReason: "o"},
	}
	decision := &schema.Decision{
		Effect: schema.Deny, Rules: []string{"deny.x"}, Denied: read, Classes: []string{"card-number"}, Bundle: "sha256:b",
		Masks:  []schema.ColumnMask{{With: schema.TransformRedact, Derived: true, Class: "card-number", Rule: "mask.cards"}},
		Detect: []schema.Detection{{Detector: "credit_card"}}, Ticket: "t", Message: "no",
		Would: &schema.Would{Effect: schema.Deny, Rules: []string{"deny.y"}, Masked: []int{0}},
	}
	return []*audit.Record{
		{Kind: audit.KindSessionOpened, Session: "s", Principal: who, Protocol: schema.ProtocolPostgres, Target: "payments-db",
			ClientAddress: "127.0.0.1", Application: "psql", Bundle: "sha256:b", Action: action, Decision: decision},
		{Kind: audit.KindDecision, Session: "s", Principal: who, Action: action, Decision: decision},
		{Kind: audit.KindOutcome, Session: "s", Of: 3, Outcome: &schema.Outcome{Rows: 1, Bytes: 2, Masked: 1, SQLSTATE: "57014", Duration: time.Second}},
		{Kind: audit.KindTicketVoted, Ticket: "t", Actor: "corp/dba", ActorKind: schema.KindHuman, Approve: true, Reason: "so it is", Rules: []string{"approve.x"}},
	}
}

// driftedCatalog writes the example's catalog as a later server would have it, without a table and a function.
func driftedCatalog(t *testing.T, dir string) {
	t.Helper()
	c, err := readCatalog(filepath.Join(dir, "good", "payments-db.catalog.json"))
	if err != nil {
		t.Fatal(err)
	}
	c.ServerVersion += 20_000
	c.Relations[0].Columns[0].Type = "uuid"
	c.Relations = c.Relations[:len(c.Relations)-1]
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "drifted.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
