package identity_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// clock is a time that tests set.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(noon.UnixNano())
	return c
}

func (c *clock) now() time.Time        { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) pass(by time.Duration) { c.at.Add(int64(by)) }

func (c *clock) claims(iss string) map[string]any {
	at := c.now().Unix()
	return map[string]any{
		"iss": iss, "sub": "svc:orders", "aud": "gatewright", "iat": at, "nbf": at, "exp": at + 600,
		"groups": []string{"order-service"}, "client_type": "service",
	}
}

// idp is an issuer that says what a test wants it to say.
type idp struct {
	*httptest.Server
	mu      sync.Mutex
	keys    []jose.JSONWebKey
	issuer  string // what discovery says; the URL when empty
	jwksURI string
	asked   atomic.Int64
	// arrived gets a value for each question, while there is room.
	arrived chan struct{}
	// answer, when set, takes the place of every answer.
	answer atomic.Pointer[http.HandlerFunc]
}

func newIDP(t testing.TB) *idp {
	p := &idp{arrived: make(chan struct{}, 8)}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *idp) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/jwks" {
		p.asked.Add(1)
		select {
		case p.arrived <- struct{}{}:
		default:
		}
	}
	if f := p.answer.Load(); f != nil {
		(*f)(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Path == "/jwks" {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: p.keys})
		return
	}
	m := map[string]string{"issuer": p.URL, "jwks_uri": p.URL + "/jwks"}
	if p.issuer != "" {
		m["issuer"] = p.issuer
	}
	if p.jwksURI != "" {
		m["jwks_uri"] = p.jwksURI
	}
	_ = json.NewEncoder(w).Encode(m)
}

func (p *idp) publish(keys ...jose.JSONWebKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

// key makes a key and publishes nothing.
func key(t testing.TB, id string) (*ecdsa.PrivateKey, jose.JSONWebKey) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, jose.JSONWebKey{Key: &private.PublicKey, KeyID: id, Algorithm: "ES256", Use: "sig"}
}

// sign makes a token of any header, with go-jose's own choice of what belongs into it.
func sign(t testing.TB, alg jose.SignatureAlgorithm, private any, header map[string]any, claims any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for name, v := range header {
		options.WithHeader(jose.HeaderKey(name), v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: private}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, ok := claims.([]byte)
	if !ok {
		if payload, err = json.Marshal(claims); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// signRaw makes an ES256 token of exactly these bytes.
func signRaw(t *testing.T, private *ecdsa.PrivateKey, header, payload string) string {
	t.Helper()
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(payload))
	h := crypto.SHA256.New()
	h.Write([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, private, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	var sig [64]byte
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return signed + "." + enc.EncodeToString(sig[:])
}

func policy(url string) schema.Issuer {
	return schema.Issuer{
		Name: "corp",
		OIDC: schema.OIDC{
			URL: url, Audiences: []string{"gatewright", "other"}, Algorithms: []string{"ES256", "EdDSA"}, MaxLifetime: 15 * time.Minute,
		},
		Require: []schema.Requirement{{
			When: schema.Condition{Text: `claims.client_type == "service"`}, Message: "only service tokens may use this gateway",
		}},
	}
}

func verifier(t testing.TB, c *clock, issuers ...schema.Issuer) *identity.Verifier {
	t.Helper()
	v, err := identity.New(identity.Config{Issuers: issuers, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}
