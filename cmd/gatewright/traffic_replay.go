package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// replayer decides recorded actions anew. What it keeps is bounded: the sessions that are open, and the requests that it
// has decided lately.
type replayer struct {
	old, new *planSource
	pair     *plan.Pair
	traffic  traffic
	flips    map[string]*flipped
	reasons  map[string]*unreplayed
	sessions map[string]*openedSession
	asked    map[string]*askedFacts
	catalogs map[string]*schema.Catalog
	// statements are texts that were read, verdicts requests that were decided.
	statements map[string]*readText
	verdicts   map[string]*verdict
}

const (
	maxSessions = 1 << 18
	maxTexts    = 1 << 12
	maxVerdicts = 1 << 16
)

// openedSession is what the beginning of a session tells of its caller.
type openedSession struct {
	principal            *schema.Principal
	address, application string
}

// readText is a recorded statement that was read again.
type readText struct {
	action        schema.Action
	whole, differ bool
}

func newReplayer(old, new *planSource) *replayer {
	return &replayer{
		old: old, new: new, pair: plan.NewPair(old.side, new.side), flips: map[string]*flipped{}, reasons: map[string]*unreplayed{},
		sessions: map[string]*openedSession{}, asked: map[string]*askedFacts{}, catalogs: map[string]*schema.Catalog{},
		statements: map[string]*readText{}, verdicts: map[string]*verdict{},
	}
}

// take replays one line. Lines of kind prepared are passed over: what they would do is decided again when it is carried
// out.
func (r *replayer) take(e *audit.Entry) error {
	switch e.Kind {
	case audit.KindLogOpened: // sessions do not outlive the process
		clear(r.sessions)
		return nil
	case audit.KindSessionClosed:
		delete(r.sessions, e.Session)
		return nil
	case audit.KindSessionOpened:
		if len(r.sessions) < maxSessions {
			r.sessions[e.Session] = openedOf(e)
		}
	case audit.KindSessionRefused, audit.KindDecision:
	default:
		return nil
	}
	if e.Effect == "" { // refused before any policy was asked
		return nil
	}
	v, err := r.verdict(e)
	if err != nil {
		return err
	}
	r.count(e, v)
	return nil
}

func openedOf(e *audit.Entry) *openedSession {
	return &openedSession{
		&schema.Principal{Issuer: e.Issuer, Subject: e.Subject, Kind: e.PrincipalKind, Groups: e.Groups}, e.ClientAddress, e.Application,
	}
}

func because(format string, args ...any) (*verdict, error) {
	return &verdict{reason: fmt.Sprintf(format, args...)}, nil
}

// verdict replays a decision, or finds one like it.
func (r *replayer) verdict(e *audit.Entry) (*verdict, error) {
	s := r.sessions[e.Session]
	if e.Kind == audit.KindSessionRefused {
		s = openedOf(e)
	}
	switch {
	case r.old.target(e.Target) == nil:
		return because("target %q is not in the old policy", e.Target)
	case r.new.target(e.Target) == nil:
		return because("target %q is not in the new policy", e.Target)
	case s == nil:
		return because("the log does not hold the beginning of the session, which tells the groups")
	}
	asked, err := r.askedOn(e.Target)
	if err != nil {
		return nil, err
	}
	key := requestKey(e, s, asked)
	if v := r.verdicts[key]; v != nil {
		return v, nil
	}
	v, err := r.decide(e, s, asked)
	if err != nil {
		return nil, err
	}
	if len(r.verdicts) >= maxVerdicts {
		clear(r.verdicts)
	}
	r.verdicts[key] = v
	return v, nil
}

func (r *replayer) askedOn(target string) (*askedFacts, error) {
	if r.asked[target] == nil {
		a, err := askedOn(target, r.old.side.Bundle, r.new.side.Bundle)
		if err != nil {
			return nil, err
		}
		r.asked[target] = a
	}
	return r.asked[target], nil
}

// requestKey is equal for records that are decided alike: it holds what a decision may hang on, and what was recorded.
func requestKey(e *audit.Entry, s *openedSession, asked *askedFacts) string {
	var b strings.Builder
	add := func(words ...string) {
		for _, w := range words {
			b.WriteString(strconv.Itoa(len(w)))
			b.WriteByte(':')
			b.WriteString(w)
		}
		b.WriteByte('|')
	}
	add(string(e.Kind), e.Target, s.principal.Issuer, s.principal.Subject, s.principal.Kind, e.Effect, e.Statement, e.Opaque, e.Bundle, e.Fingerprint)
	add(s.principal.Groups...)
	add(e.Rules...)
	add(e.Text, strconv.FormatBool(e.TextCut), strconv.FormatBool(e.Ticket != ""))
	for _, a := range e.Accesses {
		add(append([]string{a.Verb, a.Object}, a.Columns...)...)
	}
	if asked.of("request.client_address") {
		add(s.address)
	}
	if asked.of("request.application") {
		add(s.application)
	}
	if asked.of("request.time") {
		add(strconv.FormatInt(e.Time.UnixNano(), 10))
	}
	return b.String()
}

// decide makes the action again and takes it to both policies.
func (r *replayer) decide(e *audit.Entry, s *openedSession, asked *askedFacts) (*verdict, error) {
	a := schema.Action{}
	if e.Kind != audit.KindDecision {
		a.Accesses, a.Text = []schema.Access{{Verb: schema.VerbConnect}}, schema.VerbConnect
	} else {
		read, err := r.read(e)
		switch {
		case err != nil:
			return nil, err
		case read == nil:
			return because("no catalog snapshot of target %q is at hand to read statements with", e.Target)
		case read.differ:
			return because("with the catalog at hand the statement does something else than was recorded")
		case !read.whole && (asked.statement() || r.masks()):
			return because("the log does not keep the whole text, and conditions or masks ask for it")
		}
		a = read.action
	}
	a.Protocol, a.Target, a.Principal = e.Protocol, e.Target, s.principal
	a.Request = schema.Request{Time: e.Time, ClientAddress: s.address, Application: s.application}
	return r.weigh(e, &a, asked)
}

// masks reports whether a policy has masks, which look at the columns of a statement.
func (r *replayer) masks() bool { return len(r.old.side.Bundle.Masks)+len(r.new.side.Bundle.Masks) > 0 }

// read reads a recorded statement, once for each text; nil where there is no catalog to read it with.
func (r *replayer) read(e *audit.Entry) (*readText, error) {
	key, err := json.Marshal([]any{e.Target, e.Text, e.TextCut, e.Statement, e.Fingerprint, e.Opaque, e.Accesses})
	if err != nil {
		return nil, err
	}
	if known := r.statements[string(key)]; known != nil {
		return known, nil
	}
	catalog := r.catalog(e.Target)
	if catalog == nil {
		return nil, nil
	}
	out := &readText{whole: true}
	if e.Opaque != "" { // what could not be analysed has no facts but these
		out.action.Accesses = []schema.Access{{Verb: schema.VerbOpaque}}
		out.action.Uses = []schema.Use{{Place: schema.PlaceEffect, Columns: []string{schema.Everything}}}
		out.action.SQL = &schema.SQL{Statement: e.Statement, Fingerprint: e.Fingerprint, OpaqueReason: e.Opaque, Limit: -1}
	} else {
		out.whole, out.differ = recall(e, catalog, &out.action)
	}
	if len(r.statements) >= maxTexts {
		clear(r.statements)
	}
	r.statements[string(key)] = out
	return out, nil
}

// catalog gives the snapshot of the new policy or, where it has none at hand, of the old one.
func (r *replayer) catalog(target string) *schema.Catalog {
	if c, known := r.catalogs[target]; known {
		return c
	}
	for _, s := range []*planSource{r.new, r.old} {
		if c := s.catalog(target); c != nil {
			r.catalogs[target] = c
			return c
		}
		if c := s.beside(target); c != nil {
			r.catalogs[target] = c
			return c
		}
	}
	r.catalogs[target] = nil
	return nil
}

// beside gives the snapshot that lies beside a bundle.
func (s *planSource) beside(target string) *schema.Catalog {
	t := s.target(target)
	if s.dir == nil || t == nil || t.Catalog == "" {
		return nil
	}
	data, err := fs.ReadFile(s.dir, t.Catalog)
	c := &schema.Catalog{}
	if err != nil || json.Unmarshal(data, c) != nil {
		return nil
	}
	return c
}
