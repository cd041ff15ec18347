package mask

import "encoding/binary"

// array counts the sensitive values in the elements of a binary array (array_send): the number of dimensions, a flag,
// the elements' type, then length and lower bound of each dimension, then the elements.
func (s *Scanner) array(in []byte, depth int) int {
	const head, dimension = 12, 8
	if len(in) < head || depth == 0 {
		return s.malformed(in)
	}
	dimensions := binary.BigEndian.Uint32(in)
	elementOID := binary.BigEndian.Uint32(in[8:])
	if uint64(len(in)-head) < uint64(dimensions)*dimension {
		return s.malformed(in)
	}
	rest, hits := in[head+int(dimensions)*dimension:], 0
	for len(rest) > 0 {
		element, tail, ok := next(rest)
		if !ok {
			return s.malformed(in)
		}
		hits += s.element(elementOID, element, depth)
		rest = tail
	}
	return hits
}

// record counts the sensitive values in the fields of a binary row (record_send): their number, then each field's type
// and value.
func (s *Scanner) record(in []byte, depth int) int {
	if len(in) < 4 || depth == 0 {
		return s.malformed(in)
	}
	rest, hits := in[4:], 0
	for len(rest) > 0 {
		if len(rest) < 4 {
			return s.malformed(in)
		}
		field, tail, ok := next(rest[4:])
		if !ok {
			return s.malformed(in)
		}
		hits += s.element(binary.BigEndian.Uint32(rest), field, depth)
		rest = tail
	}
	return hits
}

func (s *Scanner) element(typeOID uint32, in []byte, depth int) int {
	if Textual(typeOID) {
		return s.count(in)
	}
	return s.opaque(typeOID, formatBinary, in, depth-1)
}

// next takes one value off: its length, -1 for NULL, and its bytes.
func next(in []byte) (value, rest []byte, ok bool) {
	if len(in) < 4 {
		return nil, nil, false
	}
	length := int32(binary.BigEndian.Uint32(in))
	in = in[4:]
	if length == -1 {
		return nil, in, true
	}
	if length < 0 || int(length) > len(in) {
		return nil, nil, false
	}
	return in[:length], in[length:], true
}

// malformed is the answer for what cannot be read: it may hold anything.
func (s *Scanner) malformed(in []byte) int { return max(1, s.count(in)) }
