package compiler

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// algorithms are the JWS algorithms with a public key (RFC 7518, section 3.1; RFC 8037).
var algorithms = []string{"ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"}

func (c *checker) issuer(i *syntax.Issuer) {
	c.issuerURL(i.URL)
	c.full(i.Audiences, "audiences")
	c.full(i.Algorithms, "algorithms")
	for _, a := range i.Algorithms.Items {
		c.algorithm(a)
	}
	for _, q := range i.Require {
		c.cel.claims(q.When, vocab.Bool)
	}
	c.cel.claims(i.Subject, vocab.String)
	c.cel.claims(i.Groups, vocab.StringList)
	c.cel.claims(i.Kind, vocab.String)
	c.kind(i.Kind)
}

func (c *checker) algorithm(a syntax.String) {
	if a.Text == "none" || strings.HasPrefix(strings.ToUpper(a.Text), "HS") {
		c.add(a.Range, "Algorithm proves nothing", fmt.Sprintf("With %q, whoever can check a token can make one, or anybody can.", a.Text),
			"Use an algorithm with a public key, as \"ES256\" or \"RS256\".")
		return
	}
	c.word(a, "algorithm", algorithms...)
}

// issuerURL checks an issuer identifier (OpenID Connect Discovery 1.0, section 3).
func (c *checker) issuerURL(s syntax.String) {
	if !s.Set() {
		return
	}
	u, err := url.Parse(s.Text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		c.add(s.Range, "Bad issuer URL", fmt.Sprintf("%q is no URL with a host.", s.Text), "Write it as the tokens' iss claim has it, as \"https://login.example.com\".")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		c.add(s.Range, "Bad issuer URL", "An issuer's URL has no user, query or fragment.", "Remove that part.")
	case u.Scheme == "http" && !schema.LoopbackHost(u.Hostname()):
		c.add(s.Range, "Issuer URL is not secure", "Over plain http anybody on the way could hand out keys; it is accepted on a loopback address only.", "Use https.")
	case u.Scheme != "http" && u.Scheme != "https":
		c.add(s.Range, "Bad issuer URL", fmt.Sprintf("Its scheme is %q.", u.Scheme), "Use https.")
	}
}

// kind checks a kind that is a constant; others show when a token comes.
func (c *checker) kind(k syntax.CEL) {
	if word, ok := constantKind(k.Text); ok {
		c.word(syntax.String{Text: word, Range: k.Range}, "kind", schema.Kinds...)
	}
}

// constantKind gives the word of a kind that is a constant of one form.
func constantKind(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != '\'' && text[0] != '"' || strings.IndexByte(text[1:], text[0]) != len(text)-2 {
		return "", false
	}
	return text[1 : len(text)-1], true
}
