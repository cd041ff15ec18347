package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
)

// OIDs of the types whose binary form is read for an approver (pg_type.dat).
const (
	oidBool        = 16
	oidChar        = 18
	oidName        = 19
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidOID         = 26
	oidJSON        = 114
	oidXML         = 142
	oidFloat4      = 700
	oidFloat8      = 701
	oidUnknown     = 705
	oidBpchar      = 1042
	oidVarchar     = 1043
	oidDate        = 1082
	oidTimestamp   = 1114
	oidTimestamptz = 1184
	oidNumeric     = 1700
	oidUUID        = 2950
	oidJSONB       = 3802
)

// printed is a bind value as a person reads it: NULL, a quoted text, or for a binary value of another type its bytes in
// hexadecimal, with the type.
func printed(p *schema.Parameter, oid uint32) string {
	switch {
	case p.Null:
		return "NULL"
	case !p.Binary:
		return quoted(p.Value)
	}
	if text, ok := binaryText(oid, p.Value); ok {
		return text
	}
	if oid == 0 {
		return `'\x` + hex.EncodeToString(p.Value) + `' (binary, type not told)`
	}
	return `'\x` + hex.EncodeToString(p.Value) + fmt.Sprintf("' (binary, type with OID %d)", oid)
}

func quoted(text []byte) string {
	if !utf8.Valid(text) {
		return `'\x` + hex.EncodeToString(text) + `' (not UTF-8)`
	}
	return "'" + strings.ReplaceAll(string(text), "'", "''") + "'"
}

// binaryText reads the binary form of the common types, as the types' send functions write it.
func binaryText(oid uint32, b []byte) (string, bool) {
	switch oid {
	case oidText, oidVarchar, oidBpchar, oidName, oidChar, oidJSON, oidXML, oidUnknown:
		return quoted(b), true
	case oidJSONB:
		if len(b) > 0 && b[0] == 1 { // the version of the form
			return quoted(b[1:]), true
		}
	case oidNumeric:
		return numericText(b)
	case oidUUID:
		if len(b) == 16 {
			return fmt.Sprintf("'%x-%x-%x-%x-%x'", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), true
		}
	}
	switch len(b) {
	case 1:
		if oid == oidBool {
			return strconv.FormatBool(b[0] != 0), true
		}
	case 2:
		if oid == oidInt2 {
			return strconv.Itoa(int(int16(binary.BigEndian.Uint16(b)))), true
		}
	case 4:
		return fourBytes(oid, binary.BigEndian.Uint32(b))
	case 8:
		return eightBytes(oid, binary.BigEndian.Uint64(b))
	}
	return "", false
}

func fourBytes(oid, v uint32) (string, bool) {
	switch oid {
	case oidInt4:
		return strconv.Itoa(int(int32(v))), true
	case oidOID:
		return strconv.FormatUint(uint64(v), 10), true
	case oidFloat4:
		return strconv.FormatFloat(float64(math.Float32frombits(v)), 'g', -1, 32), true
	case oidDate:
		switch int32(v) {
		case math.MaxInt32:
			return "'infinity'", true
		case math.MinInt32:
			return "'-infinity'", true
		}
		return millennium.AddDate(0, 0, int(int32(v))).Format("'2006-01-02'"), true
	}
	return "", false
}

func eightBytes(oid uint32, v uint64) (string, bool) {
	switch oid {
	case oidInt8:
		return strconv.FormatInt(int64(v), 10), true
	case oidFloat8:
		return strconv.FormatFloat(math.Float64frombits(v), 'g', -1, 64), true
	case oidTimestamp:
		return moment(int64(v), "'2006-01-02 15:04:05.999999'"), true
	case oidTimestamptz:
		return moment(int64(v), "'2006-01-02 15:04:05.999999+00'"), true
	}
	return "", false
}

// millennium is where PostgreSQL counts dates and times from.
var millennium = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// moment prints microseconds since the millennium.
func moment(us int64, layout string) string {
	switch us {
	case math.MaxInt64:
		return "'infinity'"
	case math.MinInt64:
		return "'-infinity'"
	}
	seconds, rest := us/1e6, us%1e6
	return time.Unix(millennium.Unix()+seconds, rest*1000).UTC().Format(layout)
}

// Signs of a numeric (numeric.c, numeric_send).
const (
	numericNegative    = 0x4000
	numericNaN         = 0xC000
	numericInfinity    = 0xD000
	numericNegInfinity = 0xF000
)

// maxNumeric bounds what is printed of a numeric: a few bytes may stand for a hundred thousand digits.
const maxNumeric = 300

// numericText reads a numeric: the number of base 10000 digits, the weight of the first, the sign, the digits behind the
// point to be shown, the digits.
func numericText(b []byte) (string, bool) {
	if len(b) < 8 || len(b) != 8+2*int(binary.BigEndian.Uint16(b)) {
		return "", false
	}
	weight, sign, scale := int(int16(binary.BigEndian.Uint16(b[2:]))), binary.BigEndian.Uint16(b[4:]), int(binary.BigEndian.Uint16(b[6:]))
	if weight > maxNumeric || scale > maxNumeric {
		return "", false
	}
	switch sign {
	case numericNaN:
		return "'NaN'", true
	case numericInfinity:
		return "'Infinity'", true
	case numericNegInfinity:
		return "'-Infinity'", true
	}
	digits := b[8:]
	at := func(w int) string { // the base 10000 digit of a weight
		i := 2 * (weight - w)
		if i < 0 || i >= len(digits) {
			return "0000"
		}
		return fmt.Sprintf("%04d", binary.BigEndian.Uint16(digits[i:]))
	}
	var whole, fraction strings.Builder
	for w := max(weight, 0); w >= 0; w-- {
		whole.WriteString(at(w))
	}
	for w := -1; fraction.Len() < scale; w-- {
		fraction.WriteString(at(w))
	}
	out := strings.TrimLeft(whole.String(), "0")
	if out == "" {
		out = "0"
	}
	if scale > 0 {
		out += "." + fraction.String()[:scale]
	}
	if sign == numericNegative {
		out = "-" + out
	}
	return out, true
}
