package sqlfacts

import (
	"github.com/gatewright/gatewright/schema"
)

// Session is what classification depends on beside the text.
type Session struct {
	// Catalog is the target's structure; nil is an empty one, in which no relation is found.
	Catalog *schema.Catalog
	// SearchPath is the effective path as current_schemas(true) gives it: in order, with pg_temp_N and pg_catalog
	// where PostgreSQL puts them.
	SearchPath []string
	// Prepared finds a prepared statement. Those of SQL PREPARE and of the protocol's Parse share one namespace.
	// A nil func or result is an unknown statement.
	Prepared func(name string) *Statement
	// Cursor finds a cursor. Those of DECLARE and the protocol's named portals share one namespace.
	Cursor func(name string) *Statement
}

// Statement is one statement of a text. It is immutable after Classify.
type Statement struct {
	// Text is the statement's own text, without the semicolon.
	Text     string
	Accesses []schema.Access
	// Outputs are the columns of the result in order. One output with Name "*" stands for columns whose number is
	// not known; it is unsafe and counts as Everything.
	Outputs []schema.Output
	Uses    []schema.Use
	SQL     *schema.SQL
	// Rows is set when the statement returns a result set: SELECT, VALUES, SHOW, EXPLAIN, FETCH, RETURNING; not COPY.
	Rows bool
	// CopyOut is set for COPY TO STDOUT, CopyIn for COPY FROM STDIN; Copy then says how the data is written.
	CopyOut, CopyIn bool
	Copy            CopyOptions
	Effect          Effect
	// Named are the prepared statements and cursors that the statement runs or goes on with, those that they name in turn
	// among them: what an approval must be bound to beside the text. They are as the session knows them: of EXECUTE, EXPLAIN
	// EXECUTE and CREATE TABLE AS EXECUTE the statement prepared, of FETCH, MOVE and WHERE CURRENT OF the cursor's.
	Named []*Statement
	// Literals is the number of literals that decide nothing, see Shape; 0 where that is not known.
	Literals int
	// Syntax is set when PostgreSQL's parser refused the text.
	Syntax *SyntaxError
}

// Opaque reports whether the statement could not be analysed; SQL.OpaqueReason says why.
func (s *Statement) Opaque() bool { return s.SQL.OpaqueReason != "" }

// Describe fills in what the statement says of an action. Of a PREPARE that is what the statement in it would do.
func (s *Statement) Describe(a *schema.Action) {
	about := s
	if s.Effect.Kind == EffectPrepare && !s.Opaque() {
		about, a.Stage = s.Effect.Inner, schema.StageRead
	}
	a.Accesses, a.Outputs, a.Uses, a.SQL, a.Text = about.Accesses, about.Outputs, about.Uses, about.SQL, s.Text
	a.Form = schema.FormRows
	if about.CopyOut {
		a.Form = about.Copy.Form()
	}
}

// SyntaxError is the parser's own complaint. Position is a byte offset from 0 in the whole text, -1 when not known.
type SyntaxError struct {
	Message  string
	Position int
}

// EffectKind is what a statement does to its session.
type EffectKind uint8

// Kinds of effect. Name, in Effect, is what the comment says.
const (
	EffectNone       EffectKind = iota
	EffectBegin                 // BEGIN, START TRANSACTION
	EffectCommit                // COMMIT, END, PREPARE TRANSACTION
	EffectRollback              // ROLLBACK, ABORT
	EffectSavepoint             // the savepoint
	EffectRollbackTo            // the savepoint
	EffectRelease               // the savepoint
	EffectSet                   // the setting
	EffectReset                 // the setting; empty for ALL
	EffectDiscard               // "all", "temp", "plans" or "sequences"
	EffectPrepare               // the prepared statement
	EffectExecute               // the prepared statement
	EffectDeallocate            // the prepared statement; empty for ALL
	EffectDeclare               // the cursor
	EffectFetch                 // the cursor: FETCH and MOVE
	EffectClose                 // the cursor; empty for ALL
)

// Effect is what a statement does to its session.
type Effect struct {
	Kind EffectKind
	Name string
	// Values are, for EffectSet, the constants given, when Static is set; none with Static set means DEFAULT.
	Values []string
	Static bool
	// Quiet is set for a setting that cannot change what a name means.
	Quiet bool
	// Local is set for SET LOCAL.
	Local bool
	// Chain is set for COMMIT AND CHAIN and ROLLBACK AND CHAIN.
	Chain bool
	// Hold and Binary are the cursor's.
	Hold, Binary bool
	// Inner is the statement prepared, executed, declared or fetched from.
	Inner *Statement
	// DDL is set when the catalog may have changed afterwards.
	DDL bool
	// MayChangeSession is set when what ran may have changed any setting: read search_path again before the next
	// statement is classified.
	MayChangeSession bool
}
