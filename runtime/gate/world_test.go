package gate_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/store"
	"github.com/gatewright/gatewright/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a gate with everything behind it: an issuer that signs tokens, an engine, a log on the disk, a desk.
type world struct {
	t      testing.TB
	issuer *devissuer.Server
	path   string
	log    *audit.Log
	desk   *approval.Desk
	gate   *gate.Gate
	id     func() string

	mu  sync.Mutex
	now time.Time
}

type option func(*gate.Config)

func dryRun(c *gate.Config) { c.DryRun = true }

func newWorld(t testing.TB, change func(*schema.Bundle), options ...option) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "audit.jsonl"), now: time.Now().Truncate(time.Second), id: ids()}
	w.serveIssuer()
	var err error
	if w.log, err = audit.Open(w.path, audit.Options{Now: w.clock, Sync: audit.SyncNever}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.log.Close() })
	tickets, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gatewright.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tickets.Close() })
	w.desk, err = approval.New(approval.Config{
		Store: tickets, Now: w.clock, NewID: w.id, Record: gate.TicketRecorder(w.log), Poll: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := gate.Config{Policy: w.policy(change, nil), Log: w.log, Approvals: w.desk, Now: w.clock, NewID: w.id}
	for _, o := range options {
		o(&c)
	}
	if w.gate, err = gate.New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.gate.Policy().Close() })
	return w
}

func ids() func() string {
	var n atomic.Int64
	return func() string { return fmt.Sprint("id", n.Add(1)) }
}

func (w *world) serveIssuer() {
	secret := schema.NewSecret("s")
	var err error
	w.issuer, err = devissuer.New(devissuer.Config{
		Address: "127.0.0.1:0", Now: w.clock, Rand: rand.Reader, TokenLifetime: 10 * time.Minute,
		Clients: []devissuer.Client{
			{ID: "svc:orders", Secret: secret, Groups: []string{"orders"}},
			{ID: "svc:billing", Secret: secret, Groups: []string{"billing"}},
			{ID: "alice", Secret: secret, Groups: []string{"dba", "orders"}},
			{ID: "nobody", Secret: secret},
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- w.issuer.Serve(w.t.Context()) }()
	w.t.Cleanup(func() {
		w.issuer.Close()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(by)
}

// policy is the one that most tests use, changed as a test wants it.
func (w *world) policy(change func(*schema.Bundle), previous *gate.Policy) *gate.Policy {
	w.t.Helper()
	b := &schema.Bundle{
		Language: schema.LanguageVersion, Name: "payments", ID: "sha256:first", Serial: 1,
		Issuers: []schema.Issuer{{
			Name: "corp", OIDC: schema.OIDC{URL: w.issuer.URL(), Audiences: []string{"gatewright"}, Algorithms: []string{"ES256", "RS256", "EdDSA"}},
			Subject: schema.Condition{Text: "claims.sub"}, Groups: schema.Condition{Text: "claims.groups"}, Kind: schema.Condition{Text: "'machine'"},
		}},
		Targets: []schema.Target{{Name: "payments-db", Protocol: schema.ProtocolPostgres}},
		Classes: []schema.Class{{Name: "card-number", Targets: []string{"payments-db"}, Columns: []string{"public.cards.pan"}}},
		Rules: []schema.Rule{
			rule("allow.billing", schema.Allow, "billing", "select", "public.cards"),
			rule("allow.orders", schema.Allow, "orders", "select delete", "public.orders"),
			rule("approve.delete", schema.Approve, "", "delete", ""),
		},
		Masks: []schema.Mask{{Address: "mask.cards", Classes: []string{"card-number"}, With: schema.TransformLast4}},
		Routes: []schema.Route{{
			Name: "dba", Approvers: []string{"corp/group:dba"}, ApproverKinds: []string{schema.KindHuman}, Quorum: 1, Hold: time.Hour, Expires: time.Hour,
		}},
	}
	if change != nil {
		change(b)
	}
	p, err := gate.NewPolicy(b, gate.PolicyOptions{Now: w.clock, Previous: previous})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func rule(address string, effect schema.Effect, group, verbs, table string) schema.Rule {
	r := schema.Rule{
		Address: address, Effect: effect, Targets: []string{"payments-db"}, Protocol: schema.ProtocolPostgres, Verbs: fields(verbs),
	}
	if group != "" {
		r.Groups = []string{group}
	}
	if table != "" {
		r.Tables = []string{table}
	}
	if effect == schema.Approve {
		r.Route = "dba"
	}
	return r
}

func fields(s string) []string {
	var list []string
	for f := range bytes.FieldsSeq([]byte(s)) {
		list = append(list, string(f))
	}
	return list
}

func (w *world) token(client string) schema.Secret {
	w.t.Helper()
	text, err := w.issuer.Token(client)
	if err != nil {
		w.t.Fatal(err)
	}
	return schema.NewSecret(text)
}

func (w *world) try(token schema.Secret) (*gate.Session, error) {
	s, err := w.gate.Open(w.t.Context(), gate.Credential{
		Protocol: schema.ProtocolPostgres, Target: "payments-db", Token: token,
		Request: schema.Request{ClientAddress: "127.0.0.1", Application: "test"},
	})
	if s != nil {
		w.t.Cleanup(s.Close)
	}
	return s, err
}

func (w *world) open(client string) *gate.Session {
	w.t.Helper()
	s, err := w.try(w.token(client))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func refusal(t testing.TB, err error) *gate.Refusal {
	t.Helper()
	var r *gate.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got %v, not a refusal", err)
	}
	return r
}

func action(verb, table string) *schema.Action {
	text := verb + " " + table
	return &schema.Action{
		Accesses: []schema.Access{{Verb: verb, Object: table, Columns: []string{"id", "pan"}}}, Text: text,
		SQL: &schema.SQL{Statement: verb, Normalized: text, WhereBound: true},
	}
}

func cards() *schema.Action {
	a := action("select", "public.cards")
	a.Outputs = []schema.Output{
		{Name: "id", Origin: schema.OriginBare, Columns: []string{"public.cards.id"}},
		{Name: "p", Origin: schema.OriginBare, Columns: []string{"public.cards.pan"}},
	}
	return a
}

// entries reads the log back.
func (w *world) entries(kinds ...audit.Kind) []audit.Entry {
	w.t.Helper()
	_ = w.log.Flush() // a log that was broken on purpose says so elsewhere
	data, err := os.ReadFile(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	var list []audit.Entry
	for line := range bytes.Lines(data) {
		var e audit.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			w.t.Fatal(err)
		}
		for _, k := range kinds {
			if e.Kind == k {
				list = append(list, e)
			}
		}
	}
	return list
}

func (w *world) decide(ticket string, approve bool) {
	w.t.Helper()
	by := &schema.Principal{Issuer: "corp", Subject: "alice", Groups: []string{"dba"}, Kind: schema.KindHuman}
	if _, err := w.desk.Decide(w.t.Context(), ticket, by, approve, "as agreed"); err != nil {
		w.t.Fatal(err)
	}
}
