package identity

import (
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// latest is the last second that a date in a token may name: the end of year 9999.
const latest = 253402300799

// maxAudiences bounds the list of audiences in a token.
const maxAudiences = 64

// date reads a NumericDate (RFC 7519, section 2), whole seconds, fractions cut off.
func date(claims map[string]any, name string) (at time.Time, there bool, refused *Error) {
	v, there := claims[name]
	if !there {
		return time.Time{}, false, nil
	}
	n, ok := v.(float64)
	if !ok || !(n >= 0 && n <= latest) {
		return time.Time{}, true, malformed("its claim %q is not a date", name)
	}
	return time.Unix(int64(n), 0).UTC(), true, nil
}

// checkTimes checks that now lies in the token's time, and that this time is not longer than the issuer's bound.
// leeway covers clocks that differ, at the start alone: what has expired has expired.
func checkTimes(claims map[string]any, now time.Time, leeway, maxLifetime time.Duration) *Error {
	expires, there, refused := date(claims, "exp")
	if refused != nil {
		return refused
	}
	if !there {
		return endless()
	}
	if !now.Before(expires) {
		return expired(expires)
	}
	issued, there, refused := date(claims, "iat")
	if refused != nil {
		return refused
	}
	const clocks = "Compare the clocks of the issuer and of the gateway."
	switch {
	case !there:
		return refuse("Have the issuer put \"iat\" into its tokens.", "the token does not say when it was issued")
	case issued.After(now.Add(leeway)):
		return refuse(clocks, "the token was issued in the future, at %s", stamp(issued))
	case !expires.After(issued):
		return malformed("it expires before it was issued")
	case maxLifetime > 0 && expires.Sub(issued) > maxLifetime:
		return refuse("Have the issuer make tokens for a shorter time.",
			"the token is good for %s, and this policy takes tokens for at most %s", expires.Sub(issued), maxLifetime)
	}
	start, there, refused := date(claims, "nbf")
	if refused != nil {
		return refused
	}
	if there && start.After(now.Add(leeway)) {
		return refuse(clocks, "the token is not yet valid: it starts at %s", stamp(start))
	}
	return nil
}

func endless() *Error {
	return refuse("Have the issuer make tokens that expire.", "the token has no \"exp\" claim: it does not say when it expires")
}

func expired(at time.Time) *Error {
	return refuse("Get a new token from the issuer.", "the token expired at %s", stamp(at))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// checkAudience checks that the token was made for one of the issuer's audiences (RFC 7519, section 4.1.3).
func checkAudience(claims map[string]any, o schema.OIDC) *Error {
	got, refused := audiences(claims["aud"])
	if refused != nil {
		return refused
	}
	if slices.ContainsFunc(got, func(a string) bool { return slices.Contains(o.Audiences, a) }) {
		return nil
	}
	hint := "Ask the issuer for a token with audience " + strings.Join(o.Audiences, " or ") + "."
	if len(got) == 0 {
		return refuse(hint, "the token does not say whom it is for")
	}
	return refuse(hint, "the token is for another audience: %s", quote(strings.Join(got, ", ")))
}

func audiences(v any) ([]string, *Error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		if len(v) > maxAudiences {
			return nil, malformed("it has more than %d audiences", maxAudiences)
		}
		var list []string
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, malformed("one of its audiences is no text")
			}
			list = append(list, s)
		}
		return list, nil
	default:
		return nil, malformed("its audience is no text")
	}
}
