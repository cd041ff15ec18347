package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// from adds the items of a FROM clause to a scope, in order: an item sees those before it only when it is LATERAL.
func (a *analysis) from(list []*pg.Node, s *scope) {
	for _, n := range list {
		a.fromItem(n, s)
	}
}

// fromItem adds one item, and gives the items whose columns it shows without a name, for a join around it.
func (a *analysis) fromItem(n *pg.Node, s *scope) []*item {
	if !a.step() || !a.few(len(s.items)) {
		return nil
	}
	switch x := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		return s.add(a.rangeVar(x.RangeVar, s))
	case *pg.Node_RangeSubselect:
		return s.add(a.subselect(x.RangeSubselect, s))
	case *pg.Node_JoinExpr:
		return a.joinExpr(x.JoinExpr, s)
	case *pg.Node_RangeFunction:
		return s.add(a.rangeFunction(x.RangeFunction, s))
	case *pg.Node_RangeTableSample:
		return a.tableSample(x.RangeTableSample, s)
	case *pg.Node_RangeTableFunc:
		return s.add(a.xmlTable(x.RangeTableFunc, s))
	case *pg.Node_JsonTable:
		return s.add(a.jsonTable(x.JsonTable, s))
	}
	a.stop("a FROM item of an unknown kind")
	return nil
}

func (s *scope) add(it *item) []*item {
	s.items = append(s.items, it)
	return []*item{it}
}

func (a *analysis) rangeVar(rv *pg.RangeVar, s *scope) *item {
	if rv.GetSchemaname() == "" {
		if c := a.cte(s, rv.GetRelname()); c != nil {
			r := a.cteResult(c)
			it := &item{alias: rv.GetRelname(), fields: r.fields, open: r.open, access: -1}
			alias(it, rv.GetAlias())
			return it
		}
	}
	return a.relation(rv, schema.VerbSelect)
}

// subselect is a subquery in FROM. Without LATERAL it does not see its siblings.
func (a *analysis) subselect(r *pg.RangeSubselect, s *scope) *item {
	around := s
	if !r.GetLateral() {
		around = &scope{parent: s.parent, ctes: s.ctes}
	}
	out := a.selectStmt(r.GetSubquery().GetSelectStmt(), around)
	it := &item{fields: out.fields, open: out.open, access: -1}
	alias(it, r.GetAlias())
	return it
}

// rangeFunction is a function call, or several, in FROM; it is LATERAL always.
func (a *analysis) rangeFunction(r *pg.RangeFunction, s *scope) *item {
	it := &item{access: -1}
	for _, f := range r.GetFunctions() {
		parts := f.GetList().GetItems()
		if len(parts) == 0 {
			a.stop("a function in FROM of an unknown kind")
			return it
		}
		fields, open := a.functionFields(parts[0], s)
		if len(parts) > 1 && parts[1].GetList() != nil {
			fields, open = a.columnDefinitions(parts[1].GetList().GetItems(), fields), false
		}
		it.fields = append(it.fields, fields...)
		it.open = it.open || open
	}
	if len(r.GetColdeflist()) > 0 {
		it.fields, it.open = a.columnDefinitions(r.GetColdeflist(), it.fields), false
	}
	if al := r.GetAlias(); al != nil && len(it.fields) == 1 && !it.open && len(r.GetFunctions()) == 1 &&
		it.fields[0].name == outputName(r.GetFunctions()[0].GetList().GetItems()[0]) {
		it.fields[0].name = al.GetAliasname() // a scalar function's column takes the alias, unless it has a name
	} else if al == nil && len(r.GetFunctions()) > 0 {
		it.alias = outputName(r.GetFunctions()[0].GetList().GetItems()[0])
	}
	a.shows(it.fields)
	if r.GetOrdinality() {
		it.fields = append(it.fields, field{name: "ordinality", v: value{origin: schema.OriginConstant}, access: -1})
	}
	alias(it, r.GetAlias())
	return it
}

// functionFields are the columns of one function in FROM: all made of its arguments.
func (a *analysis) functionFields(call *pg.Node, s *scope) ([]field, bool) {
	if f := call.GetFuncCall(); f != nil {
		if fields, ok := a.functionRows(f, s); ok {
			return fields, false
		}
	}
	v := a.expr(call, s)
	v.table, v.attribute, v.base = 0, 0, ""
	if v.origin == schema.OriginBare {
		v.origin = schema.OriginDerived
	}
	v.literal, v.param = false, false
	f := call.GetFuncCall()
	if f == nil {
		return []field{{name: outputName(call), v: v, access: -1}}, v.row != nil
	}
	schemaName, name := qualified(f.GetFuncname())
	if _, user := a.userFunction(schemaName, name, len(f.GetArgs())); user {
		return []field{{name: name, v: v, access: -1}}, true
	}
	names, known := tableFunctions[name]
	if !known {
		return []field{{name: name, v: v, access: -1}}, !scalarFunction(name)
	}
	if name == "unnest" && len(f.GetArgs()) > 1 {
		names = slices.Repeat([]string{"unnest"}, len(f.GetArgs()))
	}
	var fields []field
	for _, n := range names {
		fields = append(fields, field{name: n, v: v, access: -1})
	}
	return fields, len(names) == 0
}

// columnDefinitions are the columns that a list of names and types after a function gives.
func (a *analysis) columnDefinitions(list []*pg.Node, from []field) []field {
	if !a.hold(len(list)) {
		return nil
	}
	v := joinFields(from)
	var fields []field
	for _, n := range list {
		fields = append(fields, field{name: n.GetColumnDef().GetColname(), v: v, access: -1})
	}
	return fields
}

func (a *analysis) tableSample(t *pg.RangeTableSample, s *scope) []*item {
	items := a.fromItem(t.GetRelation(), s)
	for _, arg := range append(slices.Clone(t.GetArgs()), t.GetRepeatable()) {
		a.predicate(arg, s)
	}
	if _, name := qualified(t.GetMethod()); name != "system" && name != "bernoulli" {
		a.call(words(t.GetMethod()))
	}
	return items
}

// xmlTable gives each of XMLTABLE's columns all that enters any of them.
func (a *analysis) xmlTable(x *pg.RangeTableFunc, s *scope) *item {
	v := a.unsafe(a.expr(x.GetDocexpr(), s), a.expr(x.GetRowexpr(), s), a.list(x.GetNamespaces(), s))
	it := &item{access: -1}
	for _, n := range x.GetColumns() {
		c := n.GetRangeTableFuncCol()
		w := a.unsafe(v, a.expr(c.GetColexpr(), s), a.expr(c.GetColdefexpr(), s))
		it.fields = append(it.fields, field{name: c.GetColname(), v: w, access: -1})
	}
	alias(it, x.GetAlias())
	return it
}

// jsonTable does the same for JSON_TABLE.
func (a *analysis) jsonTable(x *pg.JsonTable, s *scope) *item {
	v := a.unsafe(a.expr(x.GetContextItem().GetRawExpr(), s), a.list(x.GetPassing(), s), a.behavior(x.GetOnError(), s))
	it := &item{access: -1}
	a.jsonColumns(x.GetColumns(), v, it, s)
	alias(it, x.GetAlias())
	return it
}

func (a *analysis) jsonColumns(list []*pg.Node, v value, it *item, s *scope) {
	for _, n := range list {
		c := n.GetJsonTableColumn()
		if !a.step() {
			return
		}
		w := a.unsafe(v, a.behavior(c.GetOnEmpty(), s), a.behavior(c.GetOnError(), s))
		if len(c.GetColumns()) > 0 {
			a.jsonColumns(c.GetColumns(), w, it, s)
			continue
		}
		it.fields = append(it.fields, field{name: c.GetName(), v: w, access: -1})
	}
}

// joinExpr adds both sides, the columns that USING or NATURAL merge, and the condition. It gives the items whose
// columns show.
func (a *analysis) joinExpr(j *pg.JoinExpr, s *scope) []*item {
	first := len(s.items)
	left := a.fromItem(j.GetLarg(), s)
	right := a.fromItem(j.GetRarg(), s)
	using := words(j.GetUsingClause())
	if j.GetIsNatural() {
		using = a.common(left, right)
	}
	shown := append(slices.Clone(left), right...)
	if len(using) > 0 || j.GetIsNatural() {
		shown = a.merge(j, using, left, right, s)
	}
	if q := j.GetQuals(); q != nil {
		// A condition sees the two sides and what is around, not the siblings.
		a.predicate(q, &scope{parent: s.parent, ctes: s.ctes, items: s.items[first:]})
	}
	if al := j.GetAlias(); al != nil {
		return a.joinAlias(al, shown, s.items[first:], s)
	}
	return shown
}

// common are the names that both sides of a NATURAL join have.
func (a *analysis) common(left, right []*item) []string {
	var names []string
	for _, l := range left {
		for _, f := range l.fields {
			for _, r := range right {
				if a.look(len(r.fields)+len(names)) && slices.ContainsFunc(r.fields, func(g field) bool { return g.name == f.name }) && !slices.Contains(names, f.name) {
					names = append(names, f.name)
				}
			}
		}
	}
	return names
}

// merge makes the item that shows a join's columns: the merged ones first, then the rest of both sides.
func (a *analysis) merge(j *pg.JoinExpr, using []string, left, right []*item, s *scope) []*item {
	m := &item{access: -1, rowHidden: true}
	for _, name := range using {
		l, r := a.side(left, name), a.side(right, name)
		a.use(schema.PlacePredicate, union(l.v.columns, r.v.columns), "")
		if exists, _ := a.catalog.Operator("="); exists {
			a.fault(union(l.v.columns, r.v.columns))
		}
		f := l
		switch j.GetJointype() {
		case pg.JoinType_JOIN_RIGHT:
			f = r
		case pg.JoinType_JOIN_FULL:
			f = field{v: derived(join(l.v, r.v)), access: -1}
		}
		f.rename(name)
		m.fields = append(m.fields, f)
	}
	for _, it := range append(slices.Clone(left), right...) {
		m.open = m.open || it.open
		if !a.hold(len(it.fields)) || !a.look(len(it.fields)*len(using)) {
			return nil
		}
		for _, f := range it.fields {
			if !slices.Contains(using, f.name) {
				m.fields = append(m.fields, f)
			}
		}
		it.columnsHidden = true
	}
	if al := j.GetJoinUsingAlias(); al != nil {
		s.items = append(s.items, &item{alias: al.GetAliasname(), fields: slices.Clone(m.fields[:len(using)]), access: -1, columnsHidden: true})
	}
	return s.add(m)
}

// side finds the column to merge on one side of a join.
func (a *analysis) side(items []*item, name string) field {
	for _, it := range items {
		if !a.look(1 + len(it.fields)) {
			break
		}
		for i := range it.fields {
			if it.fields[i].name == name {
				a.read(&it.fields[i])
				return it.fields[i]
			}
		}
	}
	return field{v: a.everything(), access: -1}
}

// joinAlias is a join with a name of its own, which hides all that is in it.
func (a *analysis) joinAlias(al *pg.Alias, shown, inner []*item, s *scope) []*item {
	it := &item{access: -1}
	for _, i := range shown {
		if !a.hold(len(i.fields)) {
			return nil
		}
		it.fields = append(it.fields, i.fields...)
		it.open = it.open || i.open
	}
	for _, i := range inner {
		i.rowHidden, i.columnsHidden = true, true
	}
	alias(it, al)
	return s.add(it)
}
