package syntax

import "bytes"

// celPart is a token with what the layout needs to know of it.
type celPart struct {
	celToken
	// space is whether one stands before it when it is not the first on its line.
	space bool
	// split is how well a line can be broken here: at a choice before the sign, at || and && after it.
	split celSplit
	// binary is set for a sign, or the word in, between two operands.
	binary bool
	// match is the other bracket of a pair; -1 for all else.
	match int32
	// grouping is set for a bracket that groups, rather than holds arguments or elements.
	grouping bool
	// flat is the width of the text up to this token's end when all of it stands on one line.
	flat int32
	// breaks counts, up to this token, the operators at which the writer broke the line.
	breaks int32
}

type celSplit uint8

const (
	splitNot celSplit = iota
	splitChoice
	splitOr
	splitAnd
)

// maxCELDepth bounds the nesting of brackets that the layout follows; conditions may not nest deeper either.
const maxCELDepth = 64

// spacer goes over the tokens once and finds what each of them is.
type spacer struct {
	text  []byte
	parts []celPart
	open  []celOpen
	// value is set after what ends an operand, tight after what takes no space behind it.
	value, tight bool
}

// celOpen is an open bracket with the choices in it whose colon is still to come.
type celOpen struct {
	part    int32
	choices int
}

// spaced finds the spaces between tokens; false when brackets do not match or tokens would melt into others.
func (s *spacer) spaced(tokens []celToken) bool {
	s.parts, s.open = s.parts[:0], append(s.open[:0], celOpen{part: -1})
	s.value, s.tight = false, true
	flat := int32(0)
	for _, t := range tokens {
		p := celPart{celToken: t, match: -1, space: !s.tight}
		if !s.role(&p) {
			return false
		}
		flat += t.end - t.start
		if p.space {
			flat++
		}
		p.flat = flat
		s.parts = append(s.parts, p)
	}
	return len(s.open) == 1
}

func (s *spacer) role(p *celPart) bool {
	word := s.text[p.start:p.end]
	switch p.kind {
	case celComment:
		p.space = len(s.parts) > 0
		return true
	case celText:
		s.value, s.tight = true, false
		return true
	case celWord:
		if string(word) == "in" && s.value {
			return s.operator(p, splitNot)
		}
		afterDot := len(s.parts) > 0 && s.text[s.parts[len(s.parts)-1].start] == '.'
		s.value, s.tight = true, false
		return !(afterDot && isDigit(word[0]))
	}
	return s.sign(p, word)
}

// operator is a sign between two operands, with a space on both sides; false without an operand before it.
func (s *spacer) operator(p *celPart, split celSplit) bool {
	ok := s.value
	p.binary, p.split, p.space = true, split, len(s.parts) > 0
	s.value, s.tight = false, false
	return ok
}

func (s *spacer) sign(p *celPart, sign []byte) bool {
	top := &s.open[len(s.open)-1]
	switch string(sign) {
	case "(", "[", "{":
		p.grouping = !s.value && sign[0] == '('
		p.space = p.space && !s.value
		s.open = append(s.open, celOpen{part: int32(len(s.parts))})
		s.value, s.tight = false, true
		return len(s.open) <= maxCELDepth
	case ")", "]", "}":
		return s.closes(p, sign[0])
	case ",":
		p.space, s.value, s.tight = false, false, false
	case ".":
		return s.dot(p)
	case "!":
		s.value, s.tight = false, true
	case "-":
		if s.value {
			return s.operator(p, splitNot)
		}
		s.tight = true
	case "?":
		if !s.value { // CEL's optional fields and elements
			s.tight = true
			return true
		}
		top.choices++
		return s.operator(p, splitChoice)
	case ":":
		if top.choices > 0 {
			top.choices--
			return s.operator(p, splitChoice)
		}
		p.space, s.value, s.tight = false, false, false
	case "||":
		return s.operator(p, splitOr)
	case "&&":
		return s.operator(p, splitAnd)
	default:
		return s.operator(p, splitNot)
	}
	return true
}

func (s *spacer) dot(p *celPart) bool {
	if s.value {
		p.space = false
		last := s.parts[len(s.parts)-1]
		if last.kind == celWord && (isDigit(s.text[last.start]) || s.text[last.start] == '.') {
			return false
		}
	}
	s.value, s.tight = false, true
	return true
}

func (s *spacer) closes(p *celPart, bracket byte) bool {
	last := len(s.open) - 1
	opener := s.open[last].part
	if opener < 0 || bytes.IndexByte([]byte("()[]{}"), s.text[s.parts[opener].start])+1 != bytes.IndexByte([]byte("()[]{}"), bracket) {
		return false
	}
	s.open = s.open[:last]
	p.match, s.parts[opener].match = opener, int32(len(s.parts))
	p.space, s.value, s.tight = false, true, false
	return true
}
