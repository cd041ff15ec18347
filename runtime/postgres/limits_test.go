package postgres_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

// try goes through start-up to a target and gives the answer behind the token.
func (g *gateway) try(t *testing.T, client, target string) (p *peer, got string) {
	t.Helper()
	p = g.dial(t)
	p.send(startup(version30, "user", "x", "database", target))
	p.until('R')
	p.send(message('p', token(t, client)+"\x00"))
	return p, p.until('Z')
}

// untilError reads up to an error and gives its SQLSTATE, message and hint.
func (p *peer) untilError() (code, text, hint string) {
	p.t.Helper()
	for {
		switch kind, body := p.read(); kind {
		case 0:
			p.t.Fatal("no error came")
		case 'E':
			return errorField(body, 'C'), errorField(body, 'M'), errorField(body, 'H')
		}
	}
}

func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		limit  func(*postgres.Config)
		second string // who is refused beside a dba
		hint   string
		third  string // who is let in all the same
	}{
		"per principal": {func(c *postgres.Config) { c.PerPrincipal = 1 }, "dba", "limits.per_principal", "analyst"},
		"per target":    {func(c *postgres.Config) { c.PerTarget = 1 }, "analyst", "limits.per_target", ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, c.limit)
			first := g.enter(t, "dba")
			p := g.dial(t)
			p.send(startup(version30, "user", "x", "database", "db"))
			p.until('R')
			p.send(message('p', token(t, c.second)+"\x00"))
			if code, _, hint := p.untilError(); code != "53300" || !strings.Contains(hint, c.hint) {
				t.Errorf("got %s with the hint %q", code, hint)
			}
			if c.third != "" {
				g.enter(t, c.third)
			}
			first.send(message('X', ""))
			g.waitEnter(t, c.second)
		})
	}
}

// A place is free again after a start that failed, wherever it did.
func TestPlacesOfThoseWhoDidNotGetIn(t *testing.T) {
	g := start(t, func(c *postgres.Config) {
		c.PerPrincipal, c.PerTarget = 1, 1
		nowhere := upstream()
		nowhere.Address = "127.0.0.1:1"
		c.Upstreams["nowhere"] = nowhere
	})
	for range 3 {
		if _, got := g.try(t, "dba", "nowhere"); got != "E(08006) end" {
			t.Errorf("got %s", got)
		}
		if _, got := g.try(t, "stranger", "db"); got != "E(42501) end" {
			t.Errorf("got %s", got)
		}
	}
	g.enter(t, "dba")
}

func TestIdleSessionsEnd(t *testing.T) {
	const soon = 30 * time.Millisecond
	for name, c := range map[string]struct {
		limit func(*postgres.Config)
		send  []byte
		until byte
		code  string
		hint  string
	}{
		"idle":                       {func(c *postgres.Config) { c.IdleTimeout = soon }, q("SELECT 1"), 'Z', "57P05", "limits.idle"},
		"never asked for anything":   {func(c *postgres.Config) { c.IdleTimeout = soon }, nil, 0, "57P05", "limits.idle"},
		"in the middle of a message": {func(c *postgres.Config) { c.IdleTimeout = soon }, []byte{'Q', 0, 0, 1, 0, 'S'}, 0, "57P05", "limits.idle"},
		"in a transaction":           {func(c *postgres.Config) { c.TransactionTimeout = soon }, q("BEGIN"), 'Z', "25P03", "limits.idle_in_transaction"},
		"in one that has failed":     {func(c *postgres.Config) { c.TransactionTimeout = soon }, q("BEGIN; SELECT 1/0"), 'Z', "25P03", "limits.idle_in_transaction"},
		"without a Sync": {func(c *postgres.Config) { c.TransactionTimeout = soon },
			append(run("SELECT 1"), flushing...), 'C', "25P03", "limits.idle_in_transaction"},
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, c.limit)
			p := g.enter(t, "dba")
			if c.send != nil {
				p.send(c.send)
			}
			if c.until != 0 {
				p.until(c.until)
			}
			code, _, hint := p.untilError()
			if code != c.code || !strings.Contains(hint, c.hint+" is ") {
				t.Errorf("got %s with the hint %q", code, hint)
			}
			if got := p.until('Z'); got != "end" {
				t.Errorf("then %s", got)
			}
		})
	}
}

// Each limit is for its own state. Sessions in others outlive one that came later and had to go.
func TestIdleIsNotInTransactionAndNotRunning(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.IdleTimeout = 500 * time.Millisecond })
	inside, running, copying := g.enter(t, "dba"), g.enter(t, "dba"), g.enter(t, "dba")
	inside.send(q("BEGIN"))
	inside.until('Z')
	running.send(q("SELECT pg_sleep(1)"))
	copying.send(q("BEGIN; COPY items FROM STDIN"))
	copying.until('G')
	if got := g.enter(t, "dba").until('Z'); got != "E(57P05) end" {
		t.Errorf("the idle one was told %s", got)
	}
	inside.send(q("COMMIT"))
	if got := inside.until('Z'); got != "C(COMMIT) ZI" {
		t.Errorf("the one in a transaction was told %s", got)
	}
	if got := running.until('Z'); got != "T D() C(SELECT 1) ZI" {
		t.Errorf("the one that ran was told %s", got)
	}
	copying.send(message('c', ""), q("ROLLBACK"))
	if got := copying.until('Z'); got != "C(COPY 0) ZT" {
		t.Errorf("the one that copied was told %s", got)
	}
}

func TestStatementsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		send  []byte
		after string // what follows the error
	}{
		"query":            {q("SELECT pg_sleep(60)"), "ZI"},
		"second of a text": {q("SELECT 1; SELECT pg_sleep(60); SELECT 2"), "ZI"},
		"extended":         {append(run("SELECT pg_sleep(60)"), syncing...), "ZI"},
		"pipelined":        {append(append(append(run("SELECT 1"), run("SELECT pg_sleep(60)")...), run("SELECT 2")...), syncing...), "ZI"},
		"no sync yet":      {append(run("SELECT pg_sleep(60)"), flushing...), ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, func(c *postgres.Config) { c.StatementTimeout = 100 * time.Millisecond })
			p := g.enter(t, "dba")
			p.send(c.send)
			code, text, hint := p.untilError()
			if code != "57014" || text != "canceling statement due to statement timeout" || !strings.Contains(hint, "limits.statement is ") {
				t.Errorf("got %s %q with the hint %q", code, text, hint)
			}
			if c.after == "" {
				p.send(syncing)
			}
			if got := p.until('Z'); got != "ZI" {
				t.Errorf("then %s", got)
			}
			p.send(q("SELECT 1"))
			if got := p.until('Z'); got != "T D(1) C(SELECT 1) ZI" {
				t.Errorf("the session went on with %s", got)
			}
		})
	}
}

// A client's own cancelling keeps the server's words.
func TestCancelBesideTheLimit(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.StatementTimeout = time.Hour })
	p, key := g.key(t, version30)
	p.send(q("SELECT pg_sleep(60), 'own cancel'"))
	running(t, "own cancel")
	g.dial(t).send(request(80877102, key...))
	if code, text, _ := p.untilError(); code != "57014" || !strings.Contains(text, "user request") {
		t.Errorf("got %s %q", code, text)
	}
}

// A server that waits for its peer, to read or to send, is deaf to cancelling.
func TestStatementsThatWaitForTheClientEnd(t *testing.T) {
	g := start(t, func(c *postgres.Config) {
		c.StatementTimeout, c.DialTimeout, c.FarewellTimeout = 100*time.Millisecond, 2*time.Second, 50*time.Millisecond
	})
	unread, copying := g.enter(t, "dba"), g.enter(t, "dba")
	for range 50 { // those that are cancelled before the sockets are full are not the last
		unread.send(q("SELECT repeat('x', 10000) FROM generate_series(1, 1000000)"))
	}
	copying.send(q("COPY items FROM STDIN"))
	if got := copying.until('Z'); got != "G E(57014) end" {
		t.Errorf("got %s", got)
	}
	for g.server.Stats().Sessions > 0 {
		runtime.Gosched()
	}
}

// A hold is the gateway's own: neither idle nor a statement that runs.
func TestHeldIsNotIdle(t *testing.T) {
	if _, err := database.PSQL(t.Context(), "postgres", "TRUNCATE held; INSERT INTO held VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	const soon = 500 * time.Millisecond
	g := start(t, func(c *postgres.Config) { c.IdleTimeout, c.TransactionTimeout, c.StatementTimeout = soon, soon, soon })
	p := g.enter(t, "dba")
	p.send(q("BEGIN; DELETE FROM held; COMMIT"))
	if got := p.until('N'); got != "N(00000)" {
		t.Fatalf("got %s", got)
	}
	if got := g.enter(t, "dba").until('Z'); got != "E(57P05) end" {
		t.Errorf("the idle one was told %s", got)
	}
	list, err := g.desk.Tickets(t.Context(), 1, schema.TicketPending)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v: %v", list, err)
	}
	boss := &schema.Principal{Issuer: "corp", Subject: "boss", Groups: []string{"boss"}, Kind: schema.KindHuman}
	if _, err := g.desk.Decide(t.Context(), list[0].ID, boss, true, "said so"); err != nil {
		t.Fatal(err)
	}
	if got := p.until('Z'); got != "C(BEGIN) C(DELETE 1) C(COMMIT) ZI" {
		t.Errorf("got %s", got)
	}
}
