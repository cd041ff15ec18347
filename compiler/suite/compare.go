package suite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// comparison collects the expectations that are not met. broken is set where there is nothing that could be compared.
type comparison struct {
	failures []Failure
	broken   bool
}

func (c *comparison) differ(what, want, got string) {
	if want != got {
		c.failures = append(c.failures, Failure{What: what, Want: want, Got: got})
	}
}

// unmet is an expectation of something that did not come up at all.
func (c *comparison) unmet(what string) {
	c.failures = append(c.failures, Failure{What: what})
	c.broken = true
}

// compare gives the expectations that are not met, and whether the test is at fault rather than the policy.
func compare(want *schema.Expect, got *Observed) (failures []Failure, broken bool) {
	c := &comparison{}
	if c.identity(want, got) {
		c.decision(want, got)
	}
	return c.failures, c.broken
}

// identity compares what became of the token, and reports whether there is a decision to compare too.
func (c *comparison) identity(want *schema.Expect, got *Observed) bool {
	if want.Identity == schema.IdentityRefused {
		if !got.Refused {
			c.differ("identity", schema.IdentityRefused, schema.IdentityAccepted)
			return false
		}
		c.message(want, got.Message)
		return false
	}
	if got.Refused {
		c.unmet("the token is refused: " + got.Message)
		return false
	}
	if p := want.Principal; p != nil && got.Principal != nil {
		if p.Subject != "" {
			c.differ("principal.subject", p.Subject, got.Principal.Subject)
		}
		if p.Kind != "" {
			c.differ("principal.kind", p.Kind, got.Principal.Kind)
		}
		if p.Groups != nil {
			c.differ("principal.groups", set(p.Groups), set(got.Principal.Groups))
		}
	}
	return want.Decision != "" || want.Identity == "" && want.Principal == nil
}

func (c *comparison) decision(want *schema.Expect, got *Observed) {
	if want.Decision != "" {
		c.differ("decision", want.Decision, got.Effect.String())
	}
	c.by("by", want.By, got.Rules)
	c.message(want, got.Message)
	if want.Route != "" {
		c.differ("route", want.Route, got.Route)
	}
	for i := range want.Accesses {
		c.access(&want.Accesses[i], got.Accesses)
	}
	if want.Masked != nil {
		c.differ("masked", set(want.Masked), set(got.Masked))
	}
	if want.Rows != nil {
		c.failures = append(c.failures, compareRows(want.Rows, got.Rows)...)
	}
	if w := want.Would; w != nil {
		if w.Decision != "" {
			c.differ("would.decision", w.Decision, got.Would.Effect.String())
		}
		c.by("would.by", w.By, got.Would.Rules)
		if w.Masked != nil {
			c.differ("would.masked", set(w.Masked), set(got.Would.Masked))
		}
	}
}

// by compares sets of rules. Where rules are expected and none matches, the test does not test what it says.
func (c *comparison) by(what string, want, got []string) {
	if want == nil {
		return
	}
	if len(want) > 0 && len(got) == 0 {
		c.broken = true
		c.failures = append(c.failures, Failure{What: what, Want: set(want), Got: "no rule"})
		return
	}
	c.differ(what, set(want), set(got))
}

func (c *comparison) message(want *schema.Expect, got string) {
	if want.Message != "" {
		c.differ("message", want.Message, got)
	}
	for _, part := range want.MessageContains {
		if !strings.Contains(got, part) {
			c.failures = append(c.failures, Failure{What: "message", Want: fmt.Sprintf("a text with %q in it", part), Got: got})
		}
	}
}

// access compares one access. A verb and object may stand in a statement twice, with different columns; each must do.
func (c *comparison) access(want *schema.ExpectAccess, got []schema.AccessDecision) {
	name := strings.TrimSuffix(want.Verb+" "+want.Object, " ")
	found := false
	for i := range got {
		if a := &got[i]; a.Access.Verb == want.Verb && a.Access.Object == want.Object {
			found = true
			c.differ("access "+name, want.Decision, a.Effect.String())
			c.by("access "+name+": by", want.By, a.Rules)
		}
	}
	if found {
		return
	}
	var there []string
	for i := range got {
		there = append(there, strings.TrimSuffix(got[i].Access.Verb+" "+got[i].Access.Object, " "))
	}
	c.unmet(fmt.Sprintf("the statement has no access %s; it has %s", name, set(there)))
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
