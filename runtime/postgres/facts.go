package postgres

import (
	"errors"
	"time"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// facts is a classified text with what the classification stood on.
type facts struct {
	stmts   []sqlfacts.Statement
	catalog *schema.Catalog
	path    string
	// named is set when it also stood on what a prepared statement or a cursor was: it holds for one moment only.
	named bool
	// missing is set when a relation was not found in the catalog: it may have been made since that was read.
	missing bool
	// unsteady is set when it runs a prepared statement of which the text no longer tells what it does.
	unsteady bool
}

// resolves reports whether any statement has names to be resolved along the search_path.
func (f *facts) resolves() bool {
	for i := range f.stmts {
		switch f.stmts[i].Effect.Kind {
		case sqlfacts.EffectBegin, sqlfacts.EffectCommit, sqlfacts.EffectRollback, sqlfacts.EffectSavepoint,
			sqlfacts.EffectRollbackTo, sqlfacts.EffectRelease, sqlfacts.EffectSet, sqlfacts.EffectReset,
			sqlfacts.EffectDiscard, sqlfacts.EffectDeallocate, sqlfacts.EffectClose:
		default:
			return true
		}
	}
	return false
}

// dryRun reports whether nothing may be refused.
func (s *session) dryRun() bool { return s.server.cfg.Gate.DryRun() }

// factsOf gives the facts of a text as it would run now, or refuses it. In dry run what would be refused is opaque.
func (s *session) factsOf(text string) (*facts, error) {
	err := s.readable(text)
	if err == nil {
		var f *facts
		if f, err = s.classify(text); err == nil {
			return f, nil
		}
	}
	var refusal *fault
	if !s.dryRun() || !errors.As(err, &refusal) {
		return nil, err
	}
	return &facts{stmts: sqlfacts.Unread(text, refusal.message), catalog: s.catalog(), path: s.view.key, named: true}, nil
}

// classify gives the facts of a text as it would run now. It reads the session's state again first when that may
// have changed and matters.
func (s *session) classify(text string) (*facts, error) {
	for looked, reloaded := false, false; ; {
		f, certain := s.classifyNow(text)
		switch {
		case !certain:
			if err := s.settle(); err != nil {
				return nil, err
			}
		case s.oddEncoding() && f.resolves():
			return nil, oddFault(settingEncoding)
		case s.view.due() && f.resolves():
			if err := s.refresh(); err != nil {
				return nil, err
			}
			if err := s.standard(text); err != nil {
				return nil, err
			}
		case s.outdated() && !reloaded && f.resolves():
			reloaded = true
			if err := s.reload(); err != nil {
				return nil, err
			}
		case f.unsteady:
			return nil, unsteadyFault()
		case f.missing && !looked:
			looked = true
			if err := s.lookAgain(); err != nil {
				return nil, err
			}
		default:
			return f, nil
		}
	}
}

// outdated reports whether the session resolves names in a catalog that another session may have changed. One of its own
// is read again as often as the target's is.
func (s *session) outdated() bool {
	if s.view.private == nil {
		return s.target.outdated()
	}
	return s.target.changedSince(s.view.read) || s.server.cfg.Now().Sub(s.view.read) > s.server.cfg.CatalogInterval
}

// reload reads the catalog again after another session has changed it.
func (s *session) reload() error {
	if s.view.private != nil {
		s.view.pathDue, s.view.catalogDue = true, true
		return s.refresh()
	}
	s.aside()
	err := s.target.load(s.ctx, s.server.cfg.DialTimeout, s.server.cfg.Now)
	if err == nil && s.target.outdated() { // it joined a reading that began before the change
		err = s.target.load(s.ctx, s.server.cfg.DialTimeout, s.server.cfg.Now)
	}
	if err != nil {
		s.server.logUpstream(s.target, err)
		return newFault(codeInternal, sendAgainLater, "the target's catalog could not be read")
	}
	return nil
}

// missingAge is how far two readings of a catalog are apart that are made because a relation is missing in it.
const missingAge = 250 * time.Millisecond

// lookAgain reads the catalog again: what is missing in it may have been made since. A statement waits for its turn, so
// that many that name what there is not do not keep the database busy.
func (s *session) lookAgain() error {
	read := s.target.readAt()
	if s.view.private != nil {
		read = s.view.read
	}
	s.aside()
	select {
	case <-time.After(missingAge - s.server.cfg.Now().Sub(read)):
	case <-s.ctx.Done():
		return errOver
	}
	if s.view.private != nil {
		s.view.pathDue, s.view.catalogDue = true, true
		return s.refresh()
	}
	if err := s.target.load(s.ctx, s.server.cfg.DialTimeout, s.server.cfg.Now); err != nil {
		s.server.logUpstream(s.target, err)
	}
	return nil
}

// lacks reports whether a statement reads or writes a relation that the catalog does not have: its name then has no
// schema.
func lacks(stmts []sqlfacts.Statement) bool {
	for i := range stmts {
		for _, a := range stmts[i].Accesses {
			switch a.Verb {
			case schema.VerbSelect, schema.VerbInsert, schema.VerbUpdate, schema.VerbDelete:
				if parts, ok := schema.SplitName(a.Object); ok && len(parts) == 1 {
					return true
				}
			}
		}
	}
	return false
}

func (s *session) classifyNow(text string) (f *facts, certain bool) {
	catalog := s.catalog()
	shape, literals := sqlfacts.Shape(s.shape[:0], text)
	s.shape = shape
	if literals > 0 {
		if f := s.target.cache.like(shape, text, s.view.key, catalog); f != nil {
			return f, true
		}
	}
	if f := s.target.cache.get(text, s.view.key, catalog); f != nil {
		return f, true
	}
	return s.classifyNew(text, literals)
}

// classifyNew gives the facts of a text that the cache does not have.
func (s *session) classifyNew(text string, literals int) (f *facts, certain bool) {
	catalog := s.catalog()
	f = &facts{catalog: catalog, path: s.view.key}
	certain = true
	look := &sqlfacts.Session{Catalog: catalog, SearchPath: s.view.path}
	look.Prepared = func(name string) *sqlfacts.Statement {
		f.named = true
		if s.nested { // EXECUTE of an EXECUTE is opaque; it might even run itself
			return nil
		}
		p, sure := s.statementNamed(name)
		certain = certain && sure
		if p == nil || !sure {
			return nil
		}
		s.nested = true
		inner, sure := s.factsNow(p)
		s.nested = false
		certain = certain && sure
		if sure && !p.steady(inner) {
			f.unsteady = true
		}
		return p.statement(inner)
	}
	look.Cursor = func(name string) *sqlfacts.Statement {
		f.named = true
		p, sure := s.portalNamed(name)
		certain = certain && sure
		if p == nil || !sure || p.source != nil { // what such a portal runs is known only when it runs
			return nil
		}
		return p.stmt
	}
	s.aside()
	f.stmts = s.analyse(text, look)
	f.missing = lacks(f.stmts)
	switch {
	case !certain || f.named:
	case literals > 0 && f.shapes(text, literals):
		s.target.cache.put(string(s.shape), len(text), f)
	default:
		s.target.cache.put(text, 0, f)
	}
	return f, certain
}

// longText is what it takes to analyse a text to be worth a turn, in bytes: close to the bounds it holds a hundred
// megabytes for a moment.
const longText = 64 << 10

// analyse classifies a text. Long ones take turns, over all sessions; one that another names has its turn already.
func (s *session) analyse(text string, look *sqlfacts.Session) []sqlfacts.Statement {
	if len(text) > longText && !s.nested {
		s.server.turns <- struct{}{}
		defer func() { <-s.server.turns }()
	}
	return sqlfacts.Classify(text, look)
}

// factsNow gives a prepared statement's facts, made again when what they stood on has changed: PostgreSQL analyses
// such a statement again as well.
func (s *session) factsNow(p *prepared) (f *facts, certain bool) {
	if p.facts != nil && !p.facts.named && p.facts.path == s.view.key && p.facts.catalog == s.catalog() {
		return p.facts, true
	}
	p.facts, certain = s.classifyNow(p.text)
	return p.facts, certain
}

// statement gives what running the prepared statement runs, by the facts of its text; nil when it cannot run.
func (p *prepared) statement(f *facts) *sqlfacts.Statement {
	st := only(f)
	if p.sql && st != nil && st.Effect.Inner != nil {
		return st.Effect.Inner
	}
	return st // a PREPARE that was not understood has no inner statement, and is opaque itself
}

// only gives the one statement of a text; nil when there is none or more.
func only(f *facts) *sqlfacts.Statement {
	if f == nil || len(f.stmts) != 1 {
		return nil
	}
	return &f.stmts[0]
}
