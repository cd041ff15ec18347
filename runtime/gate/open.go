package gate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// Credential is what a caller comes with.
type Credential struct {
	Protocol string
	Target   string
	Token    schema.Secret
	Request  schema.Request
	// Slow, when not nil, is called on the goroutine that asked before anything is done that may take long, as asking for
	// an approval does: the place to let go of what others wait for. It must not call the session.
	Slow func()
	// Commits is set when the holder calls Commit before anything that was decided leaves it, so that the decisions of many
	// sessions can be written at once. Otherwise Check has each in the log when it returns.
	Commits bool
	// Held, when not nil, is called when an action of the session begins to wait for approval, on the goroutine that
	// asked, before it waits: the place to tell the client. It must not call the
	// session, but for Commit.
	Held func(ticket string, hold time.Duration)
	// Readable gives the bind values of the action that is being checked as an approver reads them, in order. It is
	// called on the goroutine that asked, and is needed when an action may have bind values.
	Readable func([]schema.Parameter) []string
}

// Open lets a caller in: it establishes who calls, decides whether they may connect to the target, records the answer,
// and begins a session. The error is a *Refusal. A session must be closed.
func (g *Gate) Open(ctx context.Context, c Credential) (*Session, error) {
	if c.Request.Time.IsZero() {
		c.Request.Time = g.now()
	}
	p := g.policy.Load()
	s := &Session{gate: g, id: g.newID(), credential: c, since: g.now(), pending: map[uint64]struct{}{}}
	s.credential.Token = schema.Secret{} // it has served once it is verified
	s.ctx, s.cancel = context.WithCancel(context.Background())
	principal, err := p.Verifier.Verify(ctx, c.Token)
	if err != nil {
		return nil, s.refuse(p, g.unidentified(err), nil, nil)
	}
	s.principal = principal
	if r := s.connect(ctx, p); r != nil {
		return nil, r
	}
	if r := g.register(s, p); r != nil {
		s.Close()
		return nil, r
	}
	return s, nil
}

// unidentified is what a caller is told of a token that was not taken. The fault behind it is for the operator.
func (g *Gate) unidentified(err error) *Refusal {
	var e *identity.Error
	if !errors.As(err, &e) {
		g.logger.Error("a token could not be checked", "error", err)
		return &Refusal{Kind: Unavailable, Message: "the token could not be checked", Hint: tryAgain}
	}
	if e.Err != nil {
		g.logger.Warn("a token was not taken", "reason", e.Reason, "error", e.Err)
	}
	if e.Unavailable {
		return &Refusal{Kind: Unavailable, Message: e.Reason, Hint: e.Hint}
	}
	return &Refusal{Kind: Identity, Message: e.Reason, Hint: e.Hint}
}

// connect decides whether the caller may be connected, and records it either way.
func (s *Session) connect(ctx context.Context, p *Policy) *Refusal {
	var d schema.Decision
	a := s.connectAction()
	s.decide(p, a, &d)
	if d.Effect == schema.Approve && d.Enforced {
		s.settle(ctx, p, a, &d)
	}
	s.redact.Store(d.Redact && d.Enforced)
	if d.Effect != schema.Allow && d.Enforced {
		return s.refuse(p, denied(s.credential.Target, &d), a, &d)
	}
	rec := s.record(audit.KindSessionOpened)
	rec.Bundle, rec.Action, rec.Decision = d.Bundle, a, &d
	if _, err := s.gate.log.Append(&rec); err != nil {
		s.gate.unlogged(err)
		if !s.gate.dryRun {
			s.gate.counts.refused[Unlogged].Add(1)
			return errUnlogged
		}
	}
	s.recorded = true
	s.gate.counts.opened.Add(1)
	return nil
}

func (s *Session) connectAction() *schema.Action {
	return &schema.Action{
		Protocol: s.credential.Protocol, Target: s.credential.Target, Principal: s.principal, Request: s.credential.Request,
		Accesses: []schema.Access{{Verb: schema.VerbConnect}}, Text: schema.VerbConnect,
	}
}

func denied(target string, d *schema.Decision) *Refusal {
	r := &Refusal{Kind: Denied, Message: d.Message, Hint: d.Hint}
	if r.Message == "" {
		r.Message = fmt.Sprintf("no rule lets this caller connect to target %q", target)
	}
	return r
}

// refuse records that a caller was not let in. It is refused whether or not that could be written.
func (s *Session) refuse(p *Policy, r *Refusal, a *schema.Action, d *schema.Decision) *Refusal {
	rec := s.record(audit.KindSessionRefused)
	rec.Bundle, rec.Action, rec.Decision, rec.Reason = p.bundle().ID, a, d, r.Kind.String()+": "+r.Message
	if _, err := s.gate.log.Append(&rec); err != nil {
		s.gate.unlogged(err)
	}
	s.gate.counts.refused[r.Kind].Add(1)
	s.cancel()
	return r
}

// register puts a session where a swap finds it. A swap that came since the decision has not seen it, so that it is
// judged here.
func (g *Gate) register(s *Session, decided *Policy) *Refusal {
	g.mu.Lock()
	if g.draining {
		g.mu.Unlock()
		g.counts.refused[Draining].Add(1)
		s.end(errDraining)
		return errDraining
	}
	g.sessions[s.id] = s
	g.mu.Unlock()
	s.expireLater()
	if now := g.policy.Load(); now != decided {
		s.judgeAgain(decided, now)
	}
	return s.Reason()
}

// judgeAgain asks whether a live session may go on under a new policy.
func (s *Session) judgeAgain(old, now *Policy) {
	name := s.principal.Issuer
	if !samePrincipals(old.issuer(name), now.issuer(name)) {
		s.end(&Refusal{Kind: Denied, Message: fmt.Sprintf("the policy's issuer %q was changed", name), Hint: freshToken})
		return
	}
	var d schema.Decision
	a := s.connectAction()
	a.Request.Time = s.gate.now()
	s.decide(now, a, &d)
	s.redact.Store(d.Redact && d.Enforced)
	if d.Effect == schema.Deny && d.Enforced {
		r := denied(s.credential.Target, &d)
		r.Message = "the policy was changed: " + r.Message
		s.end(r)
	}
}
