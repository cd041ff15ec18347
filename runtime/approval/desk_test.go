package approval_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/store"
	"github.com/gatewright/gatewright/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a desk with a clock that a test can turn and a list of what happened.
type desk struct {
	*approval.Desk
	store *store.DB

	mu       sync.Mutex
	now      time.Time
	events   []string
	notified []string
	broken   error
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gatewright.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{store: db, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	d.Desk = d.another(t)
	return d
}

// another is a second desk over the same store, as another process has it.
func (d *desk) another(t *testing.T) *approval.Desk {
	t.Helper()
	var ids atomic.Int64
	made, err := approval.New(approval.Config{
		Store: d.store, Now: d.clock, Record: d.record, Poll: time.Millisecond,
		NewID:  func() string { return fmt.Sprint("t", ids.Add(1)) },
		Notify: func(t schema.Ticket) { d.notified = append(d.notified, t.ID) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func (d *desk) record(e approval.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return d.broken
	}
	word := [...]string{"raised", "voted", "redeemed", "expired"}[e.Kind]
	if e.Vote != nil {
		word += fmt.Sprintf(" %v by %s", e.Vote.Approve, e.Vote.Subject)
	}
	d.events = append(d.events, e.Ticket.ID+" "+word)
	return nil
}

var (
	orders = &schema.Principal{Issuer: "corp", Subject: "svc:orders", Groups: []string{"orders"}}
	alice  = person("corp", "alice", "dba")
	bob    = person("corp", "bob", "dba")
	carol  = person("corp", "carol")
)

func person(issuer, subject string, groups ...string) *schema.Principal {
	return &schema.Principal{Issuer: issuer, Subject: subject, Groups: groups, Kind: schema.KindHuman}
}

func of(kind string) *schema.Principal {
	return &schema.Principal{Issuer: "corp", Subject: "bot", Groups: []string{"dba"}, Kind: kind}
}

func request() approval.Request {
	return approval.Request{
		Principal: orders, Target: "payments-db", Text: "DELETE FROM orders WHERE id = 7", Rules: []string{"approve.delete"},
		Accesses: []schema.Access{{Verb: "delete", Object: "public.orders"}},
		Bundle:   "sha256:b", Route: schema.Route{
			Name: "dba", Approvers: []string{"corp/group:dba", "corp/subject:carol"}, ApproverKinds: []string{schema.KindHuman},
			Quorum: 1, Hold: time.Minute, Expires: time.Hour,
		},
	}
}

func raise(t *testing.T, d *approval.Desk, r approval.Request) *schema.Ticket {
	t.Helper()
	ticket, err := d.Raise(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func TestVotes(t *testing.T) {
	type vote struct {
		by     *schema.Principal
		yes    bool
		reason string
		want   any // the state it leads to, or the cause of a refusal
	}
	with := func(change func(*approval.Request)) approval.Request {
		r := request()
		change(&r)
		return r
	}
	two := with(func(r *approval.Request) { r.Route.Quorum = 2 })
	own := with(func(r *approval.Request) { r.Principal = alice })
	bots := with(func(r *approval.Request) { r.Route.ApproverKinds = []string{schema.KindAgent, schema.KindHuman} })
	ownBot := with(func(r *approval.Request) {
		r.Principal = of(schema.KindAgent)
		r.Route.ApproverKinds = []string{schema.KindAgent}
	})
	both := with(func(r *approval.Request) {
		r.Route.Approvers = []string{"corp/group:dba", "other/group:dba"}
		r.Route.Quorum = 2
	})
	abroad := person("other", "alice", "dba")
	for name, c := range map[string]struct {
		request approval.Request
		votes   []vote
	}{
		"by group":             {request(), []vote{{alice, true, "ok", schema.TicketApproved}}},
		"by subject":           {request(), []vote{{carol, true, "ok", schema.TicketApproved}}},
		"refused":              {request(), []vote{{alice, false, "", schema.TicketDenied}}},
		"a stranger":           {request(), []vote{{person("corp", "mallory", "dev"), true, "ok", approval.NotApprover}}},
		"nobody":               {request(), []vote{{person("corp", "", "dba"), true, "ok", approval.OwnRequest}}},
		"group of another":     {request(), []vote{{person("other", "mallory", "dba"), true, "ok", approval.NotApprover}}},
		"subject of another":   {request(), []vote{{person("other", "carol"), true, "ok", approval.NotApprover}}},
		"a machine":            {request(), []vote{{of(schema.KindMachine), true, "ok", approval.WrongKind}}},
		"a machine says no":    {request(), []vote{{of(schema.KindMachine), false, "no", approval.WrongKind}}},
		"an agent":             {request(), []vote{{of(schema.KindAgent), true, "ok", approval.WrongKind}}},
		"of no kind":           {request(), []vote{{of(""), true, "ok", approval.WrongKind}}},
		"an agent, named":      {bots, []vote{{of(schema.KindMachine), true, "ok", approval.WrongKind}, {of(schema.KindAgent), true, "ok", schema.TicketApproved}}},
		"an agent, its own":    {ownBot, []vote{{of(schema.KindAgent), true, "ok", approval.OwnRequest}}},
		"the requester":        {own, []vote{{alice, true, "ok", approval.OwnRequest}}},
		"requester, elsewhere": {own, []vote{{abroad, true, "ok", approval.OwnRequest}}},
		"requester says no":    {own, []vote{{alice, false, "", approval.OwnRequest}}},
		"without a reason":     {request(), []vote{{alice, true, " \n", approval.NoReason}}},
		"with too long a one":  {request(), []vote{{alice, false, strings.Repeat("x", 5000), approval.NoReason}}},
		"quorum of two":        {two, []vote{{alice, true, "ok", schema.TicketPending}, {bob, true, "ok", schema.TicketApproved}}},
		"one person twice":     {two, []vote{{alice, true, "ok", schema.TicketPending}, {alice, true, "ok", approval.AlreadyVoted}}},
		"twice, two issuers":   {both, []vote{{alice, true, "ok", schema.TicketPending}, {abroad, true, "ok", approval.AlreadyVoted}}},
		"any no is a no":       {two, []vote{{alice, true, "ok", schema.TicketPending}, {bob, false, "no", schema.TicketDenied}}},
		"one thinks again":     {two, []vote{{alice, true, "ok", schema.TicketPending}, {alice, false, "no", schema.TicketDenied}}},
		"after the decision":   {request(), []vote{{alice, true, "ok", schema.TicketApproved}, {bob, true, "ok", approval.Settled}}},
		"taken back":           {request(), []vote{{alice, true, "ok", schema.TicketApproved}, {alice, false, "no", schema.TicketDenied}}},
		"taken back by other":  {request(), []vote{{alice, true, "ok", schema.TicketApproved}, {bob, false, "no", schema.TicketDenied}, {alice, true, "ok", approval.Settled}}},
		"not by a stranger":    {request(), []vote{{alice, true, "ok", schema.TicketApproved}, {person("corp", "mallory"), false, "no", approval.NotApprover}}},
		"after a no":           {request(), []vote{{alice, false, "no", schema.TicketDenied}, {bob, true, "ok", approval.Settled}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ticket := raise(t, d.Desk, c.request)
			for _, v := range c.votes {
				var got any
				after, err := d.Decide(t.Context(), ticket.ID, v.by, v.yes, v.reason)
				var refused *approval.Refused
				if errors.As(err, &refused) {
					got = refused.Cause
					if refused.Message == "" || refused.Hint == "" {
						t.Errorf("a refusal without message or hint: %+v", refused)
					}
				} else if err != nil {
					t.Fatal(err)
				} else {
					got = after.State
				}
				if diff := cmp.Diff(v.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestUnknownTicket(t *testing.T) {
	d := newDesk(t)
	_, err := d.Decide(t.Context(), "none", alice, true, "ok")
	var refused *approval.Refused
	if !errors.As(err, &refused) || refused.Cause != approval.Unknown {
		t.Errorf("got %v", err)
	}
}

func TestKeyIsBoundToEverything(t *testing.T) {
	keys := map[string]string{}
	first := request()
	for name, change := range map[string]func(*approval.Request){
		"same":      func(*approval.Request) {},
		"issuer":    func(r *approval.Request) { r.Principal = &schema.Principal{Issuer: "other", Subject: "svc:orders"} },
		"subject":   func(r *approval.Request) { r.Principal = &schema.Principal{Issuer: "corp", Subject: "svc:order"} },
		"shifted":   func(r *approval.Request) { r.Principal = &schema.Principal{Issuer: "corps", Subject: "vc:orders"} },
		"target":    func(r *approval.Request) { r.Target = "other-db" },
		"text":      func(r *approval.Request) { r.Text += " " },
		"a value":   func(r *approval.Request) { r.Parameters = []schema.Parameter{{Value: []byte("b")}} },
		"no value":  func(r *approval.Request) { r.Parameters = []schema.Parameter{{Null: true}} },
		"its type":  func(r *approval.Request) { r.Parameters = []schema.Parameter{{Type: 23, Value: []byte("b")}} },
		"its form":  func(r *approval.Request) { r.Parameters = []schema.Parameter{{Binary: true, Value: []byte("b")}} },
		"two":       func(r *approval.Request) { r.Parameters = []schema.Parameter{{Value: []byte("b")}, {Value: nil}} },
		"verb":      func(r *approval.Request) { r.Accesses = []schema.Access{{Verb: "update", Object: "public.orders"}} },
		"object":    func(r *approval.Request) { r.Accesses = []schema.Access{{Verb: "delete", Object: "other.orders"}} },
		"approvers": func(r *approval.Request) { r.Route.Approvers = []string{"corp/group:dba"} },
		"kinds":     func(r *approval.Request) { r.Route.ApproverKinds = []string{"agent", "human"} },
		"quorum":    func(r *approval.Request) { r.Route.Quorum = 2 },
	} {
		r := first
		change(&r)
		if other, ok := keys[r.Key()]; ok {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[r.Key()] = name
	}
	if keys[first.Key()] != "same" {
		t.Error("the same request has another key")
	}
}

func TestAttachRedeemOnceAndAskAnew(t *testing.T) {
	d := newDesk(t)
	ask := request()
	ticket := raise(t, d.Desk, ask)
	if again := raise(t, d.Desk, ask); again.ID != ticket.ID {
		t.Errorf("the same request got another ticket, %s", again.ID)
	}
	if got, err := d.Redeem(t.Context(), ask.Key()); got != nil || err != nil {
		t.Errorf("redeemed while pending: %v, %v", got, err)
	}
	if _, err := d.Decide(t.Context(), ticket.ID, alice, true, "ok"); err != nil {
		t.Fatal(err)
	}
	if again := raise(t, d.Desk, ask); again.ID != ticket.ID || again.State != schema.TicketApproved {
		t.Errorf("an approved ticket was not found again: %+v", again)
	}
	for i, want := range []bool{true, false} {
		if got, err := d.Redeem(t.Context(), ask.Key()); (got != nil) != want || err != nil {
			t.Errorf("redeem %d: %v, %v", i, got, err)
		}
	}
	if again := raise(t, d.Desk, ask); again.ID == ticket.ID {
		t.Error("a used ticket was found again")
	}
	want := []string{"t1 raised", "t1 voted true by alice", "t1 redeemed", "t4 raised"}
	if diff := cmp.Diff(want, d.events); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"t1", "t4"}, d.notified); diff != "" {
		t.Error(diff)
	}
}

func TestExpiry(t *testing.T) {
	for _, approved := range []bool{false, true} {
		t.Run(fmt.Sprint("approved ", approved), func(t *testing.T) {
			d := newDesk(t)
			ask := request()
			ticket := raise(t, d.Desk, ask)
			if approved {
				if _, err := d.Decide(t.Context(), ticket.ID, alice, true, "ok"); err != nil {
					t.Fatal(err)
				}
			}
			d.pass(time.Hour)
			if _, err := d.Decide(t.Context(), ticket.ID, bob, true, "ok"); err == nil {
				t.Error("an overdue ticket was voted on")
			}
			if got, err := d.Redeem(t.Context(), ask.Key()); got != nil || err != nil {
				t.Errorf("an overdue ticket was redeemed: %v, %v", got, err)
			}
			if got, _ := d.Ticket(t.Context(), ticket.ID); got.State != schema.TicketExpired {
				t.Errorf("it is shown as %s", got.State)
			}
			if again := raise(t, d.Desk, ask); again.ID == ticket.ID {
				t.Error("an overdue ticket was found again")
			}
			for i, want := range []int{1, 0} {
				if n, err := d.Expire(t.Context()); n != want || err != nil {
					t.Errorf("expire %d: %d, %v", i, n, err)
				}
			}
		})
	}
}

func TestWhatCannotBeRecordedDoesNotHappen(t *testing.T) {
	d := newDesk(t)
	ask := request()
	ticket := raise(t, d.Desk, ask)
	d.broken = errors.New("disk full")
	if _, err := d.Decide(t.Context(), ticket.ID, alice, true, "ok"); !errors.Is(err, d.broken) {
		t.Errorf("got %v", err)
	}
	other := request()
	other.Text = "DELETE FROM orders WHERE id = 8"
	if _, err := d.Raise(t.Context(), other); !errors.Is(err, d.broken) {
		t.Errorf("got %v", err)
	}
	d.broken = nil
	if _, err := d.Decide(t.Context(), ticket.ID, alice, true, "ok"); err != nil {
		t.Fatal(err)
	}
	d.broken = errors.New("disk full")
	if _, err := d.Redeem(t.Context(), ask.Key()); !errors.Is(err, d.broken) {
		t.Errorf("got %v", err)
	}
	d.broken = nil
	if got, err := d.Redeem(t.Context(), ask.Key()); got == nil || err != nil {
		t.Errorf("a redemption that was undone used the ticket up: %v, %v", got, err)
	}
}

func TestRaiseRefuses(t *testing.T) {
	for name, change := range map[string]func(*approval.Request){
		"too long":                  func(r *approval.Request) { r.Text = strings.Repeat("x", approval.MaxStatement+1) },
		"a value that is not shown": func(r *approval.Request) { r.Parameters = []schema.Parameter{{Value: []byte("1")}} },
		"values too long to show": func(r *approval.Request) {
			r.Parameters = []schema.Parameter{{Value: []byte("1")}, {Value: []byte("2")}}
			r.Shown = []string{"'1'", strings.Repeat("x", approval.MaxShown)}
		},
		"no approvers": func(r *approval.Request) { r.Route.Approvers = nil },
		"of no kind":   func(r *approval.Request) { r.Route.ApproverKinds = nil },
		"no quorum":    func(r *approval.Request) { r.Route.Quorum = 0 },
		"no life":      func(r *approval.Request) { r.Route.Expires = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			r := request()
			change(&r)
			_, err := newDesk(t).Raise(t.Context(), r)
			var refused *approval.Refused
			if !errors.As(err, &refused) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestApproversSeeTheValues(t *testing.T) {
	r := request()
	r.Parameters = []schema.Parameter{{Value: []byte("42")}, {Null: true}}
	r.Shown = []string{"'42'", "NULL"}
	d := newDesk(t)
	got, err := d.Ticket(t.Context(), raise(t, d.Desk, r).ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Shown, got.Parameters); diff != "" {
		t.Error(diff)
	}
}

// The times of a ticket read as those of its votes, whatever the machine's zone; and a list with nothing in it is a list.
func TestTicketReadsThroughout(t *testing.T) {
	d := newDesk(t)
	d.now = time.Date(2026, 3, 1, 13, 0, 0, 123456789, time.FixedZone("CET", 3600))
	data, err := json.Marshal(raise(t, d.Desk, request()))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"created":"2026-03-01T12:00:00.123456Z"`, `"expires":"2026-03-01T13:00:00.123456Z"`, `"hold":"1m0s"`, `"votes":[]`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in %s", want, data)
		}
	}
}

func TestOpenTicketsAreBounded(t *testing.T) {
	d := newDesk(t)
	ask := request()
	text := func(n int) approval.Request {
		r := ask
		r.Text = fmt.Sprint(ask.Text, n)
		return r
	}
	var last *schema.Ticket
	for n := range approval.DefaultMaxOpen {
		last = raise(t, d.Desk, text(n))
	}
	_, err := d.Raise(t.Context(), text(1000))
	var refused *approval.Refused
	if !errors.As(err, &refused) || refused.Cause != approval.TooMany {
		t.Errorf("got %v", err)
	}
	if again := raise(t, d.Desk, text(approval.DefaultMaxOpen-1)); again.ID != last.ID {
		t.Errorf("an open one was not found again: %s", again.ID)
	}
	other := text(1000)
	other.Principal = carol
	raise(t, d.Desk, other)
	if _, err := d.Decide(t.Context(), last.ID, alice, false, ""); err != nil {
		t.Fatal(err)
	}
	raise(t, d.Desk, text(1000))
}

func TestWait(t *testing.T) {
	d := newDesk(t)
	ticket := raise(t, d.Desk, request())
	t.Run("hold over", func(t *testing.T) {
		got, err := d.Wait(t.Context(), ticket.ID, time.Nanosecond)
		if err != nil || got.State != schema.TicketPending {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("caller gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.Wait(ctx, ticket.ID, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("decided elsewhere", func(t *testing.T) {
		elsewhere := d.another(t)
		done := make(chan schema.TicketState)
		for range 10 {
			go func() {
				got, err := d.Wait(context.Background(), ticket.ID, time.Hour)
				if err != nil {
					t.Error(err)
				}
				done <- got.State
			}()
		}
		if _, err := elsewhere.Decide(t.Context(), ticket.ID, alice, true, "ok"); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if got := <-done; got != schema.TicketApproved {
				t.Errorf("woken by %s", got)
			}
		}
	})
}

func TestTakenBack(t *testing.T) {
	d := newDesk(t)
	ask := request()
	ticket := raise(t, d.Desk, ask)
	for _, yes := range []bool{true, false} {
		if _, err := d.Decide(t.Context(), ticket.ID, alice, yes, "on second thoughts"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := d.Redeem(t.Context(), ask.Key()); got != nil || err != nil {
		t.Errorf("an approval that was taken back was used: %v, %v", got, err)
	}
	if again := raise(t, d.Desk, ask); again.ID == ticket.ID {
		t.Error("a ticket that was taken back was found again")
	}
	want := []string{"t1 raised", "t1 voted true by alice", "t1 voted false by alice", "t2 raised"}
	if diff := cmp.Diff(want, d.events); diff != "" {
		t.Error(diff)
	}
}

// An approval is used or taken back, and never both, whoever comes first.
func TestUsedOrTakenBack(t *testing.T) {
	for range 20 {
		d := newDesk(t)
		ask := request()
		ticket := raise(t, d.Desk, ask)
		if _, err := d.Decide(t.Context(), ticket.ID, alice, true, "ok"); err != nil {
			t.Fatal(err)
		}
		var used, back bool
		var wg sync.WaitGroup
		wg.Go(func() {
			got, err := d.Redeem(t.Context(), ask.Key())
			if used = got != nil; err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			_, err := d.Decide(t.Context(), ticket.ID, bob, false, "no")
			var refused *approval.Refused
			if back = err == nil; err != nil && (!errors.As(err, &refused) || refused.Cause != approval.Settled) {
				t.Error(err)
			}
		})
		wg.Wait()
		if used == back {
			t.Fatalf("used %v, taken back %v", used, back)
		}
	}
}

func TestOneOfManyRedeems(t *testing.T) {
	d := newDesk(t)
	ask := request()
	ticket := raise(t, d.Desk, ask)
	if _, err := d.Decide(t.Context(), ticket.ID, alice, true, "ok"); err != nil {
		t.Fatal(err)
	}
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if got, err := d.Redeem(t.Context(), ask.Key()); err != nil {
				t.Error(err)
			} else if got != nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d redeemed one approval", won.Load())
	}
}
