package mask

// email judges the address whose @ stands at in[i] (RFC 5321, section 4.1.2, without quoted local parts and without
// those characters that text puts around an address).
func (p *probe) email(i int) {
	if i < p.done[email] {
		return
	}
	start := p.localStart(i)
	end := p.domainEnd(i + 1)
	if start < i && end > 0 {
		p.hit(email, start, end)
	}
}

// localStart gives the start of the local part that ends before the @ at in[i].
func (p *probe) localStart(i int) int {
	start := i
	for start > p.done[email] && isLocal(p.in[start-1]) {
		start--
	}
	for start < i && isLocalInside(p.in[start]) {
		start++
	}
	return start
}

// domainEnd gives the end of the longest domain at in[i] that has two labels or more and a last one that is no
// number; 0 for none.
func (p *probe) domainEnd(i int) int {
	end := 0
	for labels := 1; ; labels++ {
		start, letters := i, 0
		for i < len(p.in) && isLabel(p.in[i]) {
			if !isDigit(p.in[i]) && p.in[i] != '-' {
				letters++
			}
			i++
		}
		for i > start && p.in[i-1] == '-' {
			i--
		}
		if i == start {
			return end
		}
		if labels >= 2 && letters > 0 && i-start >= 2 {
			end = i
		}
		if p.at(i) != '.' {
			return end
		}
		i++
	}
}

func isLabel(c byte) bool { return isAlnum(c) || c == '-' || c >= 0x80 }

// isLocal reports whether c may stand in a local part.
func isLocal(c byte) bool { return isAlnum(c) || c == '_' || c >= 0x80 || isLocalInside(c) }

// isLocalInside reports whether c may stand in a local part, but not at its start.
func isLocalInside(c byte) bool {
	switch c {
	case '.', '+', '-', '%', '\'', '&', '=', '~', '!', '#', '$', '*', '/', '?', '^', '`', '|':
		return true
	default:
		return false
	}
}
