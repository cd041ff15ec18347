package gateway_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/runtime/gateway"
	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

const databasePassword = "gateway-password"

// database is the one server behind every gateway of these tests.
var database *pgserver.Server

func TestMain(m *testing.M) { os.Exit(withDatabase(m)) }

func withDatabase(m *testing.M) int {
	var err error
	if database, err = pgserver.Start(context.Background(), pgserver.Config{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, err = database.PSQL(context.Background(), "postgres", `
		CREATE TABLE orders (id int PRIMARY KEY, note text);
		INSERT INTO orders SELECT n, 'note ' || n FROM generate_series(1, 10) n;
		CREATE TABLE cards (id int PRIMARY KEY, pan text);
		INSERT INTO cards VALUES (1, '4111111111111111');
		CREATE ROLE gateway LOGIN PASSWORD '`+databasePassword+`' IN ROLE pg_read_all_data, pg_write_all_data;`)
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	if err := database.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// world is one gateway with everything around it.
type world struct {
	t      *testing.T
	dir    string
	issuer *devissuer.Server
	key    ed25519.PrivateKey
	log    *buffer
	gw     *gateway.Gateway
	stop   func() error
}

// buffer is a log that is read while it is written.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), log: &buffer{}}
	w.startIssuer()
	private, public, err := bundle.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if w.key, err = bundle.ParsePrivateKey(private); err != nil {
		t.Fatal(err)
	}
	w.write("release.pub", public)
	w.write("bundle.gwb", w.encode(w.policy(1, nil)))
	return w
}

func (w *world) startIssuer() {
	client := func(id string, groups ...string) devissuer.Client {
		return devissuer.Client{ID: id, Secret: schema.NewSecret("secret"), Groups: groups}
	}
	person := func(id string, groups ...string) devissuer.Client {
		c := client(id, groups...)
		c.Kind = devissuer.KindHuman
		return c
	}
	var err error
	w.issuer, err = devissuer.New(devissuer.Config{
		Address: "127.0.0.1:0", Now: time.Now, Rand: rand.Reader,
		Clients: []devissuer.Client{
			client("orders", "apps"), person("dba", "dba"), person("boss", "dba", "operators"), person("stranger"), client("bot", "dba"),
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.issuer.Serve(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the issuer: %v", err)
		}
	})
}

// policy lets apps and dba read and change orders, holds their deletes for a dba, and masks cards.
func (w *world) policy(serial uint64, edit func(*schema.Bundle)) *schema.Bundle {
	targets := []string{"shop"}
	b := &schema.Bundle{
		Language: schema.LanguageVersion, Name: "shop", Owner: "appsec@example.com", Serial: serial,
		Issuers: []schema.Issuer{{
			Name: "corp", OIDC: schema.OIDC{URL: w.issuer.URL(), Audiences: []string{"gatewright"}, Algorithms: []string{"ES256", "RS256"}},
			Subject: schema.Condition{Text: "claims.sub"}, Groups: schema.Condition{Text: "claims.groups"}, Kind: schema.Condition{Text: "claims.client_type == 'human' ? 'human' : 'machine'"},
		}},
		Targets: []schema.Target{{Name: "shop", Protocol: schema.ProtocolPostgres}},
		Classes: []schema.Class{{Name: "card", Targets: targets, Columns: []string{"public.cards.pan"}}},
		Rules: []schema.Rule{
			{
				Address: "allow.apps", Effect: schema.Allow, Groups: []string{"apps", "dba"}, Targets: targets, Protocol: schema.ProtocolPostgres,
				Verbs: []string{"delete", "insert", "select", "update"}, Tables: []string{"public.cards", "public.orders"},
			},
			{
				Address: "allow.sleep", Effect: schema.Allow, Groups: []string{"apps", "dba"}, Targets: targets, Protocol: schema.ProtocolPostgres,
				Verbs: []string{"call"}, Functions: []string{"pg_catalog.pg_sleep"},
			},
			{
				Address: "approve.deletes", Effect: schema.Approve, Targets: targets, Protocol: schema.ProtocolPostgres,
				Verbs: []string{"delete"}, Route: "dbas",
			},
		},
		Masks: []schema.Mask{{Address: "mask.cards", Classes: []string{"card"}, With: schema.TransformLast4}},
		Routes: []schema.Route{{
			Name: "dbas", Approvers: []string{"corp/group:dba"}, ApproverKinds: []string{schema.KindHuman}, Quorum: 1, Hold: 20 * time.Second, Expires: time.Minute, Notify: []string{"hook"},
		}},
	}
	if edit != nil {
		edit(b)
	}
	return b
}

// noOrders takes the right to read orders away.
func noOrders(b *schema.Bundle) { b.Rules[0].Tables = []string{"public.cards"} }

func (w *world) encode(b *schema.Bundle, keys ...ed25519.PrivateKey) []byte {
	w.t.Helper()
	if keys == nil {
		keys = []ed25519.PrivateKey{w.key}
	}
	data, err := bundle.Encode(b, vocab.Fingerprint(), keys...)
	if err != nil {
		w.t.Fatal(err)
	}
	return data
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name string, data []byte) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), data, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// replace puts a file in the place of another in one step.
func (w *world) replace(name string, data []byte) {
	w.t.Helper()
	w.write(name+".new", data)
	if err := os.Rename(w.path(name+".new"), w.path(name)); err != nil {
		w.t.Fatal(err)
	}
}

// base is the configuration of these tests; more blocks go behind it.
func (w *world) base() string {
	return fmt.Sprintf(`
bundle {
  path = "bundle.gwb"
  keys = ["release.pub"]
  poll = "100ms"
}
listener "postgres" {
  address           = "127.0.0.1:0"
  insecure_loopback = true
}
upstream "shop" {
  address  = %q
  database = "postgres"
  user     = "gateway"
  password = "env:SHOP_PASSWORD"
}
metrics { address = "127.0.0.1:0" }
admin {
  address   = "127.0.0.1:0"
  operators = ["group:operators"]
}
`, database.Address())
}

func (w *world) open(source string, edit func(*gateway.Options)) (*gateway.Gateway, error) {
	w.t.Helper()
	c, diags := config.Parse(w.path("gateway.hcl"), []byte(source))
	if diags.HasErrors() {
		w.t.Fatalf("%+v", diags)
	}
	o := gateway.Options{
		Config: c, Logger: slog.New(slog.NewTextHandler(w.log, nil)), Now: time.Now, Rand: rand.Reader,
		Env: func(name string) string { return map[string]string{"SHOP_PASSWORD": databasePassword}[name] },
	}
	if edit != nil {
		edit(&o)
	}
	return gateway.New(w.t.Context(), o)
}

// start runs a gateway until the test ends or stop is called.
func (w *world) start(source string, edit func(*gateway.Options)) {
	w.t.Helper()
	gw, err := w.open(source, edit)
	if err != nil {
		w.t.Fatal(err)
	}
	w.gw = gw
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- gw.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	w.t.Cleanup(func() {
		if err := w.stop(); err != nil {
			w.t.Errorf("Run: %v", err)
		}
		if w.t.Failed() {
			w.t.Log(w.log.String())
		}
	})
}

func (w *world) token(client string) string {
	w.t.Helper()
	token, err := w.issuer.Token(client)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func (w *world) dial(client string) (*pgx.Conn, error) {
	w.t.Helper()
	c, err := pgx.ParseConfig("postgres://anyone@" + w.gw.Address() + "/shop?sslmode=disable")
	if err != nil {
		w.t.Fatal(err)
	}
	c.Password = w.token(client)
	return pgx.ConnectConfig(w.t.Context(), c)
}

func (w *world) connect(client string) *pgx.Conn {
	w.t.Helper()
	conn, err := w.dial(client)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the gateway may have closed it
	return conn
}

// eventually waits for a condition that something else brings about.
func (w *world) eventually(what string, so func() bool) {
	w.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("never: %s\nstatus %+v", what, w.gw.Status())
		}
	}
}

// answer is what the admin API said.
type answer struct {
	status int
	body   string
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

func (w *world) admin(method, path, token, contentType, body string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.gw.AdminAddress()+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) answer {
	w.t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, string(text)}
}

func (w *world) get(path, client string) answer {
	w.t.Helper()
	return w.admin(http.MethodGet, path, w.token(client), "", "")
}

func (w *world) post(path, client, body string) answer {
	w.t.Helper()
	return w.admin(http.MethodPost, path, w.token(client), "application/json", body)
}

func (w *world) metrics(path string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, "http://"+w.gw.MetricsAddress()+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(req)
}

// audited counts the lines of the audit log that hold every one of some texts.
func (w *world) audited(texts ...string) int {
	w.t.Helper()
	data, err := os.ReadFile(w.path("audit.jsonl"))
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
lines:
	for line := range strings.Lines(string(data)) {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue lines
			}
		}
		n++
	}
	return n
}
