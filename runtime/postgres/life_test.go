package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// key enters with a protocol version and gives the session's cancel key.
func (g *gateway) key(t *testing.T, version uint32) (*peer, []byte) {
	t.Helper()
	p := g.dial(t)
	p.send(startup(version, "user", "x", "database", "db"))
	p.until('R')
	p.send(message('p', token(t, "dba")+"\x00"))
	var key []byte
	for {
		kind, body := p.read()
		switch kind {
		case 'K':
			key = body
		case 'Z':
			return p, key
		case 0, 'E':
			t.Fatalf("start-up failed: %q", body)
		}
	}
}

// running waits until the database runs a text.
func running(t *testing.T, text string) {
	t.Helper()
	for {
		out, err := database.PSQL(t.Context(), "postgres", "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%"+text+"%'")
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(out) != "0" {
			return
		}
	}
}

func gone(t *testing.T, text string) {
	t.Helper()
	for {
		out, err := database.PSQL(t.Context(), "postgres", "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%"+text+"%'")
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(out) == "0" {
			return
		}
	}
}

func TestCancel(t *testing.T) {
	g := start(t)
	for name, version := range map[string]uint32{"3.0": version30, "3.2": version32} {
		t.Run(name, func(t *testing.T) {
			p, key := g.key(t, version)
			if want := map[string]int{"3.0": 8, "3.2": 36}[name]; len(key) != want {
				t.Errorf("the key has %d bytes, want %d", len(key), want)
			}
			p.send(q("SELECT pg_sleep(60), 'cancel " + name + "'"))
			running(t, "cancel "+name)
			wrong := append([]byte{}, key...)
			wrong[len(wrong)-1] ^= 1
			g.dial(t).send(request(80877102, wrong...))
			g.dial(t).send(request(80877102, key...))
			if got := p.until('Z'); !strings.HasSuffix(got, "E(57014) ZI") {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestVanish(t *testing.T) {
	g := start(t)
	p := g.enter(t, "dba")
	p.send(q("SELECT pg_sleep(60), 'vanish'"))
	running(t, "vanish")
	_ = p.conn.Close()
	gone(t, "vanish")
}

func TestVanishMidMessage(t *testing.T) {
	g := start(t)
	for name, bytes := range map[string][]byte{
		"header":     {'Q', 0, 0},
		"body":       {'Q', 0, 0, 1, 0, 'S'},
		"large":      append([]byte{'d', 0, 0x10, 0, 0}, make([]byte, 100_000)...),
		"large bind": append([]byte{'B', 0, 0x10, 0, 0}, make([]byte, 100_000)...),
	} {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "dba")
			p.send(bytes)
			_ = p.conn.Close()
		})
	}
	for g.server.Stats().Sessions > 0 {
		runtime.Gosched()
	}
}

func TestGarbage(t *testing.T) {
	g := start(t)
	for name, bytes := range map[string][]byte{
		"negative length":     {'Q', 0xff, 0xff, 0xff, 0xff},
		"tiny length":         {'Q', 0, 0, 0, 1},
		"unknown type":        {'!', 0, 0, 0, 4},
		"server's type":       {'T', 0, 0, 0, 4},
		"query without end":   {'Q', 0, 0, 0, 5, 'x'},
		"query with two ends": {'Q', 0, 0, 0, 8, 'x', 0, 'y', 0},
		"parse cut off":       message('P', "a\x00b\x00\x00\x02\x00\x00"),
		"bind cut off":        message('B', "\x00"),
		"execute cut off":     message('E', "\x00\x00"),
		"describe of nothing": message('D', "X\x00"),
		"close of nothing":    message('C', ""),
	} {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "dba")
			p.send(bytes)
			if got := p.until('Z'); got != "E(08P01) end" {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestHostileServer stands in for a database that, once entered, breaks the protocol.
func TestHostileServer(t *testing.T) {
	for name, answer := range map[string][]byte{
		"nothing asked for":   message('C', "SELECT 1\x00"),
		"negative length":     {'D', 0xff, 0xff, 0xff, 0xff},
		"unknown type":        {'!', 0, 0, 0, 4},
		"rows of nothing":     message('D', "\x00\x00"),
		"authentication":      message('R', "\x00\x00\x00\x03"),
		"bad description":     message('T', "\x00\x05"),
		"one statement extra": append(append(message('C', "SELECT 1\x00"), message('C', "SELECT 1\x00")...), message('Z', "I")...),
		"copy not asked for":  message('G', "\x00\x00\x00"),
		"end":                 nil,
	} {
		t.Run(name, func(t *testing.T) {
			address := impostor(t, answer)
			g := start(t, func(c *postgres.Config) {
				c.Upstreams = map[string]*postgres.Upstream{"db": {Address: address, Database: "x", User: "x", Password: schema.NewSecret("x")}}
			})
			p := g.enter(t, "dba")
			p.send(q("SELECT 1"))
			if got := p.until('Z'); !strings.HasSuffix(got, "E(08006) end") {
				t.Errorf("got %s\n%s", got, g.stderr)
			}
		})
	}
}

// impostor serves the real database's start-up and the gateway's own first questions, and answers the first other
// query with bytes of its own.
func impostor(t *testing.T, answer []byte) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	catalog, err := database.PSQL(t.Context(), "postgres", "SET search_path = pg_catalog; "+sqlfacts.CatalogQuery())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go impersonate(&peer{t, conn}, strings.TrimSuffix(catalog, "\n"), answer)
		}
	}()
	return l.Addr().String()
}

func impersonate(p *peer, catalog string, answer []byte) {
	defer p.conn.Close()
	var head [4]byte
	if _, err := p.conn.Read(head[:]); err != nil {
		return
	}
	_, _ = p.conn.Read(make([]byte, binary.BigEndian.Uint32(head[:])-4))
	_, _ = p.conn.Write(append(message('R', "\x00\x00\x00\x00"), message('Z', "I")...))
	for {
		kind, body := p.read()
		value := `["pg_catalog","public"]`
		switch text := string(body); {
		case kind != 'Q':
			return
		case strings.Contains(text, "json_build_object"):
			value = catalog
		case !strings.Contains(text, "current_schemas"):
			_, _ = p.conn.Write(answer)
			return
		}
		row := binary.BigEndian.AppendUint32([]byte{0, 1}, uint32(len(value)))
		_, _ = p.conn.Write(append(append(message('D', string(row)+value), message('C', "SELECT 1\x00")...), message('Z', "I")...))
	}
}

func TestKilledDatabase(t *testing.T) {
	other, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	g := start(t, func(c *postgres.Config) {
		u := upstream()
		u.Address = other.Address()
		c.Upstreams = map[string]*postgres.Upstream{"db": u}
	})
	p := g.enter(t, "dba")
	p.send(q("SELECT pg_sleep(60)"))
	other.Kill()
	if got := p.until('Z'); !strings.HasSuffix(got, "E(08006) end") && !strings.HasSuffix(got, "E(57P02) end") && !strings.HasSuffix(got, "E(57P01) end") {
		t.Errorf("got %s", got)
	}
}

func TestHeld(t *testing.T) {
	if _, err := database.PSQL(t.Context(), "postgres", "TRUNCATE held; INSERT INTO held VALUES (1), (2)"); err != nil {
		t.Fatal(err)
	}
	g := start(t)
	decide := func(t *testing.T, yes bool) {
		t.Helper()
		for {
			list, err := g.desk.Tickets(t.Context(), 10, schema.TicketPending)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) > 0 {
				boss := &schema.Principal{Issuer: "corp", Subject: "boss", Groups: []string{"boss"}, Kind: schema.KindHuman}
				if _, err := g.desk.Decide(t.Context(), list[0].ID, boss, yes, "said so"); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
	}
	t.Run("approved", func(t *testing.T) {
		p := g.enter(t, "dba")
		p.send(q("DELETE FROM held WHERE id = 1"))
		decide(t, true)
		if got := p.until('Z'); got != "N(00000) C(DELETE 1) ZI" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("approved in a pipeline", func(t *testing.T) {
		p := g.enter(t, "dba")
		p.send(run("SELECT 1"), run("DELETE FROM held WHERE id = 2"), syncing, q("SELECT 2"))
		decide(t, true)
		got := p.until('Z') + " " + p.until('Z')
		if strings.Replace(got, "N(00000) ", "", 1) != "1 2 D(1) C(SELECT 1) 1 2 C(DELETE 1) ZI T D(2) C(SELECT 1) ZI" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("fetched in parts", func(t *testing.T) {
		p := g.enter(t, "dba")
		p.send(q("BEGIN"))
		p.until('Z')
		p.send(parse("", "SELECT g FROM generate_series(1, 3) g, (SELECT count(*) FROM held) h"), bind("", ""), execute("", 1), flushing)
		decide(t, true)
		if got := p.until('s'); got != "N(00000) 1 2 D(1) s" {
			t.Errorf("got %s", got)
		}
		p.send(execute("", 1), execute("", 5), syncing)
		if got := p.until('Z'); got != "D(2) s D(3) C(SELECT 1) ZT" {
			t.Errorf("got %s", got)
		}
		p.send(bind("", ""), execute("", 0), syncing)
		decide(t, false) // it begins again, and needs another
		if got := p.until('Z'); got != "N(00000) E(42501) ZE" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("another table meanwhile", func(t *testing.T) {
		p, other := g.enter(t, "dba"), g.enter(t, "dba")
		p.send(q("SET search_path = other, public"))
		p.until('Z')
		p.send(q("DELETE FROM held WHERE id = 4"))
		p.until('N')
		other.send(q("CREATE TABLE other.held (id int)"))
		if got := other.until('Z'); got != "C(CREATE TABLE) ZI" {
			t.Errorf("got %s", got)
		}
		decide(t, true)
		if got := p.until('Z'); got != "E(42501) ZI" {
			t.Errorf("got %s", got)
		}
		other.send(q("DROP TABLE other.held"))
		other.until('Z')
	})
	t.Run("refused", func(t *testing.T) {
		p := g.enter(t, "dba")
		p.send(run("DELETE FROM held WHERE id = 3"), syncing)
		decide(t, false)
		if got := p.until('Z'); got != "N(00000) 1 E(42501) ZI" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		p, key := g.key(t, version32)
		p.send(q("DELETE FROM held WHERE id = 4"))
		p.until('N')
		g.dial(t).send(request(80877102, key...))
		if got := p.until('Z'); got != "E(57014) ZI" {
			t.Errorf("got %s", got)
		}
		p.send(q("SELECT 1"))
		if got := p.until('Z'); got != "T D(1) C(SELECT 1) ZI" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a portal's values are what is approved", func(t *testing.T) {
		boss := &schema.Principal{Issuer: "corp", Subject: "boss", Groups: []string{"boss"}, Kind: schema.KindHuman}
		pending := func(statement, value string) *schema.Ticket {
			t.Helper()
			list, err := g.desk.Tickets(t.Context(), 10, schema.TicketPending)
			if err != nil {
				t.Fatal(err)
			}
			for i := range list {
				if strings.HasPrefix(list[i].Statement, statement) && slices.Equal(list[i].Parameters, []string{value}) {
					return &list[i]
				}
			}
			t.Fatalf("no ticket for %s with %s: %+v", statement, value, list)
			return nil
		}
		keys := map[string]bool{}
		for _, value := range []string{"1", "2"} {
			p := g.enter(t, "dba")
			p.send(q("BEGIN"))
			p.until('Z')
			p.send(parse("s", "SELECT id FROM held WHERE id = $1"), bindValue("P", "s", value), syncing)
			p.until('N')
			ticket := pending("SELECT", "'"+value+"'")
			keys[ticket.Key] = true
			if _, err := g.desk.Decide(t.Context(), ticket.ID, boss, true, "said so"); err != nil {
				t.Fatal(err)
			}
			if got := p.until('Z'); got != "1 2 ZT" {
				t.Errorf("got %s", got)
			}
			p.send(q(`FETCH ALL FROM "P"`))
			p.until('N')
			keys[pending("FETCH", "'"+value+"'").Key] = true
			_ = p.conn.Close()
		}
		if len(keys) != 4 {
			t.Error("an approval for one value would do for another")
		}
	})
	t.Run("left", func(t *testing.T) {
		p := g.enter(t, "dba")
		p.send(q("DELETE FROM held WHERE id = 5"))
		p.until('N')
		_ = p.conn.Close()
		for g.server.Stats().Sessions > 0 {
			runtime.Gosched()
		}
	})
}

func TestLostRight(t *testing.T) {
	g := start(t)
	idle, busy := g.enter(t, "dba"), g.enter(t, "dba")
	busy.send(q("SELECT pg_sleep(60), 'lost right'"))
	running(t, "lost right")
	b := policy()
	b.Rules = b.Rules[:1]
	p, err := gate.NewPolicy(b, gate.PolicyOptions{Now: time.Now, Previous: g.gate.Policy()})
	if err != nil {
		t.Fatal(err)
	}
	g.gate.Swap(p)
	for name, peer := range map[string]*peer{"idle": idle, "busy": busy} {
		if got := peer.until('Z'); !strings.HasSuffix(got, "E(42501) end") {
			t.Errorf("the %s one was told %s", name, got)
		}
	}
	gone(t, "lost right")
}

func TestDrain(t *testing.T) {
	g := start(t)
	conn := g.connect(t, "dba")
	if err := g.server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.server.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	_, err := conn.Exec(t.Context(), "SELECT 1")
	var e *pgconn.PgError
	if err == nil || errors.As(err, &e) && e.Code != "57P01" {
		t.Errorf("got %v", err)
	}
	_ = conn.Close(context.Background())
}
