package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// TestUnmaskedAgreesWithBruteForce: a column of a class is called masked only where no read of anything shows it, and
// shown only where reading its own table does.
func TestUnmaskedAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	seen := map[plan.Status]int{}
	for range 120 {
		b := drawPolicy(r)
		if len(b.Masks) == 0 {
			b.Masks = append(b.Masks, drawMask(r, 0))
		}
		if r.IntN(2) == 0 {
			b.Masks = append(b.Masks, schema.Mask{Address: "mask.all", Classes: []string{"c", "d"}, With: schema.TransformNull, Groups: draw(r, planGroups, 1)})
		}
		side := planSide(t, b)
		i := schema.Invariant{Name: "i", Never: schema.NeverUnmasked, When: schema.Condition{Text: "true"}}
		if c := drawCondition(r, planRules); c != nil {
			i.When = *c
		}
		proofs, err := plan.Prove(side, []schema.Invariant{i}, 0)
		if err != nil {
			t.Fatal(err)
		}
		own, through := showsColumns(t, b, side, i)
		want := plan.Holds
		switch {
		case own:
			want = plan.Refuted
		case through:
			want = plan.Unknown
		}
		seen[want]++
		if got := proofs[0]; got.Status != want {
			t.Fatalf("when %s: %s (%s), want %s\n%s", i.When.Text, got.Status, got.Reason, want, spell(b))
		}
	}
	if seen[plan.Holds] < 10 || seen[plan.Refuted] < 10 || seen[plan.Unknown] < 5 {
		t.Errorf("%v", seen)
	}
}

// showsColumns asks about every read of a column of a class: of its own table, and of any other relation.
func showsColumns(t *testing.T, b *schema.Bundle, side plan.Side, i schema.Invariant) (own, through bool) {
	t.Helper()
	about := &schema.Bundle{Language: 1, Targets: b.Targets, Rules: []schema.Rule{
		{Address: "allow.all", Targets: []string{"db", "two"}, Effect: schema.Allow, Verbs: schema.PostgresVerbs},
		{Address: "deny.about", Targets: []string{"db", "two"}, Effect: schema.Deny, Verbs: schema.PostgresVerbs, When: &i.When},
	}}
	e, err := engine.New(about)
	if err != nil {
		t.Fatal(err)
	}
	var got, asked schema.Decision
	universe(true, func(a *schema.Action) {
		access := a.Accesses[0]
		if access.Harmless || access.Verb != schema.VerbSelect || len(a.Outputs) == 0 || a.Outputs[0].Columns[0] == schema.Everything {
			return
		}
		column := a.Outputs[0].Columns[0]
		if !slices.ContainsFunc(b.Classes, func(k schema.Class) bool { return slices.Contains(k.Columns, column) }) {
			return
		}
		if side.Decide(a, &got); got.Effect == schema.Deny || len(got.Masks) > 0 {
			return
		}
		if e.Decide(a, &asked); asked.Effect == schema.Deny {
			mine := strings.HasPrefix(column, access.Object+".")
			own, through = own || mine, through || !mine
		}
	})
	return own, through
}
