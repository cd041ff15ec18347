package suite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// compare gives the expectations that are not met.
func compare(want *schema.Expect, got *Observed) []Failure {
	var out []Failure
	differ := func(what, want, got string) {
		if want != got {
			out = append(out, Failure{What: what, Want: want, Got: got})
		}
	}
	if want.Decision != "" {
		differ("decision", want.Decision, got.Effect.String())
	}
	if want.By != nil {
		differ("by", set(want.By), set(got.Rules))
	}
	if want.Message != "" {
		differ("message", want.Message, got.Message)
	}
	if want.Masked != nil {
		differ("masked", set(want.Masked), set(got.Masked))
	}
	if want.Rows != nil {
		out = append(out, compareRows(want.Rows, got.Rows)...)
	}
	return out
}

func compareRows(want, got [][]*string) []Failure {
	if len(want) != len(got) {
		return []Failure{{What: "number of rows", Want: fmt.Sprint(len(want)), Got: fmt.Sprint(len(got))}}
	}
	var out []Failure
	for i := range want {
		if w, g := row(want[i]), row(got[i]); w != g {
			out = append(out, Failure{What: fmt.Sprintf("row %d", i+1), Want: w, Got: g})
		}
	}
	return out
}

func set(names []string) string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return "[" + strings.Join(sorted, ", ") + "]"
}

func row(cells []*string) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = "NULL"
		if c != nil {
			out[i] = fmt.Sprintf("%q", *c)
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}
