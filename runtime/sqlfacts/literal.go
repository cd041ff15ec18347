package sqlfacts

import (
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// Texts that differ in literals alone mean the same where a literal stands that decides nothing: beside a column that it is
// compared with, or as what is written to a column. Shape cuts such texts to one form, and Statement.Literals tells of
// how many of a statement's literals that may be said.

// maxShape is the longest text that is cut to its shape, in bytes.
const maxShape = 4 << 10

// Shape appends a text with its plain literals, which are whole numbers of up to nine digits and strings without escapes,
// replaced by marks, and gives how many it replaced. Texts with the same shape and length give the same statements, but for
// their texts, if that number is the Literals of the one statement that one of them gives.
func Shape(dst []byte, text string) (shape []byte, literals int) {
	if len(text) > maxShape {
		return dst, 0
	}
	l, done := lexer{text: text}, 0
	for {
		kind, token := l.next()
		switch kind {
		case tokenEnd:
			return append(dst, text[done:]...), literals
		case tokenFault:
			return dst, 0
		case tokenLiteral:
			if mark := markOf(token); mark != 0 {
				dst = append(append(dst, text[done:l.at-len(token)]...), 0, mark)
				done = l.at
				literals++
			}
		}
	}
}

// markOf tells the plain literals apart by their types; 0 is none. No text that the parser takes has a zero byte.
func markOf(token string) byte {
	switch first := token[0]; {
	case first == '\'':
		return 's'
	case '0' <= first && first <= '9' && len(token) <= 9:
		for i := range len(token) {
			if token[i] < '0' || token[i] > '9' {
				return 0
			}
		}
		return 'i'
	default:
		return 0
	}
}

// literals counts the literals of one statement of a text that stand where they decide nothing. Only those that Shape
// replaces count: with another one among them, one that decides would seem to be counted.
type literals struct{ text string }

func (l literals) count(n *pg.Node) int {
	switch x := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return l.compared(x.SelectStmt.GetWhereClause())
	case *pg.Node_UpdateStmt:
		count := l.compared(x.UpdateStmt.GetWhereClause())
		for _, target := range x.UpdateStmt.GetTargetList() {
			count += l.assigned(target.GetResTarget().GetVal())
		}
		return count
	case *pg.Node_DeleteStmt:
		return l.compared(x.DeleteStmt.GetWhereClause())
	case *pg.Node_InsertStmt:
		count := 0
		for _, row := range x.InsertStmt.GetSelectStmt().GetSelectStmt().GetValuesLists() {
			for _, value := range row.GetList().GetItems() {
				count += l.plain(value)
			}
		}
		return count
	}
	return 0
}

// compared counts in a WHERE of comparisons joined by AND. What stands under OR and NOT may be true for every row by the
// values of two literals together.
func (l literals) compared(n *pg.Node) int {
	switch x := n.GetNode().(type) {
	case *pg.Node_BoolExpr:
		count := 0
		if x.BoolExpr.GetBoolop() == pg.BoolExprType_AND_EXPR {
			for _, arg := range x.BoolExpr.GetArgs() {
				if arg.GetAExpr() != nil {
					count += l.compared(arg)
				}
			}
		}
		return count
	case *pg.Node_AExpr:
		return l.besideColumn(x.AExpr, "=", "<", ">", "<=", ">=", "<>")
	}
	return 0
}

// assigned counts in what is written to a column: a literal, or the column and a literal more or less.
func (l literals) assigned(n *pg.Node) int {
	if e := n.GetAExpr(); e != nil {
		return l.besideColumn(e, "+", "-")
	}
	return l.plain(n)
}

func (l literals) besideColumn(e *pg.A_Expr, operators ...string) int {
	name := e.GetName()
	if e.GetKind() != pg.A_Expr_Kind_AEXPR_OP || len(name) != 1 || !slices.Contains(operators, name[0].GetString_().GetSval()) {
		return 0
	}
	switch {
	case e.GetLexpr().GetColumnRef() != nil:
		return l.plain(e.GetRexpr())
	case e.GetRexpr().GetColumnRef() != nil:
		return l.plain(e.GetLexpr())
	}
	return 0
}

func (l literals) plain(n *pg.Node) int {
	switch n.GetAConst().GetVal().(type) {
	case *pg.A_Const_Ival, *pg.A_Const_Sval:
		if l.marked(int(n.GetAConst().GetLocation())) {
			return 1
		}
	}
	return 0
}

// marked reports whether a plain literal stands at a place in the text, behind signs if it has any.
func (l literals) marked(at int) bool {
	if at < 0 || at >= len(l.text) {
		return false
	}
	for scan := (lexer{text: l.text, at: at}); ; {
		switch kind, token := scan.next(); {
		case kind == tokenLiteral:
			return markOf(token) != 0
		case kind != tokenOperator || strings.Trim(token, "+-") != "":
			return false
		}
	}
}
