package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// The soak kills, with SIGKILL and at random moments, the database's sessions, the whole database, clients and the
// gateway, while clients write into a ledger. What it asks afterwards:
//
//   - No session hangs: every statement and every connection attempt ends.
//   - No statement runs twice: each entry has a number of its own, and the table no constraint that would hide a second.
//   - No write that was acknowledged is lost, and none is there that was never sent.
//   - Every entry in the ledger has its decision in the audit log, which is whole.
//
// SOAK_MINUTES says for how long, SOAK_SEED which moments; by default it is seconds long.

const soakPolicy = `
policy "soak" {
  language = 1
  owner    = "appsec@example.com"
}

issuer "corp" {
  oidc {
    url       = %q
    audiences = ["gatewright"]
  }
  principal {
    subject = "claims.sub"
    groups  = "claims.groups"
    kind    = "'machine'"
  }
}

target "ledger" {
  protocol = "postgres"
}

allow "writers" {
  groups  = ["writers"]
  targets = ["ledger"]
  postgres {
    verbs  = ["select", "insert"]
    tables = ["public.*"]
  }
}
`

const (
	soakClients = 8
	// soakPatience is how long one statement, or the way in, may take before it counts as hanging.
	soakPatience = 30 * time.Second
)

func soakTime(t *testing.T) time.Duration {
	text := os.Getenv("SOAK_MINUTES")
	if text == "" {
		return 6 * time.Second
	}
	minutes, err := strconv.ParseFloat(text, 64)
	if err != nil || minutes <= 0 {
		t.Fatalf("SOAK_MINUTES is %q", text)
	}
	return time.Duration(minutes * float64(time.Minute))
}

func soakSeed(t *testing.T) uint64 {
	text := os.Getenv("SOAK_SEED")
	if text == "" {
		return 4
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("SOAK_SEED is %q", text)
	}
	return seed
}

// soak is what is killed, and what its clients have done.
type soak struct {
	t      *testing.T
	tb     *testbed
	server *pgserver.Server
	random *rand.Rand

	mu      sync.Mutex
	gateway *exec.Cmd
	next    atomic.Int64
	// sent are the entries that went out, by number, and whether their write was acknowledged.
	sent  map[int64]bool
	kills map[string]int
	// tries counts what was sent, by table.
	tries [soakClients]int
	conns [soakClients]net.Conn
	stop  atomic.Bool
}

func TestSoak(t *testing.T) {
	duration, seed := soakTime(t), soakSeed(t)
	server, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	// A table for each client: a session whose client is gone may still be running, and the next one must not wait for it.
	var tables strings.Builder
	for i := range soakClients {
		fmt.Fprintf(&tables, "CREATE TABLE entries_%d (id bigint NOT NULL); ", i)
	}
	if _, err := server.PSQL(t.Context(), "postgres", tables.String()); err != nil {
		t.Fatal(err)
	}
	s := &soak{t: t, server: server, random: rand.New(rand.NewPCG(seed, seed)), sent: map[int64]bool{}, kills: map[string]int{}}
	s.tb = layTestbed(t, testbedConfig{server: server, database: "postgres", target: "ledger", policy: soakPolicy, group: "writers", plain: true,
		limits: "drain = \"1s\"\n  dial = \"5s\""})
	s.startGateway()
	var clients sync.WaitGroup
	for i := range soakClients {
		clients.Go(func() { s.write(i) })
	}
	s.killFor(duration)
	s.stop.Store(true)
	clients.Wait()
	s.endGateway()
	s.compare()
	t.Logf("seed %d, %s: %d entries sent; killed %v", seed, duration, len(s.sent), s.kills)
}

// startGateway runs the gateway in a process of its own.
func (s *soak) startGateway() {
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(self, "gateway", "--config", filepath.Join(s.tb.dir, "gateway.hcl"))
	cmd.Args[0] = "gatewright" // by this name the test's program is the product
	out, err := os.OpenFile(filepath.Join(s.tb.dir, "stderr"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.gateway = cmd
	s.mu.Unlock()
}

func (s *soak) killGateway() {
	_ = s.gateway.Process.Kill()
	_ = s.gateway.Wait()
	s.startGateway()
}

// endGateway ends the last gateway in good order, once it is up.
func (s *soak) endGateway() {
	for {
		conn, err := net.Dial("tcp", s.tb.address)
		if err == nil {
			_ = conn.Close()
			break
		}
	}
	_ = s.gateway.Process.Signal(syscall.SIGTERM)
	if err := s.gateway.Wait(); err != nil {
		text, _ := os.ReadFile(filepath.Join(s.tb.dir, "stderr"))
		s.t.Errorf("the gateway: %v\n%s", err, text[max(0, len(text)-4000):])
	}
}

// killFor kills something every now and then.
func (s *soak) killFor(duration time.Duration) {
	deadline := time.Now().Add(duration)
	for time.Now().Before(deadline) {
		time.Sleep(time.Duration(s.random.IntN(200)) * time.Millisecond) // the moments are what is random
		switch n := s.random.IntN(100); {
		case n < 45:
			s.kills["client"]++
			s.killClient(s.random.IntN(soakClients))
		case n < 85:
			s.kills["backend"]++
			s.killBackend()
		case n < 95:
			s.kills["gateway"]++
			s.killGateway()
		default:
			s.kills["database"]++
			s.server.Kill()
			if err := s.server.Restart(s.t.Context()); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// killClient drops a client's connection as the death of its process does.
func (s *soak) killClient(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.conns[i].(*net.TCPConn); ok {
		if s.random.IntN(2) == 0 {
			_ = c.SetLinger(0) // with what it had not read yet
		}
		_ = c.Close()
	}
}

// killBackend kills a session's process. PostgreSQL then ends all the others, and recovers.
func (s *soak) killBackend() {
	out, err := s.server.PSQL(s.t.Context(), "postgres", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid")
	if err != nil {
		return // it is recovering
	}
	if pids := strings.Fields(out); len(pids) > 0 {
		if pid, err := strconv.Atoi(pids[s.random.IntN(len(pids))]); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// write is one client: it comes in, writes until something dies, and comes again.
func (s *soak) write(i int) {
	for !s.stop.Load() {
		conn, err := s.connect(i)
		if err != nil {
			s.hangs(err, "a client could not come in")
			continue
		}
		for err == nil && !s.stop.Load() {
			err = s.enter(conn, i)
		}
		s.hangs(err, "a statement had no end")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		_ = conn.Close(ctx)
		cancel()
	}
}

// hangs fails the test for a wait that was ended by patience alone.
func (s *soak) hangs(err error, what string) {
	if errors.Is(err, context.DeadlineExceeded) {
		s.t.Errorf("%s: %v", what, err)
		s.stop.Store(true)
	}
}

func (s *soak) connect(i int) (*pgx.Conn, error) {
	token, err := s.tb.issuer.Token("client")
	if err != nil {
		return nil, err
	}
	cfg, err := pgx.ParseConfig(fmt.Sprintf("postgres://anyone:%s@%s/ledger?sslmode=disable", token, s.tb.address))
	if err != nil {
		return nil, err
	}
	cfg.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		s.mu.Lock()
		s.conns[i] = c
		s.mu.Unlock()
		return c, err
	}
	if i%2 == 0 {
		cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	}
	ctx, cancel := context.WithTimeout(context.Background(), soakPatience)
	defer cancel()
	return pgx.ConnectConfig(ctx, cfg)
}

// enter writes one entry, or several in a transaction that ends well or not.
func (s *soak) enter(conn *pgx.Conn, i int) error {
	ctx, cancel := context.WithTimeout(context.Background(), soakPatience)
	defer cancel()
	ids := []int64{s.next.Add(1)}
	text := fmt.Sprintf("INSERT INTO entries_%d (id) VALUES ($1)", i)
	if ids[0]%7 != 0 {
		s.try(ids, i)
		_, err := conn.Exec(ctx, text, ids[0])
		return s.noted(ids, err)
	}
	ids = append(ids, s.next.Add(1), s.next.Add(1))
	s.try(ids, i)
	tx, err := conn.Begin(ctx)
	for _, id := range ids {
		if err == nil {
			_, err = tx.Exec(ctx, text, id)
		}
	}
	if err == nil {
		err = tx.Commit(ctx)
	}
	return s.noted(ids, err)
}

func (s *soak) try(ids []int64, table int) {
	s.note(ids, false)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries[table] += len(ids)
}

func (s *soak) note(ids []int64, acknowledged bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		s.sent[id] = acknowledged
	}
}

// noted remembers an acknowledged write. An error that leaves the session standing is none that a death may cause.
func (s *soak) noted(ids []int64, err error) error {
	if err == nil {
		s.note(ids, true)
		return nil
	}
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Severity == "ERROR" && e.Code != "57014" && e.Code != "58030" {
		s.t.Errorf("a write was refused: %v", err)
		s.stop.Store(true)
	}
	return err
}

// compare holds the ledger against what the clients know and what the log says.
func (s *soak) compare() {
	var unions []string
	for i := range soakClients {
		unions = append(unions, fmt.Sprintf("SELECT %d, id FROM entries_%d", i, i))
	}
	out, err := s.server.PSQL(s.t.Context(), "postgres", strings.Join(unions, " UNION ALL "))
	if err != nil {
		s.t.Fatal(err)
	}
	there, perTable := map[int64]int{}, map[string]int{}
	for _, line := range strings.Fields(out) {
		table, id, _ := strings.Cut(line, "|")
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			s.t.Fatal(err)
		}
		there[n]++
		perTable[table]++
	}
	acknowledged := 0
	for id, acked := range s.sent {
		if acked {
			acknowledged++
		}
		if n := there[id]; n > 1 || acked && n == 0 {
			s.t.Errorf("entry %d is there %d times; acknowledged: %v", id, n, acked)
		}
	}
	for id := range there {
		if _, ok := s.sent[id]; !ok {
			s.t.Errorf("entry %d was never sent", id)
		}
	}
	if acknowledged == 0 {
		s.t.Error("nothing was written")
	}
	s.compareLog(perTable)
}

// compareLog counts the decisions that let an INSERT pass: as many as there are entries at least, and no more than were
// sent.
func (s *soak) compareLog(entries map[string]int) {
	var report logWriter
	path := filepath.Join(s.tb.dir, "audit.jsonl")
	if code := run(s.t.Context(), []string{"audit", "verify", path}, nil, &report, &report); code != exitClean {
		s.t.Errorf("the audit log does not verify: exit %d\n%s", code, report.String())
	}
	file, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	decided := map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var l struct{ Kind, Effect, Text string }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			s.t.Fatal(err)
		}
		if _, rest, ok := strings.Cut(l.Text, "INSERT INTO entries_"); ok && l.Kind == "decision" && l.Effect == "allow" {
			decided[rest[:1]]++
		}
	}
	for i, tries := range s.tries {
		table := strconv.Itoa(i)
		if n := decided[table]; n < entries[table] || n > tries {
			s.t.Errorf("entries_%s has %d entries of %d that were sent, and the log %d decisions", table, entries[table], tries, n)
		}
	}
}
