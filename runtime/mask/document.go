package mask

import "bytes"

// document masks the sensitive values in a JSON document that starts at in[from:]; what stands before is kept.
func (s *Scanner) document(dst, in []byte, from int) (out []byte, hits int) {
	text := in[from:]
	if len(text) == 0 {
		return in, 0
	}
	if s.blind || s.hidden(text) {
		return append(append(dst, in[:from]...), starJSON...), 1
	}
	found := s.sweep(text)
	if len(found) == 0 {
		return in, 0
	}
	found = settle(found, &s.merged)
	dst = append(dst, in[:from]...)
	return replaceJSON(dst, text, found), len(found)
}

// hidden reports whether the document spells a sensitive value with \u escapes of ASCII characters (RFC 8259,
// section 7), which hide it from the sweep.
func (s *Scanner) hidden(text []byte) bool {
	if !bytes.Contains(text, []byte(`\u00`)) {
		return false
	}
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			plain = append(plain, c)
			continue
		}
		i++
		switch c := text[i]; c {
		case 'u':
			if ascii, ok := escapedASCII(text[i:]); ok {
				plain = append(plain, ascii)
				i += 4
			}
		case 'b', 'f', 'n', 'r', 't':
			plain = append(plain, ' ')
		default:
			plain = append(plain, c)
		}
	}
	return s.count(plain) > s.count(text)
}

// escapedASCII reads the "u00XX" of an escape.
func escapedASCII(in []byte) (byte, bool) {
	if len(in) < 5 || in[0] != 'u' || in[1] != '0' || in[2] != '0' {
		return 0, false
	}
	highHalf, ok1 := hexValue(in[3])
	lowHalf, ok2 := hexValue(in[4])
	return highHalf<<4 | lowHalf, ok1 && ok2 && highHalf < 8
}

func hexValue(c byte) (byte, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case isAlpha(c) && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	default:
		return 0, false
	}
}

// replaceJSON copies the document with each hit in its masked form. A hit outside of strings is in a number: the whole
// number becomes a string. A hit inside a string leaves the escape alone whose last characters it took for its own.
func replaceJSON(dst, text []byte, found []hit) []byte {
	from, inString := 0, false
	for _, h := range found {
		if h.start < from {
			continue // in a number that is already replaced
		}
		var at int
		if inString, at = walk(text, from, h.start, inString); inString {
			at = min(at, h.end)
			dst = append(dst, text[from:at]...)
			dst = h.with.text(dst, text[at:h.end])
			from = h.end
			continue
		}
		start, end := numberAround(text, from, h)
		dst = append(dst, text[from:start]...)
		dst = append(dst, '"')
		dst = h.with.text(dst, text[h.start:h.end])
		dst = append(dst, '"')
		from = end
	}
	return append(dst, text[from:]...)
}

// walk reads text[from:to] from inside or outside of a string and says on which side it ends up, and where: to, or the
// end of the escape that reaches beyond.
func walk(text []byte, from, to int, inString bool) (inside bool, at int) {
	for from < to {
		switch c := text[from]; {
		case c == '"':
			inString = !inString
		case c != '\\' || !inString:
		case from+1 < len(text) && text[from+1] == 'u':
			from += len("u00e4")
		default:
			from++
		}
		from++
	}
	return inString, from
}

// numberAround gives the bounds of the number that holds the hit.
func numberAround(text []byte, from int, h hit) (start, end int) {
	start, end = h.start, h.end
	for start > from && inNumber(text[start-1]) {
		start--
	}
	for end < len(text) && inNumber(text[end]) {
		end++
	}
	return start, end
}

// inNumber reports whether c may stand in a JSON number (RFC 8259, section 6).
func inNumber(c byte) bool {
	return isDigit(c) || c == '-' || c == '+' || c == '.' || c|0x20 == 'e'
}
