package postgres

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// forward puts the answer to an extended protocol message in the queue and sends the message on as it came.
func (s *session) forward(f frame, e *expect) error {
	if !s.expect(e) {
		return nil
	}
	s.open = true
	return s.toServer.pass(f.data)
}

// orRefuse refuses the message when err is a fault, and gives back any other error.
func (s *session) orRefuse(err error) error {
	var f *fault
	if errors.As(err, &f) && f.code != codeViolation {
		return s.refuse(f)
	}
	return err
}

// parse learns what a statement name will mean. It is decided at Execute, by the policy of then. Before the server reads
// it, what it would do is decided and on record: the server takes locks when it parses, and tells of columns when asked.
func (s *session) parse(f frame) error {
	if s.ignoring() {
		return nil
	}
	name, rest, ok1 := cString(f.body())
	text, types, ok2 := cString(rest)
	if err := tooLong(name); err != nil {
		return s.refuse(err)
	}
	if !ok1 || !ok2 || len(types) < 2 || len(types) != 2+4*int(binary.BigEndian.Uint16(types)) {
		return violation("a Parse message is malformed")
	}
	if name == s.reserve {
		return violation("the statement name is the gateway's own")
	}
	now, err := s.factsOf(text)
	if err != nil {
		return s.orRefuse(err)
	}
	p := &prepared{text: text, types: append([]byte(nil), types[2:]...)}
	p.steady(now)
	p.told = now
	if err := s.foretell(p.statement(now)); err != nil {
		if st := only(now); st != nil && st.Syntax != nil && isDenial(err) {
			err = syntaxFault(st, text)
		}
		return s.orRefuse(err)
	}
	c := change{kind: setStatement, name: name, statement: p}
	if err := s.roomFor(&c); err != nil {
		return s.orRefuse(err)
	}
	return s.forward(f, s.expectChange(wantParse, c))
}

// foretell decides what a statement would do that the server is about to read, and has that on record.
func (s *session) foretell(st *sqlfacts.Statement) error {
	if st == nil {
		return nil // no statement, or more than the server takes
	}
	a := s.actionOf(st, nil)
	a.Stage = schema.StageRead
	_, err := s.check(a, &s.foreseen)
	return err
}

// bind learns what a portal name will mean. The facts are those of now, as the server plans the statement now.
func (s *session) bind(f frame) error {
	if s.ignoring() {
		return nil
	}
	name, p, rest, err := s.bindTarget(f.body())
	if err != nil {
		return s.orRefuse(err)
	}
	made, ok := &portal{}, false
	if made.values, ok = bindValues(made.small[:0], p, rest); !ok {
		return violation("a Bind message is malformed")
	}
	if err := s.makePortal(made, p); err != nil {
		return s.orRefuse(err)
	}
	if err := s.foresee(made, p); err != nil {
		return s.orRefuse(err)
	}
	c := change{kind: setPortal, name: name, portal: made}
	if err := s.roomFor(&c); err != nil {
		return s.orRefuse(err)
	}
	return s.forward(f, s.expectChange(wantBind, c))
}

// bindLarge is bind for a message that is sent on piece by piece. Its values are too long for anybody to approve.
func (s *session) bindLarge(f frame) error {
	if s.ignoring() {
		return s.walk.skip(f)
	}
	name, p, _, err := s.bindTarget(f.body())
	made := &portal{}
	if err == nil {
		err = s.makePortal(made, p)
	}
	if err == nil {
		made.values = values{concealed: true}
		err = s.foresee(made, p)
	}
	if err == nil && s.foreseen.Enforced && slices.ContainsFunc(s.foreseen.Masks, func(m schema.ColumnMask) bool { return m.Derived }) {
		err = newFault(codeTooLarge, "bind less", "with masked columns in its expressions a statement takes at most %d bytes of bind values", maxValues)
	}
	if err != nil {
		if err = s.orRefuse(err); err != nil && !errors.Is(err, errIgnored) {
			return err
		}
		return s.walk.skip(f)
	}
	e := s.expectChange(wantBind, change{kind: setPortal, name: name, portal: made})
	if !s.expect(e) {
		return s.walk.skip(f)
	}
	s.open = true
	return s.pump(f)
}

// bindTarget reads the names of a Bind message and finds the statement.
func (s *session) bindTarget(body []byte) (name string, p *prepared, rest []byte, err error) {
	name, rest, ok1 := cString(body)
	source, rest, ok2 := cString(rest)
	if !ok1 || !ok2 {
		return "", nil, nil, violation("a Bind message is malformed")
	}
	if err := tooLong(name, source); err != nil {
		return "", nil, nil, err
	}
	p, err = s.knownStatement(source)
	return name, p, rest, err
}

func (s *session) knownStatement(name string) (*prepared, error) {
	p, certain := s.statementNamed(name)
	if !certain {
		if err := s.settle(); err != nil {
			return nil, err
		}
		if s.ignoring() {
			return nil, errIgnored
		}
		p, _ = s.statementNamed(name)
	}
	if p == nil {
		if name == "" {
			return nil, newFault(codeUnknownStatement, "", "unnamed prepared statement does not exist")
		}
		return nil, newFault(codeUnknownStatement, "", "prepared statement %q does not exist", name)
	}
	return p, nil
}

func (s *session) knownPortal(name string) (*portal, error) {
	p, certain := s.portalNamed(name)
	if !certain {
		if err := s.settle(); err != nil {
			return nil, err
		}
		if s.ignoring() {
			return nil, errIgnored
		}
		p, _ = s.portalNamed(name)
	}
	if p == nil {
		return nil, newFault(codeUnknownCursor, "", "portal %q does not exist", name)
	}
	return p, nil
}

// makePortal makes the portal that binding a statement now gives.
func (s *session) makePortal(made *portal, p *prepared) error {
	f, err := s.currentFacts(p)
	if err != nil {
		return err
	}
	made.stmt, made.empty = p.statement(f), len(f.stmts) == 0
	if made.stmt == nil {
		return nil
	}
	wholly, partly := analysed(made.stmt)
	if f.named || !wholly {
		made.source, made.partly = p, partly
	}
	return nil
}

func isDenial(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.code == codeDenied
}

// foresee decides a portal before the server binds it, as it would be if it were executed now: the server evaluates
// functions when it plans a statement, so waiting for Execute would be too late. What is simply allowed, and means what it
// meant when it was parsed, is on record already.
func (s *session) foresee(p *portal, of *prepared) error {
	if p.stmt == nil || s.gate.Allows(s.actionOf(p.stmt, p), &s.foreseen) && of.told == of.facts {
		return nil
	}
	of.told = of.facts
	a := s.actionOf(p.stmt, p)
	if a.Stage == schema.StageExecute {
		a.Stage = schema.StagePlan
	}
	if _, err := s.check(a, &s.foreseen); err != nil || !s.waited {
		return err
	}
	now, err := s.currentFacts(of) // of what the portal is made, once it may be
	if err == nil && !same(p.stmt, of.statement(now)) {
		err = changedFault()
	}
	return err
}

// currentFacts is factsNow with everything settled that it depends on.
func (s *session) currentFacts(p *prepared) (*facts, error) {
	if f := p.facts; f != nil && !f.named && !s.view.due() && !s.outdated() && !s.oddEncoding() && f.path == s.view.key && f.catalog == s.catalog() {
		return f, nil
	}
	f, err := s.factsOf(p.text)
	if err != nil {
		return nil, err
	}
	if !p.steady(f) && !s.dryRun() {
		return nil, unsteadyFault()
	}
	p.facts = f
	return f, nil
}

func (s *session) describe(f frame) error {
	kind, name, err := kindAndName(f.body())
	if err != nil {
		return err
	}
	if s.ignoring() {
		return nil
	}
	if err := tooLong(name); err != nil {
		return s.refuse(err)
	}
	if kind == 'S' {
		p, _ := s.statementNamed(name)
		e := s.newExpect(wantDescribeStatement)
		e.statement = p
		return s.forward(f, e)
	}
	p, err := s.knownPortal(name)
	if err != nil {
		return s.orRefuse(err)
	}
	s.setAsked(p)
	e := s.newExpect(wantDescribePortal)
	e.portal = p
	return s.forward(f, e)
}

func (s *session) closeName(f frame) error {
	kind, name, err := kindAndName(f.body())
	if err != nil {
		return err
	}
	if s.ignoring() {
		return nil
	}
	if err := tooLong(name); err != nil {
		return s.refuse(err)
	}
	c := change{kind: dropPortal, name: name}
	if kind == 'S' {
		c.kind = dropStatement
	}
	return s.forward(f, s.expectChange(wantClose, c))
}

func kindAndName(body []byte) (kind byte, name string, err error) {
	if len(body) < 2 || body[0] != 'S' && body[0] != 'P' {
		return 0, "", violation("a Describe or Close message is malformed")
	}
	name, err = soleText(body[1:])
	return body[0], name, err
}

// execute decides and runs a portal.
func (s *session) execute(f frame) error {
	if s.ignoring() {
		return nil
	}
	name, rest, ok := cString(f.body())
	if !ok || len(rest) != 4 {
		return violation("an Execute message is malformed")
	}
	if err := tooLong(name); err != nil {
		return s.refuse(err)
	}
	p, err := s.knownPortal(name)
	if err != nil {
		return s.orRefuse(err)
	}
	if err := s.resolvePortal(p); err != nil {
		return s.orRefuse(err)
	}
	switch {
	case p.empty: // PostgreSQL answers with EmptyQueryResponse
		return s.forward(f, s.newExpect(wantExecute))
	case p.stmt == nil:
		return s.refuse(newFault(codeSyntax, "", "cannot insert multiple commands into a prepared statement"))
	}
	owed := s.newExpect(wantExecute)
	e := owed.first()
	err = s.judge(e, p.stmt, p)
	if err == nil && s.waited {
		err = s.asBefore(p)
		if err != nil {
			s.outcome(e, codeAborted)
		}
	}
	if err != nil {
		return s.orRefuse(err)
	}
	e.portal, p.ticket = p, e.decision.Ticket
	p.sent, p.sentIn = true, s.segment
	if e.guarded && p.stmt.Rows && s.setAsked(p) {
		s.askDescription(name, p)
	}
	if e.describesCopy() {
		if _, err := s.askColumns(e, undescribed()); err != nil {
			s.outcome(e, codeAborted)
			return s.orRefuse(err)
		}
	}
	s.view.sent(p.stmt)
	copies := mayCopyIn(owed.execs) // once it is forwarded it belongs to the server's direction
	if err := s.forward(f, owed); err != nil || !copies {
		return err
	}
	return s.settleCopy()
}

// resolvePortal looks the names in a portal's statement up as the server does: when it first runs, if they are not looked
// up before.
func (s *session) resolvePortal(p *portal) error {
	if p.source == nil || p.sent && p.sentIn == s.segment { // what skips the first Execute of a segment skips the others
		return nil
	}
	if p.sent {
		if err := s.settle(); err != nil {
			return err
		}
		if s.ignoring() {
			return errIgnored
		}
		if s.hasBegun(p) {
			return nil
		}
	}
	f, err := s.factsOf(p.source.text)
	if err != nil {
		return err
	}
	now := p.source.statement(f)
	if p.partly && !same(p.stmt, now) && !s.dryRun() {
		return unsteadyFault()
	}
	p.stmt = now
	return nil
}

// asBefore refuses a portal that was held when the names that the server is still to look up have come to mean something
// else meanwhile.
func (s *session) asBefore(p *portal) error {
	if p.source == nil || p.sent {
		return nil
	}
	f, err := s.factsOf(p.source.text)
	if err != nil {
		return err
	}
	if !same(p.stmt, p.source.statement(f)) {
		return changedFault()
	}
	return nil
}

func (s *session) hasBegun(p *portal) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.began
}

// setAsked notes that a portal's description is on its way, and reports whether it was not.
func (s *session) setAsked(p *portal) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !p.asked
	p.asked = true
	return first
}

// askDescription asks what a portal's rows look like, for the masks. The client does not see the answer.
func (s *session) askDescription(name string, p *portal) {
	if s.expect(&expect{want: wantDescribePortal, swallow: true, portal: p}) {
		_ = s.toServer.add(appendMessage(nil, 'D', "P", name, "\x00")) // a broken connection shows at the next flush
	}
}

// fullText is a statement's text and that of those it names: what an approver has to see, and an approval is bound to.
func fullText(st *sqlfacts.Statement) string {
	if len(st.Named) == 0 {
		return st.Text
	}
	texts := []string{st.Text}
	for _, named := range st.Named {
		texts = append(texts, named.Text)
	}
	return strings.Join(texts, "\n-- which runs or goes on with:\n")
}

// namesBound reports whether a statement names a cursor that was bound to values: an approver would see its text alone.
func (s *session) namesBound(st *sqlfacts.Statement) bool {
	if len(st.Named) == 0 || st.Effect.Kind == sqlfacts.EffectFetch {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	bound := func(p *portal) bool {
		return p != nil && (p.values.concealed || len(p.values.raw) > 0) && slices.Contains(st.Named, p.stmt)
	}
	for _, p := range s.names.portals {
		if bound(p) {
			return true
		}
	}
	found := false
	for i := range s.queue.len() {
		s.queue.at(i).each(func(c *change) bool {
			found = found || bound(c.portal)
			return found
		})
	}
	return found
}
