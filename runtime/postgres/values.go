package postgres

import (
	"encoding/binary"

	"github.com/gatewright/gatewright/schema"
)

// maxValues bounds the bind values that are kept with a portal, in bytes: what a person can be asked to approve.
const maxValues = 64 << 10

// values are the bind values of a portal, so that an approver can see them. The zero value is none.
type values struct {
	// raw is a Bind message from the parameter formats on, up to the result formats (manual chapter 55.7).
	raw    []byte
	source *prepared
	// concealed is set when there are values that are not kept.
	concealed bool
}

// bindValues takes the values out of a Bind message behind its names, and appends them to dst. It reports false for a
// malformed one.
func bindValues(dst []byte, p *prepared, rest []byte) (values, bool) {
	formats, rest2, ok := shorts(rest)
	if !ok || len(rest2) < 2 {
		return values{}, false
	}
	n := int(binary.BigEndian.Uint16(rest2))
	if len(formats) > 2 && len(formats) != 2*n {
		return values{concealed: true}, true // the server refuses it
	}
	tail := rest2[2:]
	for range n {
		if _, tail, ok = nextValue(tail); !ok {
			return values{}, false
		}
	}
	if _, end, ok := shorts(tail); !ok || len(end) != 0 {
		return values{}, false
	}
	kept := rest[:len(rest)-len(tail)]
	switch {
	case n == 0:
		return values{}, true
	case len(kept) > maxValues:
		return values{concealed: true}, true
	default:
		return values{raw: append(dst, kept...), source: p}, true
	}
}

// shorts takes a counted list of two-byte numbers off the front.
func shorts(b []byte) (list, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := 2 * int(binary.BigEndian.Uint16(b))
	if len(b) < 2+n {
		return nil, nil, false
	}
	return b[2 : 2+n], b[2+n:], true
}

// list appends the values to dst. They share memory with v.
func (v *values) list(dst []schema.Parameter) []schema.Parameter {
	formats, rest, _ := shorts(v.raw) // bindValues has looked
	if len(rest) < 2 {
		return dst
	}
	n := int(binary.BigEndian.Uint16(rest))
	rest = rest[2:]
	for i := range n {
		value, after, _ := nextValue(rest)
		dst = append(dst, schema.Parameter{
			Type: oidAt(v.source.types, i), Binary: formatAt(formats, i) == 1, Null: value == nil, Value: value,
		})
		rest = after
	}
	return dst
}

// oidAt gives the i-th of a list of OIDs; 0 when it is not that long.
func oidAt(list []byte, i int) uint32 {
	if len(list) < 4*(i+1) {
		return 0
	}
	return binary.BigEndian.Uint32(list[4*i:])
}

// formatAt gives the i-th format: none is text for all, one is for all (manual chapter 55.7, Bind).
func formatAt(list []byte, i int) uint16 {
	switch len(list) {
	case 0:
		return 0
	case 2:
		i = 0
	}
	return binary.BigEndian.Uint16(list[2*i:])
}

// learnTypes notes what the server says of a statement's parameters in a ParameterDescription.
func (s *session) learnTypes(p *prepared, body []byte) {
	if p == nil || len(body) < 2 || len(body) != 2+4*int(binary.BigEndian.Uint16(body)) {
		return
	}
	types := append([]byte(nil), body[2:]...)
	s.mu.Lock()
	p.inferred = types
	s.mu.Unlock()
}

// readableValues gives the bind values of the action at hand as an approver reads them.
func (s *session) readableValues(list []schema.Parameter) []string {
	var inferred []byte
	if s.judged != nil {
		s.mu.Lock()
		inferred = s.judged.inferred
		s.mu.Unlock()
	}
	out := make([]string, len(list))
	for i := range list {
		oid := list[i].Type
		if oid == 0 {
			oid = oidAt(inferred, i)
		}
		out[i] = printed(&list[i], oid)
	}
	return out
}
