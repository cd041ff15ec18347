package bundle

import (
	"bytes"
	"crypto/ed25519"
	"slices"
)

// domain separates a signature of a bundle from a signature of anything else made with the same key.
const domain = "gatewright bundle signature v1\x00"

// signature is one Ed25519 signature (RFC 8032) over domain and content id. It carries its public key, so that it can
// be checked for damage without any; whether that key is trusted is another question.
type signature struct {
	Key       []byte `json:"key"`
	Signature []byte `json:"signature"`
}

func sign(id string, keys []ed25519.PrivateKey) []signature {
	signatures := []signature{}
	for _, key := range keys {
		public, _ := key.Public().(ed25519.PublicKey)
		signatures = append(signatures, signature{Key: public, Signature: ed25519.Sign(key, []byte(domain+id))})
	}
	slices.SortFunc(signatures, bySigner)
	return slices.CompactFunc(signatures, func(a, b signature) bool { return bytes.Equal(a.Key, b.Key) })
}

func bySigner(a, b signature) int { return bytes.Compare(a.Key, b.Key) }

// parseSignatures reads the signature block and checks each signature against its own key.
func parseSignatures(id string, text []byte) ([]signature, error) {
	var signatures []signature
	if err := decodeJSON("signatures", text, &signatures); err != nil {
		return nil, err
	}
	if len(signatures) > MaxSignatures {
		return nil, damaged("it has %d signatures, and at most %d are allowed", len(signatures), MaxSignatures)
	}
	for i, s := range signatures {
		if len(s.Key) != ed25519.PublicKeySize || !ed25519.Verify(s.Key, []byte(domain+id), s.Signature) {
			return nil, refuse(hintRecompile, "signature %d does not match the bundle's content", i+1)
		}
		if i > 0 && bySigner(signatures[i-1], s) >= 0 {
			return nil, damaged("its signatures are out of order")
		}
	}
	return signatures, nil
}

// trusted refuses a file that none of the keys has signed. No keys means that any file will do.
func trusted(signatures []signature, keys []ed25519.PublicKey) error {
	if len(keys) == 0 {
		return nil
	}
	if len(signatures) == 0 {
		return refuse("sign it: gatewright compile DIR --out FILE --key release.key", "the bundle is not signed, and this gateway has keys")
	}
	for _, s := range signatures {
		if slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return bytes.Equal(k, s.Key) }) {
			return nil
		}
	}
	return refuse("sign it with a key whose .pub file is in bundle { keys }, or add that file",
		"the bundle is signed by key %s, which is not among this gateway's keys", KeyID(signatures[0].Key))
}
