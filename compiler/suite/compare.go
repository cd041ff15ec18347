package suite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// comparison holds one statement's outcome against what is expected.
type comparison struct {
	sql   string
	got   *Observed
	found []Failure
}

func (c *comparison) compare(want *schema.Expect) {
	if got := c.got.Effect.String(); got != want.Decision {
		c.differ("decision", want.Decision, got)
	}
	if want.By != nil && !sameSet(want.By, c.got.Rules) {
		c.differ("by", set(want.By), set(c.got.Rules))
	}
	if want.Masked != nil && !sameSet(want.Masked, c.got.Masked) {
		c.differ("masked", set(want.Masked), set(c.got.Masked))
	}
	if want.Message != "" && want.Message != c.got.Message {
		c.differ("message", want.Message, c.got.Message)
	}
	if want.Rows != nil && !slices.EqualFunc(want.Rows, c.got.Rows, sameRow) {
		c.differ("rows", rows(want.Rows), rows(c.got.Rows))
	}
	if len(c.found) > 0 {
		c.found[len(c.found)-1].Rules = c.relevant(want)
	}
}

func (c *comparison) differ(what, want, got string) {
	c.found = append(c.found, Failure{SQL: c.sql, What: what, Want: want, Got: got})
}

// relevant gives the traces that explain a failure: of rules that matched or that were expected to. Where none of them
// did, those that failed at their condition.
func (c *comparison) relevant(want *schema.Expect) []schema.Trace {
	var matched, near []schema.Trace
	for _, t := range c.got.Trace {
		switch {
		case t.Matched, slices.Contains(c.got.Rules, t.Rule), slices.Contains(want.By, t.Rule):
			matched = append(matched, t)
		case len(t.Terms) > 0:
			near = append(near, t)
		}
	}
	if len(matched) > 0 {
		return matched
	}
	return near
}

func sameSet(a, b []string) bool { return slices.Equal(sorted(a), sorted(b)) }

func sorted(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

func sameRow(a, b []*string) bool {
	return slices.EqualFunc(a, b, func(x, y *string) bool {
		return x == nil && y == nil || x != nil && y != nil && *x == *y
	})
}

func set(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(sorted(list), ", ")
}

func rows(list [][]*string) string {
	lines := make([]string, len(list))
	for i, row := range list {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = "null"
			if cell != nil {
				cells[j] = fmt.Sprintf("%q", *cell)
			}
		}
		lines[i] = "[" + strings.Join(cells, ", ") + "]"
	}
	return "[" + strings.Join(lines, ", ") + "]"
}
