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

// TestUnmaskedAgreesWithBruteForce: with the structure known, an invariant is refuted where some relation shows a column
// of a class, undecided where only what may be any column would, and proved else. Without it, what other relations may
// show is undecided as well.
func TestUnmaskedAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	seen := map[string]map[plan.Status]int{"known": {}, "unknown": {}}
	for range 240 {
		b := drawPolicy(r)
		if len(b.Masks) == 0 {
			b.Masks = append(b.Masks, drawMask(r, 0))
		}
		if r.IntN(2) == 0 {
			b.Masks = append(b.Masks, schema.Mask{Address: "mask.all", Classes: []string{"c", "d"}, With: schema.TransformNull, Groups: draw(r, planGroups, 1)})
		}
		known := planSide(t, b)
		unknown := known
		unknown.Structure = nil
		i := schema.Invariant{Name: "i", Never: schema.NeverUnmasked, When: schema.Condition{Text: "true"}}
		if c := drawCondition(r, planRules); c != nil {
			i.When = *c
		}
		found := showsColumns(t, b, known, i)
		for name, side := range map[string]plan.Side{"known": known, "unknown": unknown} {
			want := plan.Holds
			switch {
			case found.own || name == "known" && found.carried:
				want = plan.Refuted
			case found.anything || name == "unknown" && found.elsewhere:
				want = plan.Unknown
			}
			seen[name][want]++
			proofs, err := plan.Prove(side, []schema.Invariant{i}, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := proofs[0]; got.Status != want {
				t.Fatalf("%s, when %s: %s (%s), want %s\n%s", name, i.When.Text, got.Status, got.Reason, want, spell(b))
			}
		}
	}
	for name, n := range map[string]int{"known": 2, "unknown": 5} {
		if seen[name][plan.Holds] < 10 || seen[name][plan.Refuted] < 10 || seen[name][plan.Unknown] < n {
			t.Errorf("%s: %v", name, seen[name])
		}
	}
}

// unmaskedBy says by which requests a column of a class is shown as it is: reading its own table, any relation that shows
// it, one that might as far as nothing is known, or something that may give any column.
type unmaskedBy struct{ own, carried, elsewhere, anything bool }

func showsColumns(t *testing.T, b *schema.Bundle, side plan.Side, i schema.Invariant) (found unmaskedBy) {
	t.Helper()
	about := &schema.Bundle{Language: 1, Targets: b.Targets, Rules: []schema.Rule{
		{Address: "allow.all", Targets: []string{"db", "two"}, Effect: schema.Allow, Verbs: schema.PostgresVerbs, Tables: []string{"*"}},
		{Address: "allow.calls", Targets: []string{"db", "two"}, Effect: schema.Allow, Verbs: schema.PostgresVerbs, Functions: []string{"*"}},
		{Address: "deny.about", Targets: []string{"db", "two"}, Effect: schema.Deny, Verbs: schema.PostgresVerbs, When: &i.When},
	}}
	e, err := engine.New(about)
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, k := range b.Classes {
		columns = append(columns, k.Columns...)
	}
	var got, asked schema.Decision
	shown := func(a *schema.Action, sources ...string) bool {
		if a.Outputs = nil; len(sources) > 0 {
			a.Outputs = []schema.Output{{Name: "o", Origin: schema.OriginBare, Columns: sources}}
		}
		if side.Decide(a, &got); got.Effect == schema.Deny || len(got.Masks) > 0 {
			return false
		}
		e.Decide(a, &asked)
		return asked.Effect == schema.Deny
	}
	universe(false, func(a *schema.Action) {
		access := a.Accesses[0]
		if a.Target != "db" || access.Harmless || len(columns) == 0 {
			return
		}
		switch access.Verb {
		case schema.VerbOpaque:
			found.anything = found.anything || shown(a)
		case schema.VerbCall:
			found.anything = found.anything || shown(a, schema.Everything)
		case schema.VerbSelect:
			found.anything = found.anything || shown(a, schema.Everything)
			for _, sources := range planShows[access.Object] {
				if slices.ContainsFunc(sources, func(s string) bool { return slices.Contains(columns, s) }) {
					found.carried = found.carried || shown(a, sources...)
				}
			}
			for _, column := range columns {
				mine := strings.HasPrefix(column, access.Object+".")
				found.own = found.own || mine && shown(a, column)
				found.elsewhere = found.elsewhere || !mine && shown(a, column)
			}
		}
	})
	return found
}
