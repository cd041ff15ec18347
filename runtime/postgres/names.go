package postgres

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// prepared is a prepared statement, of the protocol's Parse or of SQL PREPARE.
type prepared struct {
	// text is what Parse brought or, when sql is set, the whole PREPARE.
	text string
	sql  bool
	// types are the OIDs of the parameter types that Parse gave, as on the wire; 0 leaves one to the server.
	types []byte
	// inferred are the OIDs that the server told, once it was asked. It stands under the session's lock.
	inferred []byte
	// facts belong to the client's direction alone; they are made again when what they stand on has changed.
	facts *facts
	// seen is what it meant first under each search_path, see steady; told are the facts that were last put on record.
	seen map[string]meaning
	told *facts
}

// maxPaths bounds the search_paths under which one prepared statement may be run.
const maxPaths = 64

// steady reports whether facts name the same objects as the first ones did under the same search_path. PostgreSQL
// analyses a prepared statement again when search_path differs or an object that it uses has changed, but not when a
// new object merely stands before an old one in the path: then it still runs the old one, and the text alone no longer
// tells which. FETCH and EXECUTE keep no plan: what they name is looked up, and held against this, when they run. Nor
// do utility statements without a query in them, such as DROP TABLE.
func (p *prepared) steady(f *facts) bool {
	if f.named {
		return true
	}
	now := p.meaning(f)
	first, ok := p.seen[f.path]
	if !ok {
		if p.seen == nil {
			p.seen = map[string]meaning{}
		}
		if len(p.seen) == maxPaths {
			return false
		}
		p.seen[f.path] = now
		return true
	}
	return first.known == now.known && (!now.planned || slices.Equal(first.tables, now.tables) && slices.Equal(first.functions, now.functions))
}

// meaning is what a prepared statement's names stand for.
type meaning struct {
	// known is set when there is a statement, planned when the server keeps something of it.
	known, planned    bool
	tables, functions []string
}

func (p *prepared) meaning(f *facts) meaning {
	st := p.statement(f)
	if st == nil {
		return meaning{}
	}
	return meaning{true, planned(st), st.SQL.Tables, st.SQL.Functions}
}

// planned reports whether PostgreSQL keeps something of a prepared statement that it has analysed: everything but
// statements that only define, drop or lock by name.
func planned(st *sqlfacts.Statement) bool {
	if st.Opaque() || len(st.Accesses) == 0 || len(st.Uses) > 0 || len(st.Outputs) > 0 {
		return true
	}
	return slices.ContainsFunc(st.Accesses, func(a schema.Access) bool {
		switch a.Verb {
		case schema.VerbCreate, schema.VerbAlter, schema.VerbDrop, schema.VerbTruncate, schema.VerbLock, schema.VerbMaintain, schema.VerbGrant:
			return false
		default:
			return true
		}
	})
}

// maxName is the length of a name, in bytes, that the server tells from others (NAMEDATALEN).
const maxName = 63

// tooLong refuses names of the protocol that the server would cut off, and take for others.
func tooLong(names ...string) *fault {
	for _, name := range names {
		if len(name) > maxName {
			return newFault("42622", fmt.Sprintf("use a name of at most %d bytes", maxName), "the name of a statement or portal is too long")
		}
	}
	return nil
}

// analysed reports whether the server has looked up a statement's names once it is bound (parse analysis, analyze.c), all
// of them or those of the query in it. What the others name is looked up when they are executed.
func analysed(st *sqlfacts.Statement) (wholly, partly bool) {
	switch st.SQL.Statement {
	case "select", "values", "insert", "update", "delete", "merge", "explain", "declare", "select_into", "create_table_as":
		creates := slices.ContainsFunc(st.Accesses, func(a schema.Access) bool { return a.Verb == schema.VerbCreate })
		return !creates, creates // where it creates is looked up when it does
	default:
		return false, false
	}
}

// same reports whether two statements of one text do the same to the same objects.
func same(a, b *sqlfacts.Statement) bool {
	return a != nil && b != nil && slices.Equal(a.SQL.Tables, b.SQL.Tables) && slices.Equal(a.SQL.Functions, b.SQL.Functions) &&
		slices.EqualFunc(a.Accesses, b.Accesses, func(x, y schema.Access) bool {
			return x.Verb == y.Verb && x.Object == y.Object && x.Harmless == y.Harmless && slices.Equal(x.Columns, y.Columns)
		})
}

func unsteadyFault() *fault {
	return newFault(codeNotSupported, "prepare the statement again",
		"a name in this prepared statement has come to mean something else since it was prepared")
}

// portal is a portal or cursor.
type portal struct {
	// stmt is what it runs; nil for an empty text, which empty says as well.
	stmt  *sqlfacts.Statement
	empty bool
	// source is set for a portal whose names the server looks up when it is first executed: its statement names others
	// (EXECUTE, FETCH), or is one that is not analysed before. sent is set once that is on its way, in the
	// segment sentIn, and began, under the session's lock, once the server has begun: the portal then goes on with it.
	source *prepared
	// partly is set when some of its names are looked up before, when it is bound: both times must find the same.
	partly bool
	sent   bool
	sentIn int
	began  bool
	// ticket is the approval by which it was executed.
	ticket string
	values values
	// small is where values have room that are few.
	small [48]byte
	hold  bool
	// committed is set for a cursor WITH HOLD once its transaction is.
	committed bool
	// since orders it among savepoints.
	since int
	// asked, under the session's lock, is set while a description is on its way or there; columns are the server's
	// direction's, once it came.
	asked   bool
	columns []column
}

type changeKind uint8

const (
	setStatement changeKind = iota
	dropStatement
	dropStatements
	setPortal
	dropPortal
	dropPortals
	endTransaction
	setSavepoint
	release
	rollbackTo
)

// change is what a message does to the names of a session, once the server has confirmed it.
type change struct {
	kind      changeKind
	name      string
	statement *prepared
	portal    *portal
	// committed is, for endTransaction, what came of the transaction; known only when the server has answered.
	committed bool
}

func (c *change) touchesNamedStatement() bool {
	switch c.kind {
	case setStatement, dropStatement:
		return c.name != ""
	case dropStatements:
		return true
	default:
		return false
	}
}

// statementNamed says what the change makes of a statement name, when it says anything.
func (c *change) statementNamed(name string) (*prepared, bool) {
	switch {
	case c.kind == setStatement && c.name == name:
		return c.statement, true
	case c.kind == dropStatement && c.name == name, c.kind == dropStatements:
		return nil, true
	default:
		return nil, false
	}
}

// portalNamed says what the change makes of a portal name, when it says anything.
func (c *change) portalNamed(name string) (*portal, bool) {
	switch {
	case c.kind == setPortal && c.name == name:
		return c.portal, true
	case c.kind == dropPortal && c.name == name, c.kind == dropPortals:
		return nil, true
	default:
		return nil, false
	}
}

// names is what statement and portal names mean, as the server has confirmed.
type names struct {
	statements map[string]*prepared
	portals    map[string]*portal
	savepoints []savepoint
	clock      int
	// size is what the statements and portals hold, in bytes, roughly.
	size int
}

// maxNames bounds what the statements and portals of one session hold, in bytes.
const maxNames = 32 << 20

func (p *prepared) size() int { return 512 + 4*len(p.text) }
func (p *portal) size() int   { return 512 + len(p.values.raw) }

func (c *change) size() int {
	switch c.kind {
	case setStatement:
		return c.statement.size()
	case setPortal:
		return c.portal.size()
	case setSavepoint:
		return 512
	default:
		return 0
	}
}

func (s *session) fits(more int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names.size+s.queue.size+more+512*len(s.names.savepoints) <= maxNames
}

// roomFor refuses a change that would have the session hold more than it may.
func (s *session) roomFor(c *change) error {
	more := c.size()
	if more == 0 || s.fits(more) {
		return nil
	}
	if err := s.settle(); err != nil { // some may be given up by what is still on its way
		return err
	}
	if s.fits(more) {
		return nil
	}
	return newFault(codeTooLarge, "close or deallocate those that are no longer needed",
		"this session holds more prepared statements and portals than the gateway keeps (%d bytes)", maxNames)
}

type savepoint struct {
	name  string
	since int
}

func newNames() names {
	return names{statements: map[string]*prepared{}, portals: map[string]*portal{}}
}

func (n *names) apply(c *change) {
	n.clock++
	switch c.kind {
	case setStatement:
		n.dropStatement(c.name)
		n.statements[c.name] = c.statement
		n.size += c.statement.size()
	case dropStatement:
		n.dropStatement(c.name)
	case dropStatements:
		for name := range n.statements {
			n.dropStatement(name)
		}
	case setPortal:
		n.dropPortal(c.name)
		c.portal.since = n.clock
		n.portals[c.name] = c.portal
		n.size += c.portal.size()
	case dropPortal:
		n.dropPortal(c.name)
	case dropPortals:
		for name := range n.portals {
			n.dropPortal(name)
		}
	case setSavepoint:
		n.savepoints = append(n.savepoints, savepoint{c.name, n.clock})
	case release:
		if i := n.savepoint(c.name); i >= 0 {
			n.savepoints = n.savepoints[:i]
		}
	case rollbackTo:
		n.rollbackTo(c.name)
	case endTransaction:
		n.end(c.committed)
	}
}

func (n *names) dropStatement(name string) {
	if p := n.statements[name]; p != nil {
		n.size -= p.size()
		delete(n.statements, name)
	}
}

func (n *names) dropPortal(name string) {
	if p := n.portals[name]; p != nil {
		n.size -= p.size()
		delete(n.portals, name)
	}
}

// savepoint finds the newest savepoint of a name; -1 when there is none.
func (n *names) savepoint(name string) int {
	for i := len(n.savepoints) - 1; i >= 0; i-- {
		if n.savepoints[i].name == name {
			return i
		}
	}
	return -1
}

// rollbackTo drops the portals made since the savepoint, which stays.
func (n *names) rollbackTo(name string) {
	i := n.savepoint(name)
	if i < 0 {
		return
	}
	for key, p := range n.portals {
		if p.since > n.savepoints[i].since {
			n.dropPortal(key)
		}
	}
	n.savepoints = n.savepoints[:i+1]
}

// end drops the portals that do not outlive a transaction.
func (n *names) end(committed bool) {
	for key, p := range n.portals {
		if p.hold && (committed || p.committed) {
			p.committed = true
			continue
		}
		n.dropPortal(key)
	}
	n.savepoints = n.savepoints[:0]
}

// changesOf is what running a statement does to names.
func changesOf(st *sqlfacts.Statement) []change {
	e := &st.Effect
	switch e.Kind {
	case sqlfacts.EffectCommit, sqlfacts.EffectRollback:
		return []change{{kind: endTransaction}}
	case sqlfacts.EffectSavepoint:
		return []change{{kind: setSavepoint, name: e.Name}}
	case sqlfacts.EffectRelease:
		return []change{{kind: release, name: e.Name}}
	case sqlfacts.EffectRollbackTo:
		return []change{{kind: rollbackTo, name: e.Name}}
	case sqlfacts.EffectPrepare:
		return []change{{kind: setStatement, name: e.Name, statement: &prepared{text: st.Text, sql: true}}}
	case sqlfacts.EffectDeallocate:
		if e.Name == "" {
			return []change{{kind: dropStatements}}
		}
		return []change{{kind: dropStatement, name: e.Name}}
	case sqlfacts.EffectDeclare:
		return []change{{kind: setPortal, name: e.Name, portal: &portal{stmt: e.Inner, hold: e.Hold}}}
	case sqlfacts.EffectClose:
		if e.Name == "" {
			return []change{{kind: dropPortals}}
		}
		return []change{{kind: dropPortal, name: e.Name}}
	case sqlfacts.EffectDiscard:
		if e.Name == "all" {
			return []change{{kind: dropStatements}, {kind: dropPortals}}
		}
	}
	return nil
}
