package postgres_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/runtime/store"
	"github.com/gatewright/gatewright/schema"
)

var (
	database *pgserver.Server
	issuer   *devissuer.Server
)

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var err error
	if database, err = pgserver.Start(ctx, pgserver.Config{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer database.Close()
	if _, err = database.PSQL(ctx, "postgres", tables); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	issuer, err = devissuer.New(devissuer.Config{Address: "127.0.0.1:0", Now: time.Now, Rand: rand.Reader, Clients: []devissuer.Client{
		{ID: "dba", Secret: schema.NewSecret("x"), Groups: []string{"dba"}},
		{ID: "analyst", Secret: schema.NewSecret("x"), Groups: []string{"analyst"}},
		{ID: "boss", Secret: schema.NewSecret("x"), Groups: []string{"boss"}},
		{ID: "stranger", Secret: schema.NewSecret("x"), Groups: []string{"stranger"}},
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	done := make(chan error, 1)
	go func() { done <- issuer.Serve(ctx) }()
	code := m.Run()
	cancel()
	<-done
	_ = database.Close()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

const tables = `
CREATE TABLE orders (id int PRIMARY KEY, status text, total numeric(12,2));
INSERT INTO orders SELECT g, 'new', g FROM generate_series(1, 100) g;
CREATE TABLE cards (id int PRIMARY KEY, pan text NOT NULL, pin int, raw bytea);
INSERT INTO cards VALUES (1, '4111111111111111', 1234, '\x01'), (2, '4012888888881881', 5678, NULL);
CREATE TABLE forbidden (id int, note text);
INSERT INTO forbidden VALUES (1, 'forbidden fruit');
CREATE TABLE held (id int);
INSERT INTO held VALUES (1), (2);
CREATE TABLE later (note text);
CREATE TABLE items (id int, name text);
CREATE TABLE odd (id int PRIMARY KEY, secret text, note text, doc jsonb, n bigint, doubled text GENERATED ALWAYS AS (note || note) STORED);
CREATE SCHEMA other;
CREATE TABLE other.orders (id int, secret text);
INSERT INTO other.orders VALUES (7, 'other');
CREATE FUNCTION shout(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'shouting %', $1; END $$;
CREATE FUNCTION planned() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'it ran'; RETURN 1; END $$;
`

// policy lets the dba do all but read forbidden, and what is in held only with the boss's word; the analyst may use
// every table, cards masked.
func policy() *schema.Bundle {
	claim := func(text string) schema.Condition { return schema.Condition{Text: text} }
	every := []string{"db"}
	return &schema.Bundle{
		Language: schema.LanguageVersion, Name: "test", Owner: "appsec@example.com", ID: "sha256:test",
		Issuers: []schema.Issuer{{
			Name: "corp", OIDC: schema.OIDC{URL: issuer.URL(), Audiences: []string{devissuer.DefaultAudience}, Algorithms: []string{"ES256", "RS256", "EdDSA"}},
			Subject: claim("claims.sub"), Groups: claim("claims.groups"), Kind: claim("'machine'"),
		}},
		Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}, {Name: "nowhere", Protocol: schema.ProtocolPostgres}},
		Classes: []schema.Class{{Name: "card", Targets: every, Columns: []string{"public.cards.pan", "public.cards.pin", "public.cards.raw", "public.odd.secret", "public.odd.doc", "public.odd.n", "public.shifted.secret"}, Detect: []string{"credit_card"}}},
		Rules: []schema.Rule{
			{Address: "allow.analyst", Effect: schema.Allow, Groups: []string{"analyst"}, Targets: every, Protocol: schema.ProtocolPostgres,
				Verbs: []string{"connect", "select", "insert", "update", "delete"}, Tables: []string{"public.*"}},
			{Address: "allow.dba", Effect: schema.Allow, Groups: []string{"dba"}, Targets: []string{"db", "nowhere"}, Protocol: schema.ProtocolPostgres, Verbs: schema.PostgresVerbs},
			{Address: "allow.dba-calls", Effect: schema.Allow, Groups: []string{"dba"}, Targets: every, Protocol: schema.ProtocolPostgres,
				Verbs: []string{"call"}, Functions: []string{"*"}},
			{Address: "approve.held", Effect: schema.Approve, Targets: every, Protocol: schema.ProtocolPostgres, Tables: []string{"public.held"}, Route: "boss"},
			{Address: "approve.later", Effect: schema.Approve, Targets: every, Protocol: schema.ProtocolPostgres, Tables: []string{"public.later"}, Route: "soon"},
			{Address: "deny.forbidden", Effect: schema.Deny, Targets: every, Protocol: schema.ProtocolPostgres, Tables: []string{"public.forbidden"}, Message: "forbidden is not for reading"},
		},
		Masks: []schema.Mask{{Address: "mask.cards", Classes: []string{"card"}, Groups: []string{"analyst"}, With: schema.TransformLast4}},
		Routes: []schema.Route{{Name: "boss", Approvers: []string{"corp/group:boss"}, ApproverKinds: []string{"human"}, Quorum: 1, Hold: time.Minute, Expires: time.Hour},
			{Name: "soon", Approvers: []string{"corp/group:boss"}, ApproverKinds: []string{"human"}, Quorum: 1, Hold: time.Nanosecond, Expires: time.Hour}},
	}
}

// gateway is one running data path.
type gateway struct {
	server  *postgres.Server
	gate    *gate.Gate
	desk    *approval.Desk
	address string
	log     string
	flush   func() error // fails once the log is closed, which flushes it
	stderr  *lockedBuffer
	// stop ends Serve's context, as SIGTERM does.
	stop context.CancelFunc
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t testing.TB, change ...func(*postgres.Config)) *gateway {
	t.Helper()
	return startWith(t, false, change...)
}

// startWith starts a gateway that may be in dry run.
func startWith(t testing.TB, dryRun bool, change ...func(*postgres.Config)) *gateway {
	t.Helper()
	return startOn(t, ground{dryRun: dryRun, log: audit.Options{Now: time.Now}}, change...)
}

// ground is what a gateway stands on, beside its configuration.
type ground struct {
	dryRun bool
	log    audit.Options
	// asked, when not nil, is called for each new ticket.
	asked func()
}

func startOn(t testing.TB, on ground, change ...func(*postgres.Config)) *gateway {
	t.Helper()
	g := &gateway{log: filepath.Join(t.TempDir(), "audit.log"), stderr: &lockedBuffer{}}
	log, err := audit.Open(g.log, on.log)
	if err != nil {
		t.Fatal(err)
	}
	g.flush = log.Flush
	var ids atomic.Int64
	newID := func() string { return fmt.Sprintf("id-%d", ids.Add(1)) }
	newTicket := func() string {
		if on.asked != nil {
			on.asked()
		}
		return newID()
	}
	tickets, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gatewright.db"))
	if err != nil {
		t.Fatal(err)
	}
	g.desk, err = approval.New(approval.Config{Store: tickets, Now: time.Now, NewID: newTicket, Record: gate.TicketRecorder(log)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := gate.NewPolicy(policy(), gate.PolicyOptions{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	g.gate, err = gate.New(gate.Config{Policy: p, Log: log, Approvals: g.desk, Now: time.Now, NewID: newID, DryRun: on.dryRun})
	if err != nil {
		t.Fatal(err)
	}
	cfg := postgres.Config{
		Gate: g.gate, InsecureLoopback: true, Now: time.Now, Rand: rand.Reader, Logger: slog.New(slog.NewTextHandler(g.stderr, nil)),
		Upstreams: map[string]*postgres.Upstream{"db": upstream()},
	}
	for _, c := range change {
		c(&cfg)
	}
	if g.server, err = postgres.New(cfg); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.address = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	g.stop = cancel
	done := make(chan error, 1)
	go func() { done <- g.server.Serve(ctx, l) }()
	t.Cleanup(func() {
		if err := g.server.Close(); err != nil {
			t.Error(err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
		if err := tickets.Close(); err != nil {
			t.Error(err)
		}
		g.paired(t)
	})
	return g
}

func upstream() *postgres.Upstream {
	return &postgres.Upstream{Address: database.Address(), Database: "postgres", User: pgserver.User, Password: schema.NewSecret(pgserver.Password)}
}

func token(t testing.TB, client string) string {
	t.Helper()
	text, err := issuer.Token(client)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (g *gateway) url(t testing.TB, client string) string {
	return fmt.Sprintf("postgres://anyone:%s@%s/db?sslmode=disable", token(t, client), g.address)
}

func (g *gateway) connect(t *testing.T, client string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), g.url(t, client))
	if err != nil {
		t.Fatalf("%v\n%s", err, g.stderr)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// line is one line of the audit log.
type line struct {
	Seq      uint64
	Kind     string
	Effect   string
	Rules    []string
	Text     string
	Catalog  string
	Decision uint64
	SQLSTATE string `json:"sqlstate"`
	Rows     *int64
	Masked   *int64 `json:"masked_cells"`
	Enforced *bool
}

func (g *gateway) lines(t testing.TB) []line {
	t.Helper()
	_ = g.flush()
	data, err := os.ReadFile(g.log)
	if err != nil {
		t.Fatal(err)
	}
	var out []line
	for _, text := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		out = append(out, l)
	}
	return out
}

// paired checks that every decision that let something pass has exactly one outcome.
func (g *gateway) paired(t testing.TB) {
	t.Helper()
	open := map[uint64]int{}
	for _, l := range g.lines(t) {
		switch {
		case l.Kind == "decision" && (l.Effect == "allow" || !*l.Enforced):
			open[l.Seq] = 1
		case l.Kind == "outcome":
			open[l.Decision]--
		}
	}
	for seq, n := range open {
		if n != 0 {
			t.Errorf("decision %d has %d outcomes too few", seq, n)
		}
	}
}
