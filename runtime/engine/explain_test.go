package engine_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

// parts gives a reason as "rule: part text = value, ...".
func parts(r engine.Reason) string {
	var list []string
	for _, p := range r.Parts {
		list = append(list, p.In+" "+p.Text+" = "+p.Value)
	}
	return strings.TrimSpace(r.Rule + ": " + strings.Join(list, ", "))
}

// told gives an alternative as "effect by rules with request".
func told(o engine.Alternative) string {
	var request []string
	for _, c := range o.Request {
		request = append(request, c.What+" = "+c.To)
	}
	return strings.TrimSpace(o.Effect.String()+" "+strings.Join(o.Rules, " ")) + " with " + strings.Join(request, ", ")
}

func TestExplain(t *testing.T) {
	rules := []schema.Rule{
		rule(schema.Allow, "app", func(r *schema.Rule) { r.Groups, r.Verbs = []string{"app"}, []string{"select", "delete"} }),
		rule(schema.Allow, "dba", func(r *schema.Rule) { r.Groups = []string{"dba"} }),
		rule(schema.Deny, "unbounded", func(r *schema.Rule) {
			r.Verbs, r.Unless = []string{"delete"}, when(`sql.where_bound || "dba" in principal.groups`)
		}),
		rule(schema.Deny, "big", func(r *schema.Rule) { r.When = when("sql.limit > 100 && sql.has_limit") }),
		rule(schema.Approve, "secret", func(r *schema.Rule) { r.Tables = []string{"public.secret"} }),
	}
	tests := []struct {
		name      string
		access    schema.Access
		sql       schema.SQL
		effect    schema.Effect
		because   []string
		otherwise []string
	}{
		{
			"denied by a rule", on("delete", "public.a"), schema.SQL{Limit: -1}, schema.Deny,
			[]string{`deny.unbounded: verbs ["delete"] = true, unless sql.where_bound = false, unless "dba" in principal.groups = false`},
			[]string{
				`allow allow.app with sql = limit -1 bound true: unless sql.where_bound to true`,
				`allow allow.app allow.dba with groups = [app dba]: unless "dba" in principal.groups to true`,
				`allow allow.app with access 0 = select public.a: verbs ["delete"] to false`,
			},
		},
		{
			"no rule allows", on("drop", "public.a"), schema.SQL{Limit: -1}, schema.Deny,
			[]string{`allow.app: verbs ["select", "delete"] = false`, `allow.dba: groups ["dba"] = false`},
			[]string{
				`allow allow.app with access 0 = select public.a: verbs ["select", "delete"] to true`,
				`allow allow.dba with groups = [app dba]: groups ["dba"] to true`,
			},
		},
		{
			"allowed", on("select", "public.a"), schema.SQL{Limit: 500}, schema.Allow,
			[]string{
				`allow.app: groups ["app"] = true, verbs ["select", "delete"] = true`, `deny.big: when sql.has_limit = false`,
				`deny.unbounded: verbs ["delete"] = false`, `approve.secret: tables ["public.secret"] = false`,
			},
			[]string{
				`deny deny.big with sql = limit 500 bound false: when sql.has_limit to true`,
				`deny deny.unbounded with access 0 = delete public.a: verbs ["delete"] to true`,
				`approve approve.secret with access 0 = select public.secret: tables ["public.secret"] to true`,
			},
		},
		{
			"held", on("select", "public.secret"), schema.SQL{Limit: -1}, schema.Approve,
			[]string{
				`approve.secret: tables ["public.secret"] = true`, `allow.app: groups ["app"] = true, verbs ["select", "delete"] = true`,
				`deny.big: when sql.limit > 100 = false`, `deny.unbounded: verbs ["delete"] = false`,
			},
			[]string{
				`allow allow.app with access 0 = select public.a: tables ["public.secret"] to false`,
				`deny deny.unbounded with access 0 = delete public.a: verbs ["delete"] to true`,
				`deny deny.big with sql = limit 500 bound false: when sql.limit > 100 to true, when sql.has_limit to true`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEngine(t, &schema.Bundle{Rules: slices.Clone(rules)})
			a := act(tt.access)
			a.SQL = &tt.sql
			got := e.Explainer().Explain(a, &nearby{action: a})
			if got.Effect != tt.effect {
				t.Fatalf("%s", got.Effect)
			}
			var because, otherwise []string
			for _, r := range got.Because {
				because = append(because, parts(r))
			}
			for _, o := range got.Otherwise {
				var flips []string
				for _, f := range o.Changes {
					flips = append(flips, f.In+" "+f.Text+" to "+f.To)
				}
				otherwise = append(otherwise, told(o)+": "+strings.Join(flips, ", "))
			}
			if diff := cmp.Diff(tt.because, because); diff != "" {
				t.Errorf("because (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.otherwise, otherwise); diff != "" {
				t.Errorf("otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

var explainedBundles = flag.Int("explained-bundles", 40, "random bundles that TestExplanationsAgreeWithTheEngine explains decisions of")

// TestExplanationsAgreeWithTheEngine: an explanation tells of the decision that is made, its rules are those that speak
// for it, and what it says of other requests is what the reference says of them.
func TestExplanationsAgreeWithTheEngine(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	reasons := map[schema.Effect]int{}
	otherwise := 0
	for range *explainedBundles {
		b := randomBundle(r, r.IntN(12))
		e := newEngine(t, b)
		for range 10 {
			a := randomAction(r)
			d := decide(e, a)
			n := &nearby{action: a, unreal: []string{"g2"}}
			x := e.Explainer().Explain(a, n)
			if x.Effect != d.Effect {
				t.Fatalf("%s explained as %s", d.Effect, x.Effect)
			}
			reasons[d.Effect] += len(x.Because)
			for _, reason := range x.Because {
				if names := slices.Contains(d.Rules, reason.Rule); reason.Matches && d.Effect != schema.Approve && !names {
					t.Errorf("%s matches, and the decision %s names %v", reason.Rule, d.Effect, d.Rules)
				}
			}
			sufficient(t, b, a, x)
			for _, o := range x.Otherwise {
				otherwise++
				other := n.made[fmt.Sprint(o.Request)]
				if effect, by := reference(b, other); !o.Decided || o.Effect == d.Effect || effect != o.Effect || !slices.Equal(by, o.Rules) {
					t.Errorf("%s, told as %s: the reference says %s by %v", d.Effect, told(o), effect, by)
				}
				if slices.Contains(other.Principal.Groups, "g2") && !slices.Contains(a.Principal.Groups, "g2") {
					t.Errorf("a caller that nobody can be: %s", told(o))
				}
			}
		}
	}
	if otherwise < 2**explainedBundles {
		t.Errorf("%d alternatives", otherwise)
	}
	if reasons[schema.Allow] == 0 || reasons[schema.Deny] == 0 || reasons[schema.Approve] == 0 {
		t.Errorf("reasons: %v", reasons)
	}
}

// sufficient holds the reason against the reference: with only the rules of the reason in the bundle, the effect is the
// same, since every other rule is told to make no difference.
func sufficient(t *testing.T, b *schema.Bundle, a *schema.Action, x *engine.Explanation) {
	t.Helper()
	if x.Effect == schema.Deny && len(x.Because) > 0 && !x.Because[0].Matches {
		return // that no rule allows is about all of them
	}
	var kept schema.Bundle
	for _, r := range b.Rules {
		if slices.ContainsFunc(x.Because, func(reason engine.Reason) bool { return reason.Rule == r.Address }) {
			kept.Rules = append(kept.Rules, r)
		}
	}
	kept.Targets = b.Targets
	if effect, _ := reference(&kept, a); effect != x.Effect && len(x.Because) > 0 {
		t.Errorf("%s by all rules, %s by those of the reason", x.Effect, effect)
	}
}
