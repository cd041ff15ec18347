package mask

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Column masks the values of one output column, which are all of one type and format. It is immutable, and safe for
// concurrent use.
type Column struct {
	how
	derived bool
	typeOID uint32
	format  int16
	shape   shape
	// constant is the value of fixed in the type and format; fits is unset when it is none.
	constant []byte
	fits     bool
}

// NewColumn prepares what is done to a column. A treatment that needs a key that is not there hides like redact.
//
// derived asks for the constant form: the same answer for every row, NULL included, so that neither the value nor its
// being NULL shows. Otherwise NULL stays NULL, and a character(n) loses its padding. A type, a format or a transform
// without masked text gives NULL. TransformNone leaves the values as they are, derived or not.
func NewColumn(keys *Keys, t schema.Treatment, derived bool, typeOID uint32, format int16) Column {
	c := Column{how: newHow(keys, t), derived: derived, typeOID: typeOID, format: format, shape: shapeOf(typeOID)}
	if format != formatText && format != formatBinary && c.with != schema.TransformNone {
		c.with = schema.TransformNull
	}
	if c.with == schema.TransformFixed {
		c.constant, c.fits = fixedOf(typeOID, format, t.Argument)
	}
	return c
}

// Append masks one value as it travels in DataRow or binary COPY. The masked value is appended to dst, so that a caller who
// passes buf[:0] reuses buf; in is not changed and must not overlap dst's free space, which may be overwritten. When null
// is true the client must be sent NULL and out is dst unchanged. A nil in is NULL.
func (c *Column) Append(dst, in []byte) (out []byte, null bool) {
	switch {
	case c.with == schema.TransformNone:
		return append(dst, in...), in == nil
	case in == nil && !c.derived, c.with >= schema.TransformNull:
		return dst, true
	case c.with == schema.TransformFixed:
		return append(dst, c.constant...), !c.fits
	case c.derived:
		return c.hidden(dst)
	case c.shape == shapeText && c.with != schema.TransformBucket:
		return c.text(dst, in), false
	case c.shape == shapePadded && c.with != schema.TransformBucket:
		return c.text(dst, bytes.TrimRight(in, " ")), false
	case c.shape == shapeOpaque:
		return c.scalar(dst, in)
	default:
		return c.hidden(dst)
	}
}

// hidden is what stands for any value of the type.
func (c *Column) hidden(dst []byte) (out []byte, null bool) {
	if c.shape == shapeOpaque || c.with == schema.TransformBucket {
		return dst, true
	}
	return appendConstant(dst, c.shape, c.format), false
}

// scalar masks a value of a type without masked text.
func (c *Column) scalar(dst, in []byte) (out []byte, null bool) {
	ok := false
	switch c.with {
	case schema.TransformBucket:
		out, ok = bucket{c.width}.append(dst, c.typeOID, c.format, in)
	case schema.TransformHash:
		out, ok = c.hashScalar(dst, in)
	case schema.TransformTokenize:
		out, ok = c.tokenScalar(dst, in, false)
	}
	if !ok {
		return dst, true
	}
	return out, false
}

// hashScalar gives an int8 or a UUID made of the hash of the value's text. Smaller numbers have no hash: so few of them
// would be that different values had the same.
func (c *Column) hashScalar(dst, in []byte) ([]byte, bool) {
	switch c.typeOID {
	case oidInt8:
		v, ok := readInt(oidInt8, c.format, in)
		if !ok {
			return dst, false
		}
		n := len(dst)
		dst, _ = appendInt(dst, oidInt8, formatText, v, true)
		plain := len(dst)
		dst, sum := c.key.sum(dst, dst[n:plain])
		return appendInt(dst[:n], oidInt8, c.format, int64(binary.BigEndian.Uint64(sum[:])&math.MaxInt64), true)
	case oidUUID:
		id, ok := readUUID(c.format, in)
		if !ok {
			return dst, false
		}
		n := len(dst)
		dst = appendUUID(dst, formatText, &id)
		dst, sum := c.key.sum(dst, dst[n:])
		copy(id[:], sum[:])
		id[6], id[8] = 0x80|id[6]&0xf, 0x80|id[8]&0x3f // version 8, for what is made in a way of one's own (RFC 9562, section 5.8)
		return appendUUID(dst[:n], c.format, &id), true
	default:
		return dst, false
	}
}

// tokenScalar gives a token of the same type.
func (c *Column) tokenScalar(dst, in []byte, backwards bool) ([]byte, bool) {
	n := len(dst)
	dst = slices.Grow(dst, ff1Scratch)
	scratch := dst[n : n+ff1Scratch]
	switch c.typeOID {
	case oidInt4, oidInt8:
		v, ok := readInt(c.typeOID, c.format, in)
		if !ok {
			return dst, false
		}
		return appendInt(dst, c.typeOID, c.format, c.key.intToken(scratch, v, 8*intSize(c.typeOID), backwards), true)
	case oidUUID:
		id, ok := readUUID(c.format, in)
		if !ok {
			return dst, false
		}
		c.key.uuidToken(scratch, &id, backwards)
		return appendUUID(dst, c.format, &id), true
	default:
		return dst, false
	}
}

// how is a treatment made ready.
type how struct {
	with  schema.Transform
	key   *key
	width schema.Width
	// plain is the value of fixed where it stands inside of a text; see newHow.
	plain string
}

func newHow(keys *Keys, t schema.Treatment) how {
	h := how{with: t.With, plain: stars}
	switch t.With.Takes() {
	case schema.TakesKey:
		if h.key = keys.named(t.Argument); h.key == nil {
			h.with = schema.TransformRedact
		}
	case schema.TakesWidth:
		var err error
		if h.width, err = schema.ParseWidth(t.Argument); err != nil {
			h.with = schema.TransformNull
		}
	case schema.TakesValue:
		if isPlain(t.Argument) {
			h.plain = t.Argument
		}
	}
	return h
}

// isPlain reports whether a text means the same in a JSON string, a line of COPY, XML and a text around it.
func isPlain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case isAlnum(c), c == ' ', c == '*', c == '-', c == '_', c == '.', c == '/', c == '#', c == '@', c == ':', c == '[', c == ']':
		default:
			return false
		}
	}
	return text != ""
}

// text appends the masked form of the text in. Characters are Unicode code points; each byte that is not UTF-8 counts as
// one.
func (h *how) text(dst, in []byte) []byte {
	switch h.with {
	case schema.TransformHash:
		dst, sum := h.key.sum(dst, in)
		return hex.AppendEncode(dst, sum[:hashBytes])
	case schema.TransformTokenize:
		return h.key.appendToken(dst, in)
	case schema.TransformFixed:
		return append(dst, h.plain...)
	default:
		return appendTransformed(dst, h.with, in)
	}
}

// hashBytes is how much of a hash is kept: no two of 2 to the power of 60 values are likely to have the same.
const hashBytes = 16

// appendToken appends the token of a text, or what stands for a text that has none.
func (k *key) appendToken(dst, in []byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(in)+ff1Scratch)
	dst = append(dst, in...)
	if !k.token(dst[len(dst):len(dst)+ff1Scratch], dst[n:], false) {
		return append(dst[:n], stars...)
	}
	return dst
}
