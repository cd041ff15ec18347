package mask

import "crypto/cipher"

// FF1 and FF1Bits are the two forms of FF1, for the vectors of the specification and for comparison with each other.
func FF1(block cipher.Block, radix uint32, numerals []byte, tweak string, backwards bool) {
	ff1(block, make([]byte, ff1Scratch), radix, numerals, tweak, backwards)
}

// FF1Bits takes bits, one in each byte, the highest first.
func FF1Bits(block cipher.Block, numerals []byte, tweak string, backwards bool) {
	var x wide
	for _, bit := range numerals {
		x.mulAdd(limbs, 2, uint64(bit))
	}
	ff1Bits(block, make([]byte, ff1Scratch), &x, len(numerals), tweak, backwards)
	for i := range numerals {
		numerals[len(numerals)-1-i] = byte(x.divMod(limbs, 2))
	}
}

// MostNumerals is how many numerals FF1 takes.
func MostNumerals(radix uint32) int { return mostNumerals(radix) }

// MostDigits is how many digits a token of digits alone may have.
const MostDigits = mostDigits

// Untoken leads a token back.
func (k *Keys) Untoken(name string, text []byte) bool {
	return k.named(name).token(make([]byte, ff1Scratch), text, true)
}

// Untoken leads back the token of a type that is no text.
func (c *Column) Untoken(in []byte) ([]byte, bool) { return c.tokenScalar(nil, in, true) }
