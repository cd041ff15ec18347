package sqlfacts_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// TestLengthDoesNotTell: a column's value that meets a text of any length is unsafe, since PostgreSQL's limit of 1 GB would
// tell how long it is.
func TestLengthDoesNotTell(t *testing.T) {
	doubled := func(n int) string {
		q := "SELECT name AS x FROM customers"
		for range n {
			q = "SELECT x || x AS x FROM (" + q + ") s"
		}
		return q
	}
	for sql, want := range map[string]schema.Origin{
		"SELECT name || 'x' FROM customers":                                 schema.OriginDerived,
		"SELECT name || $1 FROM customers":                                  schema.OriginDerived,
		"SELECT upper(btrim(left(name || ' ' || email, 5))) FROM customers": schema.OriginDerived,
		"SELECT name || repeat('x', $1) FROM customers":                     schema.OriginUnsafe,
		"SELECT left(name || repeat('x', 1073741800), 3) FROM customers":    schema.OriginUnsafe,
		"SELECT concat(name, current_setting('x')) FROM customers":          schema.OriginUnsafe,
		doubled(4): schema.OriginDerived,
		doubled(6): schema.OriginUnsafe,
	} {
		st := sqlfacts.Classify(sql, &sqlfacts.Session{Catalog: loadCatalog(t), SearchPath: []string{"pg_catalog", "public"}})
		if len(st) != 1 || st[0].Opaque() || len(st[0].Outputs) != 1 {
			t.Fatalf("%s: %+v", sql, st)
		}
		if got := st[0].Outputs[0].Origin; got != want {
			t.Errorf("%s: origin %d, want %d", strings.ReplaceAll(sql, "SELECT x || x AS x FROM ", ".."), got, want)
		}
	}
}
