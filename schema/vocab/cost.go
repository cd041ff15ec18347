package vocab

import (
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/types"
)

// Sizes that the static cost of a condition assumes of facts: the number of elements of a list or map, such as
// principal.groups or sql.columns, and the length of a string. A larger fact still evaluates; it costs in proportion.
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
