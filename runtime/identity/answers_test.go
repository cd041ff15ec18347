package identity_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// wire answers requests without a network.
type wire func(*http.Request) *http.Response

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r), nil }

// FuzzIssuerAnswers holds that nothing that an issuer answers makes a stranger's token good, or panics.
func FuzzIssuerAnswers(f *testing.F) {
	const url = "https://login.example.com"
	meta := `{"issuer":"` + url + `","jwks_uri":"` + url + `/jwks"}`
	var discovery, keys []byte
	client := &http.Client{Transport: wire(func(r *http.Request) *http.Response {
		body := keys
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			body = discovery
		}
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body)), Request: r}
	})}
	c := newClock()
	v, err := identity.New(identity.Config{Issuers: []schema.Issuer{policy(url)}, Now: c.now, Client: client})
	if err != nil {
		f.Fatal(err)
	}
	defer v.Close()
	f.Add([]byte(meta), []byte(`{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"AA","y":"AA"}]}`))
	f.Add([]byte(meta), []byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"oct","k":"AA"},null,1,"x"]}`))
	f.Add([]byte(meta), []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`))
	f.Add([]byte(`[]`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		v.Close()
		discovery, keys = a, b
		c.pass(time.Hour)
		stranger, _ := key(t, "k1")
		token := sign(t, jose.ES256, stranger, map[string]any{"kid": "k1"}, c.claims(url))
		p, err := v.Verify(context.Background(), schema.NewSecret(token))
		var e *identity.Error
		if p != nil || !errors.As(err, &e) {
			t.Fatalf("%v, %v", p, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	f := newFixture(b)
	token := schema.NewSecret(f.token())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.v.Verify(context.Background(), token); err != nil {
			b.Fatal(err)
		}
	}
}
