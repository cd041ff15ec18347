package engine_test

import (
	"fmt"
	"testing"

	"github.com/gatewright/gatewright/schema"
)

// benchBundle spreads rules over 500 targets and 50 groups, as a large organisation would; condition, when not empty,
// stands on the one allow rule that covers the action.
func benchBundle(rules int, condition string) *schema.Bundle {
	b := &schema.Bundle{}
	for i := range 500 {
		b.Targets = append(b.Targets, schema.Target{Name: fmt.Sprintf("db%03d", i), Protocol: schema.ProtocolPostgres})
	}
	for i := range rules {
		effect := []schema.Effect{schema.Allow, schema.Allow, schema.Deny, schema.Approve}[i%4]
		b.Rules = append(b.Rules, rule(effect, fmt.Sprintf("r%06d", i), func(r *schema.Rule) {
			r.Targets = []string{fmt.Sprintf("db%03d", i%500)}
			r.Groups = []string{fmt.Sprintf("g%02d", i/500%50)}
			r.Verbs = []string{"select", "insert"}
			r.Tables = []string{fmt.Sprintf("public.t%d", i/500%40), fmt.Sprintf("public.u%d", i/500%40)}
		}))
	}
	b.Rules[0] = rule(schema.Allow, "r000000", func(r *schema.Rule) {
		r.Targets, r.Groups = []string{"db000"}, []string{"g00"}
		r.Verbs, r.Tables = []string{"select"}, []string{"public.t0"}
		if condition != "" {
			r.When = when(condition)
		}
	})
	return b
}

func BenchmarkDecide(b *testing.B) {
	for _, condition := range []string{"", "sql.limit < 1000 && 'g00' in principal.groups"} {
		for _, rules := range []int{1, 100, 10_000, 100_000} {
			name := "scopes"
			if condition != "" {
				name = "cel"
			}
			b.Run(fmt.Sprintf("%s/rules=%d", name, rules), func(b *testing.B) {
				e := newEngine(b, benchBundle(rules, condition))
				a := act(on("select", "public.t0"))
				a.Target = "db000"
				a.Principal.Groups = []string{"g00", "g07", "g31"}
				var d schema.Decision
				e.Decide(a, &d)
				if d.Effect != schema.Allow {
					b.Fatalf("denied: %s", d.Message)
				}
				b.ReportAllocs()
				b.ResetTimer()
				for b.Loop() {
					e.Decide(a, &d)
				}
			})
		}
	}
}

func BenchmarkDecideMasked(b *testing.B) {
	e := newEngine(b, masked(nil))
	a := act(on("select", "public.cards"))
	a.Outputs = []schema.Output{{Origin: schema.OriginBare, Columns: []string{"public.cards.pan"}}}
	var d schema.Decision
	b.ReportAllocs()
	for b.Loop() {
		e.Decide(a, &d)
	}
}
