package main

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// testSecret is the secret of a key in tests, where the gateway's own must not be: anyone can make it, so that the rows
// that tests expect are the same everywhere. docs/testing.md tells how.
func testSecret(name string) schema.Secret {
	sum := sha256.Sum256([]byte("gatewright test key " + name))
	return schema.NewSecret(hex.EncodeToString(sum[:]))
}

// testKeys are those that the masks of a policy name.
func testKeys(b *schema.Bundle) (*mask.Keys, error) {
	secrets := map[string]schema.Secret{}
	for i := range b.Masks {
		if m := &b.Masks[i]; m.With.Takes() == schema.TakesKey {
			secrets[m.Argument] = testSecret(m.Argument)
		}
	}
	return mask.NewKeys(secrets)
}
