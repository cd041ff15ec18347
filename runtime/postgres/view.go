package postgres

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// view is what a session's names are resolved in: its search_path and its catalog. It belongs to the client's
// direction. Whatever may have changed it marks it, and the next statement that resolves names waits until it has
// been read again over the session's own database connection, which alone sees its settings, its temporary tables
// and what its open transaction has created.
type view struct {
	path []string
	key  string
	// private is the session's own catalog; nil while the target's is right for it.
	private *schema.Catalog
	// read is when private was.
	read time.Time
	// pathDue and catalogDue say what must be read before the next name is resolved.
	pathDue, catalogDue bool
	// settingsDue says that settings under which text is read may have been changed by what cannot be seen.
	settingsDue bool
	// settingsOwn says that the client changes them: they are then read again for every text for which they matter.
	settingsOwn bool
	// touched says that what was read last may be undone by the end of the transaction; inBlock that this is the end
	// of a transaction block and not the next Sync.
	touched, inBlock bool
}

func (v *view) due() bool { return v.pathDue || v.catalogDue }

// errIgnored says that the server will ignore the message at hand, so that there is nothing to decide.
var errIgnored = errors.New("the server ignores everything until Sync")

// sent notes what a statement that goes to the server may do to the view.
func (v *view) sent(st *sqlfacts.Statement) {
	e := &st.Effect
	switch e.Kind {
	case sqlfacts.EffectCommit, sqlfacts.EffectRollback, sqlfacts.EffectRollbackTo:
		v.undone()
	case sqlfacts.EffectSet, sqlfacts.EffectReset:
		v.pathDue = v.pathDue || !e.Quiet
	case sqlfacts.EffectDiscard:
		v.pathDue, v.catalogDue = true, true
	case sqlfacts.EffectExecute, sqlfacts.EffectFetch:
		if e.Inner != nil {
			v.sent(e.Inner)
		}
	}
	if e.DDL || st.Opaque() {
		v.pathDue, v.catalogDue = true, true
	}
	v.settingsOwn = v.settingsOwn || changesReading(st) != ""
	if e.MayChangeSession || st.Opaque() || v.settingsOwn && e.Kind == sqlfacts.EffectSet {
		v.pathDue, v.settingsDue = true, true
		// A function may add to the temporary tables, which come first in the path.
		v.catalogDue = v.catalogDue || v.private != nil || slices.ContainsFunc(v.path, isTemporary)
	}
	if v.due() {
		v.touched = true
	}
}

// undone notes that a transaction, or part of one, has ended.
func (v *view) undone() {
	if v.touched {
		v.pathDue, v.settingsDue = true, true
		v.catalogDue = v.catalogDue || v.private != nil
	}
}

// synced notes a Sync or Query, which ends a transaction that is not a block.
func (v *view) synced() {
	if v.touched && !v.inBlock {
		v.undone()
	}
}

func isTemporary(schemaName string) bool { return strings.HasPrefix(schemaName, "pg_temp_") }

const (
	stateQuery = "SELECT pg_catalog.json_build_object('path', pg_catalog.current_schemas(true), " +
		"'encoding', pg_catalog.current_setting('client_encoding'), 'strings', pg_catalog.current_setting('standard_conforming_strings'))"
	pinPath  = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)"
	showPath = "SELECT pg_catalog.current_setting('search_path')"
)

// refresh reads what is due. It reports errIgnored when the server is skipping to Sync.
func (s *session) refresh() error {
	if err := s.settle(); err != nil {
		return err
	}
	s.mu.Lock()
	status, skipping := s.status, s.skipping
	s.mu.Unlock()
	switch {
	case skipping:
		return errIgnored
	case status == 'E':
		return newFault(codeAborted, "send ROLLBACK", "current transaction is aborted, commands ignored until end of transaction block")
	}
	settled := status == 'I' && !s.open
	if err := s.readState(); err != nil {
		return err
	}
	if s.view.catalogDue {
		if err := s.readCatalog(settled); err != nil {
			return err
		}
	}
	s.view.touched, s.view.inBlock = s.view.touched && !settled, status == 'T'
	s.view.pathDue, s.view.catalogDue, s.view.settingsDue = false, false, false
	return nil
}

func (s *session) readState() error {
	answers, err := s.askServer(stateQuery)
	if err != nil {
		return err
	}
	return s.setState(answers[0])
}

// setState takes over what the server says of the session.
func (s *session) setState(text []byte) error {
	var state struct {
		Path              []string
		Encoding, Strings string
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return newFault(codeInternal, sendAgainLater, "the session's state could not be read")
	}
	s.view.path, s.view.key = state.Path, strings.Join(state.Path, "\x00")
	s.noteOdd(settingEncoding, state.Encoding)
	s.noteOdd(settingStrings, state.Strings)
	return nil
}

// readCatalog reads the catalog as this session sees it. Outside a transaction, the server itself undoes the setting
// that the query needs.
func (s *session) readCatalog(settled bool) error {
	started := s.server.cfg.Now()
	text, err := s.catalogText(settled)
	if err != nil {
		return err
	}
	public := settled && !s.ownPath && !slices.ContainsFunc(s.view.path, isTemporary)
	snap, err := s.target.adopt(text, started, public)
	if err != nil {
		s.log.Error("the catalog could not be read", "error", err)
		return newFault(codeInternal, sendAgainLater, "the target's catalog could not be read")
	}
	s.view.private = nil
	if snap != s.target.shared.Load() {
		s.view.private, s.view.read = snap.catalog, started
	}
	return nil
}

func (s *session) catalogText(settled bool) ([]byte, error) {
	if settled {
		answers, err := s.askServer(pinPath, sqlfacts.CatalogQuery())
		if err != nil {
			return nil, err
		}
		return answers[1], nil
	}
	before, err := s.askServer(showPath)
	if err != nil {
		return nil, err
	}
	restore := "SELECT pg_catalog.set_config('search_path', " + literal(string(before[0])) + ", true)"
	answers, err := s.askServer(pinPath, sqlfacts.CatalogQuery(), restore)
	if err != nil {
		return nil, err
	}
	return answers[1], nil
}

// literal quotes text as a constant that means the same whatever standard_conforming_strings says.
func literal(text string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(text) + "'"
}

// catalog is what names are resolved in now.
func (s *session) catalog() *schema.Catalog {
	if s.view.private != nil {
		return s.view.private
	}
	return s.target.shared.Load().catalog
}
