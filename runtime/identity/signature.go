package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// maxTries bounds the keys tried on a token that does not say which one signed it.
const maxTries = 8

var (
	errUnknownKey = errors.New("the issuer publishes no such key")
	errSignature  = errors.New("no published key made the signature")
)

// attempt checks one token's signature: the oidc.KeySet of one verification. It remembers why it failed, which the
// verifier's own error does not tell apart.
type attempt struct {
	source     *source
	algorithms []jose.SignatureAlgorithm
	err        error
}

// VerifySignature gives the payload of a token that one of the issuer's keys signed.
func (a *attempt) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	payload, err := a.verify(ctx, raw)
	a.err = err
	return payload, err
}

func (a *attempt) verify(ctx context.Context, raw string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(raw, a.algorithms)
	if err != nil {
		return nil, err
	}
	header := signed.Signatures[0].Protected
	keys, err := a.source.find(ctx, header.KeyID)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, errUnknownKey
	}
	tries := 0
	for _, key := range keys {
		if key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if tries++; tries > maxTries {
			break
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, nil
		}
	}
	return nil, errSignature
}

// checkSignature has go-oidc check signature, algorithm, issuer and expiry, and gives the claims that it believes.
func (i *issuer) checkSignature(ctx context.Context, raw string, now time.Time) ([]byte, *Error) {
	a := &attempt{source: i.source}
	for _, name := range i.algorithms {
		a.algorithms = append(a.algorithms, jose.SignatureAlgorithm(name))
	}
	verifier := oidc.NewVerifier(i.policy.OIDC.URL, a, &oidc.Config{
		// Audiences are checked against a list, which go-oidc does not do.
		SkipClientIDCheck:    true,
		SupportedSigningAlgs: i.algorithms,
		Now:                  func() time.Time { return now },
	})
	verified, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, i.explain(a.err, err)
	}
	var claims rawClaims
	if err := verified.Claims(&claims); err != nil {
		return nil, malformed("its claims are not JSON")
	}
	return claims, nil
}

// rawClaims takes JSON as it is.
type rawClaims []byte

// UnmarshalJSON keeps a copy of the bytes.
func (r *rawClaims) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// explain gives the sentence for a failed verification; fault is what went wrong with the signature, nil when that was
// right.
func (i *issuer) explain(fault, err error) *Error {
	var out *unreachable
	var late *oidc.TokenExpiredError
	switch {
	case errors.As(fault, &out):
		return &Error{
			Reason:      fmt.Sprintf("the token cannot be checked: issuer %q does not answer with its keys", i.policy.Name),
			Hint:        "Try again in a while; the gateway's operator can see in its log what the issuer answered.",
			Unavailable: true,
			Err:         out.err,
		}
	case errors.Is(fault, errUnknownKey):
		return refuse("Get a new token from the issuer.", "the token is signed with a key that issuer %q does not publish", i.policy.Name)
	case fault != nil:
		return refuse("Show the token as the issuer gave it.", "the token's signature is wrong")
	case errors.As(err, &late) && late.Expiry.IsZero(): // go-oidc takes a missing exp for a date long past
		return endless()
	case errors.As(err, &late):
		return expired(late.Expiry)
	default:
		return malformed("its claims are not those of an OpenID Connect token")
	}
}
