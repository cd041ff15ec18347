package postgres

import (
	"context"
	"time"
)

// Limits on time are kept by one goroutine for all sessions, which looks at each of them now and then: an idle session
// costs no timer and no wake-up. What it finds may be late by two looks, and is never early.

// phase is what a session is at, as far as the limits on time ask.
type phase uint8

const (
	// phaseOwn is work of the gateway's own: a hold, a reading of the catalog, the end.
	phaseOwn phase = iota
	phaseIdle
	phaseTransaction
	phaseStatement
)

// stay is what a session was at when it was looked at last, and since when it was seen at that.
type stay struct {
	phase phase
	turn  uint64
	since time.Time
	// cancelled is set once the statement has been cancelled for its time.
	cancelled bool
}

const (
	// looks is how often, within the shortest limit, sessions are looked at.
	looks       = 8
	soonestLook = 5 * time.Millisecond
	latestLook  = time.Second
)

// lookEvery is the pause between two looks at the sessions; zero when no limit asks for any.
func (c *Config) lookEvery() time.Duration {
	var least time.Duration
	for _, limit := range []time.Duration{c.IdleTimeout, c.TransactionTimeout, c.StatementTimeout} {
		if limit > 0 && (least == 0 || limit < least) {
			least = limit
		}
	}
	if least == 0 {
		return 0
	}
	return min(max(least/looks, soonestLook), latestLook)
}

// keepTime looks at the sessions until the context ends.
func (s *Server) keepTime(ctx context.Context) {
	every := s.cfg.lookEvery()
	if every == 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.cfg.Now()
		for _, session := range s.keys.all() {
			session.look(now)
		}
	}
}

// look does what a limit asks of a session that has outstayed it.
func (s *session) look(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.phase()
	if p != s.stay.phase || s.turn != s.stay.turn {
		s.stay = stay{phase: p, turn: s.turn, since: now}
		s.timedOut = s.timedOut && s.cancelling
	}
	cfg, stayed := &s.server.cfg, now.Sub(s.stay.since)
	switch {
	case p == phaseIdle && over(stayed, cfg.IdleTimeout):
		s.sendOff(newFault("57P05", hintOfLimit("idle", cfg.IdleTimeout), "terminating connection due to idle-session timeout"))
	case p == phaseTransaction && over(stayed, cfg.TransactionTimeout):
		s.sendOff(newFault("25P03", hintOfLimit("idle_in_transaction", cfg.TransactionTimeout),
			"terminating connection due to idle-in-transaction timeout"))
	case p == phaseStatement && over(stayed, cfg.StatementTimeout):
		s.cutStatement(stayed)
	}
}

func over(stayed, limit time.Duration) bool { return limit > 0 && stayed >= limit }

func hintOfLimit(name string, limit time.Duration) string {
	return "it is the gateway's limit, not the database's: limits." + name + " is " + limit.String()
}

// phase tells what the session is at, with the lock held.
func (s *session) phase() phase {
	if !s.relayed || s.over || s.holding != nil { // the queue of a session that is over is not under the lock any more
		return phaseOwn
	}
	front := s.queue.front()
	switch {
	case front != nil && front.ask != nil, front == nil && s.away.Load():
		return phaseOwn
	case front != nil:
		return phaseStatement
	case s.unsynced || s.status != 'I':
		return phaseTransaction
	default:
		return phaseIdle
	}
}

// sendOff ends the session, with the lock held: what the client sends from now on is not forwarded any more.
func (s *session) sendOff(f *fault) {
	if last := s.conclude(f); last != nil {
		s.server.work.Go(last)
	}
}

// cutStatement cancels the statement at hand, with the lock held. One that goes on in spite of it, since the database does
// not obey or the client does not read, takes the session with it.
func (s *session) cutStatement(stayed time.Duration) {
	if s.stay.cancelled {
		if stayed >= s.server.cfg.StatementTimeout+s.server.cfg.DialTimeout {
			s.sendOff(s.statementFault())
		}
		return
	}
	s.stay.cancelled, s.timedOut, s.cancelling = true, true, true
	s.server.work.Go(func() {
		s.server.cancelUpstream(s.target.dialer, s.up)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.cancelling = false
		s.changed.Broadcast()
	})
}

func (s *session) statementFault() *fault {
	return newFault(codeCanceled, hintOfLimit("statement", s.server.cfg.StatementTimeout), "canceling statement due to statement timeout")
}

// cutShortBy gives the gateway's words for an error that its own cancelling has brought about; nil for any other.
func (s *session) cutShortBy(r report) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.timedOut || r.field('C') != codeCanceled {
		return nil
	}
	s.timedOut = false
	return s.statementFault()
}

// standBy waits, with the lock held, while a cancel request is under way: it is for what was sent before, and would hit
// what is sent now.
func (s *session) standBy() {
	if !s.cancelling {
		return
	}
	s.mu.Unlock()
	s.aside()
	s.mu.Lock()
	for s.cancelling && !s.over {
		s.changed.Wait()
	}
}
