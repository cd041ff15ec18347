package main

import (
	"fmt"
	"strings"
)

// columns is the width of a terminal that everything of ours fits into, as far as its content can be broken.
const columns = 80

// wrap breaks text at spaces so that no line is wider than a terminal, a word that is too long for one excepted. The
// first line begins with first, the others with rest. Line breaks in text stay, and so do lines that are indented.
func wrap(first, rest, text string) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		lead := rest
		if i == 0 {
			lead = first
		} else {
			b.WriteByte('\n')
		}
		if width(lead)+width(line) <= columns || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			b.WriteString(lead + line)
			continue
		}
		wrapLine(&b, lead, rest, line)
	}
	return b.String()
}

func wrapLine(b *strings.Builder, first, rest, line string) {
	b.WriteString(first)
	at, fresh := width(first), true
	for _, word := range strings.Fields(line) {
		n := width(word)
		switch {
		case fresh:
		case at+1+n > columns:
			b.WriteString("\n" + rest)
			at = width(rest)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, fresh = at+n, false
	}
}

// flow joins lines that were broken in the source, so that they can be broken anew. Empty and indented lines keep apart.
func flow(text string) string {
	var out []string
	joins := false
	for _, line := range strings.Split(text, "\n") {
		stands := line == "" || strings.ContainsAny(line[:1], " \t")
		if joins && !stands {
			out[len(out)-1] += " " + line
			continue
		}
		out = append(out, line)
		joins = !stands
	}
	return strings.Join(out, "\n")
}

// count says how many there are of something.
func count(n int, thing string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(thing, "s"):
		thing += "es"
	default:
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
