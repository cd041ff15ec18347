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
)

// zeros gives the high bit of each byte of w that is zero.
func zeros(w uint64) uint64 { return ^((w & low) + low | w) & high }

// digits gives the high bit of each byte of w that is an ASCII digit.
func digits(w uint64) uint64 {
	t := w ^ digit0
	return ^((t & low) + (0x80-10)*each | t) & high
}

// sweep appends to found every hit in the text, in no order.
//
// It walks the text once, eight bytes at a time, and looks closer only at words that could belong to a sensitive
// value. Each value that a detector accepts puts into some aligned word, or into the last eight bytes, what suspect
// asks for.
func (s *Scanner) sweep(found []hit, in []byte) []hit {
	p := probe{Scanner: s, in: in, found: found}
	i := 0
	for ; i+8 <= len(in); i += 8 {
		w := binary.LittleEndian.Uint64(in[i:])
		if d, at := digits(w), zeros(w^atSign); d|at != 0 {
			p.suspect(i, w, d, at)
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
	// done is, for each detector, the end of what it has already judged.
	done [detectors]int
}

// What a word must hold before a detector looks at its neighbourhood. A card number of 13 digits unbroken, or of 16
// characters with its separators, lies in some word with six digits; a social security number, 11 characters, in one
// with four digits and a dash.
const (
	cardDigits = 6
	ssnDigits  = 4
)

// suspect looks at the word w at in[i:], whose digits and @ signs are marked in d and at.
func (p *probe) suspect(i int, w, d, at uint64) {
	if p.wants[email] {
		for ; at != 0; at &= at - 1 {
			p.email(i + bits.TrailingZeros64(at)/8)
		}
	}
	n := bits.OnesCount64(d)
	if n >= cardDigits && p.wants[creditCard] {
		p.card(i, min(i+8, len(p.in)))
	}
	if n >= ssnDigits && p.wants[usSSN] {
		for m := zeros(w ^ dash); m != 0; m &= m - 1 {
			p.ssn(i + bits.TrailingZeros64(m)/8)
		}
	}
	if d != 0 && p.wants[iban] {
		// Where a run of digits starts, a country's letters may stand before it.
		for m := d &^ (d << 8); m != 0; m &= m - 1 {
			p.iban(i + bits.TrailingZeros64(m)/8)
		}
	}
}

func (p *probe) hit(d detector, start, end int) {
	p.found = append(p.found, hit{start: start, end: end, with: p.with[d]})
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
