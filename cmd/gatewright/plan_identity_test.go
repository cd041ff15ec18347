package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// What random issuers make principals of, and what random rules ask of those.
var (
	planGroupMaps = []string{
		"claims.groups", "claims.groups", "claims.roles", "has(claims.groups) ? claims.groups : []", "['g0']", "[]",
		"claims.t == 'a' ? ['g0', 'intern-2'] : claims.groups", "has(claims.roles) ? claims.roles : claims.groups", "",
	}
	planKindMaps    = []string{"", "'machine'", "claims.t == 'a' ? 'human' : 'machine'", "claims.kind", "claims.t == 'b' ? 'human' : 'robot'"}
	planSubjectMaps = []string{"", "claims.sub", "claims.sub", "claims.email", "'one'", "''"}
	planRequires    = []string{
		"claims.t == 'a'", "claims.t in ['a', 'b']", "has(claims.groups)", "has(claims.roles)", "claims.mfa == true", "claims.t != 'b'",
		"size(claims.groups) > 0", "'g0' in claims.groups",
	}
	planCallers = []string{
		"principal.groups.exists(g, g.startsWith('intern'))", "size(principal.groups) > 1", "principal.groups[0] == 'g0'",
		"principal.groups == ['g0']", "'g0' in principal.groups", "principal.kind == 'human'", "principal.subject == 'x'",
		"principal.groups.all(g, g != 'g1')", "['g0', 'g1'].exists(g, g in principal.groups)", "principal.kind in principal.groups",
		"'G0' in principal.groups.map(g, g.upperAscii())", "", "",
	}
)

func drawIssuer(r *rand.Rand) schema.Issuer {
	one := func(from []string) schema.Condition { return schema.Condition{Text: from[r.IntN(len(from))]} }
	i := corp(nil).Issuers[0]
	i.Subject, i.Groups, i.Kind, i.Require = one(planSubjectMaps), one(planGroupMaps), one(planKindMaps), nil
	for range r.IntN(3) {
		i.Require = append(i.Require, schema.Requirement{When: one(planRequires), Message: "no"})
	}
	return i
}

func drawCallerRule(r *rand.Rand, n int) schema.Rule {
	effect := []schema.Effect{schema.Deny, schema.Allow, schema.Allow}[r.IntN(3)]
	rule := schema.Rule{
		Address: fmt.Sprintf("%s.r%d", effect, n), Effect: effect, Protocol: schema.ProtocolPostgres, Targets: []string{"db"},
		When: drawCondition(r, planCallers),
	}
	if r.IntN(3) == 0 {
		rule.Groups = draw(r, planGroups, 1)
	}
	if r.IntN(4) == 0 {
		rule.Unless = drawCondition(r, planCallers)
	}
	return rule
}

func drawOfIssuers(r *rand.Rand) (old, new *schema.Bundle) {
	old = &schema.Bundle{Language: 1, Issuers: []schema.Issuer{drawIssuer(r)}, Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}}}
	for n := range 1 + r.IntN(3) {
		old.Rules = append(old.Rules, drawCallerRule(r, n))
	}
	b := *old
	b.Issuers = slices.Clone(b.Issuers)
	i, other := &b.Issuers[0], drawIssuer(r)
	switch r.IntN(6) {
	case 0:
		i.Groups = other.Groups
	case 1:
		i.Kind = other.Kind
	case 2:
		i.Subject = other.Subject
	case 3:
		i.Require = other.Require
	case 4:
		*i = other
	default:
		b.Rules = slices.Clone(b.Rules)
		b.Rules[0].When = drawCondition(r, planCallers)
	}
	return old, &b
}

// drawToken makes claims, most of which may be missing or of another type.
func drawToken(r *rand.Rand) map[string]any {
	claims := map[string]any{"sub": []string{"x", "y"}[r.IntN(2)]}
	for _, c := range []struct {
		name   string
		values []any
	}{
		{"groups", []any{[]any{}, []any{"g0"}, []any{"g1"}, []any{"g0", "g1"}, []any{"intern-1"}, []any{"g1", "intern-1"}, []any{""}, "g0", []any{1.0}}},
		{"roles", []any{[]any{}, []any{"g0"}, []any{"g1"}, []any{"intern-1"}, "g0"}},
		{"t", []any{"a", "a", "b", "z", 1.0}}, {"mfa", []any{true, false}}, {"email", []any{"x", "y", ""}}, {"kind", []any{"human", "robot"}},
	} {
		if n := r.IntN(len(c.values) + 1); n < len(c.values) {
			claims[c.name] = c.values[n]
		}
	}
	return claims
}

// taken gives what a token gets: nothing when it is refused, and else what the engine decides.
func taken(m *identity.Mapper, s plan.Side, claims map[string]any, verb string) (principal bool, effect schema.Effect) {
	p, err := m.Principal(claims)
	if err != nil {
		return false, schema.Deny
	}
	a := schema.Action{Protocol: schema.ProtocolPostgres, Target: "db", Principal: p, Accesses: []schema.Access{{Verb: verb}}}
	if verb != schema.VerbConnect {
		a.SQL, a.Accesses[0].Object = &schema.SQL{Statement: verb}, "public.a"
	}
	var d schema.Decision
	s.Decide(&a, &d)
	return true, d.Effect
}

func mapperOf(t *testing.T, b *schema.Bundle) *identity.Mapper {
	t.Helper()
	m, err := identity.NewMapper(b.Issuers[0])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestInvariantsOfRandomIssuers: no token breaks an invariant that is called proved, however principals are made and
// looked at.
func TestInvariantsOfRandomIssuers(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 17))
	seen := map[plan.Status]int{}
	for range 300 {
		b, _ := drawOfIssuers(r)
		side, m := planSide(t, b), mapperOf(t, b)
		i := schema.Invariant{Name: "i", Never: schema.NeverAllow, When: schema.Condition{Text: planCallers[r.IntN(len(planCallers)-2)]}}
		proofs, err := plan.Prove(side, []schema.Invariant{i}, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen[proofs[0].Status]++
		if proofs[0].Status != plan.Holds {
			continue
		}
		asked := planSide(t, &schema.Bundle{Language: 1, Targets: b.Targets, Rules: []schema.Rule{
			{Address: "allow.all", Effect: schema.Allow, Targets: []string{"db"}},
			{Address: "deny.about", Effect: schema.Deny, Targets: []string{"db"}, When: &i.When},
		}})
		for range 200 {
			claims := drawToken(r)
			_, got := taken(m, side, claims, schema.VerbSelect)
			if _, about := taken(m, asked, claims, schema.VerbSelect); got == schema.Allow && about == schema.Deny {
				t.Fatalf("never allow when %s is proved, and %v is allowed\n%+v\n%s", i.When.Text, claims, b.Issuers[0], spell(b))
			}
		}
	}
	if seen[plan.Holds] < 20 || seen[plan.Refuted] < 20 {
		t.Errorf("%v", seen)
	}
}

// TestPlanOfRandomIssuers: no verdict denies what a token shows, however principals are made and looked at.
func TestPlanOfRandomIssuers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	verdicts := map[string]int{}
	for pair := range 300 {
		old, new := drawOfIssuers(r)
		from, to := planSide(t, old), planSide(t, new)
		report, err := plan.Compare(from, to, plan.Options{Random: r.IntN, Identify: identify})
		if err != nil {
			t.Fatal(err)
		}
		verdicts[fmt.Sprint(report.Verdict, " ", report.Certainty)]++
		was, is := mapperOf(t, old), mapperOf(t, new)
		for range 400 {
			claims := drawToken(r)
			for _, verb := range []string{schema.VerbSelect, schema.VerbConnect} {
				oldTaken, oldEffect := taken(was, from, claims, verb)
				newTaken, newEffect := taken(is, to, claims, verb)
				looser, tighter := newTaken && !oldTaken || newEffect > oldEffect, oldTaken && !newTaken || newEffect < oldEffect
				if looser && !report.Loosens || tighter && !report.Tightens {
					t.Fatalf("pair %d: %s (%s), and %v %s: %v %s -> %v %s\n%+v\n%+v\nold %s\nnew %s\n%s", pair, report.Verdict, report.Certainty, claims, verb,
						oldTaken, oldEffect, newTaken, newEffect, old.Issuers[0], new.Issuers[0], spell(old), spell(new), told(report))
				}
			}
		}
	}
	for _, v := range []string{"REFACTOR proved", "LOOSENS proved", "TIGHTENS proved", "BOTH proved"} {
		if verdicts[v] < 5 {
			t.Errorf("only %d pairs are %s: %v", verdicts[v], v, verdicts)
		}
	}
}

func TestPlanOfMappings(t *testing.T) {
	interns := schema.Rule{Address: "deny.interns", Effect: schema.Deny, Targets: []string{"db"}, When: &schema.Condition{
		Text: "principal.groups.exists(g, g.startsWith('intern'))",
	}}
	groups := func(text string) func(*schema.Issuer) { return func(i *schema.Issuer) { i.Groups.Text = text } }
	for _, c := range []struct {
		name      string
		edit      func(*schema.Issuer)
		verdict   plan.Verdict
		certainty plan.Certainty
	}{
		{"another claim", groups("claims.roles"), plan.Both, plan.Proved},
		{"a claim that may be missing", groups("has(claims.groups) ? claims.groups : []"), plan.Loosens, plan.Proved},
		{"a constant", groups("['g']"), plan.Both, plan.Proved},
		{"a kind that is none", func(i *schema.Issuer) { i.Kind.Text = "claims.type == 'a' ? 'robot' : 'machine'" }, plan.Tightens, plan.Proved},
		{"a kind by a claim", func(i *schema.Issuer) { i.Kind.Text = "claims.kind" }, plan.Both, plan.Proved},
	} {
		t.Run(c.name, func(t *testing.T) {
			old, new := corp(nil), corp(c.edit)
			for _, b := range []*schema.Bundle{old, new} {
				b.Rules = append(b.Rules, interns)
			}
			r := rand.New(rand.NewPCG(1, 1))
			report, err := plan.Compare(planSide(t, old), planSide(t, new), plan.Options{Random: r.IntN, Identify: identify})
			if err != nil {
				t.Fatal(err)
			}
			if report.Verdict != c.verdict || report.Certainty != c.certainty {
				t.Errorf("%s %s\n%s %v", report.Verdict, report.Certainty, told(report), report.Changes[0].Notes)
			}
		})
	}
}

// What an issuer requires may leave out a kind that its mapping knows.
func TestInvariantsKnowWhatIssuersRequire(t *testing.T) {
	b := corp(func(i *schema.Issuer) {
		i.Require[0].When.Text = "claims.type == 'service'"
		i.Kind.Text = "claims.type == 'human' ? 'human' : 'machine'"
	})
	b.Rules[0].Groups = nil
	proofs, err := plan.Prove(planSide(t, b), []schema.Invariant{
		{Name: "people", Never: schema.NeverAllow, When: schema.Condition{Text: "principal.kind == 'human'"}},
		{Name: "machines", Never: schema.NeverAllow, When: schema.Condition{Text: "principal.kind == 'machine'"}},
	}, 0)
	if err != nil || proofs[0].Status != plan.Holds || proofs[1].Status != plan.Refuted {
		t.Errorf("%v %+v", err, proofs)
	}
}
