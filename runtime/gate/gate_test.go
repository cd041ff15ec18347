package gate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

func TestOpen(t *testing.T) {
	w := newWorld(t, nil)
	expired := w.token("svc:orders")
	w.pass(time.Hour)
	for name, c := range map[string]struct {
		token schema.Secret
		kind  gate.RefusalKind
		let   bool
	}{
		"a caller with a rule":    {w.token("svc:orders"), 0, true},
		"a caller without one":    {w.token("nobody"), gate.Denied, false},
		"no token":                {schema.Secret{}, gate.Identity, false},
		"something else":          {schema.NewSecret("password"), gate.Identity, false},
		"a token that is too old": {expired, gate.Identity, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := w.try(c.token)
			if c.let {
				if err != nil || s.Principal().Subject != "svc:orders" || s.Reason() != nil {
					t.Fatalf("%v", err)
				}
				return
			}
			r := refusal(t, err)
			if r.Kind != c.kind || r.Message == "" || r.Hint == "" {
				t.Errorf("%+v", r)
			}
			refused := w.entries(audit.KindSessionRefused)
			last := refused[len(refused)-1]
			if !strings.HasPrefix(last.Reason, c.kind.String()+": ") || last.ClientAddress != "127.0.0.1" || last.Bundle != "sha256:first" {
				t.Errorf("%+v", last)
			}
			if !c.token.IsZero() && strings.Contains(last.Reason, c.token.Reveal()) {
				t.Error("the token is in the log")
			}
		})
	}
}

func TestDeadIssuer(t *testing.T) {
	w := newWorld(t, nil)
	token := w.token("svc:orders")
	w.issuer.Close()
	_, err := w.try(token)
	if r := refusal(t, err); r.Kind != gate.Unavailable {
		t.Errorf("%+v", r)
	}
}

func TestUnknownTargetAndProtocol(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []gate.Credential{
		{Protocol: schema.ProtocolPostgres, Target: "other-db", Token: w.token("svc:orders")},
		{Protocol: "http", Target: "payments-db", Token: w.token("svc:orders")},
	} {
		_, err := w.gate.Open(t.Context(), c)
		if r := refusal(t, err); r.Kind != gate.Denied {
			t.Errorf("%+v", r)
		}
	}
}

func TestCheckAndOutcome(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open("svc:billing")
	if !s.Redact() {
		t.Error("a mask stands for this caller, and text is not withheld")
	}
	var d schema.Decision
	r := s.Check(t.Context(), cards(), &d)
	if d.Effect != schema.Allow || !d.Enforced || len(d.Masks) != 1 || r.Refused || r.Seq() == 0 {
		t.Fatalf("%+v", d)
	}
	for range 2 { // the second does nothing
		s.Outcome(r, schema.Outcome{Rows: 2, Bytes: 80, Masked: 2, Duration: time.Millisecond})
	}
	denied := s.Check(t.Context(), action("select", "public.orders"), &d)
	if d.Effect != schema.Deny || d.Message == "" || denied.Refused {
		t.Fatalf("%+v", d)
	}
	s.Outcome(denied, schema.Outcome{}) // nor does one for what was refused
	s.Outcome(gate.Receipt{}, schema.Outcome{})

	decisions, outcomes := w.entries(audit.KindDecision), w.entries(audit.KindOutcome)
	if len(decisions) != 2 || len(outcomes) != 1 {
		t.Fatalf("%d decisions, %d outcomes", len(decisions), len(outcomes))
	}
	first := decisions[0]
	if first.Seq != r.Seq() || outcomes[0].Decision != r.Seq() || *outcomes[0].MaskedCells != 2 || first.Effect != "allow" ||
		first.Session != s.ID() || first.Subject != "svc:billing" || first.Application != "test" || first.Bundle != "sha256:first" {
		t.Errorf("%+v\n%+v", first, outcomes[0])
	}
	if diff := cmp.Diff([]string{"card-number"}, first.Classes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("deny", decisions[1].Effect); diff != "" {
		t.Error(diff)
	}
	st := w.gate.Stats()
	if st.Allowed != 1 || st.Denied != 1 || st.Masked != 1 || st.MaskedCells != 2 || st.Opened != 1 || st.Live != 1 {
		t.Errorf("%+v", st)
	}
}

func TestCloseLeavesNoDecisionOpen(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open("svc:billing")
	var d schema.Decision
	r := s.Check(t.Context(), cards(), &d)
	s.Close()
	s.Close()
	s.Outcome(r, schema.Outcome{})
	if got := w.entries(audit.KindOutcome); len(got) != 1 || got[0].SQLSTATE != "08006" || got[0].Decision != r.Seq() {
		t.Errorf("%+v", got)
	}
	if got := w.entries(audit.KindSessionClosed); len(got) != 1 || got[0].Reason != "1 statements" {
		t.Errorf("%+v", got)
	}
	if after := s.Check(t.Context(), cards(), &d); d.Effect != schema.Deny || !after.Refused {
		t.Errorf("a closed session let something through: %+v", d)
	}
	select {
	case <-s.Done():
	default:
		t.Error("a closed session is not done")
	}
	if s.Reason() != nil || len(w.gate.Sessions()) != 0 {
		t.Errorf("%v, %v", s.Reason(), w.gate.Sessions())
	}
}

func TestDryRunRefusesNothingButIdentity(t *testing.T) {
	w := newWorld(t, nil, dryRun)
	if _, err := w.try(schema.NewSecret("password")); refusal(t, err).Kind != gate.Identity {
		t.Errorf("got %v", err)
	}
	s := w.open("nobody")
	if s.Redact() {
		t.Error("text is withheld in dry run")
	}
	for name, c := range map[string]struct {
		action *schema.Action
		effect schema.Effect
	}{
		"would be refused": {cards(), schema.Deny},
	} {
		t.Run(name, func(t *testing.T) {
			var d schema.Decision
			r := s.Check(t.Context(), c.action, &d)
			if d.Effect != c.effect || d.Enforced || r.Refused {
				t.Errorf("%+v", d)
			}
			s.Outcome(r, schema.Outcome{Rows: 1})
		})
	}
	held := w.open("svc:orders")
	var d schema.Decision
	held.Check(t.Context(), action("delete", "public.orders"), &d)
	if d.Effect != schema.Approve || d.Enforced || d.Ticket != "" {
		t.Errorf("%+v", d)
	}
	for _, e := range w.entries(audit.KindDecision) {
		if *e.Enforced || e.Effect == "allow" {
			t.Errorf("the true decision is not in the log: %+v", e)
		}
	}
	if got := w.entries(audit.KindOutcome); len(got) != 1 {
		t.Errorf("%d outcomes", len(got))
	}
	if st := w.gate.Stats(); st.WouldDeny != 2 || st.Denied != 0 {
		t.Errorf("%+v", st)
	}
}

func TestTokenEndsItsSession(t *testing.T) {
	for _, outlive := range []bool{false, true} {
		w := newWorld(t, func(b *schema.Bundle) { b.Issuers[0].OutliveToken = outlive })
		s := w.open("svc:billing")
		w.pass(time.Hour)
		var d schema.Decision
		r := s.Check(t.Context(), cards(), &d)
		if outlive {
			if d.Effect != schema.Allow {
				t.Errorf("%+v", d)
			}
			continue
		}
		if d.Effect != schema.Deny || r.Kind != gate.Expired || !r.Refused {
			t.Errorf("%+v", d)
		}
		<-s.Done()
		if s.Reason().Kind != gate.Expired {
			t.Errorf("%+v", s.Reason())
		}
		if got := w.entries(audit.KindSessionEnded); len(got) != 1 || !strings.HasPrefix(got[0].Reason, "expired: ") {
			t.Errorf("%+v", got)
		}
	}
}

// Nothing happens in the session: the gate ends it all the same.
func TestTokenEndsAnIdleSession(t *testing.T) {
	w := newWorld(t, nil)
	token := w.token("svc:billing")
	w.pass(10*time.Minute - 20*time.Millisecond)
	s, err := w.try(token)
	if err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if s.Reason().Kind != gate.Expired {
		t.Errorf("%+v", s.Reason())
	}
}

func noTarget(b *schema.Bundle) {
	b.Targets, b.Classes, b.Masks, b.Rules = nil, nil, nil, nil
}

func TestSwap(t *testing.T) {
	allowOrdersAll := func(b *schema.Bundle) {
		b.ID = "sha256:second"
		b.Rules = append([]schema.Rule{rule("allow.all", schema.Allow, "orders", "select", "")}, b.Rules...)
	}
	for name, c := range map[string]struct {
		change func(*schema.Bundle)
		gone   string // who is ended
		why    string
	}{
		"more is allowed":         {allowOrdersAll, "", ""},
		"a right is lost":         {func(b *schema.Bundle) { b.ID = "sha256:second"; b.Rules = b.Rules[1:] }, "svc:billing", "the policy was changed"},
		"the issuer is gone":      {func(b *schema.Bundle) { b.Issuers[0].Name = "other" }, "both", `issuer "corp"`},
		"the mapping is another":  {func(b *schema.Bundle) { b.Issuers[0].Subject.Text = "claims.client_id" }, "both", `issuer "corp"`},
		"the message alone is":    {func(b *schema.Bundle) { b.Rules[0].Message = "hello" }, "", ""},
		"the target is there not": {noTarget, "both", "there is no"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			sessions := map[string]*gate.Session{"svc:billing": w.open("svc:billing"), "svc:orders": w.open("svc:orders")}
			w.gate.Swap(w.policy(c.change, w.gate.Policy()))
			for who, s := range sessions {
				if c.gone != who && c.gone != "both" {
					if s.Reason() != nil {
						t.Errorf("%s was ended: %v", who, s.Reason())
					}
					continue
				}
				<-s.Done()
				if r := s.Reason(); r.Kind != gate.Denied || !strings.Contains(r.Message, c.why) {
					t.Errorf("%s was ended: %v", who, r)
				}
			}
			if got := w.entries(audit.KindBundleLoaded); len(got) != 2 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestSessionsHoldNoPolicy(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open("svc:orders")
	var d schema.Decision
	s.Check(t.Context(), cards(), &d)
	if d.Effect != schema.Deny || d.Bundle != "sha256:first" {
		t.Errorf("%+v", d)
	}
	w.gate.Swap(w.policy(func(b *schema.Bundle) {
		b.ID = "sha256:second"
		b.Rules[0].Groups = []string{"billing", "orders"}
		b.Masks = nil
	}, w.gate.Policy()))
	s.Check(t.Context(), cards(), &d)
	if d.Effect != schema.Allow || d.Bundle != "sha256:second" || s.Redact() {
		t.Errorf("%+v", d)
	}
}

func TestSessionsAndEnd(t *testing.T) {
	w := newWorld(t, nil)
	first := w.open("svc:billing")
	w.pass(time.Second)
	second := w.open("svc:orders")
	got := w.gate.Sessions()
	if len(got) != 2 || got[0].ID != first.ID() || got[1].Subject != "svc:orders" || got[0].ClientAddress != "127.0.0.1" {
		t.Errorf("%+v", got)
	}
	if !w.gate.End(second.ID(), "test") || w.gate.End("none", "test") {
		t.Error("ended the wrong ones")
	}
	<-second.Done()
	if r := second.Reason(); r.Kind != gate.Denied || !strings.Contains(r.Message, "test") {
		t.Errorf("%+v", r)
	}
	if first.Reason() != nil {
		t.Errorf("%+v", first.Reason())
	}
}

func TestDrainAndClose(t *testing.T) {
	w := newWorld(t, nil)
	s := w.open("svc:billing")
	w.gate.Drain()
	if _, err := w.try(w.token("svc:billing")); refusal(t, err).Kind != gate.Draining {
		t.Errorf("got %v", err)
	}
	var d schema.Decision
	if s.Check(t.Context(), cards(), &d); d.Effect != schema.Allow {
		t.Errorf("a drain refused what is under way: %+v", d)
	}
	w.gate.Close()
	w.gate.Close()
	<-s.Done()
	if s.Reason().Kind != gate.Draining {
		t.Errorf("%+v", s.Reason())
	}
}

func TestEveryOpenedSessionIsClosedInTheLog(t *testing.T) {
	w := newWorld(t, nil)
	for range 3 {
		w.open("svc:billing").Close()
	}
	w.gate.Drain()
	_, _ = w.try(w.token("svc:billing"))
	opened, closed := w.entries(audit.KindSessionOpened), w.entries(audit.KindSessionClosed)
	if len(opened) != len(closed) || len(opened) < 3 {
		t.Errorf("%d opened, %d closed", len(opened), len(closed))
	}
	groups := opened[0].Groups
	if !slices.Equal(groups, []string{"billing"}) {
		t.Errorf("groups %v", groups)
	}
}
