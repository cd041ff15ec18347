package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// TestCatalogOfALiveDatabase pulls one database twice, the second time from a twin with another locale that was made in
// another order, and then lets it drift.
func TestCatalogOfALiveDatabase(t *testing.T) {
	server, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	run := func(database, sql string) {
		t.Helper()
		if _, err := server.PSQL(t.Context(), database, sql); err != nil {
			t.Fatal(err)
		}
	}
	first := `CREATE TABLE "B" (id int PRIMARY KEY, "Z" text, a text, UNIQUE (a, "Z"), UNIQUE ("Z"));`
	second := `CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES "B" (id), B2 int); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';`
	third := `CREATE FUNCTION f("B") RETURNS int LANGUAGE sql AS 'SELECT 1';`
	run("postgres", "CREATE DATABASE one TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
	run("postgres", "CREATE DATABASE two TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
	run("one", first+second+third)
	run("two", "CREATE TABLE scratch (x int); DROP TABLE scratch;"+first+third+second)
	t.Setenv("PW", pgserver.Password)
	dir := t.TempDir()
	live := func(database string) []string {
		return []string{"--address", server.Address(), "--database", database, "--user", pgserver.User, "--password", "env:PW"}
	}
	var texts []string
	for _, database := range []string{"one", "two"} {
		file := filepath.Join(dir, database+".json")
		if code, _, diag := play(t, append([]string{"catalog", "pull", "--out", file}, live(database)...)...); code != exitClean {
			t.Fatalf("exit %d: %s", code, diag)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Errorf("one schema gives two snapshots (-one +two):\n%s", diff)
	}
	snapshot := filepath.Join(dir, "one.json")
	if code, out, diag := play(t, append([]string{"catalog", "diff", snapshot}, live("two")...)...); code != exitClean {
		t.Errorf("exit %d: %s%s", code, out, diag)
	}
	run("two", `ALTER TABLE a DROP COLUMN b2, ADD COLUMN note text; DROP FUNCTION f(int)`)
	code, out, diag := play(t, append([]string{"catalog", "diff", snapshot}, live("two")...)...)
	want := "+ column public.a.note: text\n- column public.a.b2: integer\n- function public.f(integer): sql\n"
	for line := range strings.Lines(want) {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in %s", line, out)
		}
	}
	if code != exitFindings || diag != "" {
		t.Errorf("exit %d: %s", code, diag)
	}
}
