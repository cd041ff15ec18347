package syntax

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// shallow reports whether HCL's parser can take the tokens without calling itself too deep.
func shallow(r *report, tokens hclsyntax.Tokens) bool {
	var s scan
	for i, t := range tokens {
		s.see(t, i > 0 && valueEnds(tokens[i-1].Type), i > 0 && blockOpens(tokens[i-1].Type))
		switch {
		case len(s.open) > MaxDepth:
			r.add(rangeOf(t.Range), "Nested too deeply", fmt.Sprintf("Blocks, brackets and templates may nest %d levels deep.", MaxDepth),
				"Flatten the value, or name its parts in locals.")
			return false
		case s.operators > MaxOperators:
			r.add(rangeOf(t.Range), "Expression is too complex", fmt.Sprintf("An attribute may hold %d operators.", MaxOperators),
				"Write conditions as CEL in a quoted text; lists and maps are written out.")
			return false
		}
	}
	return true
}

// scan follows nesting and counts operators since the last line end that ends an attribute.
type scan struct {
	// open holds, for each open bracket, whether it is a block's brace.
	open      []bool
	inner     int // open brackets that are not a block's
	operators int
}

func (s *scan) see(t hclsyntax.Token, afterValue, afterHeader bool) {
	switch t.Type {
	case hclsyntax.TokenOBrace:
		s.push(afterHeader && s.inner == 0)
	case hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
		if afterValue {
			s.operators++ // an index or a call, which chain like operators
		}
		s.push(false)
	case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
		s.push(false)
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
		hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
		s.pop()
	case hclsyntax.TokenNewline:
		if s.inner == 0 {
			s.operators = 0
		}
	case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent,
		hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
		hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr,
		hclsyntax.TokenBang, hclsyntax.TokenQuestion:
		s.operators++
	}
}

func (s *scan) push(block bool) {
	s.open = append(s.open, block)
	if !block {
		s.inner++
	}
}

func (s *scan) pop() {
	if len(s.open) == 0 {
		return
	}
	last := len(s.open) - 1
	if !s.open[last] {
		s.inner--
	}
	s.open = s.open[:last]
}

func valueEnds(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenIdent, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCBrace, hclsyntax.TokenCQuote,
		hclsyntax.TokenNumberLit, hclsyntax.TokenStar:
		return true
	}
	return false
}

// blockOpens reports what stands before a block's brace: its type or its last label.
func blockOpens(t hclsyntax.TokenType) bool {
	return t == hclsyntax.TokenIdent || t == hclsyntax.TokenCQuote
}

// languages finds the numbers that policy blocks give as language. It works on tokens, because a file of another
// language version may not parse at all.
func languages(tokens hclsyntax.Tokens) []Int {
	var found []Int
	depth, inPolicy, lineStart := 0, false, true
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace:
			depth++
		case hclsyntax.TokenCBrace:
			depth = max(0, depth-1)
		case hclsyntax.TokenIdent:
			if depth == 0 && lineStart {
				inPolicy = string(t.Bytes) == "policy"
			}
			if depth == 1 && inPolicy && string(t.Bytes) == "language" && i+2 < len(tokens) && tokens[i+1].Type == hclsyntax.TokenEqual {
				found = appendNumber(found, tokens[i+2])
			}
		}
		lineStart = t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment
	}
	return found
}

func appendNumber(list []Int, t hclsyntax.Token) []Int {
	n, err := strconv.Atoi(string(t.Bytes))
	if t.Type != hclsyntax.TokenNumberLit || err != nil {
		return list
	}
	return append(list, Int{Value: n, Range: rangeOf(t.Range)})
}
