package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pressly/goose/v3"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/store"
	"github.com/gatewright/gatewright/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// dbPath has what a URL would trip over in it.
func dbPath(t *testing.T) string { return filepath.Join(t.TempDir(), "a b%20?x=1#.db") }

func ticket(id string) *schema.Ticket {
	return &schema.Ticket{
		ID: id, Key: "key", Issuer: "corp", Subject: "svc:orders", Groups: []string{"orders"}, Target: "payments-db",
		Statement: "DELETE FROM orders\x00 -- 'ä'", Parameters: []string{"1", "NULL", "'ä'"}, Rules: []string{"approve.delete"}, Bundle: "sha256:b",
		Route:   schema.Route{Name: "dba", Approvers: []string{"corp/group:dba"}, ApproverKinds: []string{"human"}, Quorum: 2, Hold: time.Minute, Expires: time.Hour},
		Created: noon, Expires: noon.Add(time.Hour), Votes: []schema.Vote{},
	}
}

func raise(t *testing.T, s *store.DB, want *schema.Ticket) (*schema.Ticket, bool) {
	t.Helper()
	kept, created, err := s.Raise(t.Context(), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	return kept, created
}

func set(t *testing.T, s *store.DB, id string, state schema.TicketState, votes ...schema.Vote) {
	t.Helper()
	_, err := s.Update(t.Context(), id, func(t *schema.Ticket) error {
		t.State = state
		t.Votes = append(t.Votes, votes...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTicketsOutliveTheProcess(t *testing.T) {
	path := dbPath(t)
	s := open(t, path)
	want := ticket("t1")
	raise(t, s, want)
	want.State = schema.TicketPending
	want.Votes = []schema.Vote{
		{Issuer: "corp", Subject: "alice", Kind: "human", Approve: true, Reason: "ok", Time: noon.Add(time.Second)},
		{Issuer: "corp", Subject: "bob", Kind: "machine", Reason: "no", Time: noon.Add(2 * time.Second)},
		{Issuer: "corp", Subject: "alice", Kind: "human", Reason: "on second thoughts", Time: noon.Add(3 * time.Second)},
	}
	set(t, s, "t1", schema.TicketPending, want.Votes[0])
	set(t, s, "t1", schema.TicketPending, want.Votes[1:]...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path).Ticket(t.Context(), "t1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRaiseAttachesToWhatLives(t *testing.T) {
	for name, c := range map[string]struct {
		state schema.TicketState
		later time.Duration
		fresh bool
	}{
		"pending":          {schema.TicketPending, time.Minute, false},
		"approved":         {schema.TicketApproved, time.Minute, false},
		"denied":           {schema.TicketDenied, time.Minute, true},
		"redeemed":         {schema.TicketRedeemed, time.Minute, true},
		"pending, overdue": {schema.TicketPending, time.Hour, true},
		"expired":          {schema.TicketExpired, time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, dbPath(t))
			raise(t, s, ticket("t1"))
			set(t, s, "t1", c.state)
			second := ticket("t2")
			second.Created = noon.Add(c.later)
			kept, created := raise(t, s, second)
			if created != c.fresh || (kept.ID == "t2") != c.fresh {
				t.Errorf("created %v, %s", created, kept.ID)
			}
		})
	}
}

func TestErrorsOfTheCallerUndoAll(t *testing.T) {
	s := open(t, dbPath(t))
	boom := errors.New("boom")
	if _, _, err := s.Raise(t.Context(), ticket("t1"), func() error { return boom }); err != boom {
		t.Errorf("raise: %v", err)
	}
	if got, err := s.Ticket(t.Context(), "t1"); got != nil || err != nil {
		t.Errorf("it was kept: %v, %v", got, err)
	}
	raise(t, s, ticket("t1"))
	_, err := s.Update(t.Context(), "t1", func(t *schema.Ticket) error { t.State = schema.TicketApproved; return boom })
	if err != boom {
		t.Errorf("update: %v", err)
	}
	set(t, s, "t1", schema.TicketApproved)
	if _, err := s.Redeem(t.Context(), "key", noon, func(*schema.Ticket) error { return boom }); err != boom {
		t.Errorf("redeem: %v", err)
	}
	if got, _ := s.Ticket(t.Context(), "t1"); got.State != schema.TicketApproved {
		t.Errorf("it is %s", got.State)
	}
	if got, err := s.Update(t.Context(), "none", func(*schema.Ticket) error { return boom }); got != nil || err != nil {
		t.Errorf("update of nothing: %v, %v", got, err)
	}
}

func TestOneOfManyRedeems(t *testing.T) {
	path := dbPath(t)
	stores := []*store.DB{open(t, path), open(t, path)} // as two processes have it
	raise(t, stores[0], ticket("t1"))
	set(t, stores[0], "t1", schema.TicketApproved)
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			got, err := stores[i%2].Redeem(t.Context(), "key", noon, func(*schema.Ticket) error { return nil })
			if err != nil {
				t.Error(err)
			}
			if got != nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d redeemed one approval", won.Load())
	}
}

func TestOneOfManyRaises(t *testing.T) {
	s := open(t, dbPath(t))
	var created atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			_, fresh, err := s.Raise(t.Context(), ticket(fmt.Sprint("t", i)), nil)
			if err != nil {
				t.Error(err)
			}
			if fresh {
				created.Add(1)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 {
		t.Errorf("%d tickets for one request", created.Load())
	}
}

func TestRedeemHeedsStateAndTime(t *testing.T) {
	for state := schema.TicketPending; state <= schema.TicketRedeemed; state++ {
		for _, at := range []time.Time{noon, noon.Add(time.Hour)} {
			s := open(t, dbPath(t))
			raise(t, s, ticket("t1"))
			set(t, s, "t1", state)
			got, err := s.Redeem(t.Context(), "key", at, func(*schema.Ticket) error { return nil })
			if want := state == schema.TicketApproved && at == noon; (got != nil) != want || err != nil {
				t.Errorf("%s at %s: %v, %v", state, at, got, err)
			}
			if other, err := s.Redeem(t.Context(), "other key", at, func(*schema.Ticket) error { return nil }); other != nil || err != nil {
				t.Errorf("another key: %v, %v", other, err)
			}
		}
	}
}

func TestLists(t *testing.T) {
	s := open(t, dbPath(t))
	for i := range 4 {
		n := ticket(fmt.Sprint("t", i))
		n.Key = n.ID
		n.Created = noon.Add(time.Duration(i) * time.Second)
		n.Expires = n.Created.Add(time.Minute)
		raise(t, s, n)
		set(t, s, n.ID, schema.TicketState(i))
	}
	ids := func(list []schema.Ticket, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for i := range list {
			ids = append(ids, list[i].ID)
		}
		return ids
	}
	for name, c := range map[string]struct{ want, got []string }{
		"all":         {[]string{"t3", "t2", "t1", "t0"}, ids(s.Tickets(t.Context(), 10))},
		"limited":     {[]string{"t3", "t2"}, ids(s.Tickets(t.Context(), 2))},
		"some states": {[]string{"t2", "t0"}, ids(s.Tickets(t.Context(), 10, schema.TicketPending, schema.TicketDenied))},
		"overdue":     {[]string{"t0", "t1"}, ids(s.Overdue(t.Context(), noon.Add(time.Hour), 10))},
		"not yet":     {nil, ids(s.Overdue(t.Context(), noon, 10))},
	} {
		if diff := cmp.Diff(c.want, c.got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// A list of many large tickets stays small; each of them is whole when it is asked for.
func TestListsAreShort(t *testing.T) {
	s := open(t, dbPath(t))
	large := ticket("t1")
	large.Statement = "DELETE FROM orders -- " + strings.Repeat("x", 60<<10)
	large.Parameters = []string{"'" + strings.Repeat("y", 100<<10) + "'", "1"}
	raise(t, s, large)
	list, err := s.Tickets(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	want := large.Short(schema.MaxListed)
	if diff := cmp.Diff([]schema.Ticket{want}, list); diff != "" || !want.Shortened {
		t.Error(diff)
	}
	whole, err := s.Ticket(t.Context(), "t1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(large, whole); diff != "" {
		t.Error(diff)
	}
}

func TestOpenCountsOneCallersLiveTickets(t *testing.T) {
	s := open(t, dbPath(t))
	for i := range 6 {
		n := ticket(fmt.Sprint("t", i))
		n.Key = n.ID
		if i == 5 {
			n.Subject = "svc:other"
		}
		raise(t, s, n)
		set(t, s, n.ID, schema.TicketState(i%5))
	}
	for at, want := range map[time.Time]int{noon: 2, noon.Add(time.Hour): 0} {
		if n, err := s.Open(t.Context(), "corp", "svc:orders", at); n != want || err != nil {
			t.Errorf("%d at %s, %v", n, at, err)
		}
	}
}

func TestSerials(t *testing.T) {
	path := dbPath(t)
	s := open(t, path)
	if n, err := s.Serial(t.Context(), "payments"); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, n := range []uint64{7, 8, 3} {
		if err := s.SetSerial(t.Context(), "payments", n, "sha256:b", noon); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetSerial(t.Context(), "payments", 1<<63, "sha256:b", noon); err == nil {
		t.Error("a serial that does not fit was kept")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := open(t, path).Serial(t.Context(), "payments"); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	path := dbPath(t)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	raise(t, s, ticket("t1"))
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f, info.Mode())
		}
	}
}

// Tickets of the first version do not say whom they ask in a way that can be held against anybody.
func TestTicketsOfTheFirstVersionGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, p := versionOf(t, path, 1)
	_, err := db.Exec(`INSERT INTO tickets VALUES ('t0', 'key', 'corp', 'svc:orders', 1, ?, ?, '{"id":"t0","key":"key","route":{"Name":"dba","Hold":60000000000}}');
		INSERT INTO votes VALUES ('t0', 0, 'corp', 'alice', 1, 'ok', 0)`, noon.UnixMicro(), noon.Add(time.Hour).UnixMicro())
	if err := errors.Join(err, p.Close()); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if got, err := s.Tickets(t.Context(), 10); len(got) != 0 || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if kept, created := raise(t, s, ticket("t1")); !created || kept.ID != "t1" {
		t.Errorf("created %v, %s", created, kept.ID)
	}
}

// Votes of before their kind was kept stay with their tickets.
func TestVotesOfTheSecondVersionStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, p := versionOf(t, path, 2)
	body, err := json.Marshal(ticket("t1"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`INSERT INTO tickets VALUES ('t1', 'key', 'corp', 'svc:orders', 1, ?, ?, ?);
		INSERT INTO votes VALUES ('t1', 0, 'corp', 'alice', 1, 'ok', 0)`, noon.UnixMicro(), noon.Add(time.Hour).UnixMicro(), string(body))
	if err := errors.Join(err, p.Close()); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	set(t, s, "t1", schema.TicketApproved, schema.Vote{Issuer: "corp", Subject: "bob", Kind: "human", Approve: true})
	got, err := s.Ticket(t.Context(), "t1")
	if err != nil || len(got.Votes) != 2 || got.Votes[0].Subject != "alice" || got.Votes[0].Kind != "" || got.Votes[1].Kind != "human" {
		t.Errorf("%+v, %v", got, err)
	}
}

// versionOf makes a store as an earlier version left it.
func versionOf(t *testing.T, path string, version int64) (*sql.DB, *goose.Provider) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return db, p
}

func TestOpenRefuses(t *testing.T) {
	garbage := func(path string) error {
		return os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600)
	}
	for name, c := range map[string]struct {
		prepare func(path string) error
		want    string
	}{
		"no database":   {garbage, "damaged or is no store"},
		"a directory":   {func(path string) error { return os.Mkdir(path, 0o700) }, "is a directory"},
		"a later one":   {laterVersion, "later version of gatewright"},
		"a damaged one": {damaged, "damaged or is no store"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			if err := c.prepare(path); err != nil {
				t.Fatal(err)
			}
			s, err := store.Open(t.Context(), path)
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func laterVersion(path string) error {
	s, err := store.Open(context.Background(), path)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	return errors.Join(err, db.Close())
}

func damaged(path string) error {
	s, err := store.Open(context.Background(), path)
	if err != nil {
		return err
	}
	for i := range 200 {
		t := ticket(fmt.Sprint("t", i))
		t.Key = t.ID
		if _, _, err := s.Raise(context.Background(), t, nil); err != nil {
			return err
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i := 4096; i < len(data); i += 7 {
		data[i] ^= 0x5a
	}
	return os.WriteFile(path, data, 0o600)
}

// Another process that holds the file for too long, and a caller who does not wait that long.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, _, err := s.Raise(t.Context(), ticket("t1"), nil); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	raise(t, s, ticket("t1"))
}
