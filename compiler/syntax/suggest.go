package syntax

import "slices"

// maxSuggestable bounds the length of a word that a suggestion is sought for, in bytes.
const maxSuggestable = 64

// Suggest gives "Did you mean X?" for the candidate nearest to word, and an empty text when none is near.
func Suggest(word string, candidates []string) string {
	if word == "" || len(word) > maxSuggestable {
		return ""
	}
	best, distance := "", len(word)/3+1
	for _, c := range candidates {
		if len(c) > maxSuggestable {
			continue
		}
		if d := edits(word, c); d < distance || d == distance && best == "" {
			best, distance = c, d
		}
	}
	if best == "" || best == word {
		return ""
	}
	return "Did you mean " + quoted(best) + "?"
}

// edits is the number of bytes to insert, remove or replace to make b of a (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
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
