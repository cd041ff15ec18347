package syntax

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Suggest gives "Did you mean X?" for the candidate nearest to word, and an empty text when none is near.
func Suggest(word string, candidates []string) string {
	if near := schema.Nearest(word, candidates); near != "" {
		return "Did you mean " + quoted(near) + "?"
	}
	return ""
}

// orSay gives the suggestion for word or, without one, otherwise; without that, it says what there is.
func orSay(word string, candidates []string, otherwise string) string {
	if s := Suggest(word, candidates); s != "" {
		return s
	}
	if otherwise != "" || len(candidates) == 0 {
		return otherwise
	}
	sorted := slices.Sorted(slices.Values(candidates))
	return "There is " + joined(sorted) + "."
}

// joined lists words as a sentence does: "a", "b" and "c".
func joined(words []string) string {
	var s string
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			s += " and "
		default:
			s += ", "
		}
		s += w
	}
	return s
}
