package engine_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// masked gives a bundle with two classes, and the mask under test on the first.
func masked(change func(*schema.Mask)) *schema.Bundle {
	m := schema.Mask{Address: "mask.m", Classes: []string{"card"}, With: schema.TransformLast4}
	if change != nil {
		change(&m)
	}
	return &schema.Bundle{
		Classes: []schema.Class{
			{Name: "card", Targets: []string{"db"}, Columns: []string{"public.cards.pan", "public.old.pan"}, Detect: []string{"credit_card"}},
			{Name: "email", Targets: []string{"db"}, Columns: []string{"public.people.email"}},
		},
		Rules: []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Verbs = []string{"*", "opaque"} })},
		Masks: []schema.Mask{m},
	}
}

func TestMasks(t *testing.T) {
	pan, email := []string{"public.cards.pan"}, []string{"public.people.email"}
	output := func(origin schema.Origin, columns []string) *schema.Action {
		a := act(on("select", "public.cards"))
		a.Outputs = []schema.Output{{Name: "id", Origin: schema.OriginConstant}, {Name: "x", Origin: origin, Columns: columns}}
		return a
	}
	use := func(place schema.Place, columns []string, sink string) *schema.Action {
		a := act(on("select", "public.cards"))
		a.Uses = []schema.Use{{Place: place, Columns: columns, Sink: sink}}
		return a
	}
	one := []schema.ColumnMask{{Output: 1, With: schema.TransformLast4, Rule: "mask.m", Class: "card"}}
	derived := []schema.ColumnMask{{Output: 1, With: schema.TransformLast4, Derived: true, Rule: "mask.m", Class: "card"}}
	predicates := func(p schema.Predicates) func(*schema.Mask) {
		return func(m *schema.Mask) { m.Predicates = p }
	}
	tests := []struct {
		name   string
		change func(*schema.Mask)
		act    *schema.Action
		want   schema.Effect
		masks  []schema.ColumnMask
	}{
		{"bare", nil, output(schema.OriginBare, pan), schema.Allow, one},
		{"derived", nil, output(schema.OriginDerived, pan), schema.Allow, derived},
		{"everything", nil, output(schema.OriginDerived, []string{schema.Everything}), schema.Allow, derived},
		{"unsafe", nil, output(schema.OriginUnsafe, pan), schema.Deny, nil},
		{"unsafe without a class", nil, output(schema.OriginUnsafe, []string{"public.t.x"}), schema.Allow, nil},
		{"another class", nil, output(schema.OriginBare, email), schema.Allow, nil},
		{"lifted", func(m *schema.Mask) { m.Unless = when("'app' in principal.groups") }, output(schema.OriginUnsafe, pan), schema.Allow, nil},
		{"not for this group", func(m *schema.Mask) { m.Groups = []string{"dba"} }, output(schema.OriginBare, pan), schema.Allow, nil},
		{"when false", func(m *schema.Mask) { m.When = when("false") }, output(schema.OriginBare, pan), schema.Allow, nil},
		{"failing when", func(m *schema.Mask) { m.When = when("target.labels['x'] == 'y'") }, output(schema.OriginBare, pan), schema.Allow, one},
		{"failing unless", func(m *schema.Mask) { m.Unless = when("target.labels['x'] == 'y'") }, output(schema.OriginBare, pan), schema.Allow, one},
		{"predicate", nil, use(schema.PlacePredicate, pan, ""), schema.Deny, nil},
		{"predicate under equality", predicates(schema.PredicatesEquality), use(schema.PlacePredicate, pan, ""), schema.Deny, nil},
		{"predicate under allow", predicates(schema.PredicatesAllow), use(schema.PlacePredicate, pan, ""), schema.Allow, nil},
		{"equality", nil, use(schema.PlaceEquality, pan, ""), schema.Deny, nil},
		{"equality under equality", predicates(schema.PredicatesEquality), use(schema.PlaceEquality, pan, ""), schema.Allow, nil},
		{"effect under allow", predicates(schema.PredicatesAllow), use(schema.PlaceEffect, pan, ""), schema.Deny, nil},
		{"write to an open column", predicates(schema.PredicatesAllow), use(schema.PlaceWrite, pan, "public.t.note"), schema.Deny, nil},
		{"write without a sink", nil, use(schema.PlaceWrite, pan, ""), schema.Deny, nil},
		{"write to its own class", nil, use(schema.PlaceWrite, pan, "public.old.pan"), schema.Allow, nil},
		{"write to another class", nil, use(schema.PlaceWrite, pan, "public.people.email"), schema.Deny, nil},
		{"opaque", nil, act(on("opaque", "")), schema.Deny, nil},
		{"opaque where the mask is lifted", func(m *schema.Mask) { m.When = when("false") }, act(on("opaque", "")), schema.Allow, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(newEngine(t, masked(tt.change)), tt.act)
			if d.Effect != tt.want {
				t.Fatalf("got %s: %s", d.Effect, d.Message)
			}
			if diff := cmp.Diff(tt.masks, d.Masks, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("masks (-want +got):\n%s", diff)
			}
			if tt.want == schema.Deny && d.Denied.Verb != "opaque" && strings.Join(d.Rules, " ") != "mask.m" {
				t.Errorf("denied by %v", d.Rules)
			}
		})
	}
}

func TestStrongerMaskWins(t *testing.T) {
	b := masked(nil)
	b.Masks = append(b.Masks, schema.Mask{Address: "mask.n", Classes: []string{"email", "card"}, With: schema.TransformRedact})
	a := act(on("select", "public.cards"))
	a.Outputs = []schema.Output{{Origin: schema.OriginBare, Columns: []string{"public.cards.pan"}}}
	d := decide(newEngine(t, b), a)
	want := schema.Decision{
		Effect: schema.Allow, Enforced: true, Rules: []string{"allow.a"}, Redact: true, Classes: []string{"card"}, Bundle: "sha256:test",
		Masks:  []schema.ColumnMask{{With: schema.TransformRedact, Rule: "mask.n", Class: "card"}},
		Detect: []schema.Detection{{Detector: "credit_card", With: schema.TransformRedact, Rule: "mask.n"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDryRunMask(t *testing.T) {
	b := masked(func(m *schema.Mask) { m.Mode = schema.DryRun })
	a := act(on("select", "public.cards"))
	a.Outputs = []schema.Output{{Origin: schema.OriginBare, Columns: []string{"public.cards.pan"}}}
	d := decide(newEngine(t, b), a)
	if d.Redact || len(d.Masks) > 0 || len(d.Detect) > 0 {
		t.Errorf("a mask in dry run is enforced: %+v", d)
	}
	want := &schema.Would{Effect: schema.Allow, Rules: []string{"allow.a", "mask.m"}, Masked: []int{0}}
	if diff := cmp.Diff(want, d.Would); diff != "" {
		t.Errorf("would (-want +got):\n%s", diff)
	}
	a.Outputs[0].Origin = schema.OriginUnsafe
	if d = decide(newEngine(t, b), a); d.Would == nil || d.Would.Effect != schema.Deny {
		t.Errorf("would %+v", d.Would)
	}
}

func TestOpaqueUnderAMask(t *testing.T) {
	b := masked(nil)
	d := decide(newEngine(t, b), act(on("opaque", "")))
	if diff := cmp.Diff([]string{"mask.m"}, d.Rules); diff != "" || d.Effect != schema.Deny {
		t.Errorf("an allowed opaque statement, %s by (-want +got):\n%s", d.Effect, diff)
	}
	if d = decide(newEngine(t, b), act(on("opaque", ""), on("call", "public.f"))); len(d.Rules) > 0 || d.Effect != schema.Deny {
		t.Errorf("beside a call that no rule allows: %s by %v", d.Effect, d.Rules)
	}
	b = masked(func(m *schema.Mask) { m.Mode = schema.DryRun })
	d = decide(newEngine(t, b), act(on("opaque", "")))
	want := &schema.Would{Effect: schema.Deny, Rules: []string{"mask.m"}}
	if diff := cmp.Diff(want, d.Would); diff != "" || d.Effect != schema.Allow {
		t.Errorf("under a mask in dry run, %s, would (-want +got):\n%s", d.Effect, diff)
	}
}

// TestRedactAtConnect: what connect says of masks holds for the session, so that a mask which some statement may raise
// counts as raised.
func TestRedactAtConnect(t *testing.T) {
	tests := []struct {
		condition string
		want      bool
	}{
		{"principal.kind == 'machine'", true},
		{"principal.kind == 'human'", false},
		{"sql.has_limit", true},
		{"request.application == 'psql'", true},
		{"principal.kind == 'human' && sql.has_limit", false},
		{"target.labels['x'] == 'y'", true},
	}
	for _, tt := range tests {
		t.Run(tt.condition, func(t *testing.T) {
			a := act(on("connect", ""))
			a.SQL = nil
			d := decide(newEngine(t, masked(func(m *schema.Mask) { m.When = when(tt.condition) })), a)
			if d.Effect != schema.Allow || d.Redact != tt.want {
				t.Errorf("got %s, redact %v", d.Effect, d.Redact)
			}
		})
	}
}

func TestClassesTouched(t *testing.T) {
	e := newEngine(t, masked(func(m *schema.Mask) { m.Predicates = schema.PredicatesAllow }))
	access := act(schema.Access{Verb: "insert", Object: "public.cards", Columns: []string{"id", "pan"}})
	output := act(on("select", "public.people"))
	output.Outputs = []schema.Output{{Origin: schema.OriginBare, Columns: []string{"public.people.email"}}}
	sink := act(on("insert", "public.people"))
	sink.Uses = []schema.Use{{Place: schema.PlaceWrite, Columns: []string{"public.t.x"}, Sink: "public.people.email"}}
	everything := act(on("select", "pg_catalog.pg_stats"))
	everything.Uses = []schema.Use{{Columns: []string{schema.Everything}}}
	for _, tt := range []struct {
		name string
		act  *schema.Action
		want []string
	}{
		{"written", access, []string{"card"}}, {"not masked", output, []string{"email"}}, {"sink", sink, []string{"email"}},
		{"everything", everything, []string{"card", "email"}}, {"none", act(on("select", "public.t")), nil},
	} {
		if diff := cmp.Diff(tt.want, decide(e, tt.act).Classes, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestUnknownOriginsAndPlacesRefuse(t *testing.T) {
	e := newEngine(t, masked(func(m *schema.Mask) { m.Predicates = schema.PredicatesAllow }))
	a := act(on("select", "public.cards"))
	a.Outputs = []schema.Output{{Origin: 99, Columns: []string{"public.cards.pan"}}}
	if d := decide(e, a); d.Effect != schema.Deny {
		t.Errorf("an unknown origin gives %s", d.Effect)
	}
	a.Outputs, a.Uses = nil, []schema.Use{{Place: 99, Columns: []string{"public.cards.pan"}}}
	if d := decide(e, a); d.Effect != schema.Deny {
		t.Errorf("an unknown place gives %s", d.Effect)
	}
}
