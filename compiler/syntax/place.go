package syntax

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"github.com/gatewright/gatewright/schema"
)

func rangeOf(r hcl.Range) schema.Range {
	return schema.Range{File: r.Filename, Start: posOf(r.Start), End: posOf(r.End)}
}

func posOf(p hcl.Pos) schema.Pos { return schema.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }

// place finds the position of a byte of src, counting columns as HCL does. from is a known position at or before the
// start of the byte's line.
func place(src []byte, from schema.Pos, at int) schema.Pos {
	between := src[from.Byte:at]
	line := from.Line + bytes.Count(between, []byte("\n"))
	start, column := from.Byte, from.Column
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		start, column = from.Byte+i+1, 1
	}
	return schema.Pos{Line: line, Column: column + clusters(src[start:at]), Byte: at}
}

// clusters counts the grapheme clusters of a piece of one line, which HCL's scanner knows how to do.
func clusters(piece []byte) int {
	sc := hcl.NewRangeScanner(piece, "", func(data []byte, _ bool) (int, []byte, error) { return len(data), data, nil })
	if !sc.Scan() {
		return 0
	}
	return sc.Range().End.Column - 1
}
