package mask

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// Object identifiers of types without masked text that the scanner knows how to read.
const (
	oidBool, oidBytea, oidInt8, oidInt2, oidInt4, oidOID        = 16, 17, 20, 21, 23, 26
	oidFloat4, oidFloat8, oidDate, oidTime, oidTimestamp        = 700, 701, 1082, 1083, 1114
	oidTimestampTZ, oidInterval, oidTimeTZ, oidNumeric, oidUUID = 1184, 1186, 1266, 1700, 2950
	oidRecord, oidTextArray, oidBpcharArray, oidVarcharArray    = 2249, 1009, 1014, 1015
	oidNameArray, oidJSONArray, oidJSONBArray, oidInt8Array     = 1003, 199, 3807, 1016
	oidNumericArray, oidXMLArray, oidRecordArray                = 1231, 143, 2287
)

// Cell masks each sensitive value in one cell, whatever its type, so that the cell stays valid as a value of its type.
// Inside text the values are masked in place, as Redact does. A JSON document stays JSON: a number becomes a string.
// A cell of a type without masked text that holds a sensitive value, as an int8, an array or a row may, becomes NULL
// as a whole. hits is how many values there were; with none, out is in itself and nothing is copied.
func (s *Scanner) Cell(dst []byte, typeOID uint32, format int16, in []byte) (out []byte, null bool, hits int) {
	if in == nil || !s.on {
		return in, in == nil, 0
	}
	switch shapeOf(typeOID) {
	case shapeJSON:
		out, hits = s.document(dst, in, 0)
		return out, false, hits
	case shapeJSONB:
		version := 0
		if format == formatBinary {
			version = min(1, len(in))
		}
		out, hits = s.document(dst, in, version)
		return out, false, hits
	case shapeOpaque:
		if hits = s.opaque(typeOID, format, in, nested); hits > 0 {
			return dst, true, hits
		}
		return in, false, 0
	default:
		out, hits = s.Redact(dst, in)
		return out, false, hits
	}
}

// nested bounds arrays within rows within arrays; PostgreSQL's own nesting has no such bound, and what lies deeper
// counts as a hit.
const nested = 8

// opaque counts the sensitive values in a cell of a type without masked text.
func (s *Scanner) opaque(typeOID uint32, format int16, in []byte, depth int) int {
	switch typeOID {
	case oidBool, oidInt2, oidInt4, oidOID, oidFloat4, oidFloat8, oidDate, oidTime, oidTimestamp, oidTimestampTZ,
		oidInterval, oidTimeTZ, oidUUID:
		return 0 // too short, or of another form
	case oidBytea:
		return s.bytea(format, in)
	}
	if format != formatBinary {
		return s.count(in)
	}
	switch typeOID {
	case oidInt8:
		return s.integer(in)
	case oidNumeric:
		return s.numeric(in)
	case oidTextArray, oidBpcharArray, oidVarcharArray, oidNameArray, oidJSONArray, oidJSONBArray, oidInt8Array,
		oidNumericArray, oidXMLArray, oidRecordArray:
		return s.array(in, depth)
	case oidRecord:
		return s.record(in, depth)
	default:
		return s.count(in)
	}
}

// count counts the sensitive values in a text.
func (s *Scanner) count(in []byte) int {
	if len(in) == 0 {
		return 0
	}
	if s.blind {
		return 1
	}
	return len(s.sweep(in))
}

// bytea reads bytes, which in text format are hexadecimal behind \x (manual chapter 8.4.1).
func (s *Scanner) bytea(format int16, in []byte) int {
	if format == formatBinary || len(in) < 2 || in[0] != '\\' || in[1] != 'x' {
		return s.count(in)
	}
	plain, err := hex.AppendDecode(nil, in[2:])
	if err != nil {
		return s.count(in)
	}
	return s.count(plain)
}

// integer reads an int8 (int8send).
func (s *Scanner) integer(in []byte) int {
	if len(in) != 8 {
		return s.count(in)
	}
	return s.whole(binary.BigEndian.Uint64(in))
}

// numericHead is the number of groups, the weight of the first one, the sign and the scale, two bytes each.
const numericHead = 8

// numeric reads the whole part of a number given in groups of four decimal digits (numeric_send). A number of more
// digits than any sensitive value has none.
func (s *Scanner) numeric(in []byte) int {
	const most = 6
	if len(in) < numericHead {
		return s.count(in)
	}
	groups, weight := int(binary.BigEndian.Uint16(in)), int(int16(binary.BigEndian.Uint16(in[2:])))
	if len(in) != numericHead+2*groups {
		return s.count(in)
	}
	if weight < 0 || weight >= most {
		return 0
	}
	var value uint64
	for i := range weight + 1 {
		value *= 10_000
		if i < groups {
			value += uint64(binary.BigEndian.Uint16(in[numericHead+2*i:]))
		}
	}
	if groups > weight+1 {
		return 0 // a fraction
	}
	return s.whole(value)
}

// whole reads a whole number; one of fewer digits than a card number has none to hide.
func (s *Scanner) whole(value uint64) int {
	const least = 1_000_000_000_000
	if value < least || value > 1<<63 {
		return 0
	}
	return s.count(strconv.AppendUint(nil, value, 10))
}
