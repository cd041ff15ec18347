package sqlfacts

import (
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// Edit is one change to a statement, for the person who asks what would have to differ. Exactly one field is set.
type Edit struct {
	// Where is a column that the outermost WHERE compares with a parameter of its own, beside all that it asks already.
	Where string
	// NoWhere and NoLimit take the outermost WHERE and LIMIT away.
	NoWhere, NoLimit bool
	// Limit is the outermost LIMIT of a SELECT.
	Limit *int32
}

// maxEdited is the longest text that is written anew, in bytes.
const maxEdited = 16 << 10

// Edited gives the text of one statement with a change; empty when the text has no place for it, is too long or cannot be
// read. What it gives is still to be classified.
func Edited(text string, e Edit) string {
	if len(text) > maxEdited || tooMuch(text) != "" {
		return ""
	}
	tree, err := parse(text)
	if err != nil || len(tree.GetStmts()) != 1 || !e.apply(tree.GetStmts()[0].GetStmt()) {
		return ""
	}
	out, err := pg.Deparse(tree)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// apply changes the statement, and reports whether it had a place for the change.
func (e *Edit) apply(n *pg.Node) bool {
	switch x := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		s := x.SelectStmt
		if len(s.GetFromClause()) == 0 {
			return false
		}
		return e.where(n, &s.WhereClause) || e.limit(s)
	case *pg.Node_UpdateStmt:
		return e.where(n, &x.UpdateStmt.WhereClause)
	case *pg.Node_DeleteStmt:
		return e.where(n, &x.DeleteStmt.WhereClause)
	}
	return false
}

func (e *Edit) where(n *pg.Node, at **pg.Node) bool {
	switch {
	case e.NoWhere && *at != nil:
		*at = nil
		return true
	case e.Where == "":
		return false
	}
	column := pg.MakeColumnRefNode([]*pg.Node{pg.MakeStrNode(e.Where)}, 0)
	asked := pg.MakeAExprNode(pg.A_Expr_Kind_AEXPR_OP, []*pg.Node{pg.MakeStrNode("=")}, column, parameterNode(highest(n)+1), 0)
	if *at != nil {
		asked = pg.MakeBoolExprNode(pg.BoolExprType_AND_EXPR, []*pg.Node{*at, asked}, 0)
	}
	*at = asked
	return true
}

func parameterNode(number int32) *pg.Node {
	return &pg.Node{Node: &pg.Node_ParamRef{ParamRef: &pg.ParamRef{Number: number}}}
}

// highest gives the highest number of a parameter in a statement.
func highest(n *pg.Node) int32 {
	var most int32
	eachNode(n, func(m *pg.Node) {
		if p, ok := m.GetNode().(*pg.Node_ParamRef); ok {
			most = max(most, p.ParamRef.GetNumber())
		}
	})
	return most
}

func (e *Edit) limit(s *pg.SelectStmt) bool {
	switch {
	case e.NoLimit && s.GetLimitCount() != nil:
		s.LimitCount = nil
		s.LimitOption = pg.LimitOption_LIMIT_OPTION_DEFAULT
		return true
	case e.Limit != nil:
		s.LimitCount = pg.MakeAConstIntNode(int64(*e.Limit), 0)
		s.LimitOption = pg.LimitOption_LIMIT_OPTION_COUNT
		return true
	}
	return false
}
