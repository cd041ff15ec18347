package main

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"
)

// corpusDir holds the statements every build must survive: schema.sql makes the database, leaks.sql is what a caller
// under masks may try, works.sql what it needs.
const corpusDir = "../../runtime/sqlfacts/testdata"

const corpusPolicy = `
policy "corpus" {
  language = 1
  owner    = "appsec@example.com"
}

issuer "dev" {
  oidc {
    url        = "%s"
    audiences  = ["gatewright"]
    algorithms = ["ES256"]
  }
  principal {
    subject = "claims.sub"
    groups  = "claims.groups"
    kind    = "claims.client_type == 'human' ? 'human' : 'machine'"
  }
}

target "db" {
  protocol = "postgres"
}

class "ssn" {
  targets = ["db"]
  columns = ["public.customers.ssn"]
}

class "card" {
  targets = ["db"]
  columns = ["public.cards.pan"]
}

class "email" {
  targets = ["db"]
  columns = ["public.customers.email"]
}

allow "analyst" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs  = ["select", "insert", "update", "delete"]
    tables = ["public.*"]
  }
}

mask "all" {
  groups  = ["analyst"]
  classes = ["ssn", "card", "email"]
  with    = "redact"
}
`

// corpusIndexes are indexes that a masked column stands in with others, for attacks through their order and uniqueness.
const corpusIndexes = `
CREATE INDEX by_ssn ON customers (ssn, name);
CREATE INDEX by_name ON customers (name, ssn);
CREATE UNIQUE INDEX by_name_and_digit ON customers (name, (left(ssn, 1)));
`

// corpusPower lets the analyst change definitions and call every function.
const corpusPower = `
allow "power" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs = ["create", "alter", "drop", "truncate", "lock", "maintain", "grant", "notify", "set"]
  }
}

allow "calls" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs     = ["call"]
    functions = ["*"]
  }
}
`

// scramble rewrites every masked value of a twin. Both twins run an update of every row, so that their rows lie in
// the same order; only the values differ, at equal lengths. Neither order nor uniqueness of the values is kept.
const scramble = `
ALTER TABLE customers DROP CONSTRAINT customers_ssn_key, DROP CONSTRAINT customers_email_key;
UPDATE customers SET ssn = %[1]s, email = %[2]s;
UPDATE cards SET pan = %[3]s;
ALTER TABLE customers ADD CONSTRAINT customers_email_key UNIQUE (email), ADD CONSTRAINT customers_ssn_key UNIQUE (ssn);
REFRESH MATERIALIZED VIEW customer_snapshot;
ANALYZE;
`

type corpusCase struct {
	name       string
	owner      []string
	statements []string
}

func readCorpus(t *testing.T, file string) []corpusCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpusDir, file))
	if err != nil {
		t.Fatal(err)
	}
	var cases []corpusCase
	var pending string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "-- name: "); ok {
			cases = append(cases, corpusCase{name: name})
			continue
		}
		if len(cases) == 0 || line == "" {
			continue
		}
		c := &cases[len(cases)-1]
		if sql, ok := strings.CutPrefix(line, "-- as-owner: "); ok {
			c.owner = append(c.owner, sql)
			continue
		}
		pending += line
		if !strings.HasSuffix(line, ";") {
			pending += "\n"
			continue
		}
		c.statements = append(c.statements, pending)
		pending = ""
	}
	if len(cases) == 0 || pending != "" {
		t.Fatalf("%s: %d cases, and %q is left over", file, len(cases), pending)
	}
	return cases
}

// wire is a PostgreSQL client that sees every byte the server sends.
type wire struct {
	conn net.Conn
	*pgproto3.Frontend
}

func dialWire(t *testing.T, address, database, password string, useTLS bool) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if useTLS {
		if _, err := conn.Write(encoded(t, &pgproto3.SSLRequest{})); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 1)
		if _, err := conn.Read(answer); err != nil || answer[0] != 'S' {
			t.Fatalf("SSLRequest: %q, %v", answer, err)
		}
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	w := &wire{conn: conn, Frontend: pgproto3.NewFrontend(pgproto3.NewChunkReader(conn), conn)}
	w.send(t, &pgproto3.StartupMessage{
		ProtocolVersion: pgproto3.ProtocolVersionNumber,
		Parameters:      map[string]string{"user": "corpus", "database": database, "application_name": "corpus"},
	})
	for {
		switch m := w.receive(t).(type) {
		case *pgproto3.AuthenticationCleartextPassword:
			w.send(t, &pgproto3.PasswordMessage{Password: password})
		case *pgproto3.ErrorResponse:
			t.Fatalf("startup refused: %s %s", m.Code, m.Message)
		case *pgproto3.ReadyForQuery:
			return w
		}
	}
}

func (w *wire) send(t *testing.T, messages ...pgproto3.FrontendMessage) {
	t.Helper()
	var buf []byte
	for _, m := range messages {
		buf = append(buf, encoded(t, m)...)
	}
	if _, err := w.conn.Write(buf); err != nil {
		t.Fatal(err)
	}
}

func encoded(t *testing.T, m interface{ Encode([]byte) ([]byte, error) }) []byte {
	t.Helper()
	b, err := m.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *wire) receive(t *testing.T) pgproto3.BackendMessage {
	t.Helper()
	m, err := w.Receive()
	if err != nil {
		t.Fatalf("receive: %v", err)
	}
	return m
}

// untilReady gives the encoded messages up to and including ReadyForQuery.
func (w *wire) untilReady(t *testing.T) [][]byte {
	t.Helper()
	var all [][]byte
	for {
		m := w.receive(t)
		all = append(all, encoded(t, m))
		if _, ok := m.(*pgproto3.ReadyForQuery); ok {
			return all
		}
	}
}

// way is one way a client can run a statement.
type way struct {
	name string
	run  func(t *testing.T, w *wire, sql string) [][]byte
}

func corpusWays() []way {
	extended := func(format int16) func(t *testing.T, w *wire, sql string) [][]byte {
		return func(t *testing.T, w *wire, sql string) [][]byte {
			w.send(t,
				&pgproto3.Parse{Query: strings.TrimSuffix(sql, ";")},
				&pgproto3.Describe{ObjectType: 'S'},
				&pgproto3.Bind{ResultFormatCodes: []int16{format}},
				&pgproto3.Execute{},
				&pgproto3.Sync{})
			return w.untilReady(t)
		}
	}
	return []way{
		{"simple", func(t *testing.T, w *wire, sql string) [][]byte {
			w.send(t, &pgproto3.Query{String: sql})
			return w.untilReady(t)
		}},
		{"extended", extended(0)},
		{"binary", extended(1)},
	}
}

// masked are the values that a caller under masks must never see, and the fragments of them that count as seen.
type masked struct {
	whole     [][]byte
	fragments map[string]string
}

func maskedValues(t *testing.T, s *pgserver.Server, databases ...string) masked {
	t.Helper()
	m := masked{fragments: map[string]string{}}
	for _, db := range databases {
		for _, query := range []string{"SELECT email FROM customers", "SELECT ssn FROM customers UNION ALL SELECT pan FROM cards"} {
			out, err := s.PSQL(t.Context(), db, query)
			if err != nil {
				t.Fatal(err)
			}
			for value := range strings.FieldsSeq(out) {
				m.whole = append(m.whole, []byte(value))
				for i := 0; !strings.Contains(value, "@") && i+6 <= len(value); i++ {
					m.fragments[value[i:i+6]] = value
				}
			}
		}
	}
	return m
}

// seen gives the first masked value that shows in data, or in what data spells in hexadecimal.
func (m masked) seen(data []byte) string {
	for _, form := range [][]byte{data, spelledInHex(data)} {
		for _, value := range m.whole {
			if bytes.Contains(form, value) {
				return string(value)
			}
		}
		for i := 0; i+6 <= len(form); i++ {
			if value, ok := m.fragments[string(form[i:i+6])]; ok {
				return fmt.Sprintf("%s (as %q)", value, form[i:i+6])
			}
		}
	}
	return ""
}

func spelledInHex(data []byte) []byte {
	var out []byte
	for _, run := range bytes.FieldsFunc(data, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }) {
		if len(run) >= 12 && len(run)%2 == 0 {
			plain := make([]byte, len(run)/2)
			if _, err := hex.Decode(plain, run); err == nil {
				out = append(append(out, plain...), 0)
			}
		}
	}
	return out
}

// twins are two databases that differ only in masked values, and a gateway in front of each.
type twins struct {
	server   *pgserver.Server
	gateways [2]*testbed
	masked   masked
}

func startTwins(t *testing.T, policy string) *twins {
	t.Helper()
	s, err := pgserver.Start(t.Context(), pgserver.Config{Settings: map[string]string{"autovacuum": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	schemaSQL, err := os.ReadFile(filepath.Join(corpusDir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	run := func(db, sql string) {
		t.Helper()
		if _, err := s.PSQL(t.Context(), db, sql); err != nil {
			t.Fatal(err)
		}
	}
	run("postgres", "CREATE DATABASE twin_a")
	run("twin_a", string(schemaSQL))
	run("twin_a", corpusIndexes)
	run("postgres", "CREATE DATABASE twin_b TEMPLATE twin_a")
	run("twin_a", fmt.Sprintf(scramble, "ssn", "email", "pan"))
	run("twin_b", fmt.Sprintf(scramble,
		"translate(ssn, '0123456789', '7295083416')",
		"translate(email, 'abcdefghijklmnopqrstuvwxyz0123456789', 'qwertyuiopasdfghjklzxcvbnm5830194726')",
		"'5' || translate(reverse(substr(pan, 2)), '0123456789', '4830795162')"))
	tw := &twins{server: s, masked: maskedValues(t, s, "twin_a", "twin_b")}
	for i, db := range []string{"twin_a", "twin_b"} {
		tw.gateways[i] = startTestbed(t, testbedConfig{server: s, database: db, target: "db", policy: policy, group: "analyst"})
	}
	return tw
}

// TestCorpusLeaks runs every statement that a caller under masks may try, in every way a client can send it, against
// two databases that differ only in masked values: nothing masked may show, and both must answer with the same bytes.
func TestCorpusLeaks(t *testing.T) {
	tw := startTwins(t, corpusPolicy)
	leaks(t, tw, append(readCorpus(t, "leaks.sql"), readCorpus(t, "attacks.sql")...))
}

// TestCorpusLeaksDDL is TestCorpusLeaks for a caller who may also change definitions and call functions.
func TestCorpusLeaksDDL(t *testing.T) {
	leaks(t, startTwins(t, corpusPolicy+corpusPower), readCorpus(t, "attacks_ddl.sql"))
}

func leaks(t *testing.T, tw *twins, cases []corpusCase) {
	for _, c := range cases {
		for _, way := range corpusWays() {
			t.Run(c.name+"/"+way.name, func(t *testing.T) {
				var answers [2][][]byte
				for i, gw := range tw.gateways {
					for _, sql := range c.owner {
						if _, err := tw.server.PSQL(t.Context(), []string{"twin_a", "twin_b"}[i], sql); err != nil {
							t.Fatal(err)
						}
					}
					w := gw.dial(t)
					for _, sql := range c.statements {
						answers[i] = append(answers[i], way.run(t, w, sql)...)
					}
				}
				for i := range answers {
					if value := tw.masked.seen(bytes.Join(answers[i], nil)); value != "" {
						t.Errorf("the client saw %s", value)
					}
				}
				if diff := cmp.Diff(printed(answers[0]), printed(answers[1])); diff != "" {
					t.Errorf("the answer depends on masked values (-a +b):\n%s", diff)
				}
			})
		}
	}
}

// TestCorpusWorks runs every statement that a caller under masks needs: it must answer as the database itself does,
// masked columns aside.
func TestCorpusWorks(t *testing.T) {
	tw := startTwins(t, corpusPolicy)
	direct := dialDirect(t, tw.server, "twin_a")
	for _, c := range readCorpus(t, "works.sql") {
		for _, way := range corpusWays() {
			t.Run(c.name+"/"+way.name, func(t *testing.T) {
				// The database first, the gateway then: a case may hold a transaction open, and its locks.
				var want [][][]byte
				for _, sql := range c.statements {
					want = append(want, way.run(t, direct, sql))
				}
				w := tw.gateways[0].dial(t)
				for i, sql := range c.statements {
					got := way.run(t, w, sql)
					if value := tw.masked.seen(bytes.Join(got, nil)); value != "" {
						t.Errorf("%s: the client saw %s", sql, value)
					}
					hideMasked(t, want[i], got)
					if diff := cmp.Diff(printed(want[i]), printed(got)); diff != "" {
						t.Errorf("%s: (-direct +gateway):\n%s", sql, diff)
					}
				}
			})
		}
	}
}

// hideMasked overwrites, in the rows of both, the cells of columns that are masked by name, where the gateway's
// answer holds the redacted form.
func hideMasked(t *testing.T, want, got [][]byte) {
	var hidden []int
	for i := range min(len(want), len(got)) {
		switch got[i][0] {
		case 'T':
			var d pgproto3.RowDescription
			if d.Decode(got[i][5:]) != nil {
				return
			}
			hidden = nil
			for j, f := range d.Fields {
				if slices.Contains([]string{"ssn", "pan", "email"}, string(f.Name)) {
					hidden = append(hidden, j)
				}
			}
		case 'D':
			var w, g pgproto3.DataRow
			if want[i][0] != 'D' || w.Decode(want[i][5:]) != nil || g.Decode(got[i][5:]) != nil || len(w.Values) != len(g.Values) {
				return
			}
			for _, j := range hidden {
				if string(g.Values[j]) == "****" {
					w.Values[j] = g.Values[j]
				}
			}
			want[i] = encoded(t, &w)
		}
	}
}

func printed(messages [][]byte) []string {
	out := make([]string, len(messages))
	for i, m := range messages {
		out[i] = fmt.Sprintf("%q", m)
	}
	return out
}

func dialDirect(t *testing.T, s *pgserver.Server, database string) *wire {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), s.URL(database)+"&application_name=corpus")
	if err != nil {
		t.Fatal(err)
	}
	hijacked, err := conn.Hijack()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hijacked.Conn.Close() })
	return &wire{conn: hijacked.Conn, Frontend: pgproto3.NewFrontend(pgproto3.NewChunkReader(hijacked.Conn), hijacked.Conn)}
}
