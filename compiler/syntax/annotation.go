package syntax

import (
	"bytes"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// Annotation is a comment that speaks to the tools, as "# gatewright:ignore RULE until 2026-12-31 REASON". It changes
// nothing of what a policy means.
type Annotation struct {
	// Word is what stands after the colon, up to a space or a bracket; Text is what follows it, without white space around.
	Word, Text string
	Range      schema.Range
	// Covers is what it speaks of: behind something on its line, the line, or the block that the line opens; alone on its
	// line, the attribute or block that comes next.
	Covers schema.Range
}

var (
	annotationMark = []byte("gatewright:")
	annotationForm = regexp.MustCompile(`^(?:#|//|/\*)[ \t]*gatewright:([^ \t\r\n\[]*)[ \t]*([^\r\n]*)`)
)

// Annotations lists a file's annotations in order. What only looks like one, inside of a text, is none.
func (f *File) Annotations() []Annotation {
	if f.body == nil || !bytes.Contains(f.src, annotationMark) {
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(f.src, f.Path, hcl.Pos{Line: 1, Column: 1}) // it parsed
	var found []Annotation
	for i, t := range tokens {
		if t.Type != hclsyntax.TokenComment {
			continue
		}
		m := annotationForm.FindSubmatch(t.Bytes)
		if m == nil {
			continue
		}
		a := Annotation{Word: string(m[1]), Text: string(bytes.TrimSpace(bytes.TrimSuffix(m[2], []byte("*/")))), Range: rangeOf(t.Range)}
		if bytes.HasSuffix(t.Bytes, []byte("\n")) { // HCL counts the line's end in
			a.Range.End = place(f.src, a.Range.Start, a.Range.Start.Byte+len(bytes.TrimRight(t.Bytes, "\r\n")))
		}
		alone := i == 0 || tokens[i-1].Range.End.Line < t.Range.Start.Line || endsLine(tokens[i-1])
		a.Covers = f.covers(a.Range, alone)
		found = append(found, a)
	}
	return found
}

// endsLine reports a token that ends its line, after which a comment stands alone.
func endsLine(t hclsyntax.Token) bool {
	return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n"))
}

// covers gives what a comment speaks of.
func (f *File) covers(at schema.Range, alone bool) schema.Range {
	if alone {
		if next, ok := nextItem(f.body, at.End.Byte); ok {
			return next
		}
		return at
	}
	if opened, ok := openedOn(f.body, at.Start.Line); ok {
		return opened
	}
	from := bytes.LastIndexByte(f.src[:at.Start.Byte], '\n') + 1
	line := at
	line.Start = schema.Pos{Line: at.Start.Line, Column: 1, Byte: from}
	return line
}

// nextItem gives the first attribute or block at or after a byte, in the innermost body that the byte is in.
func nextItem(body *hclsyntax.Body, from int) (schema.Range, bool) {
	for _, b := range body.Blocks {
		if whole := b.Range(); whole.Start.Byte < from && from < b.CloseBraceRange.End.Byte {
			return nextItem(b.Body, from)
		}
	}
	var best schema.Range
	take := func(r hcl.Range) {
		if r.Start.Byte >= from && (best.File == "" || r.Start.Byte < best.Start.Byte) {
			best = rangeOf(r)
		}
	}
	for _, a := range body.Attributes {
		if r := a.Range(); r.Start.Byte < from && from < r.End.Byte {
			return insideOf(a, from), true
		}
		take(a.Range())
	}
	for _, b := range body.Blocks {
		take(hcl.RangeBetween(b.TypeRange, b.CloseBraceRange))
	}
	return best, best.File != ""
}

// insideOf gives the next element of a list that a comment stands in, or else the whole attribute.
func insideOf(a *hclsyntax.Attribute, from int) schema.Range {
	if list, ok := a.Expr.(*hclsyntax.TupleConsExpr); ok {
		for _, e := range list.Exprs {
			if e.Range().Start.Byte >= from {
				return rangeOf(e.Range())
			}
		}
	}
	return rangeOf(a.Range())
}

// openedOn gives the block whose opening brace stands on a line, the outermost of several.
func openedOn(body *hclsyntax.Body, line int) (schema.Range, bool) {
	for _, b := range body.Blocks {
		switch {
		case b.OpenBraceRange.Start.Line == line:
			return rangeOf(hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)), true
		case b.TypeRange.Start.Line <= line && line <= b.CloseBraceRange.End.Line:
			return openedOn(b.Body, line)
		}
	}
	return schema.Range{}, false
}
