package gateway_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatewright/gatewright/runtime/gateway"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
)

func TestASessionEndToEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	conn := w.connect("orders")
	var pan string
	if err := conn.QueryRow(t.Context(), "SELECT pan AS p FROM cards").Scan(&pan); err != nil || pan != "************1111" {
		t.Errorf("a card reads %q, %v", pan, err)
	}
	var refused *pgconn.PgError
	if _, err := conn.Exec(t.Context(), "TRUNCATE orders"); !errors.As(err, &refused) || refused.Code != "42501" {
		t.Errorf("TRUNCATE: %v", err)
	}
	if _, err := w.dial("stranger"); !errors.As(err, &refused) {
		t.Errorf("a stranger: %v", err)
	}
	text := w.metrics("/metrics").body
	for _, want := range []string{
		`gatewright_sessions 1`, `gatewright_decisions_total{effect="deny"} 1`, `gatewright_sessions_refused_total{reason="denied"} 1`,
		`gatewright_masked_cells_total 1`, `gatewright_bundle_info{id="sha256:`, `gatewright_audit_errors_total 0`,
		`gatewright_bundle_loads_total{result="taken"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := w.metrics(path).status; got != 200 {
			t.Errorf("%s answers %d", path, got)
		}
	}
}

// hashed makes the mask of cards one that needs a key.
func hashed(b *schema.Bundle) {
	b.Masks[0].With, b.Masks[0].Argument = schema.TransformHash, "customers"
}

func maskKey(secret string) string {
	return fmt.Sprintf("mask_key %q {\n secret = %q\n}\n", "customers", secret)
}

// TestTheSameKeyJoins holds that two gateways with one key give the same hash for the same value, and one with another key
// another.
func TestTheSameKeyJoins(t *testing.T) {
	t.Parallel()
	read := func(secret string) string {
		w := newWorld(t)
		w.write("bundle.gwb", w.encode(w.policy(1, hashed)))
		w.write("mask.key", []byte(secret+"\n"))
		w.start(w.base()+maskKey("file:mask.key"), nil)
		var pan string
		if err := w.connect("orders").QueryRow(t.Context(), "SELECT pan FROM cards").Scan(&pan); err != nil {
			t.Fatal(err)
		}
		if w.log.String() == "" || strings.Contains(w.log.String(), secret) {
			t.Error("the log is empty, or has the key")
		}
		return pan
	}
	key, other := strings.Repeat("one key ", 4), strings.Repeat("another ", 4)
	a, b, c := read(key), read(key), read(other)
	if len(a) != 32 || a != b || a == c {
		t.Errorf("%q, %q and %q", a, b, c)
	}
}

func TestDryRunForwardsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), func(o *gateway.Options) { o.DryRun = true })
	conn := w.connect("stranger")
	var pan string
	if err := conn.QueryRow(t.Context(), "SELECT pan FROM cards").Scan(&pan); err != nil || pan != "4111111111111111" {
		t.Errorf("a card reads %q, %v", pan, err)
	}
	if n := w.audited(`"kind":"decision"`, `"enforced":false`, `"effect":"deny"`); n != 1 {
		t.Errorf("%d lines tell the true decision", n)
	}
	if !w.gw.Status().DryRun {
		t.Error("the status does not tell")
	}
}

func TestNewFails(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	replace := func(from, to string) func(*world) string {
		return func(w *world) string {
			if !strings.Contains(w.base(), from) {
				t.Errorf("the configuration has no %q", from)
			}
			return strings.Replace(w.base(), from, to, 1)
		}
	}
	file := func(name, text string) func(*world) string {
		return func(w *world) string {
			w.write(name, []byte(text))
			return w.base()
		}
	}
	tests := []struct {
		name    string
		config  func(*world) string
		refused bool
		want    string
	}{
		{"a busy port", replace(`"127.0.0.1:0"`, `"`+busy.Addr().String()+`"`), false, "address already in use"},
		{"a busy admin port", replace("admin {\n  address   = \"127.0.0.1:0\"", "admin {\n  address   = \""+busy.Addr().String()+"\""), false, "address already in use"},
		{"no bundle", replace("bundle.gwb", "absent.gwb"), false, "no such file"},
		{"a directory for a bundle", replace("bundle.gwb", "."), false, "is a directory"},
		{"a bundle that is none", file("bundle.gwb", "garbage"), true, ""},
		{"an unsigned bundle", func(w *world) string {
			w.write("bundle.gwb", w.encode(w.policy(1, nil), unsigned...))
			return w.base()
		}, true, "sign"},
		{"a bundle signed by another", func(w *world) string {
			w.write("release.pub", w.anotherKey())
			return w.base()
		}, true, "sign"},
		{"no key", replace("release.pub", "absent.pub"), false, "no such file"},
		{"a key that is none", file("release.pub", "garbage"), false, "public key"},
		{"an unset password", replace("env:SHOP_PASSWORD", "env:UNSET"), false, `upstream "shop": the secret env:UNSET is empty or not set`},
		{"no certificate", replace("insecure_loopback = true", "tls {\n cert = \"a.crt\"\n key = \"a.key\"\n }"), false, "no such file"},
		{"a certificate that is none", func(w *world) string {
			w.write("a.crt", []byte("garbage"))
			w.write("a.key", []byte("garbage"))
			return strings.Replace(w.base(), "insecure_loopback = true", "tls {\n cert = \"a.crt\"\n key = \"a.key\"\n }", 1)
		}, false, "certificate"},
		{"an authority that is none", func(w *world) string {
			w.write("ca.pem", []byte("garbage"))
			return strings.Replace(w.base(), `"env:SHOP_PASSWORD"`, "\"env:SHOP_PASSWORD\"\n tls { ca = \"ca.pem\" }", 1)
		}, false, "holds no certificate"},
		{"a mask that needs a key which is not there", func(w *world) string {
			w.write("bundle.gwb", w.encode(w.policy(1, hashed)))
			return w.base()
		}, true, `mask.cards masks with hash under the key "customers", which this gateway does not have`},
		{"a mask key that is not set", func(w *world) string { return w.base() + maskKey("env:UNSET") }, false, `mask_key "customers": the secret env:UNSET is empty or not set`},
		{"a mask key that is short", func(w *world) string { return w.base() + maskKey("env:SHOP_PASSWORD") }, false, `key "customers": it has 16 bytes, and at least 32 are needed`},
		{"a store that is none", file("gatewright.db", strings.Repeat("garbage", 1000)), false, "store"},
		{"an audit log that is none", file("audit.jsonl", "garbage\n"), false, "audit log"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			gw, err := w.open(test.config(w), nil)
			var fault *gateway.Error
			if gw != nil || !errors.As(err, &fault) {
				t.Fatalf("gateway %v, error %v", gw, err)
			}
			if fault.Refused != test.refused || !strings.Contains(err.Error(), test.want) || fault.Hint == "" {
				t.Errorf("refused %v, error %q, hint %q", fault.Refused, err, fault.Hint)
			}
		})
	}
}

// unsigned are the keys of a bundle that nobody signs.
var unsigned = []ed25519.PrivateKey{}

func (w *world) anotherKey() []byte {
	_, public, err := bundle.GenerateKey(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return public
}

func TestUnsignedIsTakenLoudlyWithoutKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("bundle.gwb", w.encode(w.policy(1, nil), unsigned...))
	w.start(strings.Replace(w.base(), "keys = [\"release.pub\"]", "", 1), nil)
	if !strings.Contains(w.log.String(), "the configuration names no key") || w.gw.Status().Bundle.Signed {
		t.Errorf("status %+v", w.gw.Status())
	}
}

func TestADeadIssuerKeepsCallersOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("bundle.gwb", w.encode(w.policy(1, func(b *schema.Bundle) { b.Issuers[0].OIDC.URL = "http://127.0.0.1:1" })))
	w.start(w.base(), nil)
	var refused *pgconn.PgError
	if _, err := w.dial("orders"); !errors.As(err, &refused) {
		t.Fatalf("error %v", err)
	}
	if got := w.get("/v1/status", "orders").status; got != 401 {
		t.Errorf("the admin address answers %d", got)
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	idle, busy := w.connect("orders"), w.connect("dba")
	ended := make(chan error, 1)
	ctx := context.Background()
	go func() {
		_, err := busy.Exec(ctx, "SELECT pg_sleep(1)", pgx.QueryExecModeSimpleProtocol)
		ended <- err
	}()
	w.eventually("the statement runs", func() bool { return w.audited(`"kind":"decision"`, "pg_sleep") == 1 })
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the statement in flight ended with %v", err)
	}
	var told *pgconn.PgError
	if _, err := idle.Exec(ctx, "SELECT 1"); err == nil || errors.As(err, &told) && told.Code != "57P01" {
		t.Errorf("the idle session: %v", err)
	}
	if w.audited("log.closed") != 1 {
		t.Error("the audit log was not closed")
	}
}

func TestTheCertificateIsRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pool := w.certificate(1)
	config := strings.Replace(w.base(), "insecure_loopback = true", "tls {\n cert = \"a.crt\"\n key = \"a.key\"\n }", 1)
	w.start(config, nil)
	serial := func() int64 {
		c, err := pgx.ParseConfig("postgres://anyone@" + w.gw.Address() + "/shop?sslmode=require")
		if err != nil {
			t.Fatal(err)
		}
		var seen int64
		c.Password = w.token("orders")
		c.TLSConfig = &tls.Config{RootCAs: pool, ServerName: "localhost", VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			leaf, err := x509.ParseCertificate(raw[0])
			if err == nil {
				seen = leaf.SerialNumber.Int64()
			}
			return err
		}}
		conn, err := pgx.ConnectConfig(t.Context(), c)
		if err != nil {
			return 0
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
		return seen
	}
	if got := serial(); got != 1 {
		t.Fatalf("the first certificate has serial %d", got)
	}
	w.write("a.key", []byte("half a key"))
	w.eventually("the bad key is told of", func() bool { return strings.Contains(w.log.String(), "the old certificate stays in use") })
	if got := serial(); got != 1 {
		t.Errorf("with a bad key in its place the certificate has serial %d", got)
	}
	pool = w.certificate(2)
	w.eventually("the second certificate is in use", func() bool { return serial() == 2 })
}

// certificate writes a.crt and a.key with a serial number, and gives a pool that trusts it.
func (w *world) certificate(serial int64) *x509.CertPool {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("a.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	w.write("a.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	pool := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		w.t.Fatal(err)
	}
	pool.AddCert(parsed)
	return pool
}

func TestNoSecretInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	token := w.token("orders")
	conn := w.connect("orders")
	reads(t, conn)
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	audit, err := os.ReadFile(w.path("audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	jwt := regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.`)
	for name, text := range map[string]string{"log": w.log.String(), "audit log": string(audit)} {
		if strings.Contains(text, databasePassword) || strings.Contains(text, token) || jwt.MatchString(text) {
			t.Errorf("the %s holds a secret", name)
		}
	}
}
