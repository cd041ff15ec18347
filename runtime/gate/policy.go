package gate

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// Policy is what is in force: a bundle, made ready to decide and to say who calls. It is immutable.
type Policy struct {
	Engine   *engine.Engine
	Verifier *identity.Verifier
}

// PolicyOptions says how a policy is made ready.
type PolicyOptions struct {
	// Client fetches the issuers' keys; nil means identity's own.
	Client *http.Client
	// Now is the clock that tokens are held against.
	Now func() time.Time
	// Previous, when not nil, hands on the keys of the issuers that have not changed.
	Previous *Policy
}

// NewPolicy makes a bundle ready. It touches no network.
func NewPolicy(b *schema.Bundle, o PolicyOptions) (*Policy, error) {
	e, err := engine.New(b)
	if err != nil {
		return nil, fmt.Errorf("make the policy ready: %w", err)
	}
	c := identity.Config{Issuers: b.Issuers, Client: o.Client, Now: o.Now}
	if o.Previous != nil {
		c.Previous = o.Previous.Verifier
	}
	v, err := identity.New(c)
	if err != nil {
		return nil, fmt.Errorf("make the policy's issuers ready: %w", err)
	}
	return &Policy{Engine: e, Verifier: v}, nil
}

// Close ends what the policy's verifier is asking of issuers. It is for the policy that was in force last: one that was
// the Previous of another has handed on its keys.
func (p *Policy) Close() { p.Verifier.Close() }

func (p *Policy) bundle() *schema.Bundle { return p.Engine.Bundle() }

func (p *Policy) route(name string) (schema.Route, bool) {
	routes := p.bundle().Routes
	i := slices.IndexFunc(routes, func(r schema.Route) bool { return r.Name == name })
	if i < 0 {
		return schema.Route{}, false
	}
	return routes[i], true
}

func (p *Policy) issuer(name string) *schema.Issuer {
	issuers := p.bundle().Issuers
	i := slices.IndexFunc(issuers, func(s schema.Issuer) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &issuers[i]
}

// samePrincipals reports whether two issuer blocks make the same principals of the same tokens, so that one who was
// identified under the first need not be asked again under the second.
func samePrincipals(a, b *schema.Issuer) bool {
	return a != nil && b != nil && a.OIDC.URL == b.OIDC.URL &&
		slices.Equal(a.OIDC.Audiences, b.OIDC.Audiences) && slices.Equal(a.OIDC.Algorithms, b.OIDC.Algorithms) &&
		a.OIDC.MaxLifetime == b.OIDC.MaxLifetime && a.OutliveToken == b.OutliveToken &&
		a.Subject.Text == b.Subject.Text && a.Groups.Text == b.Groups.Text && a.Kind.Text == b.Kind.Text &&
		slices.EqualFunc(a.Require, b.Require, func(x, y schema.Requirement) bool { return x.When.Text == y.When.Text })
}
