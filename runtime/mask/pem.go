package mask

import "bytes"

// The parts of a private key in PEM form (RFC 7468, section 2); PGP's says BLOCK behind the word.
var (
	pemBegin   = []byte("-----BEGIN ")
	pemEnd     = []byte("-----END ")
	pemDashes  = []byte("-----")
	pemPrivate = []byte("PRIVATE KEY")
)

// pemLabel is how much of the label may stand before PRIVATE KEY, in bytes.
const pemLabel = 32

// privateKeys finds the private keys. It looks for the V of PRIVATE, which is rare in any text.
func (p *probe) privateKeys() {
	const before = len("PRI")
	for at := before; at < len(p.in); at++ {
		next := bytes.IndexByte(p.in[at:], 'V')
		if next < 0 {
			return
		}
		at += next
		if i := at - before; i >= p.done[privateKey] && bytes.HasPrefix(p.in[i:], pemPrivate) {
			p.privateKey(i)
		}
	}
}

// privateKey judges the words PRIVATE KEY at in[i].
func (p *probe) privateKey(i int) {
	from := max(p.done[privateKey], i-pemLabel-len(pemBegin))
	start := bytes.LastIndex(p.in[from:i], pemBegin)
	if start < 0 {
		return
	}
	body := i + len(pemPrivate)
	if bytes.HasPrefix(p.in[body:], []byte(" BLOCK")) {
		body += len(" BLOCK")
	}
	if bytes.HasPrefix(p.in[body:], pemDashes) {
		p.hit(privateKey, from+start, p.pemStop(body+len(pemDashes)))
	}
}

// pemStop gives the end of the key whose body starts at in[i]: behind its last line, or, where that is missing, behind
// all that may belong to it.
func (p *probe) pemStop(i int) int {
	// What was found for one key holds for those that follow, so that no byte is looked at for many.
	if i >= p.pem.whole {
		p.pem.whole = p.pemRegion(i, func(c byte) bool { return c != '<' })
	}
	if i > p.pem.last {
		if p.pem.last = len(p.in); i < len(p.in) {
			if next := bytes.Index(p.in[i:], pemEnd); next >= 0 {
				p.pem.last = i + next
			}
		}
	}
	if label := p.pem.last + len(pemEnd); label < p.pem.whole {
		if close := bytes.Index(p.in[label:min(p.pem.whole, label+pemLabel+len(pemDashes))], pemDashes); close >= 0 {
			return label + close + len(pemDashes)
		}
	}
	between := func(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ':' || c == ',' }
	end := p.pemRegion(i, func(c byte) bool { return isBase64(c) || c == '=' || c == '-' || between(c) })
	for end > i && between(p.in[end-1]) {
		end--
	}
	return end
}

// pemRegion gives the end of the bytes from i on that has says may stand in a key. It ends at a quote, and an escape of a
// JSON text is inside of it as a whole or not at all.
func (p *probe) pemRegion(i int, has func(byte) bool) int {
	for i < len(p.in) {
		switch c := p.in[i]; {
		case c == '"':
			return i
		case c == '\\':
			if next := p.at(i + 1); next != 'n' && next != 'r' && next != 't' && next != '/' && next != '\\' {
				return i
			}
			i += 2
			continue
		case !has(c):
			return i
		}
		i++
	}
	return i
}
