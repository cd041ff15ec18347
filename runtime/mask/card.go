package mask

// Bounds of a payment card number (ISO/IEC 7812-1), in digits, and of its longest printed form, in bytes.
const (
	cardLeast   = 13
	cardMost    = 19
	cardPrinted = 23
)

// card judges the numbers that touch in[i:j].
func (p *probe) card(i, j int) {
	for g := p.chainStart(i); g < j; {
		if !isDigit(p.in[g]) {
			g++
			continue
		}
		end := p.runEnd(g)
		if c := p.in[g]; c >= '2' && c != '7' && !isDigit(p.at(g-1)) && g >= p.done[creditCard] {
			if stop := p.cardAt(g, end); stop > 0 {
				p.hit(creditCard, g, stop)
				end = stop
			}
		}
		g = end
	}
}

// chainStart walks left from i over digits and single separators, no further than a card number reaches.
func (p *probe) chainStart(i int) int {
	g := i
	for limit := max(0, i-cardPrinted); g > limit; {
		switch c := p.in[g-1]; {
		case isDigit(c):
			g--
		case isSeparator(c) && isDigit(p.at(g-2)):
			g -= 2
		default:
			return g
		}
	}
	return max(0, g)
}

// runEnd gives the end of the run of digits at g, or a place beyond what a card number may have.
func (p *probe) runEnd(g int) int {
	end := g + 1
	for end < len(p.in) && end-g <= cardMost && isDigit(p.in[end]) {
		end++
	}
	return end
}

func isSeparator(c byte) bool { return c == ' ' || c == '-' }

// cardAt reports the end of the card number that starts at g, whose first run of digits ends at end; 0 for none.
func (p *probe) cardAt(g, end int) int {
	if !p.cardEdge(g-1, g-2) {
		return 0
	}
	first := end - g
	if first >= cardLeast {
		return p.cardEnds(g, end, first)
	}
	sep := p.at(end)
	if !isSeparator(sep) {
		return 0
	}
	switch first {
	case 4:
		return p.grouped(g, end, sep)
	case 8:
		if second := p.runEnd(end + 1); second-end-1 == 8 && isDigit(p.at(end+1)) {
			return p.cardEnds(g, second, 16)
		}
	}
	return 0
}

// grouped judges the printed forms that start with four digits: 4-6-5 and 4-6-4, and groups of four with a shorter
// one at the end. One separator stands throughout.
func (p *probe) grouped(g, end int, sep byte) int {
	total := 4
	for total < cardMost && p.at(end) == sep && isDigit(p.at(end+1)) {
		next := p.runEnd(end + 1)
		size := next - end - 1
		wide := size == 6 && total == 4 || size == 5 && total == 10
		if size > 4 && !wide {
			return 0
		}
		end, total = next, total+size
		if total >= cardLeast {
			if stop := p.cardEnds(g, end, total); stop > 0 {
				return stop
			}
		}
		if size < 4 || size == 5 {
			return 0
		}
	}
	return 0
}

// cardEnds reports end when in[g:end] is a card number of total digits with nothing behind it that belongs to it.
func (p *probe) cardEnds(g, end, total int) int {
	if total > cardMost || !p.cardEdge(end, end+1) {
		return 0
	}
	if !issued(p.in[g:end], total) || !luhn(p.in[g:end]) || total == cardLeast && isArticle(p.in[g:end]) {
		return 0
	}
	return end
}

// isArticle reports whether 13 digits are the number of an article (GS1, EAN-13), as shops have them by the thousand: cards
// of 13 digits have not been issued for decades.
func isArticle(in []byte) bool {
	sum, weight := 0, 1
	for _, c := range in {
		if isDigit(c) {
			sum, weight = sum+weight*int(c-'0'), 4-weight
		}
	}
	return sum%10 == 0
}

// cardEdge reports whether the bytes next to a number, from the number outwards, let it be a number of its own: not
// the digits of a decimal fraction, of a longer number with dashes, of a telephone number, or of a hexadecimal word.
func (p *probe) cardEdge(near, far int) bool {
	switch c := p.at(near); {
	case c == '.' || c == '-':
		return !isDigit(p.at(far))
	case c == '+':
		return near < far
	case isAlpha(c):
		return far < near && p.at(far) == '\\' || !p.hexWord(near, far-near)
	default:
		return true
	}
}

// hexWord reports whether the letters and digits from i on, in steps of step, are all hexadecimal.
func (p *probe) hexWord(i, step int) bool {
	for range 64 {
		c := p.at(i)
		if !isAlnum(c) {
			return true
		}
		if c|0x20 > 'f' {
			return false
		}
		i += step
	}
	return true
}

// luhn checks the last digit (ISO/IEC 7812-1, annex B), skipping separators.
func luhn(in []byte) bool {
	sum, double := 0, false
	for i := len(in) - 1; i >= 0; i-- {
		if !isDigit(in[i]) {
			continue
		}
		v := int(in[i] - '0')
		if double {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum, double = sum+v, !double
	}
	return sum%10 == 0
}
