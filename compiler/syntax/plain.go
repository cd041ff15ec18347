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

// value takes a value; depth counts the brackets around it.
func (p *plain) value(depth int) bool {
	switch c := p.spaces(); {
	case depth > maxPlainDepth:
		return false
	case c == '"':
		return p.text()
	case c == '[':
		return p.list(depth + 1)
	case c == '{':
		return p.object(depth + 1)
	case c == '-' && depth == 0: // signs in lists count as operators, which are bounded
		p.add(layoutMinus, p.at+1)
		return isDigit(p.peek()) && p.number()
	case isDigit(c):
		return p.number()
	}
	return p.reference()
}

func (p *plain) number() bool {
	end := p.at
	for end < len(p.src) && isDigit(p.src[end]) {
		end++
	}
	p.add(layoutNumber, end)
	c := p.peek()
	return c != '.' && c < 0x80 && !isCELLetter(c)
}

// reference takes true, false, null, or names joined by dots, of which HCL says what they mean.
func (p *plain) reference() bool {
	word := p.word()
	if word == nil || string(word) == "for" {
		return false
	}
	for p.spaces() == '.' {
		switch string(word) {
		case "true", "false", "null":
			return false
		}
		p.add(layoutDot, p.at+1)
		if p.spaces(); p.word() == nil {
			return false
		}
	}
	switch c := p.peek(); {
	case c == '(':
		return p.call()
	case c == '[', c == ':', c >= 0x80:
		return false
	}
	return true
}

// call takes one word or call in parentheses, as types of variables are written.
func (p *plain) call() bool {
	if p.parens++; p.parens > maxPlainDepth/2 {
		return false
	}
	p.add(layoutOpenParen, p.at+1)
	p.spaces()
	word := p.word()
	if word == nil || string(word) == "for" || p.spaces() == '(' && !p.call() {
		return false
	}
	p.parens--
	return p.sign(')', layoutCloseParen)
}

// gap takes line ends and comments inside of brackets.
func (p *plain) gap() byte {
	for p.lineEnd() {
	}
	return p.spaces()
}

func (p *plain) list(depth int) bool {
	p.add(layoutOpenBracket, p.at+1)
	for p.gap() != ']' {
		if !p.value(depth) {
			return false
		}
		if c := p.gap(); c == ',' {
			p.add(layoutComma, p.at+1)
		} else if c != ']' {
			return false
		}
	}
	p.add(layoutCloseBracket, p.at+1)
	return true
}

func (p *plain) object(depth int) bool {
	p.add(layoutOpenBrace, p.at+1)
	for p.gap() != '}' {
		if !p.key() || !p.value(depth) {
			return false
		}
		switch c := p.spaces(); {
		case c == ',':
			p.add(layoutComma, p.at+1)
		case c == '}':
		case !p.lineEnd():
			return false
		}
	}
	p.add(layoutCloseBrace, p.at+1)
	return true
}

// key takes a map's key and the sign after it.
func (p *plain) key() bool {
	if p.peek() == '"' {
		if !p.text() {
			return false
		}
	} else if word := p.word(); word == nil || string(word) == "for" {
		return false
	}
	if p.spaces() == ':' {
		p.add(layoutColon, p.at+1)
		return p.peek() != ':'
	}
	return p.sign('=', layoutEqual) && p.peek() != '=' && p.peek() != '>'
}

// interpolation gives the closing brace of a plain ${local.NAME} at i, 0 for all else.
func (p *plain) interpolation(i int, sign byte) int {
	n := bytes.IndexByte(p.src[i:], '}')
	if sign != '$' || n < 0 || i > 0 && p.src[i-1] == '$' {
		return 0
	}
	root, name, ok := bytes.Cut(p.src[i+2:i+n], []byte("."))
	if !ok || string(root) != "local" && string(root) != "var" || !isWord(name) || string(name) == "for" {
		return 0
	}
	return i + n
}

// text takes a quoted text without escapes by number and without interpolation but of names.
func (p *plain) text() bool {
	end := p.at + 1
	strange, wide := false, false
	for ; end < len(p.src) && p.src[end] != '"'; end++ {
		switch c := p.src[end]; {
		case c == '\n':
			return false
		case c == '\\':
			end++
			if end == len(p.src) || bytes.IndexByte([]byte(`nrt"\`), p.src[end]) < 0 {
				return false
			}
			strange = true
		case c == '$', c == '%':
			if end+1 < len(p.src) && p.src[end+1] == '{' {
				if end = p.interpolation(end, c); end == 0 {
					return false
				}
			}
			strange = true
		case c >= 0x80:
			wide = true
		}
	}
	if end >= len(p.src) || strange && wide {
		return false
	}
	inner := p.src[p.at+1 : end]
	p.add(layoutText, end+1)
	if wide {
		p.layout.tokens[len(p.layout.tokens)-1].columns = int32(clusters(inner) + 2)
	}
	return true
}

// condition takes a quoted text that is CEL, and lays it out.
func (p *plain) condition() bool {
	if !p.text() {
		return false
	}
	t := &p.layout.tokens[len(p.layout.tokens)-1]
	from := len(p.arena)
	p.arena = append(p.arena, '"')
	p.arena = p.cel.quoted(p.arena, t.bytes[1:len(t.bytes)-1])
	p.arena = append(p.arena, '"')
	written := p.arena[from:len(p.arena):len(p.arena)]
	if ascii := int(t.columns) == len(t.bytes); !ascii {
		t.columns = int32(clusters(written[1:len(written)-1]) + 2)
	} else {
		t.columns = int32(len(written))
	}
	t.bytes = written
	return true
}

// heredoc takes a text of several lines without interpolation.
func (p *plain) heredoc(isCEL bool) bool {
	raw := p.src[p.at:]
	head := bytes.IndexByte(raw, '\n') + 1
	if head == 0 || !bytes.HasPrefix(raw, []byte("<<")) {
		return false
	}
	marker := bytes.TrimPrefix(raw[2:head-1], []byte("-"))
	if !isWord(marker) {
		return false
	}
	end := head
	for {
		n := bytes.IndexByte(raw[end:], '\n')
		if n < 0 {
			return false
		}
		if bytes.Equal(bytes.TrimSpace(raw[end:end+n]), marker) {
			end += n
			break
		}
		end += n + 1
	}
	if hasTemplate(raw[:end]) {
		return false
	}
	p.add(layoutHeredoc, p.at+end)
	if isCEL {
		t := &p.layout.tokens[len(p.layout.tokens)-1]
		from := len(p.arena)
		p.arena = p.cel.heredoc(p.arena, t.bytes, celIndent*len(p.blocks))
		t.bytes = p.arena[from:len(p.arena):len(p.arena)]
	}
	return true
}

// isWord reports an identifier of ASCII letters.
func isWord(b []byte) bool {
	for i, c := range b {
		if !isCELLetter(c) && (i == 0 || !isDigit(c) && c != '-') {
			return false
		}
	}
	return len(b) > 0
}
