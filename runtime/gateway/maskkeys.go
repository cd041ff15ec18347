package gateway

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
)

// openMaskKeys reads the keys of hash and tokenize, once: another key makes other values, and half a result under the old
// one is worse than a restart.
func (g *Gateway) openMaskKeys(_ context.Context, o Options) error {
	secrets := map[string]schema.Secret{}
	for _, k := range g.cfg.MaskKeys {
		secret, err := k.Secret.Read(o.Env)
		if err != nil {
			return fault(fmt.Errorf("mask_key %q: %w", k.Name, err), "secret says where it is.")
		}
		secrets[k.Name] = secret
	}
	var err error
	if g.maskKeys, err = mask.NewKeys(secrets); err != nil {
		return fault(fmt.Errorf("mask_key: %w", err), "openssl rand -hex 32 makes one that is long enough.")
	}
	return nil
}

// keysFor refuses a bundle whose masks ask for a key that there is none of: without it they could only hide in another way
// than the policy says. The error is a *bundle.Refused.
func keysFor(b *schema.Bundle, keys *mask.Keys) error {
	for i := range b.Masks {
		m := &b.Masks[i]
		if m.With.Takes() == schema.TakesKey && !keys.Has(m.Argument) {
			return &bundle.Refused{
				Reason: fmt.Sprintf("%s masks with %s under the key %q, which this gateway does not have", m.Address, m.With, m.Argument),
				Hint:   fmt.Sprintf("add mask_key %q { secret = \"env:MASK_KEY\" } to the gateway's configuration, with the same secret as every gateway of this policy, and start it again", m.Argument),
			}
		}
	}
	return nil
}
