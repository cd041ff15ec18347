package mask

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// maxBits is how large a number wide holds.
const (
	maxBits = 512
	limbs   = maxBits / 64
)

// wide is a number, the lowest limb first. half is half of one.
type (
	wide [limbs]uint64
	half [limbs / 2]uint64
)

// mulAdd makes w into w*r + d, over its first n limbs, and gives what does not fit.
func (w *wide) mulAdd(n int, r, d uint64) (over uint64) {
	for i := range w[:n] {
		high, low := bits.Mul64(w[i], r)
		var carry uint64
		w[i], carry = bits.Add64(low, d, 0)
		d = high + carry
	}
	return d
}

// divMod makes w into w/r, over its first n limbs, and gives the remainder.
func (w *wide) divMod(n int, r uint64) (rest uint64) {
	for i := range slices.Backward(w[:n]) {
		w[i], rest = bits.Div64(rest, w[i], r)
	}
	return rest
}

func (w *wide) less(o *wide) bool {
	for i := range slices.Backward(w[:]) {
		if w[i] != o[i] {
			return w[i] < o[i]
		}
	}
	return false
}

// decremented gives w-1, and the number of its bits.
func (w wide) decremented() (wide, int) {
	for i := range w {
		w[i]--
		if w[i] != ^uint64(0) {
			break
		}
	}
	for i := range slices.Backward(w[:]) {
		if w[i] != 0 {
			return w, 64*i + bits.Len64(w[i])
		}
	}
	return w, 0
}

// split gives the bits above the lowest v, and those, v being at most half of all.
func (w *wide) split(v int) (upper, lower half) {
	shift, skip := uint(v%64), v/64
	for i := range upper {
		upper[i] = w[i+skip] >> shift
		if i+skip+1 < limbs {
			upper[i] |= w[i+skip+1] << (64 - shift) // nothing when shift is 0
		}
	}
	copy(lower[:], w[:len(lower)])
	lower.cut(v)
	return upper, lower
}

func join(upper, lower half, v int) (w wide) {
	shift, skip := uint(v%64), v/64
	copy(w[:], lower[:])
	for i := range upper {
		w[i+skip] |= upper[i] << shift
		if i+skip+1 < limbs {
			w[i+skip+1] |= upper[i] >> (64 - shift)
		}
	}
	return w
}

// cut leaves the lowest n bits.
func (h *half) cut(n int) {
	for i := range h {
		switch {
		case 64*i >= n:
			h[i] = 0
		case 64*(i+1) > n:
			h[i] &= 1<<uint(n-64*i) - 1
		}
	}
}

// put writes h as a number of len(dst) bytes.
func (h *half) put(dst []byte) {
	for i := range dst {
		at := len(dst) - 1 - i
		dst[at] = byte(h[i/8] >> (8 * uint(i%8)))
	}
}

// lowest reads the lowest limbs of the number in s.
func lowest(s []byte) (h half) {
	for i := range h {
		if len(s) < 8 {
			for _, c := range s {
				h[i] = h[i]<<8 | uint64(c)
			}
			return h
		}
		h[i] = binary.BigEndian.Uint64(s[len(s)-8:])
		s = s[:len(s)-8]
	}
	return h
}

// plus and minus are modulo 2 to the power of n.
func (h half) plus(s []byte, n int) half {
	other := lowest(s)
	var carry uint64
	for i := range h {
		h[i], carry = bits.Add64(h[i], other[i], carry)
	}
	h.cut(n)
	return h
}

func (h half) minus(s []byte, n int) half {
	other := lowest(s)
	var borrow uint64
	for i := range h {
		h[i], borrow = bits.Sub64(h[i], other[i], borrow)
	}
	h.cut(n)
	return h
}
