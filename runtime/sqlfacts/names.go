package sqlfacts

import (
	"cmp"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// words gives the strings of a name list.
func words(list []*pg.Node) []string {
	out := make([]string, 0, len(list))
	for _, n := range list {
		out = append(out, n.GetString_().GetSval())
	}
	return out
}

// qualified splits a name list into schema and name; a database name in front is left out.
func qualified(list []*pg.Node) (schemaName, name string) {
	n := len(list)
	if n == 0 {
		return "", ""
	}
	if n > 1 {
		schemaName = list[n-2].GetString_().GetSval()
	}
	return schemaName, list[n-1].GetString_().GetSval()
}

const unnamed = "?column?"

// outputName is the name that PostgreSQL gives an output column without AS (FigureColname).
func outputName(n *pg.Node) string {
	name, _ := figureName(n, 0)
	return cmp.Or(name, unnamed)
}

// figureName gives the name and how strong it is: a type name gives way to any other.
func figureName(n *pg.Node, depth int) (string, int) {
	if n == nil || depth > maxDepth {
		return "", 0
	}
	switch x := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return lastField(x.ColumnRef.GetFields()), 2
	case *pg.Node_AIndirection:
		if name := lastField(x.AIndirection.GetIndirection()); name != "" {
			return name, 2
		}
		return figureName(x.AIndirection.GetArg(), depth+1)
	case *pg.Node_FuncCall:
		_, name := qualified(x.FuncCall.GetFuncname())
		return name, 2
	case *pg.Node_AExpr:
		if x.AExpr.GetKind() == pg.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif", 2
		}
	case *pg.Node_TypeCast:
		name, strength := figureName(x.TypeCast.GetArg(), depth+1)
		if strength <= 1 {
			_, name = qualified(x.TypeCast.GetTypeName().GetNames())
			return name, 1
		}
		return name, strength
	case *pg.Node_CollateClause:
		return figureName(x.CollateClause.GetArg(), depth+1)
	case *pg.Node_CaseExpr:
		name, strength := figureName(x.CaseExpr.GetDefresult(), depth+1)
		if strength <= 1 {
			return "case", 1
		}
		return name, strength
	case *pg.Node_SubLink:
		return subLinkName(x.SubLink, depth)
	}
	return fixedName(n)
}

func lastField(fields []*pg.Node) string {
	for i := len(fields) - 1; i >= 0; i-- {
		if s := fields[i].GetString_(); s != nil {
			return s.GetSval()
		}
	}
	return ""
}

func subLinkName(s *pg.SubLink, depth int) (string, int) {
	switch s.GetSubLinkType() {
	case pg.SubLinkType_EXISTS_SUBLINK:
		return "exists", 2
	case pg.SubLinkType_ARRAY_SUBLINK:
		return "array", 2
	case pg.SubLinkType_EXPR_SUBLINK:
		targets := s.GetSubselect().GetSelectStmt().GetTargetList()
		if len(targets) == 0 {
			return "", 0
		}
		t := targets[0].GetResTarget()
		if t.GetName() != "" {
			return t.GetName(), 2
		}
		return figureName(t.GetVal(), depth+1)
	}
	return "", 0
}

func fixedName(n *pg.Node) (string, int) {
	switch x := n.GetNode().(type) {
	case *pg.Node_GroupingFunc:
		return "grouping", 2
	case *pg.Node_AArrayExpr:
		return "array", 2
	case *pg.Node_RowExpr:
		return "row", 2
	case *pg.Node_CoalesceExpr:
		return "coalesce", 2
	case *pg.Node_MergeSupportFunc:
		return "merge_action", 2
	case *pg.Node_MinMaxExpr:
		if x.MinMaxExpr.GetOp() == pg.MinMaxOp_IS_LEAST {
			return "least", 2
		}
		return "greatest", 2
	case *pg.Node_SqlvalueFunction:
		return sqlValueNames[x.SqlvalueFunction.GetOp()], 2
	case *pg.Node_XmlExpr:
		return xmlNames[x.XmlExpr.GetOp()], 2
	case *pg.Node_XmlSerialize:
		return "xmlserialize", 2
	case *pg.Node_JsonParseExpr:
		return "json", 2
	case *pg.Node_JsonScalarExpr:
		return "json_scalar", 2
	case *pg.Node_JsonSerializeExpr:
		return "json_serialize", 2
	case *pg.Node_JsonObjectConstructor:
		return "json_object", 2
	case *pg.Node_JsonArrayConstructor, *pg.Node_JsonArrayQueryConstructor:
		return "json_array", 2
	case *pg.Node_JsonObjectAgg:
		return "json_objectagg", 2
	case *pg.Node_JsonArrayAgg:
		return "json_arrayagg", 2
	case *pg.Node_JsonFuncExpr:
		return jsonNames[x.JsonFuncExpr.GetOp()], 2
	}
	return "", 0
}

var (
	sqlValueNames = map[pg.SQLValueFunctionOp]string{
		pg.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "current_date",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "current_time",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "current_time",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "current_timestamp",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
		pg.SQLValueFunctionOp_SVFOP_LOCALTIME:           "localtime",
		pg.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "localtime",
		pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "localtimestamp",
		pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "localtimestamp",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "current_role",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "current_user",
		pg.SQLValueFunctionOp_SVFOP_USER:                "user",
		pg.SQLValueFunctionOp_SVFOP_SESSION_USER:        "session_user",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "current_catalog",
		pg.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "current_schema",
	}
	xmlNames = map[pg.XmlExprOp]string{
		pg.XmlExprOp_IS_XMLCONCAT: "xmlconcat", pg.XmlExprOp_IS_XMLELEMENT: "xmlelement",
		pg.XmlExprOp_IS_XMLFOREST: "xmlforest", pg.XmlExprOp_IS_XMLPARSE: "xmlparse", pg.XmlExprOp_IS_XMLPI: "xmlpi",
		pg.XmlExprOp_IS_XMLROOT: "xmlroot", pg.XmlExprOp_IS_XMLSERIALIZE: "xmlserialize",
	}
	jsonNames = map[pg.JsonExprOp]string{
		pg.JsonExprOp_JSON_EXISTS_OP: "json_exists", pg.JsonExprOp_JSON_QUERY_OP: "json_query",
		pg.JsonExprOp_JSON_VALUE_OP: "json_value",
	}
)
