package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// Session is one caller connected to one target. It holds no policy. It is safe for concurrent use.
type Session struct {
	gate       *Gate
	id         string
	credential Credential
	principal  *schema.Principal
	since      time.Time
	recorded   bool // the log knows of it

	memory memory
	// owing is the number of the last line that is noted and not committed; 0 when there is none.
	owing      atomic.Uint64
	redact     atomic.Bool
	statements atomic.Uint64
	reason     atomic.Pointer[Refusal]
	ctx        context.Context
	cancel     context.CancelFunc

	mu      sync.Mutex
	expiry  *time.Timer
	pending map[uint64]struct{} // decisions that passed and have no outcome yet
	closed  bool
}

// ID gives the session's identifier, the one in the log.
func (s *Session) ID() string { return s.id }

// Principal gives who the caller is.
func (s *Session) Principal() *schema.Principal { return s.principal }

// Bundle gives the content id of the policy in force.
func (s *Session) Bundle() string { return s.gate.policy.Load().bundle().ID }

// Redact reports whether some mask of the target stands for this caller, so that text that may quote values must be
// withheld. It follows the policy in force.
func (s *Session) Redact() bool { return s.redact.Load() }

// Done is closed when the session is over: Reason then says why, or gives nil when its holder closed it.
func (s *Session) Done() <-chan struct{} { return s.ctx.Done() }

// Reason gives why the gate ended the session; nil when it did not.
func (s *Session) Reason() *Refusal { return s.reason.Load() }

// record begins a line about this session.
func (s *Session) record(k audit.Kind) audit.Record {
	return audit.Record{
		Kind: k, Session: s.id, Principal: s.principal, Protocol: s.credential.Protocol, Target: s.credential.Target,
		ClientAddress: s.credential.Request.ClientAddress, Application: s.credential.Request.Application,
	}
}

func (s *Session) expireLater() {
	if s.principal.Expires.IsZero() || s.principal.OutliveToken {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.expiry = time.AfterFunc(s.principal.Expires.Sub(s.gate.now()), func() { s.end(errExpired) })
	}
}

func (s *Session) expired(now time.Time) bool {
	return !s.principal.OutliveToken && !s.principal.Expires.IsZero() && !now.Before(s.principal.Expires)
}

// end ends the session from the gate's side, once. Its holder sees Done and closes it.
func (s *Session) end(r *Refusal) {
	if !s.reason.CompareAndSwap(nil, r) {
		return
	}
	s.cancel()
	s.gate.counts.ended[r.Kind].Add(1)
	rec := s.record(audit.KindSessionEnded)
	rec.Reason = r.Kind.String() + ": " + r.Message
	s.gate.tell(&rec)
}

// abandoned is the outcome of what was under way when a session ended (PostgreSQL's connection_failure).
var abandoned = schema.Outcome{SQLSTATE: "08006"}

// Close ends the session from its holder's side: decisions that still lack an outcome get one that says so. It may be
// called more than once.
func (s *Session) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	if s.expiry != nil {
		s.expiry.Stop()
	}
	left := make([]uint64, 0, len(s.pending))
	for seq := range s.pending {
		left = append(left, seq)
	}
	clear(s.pending)
	s.mu.Unlock()

	s.cancel()
	s.gate.forget(s)
	slices.Sort(left)
	for _, seq := range left {
		s.close(seq, abandoned)
	}
	if !s.recorded {
		return
	}
	rec := s.record(audit.KindSessionClosed)
	rec.Reason = fmt.Sprintf("%d statements", s.statements.Load())
	s.gate.tell(&rec)
}

// SessionInfo is what an operator may know of a session.
type SessionInfo struct {
	ID            string    `json:"id"`
	Issuer        string    `json:"issuer"`
	Subject       string    `json:"subject"`
	Kind          string    `json:"kind"`
	Protocol      string    `json:"protocol"`
	Target        string    `json:"target"`
	ClientAddress string    `json:"client_address"`
	Application   string    `json:"application"`
	Since         time.Time `json:"since"`
	Expires       time.Time `json:"expires,omitzero"`
	Statements    uint64    `json:"statements"`
}

// Sessions lists the live sessions, oldest first.
func (g *Gate) Sessions() []SessionInfo {
	list := []SessionInfo{}
	for _, s := range g.live() {
		list = append(list, SessionInfo{
			ID: s.id, Issuer: s.principal.Issuer, Subject: s.principal.Subject, Kind: s.principal.Kind,
			Protocol: s.credential.Protocol, Target: s.credential.Target, ClientAddress: s.credential.Request.ClientAddress,
			Application: s.credential.Request.Application, Since: s.since, Expires: s.principal.Expires,
			Statements: s.statements.Load(),
		})
	}
	return list
}

// End ends one session on an operator's word, and reports whether there was one. The reason goes into the log and to
// the caller.
func (g *Gate) End(id, reason string) bool {
	g.mu.Lock()
	s := g.sessions[id]
	g.mu.Unlock()
	if s == nil {
		return false
	}
	s.end(&Refusal{Kind: Denied, Message: "an operator ended this session: " + reason, Hint: "ask the gateway's operator"})
	return true
}

func (g *Gate) live() []*Session {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := make([]*Session, 0, len(g.sessions))
	for _, s := range g.sessions {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Session) int {
		if c := a.since.Compare(b.since); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return list
}

func (g *Gate) forget(s *Session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sessions, s.id)
}
