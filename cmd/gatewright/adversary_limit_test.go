package main

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgproto3/v2"
)

// TestAdversaryLimits looks for a value by what the database refuses as too large, and for room that a session may take
// without end.
func TestAdversaryLimits(t *testing.T) {
	s := startScene(t, "")
	gw := s.gateway(t, corpusPolicy)
	t.Run("the database's limits do not tell of a masked value", func(t *testing.T) { tellNothing(t, gw) })
	t.Run("prepared statements are bounded", func(t *testing.T) {
		text := "SELECT '" + strings.Repeat("x", 900_000) + "'"
		bounded(t, gw.dial(t), 'S', func(name string) pgproto3.FrontendMessage { return parse(name, text) })
	})
	t.Run("portals are bounded", func(t *testing.T) {
		w := gw.dial(t)
		w.run(t, parse("s", "SELECT $1::text"))
		value := bytes.Repeat([]byte("x"), 60_000)
		bounded(t, w, 'P', func(name string) pgproto3.FrontendMessage {
			return &pgproto3.Bind{DestinationPortal: name, PreparedStatement: "s", Parameters: [][]byte{value}}
		})
	})
}

// tellNothing asks two ways each: customer 1, whose number begins with 1, is in front of the one text and behind the
// other. Both must be answered alike.
func tellNothing(t *testing.T, gw *testbed) {
	for _, sql := range []string{
		"SELECT left(greatest(ssn, '?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') || repeat('x', 1073741800), 3) FROM customers WHERE id = 1",
		"SELECT to_jsonb(greatest(ssn, '?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') || repeat('x', 268435440)) IS NULL FROM customers WHERE id = 1",
		"SELECT length(least(ssn, '?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') || repeat('x', 1073741800)) > 0 FROM customers WHERE id = 1",
	} {
		w := gw.dial(t)
		got := printed(w.query(t, strings.Replace(sql, "?", "0", 1)))
		if diff := cmp.Diff(got, printed(w.query(t, strings.Replace(sql, "?", "2", 1)))); diff != "" {
			t.Errorf("%s depends on a masked value (-0 +2):\n%s", sql, diff)
		}
	}
}

// bounded makes things until that is refused, gives one up, and makes another.
func bounded(t *testing.T, w *wire, kind byte, thing func(name string) pgproto3.FrontendMessage) {
	name := func(i int) string { return strings.Repeat("n", 1+i/26%40) + string(rune('a'+i%26)) }
	w.query(t, "BEGIN")
	for i := range 1000 {
		if w.query(t, "SAVEPOINT x"); !bytes.Contains(bytes.Join(w.run(t, thing(name(i))), nil), []byte("C54000\x00")) {
			continue
		}
		w.query(t, "ROLLBACK TO x")
		w.run(t, closing(kind, name(0)))
		if answers := w.run(t, thing(name(i))); bytes.Contains(bytes.Join(answers, nil), []byte("SERROR")) {
			t.Errorf("there is no room where one was given up: %q", answers)
		}
		return
	}
	t.Error("a session may hold any number")
}

// TestAdversarySilence has the database fall silent in the middle of a row, in front of a client that stays: the gateway
// must stop all the same.
func TestAdversarySilence(t *testing.T) {
	s := startScene(t, "")
	p := startSilencer(t, s.server.Address())
	t.Run("the gateway stops", func(inner *testing.T) {
		gw := startTestbed(inner, testbedConfig{
			server: s.server, database: s.database, target: "db", policy: withoutMasks(corpusPolicy), group: "analyst", upstream: p.address, limits: `drain = "10ms"`,
		})
		w := dialWire(t, gw.address, gw.target, gw.token(t), true) // it is closed after the gateway has stopped
		p.left.Store(100_000)
		w.send(t, query("SELECT repeat('x', 10000000)"))
		if _, err := io.ReadFull(w.conn, make([]byte, 50_000)); err != nil {
			t.Fatal(err)
		}
	})
	if !p.speak() {
		t.Error("the gateway stopped only when the database spoke again")
	}
}

// silencer stands between a gateway and a database, and passes on only so much of what the database says.
type silencer struct {
	address string
	left    atomic.Int64
	// speak ends the silence, and reports whether it was the first to.
	speak func() bool
	over  chan struct{}
}

func startSilencer(t *testing.T, database string) *silencer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &silencer{address: l.Addr().String(), over: make(chan struct{})}
	p.left.Store(1 << 40)
	var once sync.Once
	p.speak = func() (first bool) {
		once.Do(func() { first = true; close(p.over) })
		return first
	}
	watchdog := time.AfterFunc(time.Minute, func() { p.speak() })
	var work sync.WaitGroup
	work.Go(func() {
		for {
			gateway, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { p.join(gateway, database) })
		}
	})
	t.Cleanup(func() {
		watchdog.Stop()
		p.speak()
		_ = l.Close()
		work.Wait()
	})
	return p
}

// join carries one connection until either end closes it.
func (p *silencer) join(gateway net.Conn, database string) {
	defer gateway.Close()
	server, err := net.Dial("tcp", database)
	if err != nil {
		return
	}
	defer server.Close()
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() {
		_, _ = io.Copy(server, gateway)
		_ = server.Close()
	})
	buf := make([]byte, 4096)
	for {
		n, err := server.Read(buf)
		if err != nil {
			_ = gateway.Close()
			return
		}
		if p.left.Add(int64(-n)) < 0 {
			<-p.over
		}
		_, _ = gateway.Write(buf[:n]) // its end shows at the next read from the server
	}
}
