package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
)

// canBeFalse reports whether a WHERE can be false for some row of the item that is written to. A constant, a
// comparison of a thing with itself, and a question that the row takes no part in cannot.
func (a *analysis) canBeFalse(n *pg.Node, target *item, depth int) bool {
	if n == nil || n.GetNode() == nil || depth > maxDepth {
		return false
	}
	switch x := n.GetNode().(type) {
	case *pg.Node_CurrentOfExpr:
		return true
	case *pg.Node_BoolExpr:
		return a.boolCanBeFalse(x.BoolExpr, target, depth)
	case *pg.Node_AExpr:
		return a.refersTo(n, target) && !tautology(x.AExpr)
	case *pg.Node_NullTest:
		return a.refersTo(n, target) && !neverNull(x.NullTest, target)
	case *pg.Node_SubLink:
		return a.subLinkCanBeFalse(x.SubLink, target)
	}
	return a.refersTo(n, target)
}

func (a *analysis) boolCanBeFalse(b *pg.BoolExpr, target *item, depth int) bool {
	can := func(arg *pg.Node) bool { return a.canBeFalse(arg, target, depth+1) }
	switch b.GetBoolop() {
	case pg.BoolExprType_AND_EXPR:
		return slices.ContainsFunc(b.GetArgs(), can)
	case pg.BoolExprType_OR_EXPR:
		return !slices.ContainsFunc(b.GetArgs(), func(arg *pg.Node) bool { return !can(arg) }) && !exhaustive(b.GetArgs())
	}
	return can(b.GetArgs()[0])
}

// tautology reports whether an operator compares a thing with itself.
func tautology(e *pg.A_Expr) bool { return proto.Equal(bare(e.GetLexpr()), bare(e.GetRexpr())) }

// bare is a copy without the places in the text, so that like things are equal.
func bare(n *pg.Node) *pg.Node {
	if n == nil {
		return nil
	}
	c := proto.Clone(n).(*pg.Node)
	eachNode(c, func(m *pg.Node) {
		switch x := m.GetNode().(type) {
		case *pg.Node_ColumnRef:
			x.ColumnRef.Location = 0
		case *pg.Node_AConst:
			x.AConst.Location = 0
		case *pg.Node_AExpr:
			x.AExpr.Location = 0
		case *pg.Node_FuncCall:
			x.FuncCall.Location = 0
		case *pg.Node_TypeCast:
			x.TypeCast.Location = 0
			if x.TypeCast.TypeName != nil {
				x.TypeCast.TypeName.Location = 0
			}
		case *pg.Node_NullTest:
			x.NullTest.Location = 0
		case *pg.Node_BoolExpr:
			x.BoolExpr.Location = 0
		case *pg.Node_ParamRef:
			x.ParamRef.Location = 0
		}
	})
	return c
}

// neverNull reports whether IS NOT NULL asks a column that never is.
func neverNull(t *pg.NullTest, target *item) bool {
	if t.GetNulltesttype() != pg.NullTestType_IS_NOT_NULL {
		return false
	}
	name := lastField(t.GetArg().GetColumnRef().GetFields())
	if _, system := systemColumns[name]; system || target.relation == nil {
		return system
	}
	return slices.ContainsFunc(target.relation.Columns, func(c schema.Column) bool { return c.Name == name && c.NotNull })
}

// subLinkCanBeFalse: x IN (SELECT x FROM same) without a condition is true for each row.
func (a *analysis) subLinkCanBeFalse(l *pg.SubLink, target *item) bool {
	if !a.refersTo(&pg.Node{Node: &pg.Node_SubLink{SubLink: l}}, target) {
		return false
	}
	sel := l.GetSubselect().GetSelectStmt()
	if l.GetTestexpr() == nil || len(sel.GetFromClause()) != 1 || target.relation == nil {
		return true
	}
	rv := sel.GetFromClause()[0].GetRangeVar()
	same := rv != nil && rv.GetRelname() == target.relation.Name
	return !same || sel.GetWhereClause() != nil || sel.GetLimitCount() != nil || sel.GetHavingClause() != nil
}

// refersTo reports whether a condition names a column that may be the item's.
func (a *analysis) refersTo(n *pg.Node, target *item) bool {
	found := false
	eachNode(n, func(m *pg.Node) {
		c := m.GetColumnRef()
		if c == nil || found || !a.look(len(target.fields)) {
			return
		}
		fields := words(c.GetFields())
		name := fields[len(fields)-1]
		_, found = systemColumns[name]
		if len(fields) > 1 && fields[len(fields)-2] != target.alias {
			found = false
			return
		}
		found = found || target.open || slices.ContainsFunc(target.fields, func(f field) bool { return f.name == name }) ||
			name == target.alias
	})
	return found
}
