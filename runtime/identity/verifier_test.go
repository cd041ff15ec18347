package identity_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// refused verifies a token that must not be good, and checks what every refusal owes.
func refused(t *testing.T, v *identity.Verifier, token, reason string) *identity.Error {
	t.Helper()
	p, err := v.Verify(context.Background(), schema.NewSecret(token))
	var e *identity.Error
	if p != nil || !errors.As(err, &e) {
		t.Fatalf("principal %v, error %v", p, err)
	}
	if !strings.Contains(e.Reason, reason) {
		t.Errorf("reason %q, want one with %q", e.Reason, reason)
	}
	if e.Hint == "" {
		t.Errorf("reason %q has no hint", e.Reason)
	}
	for _, part := range strings.Split(token, ".") {
		if len(part) > 20 && strings.Contains(e.Reason+e.Hint, part) {
			t.Errorf("the token stands in %q", e.Reason)
		}
	}
	return e
}

func TestDevIssuerToken(t *testing.T) {
	c := newClock()
	s, err := devissuer.New(devissuer.Config{
		Address: "127.0.0.1:0", Now: c.now, Rand: rand.Reader,
		Clients: []devissuer.Client{
			{ID: "svc:orders", Secret: schema.NewSecret("x"), Groups: []string{"z", "order-service", "z"}},
			{ID: "pat", Secret: schema.NewSecret("x"), Kind: devissuer.KindHuman},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- s.Serve(context.Background()) }()
	defer func() {
		s.Close()
		<-served
	}()
	issuer := policy(s.URL())
	issuer.OutliveToken = true
	v := verifier(t, c, issuer)
	token, err := s.Token("svc:orders")
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Verify(context.Background(), schema.NewSecret(token))
	if err != nil {
		t.Fatal(err)
	}
	want := &schema.Principal{
		Issuer: "corp", Subject: "svc:orders", Groups: []string{"order-service", "z"}, Kind: schema.KindMachine,
		Expires: noon.Add(10 * time.Minute), OutliveToken: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	human, err := s.Token("pat")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, v, human, "only service tokens may use this gateway")
	if err := s.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh, err := s.Token("svc:orders")
	if err != nil {
		t.Fatal(err)
	}
	c.pass(identity.DefaultRefetchInterval)
	for _, token := range []string{token, fresh} {
		if _, err := v.Verify(context.Background(), schema.NewSecret(token)); err != nil {
			t.Errorf("after Rotate: %v", err)
		}
	}
}

func TestClaims(t *testing.T) {
	c, p := newClock(), newIDP(t)
	private, public := key(t, "k1")
	p.publish(public)
	v := verifier(t, c, policy(p.URL))
	at := float64(noon.Unix())
	tests := []struct {
		name   string
		change map[string]any // nil removes
		want   string         // empty: good
	}{
		{"as it should be", nil, ""},
		{"expired", map[string]any{"exp": at - 1}, "the token expired at 2026-05-04T11:59:59Z"},
		{"expires now", map[string]any{"exp": at}, "expired"},
		{"no expiry", map[string]any{"exp": nil}, `the token has no "exp" claim`},
		{"expiry that is a text", map[string]any{"exp": "2026-05-04"}, "cannot be read"},
		{"expiry beyond all dates", map[string]any{"exp": 1e300}, "cannot be read"},
		{"expiry before all dates", map[string]any{"exp": -1}, "cannot be read"},
		{"not yet valid", map[string]any{"nbf": at + 31}, "not yet valid"},
		{"valid within the leeway", map[string]any{"nbf": at + 30}, ""},
		{"no nbf", map[string]any{"nbf": nil}, ""},
		{"nbf that is a list", map[string]any{"nbf": []int{1}}, "cannot be read"},
		{"issued in the future", map[string]any{"iat": at + 31}, "issued in the future"},
		{"issued within the leeway", map[string]any{"iat": at + 30}, ""},
		{"no iat", map[string]any{"iat": nil}, "when it was issued"},
		{"iat that is a bool", map[string]any{"iat": true}, "cannot be read"},
		{"good for too long", map[string]any{"exp": at + 901}, "good for 15m1s"},
		{"good for long enough", map[string]any{"exp": at + 900}, ""},
		{"a foreign audience", map[string]any{"aud": "billing"}, `another audience: "billing"`},
		{"foreign audiences", map[string]any{"aud": []string{"a", "b"}}, "another audience"},
		{"one of the audiences", map[string]any{"aud": []string{"a", "other"}}, ""},
		{"no audience", map[string]any{"aud": nil}, "whom it is for"},
		{"empty audiences", map[string]any{"aud": []string{}}, "whom it is for"},
		{"audience that is a number", map[string]any{"aud": []any{"gatewright", 1}}, "cannot be read"},
		{"too many audiences", map[string]any{"aud": make([]string, 65)}, "cannot be read"},
		{"no subject", map[string]any{"sub": nil}, "whose it is"},
		{"empty subject", map[string]any{"sub": ""}, "whose it is"},
		{"subject that is a number", map[string]any{"sub": 7}, "cannot be read"},
		{"long subject", map[string]any{"sub": strings.Repeat("s", 257)}, "no subject"},
		{"subject with a line end", map[string]any{"sub": "a\nb"}, "no subject"},
		{"no groups", map[string]any{"groups": nil}, ""},
		{"groups that are a text", map[string]any{"groups": "dba"}, "no groups"},
		{"a group that is a number", map[string]any{"groups": []any{"a", 1}}, "no groups"},
		{"an empty group", map[string]any{"groups": []string{""}}, "no groups"},
		{"too many groups", map[string]any{"groups": make([]string, 257)}, "no groups"},
		{"an unmet requirement", map[string]any{"client_type": "human"}, "only service tokens"},
		{"a requirement that fails", map[string]any{"client_type": nil}, "only service tokens"},
		{"an unknown issuer", map[string]any{"iss": "https://evil.example.com"}, "no issuer of this policy"},
		{"an issuer with a slash more", map[string]any{"iss": p.URL + "/"}, "no issuer of this policy"},
		{"no issuer", map[string]any{"iss": nil}, "does not name its issuer"},
		{"another spelling of a claim", map[string]any{"EXP": at + 60}, `"EXP" can be taken for "exp"`},
		{"deep claims", map[string]any{"deep": deep(20)}, "nested"},
		{"many claims", map[string]any{"many": make([]int, 2100)}, "more than 2048 values"},
		{"a huge token", map[string]any{"pad": strings.Repeat("x", identity.MaxTokenBytes)}, "at most 16384"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			claims := c.claims(p.URL)
			for name, value := range tt.change {
				if claims[name] = value; value == nil {
					delete(claims, name)
				}
			}
			token := sign(t, jose.ES256, private, map[string]any{"kid": "k1"}, claims)
			if tt.want != "" {
				refused(t, v, token, tt.want)
				return
			}
			if _, err := v.Verify(context.Background(), schema.NewSecret(token)); err != nil {
				t.Error(err)
			}
		})
	}
}

func deep(n int) any {
	if n == 0 {
		return 1
	}
	return []any{deep(n - 1)}
}

func TestHeader(t *testing.T) {
	c, p := newClock(), newIDP(t)
	private, public := key(t, "k1")
	p.publish(public)
	v := verifier(t, c, policy(p.URL))
	tests := []struct {
		name, header, want string
	}{
		{"plain", `{"alg":"ES256","kid":"k1"}`, ""},
		{"no key ID", `{"alg":"ES256"}`, ""},
		{"JWT", `{"alg":"ES256","kid":"k1","typ":"JWT"}`, ""},
		{"access token", `{"alg":"ES256","kid":"k1","typ":"at+jwt"}`, ""},
		{"access token in full", `{"alg":"ES256","kid":"k1","typ":"application/at+JWT"}`, ""},
		{"logout token", `{"alg":"ES256","kid":"k1","typ":"logout+jwt"}`, "no credential"},
		{"proof of possession", `{"alg":"ES256","kid":"k1","typ":"dpop+jwt"}`, "no credential"},
		{"type that is no text", `{"alg":"ES256","kid":"k1","typ":["JWT"]}`, "no credential"},
		{"type that is null", `{"alg":"ES256","kid":"k1","typ":null}`, "no credential"},
		{"two types", `{"alg":"ES256","kid":"k1","typ":"JWT","typ":"logout+jwt"}`, "stands twice"},
		{"critical extension", `{"alg":"ES256","kid":"k1","crit":["exp"],"exp":1}`, `"crit"`},
		{"detached payload", `{"alg":"ES256","kid":"k1","crit":["b64"],"b64":false}`, `"crit"`},
		{"b64 alone", `{"alg":"ES256","kid":"k1","b64":true}`, `"b64"`},
		{"nested token", `{"alg":"ES256","kid":"k1","cty":"JWT"}`, `"cty"`},
		{"key ID that is a number", `{"alg":"ES256","kid":1}`, "key ID"},
		{"long key ID", `{"alg":"ES256","kid":"` + strings.Repeat("k", 300) + `"}`, "key ID"},
		{"unknown key", `{"alg":"ES256","kid":"k2"}`, "does not publish"},
		{"no algorithm", `{"kid":"k1"}`, "not signed"},
		{"none", `{"alg":"none","kid":"k1"}`, "not signed"},
		{"None", `{"alg":"nOnE","kid":"k1"}`, "not signed"},
		{"another algorithm", `{"alg":"ES384","kid":"k1"}`, "does not accept"},
		{"another accepted algorithm", `{"alg":"EdDSA","kid":"k1"}`, "signature is wrong"},
		{"an embedded key", `{"alg":"ES256","kid":"k2","jwk":` + jwk(t, public) + `}`, "does not publish"},
		{"no object", `["ES256"]`, "header"},
		{"no JSON", `{"alg"`, "header"},
		{"something behind", `{"alg":"ES256","kid":"k1"} {}`, "header"},
		{"bytes that are not UTF-8", "{\"alg\":\"ES256\",\"kid\":\"\xff\"}", "UTF-8"},
	}
	claims, err := json.Marshal(c.claims(p.URL))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token := signRaw(t, private, tt.header, string(claims))
			if tt.want != "" {
				refused(t, v, token, tt.want)
				return
			}
			if _, err := v.Verify(context.Background(), schema.NewSecret(token)); err != nil {
				t.Error(err)
			}
		})
	}
}

func jwk(t *testing.T, key jose.JSONWebKey) string {
	t.Helper()
	b, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestForgedTokens(t *testing.T) {
	c, p := newClock(), newIDP(t)
	private, public := key(t, "k1")
	p.publish(public)
	v := verifier(t, c, policy(p.URL))
	claims := c.claims(p.URL)
	good := sign(t, jose.ES256, private, map[string]any{"kid": "k1"}, claims)
	parts := strings.Split(good, ".")
	stranger, _ := key(t, "k1")
	der, err := x509.MarshalPKIXPublicKey(public.Key)
	if err != nil {
		t.Fatal(err)
	}
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	other := maps.Clone(claims)
	other["sub"] = "svc:admin"
	forged := strings.Split(sign(t, jose.ES256, private, map[string]any{"kid": "k1"}, other), ".")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	double := `{"iss":"` + p.URL + `","sub":"a","sub":"b","aud":"gatewright","iat":1,"exp":9999999999}`
	tests := []struct{ name, token, want string }{
		{"nothing", "", "there is no token"},
		{"a password", "hunter2", "cannot be read"},
		{"a stranger's signature", sign(t, jose.ES256, stranger, map[string]any{"kid": "k1"}, claims), "signature is wrong"},
		{"another's claims", parts[0] + "." + forged[1] + "." + parts[2], "signature is wrong"},
		{"no signature", parts[0] + "." + parts[1] + ".", "not signed"},
		{"the public key as a shared secret", sign(t, jose.HS256, []byte(asPEM), map[string]any{"kid": "k1"}, claims), "does not accept"},
		{"an algorithm that is not accepted", sign(t, jose.RS256, rsaKey, map[string]any{"kid": "k1"}, claims), "does not accept"},
		{"a claim twice", signRaw(t, private, `{"alg":"ES256","kid":"k1"}`, double), `"sub" stands twice`},
		{"four parts", good + ".x", "three parts"},
		{"a line end inside", parts[0] + "\n." + parts[1] + "." + parts[2], "three parts"},
		{"padding", parts[0] + "=." + parts[1] + "." + parts[2], "three parts"},
		{"JSON form", `{"payload":"x","signatures":[]}`, "three parts"},
		{"bits after the end", parts[0] + "." + parts[1] + "." + flipLast(parts[2]), "base64url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { refused(t, v, tt.token, tt.want) })
	}
}

// flipLast changes the bits of the last character that belong to no byte.
func flipLast(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + string(alphabet[last^1])
}

func TestNewRefuses(t *testing.T) {
	with := func(change func(*schema.Issuer)) []schema.Issuer {
		i := policy("https://login.example.com")
		change(&i)
		return []schema.Issuer{i}
	}
	tests := []struct {
		name    string
		issuers []schema.Issuer
		want    string
	}{
		{"http elsewhere", with(func(i *schema.Issuer) { i.OIDC.URL = "http://login.example.com" }), "neither https"},
		{"a user in the URL", with(func(i *schema.Issuer) { i.OIDC.URL = "https://a@login.example.com" }), "user"},
		{"a query", with(func(i *schema.Issuer) { i.OIDC.URL += "?a=b" }), "query"},
		{"no URL", with(func(i *schema.Issuer) { i.OIDC.URL = "" }), "URL"},
		{"no audiences", with(func(i *schema.Issuer) { i.OIDC.Audiences = nil }), "audiences"},
		{"symmetric algorithms", with(func(i *schema.Issuer) { i.OIDC.Algorithms = []string{"HS256", "none"} }), "asymmetric"},
		{"a broken requirement", with(func(i *schema.Issuer) { i.Require[0].When.Text = "claims." }), "claims."},
		{"an empty requirement", with(func(i *schema.Issuer) { i.Require[0].When.Text = "" }), "empty"},
		{"a groups expression of another type", with(func(i *schema.Issuer) { i.Groups.Text = "1" }), "1"},
		{"one URL twice", []schema.Issuer{policy("https://login.example.com"), policy("https://login.example.com")}, "too"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := identity.New(identity.Config{Issuers: tt.issuers, Now: newClock().now})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestVerifyFromManyGoroutines(t *testing.T) {
	c, p := newClock(), newIDP(t)
	private, public := key(t, "k1")
	p.publish(public)
	v := verifier(t, c, policy(p.URL))
	token := schema.NewSecret(sign(t, jose.ES256, private, map[string]any{"kid": "k1"}, c.claims(p.URL)))
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if _, err := v.Verify(context.Background(), token); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := p.asked.Load(); n != 1 {
		t.Errorf("the issuer was asked %d times", n)
	}
}

// FuzzVerify holds that no bytes make a principal, and none a panic.
func FuzzVerify(f *testing.F) {
	p, c := "https://login.example.invalid", newClock()
	v, err := identity.New(identity.Config{Issuers: []schema.Issuer{policy(p)}, Now: c.now, RefetchInterval: time.Hour})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("e30.e30.x")
	f.Add("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuaW52YWxpZCJ9.AAAA")
	f.Add("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuaW52YWxpZCIsImlzcyI6MX0.")
	f.Fuzz(func(t *testing.T, token string) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		got, err := v.Verify(ctx, schema.NewSecret(token))
		var e *identity.Error
		if got != nil || !errors.As(err, &e) || e.Reason == "" || e.Hint == "" {
			t.Fatalf("%v, %v", got, err)
		}
	})
	v.Close()
}
