package identity_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// fixture is one issuer, one key and one verifier.
type fixture struct {
	*clock
	p *idp
	v *identity.Verifier
	// token makes a token of the key k1, good at the clock's time.
	token func() string
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{clock: newClock(), p: newIDP(t)}
	private, public := key(t, "k1")
	f.p.publish(public)
	f.v = verifier(t, f.clock, policy(f.p.URL))
	f.token = func() string {
		return sign(t, jose.ES256, private, map[string]any{"kid": "k1"}, f.claims(f.p.URL))
	}
	return f
}

func (f *fixture) accepted(t *testing.T, token string) {
	t.Helper()
	if _, err := f.v.Verify(context.Background(), schema.NewSecret(token)); err != nil {
		t.Fatal(err)
	}
}

// asked checks how often the issuer was asked so far, once all questions have their answer.
func (f *fixture) asked(t *testing.T, want int64) {
	t.Helper()
	f.v.Close()
	if got := f.p.asked.Load(); got != want {
		t.Fatalf("the issuer was asked %d times, want %d", got, want)
	}
}

func TestKeysAreAskedForAgainAtHalfTheirAge(t *testing.T) {
	f := newFixture(t)
	f.accepted(t, f.token())
	f.pass(identity.DefaultKeyAge/2 - 1)
	f.accepted(t, f.token())
	f.asked(t, 1)
	<-f.p.arrived
	f.pass(1)
	f.accepted(t, f.token())
	<-f.p.arrived
	f.accepted(t, f.token())
	f.asked(t, 2)
}

func TestRemovedKeyIsDropped(t *testing.T) {
	f := newFixture(t)
	f.accepted(t, f.token())
	_, other := key(t, "k2")
	f.p.publish(other)
	f.pass(identity.DefaultKeyAge)
	refused(t, f.v, f.token(), "does not publish")
}

func TestNewKeyIsFoundAtOnce(t *testing.T) {
	f := newFixture(t)
	f.accepted(t, f.token())
	private, public := key(t, "k2")
	f.p.publish(public)
	f.pass(identity.DefaultRefetchInterval)
	f.accepted(t, sign(t, jose.ES256, private, map[string]any{"kid": "k2"}, f.claims(f.p.URL)))
	refused(t, f.v, f.token(), "does not publish")
}

func TestUnknownKeysDoNotFloodTheIssuer(t *testing.T) {
	f := newFixture(t)
	stranger, _ := key(t, "")
	flood := func() {
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				for i := range 25 {
					header := map[string]any{"kid": fmt.Sprint("k", w, "-", i)}
					refused(t, f.v, sign(t, jose.ES256, stranger, header, f.claims(f.p.URL)), "does not publish")
				}
			})
		}
		all.Wait()
	}
	flood()
	f.asked(t, 1)
	f.accepted(t, f.token())
	f.pass(identity.DefaultRefetchInterval)
	flood()
	f.asked(t, 2)
}

func TestDeadIssuer(t *testing.T) {
	f := newFixture(t)
	f.accepted(t, f.token())
	f.p.Close()
	f.pass(identity.DefaultKeyAge - 1)
	f.accepted(t, f.token())
	f.v.Close()
	f.pass(1)
	e := refused(t, f.v, f.token(), `issuer "corp" does not answer`)
	if !e.Unavailable || e.Err == nil {
		t.Errorf("not marked as unavailable, or no cause: %v", e.Err)
	}
	if strings.Contains(e.Reason+e.Hint, f.p.Listener.Addr().String()) {
		t.Errorf("the message tells where the issuer is: %s %s", e.Reason, e.Hint)
	}
	// Nobody asks again before the interval is over, and the reason stays.
	if again := refused(t, f.v, f.token(), "does not answer"); again.Err == nil {
		t.Error("the cause is gone")
	}
}

func TestIssuerThatComesBack(t *testing.T) {
	f := newFixture(t)
	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	f.p.answer.Store(&broken)
	refused(t, f.v, f.token(), "does not answer")
	f.p.answer.Store(nil)
	refused(t, f.v, f.token(), "does not answer")
	f.asked(t, 1)
	f.pass(identity.DefaultRefetchInterval)
	f.accepted(t, f.token())
}

func TestSlowIssuer(t *testing.T) {
	f := newFixture(t)
	release := make(chan struct{})
	slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	f.p.answer.Store(&slow)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	token := schema.NewSecret(f.token())
	go func() {
		_, err := f.v.Verify(ctx, token)
		done <- err
	}()
	<-f.p.arrived
	cancel()
	err := <-done
	if e, ok := err.(*identity.Error); !ok || !e.Unavailable {
		t.Errorf("error %v", err)
	}
	close(release)
	f.v.Close()
}

func TestIssuerAnswersThatAreNotTaken(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, good := key(t, "k1")
	many := make([]jose.JSONWebKey, 65)
	for i := range many {
		many[i] = good
	}
	encryption := good
	encryption.Use = "enc"
	tests := []struct {
		name   string
		change func(p *idp)
		want   string
	}{
		{"another name", func(p *idp) { p.issuer = "https://login.example.com" }, "names its issuer"},
		{"a name with a slash more", func(p *idp) { p.issuer = p.URL + "/" }, "names its issuer"},
		{"keys on http elsewhere", func(p *idp) { p.jwksURI = "http://login.example.com/jwks" }, "neither https"},
		{"keys in a file", func(p *idp) { p.jwksURI = "file:///etc/passwd" }, "not a URL"},
		{"no keys at all", func(p *idp) { p.keys = nil }, "no key"},
		{"too many keys", func(p *idp) { p.keys = many }, "65 keys"},
		{"a key for encryption", func(p *idp) { p.keys = []jose.JSONWebKey{encryption} }, "no key"},
		{"a shared secret", func(p *idp) { p.keys = []jose.JSONWebKey{{Key: []byte("secret"), KeyID: "k1"}} }, "no key"},
		{"a short key", func(p *idp) { p.keys = []jose.JSONWebKey{{Key: &short.PublicKey, KeyID: "k1"}} }, "no key"},
		{"an error", answer(func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }), "500"},
		{"no JSON", answer(func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) }), "JSON"},
		{"no end", answer(func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 1<<20)) }), "more than"},
		{"elsewhere", answer(func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusFound)
		}), "redirects"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			tt.change(f.p)
			e := refused(t, f.v, f.token(), "does not answer with its keys")
			if e.Err == nil || !strings.Contains(e.Err.Error(), tt.want) {
				t.Errorf("cause %v, want one with %q", e.Err, tt.want)
			}
		})
	}
}

func answer(f func(http.ResponseWriter)) func(*idp) {
	return func(p *idp) {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { f(w) })
		p.answer.Store(&h)
	}
}

func TestKeysOfOtherKinds(t *testing.T) {
	f := newFixture(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	f.p.publish(jose.JSONWebKey{Key: &private.PublicKey, KeyID: "r"})
	i := policy(f.p.URL)
	i.OIDC.Algorithms = []string{"RS256"}
	f.v = verifier(t, f.clock, i)
	f.accepted(t, sign(t, jose.RS256, private, map[string]any{"kid": "r"}, f.claims(f.p.URL)))
	refused(t, f.v, sign(t, jose.PS256, private, map[string]any{"kid": "r"}, f.claims(f.p.URL)), "does not accept")
}

func TestPreviousKeepsKeys(t *testing.T) {
	f := newFixture(t)
	f.accepted(t, f.token())
	changed := policy(f.p.URL)
	changed.Require = nil
	next, err := identity.New(identity.Config{Issuers: []schema.Issuer{changed}, Now: f.now, Previous: f.v})
	if err != nil {
		t.Fatal(err)
	}
	f.v.Close()
	f.v = next
	f.accepted(t, f.token())
	f.asked(t, 1)
	other, err := identity.New(identity.Config{
		Issuers: []schema.Issuer{changed}, Now: f.now, Previous: next, KeyAge: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.v = other
	f.accepted(t, f.token())
	f.asked(t, 2)
}

func TestClockSetBack(t *testing.T) {
	f := newFixture(t)
	f.accepted(t, f.token())
	f.pass(-time.Hour)
	f.accepted(t, f.token())
	f.asked(t, 2)
}
