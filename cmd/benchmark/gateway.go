package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/schema"
)

const gatewayConfig = `
bundle {
  path = "bundle.gwb"
  keys = ["release.key.pub"]
}

listener "postgres" {
  address           = %[1]q
  insecure_loopback = true
}

upstream %[2]q {
  address  = %[3]q
  database = %[2]q
  user     = %[4]q
  password = "file:password"
}

store { path = "%[5]s.db" }

audit { path = "%[5]s.jsonl" }

limits { connections = %[6]d }
`

// products are what gateways are started from: an issuer, a signed policy of a thousand rules, and two programs, the
// product, and one built without its audit log, which the product itself cannot do without.
type products struct {
	issuer            *devissuer.Server
	audited, unlogged string
}

// build makes both programs. Without debugging information they are linked in half the time, and run the same.
func (s *stage) build(ctx context.Context, p products) error {
	root, err := s.output(ctx, "", nil, "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	root = strings.TrimSpace(root)
	overlay, err := s.withoutAudit(root)
	if err != nil {
		return err
	}
	if _, err := s.output(ctx, root, nil, "go", "build", "-ldflags=-w", "-o", p.audited, "./cmd/gatewright"); err != nil {
		return err
	}
	_, err = s.output(ctx, root, nil, "go", "build", "-ldflags=-w", "-o", p.unlogged, "-overlay", overlay, "./cmd/gatewright")
	return err
}

// logHeads are where the log's two ways in begin.
var logHeads = []string{"func (l *Log) Append(r *Record) (uint64, error) {\n", "func (l *Log) Note(r *Record) (uint64, error) {\n"}

// withoutAudit gives the overlay of a build whose log takes every record and writes none.
func (s *stage) withoutAudit(root string) (string, error) {
	source := filepath.Join(root, "runtime", "audit", "log.go")
	data, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	text := string(data)
	for _, head := range logHeads {
		before, after, found := strings.Cut(text, head)
		if !found {
			return "", fmt.Errorf("%s has no %q: the build without audit must follow it", source, head)
		}
		text = before + head + "\treturn 0, nil\n" + after
	}
	if err := s.write("log.go", text); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{source: s.file("log.go")}})
	if err != nil {
		return "", err
	}
	return s.file("overlay.json"), s.write("overlay.json", string(overlay))
}

// release compiles and signs the policy.
func (s *stage) release(ctx context.Context, p products) error {
	if err := errors.Join(s.write("policy/policy.hcl", policy(p.issuer.URL())), s.write("password", pgserver.Password)); err != nil {
		return err
	}
	if _, err := s.output(ctx, s.dir, nil, p.audited, "keygen", "--out", "release.key"); err != nil {
		return err
	}
	_, err := s.output(ctx, s.dir, nil, p.audited, "compile", "policy", "--out", "bundle.gwb", "--key", "release.key", "--serial", "1")
	return err
}

// startGateway starts a gateway whose files carry a name.
func (s *stage) startGateway(ctx context.Context, server *pgserver.Server, p products, program, name string, o options) (*contestant, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(gatewayConfig, address, database, server.Address(), pgserver.User, name, o.idle+50)
	if err := s.write(name+".hcl", config); err != nil {
		return nil, err
	}
	proxy, err := s.serve(ctx, name, address, program, "gateway", "--config", s.file(name+".hcl"), "--log-level", "warn")
	c := &contestant{name: gatewright, address: address, user: "anybody", proxy: proxy}
	c.password = func(who caller) (string, error) { return p.issuer.Token(string(who)) }
	return c, err
}

func (s *stage) startIssuer() (*devissuer.Server, error) {
	config := devissuer.Config{Address: "127.0.0.1:0", TokenLifetime: time.Hour, Now: time.Now, Rand: rand.Reader}
	for _, who := range []caller{application, watched} {
		config.Clients = append(config.Clients, devissuer.Client{
			ID: string(who), Secret: schema.NewSecret("no secret is asked for"), Groups: []string{string(who), "team-07", "staff"},
		})
	}
	issuer, err := devissuer.New(config)
	if err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- issuer.Serve(context.Background()) }()
	s.later(func() error {
		issuer.Close()
		return <-ended
	})
	return issuer, nil
}
