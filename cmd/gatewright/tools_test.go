package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// toolsDir holds the database that tools are run and replayed on, and what they send.
const toolsDir = "../../testdata/tools"

// toolsPolicy is an analyst's: reads and writes of one schema, under masks.
const toolsPolicy = `
policy "tools" {
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
    kind    = "claims.client_type == 'human' ? 'human' : 'machine'"
  }
}

target "tools" {
  protocol = "postgres"
}

class "personal" {
  targets = ["tools"]
  columns = ["public.customers.ssn", "public.customers.email"]
}

allow "analyst" {
  groups  = ["analyst"]
  targets = ["tools"]
  postgres {
    verbs  = ["select", "insert", "update", "delete"]
    tables = ["public.*"]
  }
}

mask "personal" {
  groups  = ["analyst"]
  classes = ["personal"]
  with    = "redact"
}
`

// toolshed is a database, direct, and a gateway in front of it or of one like it.
type toolshed struct {
	direct, gated *pgserver.Server
	gw            *testbed
	user          string
}

const toolsDatabase, toolsTemplate = "tools", "tools_template"

// url gives the connection string of the database itself.
func (s *toolshed) url() string {
	return strings.Replace(s.direct.URL(toolsDatabase), pgserver.User+":", s.user+":", 1)
}

// toolsRole is what a gateway's own role on a database may be: one that reads and writes, and bypasses row security.
const toolsRole = "service"

// startToolshed puts a gateway in front of a database. Given twins, it stands in front of another server that holds the
// same with the same OIDs, as long as both are given the same statements.
func startToolshed(t *testing.T, c testbedConfig, twins bool) *toolshed {
	t.Helper()
	s := startTools(t)
	shed := &toolshed{direct: s, gated: s, user: cmp.Or(c.user, pgserver.User)}
	if twins {
		shed.gated = startTools(t)
	}
	c.server, c.database, c.target, c.plain = shed.gated, toolsDatabase, "tools", true
	shed.gw = startTestbed(t, c)
	return shed
}

func startTools(t *testing.T) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(t.Context(), pgserver.Config{Settings: map[string]string{"autovacuum": "off", "fsync": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	text, err := os.ReadFile(filepath.Join(toolsDir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range [][2]string{
		{"postgres", "CREATE DATABASE " + toolsTemplate},
		{toolsTemplate, "CREATE ROLE " + toolsRole + " LOGIN BYPASSRLS PASSWORD '" + pgserver.Password + "' IN ROLE pg_read_all_data, pg_write_all_data"},
		{toolsTemplate, string(text)},
		{"postgres", "CREATE DATABASE " + toolsDatabase + " TEMPLATE " + toolsTemplate},
	} {
		if _, err := s.PSQL(t.Context(), step[0], step[1]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
