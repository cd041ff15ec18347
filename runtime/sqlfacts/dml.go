package sqlfacts

import (
	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// target makes the item that a statement writes to. Reading its columns is an access of its own, as PostgreSQL asks
// the right to select for it.
type target struct {
	item *item
	// write is the access that writes.
	write int
}

func (a *analysis) target(rv *pg.RangeVar, verb string) target {
	views := a.views
	it := a.relation(rv, verb)
	t := target{item: it, write: it.access}
	if it.relation != nil && it.relation.Rules || it.relation == nil && it.name == settingsView {
		a.stop("the relation " + it.name + " has rewrite rules")
	}
	if it.relation != nil && a.runsUnasked(it.relation, verb) {
		a.st.Effect.MayChangeSession = true
	}
	if views == 0 && it.access >= 0 {
		a.accesses[it.access].Harmless = false
	}
	for i := range it.fields {
		it.fields[i].access = readLater
	}
	it.access = readLater
	return t
}

// settingsView is the only system relation with rewrite rules: an UPDATE of it calls set_config.
const settingsView = catalogSchema + ".pg_settings"

// readLater stands for the select access of a relation that is written to, which there is only once it is read.
const readLater = -2

// set records that a column is written with a value.
func (a *analysis) set(t target, column string, v value) {
	a.touch(t.write, column)
	if !a.look(len(t.item.fields)) {
		return
	}
	f := field{name: column, full: t.item.name + "." + schema.Qualify(column)}
	f.v = value{columns: []string{f.full}, base: f.full}
	for i := range t.item.fields {
		if t.item.fields[i].name == column || t.item.fields[i].own == column {
			f = t.item.fields[i]
		}
	}
	a.columns = append(a.columns, f.full)
	sink := f.v.base
	if sink == "" {
		sink = f.full
	}
	if v.origin != schema.OriginBare {
		sink = "" // only a whole value may go to a column of its own class: a part of it, or one made of it, is another
	}
	a.use(schema.PlaceWrite, v.columns, sink)
	if f.v.keyed {
		a.use(schema.PlaceEquality, f.v.columns, "")
	}
	a.use(schema.PlaceEquality, f.v.tied, "")
	a.use(schema.PlacePredicate, f.v.asked, "")
}

// setChecks records that setting columns asks about those that a constraint compares them with.
func (a *analysis) setChecks(t target, columns []string) {
	if t.item.relation == nil {
		return
	}
	for _, check := range t.item.relation.Checks {
		for _, c := range check {
			if !containsAny(check, columns) {
				break
			}
			for i := range t.item.fields {
				if t.item.fields[i].name == c {
					a.use(schema.PlacePredicate, t.item.fields[i].v.columns, "")
				}
			}
		}
	}
}

func containsAny(set, of []string) bool {
	for _, s := range set {
		for _, o := range of {
			if s == o {
				return true
			}
		}
	}
	return false
}

func (a *analysis) insert(n *pg.InsertStmt, around *scope) result {
	around = a.with(n.GetWithClause(), around)
	t := a.target(n.GetRelation(), schema.VerbInsert)
	columns := targetNames(n.GetCols(), t.item)
	if !a.narrow(len(columns)) || !a.hold(len(columns)) {
		return result{open: true}
	}
	source := result{}
	if n.GetSelectStmt() != nil {
		source = a.query(n.GetSelectStmt(), around)
	}
	excluded := &item{alias: "excluded", access: -1, open: t.item.open || source.open}
	for i, c := range columns {
		v := constant
		if i < len(source.fields) {
			v = source.fields[i].v
			a.set(t, c, v)
		}
		excluded.fields = append(excluded.fields, field{name: c, v: derived(v), access: -1})
	}
	if source.open || len(source.fields) > len(columns) {
		a.use(schema.PlaceWrite, []string{schema.Everything}, "")
	}
	for _, f := range t.item.fields {
		if a.look(len(excluded.fields)) && !excluded.has(f.name) {
			excluded.fields = append(excluded.fields, field{name: f.name, v: constant, access: -1})
		}
	}
	s := around.child()
	s.items = append(s.items, t.item)
	a.onConflict(n.GetOnConflictClause(), t, excluded, s)
	return a.targets(n.GetReturningList(), s.returning(t.item, around))
}

func (it *item) has(name string) bool {
	for i := range it.fields {
		if it.fields[i].name == name {
			return true
		}
	}
	return false
}

// targetNames are the columns that an INSERT fills, in order.
func targetNames(cols []*pg.Node, it *item) []string {
	var names []string
	for _, c := range cols {
		names = append(names, c.GetResTarget().GetName())
	}
	if len(cols) == 0 {
		for _, f := range it.fields {
			names = append(names, f.name)
		}
	}
	return names
}

func (a *analysis) onConflict(c *pg.OnConflictClause, t target, excluded *item, s *scope) {
	if c == nil {
		return
	}
	for _, e := range c.GetInfer().GetIndexElems() {
		x := e.GetIndexElem()
		if name := x.GetName(); name != "" {
			if v, ok := a.column(s, name); ok {
				a.use(schema.PlaceEquality, v.columns, "")
			}
		}
		a.predicate(x.GetExpr(), s)
	}
	a.predicate(c.GetInfer().GetWhereClause(), s)
	if c.GetAction() != pg.OnConflictAction_ONCONFLICT_UPDATE {
		return
	}
	inner := s.child()
	inner.items = append(inner.items, t.item, excluded)
	inner.parent = s.parent
	up := t
	up.write = a.access(schema.VerbUpdate, t.item.name, false)
	a.assignments(c.GetTargetList(), up, inner)
	a.predicate(c.GetWhereClause(), inner)
}

// assignments walks a SET list.
func (a *analysis) assignments(list []*pg.Node, t target, s *scope) {
	var names []string
	if !a.narrow(len(list)) {
		return
	}
	for _, n := range list {
		r := n.GetResTarget()
		if r == nil || !a.step() {
			a.stop("an assignment of an unknown kind")
			return
		}
		v := a.expr(r.GetVal(), s)
		for _, i := range r.GetIndirection() {
			if x := i.GetAIndices(); x != nil {
				v = a.unsafe(v, a.expr(x.GetLidx(), s), a.expr(x.GetUidx(), s))
			}
		}
		a.set(t, r.GetName(), v)
		names = append(names, r.GetName())
	}
	a.setChecks(t, names)
}

func (a *analysis) update(n *pg.UpdateStmt, around *scope) result {
	around = a.with(n.GetWithClause(), around)
	t := a.target(n.GetRelation(), schema.VerbUpdate)
	s := around.child()
	s.items = append(s.items, t.item)
	a.from(n.GetFromClause(), s)
	a.assignments(n.GetTargetList(), t, s)
	a.where(n.GetWhereClause(), t, s)
	return a.targets(n.GetReturningList(), s.returning(t.item, around))
}

func (a *analysis) delete(n *pg.DeleteStmt, around *scope) result {
	around = a.with(n.GetWithClause(), around)
	t := a.target(n.GetRelation(), schema.VerbDelete)
	s := around.child()
	s.items = append(s.items, t.item)
	a.from(n.GetUsingClause(), s)
	a.where(n.GetWhereClause(), t, s)
	return a.targets(n.GetReturningList(), s.returning(t.item, around))
}

// where is the condition of an UPDATE or DELETE.
func (a *analysis) where(n *pg.Node, t target, s *scope) {
	a.predicate(n, s)
	if !a.canBeFalse(n, t.item, 0) {
		a.unbound = true
	}
}

// returning gives the scope of a RETURNING list: that of the statement, where old and new stand for the row as well.
func (s *scope) returning(target *item, around *scope) *scope {
	r := &scope{parent: s.parent, ctes: s.ctes, items: s.items}
	rows := &scope{parent: r.parent, ctes: s.ctes}
	for _, name := range []string{"old", "new"} {
		row := *target
		row.alias, row.schema, row.columnsHidden = name, "", true
		rows.items = append(rows.items, &row)
	}
	r.parent = rows
	return r
}

func (a *analysis) mergeStmt(n *pg.MergeStmt, around *scope) result {
	around = a.with(n.GetWithClause(), around)
	t := a.target(n.GetRelation(), "")
	s := around.child()
	s.items = append(s.items, t.item)
	source := around.child()
	a.fromItem(n.GetSourceRelation(), source)
	s.items = append(s.items, source.items...)
	a.predicate(n.GetJoinCondition(), s)
	bound := a.canBeFalse(n.GetJoinCondition(), t.item, 0)
	for _, w := range n.GetMergeWhenClauses() {
		c := w.GetMergeWhenClause()
		if !a.hold(1 + len(t.item.fields)) {
			return result{open: true}
		}
		a.predicate(c.GetCondition(), s)
		matched := c.GetMatchKind() == pg.MergeMatchKind_MERGE_WHEN_MATCHED
		a.mergeAction(c, t, s, matched && bound || a.canBeFalse(c.GetCondition(), t.item, 0))
	}
	return a.targets(n.GetReturningList(), s.returning(t.item, around))
}

func (a *analysis) mergeAction(c *pg.MergeWhenClause, t target, s *scope, bound bool) {
	switch c.GetCommandType() {
	case pg.CmdType_CMD_INSERT:
		t.write = a.access(schema.VerbInsert, t.item.name, false)
		values := a.each(c.GetValues(), s)
		for i, name := range targetNames(c.GetTargetList(), t.item) {
			if i < len(values) {
				a.set(t, name, values[i])
			}
		}
	case pg.CmdType_CMD_UPDATE:
		t.write = a.access(schema.VerbUpdate, t.item.name, false)
		a.assignments(c.GetTargetList(), t, s)
		a.unbound = a.unbound || !bound
	case pg.CmdType_CMD_DELETE:
		t.write = a.access(schema.VerbDelete, t.item.name, false)
		a.unbound = a.unbound || !bound
	case pg.CmdType_CMD_NOTHING:
	default:
		a.stop("a MERGE action of an unknown kind")
	}
}
