package vocab

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celops "github.com/google/cel-go/common/operators"
)

// bound gives the static cost and reports it when it is over MaxCost, at the costliest term.
func (c *check) bound(a *cel.Ast) uint64 {
	tree := a.NativeRep()
	total, err := c.costOf(tree, tree.Expr())
	if err != nil {
		c.report(0, 1, "Condition's cost cannot be bounded", sentence(err.Error()), "")
		return 0
	}
	if total <= MaxCost {
		return total
	}
	term, cost := c.costliest(tree, tree.Expr(), total)
	detail := fmt.Sprintf("This may cost %s units, and a condition at most %s", units(cost), units(MaxCost))
	if cost < total {
		detail = fmt.Sprintf("The condition may cost %s units, at most %s are allowed, and this part alone %s", units(total), units(MaxCost), units(cost))
	}
	start, end := c.extent(tree.SourceInfo(), term)
	c.report(start, end, "Condition may cost too much", detail+".",
		"use a structured attribute (groups, tables, verbs) instead of going through lists within lists")
	return total
}

// units writes a cost, which may be beyond any number.
func units(cost uint64) string {
	if cost > 1e15 {
		return "more than 1,000,000,000,000,000"
	}
	text := fmt.Sprint(cost)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// logical are the operators between the terms of a condition.
var logical = map[string]bool{celops.LogicalAnd: true, celops.LogicalOr: true, celops.LogicalNot: true, celops.Conditional: true}

// costliest finds the costliest term: what stands between the operators && || ! and ?:.
func (c *check) costliest(tree *ast.AST, e ast.Expr, cost uint64) (ast.Expr, uint64) {
	if e.Kind() != ast.CallKind || !logical[e.AsCall().FunctionName()] {
		return e, cost
	}
	var best ast.Expr
	var most uint64
	for _, arg := range e.AsCall().Args() {
		if part, err := c.costOf(tree, arg); err == nil && (best == nil || part > most) {
			best, most = arg, part
		}
	}
	if best == nil {
		return e, cost
	}
	return c.costliest(tree, best, most)
}
