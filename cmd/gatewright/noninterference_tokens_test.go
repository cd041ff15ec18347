package main

import (
	"bytes"
	"strings"
)

// tokens cuts a text into words, each with the blanks behind it: names, numbers, strings, one character else. It serves
// to make a statement smaller that came as text; a cut that means nothing to PostgreSQL fails nothing.
func tokens(text string) []string {
	var out []string
	for len(text) > 0 {
		n := tokenLength(text)
		for n < len(text) && strings.IndexByte(" \t\n", text[n]) >= 0 {
			n++
		}
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

// otherLiterals gives statements with other numbers and strings of the same length in the places of theirs, all but each
// third, and whether there were any: the gateway takes some such statements for one.
func otherLiterals(steps []string) (out []string, changed bool) {
	at := 0
	for _, sql := range steps {
		words := tokens(sql)
		for i, word := range words {
			if c := word[0]; c != '\'' && (c < '0' || c > '9') {
				continue
			}
			if at++; at%3 != 0 {
				words[i] = string(bytes.Map(otherDigit, []byte(word)))
			}
			changed = changed || words[i] != word
		}
		out = append(out, strings.Join(words, ""))
	}
	return out, changed
}

// otherDigit turns 1 to 8 into the next, so that what was a number stays one, of the same length.
func otherDigit(r rune) rune {
	if '1' <= r && r <= '8' {
		return r + 1
	}
	return r
}

func tokenLength(s string) int {
	switch c := s[0]; {
	case c == '\'' || c == '"':
		if end := strings.IndexByte(s[1:], c); end >= 0 {
			return end + 2
		}
		return len(s)
	case wordByte(c):
		n := 1
		for n < len(s) && (wordByte(s[n]) || s[n] == '.') {
			n++
		}
		return n
	case strings.HasPrefix(s, "::"):
		return 2
	}
	return 1
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// shrinkTokens cuts spans out of a text, large ones first, as long as it fails.
func shrinkTokens(text string, fails func(string) bool) string {
	words := tokens(text)
	for size := len(words) / 2; size > 0; {
		shrunk := false
		for i := 0; i+size <= len(words); {
			rest := append(append([]string{}, words[:i]...), words[i+size:]...)
			if fails(strings.Join(rest, "")) {
				words, shrunk = rest, true
			} else {
				i += max(1, size/2)
			}
		}
		groups := shrinkGroups(&words, fails)
		if !shrunk && !groups || size > len(words) {
			size = min(size/2, len(words))
		}
	}
	return strings.TrimSpace(strings.Join(words, ""))
}

// shrinkGroups puts the inside of a pair of parentheses in its place, or NULL.
func shrinkGroups(words *[]string, fails func(string) bool) bool {
	done := false
	for i := 0; i < len(*words); i++ {
		end := partner(*words, i)
		if end < 0 {
			continue
		}
		w := *words
		for _, inside := range [][]string{{"null "}, w[i+1 : end]} {
			rest := append(append(append([]string{}, w[:i]...), inside...), w[end+1:]...)
			if len(rest) < len(w) && fails(strings.Join(rest, "")) {
				*words, done = rest, true
				break
			}
		}
	}
	return done
}

// partner finds the parenthesis that closes the one at i; -1 when there is none at i, or it stays open.
func partner(words []string, i int) int {
	if !strings.HasPrefix(words[i], "(") {
		return -1
	}
	depth := 0
	for j := i; j < len(words); j++ {
		switch {
		case strings.HasPrefix(words[j], "("):
			depth++
		case strings.HasPrefix(words[j], ")"):
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}
