package identity

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Bounds of what an issuer may answer.
const (
	maxAnswer    = 512 << 10
	maxKeys      = 64
	maxKeyID     = 256
	minRSABits   = 2048
	fetchTimeout = 10 * time.Second
)

// fetchKeys asks an issuer where its keys are and gets them (OpenID Connect Discovery 1.0, section 4).
func fetchKeys(ctx context.Context, client *http.Client, issuer string) ([]jose.JSONWebKey, error) {
	var found struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	where := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	if err := getJSON(ctx, client, where, &found); err != nil {
		return nil, err
	}
	if found.Issuer != issuer {
		return nil, fmt.Errorf("%s names its issuer %s, not %s", where, quote(found.Issuer), issuer)
	}
	if err := checkKeysURL(issuer, found.JWKSURI); err != nil {
		return nil, fmt.Errorf("%s: jwks_uri %s: %w", where, quote(found.JWKSURI), err)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := getJSON(ctx, client, found.JWKSURI, &set); err != nil {
		return nil, err
	}
	return usableKeys(set.Keys)
}

// checkKeysURL lets only an issuer on loopback keep its keys at an http address.
func checkKeysURL(issuer, keys string) error {
	home, err := checkURL(issuer)
	if err != nil {
		return err
	}
	u, err := checkURL(keys)
	if err == nil && u.Scheme == "http" && home.Scheme != "http" {
		err = errors.New("an issuer on https keeps its keys on https")
	}
	return err
}

func getJSON(ctx context.Context, client *http.Client, where string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", where, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("reading %s: %w", where, err)
	}
	if len(body) > maxAnswer {
		return fmt.Errorf("%s answers with more than %d bytes", where, maxAnswer)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s does not answer with the JSON that it should: %w", where, err)
	}
	return nil
}

// usableKeys keeps the public keys for signatures (RFC 7517) and drops the others: keys for encryption, shared
// secrets, kinds that are not known, RSA keys that are too short.
func usableKeys(raw []json.RawMessage) ([]jose.JSONWebKey, error) {
	if len(raw) > maxKeys {
		return nil, fmt.Errorf("the issuer publishes %d keys, and at most %d are taken", len(raw), maxKeys)
	}
	var keys []jose.JSONWebKey
	for _, r := range raw {
		var key jose.JSONWebKey
		if json.Unmarshal(r, &key) == nil && usable(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the issuer publishes no key that can check a signature")
	}
	return keys, nil
}

func usable(key jose.JSONWebKey) bool {
	if key.Use != "" && key.Use != "sig" || len(key.KeyID) > maxKeyID {
		return false
	}
	switch k := key.Key.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() >= minRSABits
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	default:
		return false
	}
}
