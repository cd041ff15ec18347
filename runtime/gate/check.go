package gate

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// Receipt names a decision, for its outcome. The zero value names none.
type Receipt struct {
	seq uint64
	// Kind is set when it was not the policy that refused: Unlogged, Expired, Draining, or Denied for a session that had to
	// end. Refused tells whether it is.
	Kind    RefusalKind
	Refused bool
}

// Seq gives the decision's number in the log; zero when it could not be written.
func (r Receipt) Seq() uint64 { return r.seq }

// Check decides one action. It fills in the action's principal, target, protocol and what is known of the request,
// decides with the policy of this moment, and has the decision in the log when it returns.
//
// Where a rule asks for approval, Check waits: until people have decided, the route's hold is over, ctx is done, or the
// session ends. The answer is then Allow, with d.Ticket used up, or Deny, with the ticket and the way on in d.Message and
// d.Hint. So d.Effect is Allow or Deny, but under dry run, when d.Enforced is false: it is then the true effect, Approve
// among them, nothing was held, and the caller must forward whatever it says.
//
// An action at StageRead waits for nothing: the answer may then be Approve, and the caller forwards it. One at StagePlan
// waits, and leaves the approval to be used when it is executed.
//
// An action that was let through must be closed with Outcome, if it was to be executed.
func (s *Session) Check(ctx context.Context, a *schema.Action, d *schema.Decision) Receipt {
	s.statements.Add(1)
	if s.expired(s.prepare(a)) {
		s.end(errExpired)
	}
	p := s.gate.policy.Load()
	known := s.decide(p, a, d)
	if d.Effect == schema.Approve && d.Enforced && a.Stage != schema.StageRead && s.over() == nil {
		s.settle(ctx, p, a, d)
	}
	if r := s.over(); r != nil {
		refuse(d, r)
		return s.append(a, d, nil, Receipt{Kind: r.Kind, Refused: true})
	}
	if d.Effect != schema.Allow || d.Ticket != "" || a.Stage != schema.StageExecute {
		known = nil
	}
	return s.append(a, d, known, Receipt{})
}

// Allows reports whether the policy of this moment allows an action, without writing anything down and without waiting:
// for a protocol that has work done before it asks for the action itself. The caller who hears false lets Check decide.
func (s *Session) Allows(a *schema.Action, d *schema.Decision) bool {
	s.prepare(a)
	s.decide(s.gate.policy.Load(), a, d)
	return d.Effect == schema.Allow || !d.Enforced
}

// Passes reports whether the caller of Check may go on: the action is allowed, or only read where it will need an
// approval to be carried out, or was decided in dry run, which stops nobody.
func Passes(a *schema.Action, d *schema.Decision) bool {
	return d.Effect == schema.Allow || !d.Enforced || a.Stage == schema.StageRead && d.Effect == schema.Approve
}

// prepare fills in what the session knows, and gives the time.
func (s *Session) prepare(a *schema.Action) time.Time {
	if a.Request.Time.IsZero() {
		a.Request.Time = s.gate.now()
	}
	a.Principal, a.Target, a.Protocol = s.principal, s.credential.Target, s.credential.Protocol
	a.Request.ClientAddress = s.credential.Request.ClientAddress
	if a.Request.Application == "" {
		a.Request.Application = s.credential.Request.Application
	}
	return a.Request.Time
}

// over gives why nothing passes here any more; nil while the session lives.
func (s *Session) over() *Refusal {
	if r := s.Reason(); r != nil {
		return r
	}
	if s.ctx.Err() != nil {
		return &Refusal{Kind: Denied, Message: "this session is closed", Hint: "connect again"}
	}
	return nil
}

// decide asks the engine, or remembers what it has said, and settles whether that is enforced.
func (s *Session) decide(p *Policy, a *schema.Action, d *schema.Decision) (known *remembered) {
	known = s.memory.recall(p, a, d)
	if known == nil && p.Engine.DecideSteady(a, d) {
		s.memory.keep(p, a, d)
	}
	d.Enforced = !s.gate.dryRun
	d.Ticket = ""
	return known
}

// refuse turns a decision into the refusal of a session that is over: enforced, dry run or not.
func refuse(d *schema.Decision, r *Refusal) {
	d.Effect, d.Enforced, d.Message, d.Hint = schema.Deny, true, r.Message, r.Hint
}

// append writes the decision down. What cannot be written is refused. The line of an allowed action that is remembered is
// the same each time, but for its number and time.
func (s *Session) append(a *schema.Action, d *schema.Decision, known *remembered, r Receipt) Receipt {
	passes := Passes(a, d)
	kind := audit.KindDecision
	if a.Stage != schema.StageExecute && passes {
		kind = audit.KindPrepared
	}
	rec := s.record(kind)
	rec.Application = a.Request.Application
	rec.Bundle, rec.Action, rec.Decision = d.Bundle, a, d
	if known != nil {
		rec.Written = known.line(&rec)
	}
	s.gate.settleOwed()
	seq, err := s.write(&rec)
	if err != nil {
		s.gate.unlogged(err)
		if d.Enforced {
			refuse(d, errUnlogged)
			r = Receipt{Kind: Unlogged, Refused: true}
		}
		s.gate.counts.decided(d)
		return r
	}
	r.seq = seq
	if kind == audit.KindPrepared {
		return r
	}
	s.gate.counts.decided(d)
	if passes {
		s.mu.Lock()
		if !s.closed {
			s.pending[seq] = struct{}{}
		}
		s.mu.Unlock()
	}
	return r
}

// write puts a decision into the log, or has it there once it is committed. While the log cannot be written it is not put off,
// so that it is refused as itself.
func (s *Session) write(r *audit.Record) (uint64, error) {
	if !s.credential.Commits || s.gate.log.Failing() {
		return s.gate.log.Append(r)
	}
	seq, err := s.gate.log.Note(r)
	if err == nil {
		s.owing.Store(seq)
	}
	return seq, err
}

// Owes reports whether there are decisions to be committed.
func (s *Session) Owes() bool { return s.owing.Load() != 0 }

// Slow reports whether Check, Commit and Outcome may take long now, since the log does: who has others wait for them does better
// to call them elsewhere.
func (s *Session) Slow() bool { return s.gate.owed.some.Load() || s.gate.log.Slow() }

// Commit has every decision in the log that Check has made so far. When it returns a refusal nothing of what was decided
// may go on. It is for the goroutine that calls Check.
func (s *Session) Commit() *Refusal {
	seq := s.owing.Swap(0)
	if seq == 0 {
		return nil
	}
	err := s.gate.log.Commit(seq)
	if err == nil {
		return nil
	}
	s.gate.unlogged(err)
	if s.gate.dryRun {
		return nil
	}
	return errUnlogged
}

// Outcome closes what a Check let through. The second call for one receipt, and a call for an action that was refused,
// do nothing.
func (s *Session) Outcome(r Receipt, o schema.Outcome) {
	s.mu.Lock()
	_, pending := s.pending[r.seq]
	delete(s.pending, r.seq)
	s.mu.Unlock()
	if pending {
		s.close(r.seq, o)
	}
}

func (s *Session) close(seq uint64, o schema.Outcome) {
	s.gate.note(audit.Record{Kind: audit.KindOutcome, Session: s.id, Of: seq}, o)
	s.gate.counts.maskedCells.Add(uint64(max(0, o.Masked)))
}
