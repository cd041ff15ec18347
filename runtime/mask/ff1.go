package mask

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/bits"
	"slices"
)

// FF1 is format-preserving encryption as in NIST SP 800-38G, section 5: a text of n numerals becomes another one of n
// numerals. Both forms here are FF1; they differ in how they hold the two halves of the text as numbers.

// ff1Rounds is fixed by the specification.
const ff1Rounds = 10

// ff1Scratch is how much room the rounds work in, in bytes: two blocks, the message of a round behind its first block, and
// what comes of it.
const ff1Scratch = 16 + 16 + 64 + 48

// feistel is what the rounds of one text share. Its slices lie in the scratch space that it was made with, since what a
// cipher.Block is handed leaves the stack.
type feistel struct {
	block cipher.Block
	// first is the encryption of P, the first block of every round's message; r is the running block.
	first, r []byte
	// message is Q, whose last bytes are the number of the round and the half that goes into it.
	message []byte
	half    []byte
	// output is S.
	output []byte
}

// newFeistel prepares the rounds for n numerals, of which u are in the first half, and for halves of so many bytes (b in
// the specification). The tweak has at most 15 bytes.
func newFeistel(block cipher.Block, scratch []byte, radix uint32, u, n, size int, tweak string) feistel {
	f := feistel{block: block, first: scratch[:16:16], r: scratch[16:32:32]}
	length := (len(tweak) + 1 + size + 15) &^ 15
	f.message, f.output = scratch[32:32+length:32+length], scratch[96:96+4*((size+3)/4)+4]
	clear(f.message)
	copy(f.message, tweak)
	f.half = f.message[length-size:]
	p := f.r
	p[0], p[1], p[2] = 1, 2, 1
	p[3], p[4], p[5] = byte(radix>>16), byte(radix>>8), byte(radix)
	p[6], p[7] = ff1Rounds, byte(u)
	binary.BigEndian.PutUint32(p[8:], uint32(n))
	binary.BigEndian.PutUint32(p[12:], uint32(len(tweak)))
	block.Encrypt(f.first, p)
	return f
}

// round gives S for the half that stands in f.half.
func (f *feistel) round(i int) []byte {
	f.message[len(f.message)-len(f.half)-1] = byte(i)
	copy(f.r, f.first)
	for q := f.message; len(q) > 0; q = q[aes.BlockSize:] {
		xor16(f.r, q)
		f.block.Encrypt(f.r, f.r)
	}
	n := copy(f.output, f.r)
	var next [aes.BlockSize]byte
	for j := byte(1); n < len(f.output); j++ {
		copy(next[:], f.r)
		f.r[15] ^= j
		f.block.Encrypt(f.r, f.r)
		n += copy(f.output[n:], f.r)
		copy(f.r, next[:])
	}
	return f.output
}

func xor16(dst, src []byte) {
	binary.NativeEndian.PutUint64(dst, binary.NativeEndian.Uint64(dst)^binary.NativeEndian.Uint64(src))
	binary.NativeEndian.PutUint64(dst[8:], binary.NativeEndian.Uint64(dst[8:])^binary.NativeEndian.Uint64(src[8:]))
}

// mostNumerals is how many numerals of a radix ff1 takes: each half must be a number of 64 bits.
func mostNumerals(radix uint32) int {
	most, power := 0, uint64(1)
	for {
		high, low := bits.Mul64(power, uint64(radix))
		if high != 0 {
			return 2 * most
		}
		most, power = most+1, low
	}
}

// ff1 encrypts numerals, each under radix, in place; backwards, it decrypts them. There are at least two, and at most
// mostNumerals. It works in scratch.
func ff1(block cipher.Block, scratch []byte, radix uint32, numerals []byte, tweak string, backwards bool) {
	n := len(numerals)
	u := n / 2
	v := n - u
	modulus := [2]uint64{power(radix, u), power(radix, v)}
	size := (bits.Len64(modulus[1]-1) + 7) / 8
	f := newFeistel(block, scratch, radix, u, n, size, tweak)
	a, b := number(numerals[:u], radix), number(numerals[u:], radix)
	for i := range ff1Rounds {
		if backwards {
			i = ff1Rounds - 1 - i
			putNumber(f.half, a)
			m := modulus[i%2]
			a, b = sub(b, reduce(f.round(i), m), m), a
			continue
		}
		putNumber(f.half, b)
		m := modulus[i%2]
		a, b = b, add(a, reduce(f.round(i), m), m)
	}
	putNumerals(numerals[:u], radix, a)
	putNumerals(numerals[u:], radix, b)
}

func power(radix uint32, n int) uint64 {
	p := uint64(1)
	for range n {
		p *= uint64(radix)
	}
	return p
}

func number(numerals []byte, radix uint32) uint64 {
	var x uint64
	for _, d := range numerals {
		x = x*uint64(radix) + uint64(d)
	}
	return x
}

func putNumerals(numerals []byte, radix uint32, x uint64) {
	for i := range slices.Backward(numerals) {
		numerals[i] = byte(x % uint64(radix))
		x /= uint64(radix)
	}
}

// putNumber writes x as a number of len(dst) bytes.
func putNumber(dst []byte, x uint64) {
	for i := range slices.Backward(dst) {
		dst[i] = byte(x)
		x >>= 8
	}
}

// reduce gives the number in s, of 8 or 12 bytes, modulo m.
func reduce(s []byte, m uint64) uint64 {
	var high uint64
	if len(s) > 8 {
		high = uint64(binary.BigEndian.Uint32(s)) % m
		s = s[4:]
	}
	return bits.Rem64(high, binary.BigEndian.Uint64(s), m)
}

// add and sub are modulo m, of numbers below it.
func add(x, y, m uint64) uint64 {
	sum, carry := bits.Add64(x, y, 0)
	if carry != 0 || sum >= m {
		sum -= m
	}
	return sum
}

func sub(x, y, m uint64) uint64 {
	if x < y {
		x += m
	}
	return x - y
}

// ff1Bits encrypts a number of n bits in place, 2 to maxBits: FF1 with radix 2, whose numerals are its bits.
func ff1Bits(block cipher.Block, scratch []byte, x *wide, n int, tweak string, backwards bool) {
	u := n / 2
	v := n - u
	size := (v + 7) / 8
	f := newFeistel(block, scratch, 2, u, n, size, tweak)
	a, b := x.split(v)
	width := [2]int{u, v}
	for i := range ff1Rounds {
		if backwards {
			i = ff1Rounds - 1 - i
			a.put(f.half)
			a, b = b.minus(f.round(i), width[i%2]), a
			continue
		}
		b.put(f.half)
		a, b = b, a.plus(f.round(i), width[i%2])
	}
	*x = join(a, b, v)
}

// leastDomain is how many texts of a form there must be at least (SP 800-38G revision 1, section 5), and leastDigits how
// many digits give as many.
const (
	leastDomain = 1_000_000
	leastDigits = 6
)
