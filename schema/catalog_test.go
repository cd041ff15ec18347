package schema_test

import (
	"testing"

	"github.com/gatewright/gatewright/schema"
)

// The server quotes keywords in the names of parents.
func TestFamilyOfAKeyword(t *testing.T) {
	c := schema.Catalog{Relations: []schema.Relation{
		{Schema: "public", Name: "order"},
		{Schema: "public", Name: "order_1", Parents: []string{`public."order"`}},
	}}
	for _, name := range []string{"order", "order_1"} {
		if family := c.Family(c.Relation("public", name)); len(family) != 2 {
			t.Errorf("%s has a family of %d", name, len(family))
		}
	}
}
