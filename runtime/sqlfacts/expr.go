package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

var constant = value{origin: schema.OriginConstant}

// expr walks an expression. A node that it does not know makes the statement opaque.
func (a *analysis) expr(n *pg.Node, s *scope) value {
	v := a.anyExpr(n, s)
	a.look(len(v.columns))
	return v
}

func (a *analysis) anyExpr(n *pg.Node, s *scope) value {
	if n == nil || n.GetNode() == nil {
		return constant
	}
	if !a.step() {
		return value{columns: []string{schema.Everything}}
	}
	switch x := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return a.columnRef(x.ColumnRef, s)
	case *pg.Node_AConst:
		return literal(x.AConst)
	case *pg.Node_ParamRef:
		if v, ok := a.argument(int(x.ParamRef.GetNumber())); ok {
			return v
		}
		v := constant
		v.param = true
		return v
	case *pg.Node_AExpr:
		return a.operation(x.AExpr, s)
	case *pg.Node_BoolExpr:
		return a.conditional(1, a.each(x.BoolExpr.GetArgs(), s)...)
	case *pg.Node_FuncCall:
		return a.funcCall(x.FuncCall, s)
	case *pg.Node_TypeCast:
		return a.cast(a.expr(x.TypeCast.GetArg(), s), x.TypeCast.GetTypeName())
	case *pg.Node_SubLink:
		return a.subLink(x.SubLink, s)
	case *pg.Node_CaseExpr:
		return a.caseExpr(x.CaseExpr, s)
	case *pg.Node_CoalesceExpr:
		return a.conditional(1, a.each(x.CoalesceExpr.GetArgs(), s)...)
	case *pg.Node_AIndirection:
		return a.indirection(x.AIndirection.GetArg(), x.AIndirection.GetIndirection(), s)
	}
	return a.plainExpr(n, s)
}

func literal(c *pg.A_Const) value {
	v := constant
	v.literal, v.text = true, c.GetSval().GetSval()
	_, text := c.GetVal().(*pg.A_Const_Sval)
	v.untyped = text || c.GetIsnull()
	if i, ok := c.GetVal().(*pg.A_Const_Ival); ok {
		v.integer, v.number = true, int64(i.Ival.GetIval())
	}
	return v
}

// plainExpr walks the nodes that are pure and total over their parts.
func (a *analysis) plainExpr(n *pg.Node, s *scope) value {
	switch x := n.GetNode().(type) {
	case *pg.Node_NullTest:
		return join(a.expr(x.NullTest.GetArg(), s))
	case *pg.Node_BooleanTest:
		return join(a.expr(x.BooleanTest.GetArg(), s))
	case *pg.Node_RowExpr:
		return parts(a.list(x.RowExpr.GetArgs(), s))
	case *pg.Node_AArrayExpr:
		v := a.list(x.AArrayExpr.GetElements(), s)
		if v.composite { // arrays of arrays must agree in size
			v = a.unsafe(v)
		}
		return parts(v)
	case *pg.Node_List:
		return a.list(x.List.GetItems(), s)
	case *pg.Node_MinMaxExpr:
		return a.comparison("<", a.list(x.MinMaxExpr.GetArgs(), s))
	case *pg.Node_CollateClause:
		v := join(a.expr(x.CollateClause.GetArg(), s))
		v.collated = !slices.Contains(plainCollations, lastString(x.CollateClause.GetCollname()))
		return v
	case *pg.Node_GroupingFunc:
		a.list(x.GroupingFunc.GetArgs(), s)
		return constant
	case *pg.Node_NamedArgExpr:
		v := a.expr(x.NamedArgExpr.GetArg(), s)
		v.named = true
		return v
	case *pg.Node_MultiAssignRef:
		return a.expr(x.MultiAssignRef.GetSource(), s)
	case *pg.Node_SqlvalueFunction, *pg.Node_SetToDefault, *pg.Node_MergeSupportFunc:
		return constant
	case *pg.Node_CurrentOfExpr:
		return a.currentOf(x.CurrentOfExpr)
	case *pg.Node_XmlExpr:
		return a.unsafe(a.list(x.XmlExpr.GetNamedArgs(), s), a.list(x.XmlExpr.GetArgs(), s))
	case *pg.Node_XmlSerialize:
		return a.unsafe(a.expr(x.XmlSerialize.GetExpr(), s))
	case *pg.Node_ResTarget: // the named parts of XMLFOREST and XMLELEMENT
		return a.expr(x.ResTarget.GetVal(), s)
	}
	return a.jsonExpr(n, s)
}

// plainCollations are those under which every comparison and match works.
var plainCollations = []string{"C", "POSIX", "default", "ucs_basic"}

func lastString(list []*pg.Node) string { _, name := qualified(list); return name }

func parts(v value) value { v.composite = true; return v }

func (a *analysis) each(list []*pg.Node, s *scope) []value {
	vs := make([]value, 0, len(list))
	for _, n := range list {
		vs = append(vs, a.expr(n, s))
	}
	return vs
}

func (a *analysis) list(list []*pg.Node, s *scope) value { return join(a.each(list, s)...) }

// columnRef is a column, a whole row, or a function of a row in attribute notation.
func (a *analysis) columnRef(c *pg.ColumnRef, s *scope) value {
	fields := c.GetFields()
	if len(fields) == 0 || fields[len(fields)-1].GetAStar() != nil {
		names := words(fields[:max(len(fields)-1, 0)])
		if it := a.itemOf(s, names); it != nil {
			return a.row(it)
		}
		var out result
		a.allColumns(s, &out) // count(*) is no column reference; a star elsewhere means all
		return joinFields(out.fields)
	}
	return a.reference(words(fields), s)
}

func (a *analysis) reference(names []string, s *scope) value {
	if len(names) == 1 {
		if v, ok := a.column(s, names[0]); ok {
			return v
		}
		if v, ok := a.argumentNamed(names); ok {
			return v
		}
		if it := a.named(s, "", names[0]); it != nil {
			return a.row(it)
		}
		return a.everything()
	}
	if v, ok := a.argumentNamed(names); ok && a.named(s, "", names[0]) == nil {
		return v
	}
	last := names[len(names)-1]
	if it := a.itemOf(s, names[:len(names)-1]); it != nil {
		if v, ok := a.field(it, last); ok && !it.open {
			return v
		}
		return a.attributeCall(last, a.row(it))
	}
	// schema.table of a whole row.
	if it := a.itemOf(s, names); it != nil {
		return a.row(it)
	}
	return a.everything()
}

// attributeCall is x.f where f is no column of x: the function f of the row.
func (a *analysis) attributeCall(name string, row value) value {
	return a.apply("", name, []value{row}, false)
}

// indirection is a subscript or a field of a value.
func (a *analysis) indirection(arg *pg.Node, list []*pg.Node, s *scope) value {
	v := a.expr(arg, s)
	for _, n := range list {
		switch x := n.GetNode().(type) {
		case *pg.Node_AIndices:
			v = join(v, a.expr(x.AIndices.GetLidx(), s), a.expr(x.AIndices.GetUidx(), s))
		case *pg.Node_String_:
			v = a.attribute(v, x.String_.GetSval())
		case *pg.Node_AStar:
			v = derived(v)
		default:
			a.stop("an indirection of an unknown kind")
		}
	}
	if len(list) > 0 && v.origin == schema.OriginBare {
		v = derived(v)
	}
	return v
}

func (a *analysis) attribute(v value, name string) value {
	if v.row == nil {
		return join(v)
	}
	for i := range v.row.fields {
		if f := &v.row.fields[i]; f.name == name {
			w := derived(a.read(f))
			w.fails, w.works = v.fails, v.works
			return w
		}
	}
	return a.attributeCall(name, v)
}

func (a *analysis) caseExpr(c *pg.CaseExpr, s *scope) value {
	vs := []value{a.expr(c.GetArg(), s)}
	for _, n := range c.GetArgs() {
		w := n.GetCaseWhen()
		vs = append(vs, a.expr(w.GetExpr(), s), a.expr(w.GetResult(), s))
	}
	if c.GetArg() != nil {
		a.comparison("=", vs[0])
	}
	vs = append(vs, a.expr(c.GetDefresult(), s))
	return a.conditional(2, vs...) // the argument and the first condition
}

// subLink is a subquery in an expression.
func (a *analysis) subLink(l *pg.SubLink, s *scope) value {
	faults := a.faults
	out := a.selectStmt(l.GetSubselect().GetSelectStmt(), s)
	v := joinFields(out.fields)
	if out.open {
		v = a.everything(v)
	}
	fails := a.faults > faults
	switch l.GetSubLinkType() {
	case pg.SubLinkType_EXISTS_SUBLINK:
		if !out.open {
			v = constant
		}
	case pg.SubLinkType_ARRAY_SUBLINK:
		a.gathers("array_agg")
		v = derived(v)
	case pg.SubLinkType_EXPR_SUBLINK, pg.SubLinkType_MULTIEXPR_SUBLINK:
		v = derived(v)
	case pg.SubLinkType_ANY_SUBLINK, pg.SubLinkType_ALL_SUBLINK:
		test := a.expr(l.GetTestexpr(), s)
		v = a.operate(subLinkOperator(l), []value{test, v})
		v.fails = v.fails || fails
		v = a.conditional(1, v)
	default:
		a.stop("a subquery of an unknown kind")
	}
	v.fails, v.works = v.fails || fails, true
	v.literal, v.param, v.row = false, false, nil
	return v
}

// gathers lists the aggregate that syntax of its own stands for: conditions ask by its name what puts rows into one.
func (a *analysis) gathers(aggregate string) {
	if a.views == 0 {
		a.functions = append(a.functions, schema.Qualify(catalogSchema, aggregate))
	}
}

func subLinkOperator(l *pg.SubLink) []string {
	if len(l.GetOperName()) == 0 {
		return []string{"="}
	}
	return words(l.GetOperName())
}

// predicate walks a condition that decides which rows come, or in what order or groups.
func (a *analysis) predicate(n *pg.Node, s *scope) {
	if n == nil || n.GetNode() == nil {
		return
	}
	if b := n.GetBoolExpr(); b != nil && b.GetBoolop() == pg.BoolExprType_AND_EXPR {
		for _, arg := range b.GetArgs() {
			a.predicate(arg, s)
		}
		return
	}
	a.predicates++
	defer func() { a.predicates-- }()
	place := schema.PlacePredicate
	var v value
	if e := n.GetAExpr(); e != nil && e.GetKind() == pg.A_Expr_Kind_AEXPR_OP && e.GetLexpr() != nil {
		l, r := a.expr(e.GetLexpr(), s), a.expr(e.GetRexpr(), s)
		v = a.operate(words(e.GetName()), []value{l, r})
		if equality(e) && (l.origin == schema.OriginBare && fixed(r) || r.origin == schema.OriginBare && fixed(l)) {
			place = schema.PlaceEquality
		}
	} else {
		v = a.expr(n, s)
	}
	a.use(place, v.columns, "")
}

func equality(e *pg.A_Expr) bool {
	schemaName, name := qualified(e.GetName())
	return name == "=" && (schemaName == "" || schemaName == catalogSchema)
}

// fixed reports whether a value is a constant or a parameter, casts of one included.
func fixed(v value) bool { return len(v.columns) == 0 && (v.literal || v.param) }
