package mask

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// LeastKey is how short a key may be, in bytes: whoever has masked values may try keys for as long as they like.
const LeastKey = 32

// Keys are the keys of hash and tokenize, by the names that masks call them by. They are immutable and safe for
// concurrent use; a nil Keys has none.
type Keys struct{ byName map[string]*key }

// key is what is derived from one secret: hash and tokenize share none of it.
type key struct {
	// inner and outer are the padded keys of HMAC (RFC 2104, section 2).
	inner, outer [sha256.BlockSize]byte
	// block is AES-256.
	block cipher.Block
}

// NewKeys takes the secrets by name. The same secret gives the same masked values wherever it is used.
func NewKeys(secrets map[string]schema.Secret) (*Keys, error) {
	k := &Keys{byName: make(map[string]*key, len(secrets))}
	var errs []error
	for name, secret := range secrets {
		made, err := newKey([]byte(secret.Reveal()))
		if err != nil {
			errs = append(errs, fmt.Errorf("key %q: %w", name, err))
			continue
		}
		k.byName[name] = made
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return k, errors.Join(errs...)
}

// Has reports whether there is a key of that name.
func (k *Keys) Has(name string) bool { return k.named(name) != nil }

func (k *Keys) named(name string) *key {
	if k == nil {
		return nil
	}
	return k.byName[name]
}

func newKey(secret []byte) (*key, error) {
	if len(secret) < LeastKey {
		return nil, fmt.Errorf("it has %d bytes, and at least %d are needed", len(secret), LeastKey)
	}
	k := &key{}
	padded := derive(secret, "gatewright mask hash 1")
	for i := range k.inner {
		k.inner[i], k.outer[i] = 0x36, 0x5c
		if i < len(padded) {
			k.inner[i] ^= padded[i]
			k.outer[i] ^= padded[i]
		}
	}
	var err error
	k.block, err = aes.NewCipher(derive(secret, "gatewright mask tokenize 1"))
	return k, err
}

// derive makes a key for one purpose alone.
func derive(secret []byte, purpose string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(purpose))
	return h.Sum(nil)
}

// sum is HMAC-SHA-256. It works in the free space of dst, which it returns as it was, grown where that was too small.
func (k *key) sum(dst, in []byte) (grown []byte, sum [sha256.Size]byte) {
	n := len(dst)
	dst = append(append(dst, k.inner[:]...), in...)
	sum = sha256.Sum256(dst[n:])
	dst = append(append(dst[:n], k.outer[:]...), sum[:]...)
	return dst[:n], sha256.Sum256(dst[n:])
}
