package sqlfacts

import (
	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// define walks the statements that change definitions, rights or the server. What puts code into the database, or can
// move values to where no class knows them, counts as a write of them.
func (a *analysis) define(n *pg.Node) {
	switch x := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		a.createTable(x.CreateStmt)
	case *pg.Node_CreateTableAsStmt:
		a.createTableAs(x.CreateTableAsStmt)
	case *pg.Node_ViewStmt:
		a.access(schema.VerbCreate, a.created(x.ViewStmt.GetView()), false)
		a.written(a.query(x.ViewStmt.GetQuery(), nil))
		a.st.Effect.DDL = true
	case *pg.Node_IndexStmt:
		a.createIndex(x.IndexStmt)
	case *pg.Node_AlterTableStmt:
		a.alterTable(x.AlterTableStmt)
	case *pg.Node_RenameStmt:
		a.renameStmt(x.RenameStmt)
	case *pg.Node_AlterObjectSchemaStmt:
		a.moved(x.AlterObjectSchemaStmt.GetRelation())
	case *pg.Node_DropStmt:
		a.drop(x.DropStmt)
	case *pg.Node_CreateSchemaStmt:
		a.change(schema.VerbCreate, schema.Qualify(x.CreateSchemaStmt.GetSchemaname()))
		for _, e := range x.CreateSchemaStmt.GetSchemaElts() {
			a.statement(e)
		}
	case *pg.Node_CreateSeqStmt:
		a.change(schema.VerbCreate, a.created(x.CreateSeqStmt.GetSequence()))
	case *pg.Node_AlterSeqStmt:
		a.change(schema.VerbAlter, a.name(x.AlterSeqStmt.GetSequence()))
	case *pg.Node_CreateFunctionStmt:
		a.code(schema.VerbCreate, a.createdAs(words(x.CreateFunctionStmt.GetFuncname())))
	case *pg.Node_CreateTrigStmt:
		a.code(schema.VerbCreate, a.name(x.CreateTrigStmt.GetRelation()))
	case *pg.Node_RuleStmt:
		a.code(schema.VerbCreate, a.name(x.RuleStmt.GetRelation()))
	case *pg.Node_CreateEnumStmt:
		a.change(schema.VerbCreate, a.createdAs(words(x.CreateEnumStmt.GetTypeName())))
	case *pg.Node_CompositeTypeStmt:
		a.change(schema.VerbCreate, a.created(x.CompositeTypeStmt.GetTypevar()))
	case *pg.Node_AlterEnumStmt:
		a.change(schema.VerbAlter, a.listed(words(x.AlterEnumStmt.GetTypeName())))
	case *pg.Node_CommentStmt:
		a.access(schema.VerbAlter, a.objectName(x.CommentStmt.GetObjtype(), x.CommentStmt.GetObject()), false)
	default:
		a.administer(n)
	}
}

// change is a definition that holds no code and moves no value.
func (a *analysis) change(verb, object string) {
	a.access(verb, object, false)
	a.st.Effect.DDL = true
}

// code is a definition that holds code, or that can move values.
func (a *analysis) code(verb, object string) {
	a.change(verb, object)
	a.use(schema.PlaceWrite, []string{schema.Everything}, "")
}

// name is the canonical name of a relation.
func (a *analysis) name(rv *pg.RangeVar) string {
	if rv == nil {
		return ""
	}
	f := a.find(rv.GetSchemaname(), rv.GetRelname())
	a.tables = append(a.tables, f.canonical())
	return f.canonical()
}

// createTable walks defaults, checks and foreign keys: a key on a column asks whether its values exist.
func (a *analysis) createTable(x *pg.CreateStmt) {
	a.change(schema.VerbCreate, a.created(x.GetRelation()))
	own := &item{alias: x.GetRelation().GetRelname(), access: -1}
	if !a.hold(len(x.GetTableElts())) {
		return
	}
	for _, n := range x.GetTableElts() {
		if c := n.GetColumnDef(); c != nil {
			own.fields = append(own.fields, field{name: c.GetColname(), v: constant, access: -1})
		}
	}
	for _, n := range x.GetInhRelations() {
		a.access(schema.VerbAlter, a.name(n.GetRangeVar()), false)
		own.open = true
	}
	for _, n := range append(x.GetTableElts(), x.GetConstraints()...) {
		a.tableElement(n, &scope{items: []*item{own}})
	}
	if x.GetPartspec() != nil || x.GetPartbound() != nil || x.GetOfTypename() != nil {
		own.open = true
	}
}

func (a *analysis) tableElement(n *pg.Node, s *scope) {
	switch x := n.GetNode().(type) {
	case *pg.Node_ColumnDef:
		a.expr(x.ColumnDef.GetRawDefault(), s)
		for _, c := range x.ColumnDef.GetConstraints() {
			a.tableElement(c, s)
		}
	case *pg.Node_Constraint:
		a.constraint(x.Constraint, s)
	case *pg.Node_TableLikeClause:
		a.access(schema.VerbSelect, a.name(x.TableLikeClause.GetRelation()), false)
	default:
		a.stop("a table element of an unknown kind")
	}
}

func (a *analysis) constraint(c *pg.Constraint, s *scope) {
	a.predicate(c.GetRawExpr(), s)
	a.predicate(c.GetWhereClause(), s)
	for _, e := range c.GetExclusions() {
		a.predicate(e.GetList().GetItems()[0].GetIndexElem().GetExpr(), s)
	}
	if c.GetPktable() == nil {
		return
	}
	it := a.relation(c.GetPktable(), schema.VerbSelect)
	names := words(c.GetPkAttrs())
	if !a.look(len(names) * len(it.fields)) {
		return
	}
	for i := range it.fields {
		if f := &it.fields[i]; len(names) == 0 && f.v.keyed || containsAny(names, []string{f.name}) {
			a.use(schema.PlaceEquality, a.read(f).columns, "")
		}
	}
}

func (a *analysis) createTableAs(x *pg.CreateTableAsStmt) {
	in := x.GetQuery()
	if e := in.GetExecuteStmt(); e != nil {
		a.execute(e)
		for _, o := range a.st.Outputs {
			a.use(schema.PlaceWrite, o.Columns, "")
		}
		a.st.Rows, a.st.Outputs, a.st.Effect = false, nil, Effect{MayChangeSession: a.st.Effect.MayChangeSession}
		a.into(x.GetInto(), result{})
		return
	}
	a.into(x.GetInto(), a.query(in, nil))
}

// createIndex computes its expressions for each row, and a unique one tells whether values repeat.
func (a *analysis) createIndex(x *pg.IndexStmt) {
	it := a.relation(x.GetRelation(), "")
	a.change(schema.VerbCreate, it.name)
	s := &scope{items: []*item{it}}
	for _, n := range x.GetIndexParams() {
		e := n.GetIndexElem()
		a.predicate(e.GetExpr(), s)
		if v, ok := a.field(it, e.GetName()); ok && x.GetUnique() {
			a.use(schema.PlacePredicate, v.columns, "")
		}
	}
	a.predicate(x.GetWhereClause(), s)
}

// alterTable counts as a write of all the table's columns: it can rename, convert and copy them.
func (a *analysis) alterTable(x *pg.AlterTableStmt) {
	s := &scope{items: []*item{a.altered(x.GetRelation())}}
	for _, n := range x.GetCmds() {
		c := n.GetAlterTableCmd()
		switch d := c.GetDef().GetNode().(type) {
		case *pg.Node_ColumnDef, *pg.Node_Constraint:
			a.tableElement(c.GetDef(), s)
		case *pg.Node_PartitionCmd:
			a.altered(d.PartitionCmd.GetName())
		case *pg.Node_RangeVar:
			a.altered(d.RangeVar)
		case nil, *pg.Node_String_, *pg.Node_Integer, *pg.Node_List, *pg.Node_DefElem, *pg.Node_ReplicaIdentityStmt, *pg.Node_RoleSpec, *pg.Node_TypeName:
		default:
			a.expr(c.GetDef(), s)
		}
	}
}

func (a *analysis) altered(rv *pg.RangeVar) *item {
	it := &item{access: -1}
	if rv == nil {
		return it
	}
	it = a.relation(rv, "")
	a.change(schema.VerbAlter, it.name)
	a.use(schema.PlaceWrite, a.row(it).columns, "")
	return it
}

func (a *analysis) renameStmt(x *pg.RenameStmt) {
	switch rv := x.GetRelation(); {
	case rv != nil && x.GetRenameType() == pg.ObjectType_OBJECT_INDEX && !a.known(rv):
		a.change(schema.VerbAlter, a.indexName(rv))
		return
	case rv != nil:
		a.moved(rv)
		return
	}
	a.code(schema.VerbAlter, a.objectName(x.GetRenameType(), x.GetObject()))
}

// moved is a relation, or something else, that gets another name or schema.
func (a *analysis) moved(rv *pg.RangeVar) {
	if rv == nil {
		a.code(schema.VerbAlter, "")
		return
	}
	a.altered(rv)
}

func (a *analysis) drop(x *pg.DropStmt) {
	for _, n := range x.GetObjects() {
		a.change(schema.VerbDrop, a.objectName(x.GetRemoveType(), n))
	}
}

// objectName is the canonical name of any object that a statement names.
func (a *analysis) objectName(t pg.ObjectType, n *pg.Node) string {
	parts := words(n.GetList().GetItems())
	switch x := n.GetNode().(type) {
	case *pg.Node_ObjectWithArgs:
		parts = words(x.ObjectWithArgs.GetObjname())
	case *pg.Node_TypeName:
		parts = words(x.TypeName.GetNames())
	case *pg.Node_String_:
		parts = []string{x.String_.GetSval()}
	}
	if len(parts) == 0 {
		return ""
	}
	switch t {
	case pg.ObjectType_OBJECT_COLUMN, pg.ObjectType_OBJECT_TRIGGER, pg.ObjectType_OBJECT_RULE, pg.ObjectType_OBJECT_POLICY,
		pg.ObjectType_OBJECT_TABCONSTRAINT:
		parts = parts[:max(len(parts)-1, 1)] // the last part is the column's or the like
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW, pg.ObjectType_OBJECT_SEQUENCE,
		pg.ObjectType_OBJECT_FOREIGN_TABLE, pg.ObjectType_OBJECT_INDEX:
	case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN, pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE,
		pg.ObjectType_OBJECT_ROUTINE, pg.ObjectType_OBJECT_AGGREGATE, pg.ObjectType_OBJECT_COLLATION, pg.ObjectType_OBJECT_STATISTIC_EXT:
		return a.listed(parts)
	default:
		return schema.Qualify(parts...)
	}
	rv := &pg.RangeVar{Relname: parts[len(parts)-1]}
	if len(parts) > 1 {
		rv.Schemaname = parts[len(parts)-2]
	}
	if t == pg.ObjectType_OBJECT_INDEX && !a.known(rv) {
		return a.indexName(rv)
	}
	return a.name(rv)
}
