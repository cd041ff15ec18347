package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	someClasses = []string{"c0", "c1", "c2"}
	someColumns = []string{"public.a.x", "public.a.y", "public.b.x", "public.b.z", schema.Everything}
	someLifts   = []string{"", "", "", "'g1' in principal.groups", "target.labels['none'] == ''"}
)

// someTreatments has each transform, and buckets of several widths.
var someTreatments = []schema.Treatment{
	{With: schema.TransformBucket, Argument: "10"}, {With: schema.TransformBucket, Argument: "0.5"},
	{With: schema.TransformBucket, Argument: "week"}, {With: schema.TransformBucket, Argument: "month"},
	{With: schema.TransformEmail}, {With: schema.TransformLast4}, {With: schema.TransformFirst1},
	{With: schema.TransformTokenize, Argument: "k"}, {With: schema.TransformHash, Argument: "k"},
	{With: schema.TransformFixed, Argument: "x"}, {With: schema.TransformRedact}, {With: schema.TransformNull},
}

func randomMasks(r *rand.Rand) *schema.Bundle {
	b := &schema.Bundle{Rules: []schema.Rule{rule(schema.Allow, "a", func(x *schema.Rule) { x.Verbs = []string{"*", "opaque"} })}}
	for _, name := range someClasses {
		c := schema.Class{Name: name, Columns: some(r, someColumns[:4], 3), Detect: some(r, schema.Detectors, 2)}
		if r.IntN(5) > 0 {
			c.Targets = []string{"db"}
		}
		b.Classes = append(b.Classes, c)
	}
	for i := range r.IntN(5) {
		m := schema.Mask{
			Address: fmt.Sprintf("mask.m%d", i), Mode: schema.Mode(r.IntN(5) / 4), Classes: some(r, someClasses, 2), Groups: some(r, someGroups, 1),
			Predicates: schema.Predicates(r.IntN(3)),
		}
		some := someTreatments[r.IntN(len(someTreatments))]
		m.With, m.Argument = some.With, some.Argument
		if text := someLifts[r.IntN(len(someLifts))]; text != "" {
			m.Unless = when(text)
		}
		b.Masks = append(b.Masks, m)
	}
	return b
}

func randomFlows(r *rand.Rand) *schema.Action {
	a := act(on("select", "public.a"))
	a.Principal.Groups = some(r, someGroups, 2)
	a.Form = schema.Form(max(0, r.IntN(8)-5))
	for range r.IntN(3) {
		o := schema.Output{Origin: schema.Origin(r.IntN(4)), Columns: some(r, someColumns, 2)}
		if o.Origin == schema.OriginUnsafe && r.IntN(3) > 0 {
			o.Origin = schema.OriginBare
		}
		a.Outputs = append(a.Outputs, o)
	}
	for range r.IntN(2) {
		a.Uses = append(a.Uses, schema.Use{
			Place: schema.Place(r.IntN(4)), Columns: some(r, someColumns, 2), Sink: []string{"", "public.a.x", "public.b.x"}[r.IntN(3)],
		})
	}
	return a
}

// maskReference reads the masks one by one.
type maskReference struct {
	b *schema.Bundle
	a *schema.Action
}

func (m maskReference) classesOf(column string) []string {
	var of []string
	for _, c := range m.b.Classes {
		if slices.Contains(c.Targets, "db") && (column == schema.Everything || slices.Contains(c.Columns, column)) {
			of = append(of, c.Name)
		}
	}
	return of
}

// stands reports whether an enforced mask stands over a class for the action's principal.
func (m maskReference) stands(mask schema.Mask, class string) bool {
	switch {
	case mask.Mode == schema.DryRun, !slices.Contains(mask.Classes, class):
		return false
	case len(mask.Groups) > 0 && !slices.ContainsFunc(m.a.Principal.Groups, func(g string) bool { return slices.Contains(mask.Groups, g) }):
		return false
	default:
		return refValue(mask.Unless, "no", m.a, schema.Access{}) != "yes"
	}
}

func (m maskReference) refuses(mask schema.Mask, u schema.Use, class string) bool {
	switch u.Place {
	case schema.PlacePredicate:
		return mask.Predicates != schema.PredicatesAllow
	case schema.PlaceEquality:
		return mask.Predicates == schema.PredicatesDeny
	case schema.PlaceWrite:
		return !slices.Contains(m.classesOf(u.Sink), class)
	default:
		return true
	}
}

// decide gives the masks that refuse, and the strength of what is done to each output.
func (m maskReference) decide() (refused []string, with map[int]int32) {
	with = map[int]int32{}
	for _, mask := range m.b.Masks {
		visit := func(columns []string, f func(class string)) {
			for _, column := range columns {
				for _, class := range m.classesOf(column) {
					if m.stands(mask, class) {
						f(class)
					}
				}
			}
		}
		for i, o := range m.a.Outputs {
			visit(o.Columns, func(string) {
				if o.Origin != schema.OriginBare && o.Origin != schema.OriginDerived || m.a.Form != schema.FormRows {
					refused = append(refused, mask.Address)
				}
				with[i] = max(with[i], mask.Treatment().Strength())
			})
		}
		for _, c := range m.b.Classes {
			if m.a.Form == schema.FormForeign && len(c.Detect) > 0 && slices.Contains(c.Targets, "db") && m.stands(mask, c.Name) {
				refused = append(refused, mask.Address)
			}
		}
		for _, u := range m.a.Uses {
			visit(u.Columns, func(class string) {
				if m.refuses(mask, u, class) {
					refused = append(refused, mask.Address)
				}
			})
		}
	}
	return slices.Compact(refused), with
}

func TestMasksAgreeWithReference(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		b := randomMasks(r)
		e := newEngine(t, b)
		for range 30 {
			a := randomFlows(r)
			refused, with := maskReference{b, a}.decide()
			d := decide(e, a)
			got := map[int]int32{}
			for _, m := range d.Masks {
				got[m.Output] = m.Treatment().Strength()
				if m.Derived != (a.Outputs[m.Output].Origin == schema.OriginDerived) {
					t.Fatalf("derived is wrong in %+v", m)
				}
			}
			if len(refused) > 0 {
				if diff := cmp.Diff(refused, d.Rules); diff != "" || d.Effect != schema.Deny || len(got) > 0 {
					t.Fatalf("%s, masks %v, by (-want +got):\n%s", d.Effect, got, diff)
				}
				continue
			}
			if diff := cmp.Diff(with, got, cmpopts.EquateEmpty()); diff != "" || d.Effect != schema.Allow {
				t.Fatalf("%s: %s, transforms (-want +got):\n%s", d.Effect, d.Message, diff)
			}
		}
	}
}
