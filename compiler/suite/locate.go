package suite

import (
	"bytes"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Locate finds where a term of a condition is written within the range of the condition. The term is in canonical form,
// so that spaces and the kind of quotes may differ. Where it is not found, as when it comes from an expr block, it gives
// the whole range.
func Locate(files map[string][]byte, within schema.Range, term string) schema.Range {
	src := files[within.File]
	if within.Start.Byte < 0 || within.End.Byte > len(src) || within.Start.Byte >= within.End.Byte {
		return within
	}
	piece := src[within.Start.Byte:within.End.Byte]
	text, offsets := plain(piece)
	want, _ := plain([]byte(term))
	at := strings.Index(text, want)
	if at < 0 || want == "" {
		return within
	}
	return schema.Range{File: within.File, Start: position(src, within.Start, within.Start.Byte+offsets[at]),
		End: position(src, within.Start, within.Start.Byte+offsets[at+len(want)-1]+1)}
}

// plain leaves spaces out and makes all quotes alike, with the offset of each byte that is left.
func plain(src []byte) (text string, offsets []int) {
	var b strings.Builder
	for i, c := range src {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			c = '\''
		}
		b.WriteByte(c)
		offsets = append(offsets, i)
	}
	return b.String(), offsets
}

// position is that of a byte at or after a known one. Columns are counted in bytes from there: a condition is mostly
// plain, and the line is what matters.
func position(src []byte, from schema.Pos, at int) schema.Pos {
	between := src[from.Byte:at]
	p := schema.Pos{Line: from.Line + bytes.Count(between, []byte("\n")), Column: from.Column + at - from.Byte, Byte: at}
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		p.Column = len(between) - i
	}
	return p
}
