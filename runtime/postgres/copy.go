package postgres

// Between a COPY FROM STDIN and its end the server reads CopyData, and ignores Sync and Flush (manual chapter 55.2.6).
// What the client's messages mean thus hangs on what the server does, and must not be guessed: nothing is sent behind a
// statement that may begin such a COPY until the server has said whether it did.

// copyStands reports that the server is reading CopyData.
func (s *session) copyStands() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copyIn
}

// settleCopy waits until the server reads CopyData or has answered all that it was sent.
func (s *session) settleCopy() error {
	return s.await(func() bool { return s.copyIn || s.queue.len() == 0 })
}

// mayCopyIn reports whether running statements may make the server read CopyData.
func mayCopyIn(execs []*execution) bool {
	for _, e := range execs {
		if e.stmt.CopyIn || e.unread() {
			return true
		}
	}
	return false
}

// data deals with CopyData. Where no COPY stands it is what a client sends behind one that has failed: the server would
// ignore it.
func (s *session) data(f frame) error {
	if !s.copyStands() {
		return nil
	}
	return s.toServer.pass(f.data)
}

// endCopy deals with CopyDone and CopyFail.
func (s *session) endCopy(f frame) error {
	if !s.copyStands() {
		return nil
	}
	s.mu.Lock()
	s.copyIn = false
	s.mu.Unlock()
	if err := s.toServer.pass(f.data); err != nil {
		return err
	}
	return s.settleCopy()
}

// copyMessage deals with the server's CopyInResponse, CopyOutResponse and CopyDone.
func (s *session) copyMessage(f frame, e *expect) error {
	x := e.running()
	if x == nil || e.want != wantQuery && e.want != wantExecute {
		return s.outOfTurn(f)
	}
	s.began(x)
	switch f.kind {
	case 'G':
		if !x.stmt.CopyIn && !x.unread() {
			return s.outOfTurn(f)
		}
		s.mu.Lock()
		s.copyIn = true
		s.changed.Broadcast()
		s.mu.Unlock()
	case 'H':
		if !x.stmt.CopyOut && !x.unread() {
			return s.outOfTurn(f)
		}
		if x.guarded {
			if err := s.beginCopy(f, x); err != nil {
				return err
			}
		}
	default:
		if !x.stmt.CopyOut && !x.unread() || x.copying != nil && !x.copying.done() {
			return s.outOfTurn(f)
		}
	}
	return s.down.pass(f.data)
}

// copyData deals with CopyData of a COPY TO STDOUT.
func (s *session) copyData(f frame) error {
	e := s.front()
	if e == nil || e.running() == nil || !e.running().stmt.CopyOut && !e.running().unread() {
		return s.outOfTurn(f)
	}
	x := e.running()
	switch {
	case !x.guarded:
		s.count(x, f)
		return s.down.pass(f.data)
	case x.plan == nil: // no CopyOutResponse
		return s.outOfTurn(f)
	case x.plan.idle:
		s.count(x, f)
		return s.down.pass(f.data)
	}
	return s.maskedCopy(f, x)
}
