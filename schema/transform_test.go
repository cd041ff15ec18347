package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

// TestStrength holds the one order of treatments, from the weakest to the strongest; what stands on one line is of one
// strength.
func TestStrength(t *testing.T) {
	order := [][]schema.Treatment{
		{{}},
		{{With: schema.TransformBucket, Argument: "0.000001"}},
		{{With: schema.TransformBucket, Argument: "0.5"}, {With: schema.TransformBucket, Argument: "0.50"}},
		{{With: schema.TransformBucket, Argument: "1"}},
		{{With: schema.TransformBucket, Argument: "9.99999"}},
		{{With: schema.TransformBucket, Argument: "10"}, {With: schema.TransformBucket, Argument: "10.0"}},
		{{With: schema.TransformBucket, Argument: "86400"}},
		{{With: schema.TransformBucket, Argument: "99999900000"}},
		{{With: schema.TransformBucket, Argument: "100000000000"}},
		{{With: schema.TransformBucket, Argument: "999999000000"}},
		{{With: schema.TransformBucket, Argument: "day"}},
		{{With: schema.TransformBucket, Argument: "week"}},
		{{With: schema.TransformBucket, Argument: "month"}},
		{{With: schema.TransformBucket, Argument: "quarter"}},
		{{With: schema.TransformBucket, Argument: "year"}},
		{{With: schema.TransformEmail}},
		{{With: schema.TransformLast4}},
		{{With: schema.TransformFirst1}},
		{{With: schema.TransformTokenize, Argument: "a"}, {With: schema.TransformTokenize, Argument: "b"}},
		{{With: schema.TransformHash, Argument: "a"}, {With: schema.TransformHash, Argument: "b"}},
		{{With: schema.TransformFixed, Argument: ""}, {With: schema.TransformFixed, Argument: "x"}},
		{{With: schema.TransformRedact}},
		{{With: schema.TransformNull}},
	}
	for i, row := range order {
		for _, x := range row {
			if err := x.Check(); (err == nil) != (i > 0) {
				t.Errorf("%v: %v", x, err)
			}
			for j, other := range order {
				for _, y := range other {
					if x.Stronger(y) != (i > j) || (x.Strength() > y.Strength()) != (i > j) {
						t.Errorf("%v and %v: %v, %d and %d", x, y, x.Stronger(y), x.Strength(), y.Strength())
					}
				}
			}
		}
	}
}

func TestTreatmentCheck(t *testing.T) {
	bad := []schema.Treatment{
		{With: 99}, {With: schema.TransformRedact, Argument: "x"}, {With: schema.TransformHash},
		{With: schema.TransformHash, Argument: "Upper"}, {With: schema.TransformTokenize, Argument: strings.Repeat("k", 65)},
		{With: schema.TransformFixed, Argument: "two\nlines"}, {With: schema.TransformFixed, Argument: "\xff"},
		{With: schema.TransformFixed, Argument: strings.Repeat("x", 257)},
	}
	for _, width := range []string{"", "0", "0.0", "-1", "+1", "1e3", "01", ".5", "5.", "1.2345678", "1234567", "1000000000000000", "days", "1 day", "٣"} {
		bad = append(bad, schema.Treatment{With: schema.TransformBucket, Argument: width})
	}
	for _, x := range bad {
		if x.Check() == nil {
			t.Errorf("%v is taken", x)
		}
	}
}

func TestParseWidth(t *testing.T) {
	tests := map[string]schema.Width{
		"10": {Number: 10}, "0.50": {Number: 5, Decimals: 1}, "1000000": {Number: 1_000_000}, "0.000001": {Number: 1, Decimals: 6},
		"day": {Span: schema.SpanDay}, "year": {Span: schema.SpanYear},
	}
	for text, want := range tests {
		got, err := schema.ParseWidth(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
}

// TestEveryTransformHasAWord holds the words, the manual and the order together.
func TestEveryTransformHasAWord(t *testing.T) {
	var words []string
	for _, list := range schema.Words() {
		if list.Title == "Transforms" {
			for _, w := range list.Words {
				words = append(words, w.Word)
			}
		}
	}
	var want []string
	for with := schema.TransformNone + 1; with <= schema.TransformNull; with++ {
		want = append(want, with.String())
	}
	if !slices.Equal(words, want) || len(schema.Transforms) != len(want) {
		t.Errorf("the manual has %v, the order %v, the language %d words", words, want, len(schema.Transforms))
	}
}
