package mask

import (
	"bytes"

	"github.com/gatewright/gatewright/schema"
)

// The constants that stand for a value of which nothing is kept.
const (
	stars     = "****"
	starJSON  = `"****"`
	starShort = "*"
)

// jsonbVersion is the first byte of every jsonb value in binary format (jsonb_send).
const jsonbVersion = 1

// Value masks one value of a result as it travels in DataRow or binary COPY. The masked value is appended to dst, so
// that a caller who passes buf[:0] reuses buf; in is not changed and must not overlap dst's free space. When null is
// true the client must be sent NULL and out is dst unchanged. A nil in is NULL.
//
// derived asks for the constant form: the same answer for every row, NULL included, so that neither the value nor its
// being NULL shows. Otherwise NULL stays NULL, and a character(n) loses its padding. A type, a format or a transform without masked text gives NULL.
// TransformNone appends the value as it is, derived or not.
func Value(dst []byte, t schema.Transform, derived bool, typeOID uint32, format int16, in []byte) (out []byte, null bool) {
	if t == schema.TransformNone {
		return append(dst, in...), in == nil
	}
	s := shapeOf(typeOID)
	if t >= schema.TransformNull || s == shapeOpaque || format != formatText && format != formatBinary {
		return dst, true
	}
	if derived {
		return appendConstant(dst, s, format), false
	}
	if in == nil {
		return dst, true
	}
	switch s {
	case shapeText:
		return appendTransformed(dst, t, in), false
	case shapePadded:
		return appendTransformed(dst, t, bytes.TrimRight(in, " ")), false
	default:
		return appendConstant(dst, s, format), false
	}
}

// appendConstant appends what stands for any value of the shape.
func appendConstant(dst []byte, s shape, format int16) []byte {
	switch s {
	case shapeLetter:
		return append(dst, starShort...)
	case shapeJSON:
		return append(dst, starJSON...)
	case shapeJSONB:
		if format == formatBinary {
			dst = append(dst, jsonbVersion)
		}
		return append(dst, starJSON...)
	default:
		return append(dst, stars...)
	}
}
