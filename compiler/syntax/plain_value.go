package syntax

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
