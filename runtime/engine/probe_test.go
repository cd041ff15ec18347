package engine_test

import (
	"fmt"
	"testing"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

func TestProbe(t *testing.T) {
	e := newEngine(t, &schema.Bundle{
		Classes: []schema.Class{{Name: "c", Targets: []string{"db"}, Columns: []string{"public.t.x"}}},
		Rules: []schema.Rule{
			rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("sql.limit < 10 || sql.has_where") }),
			rule(schema.Allow, "b", func(r *schema.Rule) { r.Groups = []string{"dba"} }),
			rule(schema.Deny, "c", func(r *schema.Rule) { r.When, r.Unless = when("sql.has_limit"), when("sql.where_bound") }),
			rule(schema.Deny, "d", func(r *schema.Rule) { r.Unless, r.Mode = when("sql.where_bound"), schema.DryRun }),
			rule(schema.Allow, "e", func(r *schema.Rule) {
				r.Verbs, r.When = []string{"connect"}, when("request.client_address == '' && sql.has_where")
			}),
		},
		Masks: []schema.Mask{{Address: "mask.m", Classes: []string{"c"}, With: schema.TransformRedact, Unless: when("'app' in principal.groups")}},
	})
	p, err := engine.NewProber(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		act  *schema.Action
		want []string
	}{
		{"a statement", act(on("select", "public.t"), on("select", "public.u")), []string{
			"allow.a true [1 0] []", "deny.c false [2] []", "deny.d true [] [2]",
			"allow.a true [1 0] []", "deny.c false [2] []", "deny.d true [] [2]", "mask.m false [] [1]",
		}},
		{"a session", act(on("connect", "")), []string{
			"allow.e true [1 0] []", "deny.c false [0] [0]", "deny.d false [] [0]", "mask.m false [] [1]",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, probe := range p.Probe(tt.act) {
				got = append(got, fmt.Sprint(probe.Rule, " ", probe.Matched, " ", probe.When, " ", probe.Unless))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAccesses(t *testing.T) {
	e := newEngine(t, &schema.Bundle{Rules: []schema.Rule{
		rule(schema.Allow, "all", func(r *schema.Rule) { r.Verbs = []string{"select", "delete"} }),
		rule(schema.Approve, "deletes", func(r *schema.Rule) { r.Verbs = []string{"delete"} }),
		rule(schema.Deny, "noted", func(r *schema.Rule) { r.Mode = schema.DryRun }),
	}})
	var got []string
	for _, d := range e.Accesses(act(on("select", "public.t"), on("delete", "public.t"), on("insert", "public.t"))) {
		got = append(got, fmt.Sprint(d.Access.Verb, " ", d.Effect, " ", d.Rules))
	}
	want := []string{"select allow [allow.all]", "delete approve [approve.deletes]", "insert deny []"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMakerForgetsNothing: engines of one Maker decide each by their own bundle.
func TestMakerForgetsNothing(t *testing.T) {
	m, err := engine.NewMaker()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for text, want := range map[string]schema.Effect{"sql.limit < 10": schema.Allow, "sql.limit > 10": schema.Deny} {
			e, err := m.New(&schema.Bundle{
				Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}},
				Rules:   []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when(text) })},
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := decide(e, act(on("select", "public.t"))); d.Effect != want {
				t.Errorf("%s: %s", text, d.Effect)
			}
		}
	}
	if _, err := m.New(&schema.Bundle{Rules: []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("sql.") })}}); err == nil {
		t.Error("a condition that does not check is taken")
	}
}
