package sqlfacts

import (
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// kindOf names a statement's kind: the parser's own name for it without "_stmt", but for the well known.
func kindOf(n *pg.Node) string {
	switch x := n.GetNode().(type) {
	case nil:
		return "opaque"
	case *pg.Node_SelectStmt:
		if x.SelectStmt.GetIntoClause() != nil {
			return "select_into"
		}
	case *pg.Node_CreateStmt:
		return "create_table"
	case *pg.Node_ViewStmt:
		return "create_view"
	case *pg.Node_IndexStmt:
		return "create_index"
	case *pg.Node_DropStmt:
		return "drop_" + objectWord(x.DropStmt.GetRemoveType())
	case *pg.Node_VariableSetStmt:
		if k := x.VariableSetStmt.GetKind(); k == pg.VariableSetKind_VAR_RESET || k == pg.VariableSetKind_VAR_RESET_ALL {
			return "reset"
		}
		return "set"
	case *pg.Node_VariableShowStmt:
		return "show"
	case *pg.Node_TransactionStmt:
		return strings.ToLower(strings.TrimPrefix(x.TransactionStmt.GetKind().String(), "TRANS_STMT_"))
	case *pg.Node_DeclareCursorStmt:
		return "declare"
	case *pg.Node_ClosePortalStmt:
		return "close"
	case *pg.Node_VacuumStmt:
		if !x.VacuumStmt.GetIsVacuumcmd() {
			return "analyze"
		}
	case *pg.Node_GrantStmt:
		if !x.GrantStmt.GetIsGrant() {
			return "revoke"
		}
	}
	m := n.ProtoReflect()
	f := m.WhichOneof(m.Descriptor().Oneofs().ByName("node"))
	return strings.TrimSuffix(string(f.Name()), "_stmt")
}

func objectWord(t pg.ObjectType) string {
	return strings.ToLower(strings.TrimPrefix(t.String(), "OBJECT_"))
}
