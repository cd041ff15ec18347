package postgres

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

// longAnswer is the size of a message from which rewriting it takes so long that other sessions are not to wait for it.
const longAnswer = 256 << 10

// relayServer carries the server's messages to the client until there are no more.
func (s *session) relayServer() error {
	for {
		f, ok, err := s.up.walk.next()
		switch {
		case err != nil:
			s.down.fiber.Aside()
			s.log.Error("the database broke the protocol", "error", err)
			return s.upstreamLost()
		case ok && f.whole():
			if f.size > longAnswer {
				s.down.fiber.Aside()
			}
			err = s.serverMessage(f)
		case ok:
			err = s.largeAnswer(f)
		default:
			err = s.drawMore()
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) drawMore() error {
	if err := s.down.flush(); err != nil {
		return errVanished
	}
	s.mu.Lock()
	last := s.drain && s.queue.len() == 0
	s.mu.Unlock()
	if last {
		return shutdownFault()
	}
	if err := s.up.walk.fill(); err != nil {
		if s.isOver() {
			return errOver
		}
		return s.upstreamLost()
	}
	return nil
}

// upstreamLost is what the client learns when the database connection ends by itself. A server that said why has
// said so in a FATAL error, which the client has got.
func (s *session) upstreamLost() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.farewell || s.leaving {
		return errOver
	}
	return newFault(codeConnection, unreachableTargetHint, "the connection to the database was lost")
}

// serverMessage deals with one whole message of the server.
func (s *session) serverMessage(f frame) error {
	if concludes(f.kind) && s.gate.Slow() {
		s.down.fiber.Aside()
	}
	switch f.kind {
	case 'D':
		return s.row(f)
	case 'd':
		return s.copyData(f)
	case 'N':
		return s.notice(f)
	case 'A':
		return s.notification(f)
	case 'S':
		return s.parameter(f)
	case 'E':
		return s.serverError(f)
	case 'Z':
		return s.ready(f)
	}
	e := s.front()
	if e == nil {
		return s.outOfTurn(f)
	}
	switch f.kind {
	case '1', '2', '3', 'n', 't', 's', 'I':
		return s.confirmed(f, e)
	case 'T':
		return s.rowDescription(f, e)
	case 'C':
		return s.complete(f, e)
	default: // G, H, c
		return s.copyMessage(f, e)
	}
}

// concludes reports whether a message may bring outcomes, which are written down.
func concludes(kind byte) bool {
	switch kind {
	case 'C', 'E', 'I', 'Z', 's':
		return true
	default:
		return false
	}
}

// front is what the server is answering; nil when it owes nothing.
func (s *session) front() *expect {
	if s.current == nil {
		s.mu.Lock()
		s.current = s.queue.front()
		s.mu.Unlock()
	}
	return s.current
}

func (s *session) outOfTurn(f frame) error {
	s.down.fiber.Aside() // who reads the log may be slow
	s.log.Error("the database sent a message that nothing had asked for", "type", string(rune(f.kind)))
	return s.upstreamLost()
}

// answers says which message confirms which kind of request.
var answers = map[want]string{
	wantParse: "1", wantBind: "2", wantClose: "3", wantDescribePortal: "n", wantDescribeStatement: "nt",
	wantExecute: "sI", wantQuery: "I",
}

// confirmed deals with a message that says that something was done.
func (s *session) confirmed(f frame, e *expect) error {
	if e.fault != nil && e.ask == nil || bytes.IndexByte([]byte(answers[e.want]), f.kind) < 0 {
		return s.outOfTurn(f)
	}
	switch {
	case f.kind == 't':
		s.learnTypes(e.statement, f.body())
	case e.want == wantQuery:
	case e.want == wantExecute && f.kind == 's':
		s.began(e.running())
		s.outcomeOf(e, "")
		s.pop()
	default:
		if f.kind == 'I' {
			s.outcomeOf(e, "")
		}
		s.confirm(e)
	}
	return s.relayOr(f, e)
}

// relayOr passes the message on, unless the client did not ask for it.
func (s *session) relayOr(f frame, e *expect) error {
	if e.swallow {
		return nil
	}
	return s.down.pass(f.data)
}

// confirm takes the front off the queue and lets its changes take effect.
func (s *session) confirm(e *expect) {
	s.mu.Lock()
	for i := range e.changes {
		s.names.apply(&e.changes[i])
	}
	s.mu.Unlock()
	s.pop()
}

func (s *session) pop() {
	s.mu.Lock()
	s.done(s.queue.pop())
	s.turn++
	if s.queue.len() == 0 {
		s.changed.Broadcast()
	}
	s.mu.Unlock()
	s.current = nil
}

func (s *session) outcomeOf(e *expect, code string) {
	if x := e.running(); x != nil {
		s.outcome(x, code)
	}
}

// complete deals with CommandComplete: one statement has ended well.
func (s *session) complete(f frame, e *expect) error {
	if e.want != wantQuery && e.want != wantExecute || e.fault != nil && e.ask == nil {
		return s.outOfTurn(f)
	}
	x := e.running()
	if x == nil && e.ask == nil {
		return s.outOfTurn(f) // more statements ran than were decided
	}
	if x != nil {
		s.began(x)
		tag := string(bytes.TrimRight(f.body(), "\x00"))
		if !x.stmt.Rows {
			x.outcome.Rows = rowsOf(tag)
		}
		s.took(x, tag)
		if x.unread() && e.want == wantQuery {
			x.ran = true // more may follow
			return s.relayOr(f, e)
		}
		s.outcome(x, "")
		e.at++
	}
	if e.want == wantExecute {
		s.pop()
	}
	return s.relayOr(f, e)
}

// began notes that the server has begun to run a portal.
func (s *session) began(x *execution) {
	if x == nil || x.portal == nil || x.begun {
		return
	}
	x.begun = true
	s.mu.Lock()
	x.portal.began = true
	s.mu.Unlock()
}

// took lets a statement's changes take effect.
func (s *session) took(x *execution, tag string) {
	kind := x.stmt.Effect.Kind
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	s.ddl = s.ddl || x.stmt.Effect.DDL || x.stmt.Opaque()
	if s.ddl && (kind == sqlfacts.EffectCommit || s.status == 'I') { // it may be in force before ReadyForQuery tells
		s.target.changedNow(s.server.cfg.Now())
	}
	rolledBack := tag == "ROLLBACK" && (kind == sqlfacts.EffectCommit || kind == sqlfacts.EffectRollback)
	s.failed = s.failed || rolledBack
	for i := range x.changes {
		x.changes[i].committed = !rolledBack
		s.names.apply(&x.changes[i])
	}
	if kind == sqlfacts.EffectSet && x.stmt.Effect.Static {
		s.own[strings.ToLower(x.stmt.Effect.Name)] = true
	}
}

// rowsOf reads the count at the end of a command tag; 0 when there is none.
func rowsOf(tag string) int64 {
	i := len(tag)
	for i > 0 && tag[i-1] >= '0' && tag[i-1] <= '9' {
		i--
	}
	n, _ := strconv.ParseInt(tag[i:], 10, 64)
	return n
}

// ready deals with ReadyForQuery.
func (s *session) ready(f frame) error {
	e := s.front()
	if e == nil || e.want != wantSync && e.want != wantQuery || !isStatus(f.body()) || e.fault != nil && !e.failed {
		return s.outOfTurn(f)
	}
	for _, x := range e.execs {
		if x.ran {
			s.outcome(x, "")
		}
		s.outcome(x, codeAborted) // those that an error kept from running; the others have had their outcome
	}
	s.mu.Lock()
	s.status = f.body()[0]
	clear(s.own)
	if e.want == wantQuery {
		s.names.dropStatement("")
		s.names.dropPortal("")
	}
	if s.status == 'I' {
		s.names.end(!s.failed)
		if s.ddl {
			s.target.changedNow(s.server.cfg.Now())
		}
		s.failed, s.ddl = false, false
	}
	s.mu.Unlock()
	s.pop()
	return s.relayOr(f, e)
}

// isStatus reports whether the body of a ReadyForQuery is one.
func isStatus(body []byte) bool {
	return len(body) == 1 && (body[0] == 'I' || body[0] == 'T' || body[0] == 'E')
}

// largeAnswer deals with a message that does not fit the read buffer. What must not be looked at passes piece by
// piece; the client's port is held meanwhile, since nobody may speak in the middle of a message.
func (s *session) largeAnswer(f frame) error {
	stream, err := s.streams(f)
	if err != nil {
		return err
	}
	if !stream {
		if err := s.down.flush(); err != nil {
			return errVanished
		}
		s.up.walk.collect(f)
		return nil
	}
	if err := s.down.flush(); err != nil {
		return errVanished
	}
	s.toClient.lock(s.down.fiber)
	defer s.toClient.mu.Unlock()
	s.toClient.inside = true
	err = s.up.walk.stream(f, func(piece []byte) error {
		if _, err := s.down.w.Write(piece); err != nil {
			return errVanished
		}
		return nil
	})
	s.toClient.inside = err != nil
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return s.upstreamLost()
	}
	return err
}

// streams says whether a large message may pass unread. It refuses one that must be read and is larger than allowed.
func (s *session) streams(f frame) (bool, error) {
	limit := s.server.cfg.MaxRow
	switch f.kind {
	case 'D', 'd':
		e := s.front()
		if e == nil {
			return false, s.outOfTurn(f)
		}
		x := e.running()
		switch {
		case e.ask != nil:
			limit = maxAnswer
		case x == nil:
			return false, s.outOfTurn(f)
		case !x.guarded:
			s.began(x)
			s.count(x, f)
			return true, nil
		}
	}
	if f.size > limit {
		return false, newFault(codeTooLarge, "select fewer or smaller columns",
			"a message of %d bytes is larger than the gateway reads (%d)", f.size, limit)
	}
	return false, nil
}

// count adds a message to what the outcome will say.
func (s *session) count(x *execution, f frame) {
	if f.kind == 'D' {
		x.outcome.Rows++
	}
	x.outcome.Bytes += int64(f.size)
}
