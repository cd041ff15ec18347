package devissuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"github.com/go-jose/go-jose/v4"
)

// keyring is what the issuer signs with and what it publishes. It is immutable.
type keyring struct {
	signer jose.Signer
	// public holds the current key first, then older ones that are still published.
	public []jose.JSONWebKey
}

const algorithm = jose.ES256

// Rotate makes a new signing key. Older keys stay published, so that tokens already made stay good.
func (s *Server) Rotate() error {
	private, err := s.newKey()
	if err != nil {
		return err
	}
	id, err := s.randomID()
	if err != nil {
		return err
	}
	key := jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: private, KeyID: id}}
	// RFC 9068, section 2.1.
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("at+jwt"))
	if err != nil {
		return fmt.Errorf("making the issuer's signer: %w", err)
	}
	public := jose.JSONWebKey{Key: &private.PublicKey, KeyID: id, Algorithm: string(algorithm), Use: "sig"}
	for {
		old := s.keys.Load()
		next := &keyring{signer: signer, public: []jose.JSONWebKey{public}}
		if old != nil {
			next.public = append(next.public, old.public...)
		}
		if s.keys.CompareAndSwap(old, next) {
			return nil
		}
	}
}

// Retire stops publishing every key but the current one: tokens made with the others are no longer good.
func (s *Server) Retire() {
	for {
		old := s.keys.Load()
		if s.keys.CompareAndSwap(old, &keyring{signer: old.signer, public: old.public[:1:1]}) {
			return
		}
	}
}

// newKey makes a P-256 key from Config.Rand. Of all 32-byte strings one in 2^32 is no key, so a source that gives
// none for a while is broken.
func (s *Server) newKey() (*ecdsa.PrivateKey, error) {
	const tries = 16
	for range tries {
		scalar, err := s.randomBytes(32)
		if err != nil {
			return nil, err
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar); err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("no key in %d draws: the source of randomness is broken", tries)
}

func (s *Server) randomID() (string, error) {
	b, err := s.randomBytes(16)
	return base64.RawURLEncoding.EncodeToString(b), err
}

func (s *Server) randomBytes(n int) ([]byte, error) {
	s.random.Lock()
	defer s.random.Unlock()
	b := make([]byte, n)
	if _, err := io.ReadFull(s.config.Rand, b); err != nil {
		return nil, fmt.Errorf("reading randomness: %w", err)
	}
	return b, nil
}

// claims are those of an access token (RFC 9068, section 2.2), with the groups and the kind of the client.
type claims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Audience   string   `json:"aud"`
	IssuedAt   int64    `json:"iat"`
	NotBefore  int64    `json:"nbf"`
	Expires    int64    `json:"exp"`
	ID         string   `json:"jti"`
	ClientID   string   `json:"client_id"`
	ClientType string   `json:"client_type"`
	Groups     []string `json:"groups"`
}

// Token makes a token for a client without asking for its secret.
func (s *Server) Token(clientID string) (string, error) {
	c, ok := s.clients[clientID]
	if !ok {
		return "", fmt.Errorf("there is no client %q", clientID)
	}
	id, err := s.randomID()
	if err != nil {
		return "", err
	}
	now := s.config.Now().Unix()
	payload, err := json.Marshal(claims{
		Issuer: s.url, Subject: c.ID, Audience: s.config.Audience, ID: id,
		IssuedAt: now, NotBefore: now, Expires: now + int64(s.config.TokenLifetime.Seconds()),
		ClientID: c.ID, ClientType: c.Kind, Groups: append([]string{}, c.Groups...),
	})
	if err != nil {
		return "", fmt.Errorf("writing the claims: %w", err)
	}
	signed, err := s.keys.Load().signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing the token: %w", err)
	}
	return signed.CompactSerialize()
}
