package sqlfacts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLimit(t *testing.T) {
	type facts struct {
		Where, Limited bool
		Limit          int64
	}
	catalog := loadCatalog(t)
	for _, tt := range []struct {
		text string
		want facts
	}{
		{"SELECT id FROM orders", facts{false, false, -1}},
		{"SELECT id FROM orders LIMIT ALL", facts{false, false, -1}},
		{"SELECT id FROM orders LIMIT 5", facts{false, true, 5}},
		{"SELECT id FROM orders FETCH FIRST ROW ONLY", facts{false, true, 1}},
		{"SELECT id FROM orders ORDER BY true FETCH FIRST 1 ROW WITH TIES", facts{false, true, -1}},
		{"SELECT id FROM orders LIMIT $1", facts{false, true, -1}},
		{"SELECT id FROM orders WHERE id = 1 LIMIT 99999999999", facts{true, true, -1}},
		{"EXECUTE small", facts{true, true, 5}},
		{"EXPLAIN EXECUTE small", facts{true, true, 5}},
		{"FETCH ALL FROM few", facts{false, true, 3}},
		{"DECLARE d CURSOR FOR SELECT id FROM orders WHERE id > 1", facts{true, false, -1}},
		{"DECLARE d CURSOR FOR SELECT id FROM orders LIMIT 4", facts{false, true, 4}},
	} {
		c := newClient(catalog)
		c.send("PREPARE small AS SELECT id FROM orders WHERE id > 1 LIMIT 5")
		c.send("DECLARE few CURSOR FOR SELECT id FROM orders LIMIT 3")
		sts := c.send(tt.text)
		if len(sts) != 1 || sts[0].Opaque() {
			t.Errorf("%s: %s", tt.text, sts[0].SQL.OpaqueReason)
			continue
		}
		q := sts[0].SQL
		if diff := cmp.Diff(tt.want, facts{q.HasWhere, q.HasLimit, q.Limit}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestGathered holds that what puts many rows into one is known by name, whatever its syntax.
func TestGathered(t *testing.T) {
	catalog := loadCatalog(t)
	for text, want := range map[string]string{
		"SELECT array_agg(id) FROM orders":                                    "pg_catalog.array_agg",
		"SELECT ARRAY(SELECT id FROM orders)":                                 "pg_catalog.array_agg",
		"SELECT JSON_ARRAY(SELECT id FROM orders)":                            "pg_catalog.array_agg",
		"SELECT JSON_ARRAYAGG(id) FROM orders":                                "pg_catalog.json_agg",
		"SELECT JSON_OBJECTAGG(id: id) FROM orders":                           "pg_catalog.json_object_agg",
		"SELECT id FROM orders WHERE id = ANY (ARRAY(SELECT id FROM orders))": "pg_catalog.array_agg",
	} {
		sts := newClient(catalog).send(text)
		if diff := cmp.Diff([]string{want}, sts[0].SQL.Functions); diff != "" || sts[0].Opaque() {
			t.Errorf("%s: %s (-want +got):\n%s", text, sts[0].SQL.OpaqueReason, diff)
		}
	}
}
