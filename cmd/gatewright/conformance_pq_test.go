//go:build conformance

package main

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// libPQ is the version of lib/pq whose tests are run; it is no dependency.
const libPQ = "github.com/lib/pq@v1.12.3"

// libPQDifferences are the tests of the suite that cannot pass through a gateway, with the reason.
var libPQDifferences = map[string]string{
	"github.com/lib/pq TestErrorDuringStartup":                               callerIsToken,
	"github.com/lib/pq TestErrorDuringStartupClosesConn":                     callerIsToken,
	"github.com/lib/pq TestAuth/end_to_end/user=pqgomd5":                     callerIsToken,
	"github.com/lib/pq TestAuth/end_to_end/user=pqgomd5_password=wrong":      callerIsToken,
	"github.com/lib/pq TestAuth/end_to_end/user=pqgopassword_password=wrong": callerIsToken,
	"github.com/lib/pq TestAuth/end_to_end/user=pqgoscram":                   callerIsToken,
	"github.com/lib/pq TestAuth/end_to_end/user=pqgoscram____password=wrong": callerIsToken,
	"github.com/lib/pq TestRuntimeParameters":                                "some of its cases differ",
	"github.com/lib/pq TestRuntimeParameters/#00":                            "the gateway does not tell why the database refuses a session",
	"github.com/lib/pq TestRuntimeParameters/#04":                            "client_encoding is UTF8 through the gateway",
}

const callerIsToken = "the caller is who the token says, whatever user it names, and is refused in other words"

// libPQTimed are the tests of the suite that fail where a notification takes more than 100 ms, which a busy machine's may.
var libPQTimed = []string{"github.com/lib/pq TestListenerReconnect"}

// TestLibPQSuite runs lib/pq's own tests directly and through a gateway that allows everything, and compares them test by
// test.
func TestLibPQSuite(t *testing.T) {
	suite := downloadModule(t, libPQ)
	server, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	for _, db := range []string{"pqdirect", "pqgated"} {
		if _, err := server.PSQL(t.Context(), "postgres", "CREATE DATABASE "+db); err != nil {
			t.Fatal(err)
		}
		if _, err := server.PSQL(t.Context(), db, "CREATE EXTENSION hstore"); err != nil {
			t.Fatal(err)
		}
	}
	gw := startTestbed(t, testbedConfig{server: server, database: "pqgated", target: "gated", policy: allowAllPolicy, group: "all", plain: true})
	environment := func(address, database, password string) []string {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		return []string{"PGHOST=" + host, "PGPORT=" + port, "PGDATABASE=" + database, "PGUSER=" + pgserver.User, "PGPASSWORD=" + password, "PGSSLMODE=disable"}
	}
	direct := runSuite(t, suite, environment(server.Address(), "pqdirect", pgserver.Password)...)
	gated := runSuite(t, suite, environment(gw.address, "gated", gw.token(t))...)
	for _, name := range libPQTimed {
		if direct[name] != gated[name] {
			t.Logf("not compared: %s: %s directly, %q through the gateway", name, direct[name], gated[name])
			delete(direct, name)
		}
	}
	compareSuites(t, libPQDifferences, direct, gated)
}

// downloadModule copies a module's files to a directory of the test's own.
func downloadModule(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "suite")
	if err := os.CopyFS(to, os.DirFS(found.Dir)); err != nil {
		t.Fatal(err)
	}
	return to
}
