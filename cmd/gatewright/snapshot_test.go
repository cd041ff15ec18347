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

// TestSnapshotFresh makes the example's database on a real server and holds the catalog in the tree against it, all
// but the server's version, which the machine decides.
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
	dir := filepath.Join("..", "..", "examples", "payments")
	tables, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ database, sql string }{{"postgres", "CREATE DATABASE payments"}, {"payments", string(tables)}} {
		if _, err := server.PSQL(t.Context(), step.database, step.sql); err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := postgres.FetchCatalog(t.Context(), &postgres.Upstream{
		Address: server.Address(), Database: "payments", User: pgserver.User, Password: schema.NewSecret(pgserver.Password),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "payments-db.catalog.json")
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
