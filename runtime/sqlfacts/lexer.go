package sqlfacts

import (
	"strings"
	"unicode/utf8"
)

// tokenKind tells apart what the pre-scan must tell apart (manual chapter 4.1).
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenLiteral // a string, quoted identifier, number or parameter
	tokenOperator
	tokenPunctuation // one of ( ) [ ] , ; : .
	tokenFault       // over a bound, or unterminated: reason says which
)

// lexer cuts text into tokens as PostgreSQL's scanner does with standard_conforming_strings on, in linear time and
// without recursion.
type lexer struct {
	text   string
	at     int
	reason string
	// rescans counts the bytes that PostgreSQL's scanner reads more than once.
	rescans int
}

// next gives the next token and its text. A fault ends the text.
func (l *lexer) next() (tokenKind, string) {
	if !l.skipBlank() {
		return tokenFault, ""
	}
	if l.at == len(l.text) {
		return tokenEnd, ""
	}
	start := l.at
	kind := l.scan(l.text[l.at])
	return kind, l.text[start:l.at]
}

func (l *lexer) scan(c byte) tokenKind {
	switch {
	case c == '\'':
		return l.quoted('\'', false)
	case c == '"':
		return l.quoted('"', false)
	case isWordStart(c):
		return l.word(c)
	case c >= '0' && c <= '9', c == '.' && l.peekDigit(1):
		return l.number()
	case c == '$':
		return l.dollar()
	case strings.IndexByte("()[],;:.", c) >= 0:
		l.at++
		return tokenPunctuation
	case isOperator(c):
		return l.operator()
	}
	l.at++ // the parser will refuse it
	return tokenOperator
}

func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.text) {
		return l.text[l.at+n]
	}
	return 0
}

func (l *lexer) peekDigit(n int) bool { c := l.peek(n); return c >= '0' && c <= '9' }

// word scans an identifier or key word, or the string that its letters introduce.
func (l *lexer) word(c byte) tokenKind {
	next := l.peek(1)
	switch {
	case next == '\'' && (c == 'e' || c == 'E'):
		l.at++
		return l.quoted('\'', true)
	case next == '\'' && strings.IndexByte("bBxXnN", c) >= 0:
		l.at++
		return l.quoted('\'', false)
	case next == '&' && (c == 'u' || c == 'U') && (l.peek(2) == '\'' || l.peek(2) == '"'):
		quote := l.peek(2)
		l.at += 2
		return l.quoted(quote, false)
	}
	for l.at < len(l.text) && isWord(l.text[l.at]) {
		l.at++
	}
	return tokenWord
}

// quoted scans to the closing quote; a doubled one stands for itself. A string with escapes goes on in the same
// manner after white space with a newline in it (manual chapter 4.1.2.1).
func (l *lexer) quoted(quote byte, escapes bool) tokenKind {
	for l.at++; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case c == '\\' && escapes:
			l.at++
		case c != quote:
		case l.peek(1) == quote:
			l.at++
		default:
			l.at++
			if !escapes || !l.continues() {
				return tokenLiteral
			}
		}
	}
	return l.fault("a quoted string or identifier does not end")
}

// continues reports whether a string goes on after white space, and if so moves to its next opening quote.
func (l *lexer) continues() bool {
	newline := false
	for i := l.at; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\n' || c == '\r':
			newline = true
		case isSpace(c):
		case c == '-' && i+1 < len(l.text) && l.text[i+1] == '-':
			for i+1 < len(l.text) && l.text[i+1] != '\n' && l.text[i+1] != '\r' {
				i++
			}
		default:
			if newline && c == '\'' {
				l.at = i
				return true
			}
			return false
		}
	}
	return false
}

func (l *lexer) number() tokenKind {
	for l.at < len(l.text) && (isWord(l.text[l.at]) || l.text[l.at] == '.') {
		l.at++
	}
	return tokenLiteral
}

// dollar scans a parameter or a dollar-quoted string (manual chapter 4.1.2.4).
func (l *lexer) dollar() tokenKind {
	end := l.at + 1
	for end < len(l.text) && isWord(l.text[end]) && l.text[end] != '$' {
		end++
	}
	digit := l.peekDigit(1)
	if digit || end == len(l.text) || l.text[end] != '$' {
		l.at = max(end, l.at+1)
		return tokenLiteral
	}
	tag := l.text[l.at : end+1]
	length := strings.Index(l.text[end+1:], tag)
	if length < 0 {
		return l.fault("a dollar-quoted string does not end")
	}
	l.at = end + 1 + length + len(tag)
	return tokenLiteral
}

// operator scans a run of operator characters up to a comment.
func (l *lexer) operator() tokenKind {
	if !l.run() {
		return tokenFault
	}
	start := l.at
	for l.at < len(l.text) && isOperator(l.text[l.at]) {
		if l.at > start && (l.text[l.at] == '-' && l.peek(1) == '-' || l.text[l.at] == '/' && l.peek(1) == '*') {
			break
		}
		l.at++
	}
	if l.at-start > maxOperator {
		return l.fault("an operator is too long")
	}
	return tokenOperator
}

// run pays for the operator characters that stand here. PostgreSQL's scanner reads the whole run at each operator and at
// each opening of a comment, takes what it needs from the front and puts the rest back.
func (l *lexer) run() bool {
	end := l.at
	for end < len(l.text) && isOperator(l.text[end]) {
		end++
	}
	l.rescans += end - l.at
	if l.rescans > maxRescans {
		l.fault("the text has too many operators and comments without a space between them")
		return false
	}
	return true
}

// skipBlank moves past white space and comments.
func (l *lexer) skipBlank() bool {
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case isSpace(c):
			l.at++
		case c == '-' && l.peek(1) == '-':
			for l.at < len(l.text) && l.text[l.at] != '\n' && l.text[l.at] != '\r' {
				l.at++
			}
		case c == '/' && l.peek(1) == '*':
			if !l.skipComment() {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// skipComment moves past a block comment; they nest.
func (l *lexer) skipComment() bool {
	for depth := 0; l.at < len(l.text); {
		switch c := l.text[l.at]; {
		case c == '/' && l.peek(1) == '*':
			if !l.run() {
				return false
			}
			l.at += 2
			if depth++; depth > maxComments {
				l.fault("comments are nested too deep")
				return false
			}
		case c == '*' && l.peek(1) == '/':
			l.at += 2
			if depth--; depth == 0 {
				return true
			}
		default:
			l.at++
		}
	}
	l.fault("a comment does not end")
	return false
}

func (l *lexer) fault(reason string) tokenKind {
	l.reason, l.at = reason, len(l.text)
	return tokenFault
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}

func isWordStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func isWord(c byte) bool { return isWordStart(c) || '0' <= c && c <= '9' || c == '$' }

func isOperator(c byte) bool { return strings.IndexByte("~!@#^&|`?+-*/%<>=", c) >= 0 }
