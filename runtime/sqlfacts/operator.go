package sqlfacts

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// operation walks an operator expression of any form.
func (a *analysis) operation(e *pg.A_Expr, s *scope) value {
	args := []value{a.expr(e.GetLexpr(), s), a.expr(e.GetRexpr(), s)}
	if e.GetLexpr() == nil {
		args = args[1:]
	}
	name := words(e.GetName())
	switch e.GetKind() {
	case pg.A_Expr_Kind_AEXPR_OP, pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE, pg.A_Expr_Kind_AEXPR_SIMILAR:
		return a.operate(name, args)
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL, pg.A_Expr_Kind_AEXPR_IN:
		return a.conditional(1, a.operate(name, args), args[len(args)-1])
	case pg.A_Expr_Kind_AEXPR_DISTINCT, pg.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		return a.operate([]string{"="}, args)
	case pg.A_Expr_Kind_AEXPR_NULLIF:
		return a.conditional(2, a.operate([]string{"="}, args))
	case pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN, pg.A_Expr_Kind_AEXPR_BETWEEN_SYM,
		pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return a.conditional(1, a.comparison(">=", join(args...)), args[len(args)-1])
	}
	a.stop("an operator expression of an unknown kind")
	return value{columns: []string{schema.Everything}}
}

// operate applies an operator, given with or without its schema.
func (a *analysis) operate(name []string, args []value) value {
	if len(name) == 0 {
		a.stop("an operator without a name")
		return value{columns: []string{schema.Everything}}
	}
	op := name[len(name)-1]
	builtin := len(name) > 1 && name[len(name)-2] == catalogSchema
	if exists, body := a.catalog.Operator(op); !builtin && exists {
		a.st.Effect.MayChangeSession = true
		if body {
			a.access(schema.VerbCall, schema.Qualify(op), false)
			return a.everything(args...)
		}
		return a.unsafe(args...)
	}
	if len(name) > 1 && !builtin {
		a.st.Effect.MayChangeSession = true
		a.access(schema.VerbCall, schema.Qualify(name...), false)
		return a.everything(args...)
	}
	if totalOperator(op, args) {
		return a.worked(slices.Contains(partOperators, op), args...)
	}
	return a.unsafe(args...)
}

// operator is an operator that is named, not applied to values, as in ORDER BY ... USING.
func (a *analysis) operator(name []*pg.Node) { a.operate(words(name), nil) }

// comparison applies a built-in comparison that the syntax implies.
func (a *analysis) comparison(op string, v value) value { return a.operate([]string{op}, []value{v}) }

// totalOperators can neither fail nor have an effect on values that are not made of parts (manual chapter 9), partOperators
// on JSON either.
var (
	totalOperators = []string{"&&", "<", "<=", "<>", "<@", "=", ">", ">=", "@>", "^@", "||"}
	partOperators  = []string{"#>", "#>>", "->", "->>", "?", "?&", "?|"}
)

// totalOperator reports whether an operator is pure and total on these operands. LIKE fails on a pattern that ends in
// its escape character, and only once the text has matched up to there, so its pattern must be a plain constant.
// The same goes for a regular expression.
func totalOperator(op string, args []value) bool {
	all := join(args...)
	if all.collated {
		return false
	}
	switch op {
	case "~~", "!~~", "~~*", "!~~*":
		return len(args) == 2 && plainPattern(args[1], "%")
	case "~", "!~", "~*", "!~*":
		return len(args) == 2 && plainPattern(args[1], "^$.")
	}
	return slices.Contains(partOperators, op) || !all.composite && slices.Contains(totalOperators, op)
}

// plainPattern reports whether a pattern is a short string constant without anything special but some characters, and
// few of those.
func plainPattern(v value, special string) bool {
	if !v.literal || len(v.columns) > 0 || len(v.text) > 200 {
		return false
	}
	count := 0
	for i := 0; i < len(v.text); i++ {
		c := v.text[i]
		if strings.IndexByte(special, c) >= 0 {
			count++
		} else if !isWord(c) && strings.IndexByte(" @-:/", c) < 0 && (special != "%" || c == '\\') {
			return false
		}
	}
	return count <= 8
}
