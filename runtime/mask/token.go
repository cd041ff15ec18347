package mask

import (
	"encoding/binary"
	"slices"
)

// What is a token for is part of how it is made, so that a number and a text do not tell of each other. Plain digits have
// the empty tweak, as other programs that speak FF1 expect.
const (
	tweakDigits = ""
	tweakText   = "text"
	tweakInt4   = "int4"
	tweakInt8   = "int8"
	tweakUUID   = "uuid"
)

// mostWalks bounds how often a number that fell out of its range is encrypted again. One in two does at most.
const mostWalks = 256

// token replaces the digits and letters of a text by others of their kinds, in place; everything else stays. It reports
// false, and leaves the text in any state, when the text is not ASCII, holds control characters or a backslash, which may be part of
// an escape, or has so few digits and
// letters that fewer than leastDomain texts look like it.
func (k *key) token(scratch, text []byte, backwards bool) bool {
	digits, letters := 0, 0
	for _, c := range text {
		switch {
		case c < ' ' || c >= 0x7f || c == '\\':
			return false
		case isDigit(c):
			digits++
		case isAlpha(c):
			letters++
		}
	}
	if letters == 0 && digits <= mostDigits {
		return digits >= leastDigits && k.digitToken(scratch, text, backwards)
	}
	return k.textToken(scratch, text, backwards)
}

// mostDigits is mostNumerals(10).
const mostDigits = 38

// digitToken is FF1 over the digits alone.
func (k *key) digitToken(scratch, text []byte, backwards bool) bool {
	var room [mostDigits]byte
	numerals := room[:0]
	for _, c := range text {
		if isDigit(c) {
			numerals = append(numerals, c-'0')
		}
	}
	ff1(k.block, scratch, 10, numerals, tweakDigits, backwards)
	for i, c := range text {
		if isDigit(c) {
			text[i], numerals = '0'+numerals[0], numerals[1:]
		}
	}
	return true
}

// textToken numbers all texts of the form at hand and is FF1 over that number's bits: one that falls among the numbers
// that are no such text is encrypted again (cycle walking).
func (k *key) textToken(scratch, text []byte, backwards bool) bool {
	x, size, used := wide{}, wide{1}, 1
	for _, c := range text {
		kinds, value := kindOf(c)
		if kinds == 0 {
			continue
		}
		if over := size.mulAdd(used, kinds, 0); over != 0 {
			if used == limbs {
				return false
			}
			size[used] = over
			used++
		}
		x.mulAdd(used, kinds, value)
	}
	if !(&wide{leastDomain - 1}).less(&size) {
		return false
	}
	_, n := size.decremented()
	for walked := 0; ; walked++ {
		if walked == mostWalks {
			return false
		}
		if ff1Bits(k.block, scratch, &x, n, tweakText, backwards); x.less(&size) {
			break
		}
	}
	for i, c := range slices.Backward(text) {
		if kinds, value := kindOf(c); kinds > 0 {
			text[i] = byte(uint64(c) - value + x.divMod(used, kinds))
		}
	}
	return true
}

// kindOf gives how many characters there are of the kind of c, and which of them it is; 0 for what stays.
func kindOf(c byte) (kinds, value uint64) {
	switch {
	case isDigit(c):
		return 10, uint64(c - '0')
	case 'a' <= c && c <= 'z':
		return 26, uint64(c - 'a')
	case 'A' <= c && c <= 'Z':
		return 26, uint64(c - 'A')
	default:
		return 0, 0
	}
}

// intToken permutes the numbers of a type of so many bits.
func (k *key) intToken(scratch []byte, v int64, n int, backwards bool) int64 {
	x, tweak := wide{uint64(v)}, tweakInt8
	if n == 32 {
		x, tweak = wide{uint64(uint32(v))}, tweakInt4
	}
	ff1Bits(k.block, scratch, &x, n, tweak, backwards)
	if n == 32 {
		return int64(int32(x[0]))
	}
	return int64(x[0])
}

// uuidToken permutes what is free in a UUID: version and variant stay, so that it remains one of its kind (RFC 9562,
// section 4).
func (k *key) uuidToken(scratch []byte, id *[16]byte, backwards bool) {
	const free = 128 - 4 - 2
	high, low := binary.BigEndian.Uint64(id[:]), binary.BigEndian.Uint64(id[8:])
	version, variant := high&0xf000, low&(3<<62)
	// The free bits, without a gap.
	high = high>>16<<12 | high&0xfff // 60 bits
	low &= 1<<62 - 1                 // 62 bits
	x := wide{low | high<<62, high >> 2}
	ff1Bits(k.block, scratch, &x, free, tweakUUID, backwards)
	high, low = x[0]>>62|x[1]<<2, x[0]&(1<<62-1)
	binary.BigEndian.PutUint64(id[:], high>>12<<16|version|high&0xfff)
	binary.BigEndian.PutUint64(id[8:], variant|low)
}
