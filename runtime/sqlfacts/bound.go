package sqlfacts

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of the text that the parser, which is C and recurses, is let near. Chains and nesting cost it stack, nested
// comments and long operators cost it quadratic time. A default server gives up earlier on most of them
// (max_stack_depth, YYMAXDEPTH).
const (
	// maxText is the length of a text in bytes.
	maxText = 1 << 20
	// maxDepth bounds the depth of the tree: nestingWeight for each open parenthesis, bracket and CASE, and one for
	// each link of a chain (1+1+1, x::int::int, a JOIN b JOIN c, UNION) in them.
	maxDepth      = 2000
	nestingWeight = 4
	// maxComments is how deep comments may nest, maxOperator the length of a run of operator characters.
	maxComments = 32
	maxOperator = 64
	// maxStatements is the number of statements in one text.
	maxStatements = 2000
)

// level is one open parenthesis, bracket or CASE.
type level struct {
	opener byte // ( [ or C; 0 at the bottom
	// chain counts the links of the expression at hand, links those of joins and set operations.
	chain, links int
	// between counts the BETWEENs whose AND has not come.
	between int
}

func (l *level) weight() int { return l.chain + l.links + nestingWeight }

// bounder walks the tokens of a text and bounds the depth of the tree that the parser would make of it. It
// over-counts rather than under-counts.
type bounder struct {
	levels []level
	depth  int
	// quiet is set after a token that makes a key word a mere name: a dot or AS.
	quiet bool
}

// tooMuch says why the text may not reach the parser; empty when it may.
func tooMuch(text string) string {
	switch {
	case len(text) > maxText:
		return fmt.Sprintf("the text is longer than %d bytes", maxText)
	case strings.IndexByte(text, 0) >= 0:
		return "the text holds a NUL byte"
	case !utf8.ValidString(text):
		return "the text is not valid UTF-8"
	}
	l := lexer{text: text}
	b := bounder{levels: make([]level, 1, 16)}
	statements := 0
	for {
		kind, token := l.next()
		switch {
		case kind == tokenEnd:
			return ""
		case kind == tokenFault && strings.HasSuffix(l.reason, "does not end"):
			return "" // PostgreSQL's own complaint is better, and its scanner is linear here
		case kind == tokenFault:
			return l.reason
		case token == ";":
			statements++
		}
		b.add(kind, token)
		if b.total() > maxDepth {
			return "the text is nested or chained too deep"
		}
		if statements > maxStatements {
			return fmt.Sprintf("the text holds more than %d statements", maxStatements)
		}
	}
}

// total is the depth with the innermost level's chain counted as it stands.
func (b *bounder) total() int { return b.depth + b.top().weight() }

func (b *bounder) top() *level { return &b.levels[len(b.levels)-1] }

func (b *bounder) add(kind tokenKind, token string) {
	quiet := b.quiet
	b.quiet = false
	switch kind {
	case tokenPunctuation:
		b.punctuation(token[0])
	case tokenOperator:
		b.top().chain += len(token) // a run may be several operators
	case tokenWord:
		b.quiet = len(token) == 2 && strings.EqualFold(token, "as")
		if !quiet {
			b.word(token)
		}
	}
}

func (b *bounder) punctuation(c byte) {
	switch c {
	case '(', '[':
		b.top().chain++ // a subscript or a call is a link as well
		b.push(c)
	case ')':
		b.pop('(')
	case ']':
		b.pop('[')
	case ',':
		b.top().chain, b.top().between = 0, 0
	case ';':
		*b.top() = level{opener: b.top().opener}
	case ':':
		b.top().chain++
	case '.':
		b.quiet = true
	}
}

// word counts what lengthens a chain. AND and OR bind loosest and are flattened, so the chain begins anew behind
// them, unless the AND belongs to a BETWEEN.
func (b *bounder) word(token string) {
	top := b.top()
	switch strings.ToLower(token) {
	case "and":
		if top.between > 0 {
			top.between--
			top.chain++
			return
		}
		top.chain = 0
	case "or":
		top.chain = 0
	case "between":
		top.between++
		top.chain++
	case "when", "then", "else":
		if top.opener == 'C' {
			top.chain, top.between = 0, 0
		}
	case "case":
		b.push('C')
	case "end":
		if top.opener == 'C' {
			b.pop('C')
		}
	case "join", "union", "intersect", "except":
		top.links++
	case "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "escape", "collate", "at", "any", "all", "some",
		"overlaps", "operator", "explain", "prepare", "array", "symmetric", "select", "values", "with":
		top.chain++
	}
}

func (b *bounder) push(opener byte) {
	b.depth += b.top().weight()
	b.levels = append(b.levels, level{opener: opener})
}

// pop closes the innermost level of the opener and those left open in it. A closer without an opener is the
// parser's to refuse.
func (b *bounder) pop(opener byte) {
	for i := len(b.levels) - 1; i > 0; i-- {
		if b.levels[i].opener != opener {
			continue
		}
		for len(b.levels) > i {
			b.levels = b.levels[:len(b.levels)-1]
			b.depth -= b.top().weight()
		}
		return
	}
}
