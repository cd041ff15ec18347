package postgres

import (
	"errors"
	"fmt"
	"io"
)

// messagesPerTurn is how many messages of the client take about as long to decide as a read does.
const messagesPerTurn = 32

// relayClient carries the client's messages to the server until there are no more. What one read brought goes out
// in one write, unless a decision needs answers first.
func (s *session) relayClient() error {
	for n := 0; ; n++ {
		f, ok, err := s.walk.next()
		switch {
		case err != nil:
			return err
		case ok:
			if n%messagesPerTurn == 0 {
				s.toServer.fiber.Turn()
			}
			if f.whole() && f.size > longText {
				s.aside()
			}
			err = s.clientMessage(f)
		default:
			err = s.refill()
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) refill() error {
	if err := s.toServer.flush(); err != nil {
		return fmt.Errorf("to the database: %w", err)
	}
	if s.away.Load() {
		s.away.Store(false)
	}
	if err := s.walk.fill(); err != nil {
		if s.isOver() {
			return errOver
		}
		return errVanished
	}
	return nil
}

// clientMessage deals with one message. errIgnored means that an earlier error makes the server ignore it.
func (s *session) clientMessage(f frame) error {
	if !f.whole() {
		return s.largeMessage(f)
	}
	err := s.takeMessage(f)
	if errors.Is(err, errIgnored) {
		return nil
	}
	return err
}

func (s *session) takeMessage(f frame) error {
	if s.copyStands() {
		switch f.kind {
		case 'd', 'c', 'f', 'X':
		case 'S', 'H':
			return nil // the server ignores it
		default:
			return violation("a message of type %q came in the middle of a COPY", f.kind)
		}
	}
	switch f.kind {
	case 'Q':
		return s.query(f)
	case 'P':
		return s.parse(f)
	case 'B':
		return s.bind(f)
	case 'D':
		return s.describe(f)
	case 'E':
		return s.execute(f)
	case 'C':
		return s.closeName(f)
	case 'S':
		return s.sync(f)
	case 'H':
		return s.toServer.pass(f.data)
	case 'd':
		return s.data(f)
	case 'c', 'f':
		return s.endCopy(f)
	case 'F':
		return s.refuseQuery(functionCallFault())
	default: // 'X': the walker lets no other through
		return s.terminate(f)
	}
}

// terminate lets the server do what was sent before, and end.
func (s *session) terminate(f frame) error {
	s.mu.Lock()
	s.leaving = true
	s.mu.Unlock()
	if err := s.toServer.pass(f.data); err != nil {
		return err
	}
	if err := s.toServer.flush(); err != nil {
		return err
	}
	return errTerminated
}

func functionCallFault() *fault {
	return newFault(codeNotSupported, "call the function in a SELECT", "the function call protocol does not pass the gateway")
}

// largeMessage deals with a message that does not fit the read buffer.
func (s *session) largeMessage(f frame) error {
	if s.copyStands() && f.kind != 'd' {
		return violation("a message of type %q came in the middle of a COPY", f.kind)
	}
	switch f.kind {
	case 'Q', 'P':
		if f.size <= s.server.cfg.MaxStatement {
			break
		}
		if err := s.refuseLarge(f); err != nil {
			return err
		}
		return s.gone(s.walk.skip(f))
	case 'F':
		if err := s.refuseQuery(functionCallFault()); err != nil {
			return err
		}
		return s.gone(s.walk.skip(f))
	case 'B':
		if f.size <= maxValues {
			break // its values are kept
		}
		return s.gone(s.bindLarge(f))
	case 'd':
		if !s.copyStands() {
			return s.gone(s.walk.skip(f))
		}
		return s.gone(s.pump(f))
	}
	if err := s.toServer.flush(); err != nil {
		return err
	}
	s.walk.collect(f)
	return nil
}

func (s *session) refuseLarge(f frame) error {
	refusal := newFault(codeTooLarge, "send it in parts, or pass the values as parameters",
		"the statement's text of %d bytes is larger than the gateway reads (%d)", f.size, s.server.cfg.MaxStatement)
	if f.kind == 'Q' {
		return s.refuseQuery(refusal)
	}
	return s.refuse(refusal)
}

// pump sends a large message on piece by piece.
func (s *session) pump(f frame) error {
	if err := s.toServer.flush(); err != nil {
		return err
	}
	return s.walk.stream(f, s.toServer.send)
}

// gone tells a client that left in the middle of a message from other faults.
func (s *session) gone(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errVanished
	}
	return err
}

func (s *session) sync(f frame) error {
	if !s.expect(s.newExpect(wantSync)) {
		return nil
	}
	s.open = false
	s.segment++
	s.view.synced()
	return s.toServer.pass(f.data)
}

// ignoring reports that the server ignores everything until Sync, so that a message need not be looked at.
func (s *session) ignoring() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipping
}

// The text that stands for a refused statement: PostgreSQL's parser refuses it in every state of a transaction, and
// it tells who reads the server's log why.
const refusedText = "refused by gatewright\x00"

// refuse answers an extended protocol message with an error, in its turn. The server is sent a Parse that fails, so
// that it skips to Sync and fails the transaction as after any error.
func (s *session) refuse(f *fault) error {
	if !s.expect(&expect{want: wantParse, fault: f}) {
		return nil
	}
	s.open = true
	return s.toServer.add(appendMessage(nil, 'P', s.reserve+"\x00", refusedText, "\x00\x00"))
}

// refuseQuery answers a Query with an error, in its turn, by a Query that fails.
func (s *session) refuseQuery(f *fault) error {
	if !s.expect(&expect{want: wantQuery, fault: f}) {
		return nil
	}
	s.queried()
	return s.toServer.add(appendMessage(nil, 'Q', refusedText))
}

// queried notes that a Query went out: it ends a segment.
func (s *session) queried() {
	s.open = false
	s.segment++
	s.view.synced()
}
