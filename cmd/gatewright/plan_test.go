package main

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// TestReachLeavesDecisionsAlone: without the rules that decide nothing, no decision changes.
func TestReachLeavesDecisionsAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	found := 0
	for range 200 {
		old := drawPolicy(r)
		idle, undecided, err := plan.Reach(old, 0)
		if err != nil || undecided {
			t.Fatal(undecided, err)
		}
		new := *old
		new.Rules = slices.DeleteFunc(slices.Clone(old.Rules), func(rule schema.Rule) bool {
			return slices.ContainsFunc(idle, func(i plan.Idle) bool { return i.Rule == rule.Address && !i.Opens })
		})
		found += len(old.Rules) - len(new.Rules)
		report, err := plan.Compare(planSide(t, old), planSide(t, &new), plan.Options{Random: r.IntN})
		if err != nil || report.Loosens || report.Tightens || report.Undecided {
			t.Fatalf("%v\nidle %+v\n%s\nold %s", err, idle, told(report), spell(old))
		}
	}
	if found < 50 {
		t.Errorf("only %d rules were found", found)
	}
}

// TestInvariantsAgreeWithBruteForce: what is proved no request breaks, and what is refuted the engine breaks.
func TestInvariantsAgreeWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	seen := map[plan.Status]int{}
	for range 150 {
		b := drawPolicy(r)
		side := planSide(t, b)
		for _, never := range []string{schema.NeverAllow, schema.NeverApprove} {
			i := schema.Invariant{Name: "i", Never: never, When: schema.Condition{Text: "true"}}
			if c := drawCondition(r, planRules); c != nil {
				i.When = *c
			}
			proofs, err := plan.Prove(side, []schema.Invariant{i}, 0)
			if err != nil {
				t.Fatal(err)
			}
			seen[proofs[0].Status]++
			broken := breaks(t, b, side, i)
			if broken != (proofs[0].Status == plan.Refuted) || proofs[0].Status == plan.Unknown {
				t.Fatalf("never %s when %s is %s (%s); by brute force it breaks: %v\n%s", never, i.When.Text, proofs[0].Status, proofs[0].Reason, broken, spell(b))
			}
		}
	}
	if seen[plan.Holds] < 20 || seen[plan.Refuted] < 20 {
		t.Errorf("%v", seen)
	}
}

// breaks asks about every request, with the invariant's condition as a deny rule of a second engine: it denies exactly
// the requests that the invariant is about.
func breaks(t *testing.T, b *schema.Bundle, side plan.Side, i schema.Invariant) bool {
	t.Helper()
	about := &schema.Bundle{Language: 1, Targets: b.Targets, Rules: []schema.Rule{
		{Address: "allow.all", Targets: []string{"db", "two"}, Effect: schema.Allow, Verbs: schema.PostgresVerbs, Functions: []string{"*"}},
		{Address: "allow.tables", Targets: []string{"db", "two"}, Effect: schema.Allow, Verbs: schema.PostgresVerbs},
		{Address: "deny.about", Targets: []string{"db", "two"}, Effect: schema.Deny, Verbs: schema.PostgresVerbs, When: &i.When},
	}}
	e, err := engine.New(about)
	if err != nil {
		t.Fatal(err)
	}
	broken := false
	var got, asked schema.Decision
	universe(false, func(a *schema.Action) {
		if a.Accesses[0].Harmless || broken {
			return
		}
		side.Decide(a, &got)
		if got.Effect.String() != i.Never {
			return
		}
		if a.Accesses[0].Verb == schema.VerbConnect {
			return // what a condition says of the opening itself is not what a deny does there
		}
		e.Decide(a, &asked)
		broken = broken || asked.Effect == schema.Deny
	})
	return broken || connectBreaks(t, side, i)
}

// connectBreaks leaves the openings to the proof itself, restricted to them.
func connectBreaks(t *testing.T, side plan.Side, i schema.Invariant) bool {
	t.Helper()
	i.When.Text = "access.verb == 'connect' && (" + i.When.Text + ")"
	proofs, err := plan.Prove(side, []schema.Invariant{i}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return proofs[0].Status == plan.Refuted
}

func corp(edit func(*schema.Issuer)) *schema.Bundle {
	i := schema.Issuer{
		Name: "corp", OIDC: schema.OIDC{URL: "https://a.example.com", Audiences: []string{"x"}, Algorithms: []string{"ES256"}, MaxLifetime: time.Hour},
		Subject: schema.Condition{Text: "claims.sub"}, Groups: schema.Condition{Text: "claims.groups"}, Kind: schema.Condition{Text: `"machine"`},
		Require: []schema.Requirement{{When: schema.Condition{Text: `claims.type in ["a", "b"]`}, Message: "no"}},
	}
	if edit != nil {
		edit(&i)
	}
	return &schema.Bundle{
		Language: 1, Issuers: []schema.Issuer{i}, Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}},
		Rules: []schema.Rule{{Address: "allow.a", Effect: schema.Allow, Groups: []string{"g"}, Targets: []string{"db"}}},
	}
}

func TestPlanOfIssuers(t *testing.T) {
	requires := func(text string) func(*schema.Issuer) {
		return func(i *schema.Issuer) { i.Require[0].When.Text = text }
	}
	for _, c := range []struct {
		name      string
		edit      func(*schema.Issuer)
		verdict   plan.Verdict
		certainty plan.Certainty
	}{
		{"more audiences", func(i *schema.Issuer) { i.OIDC.Audiences = []string{"x", "y"} }, plan.Loosens, plan.Proved},
		{"another algorithm", func(i *schema.Issuer) { i.OIDC.Algorithms = []string{"RS256"} }, plan.Both, plan.Proved},
		{"shorter life", func(i *schema.Issuer) { i.OIDC.MaxLifetime = time.Minute }, plan.Tightens, plan.Proved},
		{"no bound on life", func(i *schema.Issuer) { i.OIDC.MaxLifetime = 0 }, plan.Loosens, plan.Proved},
		{"another URL", func(i *schema.Issuer) { i.OIDC.URL = "https://b.example.com" }, plan.Both, plan.Proved},
		{"sessions outlive tokens", func(i *schema.Issuer) { i.OutliveToken = true }, plan.Loosens, plan.Proved},
		{"one more value", requires(`claims.type in ["a", "b", "c"]`), plan.Loosens, plan.Proved},
		{"one value less", requires(`claims.type == "a"`), plan.Tightens, plan.Proved},
		{"the same in other words", requires(`claims.type == "b" || claims.type == "a"`), plan.Refactor, plan.Proved},
		{"no requirement", func(i *schema.Issuer) { i.Require = nil }, plan.Loosens, plan.Proved},
		{"one requirement more", func(i *schema.Issuer) {
			i.Require = append(i.Require, schema.Requirement{When: schema.Condition{Text: "claims.mfa == true"}})
		}, plan.Tightens, plan.Proved},
		{"another kind", func(i *schema.Issuer) { i.Kind.Text = `claims.type == "a" ? "human" : "machine"` }, plan.Both, plan.Proved},
		{"another kind for nobody", func(i *schema.Issuer) { i.Kind.Text = `claims.type == "z" ? "human" : "machine"` }, plan.Refactor, plan.Proved},
		{"another subject", func(i *schema.Issuer) { i.Subject.Text = "claims.email" }, plan.Both, plan.Possible},
		{"a message", func(i *schema.Issuer) { i.Require[0].Message = "never" }, plan.Refactor, plan.Proved},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			report, err := plan.Compare(planSide(t, corp(nil)), planSide(t, corp(c.edit)), plan.Options{Random: r.IntN, Identify: identify})
			if err != nil {
				t.Fatal(err)
			}
			if got := report.Changes[0]; report.Verdict != c.verdict || report.Certainty != c.certainty || got.Address != "issuer.corp" {
				t.Errorf("%s %s\n%s %v", report.Verdict, report.Certainty, told(report), got.Notes)
			}
		})
	}
}

// A person can be no caller of an issuer that makes machines only, so that a rule about people decides nothing there.
func TestPlanKnowsTheKindsOfIssuers(t *testing.T) {
	old, new := corp(nil), corp(nil)
	new.Rules = append(new.Rules, schema.Rule{
		Address: "allow.people", Effect: schema.Allow, Targets: []string{"db"}, When: &schema.Condition{Text: `principal.kind == "human"`},
	})
	r := rand.New(rand.NewPCG(1, 1))
	report, err := plan.Compare(planSide(t, old), planSide(t, new), plan.Options{Random: r.IntN})
	if err != nil || report.Verdict != plan.Refactor {
		t.Errorf("%v\n%s", err, told(report))
	}
}

// TestPlanWithoutBudget: what cannot be decided is sampled and said, and is never called a refactor.
func TestPlanWithoutBudget(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	undecided := 0
	for pair := range 120 {
		old := drawPolicy(r)
		new := drawEdit(r, old)
		from, to := planSide(t, old), planSide(t, new)
		full, err := plan.Compare(from, to, plan.Options{Random: r.IntN})
		if err != nil {
			t.Fatal(err)
		}
		little, err := plan.Compare(from, to, plan.Options{Random: r.IntN, Budget: 30 + 10*(pair%2), Samples: 500})
		if err != nil {
			t.Fatal(err)
		}
		if little.Undecided {
			undecided++
			if little.Samples != 500 || little.Certainty == plan.Proved {
				t.Errorf("%+v", little)
			}
		}
		if !little.Undecided && little.Verdict != full.Verdict || little.Loosens && !full.Loosens || little.Tightens && !full.Tightens {
			t.Fatalf("with little: %s %s undecided %v\n%s\nin full: %s\n%s", little.Verdict, little.Certainty, little.Undecided, told(little), full.Verdict, told(full))
		}
		checkWitnesses(t, little, from, to)
	}
	if undecided < 30 {
		t.Errorf("only %d pairs were too much", undecided)
	}
}

// TestPlanAtConnect: a mask whose conditions hang on statements stands when a session opens, whatever they say, and
// withholds the text of errors for all of it.
func TestPlanAtConnect(t *testing.T) {
	masked := func(when string) *schema.Bundle {
		b := &schema.Bundle{
			Language: 1, Name: "p", Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}},
			Classes: []schema.Class{{Name: "c", Targets: []string{"db"}, Columns: []string{"public.a.x"}}},
			Rules: []schema.Rule{{
				Address: "allow.r", Effect: schema.Allow, Protocol: schema.ProtocolPostgres, Targets: []string{"db"}, Verbs: []string{"select"},
				Tables: []string{"public.b"},
			}},
		}
		if when != "" {
			b.Masks = []schema.Mask{{Address: "mask.m", Classes: []string{"c"}, With: schema.TransformRedact, When: &schema.Condition{Text: when}}}
		}
		return b
	}
	const never, human, bound = "sql.limit < 10 && sql.limit > 20", "principal.kind == 'human'", "sql.where_bound"
	tests := []struct {
		name, old, new, verb string
		verdict              plan.Verdict
	}{
		{"a mask that no statement meets", "", never, schema.VerbConnect, plan.Tightens},
		{"such a mask is removed", never, "", schema.VerbConnect, plan.Loosens},
		{"such a mask is for people alone", never, human + " && " + never, schema.VerbConnect, plan.Loosens},
		{"another that no statement meets", never, "sql.limit < 5 && sql.limit > 9", "", plan.Refactor},
		{"a mask that some statements meet", "", bound, schema.VerbSelect, plan.Tightens},
		{"statements no longer matter", bound + " || " + human, human, schema.VerbSelect, plan.Loosens},
		{"a mask that statements have no part in", "", human, schema.VerbSelect, plan.Tightens},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			from, to := planSide(t, masked(tt.old)), planSide(t, masked(tt.new))
			report, err := plan.Compare(from, to, plan.Options{Random: rand.New(rand.NewPCG(1, 1)).IntN})
			if err != nil || report.Verdict != tt.verdict || report.Certainty != plan.Proved {
				t.Fatalf("%s %s, %v\n%s", report.Verdict, report.Certainty, err, told(report))
			}
			if len(report.Changes[0].Witnesses) > 0 && report.Changes[0].Witnesses[0].Verb != tt.verb {
				t.Errorf("shown by %s", told(report))
			}
			checkWitnesses(t, report, from, to)
		})
	}
}

func TestPlanIsTheSameEachTime(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 20 {
		old := drawPolicy(r)
		new := drawEdit(r, old)
		var texts [2]string
		for i := range texts {
			seeded := rand.New(rand.NewPCG(4, 4))
			report, err := plan.Compare(planSide(t, old), planSide(t, new), plan.Options{Random: seeded.IntN, Budget: 200, Samples: 50})
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(report)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
		}
		if texts[0] != texts[1] {
			t.Fatalf("%s\n%s", texts[0], texts[1])
		}
	}
}

func TestMarkdownIsPlain(t *testing.T) {
	for text, want := range map[string]string{
		"a|b":                         `a\|b`,
		"<img src=x>":                 "&lt;img src=x&gt;",
		"[x](http://a.example.com)":   `\[x\]\(http&#58;//a.example.com\)`,
		"@team #1 `code` *b* _i_":     "&#64;team &#35;1 \\`code\\` \\*b\\* \\_i\\_",
		"two\nlines":                  "two lines",
		"see WWW.a.example.com":       "see WWW&#46;a.example.com",
		"group dba\u200b\U000e0041":   `group dba\\u200b\\U000e0041`,
		"deny.unbounded-write: it is": "deny.unbounded-write: it is",
	} {
		if got := markdown(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	if got := markdown("\x1b[31mred"); strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
}

func TestHCLText(t *testing.T) {
	for text, want := range map[string]string{
		`a"b\c`: `"a\"b\\c"`, "${x} %{y} $ %": `"$${x} %%{y} $ %"`, "a\nb": `"a\nb"`,
		"a\u202e\u200b\U000e0041": `"a\u202e\u200b\U000e0041"`,
	} {
		if got := hclText(text); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}
