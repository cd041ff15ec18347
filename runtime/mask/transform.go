package mask

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
)

// What a transform must hide at least, in characters.
const (
	last4Kept    = 4
	last4Least   = 8
	first1Least  = 4
	emailLeast   = 2
	domainLength = 253 // RFC 1035, section 2.3.4, without the final dot
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
	if runes(in[:at]) >= emailLeast {
		dst = append(dst, firstRune(in)...)
	}
	dst = append(dst, stars...)
	return append(dst, in[at:]...)
}

func firstRune(in []byte) []byte {
	_, size := utf8.DecodeRune(in)
	return in[:size]
}

func isLocalPart(in []byte) bool {
	for len(in) > 0 {
		r, size := utf8.DecodeRune(in)
		if r == utf8.RuneError || r == '@' || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
		in = in[size:]
	}
	return true
}

// isDomain accepts dotted names of letters, digits and hyphens, internationalised ones included, whose last label is
// not a number: numbers behind an @ are more likely what is to be hidden.
func isDomain(in []byte) bool {
	if len(in) > domainLength {
		return false
	}
	label, dots, letters := 0, 0, 0
	for len(in) > 0 {
		r, size := utf8.DecodeRune(in)
		in = in[size:]
		switch {
		case r == '.':
			if label == 0 {
				return false
			}
			label, letters = 0, 0
			dots++
			continue
		case r == utf8.RuneError:
			return false
		case unicode.IsLetter(r):
			letters++
		case '0' <= r && r <= '9', r == '-', unicode.IsMark(r):
		default:
			return false
		}
		label++
	}
	return dots > 0 && label > 0 && letters > 0
}
