package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// hold is the wait for approvals. Statements that need none pay nothing for it: the context is made again only after
// a wait was cut short.
type hold struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	// unwatch ends the watch over the client; nil when nothing is held.
	unwatch func()
}

// check puts an action before the gate. A statement may be held for approval, for minutes; meanwhile the client is
// watched, so that its leaving or its CancelRequest ends the wait.
func (s *session) check(a *schema.Action, d *schema.Decision) (gate.Receipt, error) {
	if s.hold.ctx == nil || s.hold.ctx.Err() != nil {
		s.hold.ctx, s.hold.cancel = context.WithCancelCause(s.ctx)
	}
	s.waited = false
	if s.gate.Slow() {
		s.aside()
	}
	receipt := s.gate.Check(s.hold.ctx, a, d)
	if s.hold.unwatch != nil {
		s.endWatch()
		s.waited = true
	}
	if s.hold.ctx.Err() != nil {
		return receipt, s.cutShort(context.Cause(s.hold.ctx))
	}
	if !gate.Passes(a, d) {
		return receipt, denial(receipt, d)
	}
	return receipt, nil
}

// commit has in the log what was decided of what is about to go to the server. Other sessions of the loop decide first what
// has come for them, so that one write serves all.
func (s *session) commit() error {
	if !s.gate.Owes() {
		return nil
	}
	if s.gate.Slow() {
		s.aside()
	} else {
		s.toServer.fiber.GiveWay()
	}
	if r := s.gate.Commit(); r != nil {
		return refusalFault(r)
	}
	return nil
}

func (s *session) cutShort(cause error) error {
	var f *fault
	switch {
	case errors.As(cause, &f):
		return f
	case errors.Is(cause, errVanished):
		return errVanished
	default:
		return errOver
	}
}

// held is called by the gate when the wait begins, on the goroutine that asked. The client is told, and watched.
func (s *session) held(ticket string, wait time.Duration) {
	if s.up == nil {
		return // it is the connection that waits; the client can be told nothing before it is in
	}
	cancel := s.hold.cancel
	s.mu.Lock()
	s.holding = cancel
	s.mu.Unlock()
	s.hold.unwatch = func() {}
	notice := newFault("00000", approvalPendingHint, "waiting up to %s for approval, ticket %s", wait, ticket)
	if s.toServer.flush() != nil || s.tell(notice.appendTo(nil, severityNotice)) != nil {
		cancel(errVanished)
		return
	}
	s.aside()
	s.hold.unwatch = s.overlook(func() { cancel(errVanished) })
}

// tell writes to the client from its own direction.
func (s *session) tell(data []byte) error {
	s.toClient.lock(s.toServer.fiber)
	defer s.toClient.mu.Unlock()
	_, err := s.speak.Write(data)
	return err
}

func (s *session) endWatch() {
	s.mu.Lock()
	s.holding = nil
	s.mu.Unlock()
	s.hold.unwatch()
	s.hold.unwatch = nil
}
