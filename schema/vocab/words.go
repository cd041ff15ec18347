package vocab

// wordLength gives the length in runes of the identifier at an offset in runes; 1 where there is none.
func wordLength(text string, offset int) int {
	n := 0
	for i, r := range []rune(text) {
		if i < offset {
			continue
		}
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			break
		}
		n++
	}
	return max(n, 1)
}

// nearest gives the candidate within an edit distance of about a third of the word, or "".
func nearest(word string, candidates []string) string {
	best, found := (len(word)+2)/3+1, ""
	for _, candidate := range candidates {
		if d := distance(word, candidate); d < best {
			best, found = d, candidate
		}
	}
	return found
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
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
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
