package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
)

// class says what a byte is in the long words that access keys and tokens are.
type class uint8

const (
	// inWord is a letter, a digit, -, _ or a dot.
	inWord class = 1 << iota
	// between is one of those that are neither letter nor digit.
	between
	// begins is the first character of what a matcher knows.
	begins
)

var classes = func() (t [256]class) {
	for c := range 256 {
		if isAlnum(byte(c)) {
			t[c] = inWord
		}
	}
	for _, c := range "-_." {
		t[c] = inWord | between
	}
	for _, c := range "AaSsdeghnprxy" {
		t[c] |= begins
	}
	return t
}()

// wordLeast is the length of a word that is worth a look, in bytes: every such word has eight bytes of its own that the
// sweep sees at once, wherever it starts.
const wordLeast = 15

// words looks at the word that in[i:i+8] lies in, when these are all of one.
func (p *probe) words(i int) {
	if !inOneWord(p.in[i:]) {
		return
	}
	start, end := i, i+8
	for start > p.word && classes[p.in[start-1]] != 0 {
		start--
	}
	for end+8 <= len(p.in) && inOneWord(p.in[end:]) {
		end += 8
	}
	for end < len(p.in) && classes[p.in[end]] != 0 {
		end++
	}
	p.word = end
	if end-start < wordLeast {
		return
	}
	p.begin(start)
	at := start
	for ; at+8 <= end; at += 8 {
		w := binary.LittleEndian.Uint64(p.in[at:])
		x := w & low
		dashes := (x+fromDash)&^(x+fromSlash)&high | zeros(w^underscore)
		for ; dashes != 0; dashes &= dashes - 1 {
			p.begin(at + bits.TrailingZeros64(dashes)/8 + 1)
		}
	}
	for ; at < end; at++ {
		if classes[p.in[at]]&between != 0 {
			p.begin(at + 1)
		}
	}
}

// inOneWord reports whether the first eight bytes of in are of one word.
func inOneWord(in []byte) bool {
	b := in[:8]
	return classes[b[0]]&classes[b[1]]&classes[b[2]]&classes[b[3]]&classes[b[4]]&classes[b[5]]&classes[b[6]]&classes[b[7]]&inWord != 0
}

// begin looks for a key or token at in[i] when one may begin there.
func (p *probe) begin(i int) {
	if classes[p.at(i)]&begins != 0 {
		p.candidate(i)
	}
}

// candidate looks for a key or token that starts at in[i], behind something that is neither letter nor digit.
func (p *probe) candidate(i int) {
	if p.in[i] == 'e' {
		// Only at the start of a word or behind a dot: so each byte is looked at once for it.
		if p.wants[jwt] && i >= p.done[jwt] && (p.at(i-1) == '.' || classes[p.at(i-1)] == 0) {
			if end := p.jwtEnd(i); end > 0 {
				p.hit(jwt, i, end)
			}
		}
		return
	}
	if !p.wants[apiKey] || i < p.done[apiKey] {
		return
	}
	if start, end := p.awsSecret(i); end > 0 {
		p.hit(apiKey, start, end)
		return
	}
	forms := formsBy[p.in[i]]
	for j := range forms {
		f := &forms[j]
		if !bytes.HasPrefix(p.in[i:], []byte(f.prefix)) {
			continue
		}
		if end := p.bodyEnd(i+len(f.prefix), f); end > 0 {
			p.hit(apiKey, i, end)
			return
		}
	}
}

// alphabet is what the body of a key is made of.
type alphabet uint8

const (
	alphanumeric alphabet = iota
	// urlSafe is base64url (RFC 4648, section 5) and the dots between its parts.
	urlSafe
	base32
	hexadecimal
)

func (a alphabet) has(c byte) bool {
	switch a {
	case base32:
		return 'A' <= c && c <= 'Z' || '2' <= c && c <= '7'
	case hexadecimal:
		return isHex(c)
	case urlSafe:
		return isAlnum(c) || c == '-' || c == '_' || c == '.'
	default:
		return isAlnum(c)
	}
}

// keyForm is how the keys of one issuer look: a prefix, and a body of least to most characters; most is 0 for no bound.
type keyForm struct {
	prefix      string
	body        alphabet
	least, most int
}

// keyForms are the forms that issuers document.
var keyForms = [...]keyForm{
	{"AKIA", base32, 16, 16}, {"ASIA", base32, 16, 16}, // AWS
	{"AIza", urlSafe, 35, 35}, {"ya29.", urlSafe, 20, 0}, // Google
	{"ghp_", alphanumeric, 36, 255}, {"gho_", alphanumeric, 36, 255}, {"ghu_", alphanumeric, 36, 255}, // GitHub
	{"ghs_", alphanumeric, 36, 255}, {"ghr_", alphanumeric, 36, 255}, {"github_pat_", urlSafe, 59, 255},
	{"glpat-", urlSafe, 20, 0}, {"gldt-", urlSafe, 20, 0}, {"glrt-", urlSafe, 20, 0}, {"glptt-", urlSafe, 20, 0}, // GitLab
	{"xoxa-", urlSafe, 20, 0}, {"xoxb-", urlSafe, 20, 0}, {"xoxe-", urlSafe, 20, 0}, {"xoxp-", urlSafe, 20, 0}, // Slack
	{"xoxr-", urlSafe, 20, 0}, {"xoxs-", urlSafe, 20, 0}, {"xapp-", urlSafe, 20, 0},
	{"sk_live_", alphanumeric, 16, 255}, {"sk_test_", alphanumeric, 16, 255}, // Stripe
	{"rk_live_", alphanumeric, 16, 255}, {"rk_test_", alphanumeric, 16, 255},
	{"npm_", alphanumeric, 36, 36},
	{"sk-ant-", urlSafe, 20, 0}, {"sk-proj-", urlSafe, 20, 0}, {"sk-svcacct-", urlSafe, 20, 0}, // Anthropic, OpenAI
	{"SG.", urlSafe, 66, 66},                                                                          // SendGrid
	{"shpat_", hexadecimal, 32, 32}, {"shpss_", hexadecimal, 32, 32}, {"shpca_", hexadecimal, 32, 32}, // Shopify
	{"dop_v1_", hexadecimal, 64, 64}, // DigitalOcean
	{"hf_", alphanumeric, 34, 37},    // Hugging Face
	{"pypi-AgE", urlSafe, 50, 0},
}

// formsBy are keyForms by the first character.
var formsBy = func() (t [256][]keyForm) {
	for _, f := range keyForms {
		t[f.prefix[0]] = append(t[f.prefix[0]], f)
	}
	return t
}()

// bodyEnd gives the end of a body at i that is of a form; 0 when it is not. A dot behind it ends a sentence.
func (p *probe) bodyEnd(i int, f *keyForm) int {
	end := i
	limit := len(p.in)
	if f.most > 0 {
		limit = min(limit, i+f.most+1) // so that no byte is looked at for many keys
	}
	for end < limit && f.body.has(p.in[end]) {
		end++
	}
	for end > i && p.in[end-1] == '.' {
		end--
	}
	n := end - i
	if n < f.least || f.most > 0 && n > f.most || isAlnum(p.at(end)) || !random(p.in[i:end]) {
		return 0
	}
	return end
}

// random reports whether a body has a digit, or letters of both cases in one piece: names in programs have neither.
func random(body []byte) bool {
	lower, upper, pieces := false, false, 1
	for _, c := range body {
		switch {
		case isDigit(c):
			return true
		case 'a' <= c && c <= 'z':
			lower = true
		case 'A' <= c && c <= 'Z':
			upper = true
		default:
			pieces++
		}
	}
	return lower && upper && pieces == 1
}

// secretNames are what AWS's tools call a secret access key, which has no form of its own.
var secretNames = [...]string{"secret_access_key", "secretaccesskey", "awssecretaccesskey"}

// awsSecretLength is that of a secret access key, in base64.
const awsSecretLength = 40

// awsSecret gives the secret access key whose name starts at in[i], and which follows as a setting, in JSON or in an
// assignment.
func (p *probe) awsSecret(i int) (start, end int) {
	for _, name := range secretNames {
		if p.in[i]|0x20 != name[0] || len(p.in)-i < len(name) || !bytes.EqualFold(p.in[i:i+len(name)], []byte(name)) {
			continue
		}
		start = i + len(name)
		for n := 0; n < 8 && isAround(p.at(start)); n++ {
			start++
		}
		end = start
		for end < min(len(p.in), start+awsSecretLength+1) && isBase64(p.in[end]) {
			end++
		}
		if start > i+len(name) && end-start == awsSecretLength && p.at(end) != '=' {
			return start, end
		}
	}
	return 0, 0
}

func isAround(c byte) bool {
	return c == ' ' || c == '\t' || c == '=' || c == ':' || c == '"' || c == '\'' || c == '\\' || c == '>'
}

func isBase64(c byte) bool { return isAlnum(c) || c == '+' || c == '/' }

// Bounds of a JWT (RFC 7519): characters of a part, and how much of a header is read.
const (
	jwtPart   = 8
	jwtHeader = 1024
)

// jwtEnd gives the end of the token that starts at in[i], in compact form: three parts (RFC 7515, section 3.1) or five
// (RFC 7516, section 3.1), the first of which is a JSON object that names an algorithm. 0 for none.
func (p *probe) jwtEnd(i int) int {
	if p.at(i+1) != 'y' || p.at(i+2) != 'J' {
		return 0
	}
	parts, end, part := 1, i, i
	for ; end < len(p.in) && classes[p.in[end]] != 0; end++ {
		if p.in[end] != '.' {
			continue
		}
		if parts == 1 && (end-part < jwtPart || !namesAlgorithm(p.in[i:end])) {
			return 0
		}
		if parts == 5 || parts >= 3 && !base64URL(p.at(end+1)) {
			break // a full stop behind it
		}
		parts, part = parts+1, end+1
	}
	if parts < 3 {
		return 0
	}
	return end
}

func base64URL(c byte) bool { return classes[c] != 0 && c != '.' }

// namesAlgorithm reads the header of a token.
func namesAlgorithm(header []byte) bool {
	var room [jwtHeader]byte
	header = header[:min(len(header), base64.RawURLEncoding.EncodedLen(jwtHeader))]
	n, err := base64.RawURLEncoding.Decode(room[:], header)
	return err == nil && bytes.Contains(room[:n], []byte(`"alg"`))
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
