package mask

import (
	"encoding/binary"
	"math/bits"
)

// Every byte of a word at once.
const (
	each   = 0x0101010101010101
	high   = 0x80 * each
	low    = 0x7f * each
	digit0 = '0' * each
	atSign = '@' * each
	dash   = '-' * each
	blank  = ' ' * each
	plus   = '+' * each

	underscore = '_' * each
)

// zeros gives the high bit of each byte of w that is zero.
func zeros(w uint64) uint64 { return ^((w & low) + low | w) & high }

// digits gives the high bit of each byte of w that is an ASCII digit.
func digits(w uint64) uint64 {
	t := w ^ digit0
	return ^((t & low) + (0x80-10)*each | t) & high
}

// What is added to the lower seven bits of each byte of a word, for the high bit to say that the byte is at or above a
// character. No byte carries into the next.
const (
	fromDash    = (0x80 - '-') * each
	fromSlash   = (0x80 - '/') * each
	fromDigits  = (0x80 - '0') * each
	fromColon   = (0x80 - ':') * each
	fromAt      = (0x80 - '@') * each
	fromLetters = (0x80 - 'A') * each
)

// sweep gives every hit in the text, in no order; nil, and nothing allocated, when there is none.
//
// It walks the text once, eight bytes at a time, and looks closer only at words that could belong to a sensitive
// value. Each value that a detector accepts puts into some aligned word, or into the last eight bytes, what suspect
// asks for: it may see a value several times, and misses none.
func (s *Scanner) sweep(in []byte) []hit {
	p := probe{Scanner: s, in: in}
	if !s.tokens {
		p.word = len(in)
	}
	if s.wants[privateKey] {
		p.privateKeys()
	}
	i := 0
	for ; i+8 <= len(in); i += 8 {
		w := binary.LittleEndian.Uint64(in[i:])
		x := w & low
		d, at := (x+fromDigits)&^(x+fromColon), (x+fromAt)&^(x+fromLetters)
		if (d|at)&^w&high != 0 {
			p.suspect(i, w, d&^w&high, at&^w&high)
		}
		if (x+fromDash)&^w&high == high && i >= p.word {
			p.words(i)
		}
	}
	if i == len(in) {
		return p.found
	}
	var last [8]byte
	i = max(0, len(in)-8)
	copy(last[:], in[i:])
	w := binary.LittleEndian.Uint64(last[:])
	if d, at := digits(w), zeros(w^atSign); d|at != 0 {
		p.suspect(i, w, d, at)
	}
	return p.found
}

// probe is one sweep's closer look.
type probe struct {
	*Scanner
	in    []byte
	found []hit
	// done is, for each detector, the end of what it has already judged, and word that of the last word.
	done [detectors]int
	word int
	// pem is where the text that a private key may lie in ends, and where the last line of the next one starts.
	pem struct{ whole, last int }
}

// suspect looks at the word w at in[i:], whose digits and @ signs are marked in d and at.
func (p *probe) suspect(i int, w, d, at uint64) {
	if at != 0 && p.wants[email] {
		for ; at != 0; at &= at - 1 {
			p.email(i + bits.TrailingZeros64(at)/8)
		}
	}
	if d == 0 {
		return
	}
	n := bits.OnesCount64(d)
	if n >= cardDigits && p.wants[creditCard] && cardLike(w, d, n) {
		p.card(i, min(i+8, len(p.in)))
	}
	if n >= ssnDigits && p.wants[usSSN] {
		for m := zeros(w^dash) & (d<<8 | firstByte) & (d>>8 | lastByte); m != 0; m &= m - 1 {
			p.ssn(i + bits.TrailingZeros64(m)/8)
		}
	}
	if p.wants[phone] {
		for m := zeros(w^plus) & (d >> 8); m != 0; m &= m - 1 {
			p.phone(i + bits.TrailingZeros64(m)/8)
		}
		if d&firstByte != 0 && p.at(i-1) == '+' {
			p.phone(i - 1)
		}
	}
	if p.wants[iban] {
		for m := checkDigits(w, d); m != 0; m &= m - 1 {
			p.iban(i + bits.TrailingZeros64(m)/8)
		}
	}
}

// The edges of a word, whose neighbours it does not show.
const (
	firstByte = 0x80
	lastByte  = 0x80 << 56
)

// What a word must hold before a detector looks at its neighbourhood.
const (
	cardDigits = 6
	ssnDigits  = 4
)

// cardLike reports whether the word, n of whose bytes are digits, may lie in a card number. A number of 15 characters
// or more fills some word with digits and separators, two at most; one of 13 or 14 unbroken digits may only fill seven
// bytes at an edge of one. The last eight bytes of the text, which overlap the word before, keep this true at its end.
func cardLike(w, d uint64, n int) bool {
	others := ^d & high
	if n == 7 && others&(firstByte|lastByte) != 0 {
		return true
	}
	return others&^(zeros(w^blank)|zeros(w^dash)) == 0
}

// checkDigits marks the digits that may be the first of an account number's two check digits: after two bytes that may
// be letters and before another digit, and not three bytes behind a digit.
func checkDigits(w, d uint64) uint64 {
	letters := w << 1 & high // bit 6 is set in every letter
	before := (letters<<8 | firstByte) & (letters<<16 | firstByte | firstByte<<8)
	return d & before & (d>>8 | lastByte) &^ (d << 24)
}

func (p *probe) hit(d detector, start, end int) {
	p.found = append(p.found, hit{start: start, end: end, with: &p.Scanner.with[d]})
	p.done[d] = end
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isDigit(c) || isAlpha(c) }

// at gives the byte at i, and 0 beyond the edges.
func (p *probe) at(i int) byte {
	if i < 0 || i >= len(p.in) {
		return 0
	}
	return p.in[i]
}
