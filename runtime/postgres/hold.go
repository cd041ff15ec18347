package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// hold is the wait for approvals. Statements that need none pay nothing for it: the context is made again only after
// a wait was cut short.
type hold struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	// watched is closed when the watch over the client has ended; nil when there is none.
	watched chan struct{}
}

// check puts an action before the gate. A statement may be held for approval, for minutes; meanwhile the client is
// watched, so that its leaving or its CancelRequest ends the wait.
func (s *session) check(a *schema.Action, d *schema.Decision) (gate.Receipt, error) {
	if s.hold.ctx == nil || s.hold.ctx.Err() != nil {
		s.hold.ctx, s.hold.cancel = context.WithCancelCause(s.ctx)
	}
	s.waited = false
	receipt := s.gate.Check(s.hold.ctx, a, d)
	if s.hold.watched != nil {
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

// held is called by the gate when the wait begins, on the goroutine that asked.
func (s *session) held(ticket string, wait time.Duration) {
	if s.up == nil {
		return // it is the connection that waits; the client can be told nothing before it is in
	}
	s.mu.Lock()
	s.holding = s.hold.cancel
	s.mu.Unlock()
	notice := newFault("00000", approvalPendingHint, "waiting up to %s for approval, ticket %s", wait, ticket)
	s.hold.watched = make(chan struct{})
	go func(cancel context.CancelCauseFunc, done chan struct{}) {
		defer close(done)
		s.watchHeld(cancel, notice)
	}(s.hold.cancel, s.hold.watched)
}

// watchHeld tells the client that its statement is held, and reads ahead until the client is gone or the wait over.
// The goroutine that owns what it uses waits meanwhile.
func (s *session) watchHeld(cancel context.CancelCauseFunc, notice *fault) {
	if s.toServer.flush() != nil || s.toClient.write(notice.appendTo(nil, severityNotice)) != nil {
		cancel(errVanished)
		return
	}
	if s.watchClient(cancel) {
		cancel(newFault(codeTooLarge, "send less ahead of the answers", "too much was sent while a statement was held (%d bytes)", maxAhead))
	}
}

// watchClient reads ahead until unwatch ends it or the client is gone. It reports true when the client has sent more than
// is read ahead, and so could go unseen.
func (s *session) watchClient(gone func(error)) (full bool) {
	for {
		more, err := s.walk.readAhead()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return false
		case err == nil && !more:
			return true
		case err != nil:
			gone(fmt.Errorf("%w: %w", errVanished, err))
			return false
		}
	}
}

// endWatch makes watchHeld return and waits for it.
func (s *session) endWatch() {
	s.mu.Lock()
	s.holding = nil
	s.mu.Unlock()
	s.unwatch(s.hold.watched)
	s.hold.watched = nil
}

// unwatch makes watchClient return and waits for it.
func (s *session) unwatch(watched <-chan struct{}) {
	_ = s.client.SetReadDeadline(time.Unix(1, 0))
	<-watched
	_ = s.client.SetReadDeadline(time.Time{})
}
