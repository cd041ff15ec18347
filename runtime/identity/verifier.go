package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Defaults of a Config.
const (
	DefaultLeeway          = 30 * time.Second
	DefaultKeyAge          = 10 * time.Minute
	DefaultRefetchInterval = 10 * time.Second
)

// Config says whose tokens are taken.
type Config struct {
	Issuers []schema.Issuer
	// Client asks issuers; its redirect policy is not used. Nil makes one that uses no proxy.
	Client *http.Client
	// Now must be set.
	Now func() time.Time
	// Previous is the Verifier that this one takes the place of. Keys of issuers that are in both, asked by the same
	// client, stay known.
	Previous *Verifier
	// Leeway is how far the issuer's clock may be ahead: for iat and nbf.
	Leeway time.Duration
	// KeyAge is how long keys are good after they were fetched. A key that the issuer withdraws stays good that long
	// at most, and so do tokens of an issuer that has died.
	KeyAge time.Duration
	// RefetchInterval is the least time between two questions to one issuer.
	RefetchInterval time.Duration
}

// Verifier checks tokens. It is safe for concurrent use; its policy does not change.
type Verifier struct {
	config  Config
	issuers map[string]*issuer // by URL
	// own is set when the client was made here.
	own bool
}

// issuer is one issuer of the policy, ready to judge.
type issuer struct {
	policy     schema.Issuer
	algorithms []string
	source     *source
	mapper     *Mapper
}

// asymmetric are the accepted algorithms (RFC 7518, section 3.1; RFC 8037). With any other, who can check a token
// could make one.
var asymmetric = []string{"ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"}

// New checks the issuers and prepares their expressions. It asks nobody: an issuer that is down is noticed by the
// first token. An issuer without audiences or asymmetric algorithms, or two with one URL, are errors.
func New(config Config) (*Verifier, error) {
	if config.Now == nil {
		return nil, errors.New("identity needs a clock")
	}
	v := &Verifier{config: withDefaults(config), issuers: make(map[string]*issuer, len(config.Issuers))}
	v.makeClient()
	vocabulary, err := vocab.New(vocab.Claims)
	if err != nil {
		return nil, err
	}
	for _, policy := range config.Issuers {
		i, err := v.newIssuer(policy, vocabulary)
		if err != nil {
			return nil, fmt.Errorf("issuer %q: %w", policy.Name, err)
		}
		v.issuers[policy.OIDC.URL] = i
	}
	v.config.Previous = nil
	return v, nil
}

func withDefaults(c Config) Config {
	if c.Leeway == 0 {
		c.Leeway = DefaultLeeway
	}
	if c.KeyAge == 0 {
		c.KeyAge = DefaultKeyAge
	}
	if c.RefetchInterval == 0 {
		c.RefetchInterval = DefaultRefetchInterval
	}
	return c
}

// makeClient makes the client, or takes over the one that the previous Verifier made.
func (v *Verifier) makeClient() {
	if v.config.Client != nil {
		return
	}
	v.own = true
	if p := v.config.Previous; p != nil && p.own {
		v.config.Client = p.config.Client
		return
	}
	v.config.Client = &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: fetchTimeout,
		MaxIdleConns:        1,
		DisableKeepAlives:   true, // one question in minutes
	}}
}

func (v *Verifier) newIssuer(policy schema.Issuer, vocabulary *vocab.Vocabulary) (*issuer, error) {
	o := policy.OIDC
	u, err := checkURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("url %q: %w", o.URL, err)
	}
	if u.RawQuery != "" {
		return nil, fmt.Errorf("url %q: a query has no place in it", o.URL)
	}
	if twin := v.issuers[o.URL]; twin != nil {
		return nil, fmt.Errorf("url %q is that of issuer %q too", o.URL, twin.policy.Name)
	}
	if len(o.Audiences) == 0 {
		return nil, errors.New("it has no audiences, so no token could be for this gateway")
	}
	i := &issuer{policy: policy, source: v.sourceFor(o.URL)}
	for _, a := range o.Algorithms {
		if slices.Contains(asymmetric, a) {
			i.algorithms = append(i.algorithms, a)
		}
	}
	if len(i.algorithms) == 0 {
		return nil, fmt.Errorf("it accepts none of the asymmetric algorithms %s", strings.Join(asymmetric, ", "))
	}
	i.mapper, err = newMapper(policy, vocabulary)
	return i, err
}

// sourceFor gives the previous Verifier's keys of the issuer, or a new place for them.
func (v *Verifier) sourceFor(url string) *source {
	c := v.config
	if p := c.Previous; p != nil {
		if old := p.issuers[url]; old != nil && p.config.Client == c.Client && old.source.age == c.KeyAge && old.source.interval == c.RefetchInterval {
			return old.source
		}
	}
	client := *c.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return errors.New("the issuer redirects, which is not followed")
	}
	return &source{url: url, client: &client, now: c.Now, age: c.KeyAge, interval: c.RefetchInterval}
}

// Verify gives the principal whose token it is. The error is an *Error. Once ctx is done it no longer waits for an
// issuer's answer.
func (v *Verifier) Verify(ctx context.Context, credential schema.Secret) (*schema.Principal, error) {
	p, refused := v.verify(ctx, credential.Reveal())
	if refused != nil {
		return nil, refused
	}
	return p, nil
}

func (v *Verifier) verify(ctx context.Context, raw string) (*schema.Principal, *Error) {
	t, refused := parseToken(raw)
	if refused != nil {
		return nil, refused
	}
	i, refused := v.issuerOf(t)
	if refused != nil {
		return nil, refused
	}
	if refused := t.checkHeader(i.algorithms); refused != nil {
		return nil, refused
	}
	now := v.config.Now()
	payload, refused := i.checkSignature(ctx, raw, now)
	if refused != nil {
		return nil, refused
	}
	if !bytes.Equal(payload, t.payload) {
		return nil, malformed("its claims can be read in two ways")
	}
	if refused := checkTimes(t.claims, now, v.config.Leeway, i.policy.OIDC.MaxLifetime); refused != nil {
		return nil, refused
	}
	if refused := checkAudience(t.claims, i.policy.OIDC); refused != nil {
		return nil, refused
	}
	return i.mapper.principal(t.claims)
}

// issuerOf picks the issuer by the token's own word, which the signature then has to prove.
func (v *Verifier) issuerOf(t *token) (*issuer, *Error) {
	url, ok := t.claims["iss"].(string)
	if !ok || url == "" {
		return nil, malformed("it does not name its issuer")
	}
	i := v.issuers[url]
	if i == nil {
		return nil, refuse("Show a token of an issuer that the policy names.", "the token is from %s, which is no issuer of this policy", quote(url))
	}
	return i, nil
}

// Close ends what is being asked of issuers and waits for it, so that no goroutine is left once nobody verifies. A
// Verifier that was the Previous of another shares its questions, and they end with the last one.
func (v *Verifier) Close() {
	for _, i := range v.issuers {
		i.source.close()
	}
}
