package vocab

import (
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
)

// Size is the declared maximum of a fact. The static cost of a condition rests on it; over larger facts a condition runs
// under a limit of MaxCost at run time, and has no value beyond it.
type Size struct {
	// Elements is the number of elements of a list or of entries of a map; 0 for a single text.
	Elements int
	// Bytes is the length of a text, or of each element, key and value.
	Bytes int
}

// nameBytes is the length of a canonical name of so many parts: 63 bytes each (PostgreSQL manual, chapter 4.1.1), in
// double quotes, with dots between.
func nameBytes(parts int) int { return parts*(63+2) + parts - 1 }

// maxima declares the size of every fact that has one. The number of objects in a statement is not bounded by what
// PostgreSQL accepts; a statement with more is rare and runs under the limit.
var maxima = map[string]Size{
	"access.verb":            {Bytes: 16},
	"access.object":          {Bytes: nameBytes(2)},
	"access.columns":         {Elements: 1600, Bytes: nameBytes(1)}, // MaxHeapAttributeNumber
	"principal.issuer":       {Bytes: 63},
	"principal.subject":      {Bytes: 256},
	"principal.groups":       {Elements: 256, Bytes: 256},
	"principal.kind":         {Bytes: 16},
	"request.client_address": {Bytes: 64},
	"request.application":    {Bytes: 256},
	"sql.statement":          {Bytes: 64},
	"sql.tables":             {Elements: 2000, Bytes: nameBytes(2)},
	"sql.columns":            {Elements: 2000, Bytes: nameBytes(3)},
	"sql.functions":          {Elements: 2000, Bytes: nameBytes(2)},
	"sql.fingerprint":        {Bytes: 128},
	"target.name":            {Bytes: 63},
	"target.labels":          {Elements: 64, Bytes: 256},
}

// assumed is the size of what is no declared fact: a claim, or a list that the condition makes by itself. No fact is
// larger.
var assumed = Size{Elements: 2000, Bytes: 256}

// claimed is the size of claims: a token is short, and its conditions run under the limit.
var claimed = Size{Elements: 256, Bytes: 1024}

// within reports whether a fact with so many elements, and one text of so many bytes, is no larger than declared.
func within(fact string, elements, bytes int) bool {
	size := maxima[fact]
	return elements <= size.Elements && bytes <= size.Bytes
}

// small reports whether all facts of an action are as small as declared. Names are bounded by who makes them, and so are
// groups: of these lists the length alone is asked.
func small(a *schema.Action, sql *schema.SQL, target *schema.Target) bool {
	for key, value := range target.Labels {
		if !within("target.labels", 0, max(len(key), len(value))) {
			return false
		}
	}
	return within("principal.groups", len(a.Principal.Groups), 0) &&
		within("principal.subject", 0, len(a.Principal.Subject)) &&
		within("request.application", 0, len(a.Request.Application)) &&
		within("request.client_address", 0, len(a.Request.ClientAddress)) &&
		within("sql.tables", len(sql.Tables), 0) && within("sql.columns", len(sql.Columns), 0) &&
		within("sql.functions", len(sql.Functions), 0) && within("target.labels", len(target.Labels), 0)
}

// sizes tells CEL's cost estimate what it cannot know by itself.
type sizes struct{ kind Kind }

// EstimateSize gives the size of a fact, or of an element of one, by its path.
func (s sizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	size := s.declared(node.Path())
	switch node.Type().Kind() {
	case types.ListKind, types.MapKind:
		return &checker.SizeEstimate{Max: uint64(max(size.Elements, 1))}
	case types.StringKind, types.BytesKind:
		return &checker.SizeEstimate{Max: uint64(size.Bytes)}
	case types.DynKind:
		return &checker.SizeEstimate{Max: uint64(max(size.Elements, size.Bytes))}
	default:
		return &checker.SizeEstimate{Max: 1}
	}
}

func (s sizes) declared(path []string) Size {
	if len(path) >= 2 {
		if size, ok := maxima[path[0]+"."+path[1]]; ok {
			return size
		}
	}
	if s.kind == Claims {
		return claimed
	}
	return assumed
}

// EstimateCallCost bounds the string functions, one pass over the target and a result that is no larger, and matches: a
// pattern may be far larger than its text, as 'a{900}' is, so that its program counts.
func (s sizes) EstimateCallCost(function, _ string, target *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	switch {
	case function == "matches":
		return s.matchCost(target, args)
	case target == nil || !isStringFunction(function):
		return nil
	}
	result := checker.SizeEstimate{Max: s.of(*target).Max + 1} // split at every character gives one part more
	return &checker.CallEstimate{
		CostEstimate: result.MultiplyByCostFactor(common.StringTraversalCostFactor).Add(checker.CostEstimate{Min: 1, Max: 1}),
		ResultSize:   &result,
	}
}

func (s sizes) of(node checker.AstNode) checker.SizeEstimate {
	if size := node.ComputedSize(); size != nil {
		return *size
	}
	return *s.EstimateSize(node)
}

func (s sizes) matchCost(target *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	nodes := args
	if target != nil {
		nodes = append([]checker.AstNode{*target}, args...)
	}
	if len(nodes) != 2 {
		return nil
	}
	pattern, ok := constant(nodes[1].Expr())
	if !ok {
		return nil
	}
	text := s.of(nodes[0]).Add(checker.FixedSizeEstimate(1)).MultiplyByCostFactor(common.StringTraversalCostFactor)
	program := checker.FixedSizeEstimate(uint64(programSize(pattern))).MultiplyByCostFactor(common.RegexStringLengthCostFactor)
	return &checker.CallEstimate{CostEstimate: text.Multiply(program)}
}

// costOf is the static cost of an expression within a checked tree.
func (c *check) costOf(whole *ast.AST, e ast.Expr) (uint64, error) {
	part := ast.NewCheckedAST(ast.NewAST(e, whole.SourceInfo()), whole.TypeMap(), whole.ReferenceMap())
	estimate, err := checker.Cost(part, sizes{c.v.kind})
	return estimate.Max, err
}

// Max gives the declared size of a fact by its name, as "sql.tables"; the zero value for one that needs none.
func Max(fact string) Size {
	if variable, _, _ := strings.Cut(fact, "."); variable == "claims" {
		return claimed
	}
	return maxima[fact]
}
