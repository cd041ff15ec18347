package vocab_test

import (
	"testing"

	"github.com/gatewright/gatewright/schema/vocab"
)

// TestEveryFactHasASize: what may be of any length has a declared one, or no cost could be bounded.
func TestEveryFactHasASize(t *testing.T) {
	fields := vocab.Postgres.Fields()
	if len(fields) < 20 {
		t.Fatalf("only %d fields", len(fields))
	}
	for _, f := range fields {
		size := vocab.Max(f.Name)
		switch f.Type {
		case "string":
			if size.Bytes == 0 || size.Elements != 0 {
				t.Errorf("%s is declared as %+v", f.Name, size)
			}
		case "list(string)", "map(string, string)":
			if size.Bytes == 0 || size.Elements == 0 {
				t.Errorf("%s is declared as %+v", f.Name, size)
			}
		}
	}
}

// TestCost: what a condition costs follows from what it looks through.
func TestCost(t *testing.T) {
	v := vocabulary(t, vocab.Postgres)
	rising := []string{
		"sql.has_limit",
		"'dba' in principal.groups",
		"'public.cards' in sql.tables",
		"sql.tables.exists(t, t.startsWith('public.'))",
		"sql.tables.exists(t, t.matches('^public[.]'))",
	}
	last := uint64(0)
	for _, text := range rising {
		c, diags := v.Check(text, vocab.Bool, at(text), "p.hcl")
		if c == nil {
			t.Fatal(diags)
		}
		if c.Cost() <= last || c.Cost() > vocab.MaxCost {
			t.Errorf("%s costs %d, and what is cheaper %d", text, c.Cost(), last)
		}
		last = c.Cost()
	}
}
