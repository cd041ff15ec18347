package postgres

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// query deals with a simple Query. All its statements are decided before any is forwarded.
func (s *session) query(f frame) error {
	if s.ignoring() {
		return nil
	}
	text, err := soleText(f.body())
	if err != nil {
		return err
	}
	e := s.newExpect(wantQuery)
	err = s.judgeText(e, text)
	if err == nil {
		if err = s.describeCopies(e.execs); err != nil {
			s.abandon(e, codeAborted)
		}
	}
	var refusal *fault
	switch {
	case errors.As(err, &refusal):
		return s.refuseQuery(refusal)
	case errors.Is(err, errIgnored):
		return nil
	case err != nil:
		return err
	}
	copies := mayCopyIn(e.execs)
	for _, x := range e.execs {
		s.sending = append(s.sending, x.stmt)
	}
	defer func() { clear(s.sending); s.sending = s.sending[:0] }()
	if !s.expect(e) { // from here on it belongs to the server's direction
		return nil
	}
	s.queried()
	for _, st := range s.sending {
		s.view.sent(st)
	}
	if err := s.toServer.pass(f.data); err != nil || !copies {
		return err
	}
	return s.settleCopy()
}

// soleText gives the text of a message that is one string.
func soleText(body []byte) (string, error) {
	text, rest, ok := cString(body)
	if !ok || len(rest) != 0 {
		return "", violation("a message's text does not end where the message does")
	}
	return text, nil
}

// judgeText decides every statement of a text, into the execs of e. When one is refused the others' pairs are closed.
func (s *session) judgeText(e *expect, text string) error {
	f, err := s.factsOf(text)
	if err != nil {
		return err
	}
	waited := false
	for i := range f.stmts {
		x := &e.own
		if i > 0 {
			x = &execution{}
		}
		err := s.judge(x, &f.stmts[i], nil)
		waited = waited || s.waited
		if err != nil {
			s.abandon(e, codeAborted)
			if f.stmts[i].Syntax != nil && isDenial(err) {
				err = syntaxFault(&f.stmts[i], text)
			}
			return err
		}
		e.execs = append(e.execs, x)
	}
	if waited && !s.stillHolds(text, f, e.execs) {
		s.abandon(e, codeAborted)
		return changedFault()
	}
	return nil
}

// stillHolds reports whether a text of which a statement was held means what it meant before, and was decided by one
// policy: one that was decided first would run by the policy of before.
func (s *session) stillHolds(text string, f *facts, execs []*execution) bool {
	for _, e := range execs {
		if e.decision.Bundle != s.gate.Bundle() {
			return false
		}
	}
	now, err := s.factsOf(text)
	if err != nil || len(now.stmts) != len(f.stmts) {
		return false
	}
	for i := range f.stmts {
		if !same(&f.stmts[i], &now.stmts[i]) {
			return false
		}
	}
	return true
}

func changedFault() *fault {
	return newFault(codeDenied, "send it again", "while the statement was held the policy changed, or a name in it has come to mean something else")
}

// readable refuses text that the classifier would read otherwise than the server.
func (s *session) readable(text string) error {
	if !utf8.ValidString(text) {
		return newFault("22021", "send the statement in UTF-8", "invalid byte sequence for encoding \"UTF8\"")
	}
	due := s.view.settingsDue || s.view.settingsOwn
	if due && strings.IndexFunc(text, func(r rune) bool { return r == '\\' || r > unicode.MaxASCII }) >= 0 {
		if err := s.refresh(); err != nil {
			return err
		}
	}
	return s.standard(text)
}

// standard refuses text that means something else under the settings as they were last read.
func (s *session) standard(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.odd[settingStrings] && strings.ContainsRune(text, '\\'):
		return oddFault(settingStrings)
	case s.odd[settingEncoding] && strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) >= 0:
		return oddFault(settingEncoding)
	}
	return nil
}

// oddEncoding reports whether only statements that resolve no names may pass, since values that may have to be masked
// would not come in UTF-8. Those that put the setting right again are among them.
func (s *session) oddEncoding() bool {
	if !s.withholds() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.odd[settingEncoding]
}

func oddFault(name string) *fault {
	return newFault(codeNotSupported, "RESET "+name, "the setting %s was changed in a way that does not pass the gateway", name)
}

// judge puts one statement before the gate, with the portal that it runs in, nil for a Query, and makes e of it. It returns
// a fault when the statement may not go on.
func (s *session) judge(e *execution, st *sqlfacts.Statement, of *portal) error {
	if name := changesReading(st); name != "" && s.withholds() {
		return newFault(codeNotSupported, "leave it as it is", "the setting %s may not be changed while values of this target are masked for you", name)
	}
	e.stmt, e.catalog, e.changes = st, s.catalog(), changesOf(st)
	s.rememberPrepared(e)
	for i := range e.changes {
		if p := e.changes[i].portal; p != nil && of != nil { // a cursor keeps the values that its DECLARE was bound to
			p.values = of.values
		}
		if err := s.roomFor(&e.changes[i]); err != nil {
			return err
		}
	}
	receipt, err := s.check(s.actionOf(st, of), &e.decision)
	e.receipt, e.started = receipt, s.action.Request.Time
	if s.waited {
		e.started = s.server.cfg.Now()
	}
	d := &e.decision
	if err != nil {
		if gate.Passes(&s.action, d) { // cancelled in the moment in which it was allowed
			s.outcome(e, codeCanceled)
		}
		return err
	}
	if d.Enforced {
		e.redact = d.Redact
		e.guarded = d.Redact || len(d.Masks) > 0 || len(d.Detect) > 0
	}
	return nil
}

// changesReading names the setting that a statement changes so that the gateway would read text or values otherwise than
// the server from then on; empty when it changes none.
func changesReading(st *sqlfacts.Statement) string {
	for i := range st.Accesses {
		a := &st.Accesses[i]
		if a.Verb == schema.VerbSet && !a.Harmless && (a.Object == settingEncoding || a.Object == settingStrings) {
			return a.Object
		}
	}
	return ""
}

// actionOf is a statement as the gate sees it, with the portal that it runs in, nil for none. It is good until the next
// one.
func (s *session) actionOf(st *sqlfacts.Statement, of *portal) *schema.Action {
	s.action = schema.Action{
		Protocol: schema.ProtocolPostgres, Target: s.target.name, Principal: s.gate.Principal(), Request: s.request,
	}
	st.Describe(&s.action)
	s.action.Text = fullText(st)
	if s.up != nil { // what start-up asks for names nothing
		s.action.Epoch = s.catalog().Epoch
	}
	s.action.Request.Time = s.server.cfg.Now()
	if of != nil {
		s.action.Resumes = of.ticket
	}
	if st.Effect.Kind == sqlfacts.EffectFetch { // it goes on with what the cursor was bound to
		of, _ = s.portalNamed(st.Effect.Name)
	}
	if of != nil {
		s.parameters, s.judged = of.values.list(s.parameters[:0]), of.values.source
		s.action.Parameters, s.action.Concealed = s.parameters, of.values.concealed
	}
	s.action.Concealed = s.action.Concealed || s.namesBound(st)
	return &s.action
}

// rememberPrepared keeps what the names in a PREPARE mean now.
func (s *session) rememberPrepared(e *execution) {
	for i := range e.changes {
		if p := e.changes[i].statement; p != nil {
			p.steady(&facts{stmts: []sqlfacts.Statement{*e.stmt}, catalog: e.catalog, path: s.view.key})
		}
	}
}

// syntaxFault passes the parser's complaint on to the client, with the place in its text: the server would say
// the same.
func syntaxFault(st *sqlfacts.Statement, text string) *fault {
	f := newFault(codeSyntax, "", "%s", st.Syntax.Message)
	if p := st.Syntax.Position; p >= 0 && p <= len(text) {
		f.position = utf8.RuneCountInString(text[:p]) + 1
	}
	return f
}
