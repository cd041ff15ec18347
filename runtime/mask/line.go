package mask

import "encoding/hex"

// minHex is the shortest run of hexadecimal digits that is worth decoding: an e-mail address has six bytes or more.
const minHex = 12

// Line masks each sensitive value in one line of COPY data in text or csv format, where types are not known: as Redact
// does, and in bytes that are written in hexadecimal (manual chapter 8.4.1), which are blanked as a whole.
func (s *Scanner) Line(dst, in []byte) (out []byte, hits int) {
	if !s.on || len(in) == 0 {
		return in, 0
	}
	var found []hit
	for at := 0; ; {
		start, end := nextHex(in, at)
		if start < 0 {
			break
		}
		if plain, err := hex.AppendDecode(nil, in[start:end]); err == nil && s.count(plain) > 0 {
			found = append(found, hit{start: start, end: end})
		}
		at = end
	}
	if len(found) == 0 {
		return s.Redact(dst, in)
	}
	var blanked []byte
	from := 0
	for _, h := range found {
		blanked = append(append(blanked, in[from:h.start]...), "2a2a2a2a"...) // ****
		from = h.end
	}
	out, more := s.Redact(dst, append(blanked, in[from:]...))
	return out, len(found) + more
}

// nextHex finds the next run of an even number of hexadecimal digits behind "\x"; start is -1 when there is none.
func nextHex(in []byte, at int) (start, end int) {
	for ; at+2+minHex <= len(in); at++ {
		if in[at] != '\\' || in[at+1] != 'x' {
			continue
		}
		end := at + 2
		for end < len(in) && isHex(in[end]) {
			end++
		}
		if n := (end - at - 2) &^ 1; n >= minHex {
			return at + 2, at + 2 + n
		}
		at = end - 1
	}
	return -1, 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
