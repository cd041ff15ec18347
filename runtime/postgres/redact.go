package postgres

import (
	"bytes"
	"slices"
	"strings"
)

// What a server says in errors, notices and notifications may hold values of columns that are masked for this
// principal. While masks stand, only what cannot hold any goes on: severity, SQLSTATE, the position in the client's
// own text, and the message of those errors that speak of that text alone.

// ownText are the SQLSTATEs (manual appendix A) whose messages hold names and words of the client's own statement
// or fixed words only, never a value of the database.
var ownText = []string{
	"03000", "0A000", "25001", "25006", "25P01", "25P02", "26000", "34000", "3D000", "3F000", "40001", "40P01", "42501",
	"42601", "42602", "42622", "42701", "42702", "42703", "42704", "42712", "42723", "42725", "42803", "42804", "42809",
	"42846", "42883", "42939", "42P01", "42P02", "42P03", "42P05", "42P06", "42P07", "42P08", "42P09", "42P10", "42P18",
	"42P19", "42P20", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "08P01",
}

// report is an ErrorResponse or NoticeResponse, its fields by their type bytes (manual chapter 55.8).
type report struct{ body []byte }

// field gives one field's text; empty when there is none.
func (r report) field(kind byte) string {
	body := r.body
	for len(body) > 0 && body[0] != 0 {
		end := bytes.IndexByte(body[1:], 0)
		if end < 0 {
			return ""
		}
		if body[0] == kind {
			return string(body[1 : 1+end])
		}
		body = body[end+2:]
	}
	return ""
}

func (r report) fatal() bool {
	v := r.field('V')
	return v == "FATAL" || v == "PANIC"
}

// redacted appends the message that a client under masks may see.
func (r report) redacted(dst []byte, kind byte) []byte {
	start := len(dst)
	dst = begin(dst, kind)
	code := r.field('C')
	for _, k := range []byte{'S', 'V', 'C'} {
		if text := r.field(k); text != "" {
			dst = appendField(dst, k, text)
		}
	}
	message := "the database reported SQLSTATE " + code + "; its words are withheld because values of this target are masked for you"
	if slices.Contains(ownText, code) && r.field('W') == "" {
		message = r.field('M')
	}
	dst = appendField(dst, 'M', message)
	if p := r.field('P'); p != "" {
		dst = appendField(dst, 'P', p)
	}
	return finish(append(dst, 0), start)
}

// withholds reports whether text of the server may not reach the client now.
func (s *session) withholds() bool { return s.gate.Redact() }

// notice deals with a NoticeResponse, which may come at any time.
func (s *session) notice(f frame) error {
	e := s.front()
	if e != nil && (e.ask != nil || e.fault != nil) {
		return nil
	}
	if !s.withholds() && !e.redacts() {
		return s.down.pass(f.data)
	}
	return s.down.add(report{f.body()}.redacted(nil, 'N'))
}

// notification deals with a NotificationResponse, whose payload is another session's to choose.
func (s *session) notification(f frame) error {
	if !s.withholds() {
		return s.down.pass(f.data)
	}
	if len(f.body()) < 4 {
		return s.outOfTurn(f)
	}
	channel, _, ok := cString(f.body()[4:])
	if !ok {
		return s.outOfTurn(f)
	}
	return s.down.add(appendMessage(nil, 'A', string(f.body()[:4]), channel, "\x00\x00"))
}

// parameter deals with a ParameterStatus.
func (s *session) parameter(f frame) error {
	name, rest, ok1 := cString(f.body())
	value, _, ok2 := cString(rest)
	if !ok1 || !ok2 {
		return s.outOfTurn(f)
	}
	s.noteOdd(name, value)
	if s.withholds() && !slices.Contains(plainParameters, name) && !s.isOwn(name) {
		return nil
	}
	return s.down.pass(f.data)
}

// noteOdd remembers settings under which text does not mean what the classifier reads.
func (s *session) noteOdd(name, value string) {
	odd := name == settingStrings && value != "on" || name == settingEncoding && value != "UTF8"
	s.mu.Lock()
	defer s.mu.Unlock()
	if odd {
		s.odd[name] = true
	} else {
		delete(s.odd, name)
	}
}

// plainParameters are the reported settings (manual chapter 55.2.7) whose values come from a fixed list, so that they
// cannot carry a value of the database. The others reach a client under masks only when it has just set them itself.
var plainParameters = []string{
	"DateStyle", "IntervalStyle", "client_encoding", "default_transaction_read_only", "in_hot_standby", "integer_datetimes",
	"is_superuser", "scram_iterations", "server_encoding", "server_version", "standard_conforming_strings",
}

// isOwn reports whether the client has set a setting itself since the last ReadyForQuery: the server reports what has
// changed just before the next one.
func (s *session) isOwn(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own[strings.ToLower(name)]
}

// serverError deals with an ErrorResponse: the end of a statement, and in the extended protocol of all up to Sync.
func (s *session) serverError(f frame) error {
	r := report{f.body()}
	if r.fatal() {
		s.farewell = true
	}
	e := s.front()
	s.mu.Lock()
	if s.status == 'I' {
		s.failed = true
	}
	s.copyIn = false
	s.mu.Unlock()
	if e == nil {
		return s.sendError(f, r, nil)
	}
	e.failed = true
	s.outcomeOf(e, r.field('C'))
	if e.ask != nil {
		e.ask.code = r.field('C')
	}
	err := s.sendError(f, r, e)
	if e.want == wantQuery || e.want == wantSync {
		e.at = len(e.execs) // what follows in the text does not run
		return err
	}
	s.skipToSync()
	return err
}

// skipToSync drops what the server will ignore.
func (s *session) skipToSync() {
	s.mu.Lock()
	var lost []*expect
	for s.queue.len() > 0 && s.queue.front().want != wantSync {
		lost = append(lost, s.queue.pop())
	}
	s.turn++
	if s.queue.len() == 0 {
		s.skipping = true
		s.changed.Broadcast()
	}
	s.mu.Unlock()
	s.current = nil
	for _, e := range lost {
		s.abandon(e, codeAborted)
	}
}

// sendError gives the client the error: the policy's for a refused message, none for a question of the gateway's own
// that has its own Sync, else the server's.
func (s *session) sendError(f frame, r report, e *expect) error {
	cut := s.cutShortBy(r)
	switch {
	case e != nil && e.fault != nil && !r.fatal():
		return s.down.add(e.fault.appendTo(nil, severityError))
	case e != nil && e.ask != nil && !r.fatal():
		return nil
	case !r.fatal() && cut != nil:
		return s.down.add(cut.appendTo(nil, severityError))
	case s.withholds(), e.redacts():
		return s.down.add(r.redacted(nil, 'E'))
	default:
		return s.down.pass(f.data)
	}
}
