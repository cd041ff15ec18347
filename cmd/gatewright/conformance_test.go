//go:build conformance

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

const allowAllPolicy = `
policy "conformance" {
  language = 1
  owner    = "appsec@example.com"
}

issuer "dev" {
  oidc {
    url        = "%s"
    audiences  = ["gatewright"]
    algorithms = ["ES256"]
  }
  principal {
    subject = "claims.sub"
    groups  = "claims.groups"
    kind    = "'machine'"
  }
  outlive_token = true
}

target "gated" {
  protocol = "postgres"
}

allow "all" {
  targets = ["gated"]
  postgres {
    verbs     = ["*", "opaque"]
    tables    = ["*"]
    functions = ["*"]
  }
}
`

// pgxSetup is what the suite's own setup script makes, as far as its default connection needs it.
const pgxSetup = `
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE DOMAIN uint64 AS numeric(20,0);
CREATE USER postgres SUPERUSER;
CREATE USER " tricky, ' } "" \ test user " SUPERUSER PASSWORD 'secret';
`

// pgxDifferences are the tests of the suite that cannot pass through a gateway, with the reason.
var pgxDifferences = map[string]string{
	"/pgconn TestConnectProtocolVersion32": "the gateway speaks 3.2 itself, with cancel keys of 32 bytes, in front of any server; the test expects 4 bytes before PostgreSQL 18",
}

// TestPgxSuite runs jackc/pgx's own tests directly and through a gateway that allows everything, and compares them
// test by test.
func TestPgxSuite(t *testing.T) {
	suite := copyModule(t, "github.com/jackc/pgx/v5")
	server, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	for _, sql := range []string{"CREATE DATABASE direct", "CREATE DATABASE gated"} {
		if _, err := server.PSQL(t.Context(), "postgres", sql); err != nil {
			t.Fatal(err)
		}
	}
	for i, db := range []string{"direct", "gated"} {
		setup := pgxSetup
		if i > 0 {
			setup = setup[:strings.Index(setup, "CREATE USER")]
		}
		if _, err := server.PSQL(t.Context(), db, setup); err != nil {
			t.Fatal(err)
		}
	}
	gw := startTestbed(t, testbedConfig{server: server, database: "gated", target: "gated", policy: allowAllPolicy, group: "all", plain: true})

	compareSuites(t, pgxDifferences,
		runSuite(t, suite, "PGX_TEST_DATABASE="+server.URL("direct")), runSuite(t, suite, "PGX_TEST_DATABASE="+gw.url(t)))
}

// compareSuites tells of each test whose outcomes differ, or no longer do.
func compareSuites(t *testing.T, differences map[string]string, direct, gated outcomes) {
	t.Helper()
	t.Logf("direct:  %s", direct)
	t.Logf("gateway: %s", gated)
	for name, outcome := range direct {
		reason, known := differences[name]
		switch {
		case gated[name] == outcome && known:
			t.Errorf("%s no longer differs; remove it from the list (%s)", name, reason)
		case gated[name] != outcome && known:
			t.Logf("differs: %s: %s directly, %q through the gateway: %s", name, outcome, gated[name], reason)
		case gated[name] != outcome:
			t.Errorf("%s: %s directly, %q through the gateway", name, outcome, gated[name])
		}
	}
}

// temporaryDir is part of some subtests' names, another one each run.
var temporaryDir = regexp.MustCompile(`/tmp/Test[A-Za-z0-9_]+/[0-9]+`)

// outcomes maps a test's package and name to pass, fail or skip.
type outcomes map[string]string

func (o outcomes) String() string {
	count := map[string]int{}
	for _, outcome := range o {
		count[outcome]++
	}
	text, _ := json.Marshal(count) // a map[string]int always encodes
	return string(text)
}

func copyModule(t *testing.T, module string) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "suite")
	if err := os.CopyFS(to, os.DirFS(strings.TrimSpace(string(dir)))); err != nil {
		t.Fatal(err)
	}
	return to
}

// runSuite runs the tests of a module with settings of the environment.
func runSuite(t *testing.T, dir string, settings ...string) outcomes {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-p", "1", "-count", "1", "-timeout", "20m", "-json", "./...")
	cmd.Dir = dir
	cmd.Env = append(append(slices.Clone(os.Environ()), "GOFLAGS=-mod=mod"), settings...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	results := outcomes{}
	output := map[string]string{}
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var event struct{ Action, Package, Test, Output string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil || event.Test == "" {
			continue // a line of the build
		}
		name := strings.TrimPrefix(event.Package, "github.com/jackc/pgx/v5") + " " + temporaryDir.ReplaceAllString(event.Test, "/tmp")
		switch event.Action {
		case "pass", "fail", "skip":
			results[name] = event.Action
			if event.Action == "fail" {
				t.Logf("%s failed:\n%s", name, output[name])
			}
		case "output":
			output[name] += event.Output
		}
	}
	_ = cmd.Wait() // a failed test is a result, not an error
	if len(results) == 0 {
		t.Fatalf("the suite ran no test: %s", stderr.String())
	}
	return results
}
