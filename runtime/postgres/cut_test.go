package postgres_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/postgres"
)

// exchange is all that a client says in a session that uses most of the protocol.
func exchange(t *testing.T, client string) []byte {
	return bytes.Join([][]byte{
		startup(version30, "user", "anyone", "database", "db"), message('p', token(t, client)+"\x00"),
		q("SELECT id, pan FROM cards; SELECT 1"),
		parse("s", "SELECT id, pan FROM cards ORDER BY id"), describe("S", "s"), bind("p", "s"), describe("P", "p"), execute("p", 1), flushing, execute("p", 0), syncing,
		run("SELECT 1/0"), run("SELECT 2"), closing("S", "s"), syncing,
		q("COPY items FROM STDIN"), message('d', "1\tone\n"), message('d', "2\ttwo\n"), message('f', "no\x00"),
		q("COPY (SELECT id, status FROM orders) TO STDOUT"), message('X', ""),
	}, nil)
}

// reload puts policies in force, one after the other, until it is told to stop.
func reload(t *testing.T, g *gateway) (stopped func()) {
	var work sync.WaitGroup
	stop := make(chan struct{})
	work.Go(func() {
		for {
			p, err := gate.NewPolicy(policy(), gate.PolicyOptions{Now: time.Now})
			if err != nil {
				t.Error(err)
				return
			}
			g.gate.Swap(p)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() {
		close(stop)
		work.Wait()
	}
}

// TestCutAnywhere has clients that vanish after each byte of a session, with and without what they had not read, while
// policies come and go. Nothing is left of any.
func TestCutAnywhere(t *testing.T) {
	g := start(t)
	all := exchange(t, "analyst")
	var clients sync.WaitGroup
	turns := make(chan struct{}, 8)
	step := 1
	if os.Getenv("SOAK_MINUTES") == "" { // make soak cuts everywhere, this at every third byte
		step = 3
	}
	stopped := reload(t, g)
	tokenEnd := bytes.Index(all, q("SELECT id, pan FROM cards; SELECT 1"))
	for cut := 1; cut <= len(all); cut += step {
		if cut > 60 && cut < tokenEnd-5 {
			continue // one byte of a token is like another
		}
		turns <- struct{}{}
		clients.Go(func() {
			defer func() { <-turns }()
			conn, err := net.Dial("tcp", g.address)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = conn.Write(all[:cut])
			switch tcp := conn.(*net.TCPConn); cut % 4 {
			case 0: // at once, with a reset
				_ = tcp.SetLinger(0)
			case 1: // its own side only, and it reads on
				_ = tcp.CloseWrite()
				_, _ = io.Copy(io.Discard, tcp)
			case 2: // having read something
				_, _ = io.ReadFull(tcp, make([]byte, 9))
			}
			_ = conn.Close()
		})
	}
	clients.Wait()
	stopped()
	for g.server.Stats().Sessions > 0 {
		runtime.Gosched()
	}
	for {
		out, err := database.PSQL(t.Context(), "postgres", "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(out) == "0" {
			return
		}
	}
}

// TestByteByByte sends a session a byte at a time: the answers are those of one that is sent at once.
func TestByteByByte(t *testing.T) {
	g := start(t)
	all := exchange(t, "analyst")
	answer := func(piece int) string {
		conn, err := net.Dial("tcp", g.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			for b := all; len(b) > 0; b = b[min(piece, len(b)):] {
				if _, err := conn.Write(b[:min(piece, len(b))]); err != nil {
					return
				}
			}
		}()
		p := &peer{t, conn}
		return p.until(0)
	}
	want := answer(len(all))
	if !strings.Contains(want, "D(1,************1111) s D(2,************1881)") || !strings.Contains(want, "E(57014)") || !strings.HasSuffix(want, "ZI end") {
		t.Errorf("got %s", want)
	}
	for _, piece := range []int{1, 2, 5, 1000} {
		if got := answer(piece); got != want {
			t.Errorf("in pieces of %d\n%s, want\n%s", piece, got, want)
		}
	}
}

// TestHalfClosed sends all, closes its side, and reads: the gateway takes it for a client that has left, as PostgreSQL does.
func TestHalfClosed(t *testing.T) {
	g := start(t)
	p := g.enter(t, "dba")
	p.send(q("SELECT pg_sleep(60), 'half closed'"))
	running(t, "half closed")
	_ = p.conn.(*net.TCPConn).CloseWrite()
	if got := p.until('Z'); !strings.HasSuffix(got, "end") {
		t.Errorf("got %s", got)
	}
	gone(t, "half closed")
}

// TestDrainUnderLoad closes the server under sessions that are at everything at once: all end, and the database is free.
func TestDrainUnderLoad(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.DrainTimeout = 1 })
	idle, inside, busy, copying, unread, partly := g.enter(t, "dba"), g.enter(t, "dba"), g.enter(t, "dba"), g.enter(t, "dba"), g.enter(t, "dba"), g.enter(t, "dba")
	inside.send(q("BEGIN"))
	inside.until('Z')
	busy.send(q("SELECT pg_sleep(60), 'drained'"))
	copying.send(q("COPY items FROM STDIN"), message('d', "1\tone\n"))
	unread.send(q("SELECT repeat('x', 10000) FROM generate_series(1, 1000000) drained"))
	partly.send([]byte{'Q', 0, 0, 1, 0, 'S'})
	running(t, "drained")
	copying.until('G')
	g.stop()
	for name, p := range map[string]*peer{"idle": idle, "in a transaction": inside, "busy": busy, "copying": copying, "in a message": partly} {
		if got := p.until('Z'); got != "E(57P01) end" && !strings.HasSuffix(got, "E(57P01) end") {
			t.Errorf("the one that was %s was told %s", name, got)
		}
	}
	for g.server.Stats().Sessions > 0 {
		runtime.Gosched()
	}
	gone(t, "drained")
}
