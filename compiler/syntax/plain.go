package syntax

import (
	"bytes"
)

// maxPlainDepth is how deep plain follows nesting; it is less than MaxDepth, and deeper files are read by HCL itself.
const maxPlainDepth = 12

// plain reads the part of HCL that most policies are written in: blocks, attributes, texts without interpolation, lists,
// maps, numbers, references and comments. It takes nothing that HCL would not, and gives up on all that it does not know,
// so that whoever uses it must have another way.
type plain struct {
	src    []byte
	at     int
	layout layout
	cel    celFormatter
	// arena holds the conditions of the tokens as they are laid out.
	arena []byte
	// out is what is laid out already.
	out    []byte
	parens int
	// blocks are the types of the open blocks, outermost first.
	blocks []string
}

func newPlain(src []byte) *plain { return &plain{src: trimmed(src)} }

// read takes the whole of src; false when it holds anything unknown.
func (p *plain) read() bool {
	if len(p.src) > MaxTokens && roughTokens(p.src) > MaxTokens {
		return false
	}
	ascii := true
	for _, c := range p.src {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
		ascii = ascii && c < 0x80
	}
	if !ascii && (invalidUTF8(p.src) >= 0 || invisible(p.src) >= 0) {
		return false
	}
	p.out = make([]byte, 0, len(p.src)+len(p.src)/8)
	if !p.body() || p.at != len(p.src) {
		return false
	}
	p.flush()
	return true
}

// flush lays out the tokens so far. It comes after the line that closes an outermost block: nothing is aligned across
// that, and tokens stay few.
func (p *plain) flush() {
	p.layout.arrange()
	p.out = p.layout.append(p.out)
	p.layout.tokens, p.arena = p.layout.tokens[:0], p.arena[:0]
}

func (p *plain) add(kind layoutKind, end int) {
	b := p.src[p.at:end]
	p.layout.tokens = append(p.layout.tokens, layoutToken{bytes: b, kind: kind, columns: int32(len(b))})
	p.at = end
}

func (p *plain) peek() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

func (p *plain) spaces() byte {
	for p.at < len(p.src) && (p.src[p.at] == ' ' || p.src[p.at] == '\t') {
		p.at++
	}
	return p.peek()
}

// sign takes one character that must come next.
func (p *plain) sign(c byte, kind layoutKind) bool {
	if p.spaces() != c {
		return false
	}
	p.add(kind, p.at+1)
	return true
}

// lineEnd takes a line end, with the comment before it.
func (p *plain) lineEnd() bool {
	switch c := p.spaces(); {
	case c == '\n':
		p.add(layoutNewline, p.at+1)
		return true
	case c == '#', c == '/' && p.at+1 < len(p.src) && p.src[p.at+1] == '/':
		n := bytes.IndexByte(p.src[p.at:], '\n')
		if n < 0 {
			return false
		}
		p.add(layoutComment, p.at+n+1)
		return true
	}
	return false
}

// body takes attributes and blocks up to a closing brace or the end.
func (p *plain) body() bool {
	var names nameSet
	for {
		c := p.spaces()
		if c == 0 || c == '}' {
			return c == '}' == (len(p.blocks) > 0)
		}
		if p.lineEnd() {
			continue
		}
		word := p.word()
		if word == nil {
			return false
		}
		isAttribute := p.spaces() == '='
		if isAttribute && !names.add(string(word)) {
			return false
		}
		if isAttribute && !p.attribute(word, true) || !isAttribute && !p.block(word) {
			return false
		}
		if p.spaces(); p.at < len(p.src) && !p.lineEnd() {
			return false
		}
		if last := len(p.layout.tokens) - 1; len(p.blocks) == 0 && !isAttribute && p.layout.tokens[last].kind == layoutNewline {
			p.flush()
		}
	}
}

// nameSet holds the names of a body's attributes: HCL refuses a second one of a name.
type nameSet struct {
	few  []string
	many map[string]bool
}

func (s *nameSet) add(name string) bool {
	const few = 16
	if s.many == nil {
		for _, n := range s.few {
			if n == name {
				return false
			}
		}
		if s.few = append(s.few, name); len(s.few) < few {
			return true
		}
		s.many = map[string]bool{}
		for _, n := range s.few {
			s.many[n] = true
		}
		return true
	}
	if s.many[name] {
		return false
	}
	s.many[name] = true
	return true
}

// word takes an identifier of ASCII letters; nil when there is none.
func (p *plain) word() []byte {
	end := p.at
	if end == len(p.src) || !isCELLetter(p.src[end]) {
		return nil
	}
	for end < len(p.src) && (isCELLetter(p.src[end]) || isDigit(p.src[end]) || p.src[end] == '-') {
		end++
	}
	if end < len(p.src) && p.src[end] >= 0x80 {
		return nil
	}
	word := p.src[p.at:end]
	p.add(layoutIdent, end)
	return word
}

// attribute takes the equals sign and the value.
func (p *plain) attribute(name []byte, heredoc bool) bool {
	if !p.sign('=', layoutEqual) || p.peek() == '=' || p.peek() == '>' {
		return false
	}
	c := p.spaces()
	isCEL := holdsCEL(p.blocks, string(name))
	switch {
	case c == '<' && heredoc:
		return p.heredoc(isCEL)
	case c == '"' && isCEL:
		return p.condition()
	}
	return p.value(0)
}

// block takes labels and body.
func (p *plain) block(kind []byte) bool {
	for p.spaces() != '{' {
		if p.peek() == '"' {
			from := p.at
			if !p.text() || bytes.IndexByte(p.src[from:p.at], '\\') >= 0 || hasTemplate(p.src[from:p.at]) {
				return false
			}
		} else if p.word() == nil {
			return false
		}
	}
	p.add(layoutOpenBrace, p.at+1)
	p.blocks = append(p.blocks, string(kind))
	ok := len(p.blocks) <= maxPlainDepth && p.inside()
	p.blocks = p.blocks[:len(p.blocks)-1]
	return ok && p.sign('}', layoutCloseBrace)
}

// inside takes what is between the braces: lines, or one attribute on the line of the block.
func (p *plain) inside() bool {
	if p.spaces() == '}' {
		return true
	}
	if p.lineEnd() {
		return p.body()
	}
	word := p.word()
	return word != nil && p.attribute(word, false)
}
