package mask

import (
	"encoding/binary"
	"math"
	"strconv"
)

// decimal is a number as a count of units of 10 to the power of -places.
type decimal struct {
	units  int64
	places int
}

// maxPlaces is how many decimals the two groups behind the point of a binary numeric hold.
const maxPlaces = 8

var powersOfTen = [...]int64{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000}

// parseDecimal reads a decimal number without an exponent, as numeric is printed (manual chapter 8.1.2), and rounds it
// down to so many places. What is out of range, infinite or no number is not read.
func parseDecimal(in []byte, places int) (d decimal, ok bool) {
	negative := len(in) > 0 && in[0] == '-'
	if negative {
		in = in[1:]
	}
	d.places = places
	left, rest, point, digits := places, false, false, 0
	for _, c := range in {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case !isDigit(c):
			return d, false
		}
		digits++
		if point && left == 0 {
			rest = rest || c != '0'
			continue
		}
		if point {
			left--
		}
		if !d.append(10, int64(c-'0')) {
			return d, false
		}
	}
	return d.finish(negative, rest, powersOfTen[left], digits > 0)
}

// append makes units into units*by + next, and reports whether that has a place.
func (d *decimal) append(by, next int64) bool {
	if d.units > (math.MaxInt64-next)/by {
		return false
	}
	d.units = d.units*by + next
	return true
}

// finish brings units to their places and gives them the sign; rest says that something was cut off.
func (d decimal) finish(negative, rest bool, by int64, ok bool) (decimal, bool) {
	if !ok || !d.append(by, 0) {
		return d, false
	}
	if negative {
		d.units = -d.units
		if rest {
			d.units--
		}
	}
	return d, true
}

// appendText prints the number.
func (d decimal) appendText(dst []byte) []byte {
	units := d.units
	if units < 0 {
		dst = append(dst, '-')
	}
	by := powersOfTen[d.places]
	whole, part := units/by, units%by
	dst = strconv.AppendUint(dst, magnitude(whole), 10)
	if d.places == 0 {
		return dst
	}
	dst = append(dst, '.')
	for place := by / 10; place > 0; place /= 10 {
		dst = append(dst, '0'+byte(magnitude(part)/uint64(place)%10))
	}
	return dst
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// Signs of a binary numeric (numeric_send); others are not-a-number and the infinities.
const (
	numericPositive = 0x0000
	numericNegative = 0x4000
)

// parseNumeric reads a binary numeric as parseDecimal reads a printed one.
func parseNumeric(in []byte, places int) (d decimal, ok bool) {
	if len(in) < numericHead {
		return d, false
	}
	groups, weight := int(binary.BigEndian.Uint16(in)), int(int16(binary.BigEndian.Uint16(in[2:])))
	sign := binary.BigEndian.Uint16(in[4:])
	if len(in) != numericHead+2*groups || sign != numericPositive && sign != numericNegative {
		return d, false
	}
	d.places = places
	rest, at := false, func(i int) int64 {
		if i < 0 || i >= groups {
			return 0
		}
		return int64(binary.BigEndian.Uint16(in[numericHead+2*i:]))
	}
	for i := 0; i <= weight; i++ {
		if !d.append(10_000, at(i)) {
			return d, false
		}
	}
	part := at(weight+1)*10_000 + at(weight+2)
	cut := powersOfTen[maxPlaces-places]
	for i := max(0, weight+3); i < groups; i++ {
		rest = rest || at(i) != 0
	}
	rest = rest || part%cut != 0
	if part >= powersOfTen[maxPlaces] || !d.append(powersOfTen[places], part/cut) {
		return d, false
	}
	return d.finish(sign == numericNegative, rest, 1, true)
}

// appendNumeric writes the number as a binary numeric.
func (d decimal) appendNumeric(dst []byte) []byte {
	by := powersOfTen[d.places]
	whole, part := magnitude(d.units/by), magnitude(d.units%by)*uint64(powersOfTen[maxPlaces-d.places])
	var groups [8]uint16 // five of the whole, two of the part
	first, n := 0, 0
	for p := uint64(10_000_000_000_000_000); p > 0; p /= 10_000 {
		groups[n] = uint16(whole / p % 10_000)
		n++
	}
	groups[n], groups[n+1] = uint16(part/10_000), uint16(part%10_000)
	for n += 2; n > 0 && groups[n-1] == 0; n-- {
	}
	for first < n && groups[first] == 0 {
		first++
	}
	sign, weight := uint16(numericPositive), 4-first
	switch {
	case first == n:
		weight = 0
	case d.units < 0:
		sign = numericNegative
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(n-first))
	dst = binary.BigEndian.AppendUint16(dst, uint16(int16(weight)))
	dst = binary.BigEndian.AppendUint16(dst, sign)
	dst = binary.BigEndian.AppendUint16(dst, uint16(d.places))
	for _, g := range groups[first:n] {
		dst = binary.BigEndian.AppendUint16(dst, g)
	}
	return dst
}
