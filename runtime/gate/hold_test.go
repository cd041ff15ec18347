package gate_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// holding opens a session whose held actions send their ticket.
func (w *world) holding(client string) (*gate.Session, chan string) {
	w.t.Helper()
	tickets := make(chan string, 200)
	s, err := w.gate.Open(w.t.Context(), gate.Credential{
		Protocol: schema.ProtocolPostgres, Target: "payments-db", Token: w.token(client),
		Held: func(ticket string, _ time.Duration) { tickets <- ticket },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return s, tickets
}

// check runs a Check that is going to wait.
func check(ctx context.Context, s *gate.Session, a *schema.Action) chan schema.Decision {
	done := make(chan schema.Decision, 1)
	go func() {
		var d schema.Decision
		r := s.Check(ctx, a, &d)
		if d.Effect == schema.Allow {
			s.Outcome(r, schema.Outcome{Rows: 1})
		}
		done <- d
	}()
	return done
}

func shortHold(b *schema.Bundle) { b.Routes[0].Hold = time.Nanosecond }

func TestHeldAndDecided(t *testing.T) {
	for name, c := range map[string]struct {
		approve bool
		want    schema.Effect
		message string
		hint    string
	}{
		"approved": {true, schema.Allow, "", ""},
		"denied":   {false, schema.Deny, "approval was refused, ticket id2", "the approver says: as agreed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			s, tickets := w.holding("svc:orders")
			done := check(t.Context(), s, action("delete", "public.orders"))
			ticket := <-tickets
			if st := w.gate.Stats(); st.Holding != 1 {
				t.Errorf("%+v", st)
			}
			w.decide(ticket, c.approve)
			d := <-done
			if d.Effect != c.want || d.Ticket != ticket || d.Message != c.message || d.Hint != c.hint || !d.Enforced {
				t.Errorf("%+v", d)
			}
			got := w.entries(audit.KindDecision)
			if len(got) != 1 || got[0].Ticket != ticket || got[0].Effect != c.want.String() {
				t.Errorf("%+v", got)
			}
			if diff := cmp.Diff([]string{"approve.delete"}, got[0].Rules); diff != "" {
				t.Error(diff)
			}
			raised, voted := w.entries(audit.KindTicketRaised), w.entries(audit.KindTicketVoted)
			if len(raised) != 1 || raised[0].Subject != "svc:orders" || len(voted) != 1 || voted[0].Actor != "corp/alice" || voted[0].ActorKind != schema.KindHuman || *voted[0].Approve != c.approve {
				t.Errorf("%+v\n%+v", raised, voted)
			}
			if st := w.gate.Stats(); st.Holding != 0 || st.Held != 1 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// What was held and sent away goes through when it is run again, once.
func TestRunAgainOnceApproved(t *testing.T) {
	w := newWorld(t, shortHold)
	s := w.open("svc:orders")
	var d schema.Decision
	s.Check(t.Context(), action("delete", "public.orders"), &d)
	ticket := d.Ticket
	if d.Effect != schema.Deny || ticket == "" || d.Message != "waiting for approval, ticket "+ticket || !strings.Contains(d.Hint, "same statement again") {
		t.Fatalf("%+v", d)
	}
	if s.Check(t.Context(), action("delete", "public.orders"), &d); d.Ticket != ticket || d.Effect != schema.Deny {
		t.Errorf("asked a second time: %+v", d)
	}
	w.decide(ticket, true)
	other := w.open("svc:orders") // another connection of the same caller, as after a restart
	bound := action("delete", "public.orders")
	bound.Parameters = []schema.Parameter{{Value: []byte("7")}}
	if other.Check(t.Context(), bound, &d); d.Effect != schema.Deny || d.Ticket == ticket {
		t.Errorf("other bind values used the approval: %+v", d)
	}
	elsewhere := action("delete", "public.orders")
	elsewhere.Accesses = append(elsewhere.Accesses, schema.Access{Verb: "select", Object: "public.orders"})
	if other.Check(t.Context(), elsewhere, &d); d.Effect != schema.Deny || d.Ticket == ticket {
		t.Errorf("a text that came to mean something else used the approval: %+v", d)
	}
	alice := w.open("alice")
	if alice.Check(t.Context(), action("delete", "public.orders"), &d); d.Effect != schema.Deny || d.Ticket == ticket {
		t.Errorf("another caller used the approval: %+v", d)
	}
	if other.Check(t.Context(), action("delete", "public.orders"), &d); d.Effect != schema.Allow || d.Ticket != ticket || d.Message != "" {
		t.Errorf("%+v", d)
	}
	if other.Check(t.Context(), action("delete", "public.orders"), &d); d.Effect != schema.Deny || d.Ticket == ticket {
		t.Errorf("an approval was used twice: %+v", d)
	}
	if got := w.entries(audit.KindTicketRedeemed); len(got) != 1 || got[0].Ticket != ticket {
		t.Errorf("%+v", got)
	}
}

func TestOneApprovalOnePass(t *testing.T) {
	w := newWorld(t, nil)
	s, tickets := w.holding("svc:orders")
	var allowed atomic.Int64
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for range 100 {
		wg.Go(func() {
			d := <-check(ctx, s, action("delete", "public.orders"))
			if d.Effect == schema.Allow {
				allowed.Add(1)
			}
		})
	}
	ticket := <-tickets
	for range 99 {
		<-tickets // each of them waits, for the one ticket
	}
	w.decide(ticket, true)
	wg.Wait()
	cancel()
	if allowed.Load() != 1 {
		t.Errorf("one approval let %d pass", allowed.Load())
	}
}

func TestPolicyIsAskedAgainBeforeAnApprovalIsUsed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*schema.Bundle)
		want   schema.Effect
	}{
		"now denied":      {func(b *schema.Bundle) { b.Rules = append(b.Rules, rule("deny.delete", schema.Deny, "", "delete", "")) }, schema.Deny},
		"not allowed":     {func(b *schema.Bundle) { b.Rules[1].Verbs = []string{"select"} }, schema.Deny},
		"needs no more":   {func(b *schema.Bundle) { b.Rules = b.Rules[:2] }, schema.Allow},
		"asks others":     {func(b *schema.Bundle) { b.Routes[0].Approvers = []string{"corp/group:ciso"} }, schema.Deny},
		"asks more":       {func(b *schema.Bundle) { b.Routes[0].Quorum = 2 }, schema.Deny},
		"another message": {func(b *schema.Bundle) { b.Rules[2].Message = "x" }, schema.Allow},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			s, tickets := w.holding("svc:orders")
			done := check(t.Context(), s, action("delete", "public.orders"))
			ticket := <-tickets
			w.gate.Swap(w.policy(func(b *schema.Bundle) { b.ID = "sha256:second"; c.change(b) }, w.gate.Policy()))
			w.decide(ticket, true)
			d := <-done
			if d.Effect != c.want || d.Bundle != "sha256:second" {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestWaitingEnds(t *testing.T) {
	for name, end := range map[string]func(w *world, s *gate.Session, cancel func()){
		"the client goes":     func(_ *world, _ *gate.Session, cancel func()) { cancel() },
		"the session closes":  func(_ *world, s *gate.Session, _ func()) { s.Close() },
		"the gate closes":     func(w *world, _ *gate.Session, _ func()) { w.gate.Close() },
		"the right is lost":   func(w *world, _ *gate.Session, _ func()) { w.gate.Swap(w.policy(noTarget, w.gate.Policy())) },
		"the ticket gets old": func(w *world, _ *gate.Session, _ func()) { w.pass(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(b *schema.Bundle) { b.Issuers[0].OutliveToken = true })
			s, tickets := w.holding("svc:orders")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := check(ctx, s, action("delete", "public.orders"))
			<-tickets
			end(w, s, cancel)
			if d := <-done; d.Effect != schema.Deny || !d.Enforced || d.Message == "" {
				t.Errorf("%+v", d)
			}
			if got := w.entries(audit.KindDecision); len(got) != 1 || got[0].Effect != "deny" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestNobodyToAsk(t *testing.T) {
	w := newWorld(t, nil, func(c *gate.Config) { c.Approvals = nil })
	s := w.open("svc:orders")
	var d schema.Decision
	if s.Check(t.Context(), action("delete", "public.orders"), &d); d.Effect != schema.Deny || d.Message == "" {
		t.Errorf("%+v", d)
	}
	long := newWorld(t, nil)
	s = long.open("svc:orders")
	a := action("delete", "public.orders")
	a.Text = strings.Repeat("x", 65<<10)
	if s.Check(t.Context(), a, &d); d.Effect != schema.Deny || !strings.Contains(d.Message, "cannot be approved") {
		t.Errorf("%+v", d)
	}
}

func TestConnectMayNeedAnApproval(t *testing.T) {
	w := newWorld(t, func(b *schema.Bundle) {
		shortHold(b)
		b.Rules = append(b.Rules, rule("approve.enter", schema.Approve, "orders", "connect", ""))
	})
	_, err := w.try(w.token("svc:orders"))
	r := refusal(t, err)
	ticket, ok := strings.CutPrefix(r.Message, "waiting for approval, ticket ")
	if !ok || r.Kind != gate.Denied {
		t.Fatalf("%+v", r)
	}
	w.decide(ticket, true)
	s := w.open("svc:orders")
	w.gate.Swap(w.policy(func(b *schema.Bundle) {
		b.Rules = append(b.Rules, rule("approve.enter", schema.Approve, "orders", "connect", ""))
	}, w.gate.Policy()))
	if s.Reason() != nil {
		t.Errorf("one who was approved was ended: %v", s.Reason())
	}
}
