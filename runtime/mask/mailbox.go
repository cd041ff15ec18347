package mask

import (
	"unicode"
	"unicode/utf8"
)

// domainLength is how long a domain may be (RFC 1035, section 2.3.4, without the final dot).
const domainLength = 253

// mailbox says what a byte is in an address. ASCII needs no more than one look at it.
type mailbox uint8

const (
	// local may stand before the @.
	local mailbox = 1 << iota
	// label may stand in a name behind it; letter as the one that makes it no number.
	label
	letter
)

var mailboxes = func() (t [utf8.RuneSelf]mailbox) {
	for c := range byte(utf8.RuneSelf) {
		if c > ' ' && c < 0x7f && c != '@' {
			t[c] = local
		}
		switch {
		case isAlpha(c):
			t[c] |= label | letter
		case isDigit(c), c == '-':
			t[c] |= label
		}
	}
	return t
}()

// isLocalPart accepts everything but blanks, control characters, @ and what is not UTF-8.
func isLocalPart(in []byte) bool {
	for i := 0; i < len(in); {
		c := in[i]
		if c < utf8.RuneSelf {
			if mailboxes[c] == 0 {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(in[i:])
		if r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
		i += size
	}
	return true
}

// isDomain accepts dotted names of letters, digits and hyphens, internationalised ones included, whose last label is
// not a number: numbers behind an @ are more likely what is to be hidden.
func isDomain(in []byte) bool {
	if len(in) > domainLength {
		return false
	}
	start, dots, letters := 0, 0, mailbox(0)
	for i := 0; i < len(in); {
		c := in[i]
		switch {
		case c == '.':
			if i == start {
				return false
			}
			start, letters = i+1, 0
			dots++
			i++
		case c < utf8.RuneSelf:
			if mailboxes[c]&label == 0 {
				return false
			}
			letters |= mailboxes[c]
			i++
		default:
			r, size := utf8.DecodeRune(in[i:])
			switch {
			case r == utf8.RuneError:
				return false
			case unicode.IsLetter(r):
				letters |= letter
			case !unicode.IsMark(r):
				return false
			}
			i += size
		}
	}
	return dots > 0 && start < len(in) && letters&letter != 0
}
