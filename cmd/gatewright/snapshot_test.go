package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

// TestSnapshotFresh makes the databases of the example and of the shipped policies on a real server and holds the
// catalogs in the tree against them, all but the server's version, which the machine decides.
func TestSnapshotFresh(t *testing.T) {
	server, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	schemas, err := filepath.Glob("../../policies/*/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(schemas, "../../examples/payments/schema.sql") {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { freshSnapshot(t, server, dir) })
	}
}

func freshSnapshot(t *testing.T, server *pgserver.Server, dir string) {
	tables, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	database := filepath.Base(dir)
	for _, step := range []struct{ database, sql string }{{"postgres", `CREATE DATABASE "` + database + `"`}, {database, string(tables)}} {
		if _, err := server.PSQL(t.Context(), step.database, step.sql); err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := postgres.FetchCatalog(t.Context(), &postgres.Upstream{
		Address: server.Address(), Database: database, User: pgserver.User, Password: schema.NewSecret(pgserver.Password),
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.catalog.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("catalogs of %s: %v, %v", dir, files, err)
	}
	file := files[0]
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	catalog.ServerVersion = versionIn(t, want)
	got, err := snapshot(catalog)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what a server says; go test ./cmd/gatewright -run Snapshot -update writes it (-tree +server):\n%s", file, diff)
	}
}

func versionIn(t *testing.T, text []byte) int {
	t.Helper()
	var c schema.Catalog
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c.ServerVersion
}
