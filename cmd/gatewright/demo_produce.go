package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// demoClients are the callers of the example: client, groups, and what they are.
var demoClients = []struct{ id, groups, kind string }{
	{"order-service", "order-service", "service"},
	{"billing", "billing", "service"},
	{"dba-on-call", "dba", "human"},
	{"dba-bot", "dba", "service"},
}

// demoTarget is the target of the example that the demo connects to.
const demoTarget = "payments-db"

// produce starts what a company would already have: a database and an identity provider.
func (s *stage) produce(ctx context.Context, example string) (*production, error) {
	fmt.Fprintf(s.p.stdout, "%s\n", s.paint("1", "Gatewright demo"))
	bin, err := s.findPostgres(ctx)
	if err != nil {
		return nil, err
	}
	s.bin = bin
	r := &production{stage: s, policy: s.file("policy"), secrets: map[string]string{}}
	if err := copyTree(r.policy, example); err != nil {
		return nil, fail(fmt.Errorf("reading the example: %w", err), "Run the demo in a clone of the repository, or say --policy DIR.")
	}
	for _, step := range []func(context.Context) error{r.startDatabase, r.startIssuer, r.adaptPolicy, r.writeFiles} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *production) startDatabase(ctx context.Context) error {
	pg, err := pgserver.Start(ctx, pgserver.Config{})
	if err != nil {
		return err
	}
	r.undo = append(r.undo, pg.Close)
	r.database = pg
	password, err := newPassword()
	if err != nil {
		return err
	}
	r.secrets["database"] = password
	schema, err := os.ReadFile(filepath.Join(r.policy, "schema.sql"))
	if err != nil {
		return err
	}
	if _, err := pg.PSQL(ctx, "postgres", "CREATE DATABASE payments;"); err != nil {
		return err
	}
	// The gateway's own credential may do everything here: what callers may do is the policy's to say.
	grants := fmt.Sprintf("\nCREATE ROLE gateway LOGIN PASSWORD '%s' IN ROLE pg_read_all_data, pg_write_all_data;\n", password)
	if _, err := pg.PSQL(ctx, "payments", string(schema)+grants); err != nil {
		return err
	}
	version, err := pg.PSQL(ctx, "payments", "SHOW server_version")
	if err != nil {
		return err
	}
	r.tell(fmt.Sprintf("PostgreSQL %s runs at %s", strings.TrimSpace(version), pg.Address()))
	return nil
}

func (r *production) startIssuer(ctx context.Context) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	r.issuer = "http://" + address
	args := []string{"issuer", "--dev", "--address", address}
	for _, c := range demoClients {
		secret, err := newPassword()
		if err != nil {
			return err
		}
		r.secrets[c.id] = secret
		args = append(args, "--client", strings.Join([]string{c.id, secret, c.groups, c.kind}, ":"))
	}
	service, err := r.serve("issuer", nil, args...)
	if err != nil {
		return err
	}
	r.running = append(r.running, service)
	if err := r.until(ctx, "the issuer", r.running, func() bool { return answers(ctx, r.issuer+"/.well-known/openid-configuration") }); err != nil {
		return err
	}
	r.tell("an OpenID Connect issuer runs at " + r.issuer)
	return nil
}

// answers reports whether a URL gives a page.
func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

var issuerURL = regexp.MustCompile(`(?m)^(\s*url\s*=\s*)"[^"]*"`)

// adaptPolicy points the example's issuer at the one that was just started.
func (r *production) adaptPolicy(context.Context) error {
	path := filepath.Join(r.policy, "policy.hcl")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(issuerURL.FindAll(text, -1)) != 1 {
		return fmt.Errorf("%s has not exactly one issuer URL to replace", path)
	}
	return os.WriteFile(path, issuerURL.ReplaceAll(text, []byte(`${1}"`+r.issuer+`"`)), 0o600)
}

func (r *production) writeFiles(context.Context) error {
	ca, cert, key, err := makeCertificates(time.Now())
	if err != nil {
		return err
	}
	var addresses [3]string
	for i := range addresses {
		if addresses[i], err = freeAddress(); err != nil {
			return err
		}
	}
	r.address, r.admin, r.metrics = addresses[0], "http://"+addresses[1], "http://"+addresses[2]
	files := map[string]string{
		"ca.crt": ca, "gateway.crt": cert, "gateway.key": key,
		"gateway.hcl": fmt.Sprintf(demoConfig, addresses[0], r.database.Address(), addresses[1], addresses[2]),
	}
	for name, text := range files {
		if err := r.write(name, text); err != nil {
			return err
		}
	}
	return nil
}

const demoConfig = `bundle {
  path = "bundle.gwb"
  keys = ["release.key.pub"]
  poll = "1s"
}

listener "postgres" {
  address = %q
  tls {
    cert = "gateway.crt"
    key  = "gateway.key"
  }
}

upstream "payments-db" {
  address  = %q
  database = "payments"
  user     = "gateway"
  password = "env:PAYMENTS_PASSWORD"
}

admin {
  address   = %q
  operators = ["group:dba"]
}

metrics { address = %q }
`

// startGateway starts the gateway with the database's password in its environment, where no caller ever sees it.
func (r *production) startGateway(ctx context.Context) error {
	r.show("$ ", "gatewright gateway --config gateway.hcl &")
	service, err := r.serve("gateway", []string{"PAYMENTS_PASSWORD=" + r.secrets["database"]}, "gateway", "--config", "gateway.hcl")
	if err != nil {
		return err
	}
	r.running = append(r.running, service)
	return r.until(ctx, "the gateway", r.running, func() bool { return answers(ctx, r.metrics+"/readyz") })
}

// token gets a client's access token as a user would.
func (r *production) token(ctx context.Context, client string) (string, error) {
	out, err := r.output(ctx, []string{"SECRET=" + r.secrets[client]}, "gatewright", "token",
		"--issuer", r.issuer, "--client", client, "--secret", "env:SECRET")
	if err != nil {
		return "", fmt.Errorf("a token for %s: %s", client, out)
	}
	return strings.TrimSpace(out), nil
}

// as gives the environment in which psql reaches the gateway as a client.
func (r *production) as(ctx context.Context, client string) ([]string, error) {
	token, err := r.token(ctx, client)
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(r.address)
	if err != nil {
		return nil, err
	}
	return []string{
		"PGHOST=" + host, "PGPORT=" + port, "PGUSER=" + client, "PGPASSWORD=" + token, "PGDATABASE=" + demoTarget,
		"PGSSLMODE=verify-full", "PGSSLROOTCERT=" + r.file("ca.crt"), "GATEWRIGHT_TOKEN=" + token,
	}, nil
}

// query runs one statement with psql as a client, before the audience.
func (r *production) query(ctx context.Context, client, sql string) (string, error) {
	env, err := r.as(ctx, client)
	if err != nil {
		return "", err
	}
	return r.perform(ctx, "psql -c \""+sql+"\"", env, "psql", "-X", "-c", sql)
}
