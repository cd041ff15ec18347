package postgres_test

import (
	"testing"

	"github.com/gatewright/gatewright/runtime/postgres"
)

func TestFetchedCatalog(t *testing.T) {
	c, err := postgres.FetchCatalog(t.Context(), upstream())
	if err != nil {
		t.Fatal(err)
	}
	r := c.Relation("public", "cards")
	if r == nil || len(r.Columns) != 4 || c.RelationByOID(r.OID) != r {
		t.Errorf("cards is %+v", r)
	}
}

// TestLateTable has a table made by another session between two statements.
func TestLateTable(t *testing.T) {
	g := start(t)
	p := g.enter(t, "analyst")
	p.send(q("SELECT 1"))
	p.until('Z')
	if _, err := database.PSQL(t.Context(), "postgres", "DROP SCHEMA IF EXISTS late CASCADE; CREATE SCHEMA late; CREATE TABLE late.t (id int); INSERT INTO late.t VALUES (5)"); err != nil {
		t.Fatal(err)
	}
	other := g.enter(t, "dba")
	other.send(q("SET search_path = late"), q("SELECT id FROM t"))
	if got := other.until('Z') + " " + other.until('Z'); got != "C(SET) ZI T D(5) C(SELECT 1) ZI" {
		t.Errorf("the dba got %s", got)
	}
	p.send(q("SELECT id FROM late.t"))
	if got := p.until('Z'); got != "E(42501) ZI" {
		t.Errorf("the analyst, who may use public alone, got %s", got)
	}
}

// TestEpoch: the log tells which decisions rest on the same structure.
func TestEpoch(t *testing.T) {
	g := start(t)
	p := g.enter(t, "dba")
	for _, text := range []string{"SELECT 1 FROM orders", "SELECT 2 FROM orders", "CREATE TABLE epoch (id int)", "SELECT 3 FROM orders", "DROP TABLE epoch"} {
		p.send(q(text))
		p.until('Z')
	}
	var epochs []string
	for _, l := range g.lines(t) {
		if l.Kind == "decision" {
			epochs = append(epochs, l.Catalog)
		}
	}
	if len(epochs) != 5 || epochs[0] == "" || epochs[0] != epochs[1] || epochs[1] != epochs[2] || epochs[2] == epochs[3] {
		t.Errorf("got %q", epochs)
	}
}
