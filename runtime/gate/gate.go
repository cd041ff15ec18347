package gate

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// Config is what a Gate is made of.
type Config struct {
	Policy *Policy
	Log    *audit.Log
	// Approvals is where held actions wait; nil means that what needs an approval is refused.
	Approvals *approval.Desk
	Now       func() time.Time
	// NewID gives an identifier that was never given before, for sessions.
	NewID func() string
	// DryRun decides and records, and enforces nothing but identity.
	DryRun bool
	// Logger is for the operator; nil means none.
	Logger *slog.Logger
}

// Gate decides. It is safe for concurrent use.
type Gate struct {
	policy atomic.Pointer[Policy] // the one mutable cell

	log    *audit.Log
	desk   *approval.Desk
	now    func() time.Time
	newID  func() string
	dryRun bool
	logger *slog.Logger
	counts counters
	owed   owed

	swapping sync.Mutex // one swap, with its judging, at a time
	mu       sync.Mutex
	sessions map[string]*Session
	draining bool
}

// New makes a gate and records the policy that it begins with.
func New(c Config) (*Gate, error) {
	if c.Policy == nil || c.Policy.Engine == nil || c.Policy.Verifier == nil || c.Log == nil || c.Now == nil || c.NewID == nil {
		return nil, errors.New("make the gate: a policy, an audit log, a clock and a source of ids are needed")
	}
	g := &Gate{
		log: c.Log, desk: c.Approvals, now: c.Now, newID: c.NewID, dryRun: c.DryRun, logger: c.Logger,
		sessions: map[string]*Session{},
	}
	if g.logger == nil {
		g.logger = slog.New(slog.DiscardHandler)
	}
	if err := g.loaded(c.Policy); err != nil {
		return nil, fmt.Errorf("make the gate: %w", err)
	}
	g.policy.Store(c.Policy)
	return g, nil
}

// Policy gives the policy in force.
func (g *Gate) Policy() *Policy { return g.policy.Load() }

// DryRun reports whether the gate enforces nothing but identity.
func (g *Gate) DryRun() bool { return g.dryRun }

// Swap puts a policy in force, with one atomic store: every decision after it is made by the new one. Then each live
// session is judged again, and one that has lost its right to be connected, or whose issuer block no longer makes the
// same principals, is ended with a reason. A log that cannot be written does not keep a policy from coming into force;
// it keeps everything else from passing.
func (g *Gate) Swap(p *Policy) {
	g.swapping.Lock()
	defer g.swapping.Unlock()
	if err := g.loaded(p); err != nil {
		g.unlogged(err)
	}
	old := g.policy.Swap(p)
	for _, s := range g.live() {
		s.judgeAgain(old, p)
	}
}

func (g *Gate) loaded(p *Policy) error {
	b := p.bundle()
	_, err := g.log.Append(&audit.Record{
		Kind: audit.KindBundleLoaded, Bundle: b.ID,
		Reason: fmt.Sprintf("policy %q, serial %d, %d rules, %d masks", b.Name, b.Serial, len(b.Rules), len(b.Masks)),
	})
	return err
}

// unlogged tells the operator what the caller must not know.
func (g *Gate) unlogged(err error) {
	g.counts.unlogged.Add(1)
	g.logger.Error("the audit log cannot be written", "error", err)
}

// Drain lets nobody in any more. Sessions go on.
func (g *Gate) Drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.draining = true
}

// Close drains and ends every session with a reason. It may be called more than once. It does not wait for those who
// hold the sessions to close them.
func (g *Gate) Close() {
	g.Drain()
	for _, s := range g.live() {
		s.end(errDraining)
	}
	g.settleOwed()
}

// TicketRecorder writes what happens to tickets into the log; it is the Record of an approval.Config.
func TicketRecorder(log *audit.Log) func(approval.Event) error {
	kinds := map[approval.EventKind]audit.Kind{
		approval.Raised: audit.KindTicketRaised, approval.Voted: audit.KindTicketVoted,
		approval.Redeemed: audit.KindTicketRedeemed, approval.Expired: audit.KindTicketExpired,
	}
	return func(e approval.Event) error {
		r := audit.Record{
			Kind: kinds[e.Kind], Ticket: e.Ticket.ID, Target: e.Ticket.Target, Bundle: e.Ticket.Bundle, Rules: e.Ticket.Rules,
			Principal: &schema.Principal{Issuer: e.Ticket.Issuer, Subject: e.Ticket.Subject},
		}
		if v := e.Vote; v != nil {
			r.Actor, r.ActorKind, r.Approve, r.Reason = v.Issuer+"/"+v.Subject, v.Kind, v.Approve, v.Reason
		}
		_, err := log.Append(&r)
		return err
	}
}
