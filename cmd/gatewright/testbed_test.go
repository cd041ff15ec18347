package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/schema"
)

// testbedConfig says what a testbed's gateway stands in front of, and what it enforces.
type testbedConfig struct {
	server           *pgserver.Server
	database, target string
	// policy is the text of a policy with one %s for the issuer's URL.
	policy string
	// group is the group of the one client.
	group string
	// plain takes tokens without TLS.
	plain bool
	// user is the gateway's on the database, with the server's password; empty for its owner.
	user string
	// upstream is the address at which the gateway finds the server; empty for the server's own.
	upstream string
	// limits is what its configuration says of limits; empty for the defaults.
	limits string
}

// testbed is an issuer and a gateway, made and started by the program's own verbs.
type testbed struct {
	address, admin, target string
	issuer                 *devissuer.Server
	dir                    string
}

const testbedGateway = `
bundle {
  path = "bundle.gwb"
  keys = ["release.key.pub"]
}

listener "postgres" {
  address = %q
  %s
}

upstream %q {
  address  = %q
  database = %q
  user     = %q
  password = "file:password"
}

admin { address = %q }

limits {
  %s
}
`

func startTestbed(t *testing.T, c testbedConfig) *testbed {
	t.Helper()
	tb := layTestbed(t, c)
	tb.startGateway(t)
	return tb
}

// layTestbed makes all that the gateway needs, and does not start it.
func layTestbed(t *testing.T, c testbedConfig) *testbed {
	t.Helper()
	dir := t.TempDir()
	tb := &testbed{address: free(t), admin: free(t), target: c.target, dir: dir, issuer: startTestIssuer(t, c.group)}
	_, cert, key, err := makeCertificates(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	tb.write(t, "gateway.crt", cert)
	tb.write(t, "gateway.key", key)
	tb.write(t, "password", pgserver.Password)
	security := "tls {\n    cert = \"gateway.crt\"\n    key  = \"gateway.key\"\n  }"
	if c.plain {
		security = "insecure_loopback = true"
	}
	tb.write(t, "gateway.hcl", fmt.Sprintf(testbedGateway, tb.address, security, c.target, cmp.Or(c.upstream, c.server.Address()), c.database, cmp.Or(c.user, pgserver.User), tb.admin, c.limits))
	tb.mustRun(t, "keygen", "--out", filepath.Join(dir, "release.key"))
	tb.release(t, c.policy, 1)
	return tb
}

// release compiles a policy to a bundle of a serial and puts it in place.
func (tb *testbed) release(t *testing.T, policy string, serial int) {
	t.Helper()
	tb.write(t, "policy/policy.hcl", fmt.Sprintf(policy, tb.issuer.URL()))
	next := filepath.Join(tb.dir, "next.gwb")
	tb.mustRun(t, "compile", filepath.Join(tb.dir, "policy"), "--out", next, "--key", filepath.Join(tb.dir, "release.key"), "--serial", strconv.Itoa(serial))
	if err := os.Rename(next, filepath.Join(tb.dir, "bundle.gwb")); err != nil {
		t.Fatal(err)
	}
}

func (tb *testbed) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(tb.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (tb *testbed) mustRun(t *testing.T, args ...string) {
	t.Helper()
	var out logWriter
	if code := run(t.Context(), args, nil, &out, &out); code != exitClean {
		t.Fatalf("gatewright %v: exit %d\n%s", args, code, out.String())
	}
}

// startGateway runs the gateway until the test ends, and waits until it takes connections.
func (tb *testbed) startGateway(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out logWriter
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"gateway", "--config", filepath.Join(tb.dir, "gateway.hcl")}, nil, &out, &out)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitClean {
			t.Errorf("the gateway ended with %d", code)
		}
		if t.Failed() {
			t.Logf("the gateway's log:\n%s", out.String())
		}
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		conn, err := net.Dial("tcp", tb.address)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case code := <-ended:
			ended <- code
			t.Fatalf("the gateway ended with %d while starting:\n%s", code, out.String())
		case <-tick.C:
		}
	}
	t.Fatalf("the gateway does not listen:\n%s", out.String())
}

func startTestIssuer(t *testing.T, group string) *devissuer.Server {
	t.Helper()
	issuer, err := devissuer.New(devissuer.Config{
		Address: "127.0.0.1:0",
		Clients: []devissuer.Client{
			{ID: "client", Secret: schema.NewSecret("client-secret"), Groups: []string{group}},
			{ID: "dba", Secret: schema.NewSecret("dba-secret"), Groups: []string{"dba"}, Kind: devissuer.KindHuman},
		},
		TokenLifetime: time.Hour, Audience: "gatewright", Now: time.Now, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- issuer.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		issuer.Close()
		<-ended
	})
	return issuer
}

func free(t *testing.T) string {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (tb *testbed) token(t *testing.T) string {
	t.Helper()
	token, err := tb.issuer.Token("client")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// url gives the connection string of a driver, for a plain listener. The user is the upstream's, for drivers that compare.
func (tb *testbed) url(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", pgserver.User, url.QueryEscape(tb.token(t)), tb.address, tb.target)
}

// dial opens a session whose every byte the test sees.
func (tb *testbed) dial(t *testing.T) *wire {
	t.Helper()
	return dialWire(t, tb.address, tb.target, tb.token(t), true)
}

// logWriter keeps what several goroutines write.
type logWriter struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *logWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *logWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
