package postgres_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

// authority makes a certificate for 127.0.0.1 that signs itself, and the pool that trusts it.
func authority(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}

// tlsDatabase starts a database that speaks TLS, and gives its address and who vouches for it.
func tlsDatabase(t *testing.T) (string, *x509.CertPool) {
	t.Helper()
	cert, pool := authority(t)
	der, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "gatewright-tls-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	files := map[string]*pem.Block{
		"crt": {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, "key": {Type: "PRIVATE KEY", Bytes: der},
	}
	for name, block := range files {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	readableByServer(t, dir)
	s, err := pgserver.Start(t.Context(), pgserver.Config{Settings: map[string]string{
		"ssl": "on", "ssl_cert_file": filepath.Join(dir, "crt"), "ssl_key_file": filepath.Join(dir, "key"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.Address(), pool
}

// readableByServer gives files to the user that pgserver runs a server of root's as.
func readableByServer(t *testing.T, dir string) {
	if os.Geteuid() != 0 {
		return
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	for _, name := range []string{dir, filepath.Join(dir, "crt"), filepath.Join(dir, "key")} {
		if err := os.Chown(name, uid, -1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFetchCatalog(t *testing.T) {
	address, pool := tlsDatabase(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	good := postgres.Upstream{Address: address, Database: "postgres", User: pgserver.User, Password: schema.NewSecret(pgserver.Password)}
	tests := map[string]struct {
		change func(*postgres.Upstream)
		err    string
	}{
		"plain":                       {func(*postgres.Upstream) {}, ""},
		"over TLS, bound to it":       {func(u *postgres.Upstream) { u.TLS = &tls.Config{RootCAs: pool} }, ""},
		"a certificate of nobody":     {func(u *postgres.Upstream) { u.TLS = &tls.Config{RootCAs: x509.NewCertPool()} }, "TLS:"},
		"a certificate for another":   {func(u *postgres.Upstream) { u.TLS = &tls.Config{RootCAs: pool, ServerName: "db.example.com"} }, "TLS:"},
		"wrong password":              {func(u *postgres.Upstream) { u.Password = schema.NewSecret("hunter2") }, "28P01"},
		"a password outside SASLprep": {func(u *postgres.Upstream) { u.Password = schema.NewSecret("hunter2\x01") }, "28P01"},
		"wrong user":                  {func(u *postgres.Upstream) { u.User = "nobody-there" }, "28P01"},
		"wrong database":              {func(u *postgres.Upstream) { u.Database = "nosuch" }, "3D000"},
		"nobody there":                {func(u *postgres.Upstream) { u.Address = "127.0.0.1:1" }, "dial:"},
		"no user at all":              {func(u *postgres.Upstream) { u.User = "" }, "needs an address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			up := good
			test.change(&up)
			c, err := postgres.FetchCatalog(t.Context(), &up)
			switch {
			case test.err == "" && err != nil:
				t.Fatal(err)
			case test.err == "" && c.ServerVersion == 0:
				t.Error("the catalog has no server version")
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("got %v, want %s", err, test.err)
			}
		})
	}
	t.Run("an ended context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := postgres.FetchCatalog(ctx, &good); err == nil {
			t.Error("the catalog was read all the same")
		}
	})
}

// TestHostileStartup has a server that breaks the protocol, or asks for the password in a way that would show it,
// before a session begins.
func TestHostileStartup(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	challenge := "\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00"
	for name, answers := range map[string][][]byte{
		"garbage":                       {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n")},
		"negative length":               {{'R', 0xff, 0xff, 0xff, 0xff}},
		"clear text on a plain leg":     {message('R', "\x00\x00\x00\x03")},
		"MD5":                           {message('R', "\x00\x00\x00\x05salt")},
		"an unknown mechanism":          {message('R', "\x00\x00\x00\x0aSCRAM-MD5\x00\x00")},
		"no proof asked for":            {message('Z', "I")},
		"too short":                     {message('R', "\x00")},
		"a server that skips its proof": {message('R', challenge), message('R', "\x00\x00\x00\x00")},
		"a foreign nonce":               {message('R', challenge), message('R', "\x00\x00\x00\x0br=foreign,s=c2FsdA==,i=4096")},
		"endless work":                  {message('R', challenge), message('R', "\x00\x00\x00\x0br=x,s=c2FsdA==,i=2000000000")},
		"key too short":                 {append(message('R', "\x00\x00\x00\x00"), message('K', "\x00")...)},
		"the end":                       {},
	} {
		t.Run(name, func(t *testing.T) {
			up := postgres.Upstream{Address: answering(t, answers), Database: "x", User: "x", Password: schema.NewSecret("hunter2")}
			if _, err := postgres.FetchCatalog(t.Context(), &up); err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// answering is a server that sends one answer for each thing that it reads, and then closes.
func answering(t *testing.T, answers [][]byte) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for _, a := range answers {
			if _, err := conn.Read(make([]byte, 4096)); err != nil {
				return
			}
			if _, err := conn.Write(a); err != nil {
				return
			}
		}
	}()
	return l.Addr().String()
}
