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
