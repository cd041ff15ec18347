package syntax

import "bytes"

// celKind is what a token of CEL is (CEL specification, "Syntax"). Which words are keywords does not matter here.
type celKind uint8

const (
	celWord celKind = iota // an identifier, a keyword or a number
	celText                // a string or bytes literal
	celSign
	celComment
)

// celToken is one token: the bytes from start to end of its text.
type celToken struct {
	start, end int32
	kind       celKind
}

// celTokens appends the tokens of text to dst. It reports false for text that is not made of CEL's tokens, which is for
// others to explain.
func celTokens(dst []celToken, text []byte) ([]celToken, bool) {
	for i := 0; i < len(text); {
		c := text[i]
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' {
			i++
			continue
		}
		kind, end := celNext(text, i)
		if end == 0 {
			return dst, false
		}
		dst = append(dst, celToken{int32(i), int32(end), kind})
		i = end
	}
	return dst, true
}

// celNext gives the kind and the end of the token at i; the end is 0 when there is none.
func celNext(text []byte, i int) (celKind, int) {
	c := text[i]
	switch {
	case isCELLetter(c):
		end := i + 1
		for end < len(text) && (isCELLetter(text[end]) || isDigit(text[end])) {
			end++
		}
		if end < len(text) && (text[end] == '\'' || text[end] == '"') && isPrefix(text[i:end]) {
			return celText, celTextEnd(text, end, bytes.ContainsAny(text[i:end], "rR"))
		}
		return celWord, end
	case isDigit(c), c == '.' && i+1 < len(text) && isDigit(text[i+1]):
		return celWord, numberEnd(text, i)
	case c == '\'', c == '"':
		return celText, celTextEnd(text, i, false)
	case c == '`':
		if n := bytes.IndexByte(text[i+1:], '`'); n >= 0 {
			return celWord, i + n + 2
		}
		return celWord, 0
	case c == '/' && i+1 < len(text) && text[i+1] == '/':
		if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
			return celComment, i + n
		}
		return celComment, len(text)
	}
	return celSign, signEnd(text, i)
}

func isCELLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isPrefix reports what may stand before the quote of a literal: b for bytes, r for raw, or both.
func isPrefix(word []byte) bool {
	switch string(bytes.ToLower(word)) {
	case "r", "b", "br":
		return true
	}
	return false
}

// celTextEnd gives the end of the literal whose quote is at i, 0 when it does not end.
func celTextEnd(text []byte, i int, raw bool) int {
	quote := text[i]
	if rest := text[i:]; len(rest) >= 3 && rest[1] == quote && rest[2] == quote {
		for j := i + 3; j+2 < len(text); j++ {
			switch {
			case text[j] == '\\' && !raw:
				j++
			case text[j] == quote && text[j+1] == quote && text[j+2] == quote:
				return j + 3
			}
		}
		return 0
	}
	for j := i + 1; j < len(text); j++ {
		switch c := text[j]; {
		case c == quote:
			return j + 1
		case c == '\n', c == '\r':
			return 0
		case c == '\\' && !raw:
			j++
		}
	}
	return 0
}

func numberEnd(text []byte, i int) int {
	digits := func(i int) int {
		for i < len(text) && isDigit(text[i]) {
			i++
		}
		return i
	}
	if text[i] == '0' && i+1 < len(text) && text[i+1] == 'x' {
		end := i + 2
		for end < len(text) && (isDigit(text[end]) || 'a' <= text[end]|0x20 && text[end]|0x20 <= 'f') {
			end++
		}
		return suffixEnd(text, end)
	}
	end := digits(i)
	whole := true
	if end+1 < len(text) && text[end] == '.' && isDigit(text[end+1]) {
		end, whole = digits(end+1), false
	}
	if end < len(text) && text[end]|0x20 == 'e' {
		at := end + 1
		if at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		if at < len(text) && isDigit(text[at]) {
			end, whole = digits(at), false
		}
	}
	if whole {
		return suffixEnd(text, end)
	}
	return end
}

func suffixEnd(text []byte, end int) int {
	if end < len(text) && text[end]|0x20 == 'u' {
		return end + 1
	}
	return end
}

func signEnd(text []byte, i int) int {
	c, next := text[i], byte(0)
	if i+1 < len(text) {
		next = text[i+1]
	}
	switch c {
	case '&', '|':
		if next == c {
			return i + 2
		}
		return 0
	case '=':
		if next == '=' {
			return i + 2
		}
		return 0
	case '!', '<', '>':
		if next == '=' {
			return i + 2
		}
		return i + 1
	case '+', '-', '*', '/', '%', '?', ':', '.', ',', '(', ')', '[', ']', '{', '}':
		return i + 1
	}
	return 0
}
