package syntax

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/gatewright/gatewright/schema"
)

// literal is a text written out in a file: its exact content, and for each of its runes the byte of the file where
// that rune is written. The last entry is the end of the content.
type literal struct {
	text    string
	offsets []int32
	src     []byte
	// from is the position of the byte that the content starts at.
	from schema.Pos
}

// literalOf takes a quoted text or heredoc without interpolation out of its file. HCL's own value of it serves as a
// check only: HCL normalises text (NFC), and a name or a condition is its exact characters.
func literalOf(src []byte, x *hclsyntax.TemplateExpr) (*literal, bool) {
	var value strings.Builder
	for _, part := range x.Parts {
		lit, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || lit.Val.IsNull() || lit.Val.Type() != cty.String {
			return nil, false
		}
		value.WriteString(lit.Val.AsString())
	}
	l := &literal{src: src}
	start, end := x.SrcRange.Start.Byte, x.SrcRange.End.Byte
	raw := src[start:end]
	switch {
	case len(raw) >= 2 && raw[0] == '"':
		l.quoted(start+1, end-1)
		l.from = posOf(x.SrcRange.Start)
		l.from.Byte++
		l.from.Column++
	case bytes.HasPrefix(raw, []byte("<<")):
		first := start + bytes.IndexByte(raw, '\n') + 1
		last := start + bytes.LastIndexByte(bytes.TrimRight(raw, "\r\n"), '\n') + 1
		l.heredoc(first, last, bytes.HasPrefix(raw, []byte("<<-")))
		l.from = schema.Pos{Line: x.SrcRange.Start.Line + 1, Column: 1, Byte: first}
	default:
		return nil, false
	}
	return l, cty.StringVal(l.text).AsString() == cty.StringVal(value.String()).AsString()
}

// quoted reads src[start:end], the inside of a quoted text, undoing its escapes.
func (l *literal) quoted(start, end int) {
	var b strings.Builder
	for i := start; i < end; {
		r, n := unescape(l.src[i:end])
		l.offsets = append(l.offsets, int32(i))
		b.WriteRune(r)
		i += n
		if r == '$' || r == '%' {
			i += doubled(l.src[i-n:end], n)
		}
	}
	l.offsets = append(l.offsets, int32(end))
	l.text = b.String()
}

// heredoc reads src[start:end], whole lines, without the indent that all of them share when trim is set.
func (l *literal) heredoc(start, end int, trim bool) {
	indent := 0
	if trim {
		indent = sharedIndent(l.src[start:end])
	}
	var b strings.Builder
	for i := start; i < end; {
		next := end
		if n := bytes.IndexByte(l.src[i:end], '\n'); n >= 0 {
			next = i + n + 1
		}
		if line := l.src[i:next]; !blank(line) {
			i += len(line) - len(withoutIndent(line, indent))
		}
		for i < next {
			r, n := utf8.DecodeRune(l.src[i:next])
			l.offsets = append(l.offsets, int32(i))
			b.WriteRune(r)
			i += n
			if r == '$' || r == '%' {
				i += doubled(l.src[i-n:next], n)
			}
		}
	}
	l.offsets = append(l.offsets, int32(end))
	l.text = b.String()
}

// doubled gives the bytes to skip after the sign that rest begins with: one when it is the escape $${ or %%{.
func doubled(rest []byte, n int) int {
	if n == 1 && len(rest) >= 3 && rest[1] == rest[0] && rest[2] == '{' {
		return 1
	}
	return 0
}

// unescape reads one character of a quoted text, and the number of bytes that it is written in.
func unescape(s []byte) (rune, int) {
	if s[0] != '\\' || len(s) < 2 {
		return utf8.DecodeRune(s)
	}
	digits := 0
	switch s[1] {
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		r, n := utf8.DecodeRune(s[1:])
		return r, 1 + n
	}
	if len(s) < 2+digits {
		return utf8.RuneError, len(s)
	}
	n, err := strconv.ParseUint(string(s[2:2+digits]), 16, 32)
	if err != nil {
		return utf8.RuneError, 2 + digits
	}
	return rune(n), 2 + digits
}

// sharedIndent is the least number of leading white-space characters of the lines that hold anything else.
func sharedIndent(lines []byte) int {
	least := -1
	for line := range bytes.Lines(lines) {
		if blank(line) {
			continue
		}
		n := utf8.RuneCount(line[:len(line)-len(bytes.TrimLeftFunc(line, unicode.IsSpace))])
		if least < 0 || n < least {
			least = n
		}
	}
	return max(0, least)
}

func blank(line []byte) bool { return len(bytes.TrimLeftFunc(line, unicode.IsSpace)) == 0 }

func withoutIndent(line []byte, indent int) []byte {
	for range indent {
		_, n := utf8.DecodeRune(line)
		line = line[n:]
	}
	return line
}

// at gives the place in the file of a rune of the text; past the end is the end.
func (l *literal) at(rune int) schema.Pos {
	i := max(0, min(rune, len(l.offsets)-1))
	return place(l.src, l.from, int(l.offsets[i]))
}

// CEL is an expression's text with the way back to its place.
type CEL struct {
	Text string
	// Range is the content, without quotes or heredoc markers.
	Range schema.Range

	lit *literal
}

// Set reports whether the expression was written at all.
func (c CEL) Set() bool { return c.lit != nil }

// At gives the place in the file of the rune at an offset of Text, escapes and removed indents counted in.
func (c CEL) At(runeOffset int) schema.Pos {
	if c.lit == nil {
		return c.Range.Start
	}
	return c.lit.at(runeOffset)
}

func celOf(path string, l *literal) CEL {
	end := len(l.offsets) - 1
	if strings.HasSuffix(l.text, "\n") {
		end-- // a heredoc's last line end is no part of what was written
	}
	return CEL{
		Text:  l.text,
		Range: schema.Range{File: path, Start: l.at(0), End: l.at(end)},
		lit:   l,
	}
}

// empty reports whether the expression holds nothing but white space.
func (c CEL) empty() bool { return strings.TrimSpace(c.Text) == "" }
