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
	// maxRescans is how many bytes the scanner may read again for what stands between two operators or comments.
	maxRescans = 4 << 20
	// maxTokens bounds the tree, some 300 bytes for each token; each character of an operator counts as one.
	maxTokens = 250_000
	// maxParts is how many parts a dotted name may have: the parser copies a setting's name at each dot.
	maxParts = 64
	// maxCopies is how many tokens the tree may hold more than once: in SET (a, b) = source, the source stands under
	// each name.
	maxCopies = 100_000
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
	// names counts what commas part directly in it, times how often the tokens that follow stand in the tree.
	names, times int
}

func (l *level) weight() int { return l.chain + l.links + nestingWeight }

// bounder walks the tokens of a text and bounds the depth of the tree that the parser would make of it. It
// over-counts rather than under-counts.
type bounder struct {
	levels []level
	depth  int
	// quiet is set after a token that makes a key word a mere name: a dot or AS.
	quiet bool
	// tokens counts them all, parts the dots of the name at hand, copies what stands in the tree more than once.
	tokens, parts, copies int
	dotted                bool // after a dot
	// closed is how many names the parentheses held that have just been closed; 0 after any other token.
	closed int
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
	b := bounder{levels: []level{{times: 1}}}
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
		quiet := b.quiet
		b.add(kind, token)
		b.count(kind, token, quiet)
		switch {
		case b.total() > maxDepth:
			return "the text is nested or chained too deep"
		case b.tokens > maxTokens:
			return fmt.Sprintf("the text has more than %d tokens", maxTokens)
		case b.parts > maxParts:
			return fmt.Sprintf("a name has more than %d parts", maxParts)
		case b.copies > maxCopies:
			return "an assignment to a list of columns is too large"
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

// count keeps the number of tokens, of a name's parts and of what is copied.
func (b *bounder) count(kind tokenKind, token string, quiet bool) {
	b.tokens++
	if kind == tokenOperator {
		b.tokens += len(token) - 1
	}
	switch {
	case token == ".":
		b.parts++
	case b.dotted && (kind == tokenWord || kind == tokenLiteral):
	default:
		b.parts = 0
	}
	b.dotted = token == "."
	b.assignments(kind, token, quiet)
}

// assignments counts a list's source, that is what stands behind ") =" up to a comma, a WHERE or a RETURNING, once for
// each name of the list.
func (b *bounder) assignments(kind tokenKind, token string, quiet bool) {
	top := b.top()
	switch {
	case b.closed > 1 && strings.HasPrefix(token, "="):
		top.times = min(top.times*b.closed, maxCopies+1)
	case token == ",":
		top.names++
		top.times = b.around()
	case !quiet && kind == tokenWord && (strings.EqualFold(token, "where") || strings.EqualFold(token, "returning")):
		top.times = b.around()
	}
	b.copies = min(b.copies+top.times-1, maxCopies+1)
	if token != ")" {
		b.closed = 0
	}
}

// around is how often the tokens around the innermost level stand in the tree.
func (b *bounder) around() int {
	if len(b.levels) < 2 {
		return 1
	}
	return b.levels[len(b.levels)-2].times
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
		*b.top() = level{opener: b.top().opener, times: b.around()}
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
	b.levels = append(b.levels, level{opener: opener, times: b.top().times})
}

// pop closes the innermost level of the opener and those left open in it. A closer without an opener is the
// parser's to refuse.
func (b *bounder) pop(opener byte) {
	for i := len(b.levels) - 1; i > 0; i-- {
		if b.levels[i].opener != opener {
			continue
		}
		b.closed = b.levels[i].names + 1
		for len(b.levels) > i {
			b.levels = b.levels[:len(b.levels)-1]
			b.depth -= b.top().weight()
		}
		return
	}
}
