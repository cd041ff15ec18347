package vocab

import (
	"fmt"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
)

// Sizes that the static cost of a condition assumes of facts: the number of elements of a list or map, such as
// principal.groups or sql.columns, and the length of a string. Over longer lists a condition runs under a limit of MaxCost
// at run time, and has no value beyond it.
const (
	AssumedElements    = 256
	AssumedStringBytes = 1024
)

// sizes tells CEL's cost estimate what it cannot know by itself.
type sizes struct{}

func (sizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	switch node.Type().Kind() {
	case types.ListKind, types.MapKind:
		return &checker.SizeEstimate{Max: AssumedElements}
	default:
		return &checker.SizeEstimate{Max: AssumedStringBytes}
	}
}

// EstimateCallCost bounds the string functions: one pass over the target, and a result that is no larger.
func (s sizes) EstimateCallCost(function, _ string, target *checker.AstNode, _ []checker.AstNode) *checker.CallEstimate {
	if target == nil || !isStringFunction(function) {
		return nil
	}
	size := (*target).ComputedSize()
	if size == nil {
		size = s.EstimateSize(*target)
	}
	result := checker.SizeEstimate{Max: size.Max + 1} // split at every character gives one part more
	return &checker.CallEstimate{
		CostEstimate: result.MultiplyByCostFactor(common.StringTraversalCostFactor).Add(checker.CostEstimate{Min: 1, Max: 1}),
		ResultSize:   &result,
	}
}

// bound gives the static cost and reports it when it is over MaxCost, at the costliest part.
func (c *check) bound(a *cel.Ast) uint64 {
	estimate, err := c.v.env.EstimateCost(a, sizes{})
	if err != nil {
		c.report(0, 1, "Condition's cost cannot be bounded", sentence(err.Error()), "")
		return 0
	}
	if estimate.Max <= MaxCost {
		return estimate.Max
	}
	start, term := c.costliest(a)
	c.report(start, start+utf8.RuneCountInString(term), "Condition may cost too much",
		fmt.Sprintf("Its cost may reach %d units; at most %d are allowed. The costliest part is %s.", estimate.Max, MaxCost, term),
		"use a structured attribute (groups, tables, verbs) instead of going through lists within lists")
	return estimate.Max
}

// costliest finds the comprehension that is nested deepest, which is where cost comes from.
func (c *check) costliest(a *cel.Ast) (start int, term string) {
	info := a.NativeRep().SourceInfo()
	var found ast.Expr
	ast.PreOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.ComprehensionKind {
			found = e
		}
	}))
	if found == nil {
		return 0, c.text
	}
	text, err := cel.ExprToString(found, info)
	if err != nil {
		return 0, c.text
	}
	return c.offset(info.GetStartLocation(found.ID())), text
}
