package sqlfacts_test

import (
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

func TestEdited(t *testing.T) {
	ten := int32(10)
	tests := []struct {
		name, text string
		edit       sqlfacts.Edit
		want       string
	}{
		{"a WHERE", "DELETE FROM orders", sqlfacts.Edit{Where: "id"}, "DELETE FROM orders WHERE id = $1"},
		{"one more", "delete from orders where a = $2 or b", sqlfacts.Edit{Where: "order"}, `DELETE FROM orders WHERE (a = $2 OR b) AND "order" = $3`},
		{"of an update", "UPDATE t SET a = 1", sqlfacts.Edit{Where: "id"}, "UPDATE t SET a = 1 WHERE id = $1"},
		{"no WHERE", "SELECT a FROM t WHERE a > 1", sqlfacts.Edit{NoWhere: true}, "SELECT a FROM t"},
		{"no WHERE to take away", "SELECT a FROM t", sqlfacts.Edit{NoWhere: true}, ""},
		{"a LIMIT", "SELECT a FROM t", sqlfacts.Edit{Limit: &ten}, "SELECT a FROM t LIMIT 10"},
		{"another LIMIT", "SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES", sqlfacts.Edit{Limit: &ten}, "SELECT a FROM t ORDER BY a LIMIT 10"},
		{"no LIMIT", "SELECT a FROM t LIMIT 3 OFFSET 2", sqlfacts.Edit{NoLimit: true}, "SELECT a FROM t OFFSET 2"},
		{"a LIMIT of no SELECT", "DELETE FROM t", sqlfacts.Edit{Limit: &ten}, ""},
		{"nothing to read from", "SELECT 1", sqlfacts.Edit{Where: "id"}, ""},
		{"several statements", "DELETE FROM t; DELETE FROM t", sqlfacts.Edit{Where: "id"}, ""},
		{"no SQL", "DELETE FRM t", sqlfacts.Edit{Where: "id"}, ""},
		{"a hostile name", "DELETE FROM t", sqlfacts.Edit{Where: `x" OR true --`}, `DELETE FROM t WHERE "x"" OR true --" = $1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sqlfacts.Edited(tt.text, tt.edit); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
