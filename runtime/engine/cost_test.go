package engine_test

import (
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

func TestCosts(t *testing.T) {
	e := newEngine(t, &schema.Bundle{
		Classes: []schema.Class{{Name: "c", Targets: []string{"db"}, Columns: []string{"public.a.x"}}},
		Rules: []schema.Rule{
			rule(schema.Allow, "a", nil),
			rule(schema.Deny, "b", func(r *schema.Rule) { r.When = when("sql.tables.exists(t, t == 'public.a')") }),
			rule(schema.Deny, "c", func(r *schema.Rule) { r.When, r.Unless = when("sql.has_limit"), when("sql.where_bound") }),
		},
		Masks: []schema.Mask{{Address: "mask.m", Classes: []string{"c"}, With: schema.TransformRedact, Unless: when("'x' in principal.groups")}},
	})
	got := e.Costs()
	var rules []string
	for _, c := range got {
		rules = append(rules, c.Rule)
	}
	if diff := cmp.Diff([]string{"deny.b", "deny.c", "mask.m"}, rules); diff != "" {
		t.Fatal(diff)
	}
	if got[0].Cost <= 100*got[1].Cost || got[1].Cost == 0 || got[2].Cost <= got[1].Cost {
		t.Errorf("costs %+v", got)
	}
	if diff := cmp.Diff(got, e.Costs()); diff != "" {
		t.Error(diff)
	}
}
