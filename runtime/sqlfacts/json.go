package sqlfacts

import (
	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// jsonExpr walks the SQL/JSON constructors and functions (manual chapter 9.16). All count as able to fail.
func (a *analysis) jsonExpr(n *pg.Node, s *scope) value {
	switch x := n.GetNode().(type) {
	case *pg.Node_JsonValueExpr:
		return a.expr(x.JsonValueExpr.GetRawExpr(), s)
	case *pg.Node_JsonKeyValue:
		return join(a.expr(x.JsonKeyValue.GetKey(), s), a.expr(x.JsonKeyValue.GetValue().GetRawExpr(), s))
	case *pg.Node_JsonArgument:
		return a.expr(x.JsonArgument.GetVal().GetRawExpr(), s)
	case *pg.Node_JsonObjectConstructor:
		return a.jsonOutput(x.JsonObjectConstructor.GetOutput(), a.list(x.JsonObjectConstructor.GetExprs(), s))
	case *pg.Node_JsonArrayConstructor:
		return a.jsonOutput(x.JsonArrayConstructor.GetOutput(), a.list(x.JsonArrayConstructor.GetExprs(), s))
	case *pg.Node_JsonArrayQueryConstructor:
		q := a.subLink(&pg.SubLink{SubLinkType: pg.SubLinkType_ARRAY_SUBLINK, Subselect: x.JsonArrayQueryConstructor.GetQuery()}, s)
		return a.jsonOutput(x.JsonArrayQueryConstructor.GetOutput(), q)
	case *pg.Node_JsonObjectAgg:
		a.gathers("json_object_agg")
		kv := x.JsonObjectAgg.GetArg()
		return a.jsonAggregate(x.JsonObjectAgg.GetConstructor(), s, a.expr(kv.GetKey(), s), a.expr(kv.GetValue().GetRawExpr(), s))
	case *pg.Node_JsonArrayAgg:
		a.gathers("json_agg")
		return a.jsonAggregate(x.JsonArrayAgg.GetConstructor(), s, a.expr(x.JsonArrayAgg.GetArg().GetRawExpr(), s))
	case *pg.Node_JsonIsPredicate:
		return a.unsafe(a.expr(x.JsonIsPredicate.GetExpr(), s))
	case *pg.Node_JsonParseExpr:
		return a.jsonOutput(x.JsonParseExpr.GetOutput(), a.expr(x.JsonParseExpr.GetExpr().GetRawExpr(), s))
	case *pg.Node_JsonScalarExpr:
		return a.jsonOutput(x.JsonScalarExpr.GetOutput(), a.expr(x.JsonScalarExpr.GetExpr(), s))
	case *pg.Node_JsonSerializeExpr:
		return a.jsonOutput(x.JsonSerializeExpr.GetOutput(), a.expr(x.JsonSerializeExpr.GetExpr().GetRawExpr(), s))
	case *pg.Node_JsonFuncExpr:
		return a.jsonFunc(x.JsonFuncExpr, s)
	}
	a.stop("an expression of an unknown kind")
	return value{columns: []string{schema.Everything}}
}

func (a *analysis) jsonOutput(o *pg.JsonOutput, v value) value {
	v = a.unsafe(v)
	if o.GetTypeName() != nil {
		v = a.cast(v, o.GetTypeName())
	}
	return v
}

func (a *analysis) jsonAggregate(c *pg.JsonAggConstructor, s *scope, vs ...value) value {
	a.predicate(c.GetAggFilter(), s)
	a.order(c.GetAggOrder(), result{}, s)
	if c.GetOver() != nil {
		a.window(c.GetOver(), s)
	}
	return a.jsonOutput(c.GetOutput(), join(vs...))
}

func (a *analysis) jsonFunc(f *pg.JsonFuncExpr, s *scope) value {
	v := join(a.expr(f.GetContextItem().GetRawExpr(), s), a.expr(f.GetPathspec(), s), a.list(f.GetPassing(), s),
		a.behavior(f.GetOnEmpty(), s), a.behavior(f.GetOnError(), s))
	return a.jsonOutput(f.GetOutput(), v)
}

func (a *analysis) behavior(b *pg.JsonBehavior, s *scope) value { return a.expr(b.GetExpr(), s) }
