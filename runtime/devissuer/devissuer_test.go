package devissuer_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func start(t *testing.T) *devissuer.Server {
	t.Helper()
	s, err := devissuer.New(devissuer.Config{
		Address: "127.0.0.1:0", Now: func() time.Time { return noon }, Rand: rand.Reader,
		Clients: []devissuer.Client{
			{ID: "svc:orders", Secret: schema.NewSecret("s:cret+%"), Groups: []string{"order-service"}},
			{ID: "pat", Secret: schema.NewSecret("word"), Kind: devissuer.KindHuman},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- s.Serve(context.Background()) }()
	t.Cleanup(func() {
		s.Close()
		s.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}

// ask sends a request and gives the status and the JSON answer.
func ask(t *testing.T, req *http.Request) (int, map[string]any) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	_ = json.Unmarshal(body, &m)
	return resp.StatusCode, m
}

func get(t *testing.T, u string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, req)
}

func tokenRequest(t *testing.T, s *devissuer.Server, form url.Values, basic ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL()+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(basic) == 2 {
		req.SetBasicAuth(basic[0], basic[1])
	}
	return req
}

func TestTokenEndpoint(t *testing.T) {
	s := start(t)
	grant := func(more ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i < len(more); i += 2 {
			v.Add(more[i], more[i+1])
		}
		return v
	}
	tests := []struct {
		name   string
		form   url.Values
		basic  []string
		status int
		code   string
	}{
		{"basic, encoded", grant(), []string{"svc%3Aorders", "s%3Acret%2B%25"}, 200, ""},
		{"basic, as it is", grant(), []string{"pat", "word"}, 200, ""},
		{"basic and the name in the body", grant("client_id", "pat"), []string{"pat", "word"}, 200, ""},
		{"body", grant("client_id", "svc:orders", "client_secret", "s:cret+%"), nil, 200, ""},
		{"wrong secret", grant("client_id", "pat", "client_secret", "wor"), nil, 401, "invalid_client"},
		{"empty secret of nobody", grant("client_id", "nobody", "client_secret", ""), nil, 401, "invalid_client"},
		{"nothing", grant(), nil, 400, "invalid_request"},
		{"both places", grant("client_id", "pat", "client_secret", "word"), []string{"pat", "word"}, 400, "invalid_request"},
		{"two names", grant("client_id", "svc:orders"), []string{"pat", "word"}, 400, "invalid_request"},
		{"two secrets", grant("client_id", "pat", "client_secret", "word", "client_secret", "x"), nil, 400, "invalid_request"},
		{"another grant", url.Values{"grant_type": {"password"}}, []string{"pat", "word"}, 400, "unsupported_grant_type"},
		{"a body without end", url.Values{"x": {strings.Repeat("x", 1<<17)}}, nil, 400, "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, m := ask(t, tokenRequest(t, s, tt.form, tt.basic...))
			code, _ := m["error"].(string)
			if status != tt.status || code != tt.code {
				t.Fatalf("%d %v", status, m)
			}
			if _, ok := m["access_token"].(string); ok != (status == 200) {
				t.Errorf("answer %v", m)
			}
		})
	}
}

func TestTokenIsSignedByAPublishedKey(t *testing.T) {
	s := start(t)
	status, meta := get(t, s.URL()+"/.well-known/openid-configuration")
	if status != 200 || meta["issuer"] != s.URL() {
		t.Fatalf("%d %v", status, meta)
	}
	token, err := s.Token("svc:orders")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(verify(t, meta["jwks_uri"].(string), token), &got); err != nil {
		t.Fatal(err)
	}
	if got["jti"] == "" {
		t.Error("no jti")
	}
	delete(got, "jti")
	at := float64(noon.Unix())
	want := map[string]any{
		"iss": s.URL(), "sub": "svc:orders", "aud": "gatewright", "iat": at, "nbf": at, "exp": at + 600,
		"client_id": "svc:orders", "client_type": "service", "groups": []any{"order-service"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// verify checks the token by the keys at the address; nil when none of them made it.
func verify(t *testing.T, jwks, token string) []byte {
	t.Helper()
	_, m := get(t, jwks)
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(raw, &set); err != nil {
		t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range set.Key(signed.Signatures[0].Header.KeyID) {
		if payload, err := signed.Verify(key); err == nil {
			return payload
		}
	}
	return nil
}

func TestRotateAndRetire(t *testing.T) {
	s := start(t)
	jwks := s.URL() + "/jwks"
	old, err := s.Token("pat")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh, err := s.Token("pat")
	if err != nil {
		t.Fatal(err)
	}
	if verify(t, jwks, old) == nil || verify(t, jwks, fresh) == nil {
		t.Error("after Rotate both keys are published")
	}
	s.Retire()
	if verify(t, jwks, old) != nil || verify(t, jwks, fresh) == nil {
		t.Error("after Retire only the new key is")
	}
}

func TestForeignHostIsRefused(t *testing.T) {
	s := start(t)
	req, err := http.NewRequest(http.MethodGet, s.URL()+"/jwks", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "rebound.example.com"
	if status, _ := ask(t, req); status != http.StatusMisdirectedRequest {
		t.Errorf("status %d", status)
	}
}

func TestNewRefuses(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	secret := schema.NewSecret("x")
	good := devissuer.Client{ID: "a", Secret: secret}
	tests := []struct {
		name, address string
		clients       []devissuer.Client
		want          string
	}{
		{"every address", "0.0.0.0:0", nil, "not a loopback address"},
		{"no host", ":8555", nil, "not a loopback address"},
		{"another machine", "192.0.2.1:8555", nil, "not a loopback address"},
		{"a name", "issuer.example.com:8555", nil, "not a loopback address"},
		{"no port", "127.0.0.1", nil, "want host:port"},
		{"a busy port", busy.Addr().String(), nil, "in use"},
		{"a nameless client", "127.0.0.1:0", []devissuer.Client{{Secret: secret}}, "no name"},
		{"a client without a secret", "127.0.0.1:0", []devissuer.Client{{ID: "a"}}, "no secret"},
		{"a client twice", "127.0.0.1:0", []devissuer.Client{good, good}, "twice"},
		{"an unknown kind", "127.0.0.1:0", []devissuer.Client{{ID: "a", Secret: secret, Kind: "robot"}}, "kind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := devissuer.New(devissuer.Config{
				Address: tt.address, Clients: tt.clients, Rand: rand.Reader, Now: func() time.Time { return noon },
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	s, err := devissuer.New(devissuer.Config{Address: "localhost:0", Rand: rand.Reader, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- s.Serve(ctx) }()
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
