package mask

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/gatewright/gatewright/schema"
)

// bucket puts values into buckets of one width and gives the lower end: the greatest multiple of the width that is not
// above a number, the first day of a stretch of the calendar. What has no lower end in its type has no masked form.
type bucket struct{ schema.Width }

// append writes the lower end of the bucket that a value is in, as a value of the same type and format.
func (b bucket) append(dst []byte, typeOID uint32, format int16, in []byte) (out []byte, ok bool) {
	switch typeOID {
	case oidDate, oidTimestamp, oidTimestampTZ:
		return b.time(dst, typeOID, format, in)
	case oidInt2, oidInt4, oidInt8:
		v, ok := readInt(typeOID, format, in)
		if !ok || b.Decimals > 0 || b.Span != schema.SpanNone {
			return dst, false
		}
		lower, ok := b.lower(v)
		return appendInt(dst, typeOID, format, lower, ok)
	case oidNumeric:
		return b.numeric(dst, format, in)
	case oidFloat4, oidFloat8:
		return b.float(dst, typeOID, format, in)
	default:
		return dst, false
	}
}

// lower rounds units down to a multiple of the width.
func (b bucket) lower(units int64) (int64, bool) {
	n := floor(units, b.Number)
	if n < 0 && n < math.MinInt64/b.Number {
		return 0, false
	}
	return n * b.Number, true
}

func (b bucket) time(dst []byte, typeOID uint32, format int16, in []byte) ([]byte, bool) {
	read := parseTime
	if format == formatBinary {
		read = readTime
	}
	v, ok := read(typeOID, in)
	if !ok {
		return dst, false
	}
	if typeOID != oidDate {
		v = floor(v, microsPerDay)
	}
	first, ok := bucketOf(v, b.Span)
	if !ok {
		return dst, false
	}
	return appendDays(dst, typeOID, format, first), true
}

func (b bucket) numeric(dst []byte, format int16, in []byte) ([]byte, bool) {
	read := parseDecimal
	if format == formatBinary {
		read = parseNumeric
	}
	d, ok := read(in, b.Decimals)
	if !ok || b.Span != schema.SpanNone {
		return dst, false
	}
	if d.units, ok = b.lower(d.units); !ok {
		return dst, false
	}
	if format == formatBinary {
		return d.appendNumeric(dst), true
	}
	return d.appendText(dst), true
}

// exact bounds the whole numbers up to which a float64 holds each one.
const exact = 1 << 53

// float goes by way of whole units, so that the lower end of 0.3 in steps of 0.1 is 0.3 and not the float below it.
func (b bucket) float(dst []byte, typeOID uint32, format int16, in []byte) ([]byte, bool) {
	v, ok := readFloat(typeOID, format, in)
	by := float64(powersOfTen[b.Decimals])
	units := math.Floor(v * by)
	if !ok || b.Span != schema.SpanNone || !(math.Abs(units) < exact) {
		return dst, false
	}
	lower, ok := b.lower(int64(units))
	if !ok || lower <= -exact {
		return dst, false
	}
	return appendFloat(dst, typeOID, format, float64(lower)/by), true
}

func readInt(typeOID uint32, format int16, in []byte) (int64, bool) {
	size := intSize(typeOID)
	if format != formatBinary {
		v, err := strconv.ParseInt(string(in), 10, 8*size)
		return v, err == nil
	}
	if len(in) != size {
		return 0, false
	}
	switch size {
	case 2:
		return int64(int16(binary.BigEndian.Uint16(in))), true
	case 4:
		return int64(int32(binary.BigEndian.Uint32(in))), true
	default:
		return int64(binary.BigEndian.Uint64(in)), true
	}
}

func intSize(typeOID uint32) int {
	switch typeOID {
	case oidInt2:
		return 2
	case oidInt4:
		return 4
	default:
		return 8
	}
}

// appendInt writes a number that fits into its type; ok is handed through.
func appendInt(dst []byte, typeOID uint32, format int16, v int64, ok bool) ([]byte, bool) {
	size := intSize(typeOID)
	if unused := uint(64 - 8*size); !ok || v<<unused>>unused != v {
		return dst, false
	}
	if format != formatBinary {
		return strconv.AppendInt(dst, v, 10), true
	}
	switch size {
	case 2:
		return binary.BigEndian.AppendUint16(dst, uint16(v)), true
	case 4:
		return binary.BigEndian.AppendUint32(dst, uint32(v)), true
	default:
		return binary.BigEndian.AppendUint64(dst, uint64(v)), true
	}
}

// longestFloat is longer than any float that PostgreSQL prints.
const longestFloat = 32

func readFloat(typeOID uint32, format int16, in []byte) (v float64, ok bool) {
	switch {
	case format != formatBinary:
		if len(in) > longestFloat {
			return 0, false
		}
		var err error
		v, err = strconv.ParseFloat(string(in), floatBits(typeOID))
		ok = err == nil
	case typeOID == oidFloat4 && len(in) == 4:
		v, ok = float64(math.Float32frombits(binary.BigEndian.Uint32(in))), true
	case typeOID == oidFloat8 && len(in) == 8:
		v, ok = math.Float64frombits(binary.BigEndian.Uint64(in)), true
	}
	return v, ok && !math.IsNaN(v) && !math.IsInf(v, 0)
}

func floatBits(typeOID uint32) int {
	if typeOID == oidFloat4 {
		return 32
	}
	return 64
}

func appendFloat(dst []byte, typeOID uint32, format int16, v float64) []byte {
	switch {
	case format != formatBinary:
		return strconv.AppendFloat(dst, v, 'f', -1, floatBits(typeOID))
	case typeOID == oidFloat4:
		return binary.BigEndian.AppendUint32(dst, math.Float32bits(float32(v)))
	default:
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(v))
	}
}
