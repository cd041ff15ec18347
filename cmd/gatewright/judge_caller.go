package main

import (
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// caller is what the issuer makes of a test's principal.
type caller struct {
	principal *schema.Principal
	// refused is set when the issuer does not take the claims, and message is why.
	refused bool
	message string
	// err is set when the issuer cannot be asked at all.
	err error
	// probes and decided are what coverage sees of the issuer's requirements and principal block.
	probes  []schema.Probe
	decided []string
}

// mappersOf prepares the issuers of a policy, by name.
func mappersOf(b *schema.Bundle) (map[string]*identity.Mapper, error) {
	mappers := make(map[string]*identity.Mapper, len(b.Issuers))
	for i := range b.Issuers {
		m, err := identity.NewMapper(b.Issuers[i])
		if err != nil {
			return nil, err
		}
		mappers[b.Issuers[i].Name] = m
	}
	return mappers, nil
}

// principal maps a test's claims as the issuer maps those of a token.
func (j *judge) principal(p *schema.TestPrincipal) (*schema.Principal, error) {
	m := j.mappers[p.Issuer]
	if m == nil {
		return nil, fmt.Errorf("principal %q names issuer %q, which the policy does not have", p.Name, p.Issuer)
	}
	principal, err := m.Principal(p.Claims)
	if err != nil {
		return nil, fmt.Errorf("principal %q: %w", p.Name, err)
	}
	return principal, nil
}

func (j *judge) caller(p *schema.TestPrincipal) *caller {
	principal, err := j.principal(p)
	var refusal *identity.Error
	if errors.As(err, &refusal) {
		return &caller{refused: true, message: refusal.Reason}
	}
	return &caller{principal: principal, err: err}
}

// probeCallers adds what each requirement made of the claims, up to the first that is not met, and then what the principal
// block did.
func (j *judge) probeCallers() error {
	v, err := vocab.New(vocab.Claims)
	if err != nil {
		return fail(err, "")
	}
	for i := range j.bundle.Issuers {
		issuer := &j.bundle.Issuers[i]
		for n := range issuer.Require {
			probe, err := probeOf(v, &issuer.Require[n].When, vocab.Bool)
			if err != nil {
				return fail(err, "")
			}
			j.eachCaller(issuer.Name, func(c *caller, claims map[string]any) { c.require(suite.RequireAddress(issuer.Name, n), probe, claims) })
		}
		for _, x := range suite.Mapping(issuer) {
			probe, err := probeOf(v, x.Condition, typeOf(x.Attribute))
			if err != nil {
				return fail(err, "")
			}
			j.eachCaller(issuer.Name, func(c *caller, claims map[string]any) { c.mapped(x.Address, probe, claims) })
		}
	}
	return nil
}

func (j *judge) eachCaller(issuer string, do func(c *caller, claims map[string]any)) {
	for _, p := range j.suite.Principals {
		if p.Issuer == issuer {
			do(j.callers[p.Name], p.Claims)
		}
	}
}

func probeOf(v *vocab.Vocabulary, c *schema.Condition, want vocab.Type) (*vocab.Probe, error) {
	checked, _, err := v.Load(c.Text, want)
	if err != nil {
		return nil, err
	}
	return checked.Probe()
}

// turnedAway reports whether a requirement is not met: nothing is asked after it.
func (c *caller) turnedAway() bool { return len(c.decided) > 0 }

// require asks one requirement, which a token is asked for only when it has met those before.
func (c *caller) require(address string, probe *vocab.Probe, claims map[string]any) {
	if c.turnedAway() {
		return
	}
	sides, whole := probe.SidesOfClaims(claims)
	met := whole == schema.SideTrue
	c.probes = append(c.probes, schema.Probe{Rule: address, Matched: met, When: sides})
	if !met {
		c.decided = append(c.decided, address)
	}
}

// mapped asks one expression of the principal block. It counts as evaluated where the token gets a principal.
func (c *caller) mapped(address string, probe *vocab.Probe, claims map[string]any) {
	if c.turnedAway() {
		return
	}
	sides, _ := probe.SidesOfClaims(claims)
	c.probes = append(c.probes, schema.Probe{Rule: address, Matched: c.principal != nil, When: sides})
}
