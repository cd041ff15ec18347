package main

import (
	"errors"
	"fmt"
	"slices"

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
	// probes and decided are what coverage sees of the issuer's requirements.
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

// probeCallers adds what each requirement made of the claims, up to the first that is not met.
func (j *judge) probeCallers() error {
	v, err := vocab.New(vocab.Claims)
	if err != nil {
		return fail(err, "")
	}
	for i := range j.bundle.Issuers {
		issuer := &j.bundle.Issuers[i]
		for n := range issuer.Require {
			address := suite.RequireAddress(issuer.Name, n)
			probe, err := probeOf(v, &issuer.Require[n].When)
			if err != nil {
				return fail(err, "")
			}
			for _, p := range j.suite.Principals {
				if p.Issuer == issuer.Name {
					j.callers[p.Name].probe(address, probe, p.Claims)
				}
			}
		}
	}
	return nil
}

func probeOf(v *vocab.Vocabulary, c *schema.Condition) (*vocab.Probe, error) {
	checked, _, err := v.Load(c.Text, vocab.Bool)
	if err != nil {
		return nil, err
	}
	return checked.Probe()
}

// probe asks one requirement, which a token is asked for only when it has met those before.
func (c *caller) probe(address string, probe *vocab.Probe, claims map[string]any) {
	if slices.ContainsFunc(c.probes, func(p schema.Probe) bool { return !p.Matched }) {
		return
	}
	sides, whole := probe.SidesOfClaims(claims)
	met := whole == schema.SideTrue
	c.probes = append(c.probes, schema.Probe{Rule: address, Matched: met, When: sides})
	if !met {
		c.decided = append(c.decided, address)
	}
}
