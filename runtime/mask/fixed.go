package mask

import (
	"encoding/hex"
	"encoding/json"
	"strings"
)

// fixedOf writes a constant as a value of a type and format; false when it is none.
func fixedOf(typeOID uint32, format int16, value string) (out []byte, ok bool) {
	switch shapeOf(typeOID) {
	case shapeText, shapePadded:
		return []byte(value), true
	case shapeLetter:
		return []byte(value), len(value) == 1
	case shapeMarkup:
		return []byte(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(value)), true
	case shapeJSON:
		return fixedJSON(nil, value), true
	case shapeJSONB:
		if format == formatBinary {
			out = append(out, jsonbVersion)
		}
		return fixedJSON(out, value), true
	default:
		return fixedScalar(typeOID, format, value)
	}
}

// fixedJSON takes what is a JSON document as one, and all else as a text.
func fixedJSON(dst []byte, value string) []byte {
	if json.Valid([]byte(value)) {
		return append(dst, value...)
	}
	quoted, _ := json.Marshal(value) // a string has a JSON form
	return append(dst, quoted...)
}

func fixedScalar(typeOID uint32, format int16, value string) (out []byte, ok bool) {
	in := []byte(value)
	switch typeOID {
	case oidBool:
		return fixedBool(format, value)
	case oidInt2, oidInt4, oidInt8:
		v, ok := readInt(typeOID, formatText, in)
		return appendInt(nil, typeOID, format, v, ok)
	case oidFloat4, oidFloat8:
		v, ok := readFloat(typeOID, formatText, in)
		return appendFloat(nil, typeOID, format, v), ok
	case oidNumeric:
		return fixedNumeric(format, value)
	case oidDate, oidTimestamp, oidTimestampTZ:
		return fixedTime(typeOID, format, in)
	case oidUUID:
		id, ok := readUUID(formatText, in)
		return appendUUID(nil, format, &id), ok
	default:
		return nil, false
	}
}

func fixedBool(format int16, value string) ([]byte, bool) {
	if value != "true" && value != "false" {
		return nil, false
	}
	if format == formatText {
		return []byte(value[:1]), true
	}
	if value == "true" {
		return []byte{1}, true
	}
	return []byte{0}, true
}

func fixedNumeric(format int16, value string) ([]byte, bool) {
	_, part, _ := strings.Cut(value, ".")
	if len(part) > maxPlaces {
		return nil, false
	}
	d, ok := parseDecimal([]byte(value), len(part))
	if !ok || format == formatText {
		return d.appendText(nil), ok
	}
	return d.appendNumeric(nil), true
}

// fixedTime takes a date; as a timestamp it is that day's midnight.
func fixedTime(typeOID uint32, format int16, in []byte) ([]byte, bool) {
	days, ok := parseTime(oidDate, in)
	return appendDays(nil, typeOID, format, days), ok
}

// The printed form of a UUID is 8-4-4-4-12 hexadecimal digits.
const uuidPrinted = 36

func readUUID(format int16, in []byte) (id [16]byte, ok bool) {
	if format == formatBinary {
		return id, len(in) == copy(id[:], in)
	}
	if len(in) != uuidPrinted || in[8] != '-' || in[13] != '-' || in[18] != '-' || in[23] != '-' {
		return id, false
	}
	var digits [32]byte
	n := copy(digits[:], in[:8])
	for _, at := range [4]int{9, 14, 19, 24} {
		n += copy(digits[n:], in[at:min(at+12, uuidPrinted)][:min(len(digits)-n, groupOf(at))])
	}
	_, err := hex.Decode(id[:], digits[:])
	return id, err == nil
}

func groupOf(at int) int {
	if at == 24 {
		return 12
	}
	return 4
}

func appendUUID(dst []byte, format int16, id *[16]byte) []byte {
	if format == formatBinary {
		return append(dst, id[:]...)
	}
	for i, c := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
	}
	return dst
}
