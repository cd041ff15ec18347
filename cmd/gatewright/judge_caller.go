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

// callersOf maps the claims of every principal of a suite, by name.
func callersOf(b *schema.Bundle, s *schema.Suite) map[string]*caller {
	mappers := map[string]func(map[string]any) (*schema.Principal, error){}
	for i := range b.Issuers {
		m, err := identity.NewMapper(b.Issuers[i])
		if err != nil {
			mappers[b.Issuers[i].Name] = func(map[string]any) (*schema.Principal, error) { return nil, err }
			continue
		}
		mappers[b.Issuers[i].Name] = m.Principal
	}
	out := make(map[string]*caller, len(s.Principals))
	for i := range s.Principals {
		p := &s.Principals[i]
		c := &caller{}
		out[p.Name] = c
		if mappers[p.Issuer] == nil {
			c.err = fmt.Errorf("principal %q names issuer %q, which the policy does not have", p.Name, p.Issuer)
			continue
		}
		principal, err := mappers[p.Issuer](p.Claims)
		var refusal *identity.Error
		switch {
		case errors.As(err, &refusal):
			c.refused, c.message = true, refusal.Reason
		case err != nil:
			c.err = fmt.Errorf("principal %q: %w", p.Name, err)
		default:
			c.principal = principal
		}
	}
	return out
}

// probeCallers adds what each requirement made of the claims, up to the first that is not met.
func probeCallers(b *schema.Bundle, s *schema.Suite, callers map[string]*caller) error {
	v, err := vocab.New(vocab.Claims)
	if err != nil {
		return fail(err, "")
	}
	for i := range b.Issuers {
		for n := range b.Issuers[i].Require {
			address := suite.RequireAddress(b.Issuers[i].Name, n)
			probe, err := probeOf(v, &b.Issuers[i].Require[n].When)
			if err != nil {
				return fail(err, "")
			}
			for _, p := range s.Principals {
				if p.Issuer == b.Issuers[i].Name {
					callers[p.Name].probe(address, probe, p.Claims)
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
