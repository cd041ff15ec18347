package vocab

import (
	"strings"

	"github.com/google/cel-go/common/ast"
)

// extent gives the runes of the text that an expression was written with, brackets around it aside. CEL keeps a place
// for each node, which for an operator is the operator's own: the first and the last of them bound the expression, and
// brackets that are opened between are closed behind.
func (c *check) extent(info *ast.SourceInfo, e ast.Expr) (start, end int) {
	runes := []rune(c.text)
	start, last := len(runes), -1
	note := func(e ast.Expr) {
		if at, ok := info.GetOffsetRange(e.ID()); ok {
			start, last = min(start, int(at.Start)), max(last, int(at.Start))
		}
	}
	ast.PreOrderVisit(e, ast.NewExprVisitor(note))
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if call, ok := info.GetMacroCall(e.ID()); ok {
			ast.PreOrderVisit(call, ast.NewExprVisitor(note))
		}
	}))
	if last < 0 || last >= len(runes) {
		return 0, len(runes)
	}
	depth := 0
	for at := start; at < len(runes); {
		next := at + tokenLength(runes[at:])
		switch runes[at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		if at = next; at > last && depth <= 0 {
			if runes[last] == '.' { // of a selection, CEL keeps the dot
				at += tokenLength(runes[at:])
			}
			return start, min(at, len(runes))
		}
	}
	return start, len(runes)
}

// tokenLength gives the length of the string literal, the dotted name or number, or else the one rune that a text begins
// with.
func tokenLength(runes []rune) int {
	if n := literalLength(runes); n > 0 {
		return n
	}
	n := 0
	for n < len(runes) && runes[n] < 0x80 && isWord(byte(runes[n])) {
		n++
	}
	return max(n, 1)
}

// literalLength gives the length of the string literal that a text begins with; 0 when it begins with none.
func literalLength(runes []rune) int {
	quote, raw, open := literalQuote(runes)
	if quote == nil {
		return 0
	}
	for i := open; i < len(runes); i++ {
		if runes[i] == '\\' && !raw {
			i++
			continue
		}
		if hasPrefix(runes[i:], quote) {
			return i + len(quote)
		}
	}
	return len(runes)
}

// literalQuote gives the quote that a string literal begins with, whether it is raw, and where its content begins (CEL
// specification, "Values").
func literalQuote(runes []rune) (quote []rune, raw bool, open int) {
	i := 0
	for i < len(runes) && i < 2 && strings.ContainsRune("rRbB", runes[i]) {
		raw = raw || runes[i] == 'r' || runes[i] == 'R'
		i++
	}
	if i == len(runes) || runes[i] != '\'' && runes[i] != '"' {
		return nil, false, 0
	}
	quote = []rune{runes[i]}
	if triple := []rune{runes[i], runes[i], runes[i]}; hasPrefix(runes[i:], triple) {
		quote = triple
	}
	return quote, raw, i + len(quote)
}

func hasPrefix(runes, prefix []rune) bool {
	return len(runes) >= len(prefix) && string(runes[:len(prefix)]) == string(prefix)
}

// literalOffsets gives, for each rune of a string literal's value, where in the text it is written, and at last where the
// literal ends; nil when the text does not read so. Of an escape, the backslash counts.
func literalOffsets(runes []rune, start int, value string) []int {
	if start < 0 || start >= len(runes) {
		return nil
	}
	quote, raw, open := literalQuote(runes[start:])
	length := literalLength(runes[start:])
	if quote == nil {
		return nil
	}
	var offsets []int
	close := start + length - len(quote)
	for at := start + open; at < close; {
		offsets = append(offsets, at)
		if runes[at] == '\\' && !raw {
			at += escapeLength(runes[at:])
		} else {
			at++
		}
	}
	if len(offsets) != len([]rune(value)) {
		return nil
	}
	return append(offsets, close)
}

// escapeLength gives the length of an escape sequence.
func escapeLength(runes []rune) int {
	if len(runes) < 2 {
		return 1
	}
	switch runes[1] {
	case 'x', 'X':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	case '0', '1', '2', '3':
		return 4
	default:
		return 2
	}
}
