package sqlfacts_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// structure is a database with one table, t, of some columns.
func structure(columns ...string) *schema.Catalog {
	r := schema.Relation{OID: 100, Schema: "public", Name: "t", Kind: "r"}
	for i, c := range columns {
		r.Columns = append(r.Columns, schema.Column{Name: c, Attribute: int16(i + 1), Type: "text"})
	}
	return &schema.Catalog{SearchPath: []string{"pg_catalog", "public"}, Relations: []schema.Relation{r}}
}

// namedClient knows some prepared statements and a cursor.
func namedClient() *client {
	c := newClient(structure("id", "note"))
	c.send("PREPARE s AS SELECT id, note FROM t WHERE id = 1")
	c.send("PREPARE typed (int, text) AS DELETE FROM t WHERE id = $1 AND note = $2")
	c.send("DECLARE c CURSOR FOR SELECT id FROM t WHERE note = 'x'")
	c.send("PREPARE here AS DELETE FROM t WHERE CURRENT OF c")
	return c
}

// TestNamed: whatever runs or goes on with something that has a name keeps what the name stands for.
func TestNamed(t *testing.T) {
	const (
		selects = "SELECT id, note"
		deletes = "DELETE FROM t WHERE id"
		cursor  = "SELECT id FROM t WHERE note"
		current = "DELETE FROM t WHERE CURRENT"
	)
	for text, want := range map[string][]string{
		"EXECUTE s":                             {selects},
		"EXPLAIN EXECUTE s":                     {selects},
		"EXPLAIN ANALYZE EXECUTE typed(1, 'x')": {deletes},
		"EXPLAIN (ANALYZE, FORMAT json) EXECUTE typed(1, 'x')":             {deletes},
		"CREATE TABLE n AS EXECUTE s":                                      {selects},
		"CREATE TEMP TABLE n (a) AS EXECUTE s WITH NO DATA":                {selects},
		"EXPLAIN ANALYZE CREATE TABLE n AS EXECUTE s":                      {selects},
		"CREATE MATERIALIZED VIEW n AS SELECT 1":                           nil,
		"FETCH ALL FROM c":                                                 {cursor},
		"MOVE 10 IN c":                                                     {cursor},
		"DELETE FROM t WHERE CURRENT OF c":                                 {cursor},
		"UPDATE t SET note = 'y' WHERE CURRENT OF c RETURNING id":          {cursor},
		"EXPLAIN ANALYZE DELETE FROM t WHERE CURRENT OF c":                 {cursor},
		"WITH x AS (DELETE FROM t WHERE CURRENT OF c RETURNING 1) TABLE x": {cursor},
		"EXECUTE here":                  {current, cursor},
		"EXPLAIN ANALYZE EXECUTE here":  {current, cursor},
		"SELECT id FROM t":              nil,
		"DELETE FROM t WHERE id = 1":    nil,
		"PREPARE o AS SELECT 1":         nil,
		"DECLARE d CURSOR FOR SELECT 1": nil,
		"CLOSE c":                       nil,
		"DEALLOCATE s":                  nil,
	} {
		t.Run(text, func(t *testing.T) {
			st := namedClient().send(text)[0]
			if st.Opaque() {
				t.Fatal(st.SQL.OpaqueReason)
			}
			if len(st.Named) != len(want) {
				t.Fatalf("%d are named, want %q", len(st.Named), want)
			}
			for i, in := range st.Named {
				if !strings.Contains(in.Text, want[i]) {
					t.Errorf("%q is named, want %q", in.Text, want[i])
				}
			}
		})
	}
}

// TestNamedUnknown: a name that stands for nothing known is opaque, in every statement that may bear one.
func TestNamedUnknown(t *testing.T) {
	for _, text := range []string{
		"EXECUTE nobody", "EXPLAIN EXECUTE nobody", "CREATE TABLE n AS EXECUTE nobody", "FETCH nobody", "MOVE nobody",
		"DELETE FROM t WHERE CURRENT OF nobody", "UPDATE t SET id = 1 WHERE CURRENT OF nobody",
		"PREPARE p AS DELETE FROM t WHERE CURRENT OF nobody", "EXPLAIN DELETE FROM t WHERE CURRENT OF nobody",
		"DELETE FROM t WHERE CURRENT OF s",
	} {
		c := namedClient()
		c.session.Cursor = func(name string) *sqlfacts.Statement {
			if name == "c" {
				return c.known[name]
			}
			return nil
		}
		if st := c.send(text)[0]; !st.Opaque() || !strings.Contains(st.SQL.OpaqueReason, "is not known") {
			t.Errorf("%s: %q", text, st.SQL.OpaqueReason)
		}
	}
}

// TestNamedAnew: EXECUTE of a statement with a cursor in it names the cursor of now.
func TestNamedAnew(t *testing.T) {
	c := namedClient()
	c.send("DECLARE c CURSOR FOR SELECT id FROM t WHERE id = 777")
	st := c.send("EXPLAIN ANALYZE EXECUTE here")[0]
	if len(st.Named) != 2 || !strings.Contains(st.Named[1].Text, "777") {
		t.Errorf("%+v", st.Named)
	}
}

// TestNamedFacts: what EXPLAIN and CREATE TABLE AS run with a name has the accesses of what is behind it.
func TestNamedFacts(t *testing.T) {
	for text, want := range map[string]string{
		"EXPLAIN ANALYZE EXECUTE typed(1, 'x')": "delete", "CREATE TABLE n AS EXECUTE s": "select",
		"EXPLAIN ANALYZE DELETE FROM t WHERE CURRENT OF c": "delete",
	} {
		st := namedClient().send(text)[0]
		found := false
		for _, a := range st.Accesses {
			found = found || a.Verb == want && a.Object == "public.t"
		}
		if !found || st.Effect.Kind != sqlfacts.EffectNone || !st.SQL.WhereBound {
			t.Errorf("%s: %+v %+v", text, st.Accesses, st.Effect)
		}
	}
}
