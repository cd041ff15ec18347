package mask

import (
	"bytes"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
)

// What a transform must hide at least, in characters.
const (
	last4Kept   = 4
	last4Least  = 8
	first1Least = 4
)

// runes counts characters; a byte that is not UTF-8 counts as one.
func runes(b []byte) int { return utf8.RuneCount(b) }

// appendTransformed appends the masked form of the text in. Characters are Unicode code points; each byte that is not
// UTF-8 counts as one.
func appendTransformed(dst []byte, t schema.Transform, in []byte) []byte {
	switch t {
	case schema.TransformLast4:
		return appendLast4(dst, in)
	case schema.TransformFirst1:
		if runes(in) < first1Least {
			break
		}
		return append(append(dst, firstRune(in)...), stars...)
	case schema.TransformEmail:
		return appendEmail(dst, in)
	}
	return append(dst, stars...)
}

// appendLast4 keeps the last four characters behind one star for each hidden one.
func appendLast4(dst, in []byte) []byte {
	hidden := runes(in) - last4Kept
	if hidden < last4Least-last4Kept {
		return append(dst, stars...)
	}
	for range hidden {
		dst = append(dst, '*')
	}
	tail := len(in)
	for range last4Kept {
		_, size := utf8.DecodeLastRune(in[:tail])
		tail -= size
	}
	return append(dst, in[tail:]...)
}

// appendEmail keeps the domain, and the first character of a local part that has more. What does not look like one
// address as a whole is hidden as a whole: text around an address may be anything.
func appendEmail(dst, in []byte) []byte {
	at := bytes.LastIndexByte(in, '@')
	if at < 1 || !isLocalPart(in[:at]) || !isDomain(in[at+1:]) {
		return append(dst, stars...)
	}
	if first := firstRune(in); len(first) < at {
		dst = append(dst, first...)
	}
	dst = append(dst, stars...)
	return append(dst, in[at:]...)
}

func firstRune(in []byte) []byte {
	_, size := utf8.DecodeRune(in)
	return in[:size]
}
