package postgres_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

func withTLS(cert tls.Certificate) func(*postgres.Config) {
	return func(c *postgres.Config) {
		c.InsecureLoopback = false
		c.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
}

func TestTLS(t *testing.T) {
	cert, pool := authority(t)
	g := start(t, withTLS(cert))
	for _, negotiation := range []string{"postgres", "direct"} {
		t.Run(negotiation, func(t *testing.T) {
			cfg, err := pgx.ParseConfig(fmt.Sprintf("host=127.0.0.1 port=%s user=x password=%s dbname=db sslmode=require sslnegotiation=%s",
				g.port(), token(t, "dba"), negotiation))
			if err != nil {
				t.Fatal(err)
			}
			cfg.TLSConfig.InsecureSkipVerify, cfg.TLSConfig.RootCAs, cfg.TLSConfig.ServerName = false, pool, "127.0.0.1"
			conn, err := pgx.ConnectConfig(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			var one int
			if err := conn.QueryRow(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
				t.Errorf("got %d, %v", one, err)
			}
		})
	}
	t.Run("no token without it", func(t *testing.T) {
		p := g.dial(t)
		p.send(startup(version30, "user", "x", "database", "db"))
		if got := p.until('Z'); got != "E(28000) end" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("direct without the protocol's name", func(t *testing.T) {
		conn, err := tls.Dial("tcp", g.address, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
	})
	t.Run("GSSENC, then TLS, then twice", func(t *testing.T) {
		p := g.dial(t)
		p.send(request(80877104))
		p.wantByte('N')
		p.send(request(80877103))
		p.wantByte('S')
		secured := tls.Client(p.conn, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
		if err := secured.Handshake(); err != nil {
			t.Fatal(err)
		}
		p.conn = secured
		p.send(request(80877103))
		if got := p.until('Z'); got != "E(08P01) end" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("plain text behind the request", func(t *testing.T) {
		p := g.dial(t)
		p.send(request(80877103), startup(version30, "user", "x", "database", "db"))
		p.wantByte('S')
		if rest, _ := io.ReadAll(p.conn); strings.Contains(string(rest), "R\x00\x00") {
			t.Errorf("plain text was taken: %q", rest)
		}
	})
}

func (g *gateway) port() string {
	_, port, _ := net.SplitHostPort(g.address)
	return port
}

func (p *peer) wantByte(want byte) {
	p.t.Helper()
	var b [1]byte
	if _, err := io.ReadFull(p.conn, b[:]); err != nil || b[0] != want {
		p.t.Fatalf("read %q, %v; want %q", b, err, want)
	}
}

func TestStartup(t *testing.T) {
	g := start(t)
	tests := map[string]struct {
		send []byte
		want string
	}{
		"no TLS here":        {request(80877103), ""},
		"version 2":          {startup(2<<16, "user", "x"), "E(0A000) end"},
		"garbage":            {[]byte("GET / HTTP/1.1\r\n\r\n"), "E(08P01) end"},
		"length too large":   {[]byte{0, 0, 0x30, 0, 0, 3, 0, 0}, "E(08P01) end"},
		"length too small":   {[]byte{0, 0, 0, 7, 0, 3, 0, 0}, "E(08P01) end"},
		"no pairs at all":    {startup(version30)[:8], "end"},
		"unknown cancel key": {request(80877102, 0, 0, 0, 1, 0, 0, 0, 2), "end"},
		"newer protocol":     {startup(3<<16|7, "user", "x", "database", "db"), "v R"},
		"unknown option":     {startup(version30, "_pq_.grease", "1", "user", "x", "database", "db"), "v R"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := g.dial(t)
			p.send(test.send)
			switch {
			case test.want == "":
				p.wantByte('N')
			case name == "no pairs at all":
				_ = p.conn.(*net.TCPConn).CloseWrite()
				fallthrough
			default:
				if got := p.until('R'); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
		})
	}
}

// TestStartupSettings brings settings along, which are decided as SET is.
func TestStartupSettings(t *testing.T) {
	role := "session_replication_role"
	for name, test := range map[string]struct {
		client string
		dryRun bool
		pairs  []string
		want   string
		shown  string
	}{
		"replication":           {"dba", false, []string{"replication", "true"}, "E(0A000) end", ""},
		"no rule for it":        {"analyst", false, []string{role, "replica"}, "E(42501) end", ""},
		"in options":            {"analyst", false, []string{"options", "-c " + role + "=replica"}, "E(42501) end", ""},
		"a rule for it":         {"dba", false, []string{role, "replica"}, "", "replica"},
		"in dry run":            {"analyst", true, []string{role, "replica"}, "", "replica"},
		"harmless":              {"analyst", false, []string{"statement_timeout", "77s", "DateStyle", "ISO"}, "", "origin"},
		"planner under masks":   {"analyst", false, []string{"enable_seqscan", "off"}, "E(42501) end", ""},
		"another encoding":      {"dba", false, []string{"client_encoding", "LATIN1"}, "E(0A000) end", ""},
		"UTF-8":                 {"analyst", false, []string{"client_encoding", "'utf-8'"}, "", "origin"},
		"other strings":         {"dba", false, []string{"standard_conforming_strings", "off"}, "E(0A000) end", ""},
		"both in dry run":       {"analyst", true, []string{"standard_conforming_strings", "off", "client_encoding", "LATIN1"}, "", "origin"},
		"smuggled database":     {"dba", false, []string{"options", "-c database=template1"}, "E(42704) end", ""},
		"smuggled user":         {"dba", true, []string{"options", "-c User=postgres"}, "E(42704) end", ""},
		"smuggled replication":  {"dba", true, []string{"options", "--replication=true"}, "E(42704) end", ""},
		"smuggled options":      {"dba", false, []string{"options", `-c options=-c\ x`}, "E(42704) end", ""},
		"a name with a quote":   {"analyst", false, []string{`a"; SET x TO y; --`, "z"}, "E(42501) end", ""},
		"a value with a quote":  {"analyst", false, []string{"application_name", `a'; DROP TABLE x; --\'`}, "", "origin"},
		"nothing but a name":    {"analyst", false, []string{"", ""}, "E(08P01) end", ""},
		"a setting of a plugin": {"analyst", false, []string{"app.user", "7"}, "E(42501) end", ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := startWith(t, test.dryRun)
			p := g.dial(t)
			p.send(startup(version30, append([]string{"user", "x", "database", "db"}, test.pairs...)...))
			if got := p.until('R'); got == "R" {
				p.send(message('p', token(t, test.client)+"\x00"))
				got = p.until('Z')
				switch {
				case test.want != "" && got != test.want:
					t.Errorf("got %s, want %s", got, test.want)
				case test.want == "":
					p.send(q("SHOW " + role))
					if got := p.until('Z'); got != "T D("+test.shown+") C(SHOW) ZI" {
						t.Errorf("got %s", got)
					}
				}
			} else if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestStalledClients fills the lobby with clients that never show a token. They keep nobody out.
func TestStalledClients(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.MaxConnections = 2 })
	first := g.enter(t, "dba")
	var stalled []*peer
	for i := range 6 {
		p := g.dial(t)
		if i%2 == 0 {
			p.send(startup(version30, "user", "x", "database", "db"))
			p.until('R')
		}
		stalled = append(stalled, p)
	}
	second := g.enter(t, "dba")
	for _, p := range []*peer{first, second} {
		p.send(q("SELECT 1"))
		if got := p.until('Z'); got != "T D(1) C(SELECT 1) ZI" {
			t.Errorf("got %s", got)
		}
	}
	if got := stalled[0].until('Z'); got != "end" {
		t.Errorf("the one that waited longest got %s", got)
	}
}

func TestIdentity(t *testing.T) {
	g := start(t)
	tests := map[string]struct {
		database, token, want string
	}{
		"no token":        {"db", "", "E(28000) end"},
		"nonsense":        {"db", "x.y.z", "E(28000) end"},
		"no right":        {"db", token(t, "stranger"), "E(42501) end"},
		"unknown target":  {"elsewhere", token(t, "dba"), "E(42501) end"},
		"target not here": {"nowhere", token(t, "dba"), "E(3D000) end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := g.dial(t)
			p.send(startup(version30, "user", "x", "database", test.database))
			p.until('R')
			p.send(message('p', test.token+"\x00"))
			if got := p.until('Z'); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	t.Run("not a password", func(t *testing.T) {
		p := g.dial(t)
		p.send(startup(version30, "user", "x", "database", "db"))
		p.until('R')
		p.send(q("SELECT 1"))
		if got := p.until('Z'); got != "E(08P01) end" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a huge password", func(t *testing.T) {
		p := g.dial(t)
		p.send(startup(version30, "user", "x", "database", "db"))
		p.until('R')
		p.send([]byte{'p', 0x7f, 0xff, 0xff, 0xff})
		if got := p.until('Z'); got != "E(08P01) end" {
			t.Errorf("got %s", got)
		}
	})
	if n := g.server.Stats().Sessions; n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestUpstreamFaults(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := listener.Addr().String()
	listener.Close()
	tests := map[string]struct {
		change func(*postgres.Upstream)
		log    string
	}{
		"dead":           {func(u *postgres.Upstream) { u.Address = dead }, "is the database up"},
		"wrong password": {func(u *postgres.Upstream) { u.Password = schema.NewSecret("hunter2") }, "check the upstream's user and password"},
		"wrong database": {func(u *postgres.Upstream) { u.Database = "nosuch" }, "check the upstream's database"},
		"no TLS":         {func(u *postgres.Upstream) { u.TLS = &tls.Config{} }, "set ssl = on"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			up := upstream()
			test.change(up)
			g := start(t, func(c *postgres.Config) { c.Upstreams = map[string]*postgres.Upstream{"db": up} })
			_, err := pgx.Connect(t.Context(), g.url(t, "dba"))
			var e *pgconn.PgError
			if !errors.As(err, &e) || e.Code != "08006" {
				t.Errorf("got %v, want 08006", err)
			}
			if s := g.stderr.String(); !strings.Contains(s, test.log) || strings.Contains(s, "hunter2") {
				t.Errorf("the operator was told %s", s)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Error("the client was told the password")
			}
		})
	}
}

func TestUpstreamTLS(t *testing.T) {
	secured, pool := tlsDatabase(t)
	up := upstream()
	up.Address = secured
	t.Run("trusted", func(t *testing.T) {
		good := *up
		good.TLS = &tls.Config{RootCAs: pool}
		g := start(t, func(c *postgres.Config) { c.Upstreams = map[string]*postgres.Upstream{"db": &good} })
		var ssl bool
		if err := g.connect(t, "dba").QueryRow(t.Context(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&ssl); err != nil || !ssl {
			t.Errorf("got %v, %v", ssl, err)
		}
	})
	t.Run("not trusted", func(t *testing.T) {
		bad := *up
		bad.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
		g := start(t, func(c *postgres.Config) { c.Upstreams = map[string]*postgres.Upstream{"db": &bad} })
		if _, err := pgx.Connect(t.Context(), g.url(t, "dba")); err == nil {
			t.Error("a database that nobody vouches for was entered")
		}
	})
}

func TestMaxConnections(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.MaxConnections = 1 })
	first := g.enter(t, "dba")
	p := g.dial(t)
	p.send(startup(version30, "user", "x", "database", "db"))
	p.until('R')
	p.send(message('p', token(t, "dba")+"\x00"))
	if got := p.until('Z'); got != "E(53300) end" {
		t.Errorf("got %s", got)
	}
	first.send(message('X', ""))
	if got := first.until('Z'); got != "end" {
		t.Errorf("the first was told %s", got)
	}
	again := g.waitEnter(t, "dba")
	again.send(q("SELECT 1"))
	again.until('Z')
}

// waitEnter enters as soon as there is room.
func (g *gateway) waitEnter(t *testing.T, client string) *peer {
	for {
		p := g.dial(t)
		p.send(startup(version30, "user", "x", "database", "db"))
		p.until('R')
		p.send(message('p', token(t, client)+"\x00"))
		if got := p.until('Z'); strings.HasSuffix(got, "ZI") {
			return p
		}
	}
}

func TestPSQL(t *testing.T) {
	g := start(t)
	psql := filepath.Join(database.BinDir, "psql")
	cmd := exec.CommandContext(t.Context(), psql, "-XqAt", g.url(t, "dba"))
	cmd.Stdin = strings.NewReader(`
DELETE FROM items WHERE id IN (950, 951);
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO items VALUES (950);
SELECT note FROM forbidden;
INSERT INTO items VALUES (951);
COMMIT;
SELECT count(*) FROM items WHERE id IN (950, 951);
\copy (SELECT 7) TO STDOUT
SELECT 1 AS a \gset
SELECT :a + 1;
\d items
`)
	out, err := cmd.CombinedOutput()
	text := string(out)
	if err != nil || !strings.Contains(text, "\n2\n7\n2\n") || !strings.Contains(text, "ERROR:") {
		t.Errorf("psql: %v\n%s", err, text)
	}
}
