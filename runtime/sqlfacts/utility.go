package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// statement walks one whole statement.
func (a *analysis) statement(n *pg.Node) {
	switch x := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		a.topSelect(x.SelectStmt)
	case *pg.Node_InsertStmt, *pg.Node_MergeStmt:
		a.outputs(a.query(n, nil))
	case *pg.Node_UpdateStmt:
		a.st.SQL.HasWhere = x.UpdateStmt.GetWhereClause() != nil
		a.outputs(a.query(n, nil))
	case *pg.Node_DeleteStmt:
		a.st.SQL.HasWhere = x.DeleteStmt.GetWhereClause() != nil
		a.outputs(a.query(n, nil))
	case *pg.Node_ExplainStmt:
		a.explain(x.ExplainStmt)
	case *pg.Node_PrepareStmt:
		a.prepare(x.PrepareStmt)
	case *pg.Node_ExecuteStmt:
		a.execute(x.ExecuteStmt)
	case *pg.Node_DeallocateStmt:
		a.st.Effect = Effect{Kind: EffectDeallocate, Name: x.DeallocateStmt.GetName()}
	case *pg.Node_DeclareCursorStmt:
		a.declare(x.DeclareCursorStmt)
	case *pg.Node_FetchStmt:
		a.fetch(x.FetchStmt)
	case *pg.Node_ClosePortalStmt:
		a.st.Effect = Effect{Kind: EffectClose, Name: x.ClosePortalStmt.GetPortalname()}
	case *pg.Node_CopyStmt:
		a.copyStmt(x.CopyStmt)
	case *pg.Node_TransactionStmt:
		a.transaction(x.TransactionStmt)
	case *pg.Node_VariableSetStmt:
		a.setStmt(x.VariableSetStmt)
	case *pg.Node_VariableShowStmt:
		a.st.Rows = true
		a.st.Outputs = []schema.Output{{Name: x.VariableShowStmt.GetName(), Origin: schema.OriginConstant}}
		if x.VariableShowStmt.GetName() == "all" {
			a.st.Outputs = constants("name", "setting", "description")
		}
	case *pg.Node_DiscardStmt:
		a.st.Effect = Effect{Kind: EffectDiscard, Name: discards[x.DiscardStmt.GetTarget()], DDL: true}
	case *pg.Node_CallStmt:
		a.callStmt(x.CallStmt)
	default:
		a.define(n)
	}
}

var discards = map[pg.DiscardMode]string{
	pg.DiscardMode_DISCARD_ALL: "all", pg.DiscardMode_DISCARD_PLANS: "plans",
	pg.DiscardMode_DISCARD_SEQUENCES: "sequences", pg.DiscardMode_DISCARD_TEMP: "temp",
}

func constants(names ...string) []schema.Output {
	var out []schema.Output
	for _, n := range names {
		out = append(out, schema.Output{Name: n, Origin: schema.OriginConstant})
	}
	return out
}

func (a *analysis) topSelect(sel *pg.SelectStmt) {
	q := a.st.SQL
	q.HasWhere = sel.GetWhereClause() != nil
	if c := sel.GetLimitCount(); c != nil && !c.GetAConst().GetIsnull() {
		q.HasLimit = true
		ties := sel.GetLimitOption() == pg.LimitOption_LIMIT_OPTION_WITH_TIES // any number of rows may share the last place
		if i, ok := c.GetAConst().GetVal().(*pg.A_Const_Ival); ok && !ties {
			q.Limit = int64(i.Ival.GetIval())
		}
	}
	into := sel.GetIntoClause()
	if into == nil {
		out := a.selectStmt(sel, nil)
		a.outputs(out)
		a.st.Rows = true
		return
	}
	sel.IntoClause = nil
	a.into(into, a.selectStmt(sel, nil))
	sel.IntoClause = into
}

// into is where CREATE TABLE AS, SELECT INTO and the like put rows: a new table that no class knows.
func (a *analysis) into(into *pg.IntoClause, out result) {
	a.access(schema.VerbCreate, a.created(into.GetRel()), false)
	a.written(out)
	a.st.Effect.DDL = true
}

func (a *analysis) written(out result) {
	for _, f := range out.fields {
		a.use(schema.PlaceWrite, f.v.columns, "")
	}
	if out.open {
		a.use(schema.PlaceWrite, []string{schema.Everything}, "")
	}
}

// created is the canonical name of a relation that is to be made: in the schema given, or the first of the path.
func (a *analysis) created(rv *pg.RangeVar) string {
	s := rv.GetSchemaname()
	if rv.GetRelpersistence() == "t" || s == "pg_temp" {
		s = a.tempSchema()
	}
	if s == "" {
		for _, p := range a.path(true) {
			if p != catalogSchema {
				s = p
				break
			}
		}
	}
	name := schema.Qualify(rv.GetRelname())
	if s != "" {
		name = schema.Qualify(s, rv.GetRelname())
	}
	a.tables = append(a.tables, name)
	return name
}

// explain shows a plan, in which constants folded from any column that takes part may stand.
func (a *analysis) explain(x *pg.ExplainStmt) {
	a.explains = true
	a.statement(x.GetQuery())
	a.explains = false
	var columns []string
	add := func(more []string) {
		more = slices.Clone(more)
		slices.Sort(more)
		columns = union(columns, slices.Compact(more))
	}
	add(a.columns)
	add(a.shown)
	for _, o := range a.st.Outputs {
		add(o.Columns)
	}
	for _, u := range a.uses {
		add(u.Columns)
	}
	out := schema.Output{Name: "QUERY PLAN", Columns: columns}
	if len(columns) == 0 {
		out.Origin = schema.OriginConstant
	}
	a.st.Rows, a.st.Outputs = true, []schema.Output{out}
	a.st.Effect = Effect{DDL: a.st.Effect.DDL, MayChangeSession: a.st.Effect.MayChangeSession}
	a.st.CopyIn, a.st.CopyOut = false, false
}

// shows records the columns of a part of a query that PostgreSQL plans as it stands, those that nothing asks for
// included. From a plain subquery or view they are left out.
func (a *analysis) shows(fields []field) {
	if !a.explains {
		return
	}
	for i := range fields {
		if a.look(1 + len(fields[i].v.columns)) {
			a.shown = append(a.shown, fields[i].v.columns...)
		}
	}
}

// inner analyses a statement that stands inside another, with facts of its own.
func (a *analysis) inner(n *pg.Node) *Statement {
	v := newView(a.session, a.budget)
	st := v.classify(n, a.st.Text)
	return &st
}

// prepare only parses; what the statement does is decided when it is executed.
func (a *analysis) prepare(x *pg.PrepareStmt) {
	in := a.inner(x.GetQuery())
	if in.Opaque() {
		a.stop(in.SQL.OpaqueReason)
	}
	a.tables = append(a.tables, in.SQL.Tables...)
	a.st.Effect = Effect{Kind: EffectPrepare, Name: x.GetName(), Inner: in}
}

// execute does what the prepared statement does. PostgreSQL plans it anew when search_path or the catalog has changed,
// so it is analysed anew here.
func (a *analysis) execute(x *pg.ExecuteStmt) {
	for _, p := range x.GetParams() {
		a.use(schema.PlaceEffect, a.expr(p, nil).columns, "")
	}
	var in *Statement
	if a.session.Prepared != nil {
		in = a.session.Prepared(x.GetName())
	}
	if in == nil {
		a.stop("the prepared statement " + schema.Qualify(x.GetName()) + " is not known")
		return
	}
	if in.Effect.Kind != EffectNone || in.CopyIn || in.CopyOut {
		a.stop("the prepared statement " + schema.Qualify(x.GetName()) + " does more than read and write tables")
		return
	}
	now := a.again(in)
	a.st.Named = append(append(a.st.Named, in), now.Named...)
	a.adopt(now)
	a.st.Effect = Effect{Kind: EffectExecute, Name: x.GetName(), Inner: in, DDL: in.Effect.DDL,
		MayChangeSession: a.st.Effect.MayChangeSession || in.Effect.MayChangeSession}
}

// again analyses a prepared statement's text in the session as it is now.
func (a *analysis) again(in *Statement) *Statement {
	if !a.parsing(in.Text) {
		return in
	}
	tree, err := parse(in.Text)
	if err != nil || len(tree.GetStmts()) != 1 {
		return in
	}
	n := tree.GetStmts()[0].GetStmt()
	if p := n.GetPrepareStmt(); p != nil {
		n = p.GetQuery() // in is what it prepared
	}
	v := newView(a.session, a.budget)
	v.session.Prepared = nil // a prepared statement cannot be EXECUTE
	st := v.classify(n, in.Text)
	return &st
}

// adopt makes another statement's facts this one's.
func (a *analysis) adopt(in *Statement) {
	if in.Opaque() {
		a.stop(in.SQL.OpaqueReason)
		return
	}
	for _, acc := range in.Accesses {
		i := a.access(acc.Verb, acc.Object, acc.Harmless)
		for _, c := range acc.Columns {
			a.touch(i, c)
		}
	}
	a.uses = append(a.uses, in.Uses...)
	a.tables = append(a.tables, in.SQL.Tables...)
	a.columns = append(a.columns, in.SQL.Columns...)
	a.functions = append(a.functions, in.SQL.Functions...)
	a.unbound = a.unbound || !in.SQL.WhereBound
	q := a.st.SQL
	q.HasWhere, q.HasLimit, q.Limit = in.SQL.HasWhere, in.SQL.HasLimit, in.SQL.Limit
	a.st.Rows = in.Rows
	a.st.Outputs = slices.Clone(in.Outputs)
}

func (a *analysis) declare(x *pg.DeclareCursorStmt) {
	const binary, hold = 0x0001, 0x0020 // CURSOR_OPT_BINARY, CURSOR_OPT_HOLD
	in := a.inner(x.GetQuery())
	a.adopt(in)
	a.st.Rows, a.st.Outputs = false, nil
	a.st.Effect = Effect{
		Kind: EffectDeclare, Name: x.GetPortalname(), Inner: in,
		Binary: x.GetOptions()&binary != 0, Hold: x.GetOptions()&hold != 0,
		MayChangeSession: in.Effect.MayChangeSession,
	}
}

// cursor finds the statement of a cursor that this one goes on with; nil, and opaque, when it is not known.
func (a *analysis) cursor(name string) *Statement {
	var in *Statement
	if a.session.Cursor != nil {
		in = a.session.Cursor(name)
	}
	if in == nil {
		a.stop("the cursor " + schema.Qualify(name) + " is not known")
		return nil
	}
	a.st.Named = append(a.st.Named, in)
	return in
}

// currentOf is the row that a cursor stands on. What chose that row, and what it costs to be told of it, are uses of the
// statement of the cursor: they were judged when it was declared and are at each FETCH that moves it. UPDATE and DELETE here
// tell no more than that FETCH did, so they are uses of this statement no second time; which statement it was is kept in
// Named.
func (a *analysis) currentOf(c *pg.CurrentOfExpr) value {
	if a.cursor(c.GetCursorName()) == nil {
		return a.everything()
	}
	return constant
}

func (a *analysis) fetch(x *pg.FetchStmt) {
	in := a.cursor(x.GetPortalname())
	if in == nil {
		return
	}
	a.adopt(in)
	a.st.Effect = Effect{Kind: EffectFetch, Name: x.GetPortalname(), Inner: in, MayChangeSession: in.Effect.MayChangeSession}
	if x.GetIsmove() {
		a.st.Rows, a.st.Outputs = false, nil
	}
}

func (a *analysis) transaction(x *pg.TransactionStmt) {
	e := &a.st.Effect
	e.Name, e.Chain = x.GetSavepointName(), x.GetChain()
	switch x.GetKind() {
	case pg.TransactionStmtKind_TRANS_STMT_BEGIN, pg.TransactionStmtKind_TRANS_STMT_START:
		e.Kind = EffectBegin
	case pg.TransactionStmtKind_TRANS_STMT_COMMIT:
		e.Kind = EffectCommit
	case pg.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		e.Kind = EffectRollback
	case pg.TransactionStmtKind_TRANS_STMT_SAVEPOINT:
		e.Kind = EffectSavepoint
	case pg.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		e.Kind = EffectRollbackTo
	case pg.TransactionStmtKind_TRANS_STMT_RELEASE:
		e.Kind = EffectRelease
	case pg.TransactionStmtKind_TRANS_STMT_PREPARE:
		a.access(schema.VerbSet, "transaction", false)
		e.Kind = EffectCommit
	case pg.TransactionStmtKind_TRANS_STMT_COMMIT_PREPARED, pg.TransactionStmtKind_TRANS_STMT_ROLLBACK_PREPARED:
		a.access(schema.VerbSet, "transaction", false)
		e.DDL = true
	default:
		a.stop("a transaction command of an unknown kind")
	}
}

// callStmt runs a procedure, which may do anything, commit included.
func (a *analysis) callStmt(x *pg.CallStmt) {
	f := x.GetFunccall()
	vs := a.each(f.GetArgs(), nil)
	a.called(schema.Qualify(words(f.GetFuncname())...))
	a.st.SQL.Statement = "call"
	v := a.everything(vs...)
	a.use(schema.PlaceEffect, v.columns, "")
	a.outputs(result{open: true})
	a.st.Effect.DDL, a.st.Effect.MayChangeSession = true, true
}
