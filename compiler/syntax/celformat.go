package syntax

import (
	"bytes"
	"unicode/utf8"
)

// Layout of conditions.
const (
	// CELWidth is the width at which a condition in a heredoc is broken, at && and || first.
	CELWidth = 80
	// maxCELBytes is the length of a condition that is laid out; a longer one is refused elsewhere.
	maxCELBytes = 16 << 10
	celIndent   = 2
)

// celFormatter lays out conditions: the same tokens with other white space between them. Text that is not CEL stays as
// it is, as does text with an escape of HCL for ${ or %{, whose reading hangs on what stands next to it. It is
// reusable; the zero value is ready.
type celFormatter struct {
	spacer
	tokens []celToken
	raw    []byte
	// places gives for each byte of text where it is written in raw; nil when the two are the same.
	places []int32
	out    []byte
}

// understood takes the text apart.
func (f *celFormatter) understood() bool {
	var ok bool
	f.tokens, ok = celTokens(f.tokens[:0], f.text)
	return ok && len(f.tokens) > 0 && f.spaced(f.tokens)
}

func hasTemplate(raw []byte) bool {
	return bytes.Contains(raw, []byte("${")) || bytes.Contains(raw, []byte("%{"))
}

// quoted appends the inside of a quoted text to dst, with one space where spaces belong. It stays on one line, and
// escapes stay as they are written.
func (f *celFormatter) quoted(dst, raw []byte) []byte {
	if len(raw) > maxCELBytes || hasTemplate(raw) {
		return append(dst, raw...)
	}
	f.raw, f.text, f.places = raw, raw, nil
	if bytes.IndexByte(raw, '\\') >= 0 {
		f.unescaped()
	}
	if !f.understood() {
		return append(dst, raw...)
	}
	for _, p := range f.parts {
		if p.kind == celComment {
			return append(dst, raw...)
		}
	}
	for i := range f.parts {
		dst = f.put(dst, i)
	}
	return dst
}

// unescaped undoes the escapes of HCL and keeps the way back.
func (f *celFormatter) unescaped() {
	var text []byte
	var places []int32
	for i := 0; i < len(f.raw); {
		r, n := unescape(f.raw[i:])
		text = utf8.AppendRune(text, r)
		for len(places) < len(text) {
			places = append(places, int32(i))
		}
		i += n
	}
	f.text, f.places = text, append(places, int32(len(f.raw)))
}

// put appends a token as it was written, after its space.
func (f *celFormatter) put(dst []byte, i int) []byte {
	p := &f.parts[i]
	if p.space && i > 0 {
		dst = append(dst, ' ')
	}
	return append(dst, f.written(p)...)
}

func (f *celFormatter) written(p *celPart) []byte {
	if f.places == nil {
		return f.raw[p.start:p.end]
	}
	return f.raw[f.places[p.start]:f.places[p.end]]
}

// heredoc appends a whole heredoc, from << to its end marker, to dst. indent is that of its attribute: lines are
// indented by one step more, and the end marker of an indented heredoc as the attribute is. A condition with comments
// keeps its lines.
func (f *celFormatter) heredoc(dst, raw []byte, indent int) []byte {
	head := bytes.IndexByte(raw, '\n') + 1
	tail := bytes.LastIndexByte(raw, '\n') + 1
	if head == 0 || tail < head || tail-head > maxCELBytes || hasTemplate(raw) {
		return append(dst, raw...)
	}
	f.raw, f.text, f.places = raw[head:tail], raw[head:tail], nil
	if !f.understood() || f.spansLines() {
		return append(dst, raw...)
	}
	f.out = f.out[:0]
	if bytes.Contains(f.text, []byte("//")) && f.comments() {
		f.keepLines(indent + celIndent)
	} else {
		f.findBreaks()
		f.line(indent + celIndent)
		f.lay(0, len(f.parts), indent+celIndent, 0)
	}
	f.out = append(f.out, '\n')
	marker := bytes.TrimSpace(raw[tail:])
	for line := range bytes.Lines(f.out) {
		if bytes.Equal(bytes.TrimSpace(line), marker) {
			return append(dst, raw...)
		}
	}
	dst = append(append(dst, raw[:head]...), f.out...)
	if !bytes.HasPrefix(raw, []byte("<<-")) {
		return append(dst, raw[tail:]...)
	}
	return append(blanks(dst, indent), marker...)
}

// spansLines reports a text literal of several lines, whose own white space matters.
func (f *celFormatter) spansLines() bool {
	for _, t := range f.tokens {
		if t.kind != celComment && bytes.IndexByte(f.text[t.start:t.end], '\n') >= 0 {
			return true
		}
	}
	return false
}

func (f *celFormatter) comments() bool {
	for _, t := range f.tokens {
		if t.kind == celComment {
			return true
		}
	}
	return false
}

// line begins a line.
func (f *celFormatter) line(indent int) {
	if len(f.out) > 0 {
		f.out = append(f.out, '\n')
	}
	f.out = blanks(f.out, indent)
}

func blanks(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}
