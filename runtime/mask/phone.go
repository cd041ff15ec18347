package mask

// Bounds of a telephone number (ITU-T E.164, section 6): digits, country code included, and bytes as printed.
const (
	phoneMost    = 15
	phonePrinted = 32
)

// phone judges the number whose + stands at in[i]: a country code that there is, behind which come as many digits as
// numbers have there, in groups. Of several ends that a number may have, the last counts.
func (p *probe) phone(i int) {
	if before := p.at(i - 1); i < p.done[phone] || !isDigit(p.at(i+1)) || isAlnum(before) && p.at(i-2) != '\\' || before == '+' || before == '.' {
		return
	}
	var number [phoneMost]byte
	n, end, dots, groups := 0, 0, 0, 0
	for at := i + 1; at > 0 && at < i+phonePrinted; at = p.nextGroup(at) {
		for ; isDigit(p.at(at)) && n < phoneMost; at, n = at+1, n+1 {
			number[n] = p.in[at] - '0'
		}
		if isDigit(p.at(at)) {
			break // longer than any
		}
		// One dot alone is that of a fraction.
		if p.phoneEdge(at) && (dots != 1 || groups > 1) && dialled(number[:n]) {
			end = at
		}
		if groups++; p.at(at) == '.' {
			dots++
		}
	}
	if end > 0 {
		p.hit(phone, i, end)
	}
}

// phoneEdge reports whether a number may end before in[i].
func (p *probe) phoneEdge(i int) bool {
	switch c := p.at(i); c {
	case '.', '-', ':', '/':
		return !isAlnum(p.at(i + 1))
	case '_', '@', '(':
		return false
	default:
		return !isAlpha(c)
	}
}

// dialled reports whether digits are a country code and a number of that country.
func dialled(number []byte) bool {
	code, size := countryOf(number)
	if size == 0 {
		return false
	}
	rest := number[size:]
	if len(rest) > 0 && rest[0] == 0 && !keepsZero(code) {
		return false
	}
	if len(rest) < int(national[code].least) || len(rest) > int(national[code].most) {
		return false
	}
	return code != northAmerica || northAmerican(rest)
}

// keepsZero tells the countries whose numbers begin with a 0 even when called from abroad: Italy and what is within it, and
// in Africa Ivory Coast, Gabon and the Congo.
func keepsZero(code int) bool {
	return code == 39 || code == 378 || code == 379 || code == 225 || code == 241 || code == 242
}

// nextGroup gives the first digit of the next group behind the separators at i; 0 when none comes.
func (p *probe) nextGroup(i int) int {
	if c := p.at(i); c == ' ' && p.at(i+1) == '(' {
		i++
	}
	if p.at(i) == '(' && p.at(i+1) == '0' && p.at(i+2) == ')' {
		i += 3
		if p.at(i) == ' ' {
			i++
		}
		return digitAt(p, i)
	}
	switch p.at(i) {
	case '(':
		return digitAt(p, i+1)
	case ')':
		if c := p.at(i + 1); c == ' ' || c == '-' {
			i++
		}
		return digitAt(p, i+1)
	case ' ', '-', '.', '/':
		return digitAt(p, i+1)
	default:
		return 0
	}
}

func digitAt(p *probe, i int) int {
	if isDigit(p.at(i)) {
		return i
	}
	return 0
}

// countryOf gives the country code that a number begins with, and its digits; none is the beginning of another.
func countryOf(number []byte) (code, size int) {
	for size < 3 && size < len(number) {
		code = code*10 + int(number[size])
		size++
		if national[code].least > 0 {
			return code, size
		}
	}
	return 0, 0
}

// northAmerica is the country code of the North American Numbering Plan.
const northAmerica = 1

// northAmerican reports whether ten digits can be a number there: neither the area nor the exchange begins with 0 or 1,
// or is a service code, and no area has a 9 in the middle.
func northAmerican(n []byte) bool {
	area, exchange := n[:3], n[3:6]
	service := func(d []byte) bool { return d[1] == 1 && d[2] == 1 }
	return area[0] >= 2 && area[1] != 9 && !service(area) && exchange[0] >= 2 && !service(exchange)
}
