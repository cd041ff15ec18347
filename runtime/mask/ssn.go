package mask

// A social security number as printed: AAA-GG-SSSS.
const ssnPrinted = len("AAA-GG-SSSS")

// ssn judges the number one of whose dashes stands at in[i].
func (p *probe) ssn(i int) {
	for _, start := range [2]int{i - 3, i - 6} {
		if start >= p.done[usSSN] && start+ssnPrinted <= len(p.in) && p.ssnAt(start) {
			p.hit(usSSN, start, start+ssnPrinted)
			return
		}
	}
}

func (p *probe) ssnAt(start int) bool {
	b := p.in[start : start+ssnPrinted]
	if b[3] != '-' || b[6] != '-' {
		return false
	}
	for i, c := range b {
		if i != 3 && i != 6 && !isDigit(c) {
			return false
		}
	}
	return assigned(b) && p.ssnEdge(start-1, start-2) && p.ssnEdge(start+ssnPrinted, start+ssnPrinted+1)
}

// assigned reports whether the number can have been assigned: no area 000, 666 or 900 to 999, no group 00, no serial
// 0000 (Social Security Administration, "Social Security Number Randomization").
func assigned(b []byte) bool {
	area, group, serial := string(b[:3]), string(b[4:6]), string(b[7:])
	return area != "000" && area != "666" && area < "900" && group != "00" && serial != "0000"
}

// ssnEdge reports whether the bytes next to the number, from the number outwards, do not make it part of a longer one.
func (p *probe) ssnEdge(near, far int) bool {
	switch c := p.at(near); {
	case isDigit(c):
		return false
	case isAlpha(c):
		return far < near && p.at(far) == '\\'
	case c == '-' || c == '.':
		return !isAlnum(p.at(far))
	default:
		return true
	}
}
