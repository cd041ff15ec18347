package mask

import "strings"

// Object identifiers of the types that have masked text (PostgreSQL manual, chapter 8; pg_type.dat).
const (
	oidChar    = 18
	oidName    = 19
	oidText    = 25
	oidJSON    = 114
	oidXML     = 142
	oidUnknown = 705
	oidBpchar  = 1042
	oidVarchar = 1043
	oidJSONB   = 3802
)

// Wire formats (PostgreSQL manual, chapter 54.1.3).
const (
	formatText   = 0
	formatBinary = 1
)

// shape is how a type carries text.
type shape uint8

const (
	// shapeOpaque has no masked text: numbers, dates, bytes, arrays, rows, whatever is not known.
	shapeOpaque shape = iota
	// shapeText is text as it is, the same bytes in both formats.
	shapeText
	// shapePadded is text followed by blanks that mean nothing.
	shapePadded
	// shapeLetter is one byte, the type "char".
	shapeLetter
	// shapeMarkup is text that must stay well-formed XML content.
	shapeMarkup
	// shapeJSON is text that must stay JSON, the same bytes in both formats.
	shapeJSON
	// shapeJSONB is JSON with a version byte before it in binary format.
	shapeJSONB
)

func shapeOf(typeOID uint32) shape {
	switch typeOID {
	case oidText, oidVarchar, oidName, oidUnknown:
		return shapeText
	case oidBpchar:
		return shapePadded
	case oidChar:
		return shapeLetter
	case oidXML:
		return shapeMarkup
	case oidJSON:
		return shapeJSON
	case oidJSONB:
		return shapeJSONB
	default:
		return shapeOpaque
	}
}

// Textual reports whether values of the type have masked text; those of every other type are masked by NULL. A domain
// travels under the OID of its base type. Types of extensions have no fixed OID: a caller who knows that one is text
// under another name, as citext is, passes the OID of text (25) in its place.
func Textual(typeOID uint32) bool { return shapeOf(typeOID) != shapeOpaque }

// typeNames are the names of format_type, without what stands in brackets, of types that masks tell apart from text.
var typeNames = map[string]uint32{
	"\"char\"": oidChar, "name": oidName, "json": oidJSON, "jsonb": oidJSONB, "xml": oidXML, "character": oidBpchar, "bpchar": oidBpchar,
	"boolean": oidBool, "bytea": oidBytea, "smallint": oidInt2, "integer": oidInt4, "bigint": oidInt8, "oid": oidOID,
	"real": oidFloat4, "double precision": oidFloat8, "numeric": oidNumeric, "uuid": oidUUID, "date": oidDate,
	"time without time zone": oidTime, "time with time zone": oidTimeTZ, "interval": oidInterval,
	"timestamp without time zone": oidTimestamp, "timestamp with time zone": oidTimestampTZ,
}

// TypeNamed gives the OID of a type by the name that format_type gives it, as a catalog snapshot has it: that of an array
// of text for all arrays, and that of text (25) for names that it does not know, as those of domains and of types of
// extensions.
func TypeNamed(name string) uint32 {
	if strings.HasSuffix(name, "[]") {
		return oidTextArray
	}
	if open := strings.IndexByte(name, '('); open >= 0 {
		_, rest, _ := strings.Cut(name[open:], ")")
		name = name[:open] + rest
	}
	if oid, ok := typeNames[name]; ok {
		return oid
	}
	return oidText
}
