package identity

import (
	"encoding/base64"
	"slices"
	"strings"
)

// MaxTokenBytes bounds a token.
const MaxTokenBytes = 16 << 10

// token is a token taken apart and not yet believed.
type token struct {
	raw string
	// payload is the JSON of claims.
	payload []byte
	header  map[string]any
	claims  map[string]any
}

// parseToken takes a JWS in compact form apart (RFC 7515, section 7.1).
func parseToken(raw string) (*token, *Error) {
	if raw == "" {
		return nil, refuse("Give an access or ID token of one of the policy's issuers as the password.", "there is no token")
	}
	if len(raw) > MaxTokenBytes {
		return nil, malformed("it has %d bytes, and at most %d are taken", len(raw), MaxTokenBytes)
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 || strings.ContainsFunc(raw, notBase64) {
		return nil, malformed("it is not three parts of base64url joined by dots")
	}
	t := &token{raw: raw}
	header, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil {
		return nil, malformed("its header is not base64url")
	}
	if t.payload, err = base64.RawURLEncoding.Strict().DecodeString(parts[1]); err != nil {
		return nil, malformed("its claims are not base64url")
	}
	if t.header, err = parseObject(header); err != nil {
		return nil, malformed("its header: %s", err)
	}
	if t.claims, err = parseObject(t.payload); err != nil {
		return nil, malformed("its claims: %s", err)
	}
	if parts[2] == "" {
		return nil, unsigned()
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(parts[2]); err != nil {
		return nil, malformed("its signature is not base64url")
	}
	return t, t.unambiguous()
}

// notBase64 finds what decoders skip or read in different ways, such as line ends.
func notBase64(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
		return false
	}
	return true
}

func unsigned() *Error {
	return refuse("Show the token as the issuer gave it, signature included.", "the token is not signed")
}

// unambiguous refuses claims that a reader who ignores case would take for a registered one, and dates that readers
// cut short in different ways.
func (t *token) unambiguous() *Error {
	for name := range t.claims {
		for _, registered := range []string{"iss", "sub", "aud", "exp", "nbf", "iat"} {
			if name != registered && strings.EqualFold(name, registered) {
				return malformed("its claim %s can be taken for %q", quote(name), registered)
			}
		}
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		if _, _, refused := date(t.claims, name); refused != nil {
			return refused
		}
	}
	return nil
}

// types are the values of the header typ that access and ID tokens have (RFC 9068, section 2.1; RFC 7519, section
// 5.1), in lower case. Others, such as logout tokens and proofs of possession, are signed by issuers too and are no
// credentials.
var types = []string{"jwt", "at+jwt", "application/jwt", "application/at+jwt"}

// checkHeader checks what the header says of the token, before any key is asked for.
func (t *token) checkHeader(algorithms []string) *Error {
	switch algorithm, _ := t.header["alg"].(string); {
	case algorithm == "" || strings.EqualFold(algorithm, "none"):
		return unsigned()
	case !slices.Contains(algorithms, algorithm):
		return refuse("Have the issuer sign with one of: "+strings.Join(algorithms, ", ")+".",
			"the token is signed with %s, which this policy does not accept", quote(algorithm))
	}
	if v, there := t.header["typ"]; there {
		if typ, _ := v.(string); !slices.Contains(types, strings.ToLower(typ)) {
			return refuse("Show an access or an ID token.", "the token is of type %s, which is no credential", quote(typ))
		}
	}
	for _, name := range []string{"crit", "b64", "zip", "cty"} {
		if _, there := t.header[name]; there {
			return malformed("its header has %q, which is not understood", name)
		}
	}
	if v, there := t.header["kid"]; there {
		if kid, ok := v.(string); !ok || len(kid) > maxKeyID {
			return malformed("its key ID is no text of at most %d bytes", maxKeyID)
		}
	}
	return nil
}
