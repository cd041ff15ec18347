package sqlfacts_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// startServer gives a real server with the corpus schema in it.
func startServer(t *testing.T) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(context.Background(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	text, err := os.ReadFile("testdata/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, string(text))
	return s
}

func run(t *testing.T, s *pgserver.Server, text string) string {
	t.Helper()
	out, err := s.PSQL(context.Background(), "postgres", text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fetch(t *testing.T, s *pgserver.Server) *schema.Catalog {
	t.Helper()
	out := run(t, s, "SET search_path = pg_catalog;\n"+sqlfacts.CatalogQuery()+";")
	c, err := sqlfacts.DecodeCatalog([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogOfRealServer(t *testing.T) {
	s := startServer(t)
	run(t, s, `
CREATE SCHEMA "Odd Name";
CREATE TABLE "Odd Name"."T" (a int, "B c" text, CHECK (a > length("B c")), g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE UNIQUE INDEX ON "Odd Name"."T" (lower("B c"));
CREATE FUNCTION eq(text, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR === (leftarg = text, rightarg = int, procedure = eq);
CREATE TYPE mood AS ENUM ('ok');
CREATE DOMAIN zip AS text;
CREATE CAST (mood AS int) WITH FUNCTION hashenum(anyenum);
CREATE RULE r AS ON INSERT TO order_items DO ALSO NOTHING;`)
	c := fetch(t, s)
	if got, want := c.SearchPath, []string{"pg_catalog", "public"}; !slices.Equal(got, want) {
		t.Errorf("search path %q, want %q", got, want)
	}
	odd := c.Relation("Odd Name", "T")
	if odd == nil {
		t.Fatal("the table with the odd name is missing")
	}
	if diff := cmp.Diff([][]string{{"B c"}}, odd.Keys); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"B c", "a"}}, odd.Checks); diff != "" {
		t.Error(diff)
	}
	if got := odd.Columns[2].Generated; got != "(a + 1)" {
		t.Errorf("generated %q", got)
	}
	if got := c.Relation("public", "events_2026").Parents; !slices.Equal(got, []string{"public.events"}) {
		t.Errorf("parents %q", got)
	}
	if exists, body := c.Operator("==="); !exists || !body {
		t.Errorf("operator === exists %v, body %v", exists, body)
	}
	if len(c.TypesNamed("mood")) != 1 || len(c.TypesNamed("zip")) != 1 || len(c.FunctionsNamed("ssn_of")) != 1 {
		t.Error("types or functions are missing")
	}
	if !c.Relation("public", "order_items").Rules {
		t.Error("the rule is missing")
	}
	if line, ok := c.SystemColumns("pg_catalog.pg_namespace"); !ok || line != "2615 oid nspname nspowner nspacl" {
		t.Errorf("pg_namespace: %q", line)
	}
	if _, err := json.Marshal(c); err != nil {
		t.Error(err)
	}
}

func TestDecodeCatalogRefuses(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "not JSON": "x", "no version": "{}", "wrong type": `{"relations":1}`} {
		t.Run(name, func(t *testing.T) {
			if _, err := sqlfacts.DecodeCatalog([]byte(text)); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestSplitIdentifiers(t *testing.T) {
	for text, want := range map[string][]string{
		`"$user", public`:   {"$user", "public"},
		`Public,"A""b , c"`: {"public", `A"b , c`},
		``:                  nil,
		`"open`:             nil,
	} {
		if got := sqlfacts.SplitIdentifiers(text); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// loadCatalog gives the catalog of the corpus and of testdata/more.sql as a real server once gave it.
func loadCatalog(t testing.TB) *schema.Catalog {
	t.Helper()
	data, err := os.ReadFile("testdata/catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := sqlfacts.DecodeCatalog(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestCatalogGolden keeps testdata/catalog.json what a real server of its major version says, OIDs aside, and system.txt what its own
// catalog is, so that tests that need no server can use them.
func TestCatalogGolden(t *testing.T) {
	s := startServer(t)
	more, err := os.ReadFile("testdata/more.sql")
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, string(more))
	out := run(t, s, "SET search_path = pg_catalog;\n"+sqlfacts.CatalogQuery()+";")
	fresh, err := sqlfacts.DecodeCatalog([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/catalog.json", []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		system := "\n" + strings.Join(fresh.System, "\n") + "\n"
		if err := os.WriteFile("system.txt", []byte(system), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old := loadCatalog(t)
	opts := cmp.Options{cmpopts.IgnoreUnexported(schema.Catalog{}), cmpopts.IgnoreFields(schema.Relation{}, "OID"), cmpopts.IgnoreFields(schema.Type{}, "OID"), cmpopts.IgnoreFields(schema.Column{}, "TypeOID"), cmpopts.IgnoreFields(schema.Catalog{}, "ServerVersion", "System", "Epoch")}
	if fresh.ServerVersion/10000 != old.ServerVersion/10000 {
		// Another major version has other system catalogs and writes definitions in its own way.
		opts = append(opts, cmpopts.IgnoreFields(schema.Catalog{}, "ServerVersion", "System", "Epoch"), cmpopts.IgnoreFields(schema.Relation{}, "Definition"))
	}
	if diff := cmp.Diff(fresh, old, opts); diff != "" {
		t.Error(diff)
	}
}
