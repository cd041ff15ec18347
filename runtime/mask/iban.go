package mask

// ibanLengths are the lengths by country (SWIFT, IBAN Registry), keyed by the two letters.
var ibanLengths = map[[2]byte]int{
	{'A', 'D'}: 24, {'A', 'E'}: 23, {'A', 'L'}: 28, {'A', 'T'}: 20, {'A', 'Z'}: 28, {'B', 'A'}: 20, {'B', 'E'}: 16,
	{'B', 'G'}: 22, {'B', 'H'}: 22, {'B', 'I'}: 27, {'B', 'R'}: 29, {'B', 'Y'}: 28, {'C', 'H'}: 21, {'C', 'R'}: 22,
	{'C', 'Y'}: 28, {'C', 'Z'}: 24, {'D', 'E'}: 22, {'D', 'J'}: 27, {'D', 'K'}: 18, {'D', 'O'}: 28, {'E', 'E'}: 20,
	{'E', 'G'}: 29, {'E', 'S'}: 24, {'F', 'I'}: 18, {'F', 'K'}: 18, {'F', 'O'}: 18, {'F', 'R'}: 27, {'G', 'B'}: 22,
	{'G', 'E'}: 22, {'G', 'I'}: 23, {'G', 'L'}: 18, {'G', 'R'}: 27, {'G', 'T'}: 28, {'H', 'N'}: 28, {'H', 'R'}: 21,
	{'H', 'U'}: 28, {'I', 'E'}: 22, {'I', 'L'}: 23, {'I', 'Q'}: 23, {'I', 'S'}: 26, {'I', 'T'}: 27, {'J', 'O'}: 30,
	{'K', 'W'}: 30, {'K', 'Z'}: 20, {'L', 'B'}: 28, {'L', 'C'}: 32, {'L', 'I'}: 21, {'L', 'T'}: 20, {'L', 'U'}: 20,
	{'L', 'V'}: 21, {'L', 'Y'}: 25, {'M', 'C'}: 27, {'M', 'D'}: 24, {'M', 'E'}: 22, {'M', 'K'}: 19, {'M', 'N'}: 20,
	{'M', 'R'}: 27, {'M', 'T'}: 31, {'M', 'U'}: 30, {'N', 'I'}: 28, {'N', 'L'}: 18, {'N', 'O'}: 15, {'O', 'M'}: 23,
	{'P', 'K'}: 24, {'P', 'L'}: 28, {'P', 'S'}: 29, {'P', 'T'}: 25, {'Q', 'A'}: 29, {'R', 'O'}: 24, {'R', 'S'}: 22,
	{'R', 'U'}: 33, {'S', 'A'}: 24, {'S', 'C'}: 31, {'S', 'D'}: 18, {'S', 'E'}: 24, {'S', 'I'}: 19, {'S', 'K'}: 24,
	{'S', 'M'}: 27, {'S', 'O'}: 23, {'S', 'T'}: 25, {'S', 'V'}: 28, {'T', 'L'}: 23, {'T', 'N'}: 24, {'T', 'R'}: 26,
	{'U', 'A'}: 29, {'V', 'A'}: 22, {'V', 'G'}: 24, {'X', 'K'}: 20, {'Y', 'E'}: 30,
}

// iban judges the account number whose check digits start at in[i] (ISO 13616-1). It may be printed in groups of
// four with single blanks, in upper or lower case.
func (p *probe) iban(i int) {
	start := i - 2
	if start < p.done[iban] || !isAlpha(p.at(i-1)) || !isAlpha(p.in[start]) || !isDigit(p.at(i+1)) {
		return
	}
	if c := p.at(start - 1); isDigit(c) || isAlpha(c) && p.at(start-2) != '\\' {
		return
	}
	length := ibanLengths[[2]byte{p.in[start] &^ 0x20, p.in[i-1] &^ 0x20}]
	if length == 0 {
		return
	}
	if end := p.ibanEnd(start, length); end > 0 && !isAlnum(p.at(end)) {
		p.hit(iban, start, end)
	}
}

// ibanEnd gives the end of the account number of so many characters at start, when its check digits are right; else
// 0. Blanks stand either before every fourth character or nowhere.
func (p *probe) ibanEnd(start, length int) int {
	i, printed := start, p.at(start+4) == ' '
	var head, rest uint32
	for n := range length {
		if printed && n > 0 && n%4 == 0 {
			if p.at(i) != ' ' {
				return 0
			}
			i++
		}
		c := p.at(i)
		if !isAlnum(c) {
			return 0
		}
		if n < 4 {
			head = modulo97(head, c)
		} else {
			rest = modulo97(rest, c)
		}
		i++
	}
	// The first four characters count as if they stood at the end: two letters and two digits, six decimal places.
	if (rest*1_000_000%97+head)%97 != 1 {
		return 0
	}
	return i
}

// modulo97 appends a character to a number modulo 97: a letter counts as two digits, A as 10 (ISO 7064, MOD 97-10).
func modulo97(n uint32, c byte) uint32 {
	if isDigit(c) {
		return (n*10 + uint32(c-'0')) % 97
	}
	return (n*100 + uint32(c&^0x20-'A') + 10) % 97
}
