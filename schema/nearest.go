package schema

import "slices"

// maxMisspelt bounds the words that Nearest compares, in bytes.
const maxMisspelt = 64

// Nearest gives the candidate that a misspelt word most likely means, for the Hint of a Diagnostic: the first of those
// with the least edit distance (Levenshtein, in bytes), up to a third of the word and one. It gives "" when none is that
// near, or one is the word itself.
func Nearest(word string, candidates []string) string {
	if word == "" || len(word) > maxMisspelt {
		return ""
	}
	best, least := "", len(word)/3+2
	for _, c := range candidates {
		if len(c) > maxMisspelt || len(c)-len(word) >= least || len(word)-len(c) >= least {
			continue
		}
		if d := edits(word, c, least); d < least {
			best, least = c, d
		}
	}
	if best == word {
		return ""
	}
	return best
}

// edits is the number of bytes to insert, remove or replace to make b of a, or the limit if that is not less.
func edits(a, b string, limit int) int {
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
		if slices.Min(row) >= limit {
			return limit
		}
	}
	return row[len(b)]
}
