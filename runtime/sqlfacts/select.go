package sqlfacts

import (
	"strconv"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// query walks any statement that may stand where rows are wanted.
func (a *analysis) query(n *pg.Node, s *scope) result {
	switch x := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return a.selectStmt(x.SelectStmt, s)
	case *pg.Node_InsertStmt:
		return a.insert(x.InsertStmt, s)
	case *pg.Node_UpdateStmt:
		return a.update(x.UpdateStmt, s)
	case *pg.Node_DeleteStmt:
		return a.delete(x.DeleteStmt, s)
	case *pg.Node_MergeStmt:
		return a.mergeStmt(x.MergeStmt, s)
	}
	a.stop("a query of an unknown kind")
	return result{open: true}
}

// selectStmt walks SELECT, VALUES, TABLE and set operations.
func (a *analysis) selectStmt(sel *pg.SelectStmt, around *scope) result {
	if sel == nil || !a.step() {
		return result{open: true}
	}
	around = a.with(sel.GetWithClause(), around)
	s := around.child()
	var out result
	switch {
	case sel.GetOp() > pg.SetOperation_SETOP_NONE:
		out = a.setOperation(sel, around)
		s.items = append(s.items, &item{fields: out.fields, open: out.open, access: -1})
	case len(sel.GetValuesLists()) > 0:
		out = a.values(sel.GetValuesLists(), s)
		s.items = append(s.items, &item{fields: out.fields, access: -1})
	default:
		out = a.plainSelect(sel, s)
	}
	a.order(sel.GetSortClause(), out, s)
	for _, n := range []*pg.Node{sel.GetLimitCount(), sel.GetLimitOffset()} {
		a.predicate(n, s)
	}
	a.locking(sel.GetLockingClause(), s)
	if into := sel.GetIntoClause(); into != nil {
		a.stop("SELECT INTO inside another statement")
	}
	return out
}

func (a *analysis) plainSelect(sel *pg.SelectStmt, s *scope) result {
	a.from(sel.GetFromClause(), s)
	a.predicate(sel.GetWhereClause(), s)
	a.pinSetting(sel, s)
	out := a.targets(sel.GetTargetList(), s)
	a.group(sel.GetGroupClause(), out, s)
	a.predicate(sel.GetHavingClause(), s)
	for _, w := range sel.GetWindowClause() {
		a.window(w.GetWindowDef(), s)
	}
	a.distinct(sel.GetDistinctClause(), out, s)
	return out
}

// targets walks a target or RETURNING list, stars expanded.
func (a *analysis) targets(list []*pg.Node, s *scope) result {
	var out result
	for _, n := range list {
		t := n.GetResTarget()
		if t == nil || !a.step() {
			a.stop("a target of an unknown kind")
			return result{open: true}
		}
		if !a.narrow(len(out.fields)) || !a.hold(1) {
			return result{open: true}
		}
		if a.star(t.GetVal(), s, &out) {
			continue
		}
		name := t.GetName()
		if name == "" {
			name = outputName(t.GetVal())
		}
		v := a.expr(t.GetVal(), s)
		v.untyped = false // it leaves as text
		out.fields = append(out.fields, field{name: name, v: v, access: -1})
	}
	a.narrow(len(out.fields))
	return out
}

// star expands * and x.* and (expression).*; it reports whether n was one of them.
func (a *analysis) star(n *pg.Node, s *scope, out *result) bool {
	switch x := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		fields := x.ColumnRef.GetFields()
		if fields[len(fields)-1].GetAStar() == nil {
			return false
		}
		if len(fields) == 1 {
			a.allColumns(s, out)
			return true
		}
		names := words(fields[:len(fields)-1])
		if it := a.itemOf(s, names); it != nil {
			a.itemColumns(it, out)
			return true
		}
		a.expand(a.reference(names, s), out)
		return true
	case *pg.Node_AIndirection:
		list := x.AIndirection.GetIndirection()
		if list[len(list)-1].GetAStar() == nil {
			return false
		}
		a.expand(a.indirection(x.AIndirection.GetArg(), list[:len(list)-1], s), out)
		return true
	}
	return false
}

// itemOf finds the item that schema.name or name stands for.
func (a *analysis) itemOf(s *scope, names []string) *item {
	switch len(names) {
	case 1:
		return a.named(s, "", names[0])
	case 2:
		return a.named(s, names[0], names[1])
	case 3:
		return a.named(s, names[1], names[2])
	}
	return nil
}

func (a *analysis) allColumns(s *scope, out *result) {
	for _, it := range s.items {
		if !it.columnsHidden {
			a.itemColumns(it, out)
		}
	}
}

func (a *analysis) itemColumns(it *item, out *result) {
	if !a.hold(len(it.fields)) {
		return
	}
	for i := range it.fields {
		f := it.fields[i]
		out.fields = append(out.fields, field{name: f.name, v: a.read(&f), access: -1})
	}
	out.open = out.open || it.open
}

// expand gives the fields of a composite value.
func (a *analysis) expand(v value, out *result) {
	if v.row == nil {
		a.use(schema.PlaceEffect, v.columns, "")
		out.open = true
		return
	}
	before := len(out.fields)
	a.itemColumns(v.row, out)
	for i := before; i < len(out.fields); i++ {
		out.fields[i].v = derived(out.fields[i].v)
	}
}

// setOperation unites the arms column by column. All but UNION ALL compare rows.
func (a *analysis) setOperation(sel *pg.SelectStmt, around *scope) result {
	left := a.selectStmt(sel.GetLarg(), around)
	right := a.selectStmt(sel.GetRarg(), around)
	out := result{open: left.open || right.open || len(left.fields) != len(right.fields)}
	if !a.hold(len(left.fields)) {
		return result{open: true}
	}
	for i := range left.fields {
		f := field{name: left.fields[i].name, v: left.fields[i].v, access: -1}
		if i < len(right.fields) {
			f.v = derived(join(left.fields[i].v, right.fields[i].v))
		}
		out.fields = append(out.fields, f)
		if !sel.GetAll() || sel.GetOp() != pg.SetOperation_SETOP_UNION {
			a.use(schema.PlacePredicate, f.v.columns, "")
		}
	}
	a.shows(out.fields)
	return out
}

func (a *analysis) values(lists []*pg.Node, s *scope) result {
	var out result
	for row, n := range lists {
		for i, e := range n.GetList().GetItems() {
			if !a.step() || !a.narrow(i+1) {
				return result{open: true}
			}
			v := derived(a.expr(e, s))
			switch {
			case i < len(out.fields):
				out.fields[i].v = join(out.fields[i].v, v)
			case row == 0:
				out.fields = append(out.fields, field{name: "column" + strconv.Itoa(i+1), v: v, access: -1})
			default:
				out.open = true
			}
		}
	}
	a.shows(out.fields)
	return out
}

// order walks ORDER BY: a number or a bare name may mean an output column.
func (a *analysis) order(list []*pg.Node, out result, s *scope) {
	for _, n := range list {
		by := n.GetSortBy()
		a.orderBy(by.GetNode(), out, s)
		if len(by.GetUseOp()) > 0 {
			a.operator(by.GetUseOp())
		}
	}
}

func (a *analysis) orderBy(n *pg.Node, out result, s *scope) {
	if n == nil {
		a.stop("ORDER BY of an unknown kind")
		return
	}
	if c := n.GetAConst(); c != nil {
		i := int(c.GetIval().GetIval())
		if i > 0 && i <= len(out.fields) {
			a.use(schema.PlacePredicate, out.fields[i-1].v.columns, "")
		}
		if out.open {
			a.use(schema.PlacePredicate, []string{schema.Everything}, "")
		}
		return
	}
	found := false
	if fields := n.GetColumnRef().GetFields(); len(fields) == 1 {
		found = a.outputNamed(fields[0].GetString_().GetSval(), out)
	}
	if found {
		// The name may also be a column of FROM, which is what GROUP BY would prefer.
		if _, ok := a.columnQuiet(s, n.GetColumnRef().GetFields()[0].GetString_().GetSval()); !ok {
			return
		}
	}
	a.predicate(n, s)
}

func (a *analysis) columnQuiet(s *scope, name string) (value, bool) {
	for x := s; x != nil; x = x.parent {
		for _, it := range x.items {
			if !a.look(1 + len(it.fields)) {
				return value{}, false
			}
			for i := range it.fields {
				if it.fields[i].name == name {
					return it.fields[i].v, true
				}
			}
		}
	}
	return value{}, false
}

func (a *analysis) outputNamed(name string, out result) bool {
	found := false
	if !a.look(len(out.fields)) {
		return false
	}
	for _, f := range out.fields {
		if f.name == name {
			found = true
			a.use(schema.PlacePredicate, f.v.columns, "")
		}
	}
	return found
}

// group walks GROUP BY with its sets.
func (a *analysis) group(list []*pg.Node, out result, s *scope) {
	for _, n := range list {
		if !a.step() {
			return
		}
		if g := n.GetGroupingSet(); g != nil {
			a.group(g.GetContent(), out, s)
			continue
		}
		if r := n.GetRowExpr(); r != nil { // (1, 2) is two positions, however deep
			a.group(r.GetArgs(), out, s)
			continue
		}
		a.orderBy(n, out, s)
	}
}

// distinct walks DISTINCT, a list of one empty node, and DISTINCT ON.
func (a *analysis) distinct(list []*pg.Node, out result, s *scope) {
	if len(list) == 0 {
		return
	}
	if len(list) == 1 && list[0].GetNode() == nil {
		for _, f := range out.fields {
			a.use(schema.PlacePredicate, f.v.columns, "")
		}
		return
	}
	for _, n := range list {
		a.orderBy(n, out, s)
	}
}

func (a *analysis) window(w *pg.WindowDef, s *scope) {
	for _, n := range w.GetPartitionClause() {
		a.predicate(n, s)
	}
	a.order(w.GetOrderClause(), result{}, s)
	a.predicate(w.GetStartOffset(), s)
	a.predicate(w.GetEndOffset(), s)
}

// locking is FOR UPDATE and its kin, for which PostgreSQL itself asks the right to update.
func (a *analysis) locking(list []*pg.Node, s *scope) {
	for _, n := range list {
		rels := n.GetLockingClause().GetLockedRels()
		if !a.look(useCost * len(s.items) * (1 + len(rels))) {
			return
		}
		for _, it := range s.items {
			if it.relation == nil || len(rels) > 0 && !named(rels, it.alias) {
				continue
			}
			a.access(schema.VerbUpdate, it.name, false)
		}
	}
}

func named(rels []*pg.Node, alias string) bool {
	for _, r := range rels {
		if r.GetRangeVar().GetRelname() == alias {
			return true
		}
	}
	return false
}
