package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
)

const (
	pemPrivate = "PRIVATE KEY"
	pemPublic  = "PUBLIC KEY"
	// maxKeyBytes bounds a key file before it is parsed; an Ed25519 key takes some 120 bytes of PEM.
	maxKeyBytes = 16 << 10
)

// GenerateKey makes a key pair as two PEM files: PKCS #8 (RFC 5958, 8410) and PKIX (RFC 5280, 8410).
func GenerateKey(rand io.Reader) (private, public []byte, err error) {
	// The seed is read here: ed25519.GenerateKey may take its bytes from elsewhere than rand.
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, nil, fmt.Errorf("reading random bytes: %w", err)
	}
	key := ed25519.NewKeyFromSeed(seed)
	private, err = x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the private key: %w", err)
	}
	public, err = x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemPrivate, Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: pemPublic, Bytes: public}), nil
}

// ParsePrivateKey reads a PEM file with one Ed25519 private key in PKCS #8. Errors hold nothing of the key.
func ParsePrivateKey(text []byte) (ed25519.PrivateKey, error) {
	der, err := onePEM(text, pemPrivate)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("the private key is not PKCS #8")
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("the private key is not an Ed25519 key; make one with gatewright keygen")
	}
	return private, nil
}

// ParsePublicKey reads a PEM file with one Ed25519 public key in PKIX form.
func ParsePublicKey(text []byte) (ed25519.PublicKey, error) {
	der, err := onePEM(text, pemPublic)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the public key is not an Ed25519 key; make one with gatewright keygen")
	}
	return public, nil
}

func onePEM(text []byte, kind string) ([]byte, error) {
	if len(text) > maxKeyBytes {
		return nil, fmt.Errorf("a key file has at most %d bytes", maxKeyBytes)
	}
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, fmt.Errorf("there is no PEM block %q", kind)
	case block.Type == pemPrivate && kind == pemPublic:
		return nil, errors.New("this is a private key; give the file ending in .pub")
	case block.Type == pemPublic && kind == pemPrivate:
		return nil, errors.New("this is a public key; give the file without .pub")
	case block.Type != kind:
		return nil, fmt.Errorf("the PEM block is %q, and %q is needed", block.Type, kind)
	}
	return block.Bytes, nil
}

// KeyID names a public key for people and logs: the SHA-256 of its 32 bytes, 64 hex digits.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:])
}
