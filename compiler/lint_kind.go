package compiler

import (
	"slices"
	"strings"
)

// makesKind reports whether some issuer can make principals of a kind.
func (l *linter) makesKind(kind string) bool {
	for _, i := range l.issuers {
		text := DefaultKind
		if k := i.src.Kind; k.Set() {
			text = l.c.cel.checked[k.Range]
		}
		if made, known := kindsMade(text, 0); !known || slices.Contains(made, kind) {
			return true
		}
	}
	return false
}

// maxChoices bounds the choices within choices that kindsMade looks into.
const maxChoices = 32

// kindsMade gives the kinds that a canonical expression can come to; known is false when it is more than choices among
// constants.
func kindsMade(text string, depth int) (made []string, known bool) {
	text = strings.TrimSpace(text)
	for strings.HasPrefix(text, "(") && closing(text) == len(text)-1 {
		text = strings.TrimSpace(text[1 : len(text)-1])
	}
	if kind, ok := constantKind(text); ok {
		return []string{kind}, true
	}
	asks, otherwise := choice(text)
	if otherwise < 0 || depth > maxChoices {
		return nil, false
	}
	one, ok := kindsMade(text[asks+1:otherwise], depth+1)
	two, also := kindsMade(text[otherwise+1:], depth+1)
	return append(one, two...), ok && also
}

// choice gives where the ? and the : of a choice stand, outside of brackets and texts; -1 where there is none.
func choice(text string) (asks, otherwise int) {
	asks = -1
	open := 0
	for i := range outside(text) {
		switch text[i] {
		case '?':
			if asks < 0 {
				asks = i
				continue
			}
			open++
		case ':':
			if asks >= 0 && open == 0 {
				return asks, i
			}
			open--
		}
	}
	return asks, -1
}

// closing gives where the bracket that a text begins with is closed; -1 when it is not.
func closing(text string) int {
	depth := 0
	for i := range unquoted(text) {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// outside gives the places of a text that are in no bracket and in no quoted text.
func outside(text string) func(func(int) bool) {
	return func(yield func(int) bool) {
		depth := 0
		for i := range unquoted(text) {
			switch text[i] {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			}
			if depth == 0 && !yield(i) {
				return
			}
		}
	}
}

// unquoted gives the places of canonical CEL that are in no quoted text.
func unquoted(text string) func(func(int) bool) {
	return func(yield func(int) bool) {
		var quote byte
		for i := 0; i < len(text); i++ {
			switch {
			case quote != 0 && text[i] == '\\':
				i++
			case quote != 0:
				if text[i] == quote {
					quote = 0
				}
			case text[i] == '"' || text[i] == '\'':
				quote = text[i]
			case !yield(i):
				return
			}
		}
	}
}
