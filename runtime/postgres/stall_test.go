package postgres_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

// stall is a place where whoever comes is stopped, once it is shut, until it is opened again.
type stall struct {
	shut    atomic.Bool
	entered chan struct{}
	opened  chan struct{}
	once    sync.Once
}

func newStall() *stall {
	return &stall{entered: make(chan struct{}, 100), opened: make(chan struct{})}
}

func (s *stall) pass() {
	if s.shut.Load() {
		s.entered <- struct{}{}
		<-s.opened
	}
}

func (s *stall) open() {
	s.once.Do(func() {
		s.shut.Store(false)
		close(s.opened)
	})
}

// victimRows is somewhat less than there are: the last ones go out together with what ends the statement, and that with
// its outcome.
const (
	victimRows  = 29_000
	victimQuery = "SELECT repeat('x', 1000) FROM generate_series(1, 30000)"
)

func oneLoop(c *postgres.Config) { c.Loops = 1 }

// victim is a session of the one loop whose rows do not fit into the sockets on the way.
func (g *gateway) victim(t *testing.T) *peer {
	t.Helper()
	p := g.enter(t, "dba")
	p.send(q(victimQuery))
	p.until('D')
	return p
}

// drain reads the victim's other rows: what it takes to fetch them, the loop has to do.
func (p *peer) drain() {
	p.t.Helper()
	for n := 1; n < victimRows; {
		switch kind, body := p.read(); kind {
		case 'D':
			n++
		case 'N':
		default:
			p.t.Fatalf("after %d rows came %q %q", n, kind, body)
		}
	}
}

// TestStalls stops one session of the only loop where it waits for something else than its sockets. The rows of another
// one come all the same.
func TestStalls(t *testing.T) {
	t.Run("the audit log's disk", func(t *testing.T) {
		disk := newStall()
		defer disk.open() // before the gateway is closed
		g := startOn(t, ground{log: audit.Options{Sync: audit.SyncAlways, Now: func() time.Time {
			disk.pass()
			return time.Now()
		}}}, oneLoop)
		stuck, ended, victim := g.enter(t, "dba"), g.enter(t, "dba"), g.victim(t)
		ended.send(q("SELECT pg_sleep(0.2)")) // its outcome is to be written while the log is shut
		running(t, "pg_sleep(0.2)")
		disk.shut.Store(true)
		stuck.send(q("SELECT 1"))
		<-disk.entered
		victim.drain()
		disk.open()
		for _, p := range []*peer{stuck, ended, victim} {
			if got := p.until('Z'); !strings.HasSuffix(got, "ZI") {
				t.Errorf("got %s", got)
			}
		}
	})
	t.Run("the approvers' desk", func(t *testing.T) {
		desk := newStall()
		defer desk.open() // before the gateway is closed
		g := startOn(t, ground{log: audit.Options{Now: time.Now}, asked: desk.pass}, oneLoop)
		stuck, victim := g.enter(t, "dba"), g.victim(t)
		desk.shut.Store(true)
		stuck.send(q("DELETE FROM held"))
		<-desk.entered
		victim.drain()
	})
	t.Run("who reads the gateway's own log", func(t *testing.T) {
		reader := newStall()
		defer reader.open() // before the gateway is closed
		address := impostor(t, message('G', "\x00\x00\x00"))
		g := start(t, oneLoop, func(c *postgres.Config) {
			c.Logger = slog.New(&stalledHandler{slog.DiscardHandler, reader})
			c.Upstreams["nowhere"] = &postgres.Upstream{Address: address, Database: "x", User: "x", Password: schema.NewSecret("x")}
		})
		stuck, got := g.try(t, "dba", "nowhere")
		if !strings.HasSuffix(got, "ZI") {
			t.Fatalf("got %s", got)
		}
		victim := g.victim(t)
		reader.shut.Store(true)
		stuck.send(q("SELECT 1"))
		<-reader.entered
		victim.drain()
	})
	t.Run("a client that does not read", func(t *testing.T) {
		g := start(t, oneLoop)
		stuck, victim := g.enter(t, "dba"), g.victim(t)
		for range 10 {
			stuck.send(q("SELECT repeat('x', 10000) FROM generate_series(1, 1000)"))
		}
		stuck.send(q("DELETE FROM held")) // and which is to be told that its statement is held
		waiting(t, "generate_series(1, 1000)", "ClientWrite")
		victim.drain()
	})
	t.Run("cancel requests", func(t *testing.T) {
		g := start(t, oneLoop)
		stuck, key := g.key(t, version30)
		victim := g.victim(t)
		stuck.send(q("SELECT pg_sleep(60), 'storm'"))
		running(t, "storm")
		var storm sync.WaitGroup
		for range 50 {
			storm.Go(func() {
				c, err := net.Dial("tcp", g.address)
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				_, _ = c.Write(request(80877102, key...))
				_, _ = c.Read(make([]byte, 1))
			})
		}
		victim.drain()
		storm.Wait()
		if got := stuck.until('Z'); !strings.HasSuffix(got, "E(57014) ZI") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a flood of small messages", func(t *testing.T) {
		g := start(t, oneLoop)
		flood, victim := g.enter(t, "dba"), g.victim(t)
		var work sync.WaitGroup
		var stop atomic.Bool
		work.Go(func() {
			many := []byte(strings.Repeat(string(syncing), 4096))
			for !stop.Load() {
				if _, err := flood.conn.Write(many); err != nil {
					return
				}
			}
		})
		work.Go(func() {
			for b := make([]byte, 64<<10); ; {
				if _, err := flood.conn.Read(b); err != nil {
					return
				}
			}
		})
		victim.drain()
		stop.Store(true)
		_ = flood.conn.Close()
		work.Wait()
	})
}

type stalledHandler struct {
	slog.Handler
	at *stall
}

func (h *stalledHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h *stalledHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *stalledHandler) Handle(context.Context, slog.Record) error {
	h.at.pass()
	return nil
}

// waiting waits until the database waits for something in a statement.
func waiting(t *testing.T, text, event string) {
	t.Helper()
	for {
		out, err := database.PSQL(t.Context(), "postgres", "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND wait_event = '"+
			event+"' AND query LIKE '%"+text+"%'")
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(out) != "0" {
			return
		}
	}
}

// TestManyExpected sends many messages before it reads any answer, more than the gateway remembers at one time.
func TestManyExpected(t *testing.T) {
	g := start(t)
	for name, c := range map[string]struct {
		send  []byte
		times int
		want  string
	}{
		"syncs":              {syncing, 20_000, strings.Repeat("ZI ", 20_000)},
		"queries":            {q("SELECT 1"), 5_000, strings.Repeat("T D(1) C(SELECT 1) ZI ", 5_000)},
		"one segment":        {run("SELECT 1"), 5_000, strings.Repeat("1 2 D(1) C(SELECT 1) ", 5_000)},
		"an error, and what": {append(run("SELECT 1/0"), run("SELECT 1")...), 5_000, "1 E(22012) "},
	} {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "dba")
			var all []byte
			for range c.times {
				all = append(all, c.send...)
			}
			all = append(append(all, syncing...), q("SELECT 'last'")...)
			go func() { _, _ = p.conn.Write(all) }()
			var got strings.Builder
			for !strings.HasSuffix(got.String(), "D(last) C(SELECT 1) ZI ") && !strings.HasSuffix(got.String(), "end ") {
				got.WriteString(p.until('Z') + " ")
			}
			if want := c.want + "ZI T D(last) C(SELECT 1) ZI "; got.String() != want {
				t.Errorf("got %d bytes ending in %q, want %d", got.Len(), got.String()[max(0, got.Len()-100):], len(want))
			}
		})
	}
}

// A message's length is a promise: what keeps it is not set aside before it has come.
func TestPromisedLengths(t *testing.T) {
	g := start(t)
	before := heap()
	var all []*peer
	for range 100 {
		p := g.enter(t, "dba")
		p.send(append(binary.BigEndian.AppendUint32([]byte{'Q'}, 1<<20-4), make([]byte, 64<<10)...))
		all = append(all, p)
	}
	for _, p := range all { // they have been read once the next is answered
		p.send([]byte("x"))
	}
	g.enter(t, "dba").send(q("SELECT 1"))
	if grown := heap() - before; grown > 60<<20 {
		t.Errorf("100 promises of a megabyte took %d MB", grown>>20)
	}
}

// heap gives the bytes that are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
