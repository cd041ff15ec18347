package schema

import "strings"

// Everything stands in a list of columns for every column of every class of the target: what a statistics view or a
// function with an unknown body may show.
const Everything = "*"

// Qualify joins the parts of an object's name into its one canonical form: parts joined by dots, each bare when it
// is a plain lower-case PostgreSQL identifier (manual chapter 4.1.1) and double-quoted otherwise. Tables are
// schema.table, columns schema.table.column, functions schema.function.
func Qualify(parts ...string) string {
	n := len(parts)
	for _, p := range parts {
		n += len(p)
	}
	var b strings.Builder
	b.Grow(n)
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('.')
		}
		if plain(p) {
			b.WriteString(p)
			continue
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(p, `"`, `""`))
		b.WriteByte('"')
	}
	return b.String()
}

// SplitName takes a dotted name apart, honouring double quotes. Unquoted parts are folded to lower case, as
// PostgreSQL folds ASCII. It reports false when the name is not well formed.
func SplitName(name string) ([]string, bool) {
	var parts []string
	for {
		part, rest, ok := nextPart(name)
		if !ok {
			return nil, false
		}
		parts = append(parts, part)
		if rest == "" {
			return parts, true
		}
		if rest[0] != '.' {
			return nil, false
		}
		name = rest[1:]
	}
}

func nextPart(s string) (part, rest string, ok bool) {
	if s == "" {
		return "", "", false
	}
	if s[0] != '"' {
		end := strings.IndexAny(s, `."`)
		if end < 0 {
			end = len(s)
		}
		return foldASCII(s[:end]), s[end:], end > 0
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		return b.String(), s[i+1:], b.Len() > 0
	}
	return "", "", false
}

func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '$'):
		default:
			return false
		}
	}
	return s != ""
}
