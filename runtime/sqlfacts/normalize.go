package sqlfacts

import (
	"strconv"
	"strings"
)

// normalize gives a text with each literal replaced by a parameter, comments left out and white space made single, for
// statements of every kind. What follows a fault is left out.
func normalize(text string) string {
	l := lexer{text: text}
	var b strings.Builder
	for n, last := 0, 0; ; last = l.at {
		kind, token := l.next()
		if kind == tokenEnd || kind == tokenFault {
			return b.String()
		}
		if b.Len() > 0 && l.at-len(token) > last {
			b.WriteByte(' ')
		}
		if kind == tokenLiteral && !isName(token) {
			n++
			token = "$" + strconv.Itoa(n)
		}
		b.WriteString(token)
	}
}

// isName reports whether a literal token is a name or already a parameter.
func isName(token string) bool {
	return token[0] == '"' || token[0] == '$' && !strings.HasSuffix(token, "$") || strings.HasPrefix(token[1:], `&"`)
}
