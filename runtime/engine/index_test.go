package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

func manyTargets(n int) ([]schema.Target, []string) {
	targets, names := make([]schema.Target, n), make([]string, n)
	for i := range n {
		names[i] = fmt.Sprintf("db%04d", i)
		targets[i] = schema.Target{Name: names[i], Protocol: schema.ProtocolPostgres}
	}
	return targets, names
}

func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range n {
		names[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return names
}

// TestIndexIsBounded: each rule has its own list of targets and a wide product of tables and groups, 150 million pairs
// in all. They are read instead of indexed, and decide the same.
func TestIndexIsBounded(t *testing.T) {
	targets, names := manyTargets(400)
	b := &schema.Bundle{Targets: targets}
	tables, groups := numbered("public.t", 50), numbered("g", 40)
	for i := range 300 {
		b.Rules = append(b.Rules, rule(schema.Allow, fmt.Sprintf("r%03d", i), func(r *schema.Rule) {
			r.Targets = append([]string{"db0000"}, names[i+1:]...)
			r.Tables, r.Groups = tables, groups
		}))
	}
	e := newEngine(t, b)
	a := act(on("select", "public.t49"))
	a.Target, a.Principal.Groups = "db0000", []string{"g39"}
	if d := decide(e, a); d.Effect != schema.Allow || len(d.Rules) != 300 {
		t.Errorf("%s by %d rules: %s", d.Effect, len(d.Rules), d.Message)
	}
	a.Accesses[0].Object = "public.t50"
	if d := decide(e, a); d.Effect != schema.Deny {
		t.Errorf("another table: %s by %v", d.Effect, d.Rules)
	}
	a.Accesses[0].Object, a.Principal.Groups = "public.t49", []string{"g40"}
	if d := decide(e, a); d.Effect != schema.Deny {
		t.Errorf("another group: %s by %v", d.Effect, d.Rules)
	}
}

func TestIndexOverItsBound(t *testing.T) {
	targets, names := manyTargets(3000)
	b := &schema.Bundle{Targets: targets}
	for i := range 1500 {
		b.Rules = append(b.Rules, rule(schema.Allow, fmt.Sprintf("r%04d", i), func(r *schema.Rule) { r.Targets = names[i:] }))
		b.Rules = append(b.Rules, rule(schema.Deny, fmt.Sprintf("r%04d", i), func(r *schema.Rule) { r.Targets = names[:len(names)-i] }))
	}
	if _, err := engine.New(b); err == nil || !strings.Contains(err.Error(), "index entries") {
		t.Errorf("got %v", err)
	}
}

// BenchmarkDecideByLabels has rules that name half of 500 targets each, as rules by label do.
func BenchmarkDecideByLabels(b *testing.B) {
	for _, rules := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("rules=%d", rules), func(b *testing.B) {
			targets, names := manyTargets(500)
			policy := &schema.Bundle{Targets: targets}
			for i := range rules {
				policy.Rules = append(policy.Rules, rule(schema.Allow, fmt.Sprintf("r%06d", i), func(r *schema.Rule) {
					r.Targets = names[i%2*250 : i%2*250+250]
					r.Groups = []string{fmt.Sprintf("g%02d", i%50)}
					r.Verbs, r.Tables = []string{"select"}, []string{fmt.Sprintf("public.t%d", i)}
				}))
			}
			e := newEngine(b, policy)
			a := act(on("select", "public.t0"))
			a.Target, a.Principal.Groups = "db0000", []string{"g00", "g07", "g31"}
			var d schema.Decision
			if e.Decide(a, &d); d.Effect != schema.Allow {
				b.Fatal(d.Message)
			}
			b.ReportAllocs()
			for b.Loop() {
				e.Decide(a, &d)
			}
		})
	}
}
