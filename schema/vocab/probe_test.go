package vocab_test

import (
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
	"github.com/google/go-cmp/cmp"
)

func conditionIn(t *testing.T, kind vocab.Kind, text string) *vocab.Condition {
	t.Helper()
	c, diags := vocabulary(t, kind).Check(text, vocab.Bool, at(text), "p.hcl")
	if c == nil {
		t.Fatal(diags)
	}
	return c
}

func TestSides(t *testing.T) {
	const (
		un, tr, fa, er = schema.SideUnasked, schema.SideTrue, schema.SideFalse, schema.SideError
	)
	tests := []struct {
		name, text string
		want       []schema.Side
		whole      schema.Side
	}{
		{"one term", "sql.where_bound", []schema.Side{tr}, tr},
		{"and stops at false", "sql.has_limit && sql.where_bound", []schema.Side{fa, un}, fa},
		{"or stops at true", "sql.where_bound || sql.has_limit", []schema.Side{tr, un}, tr},
		{"not", "!(sql.where_bound || sql.has_limit)", []schema.Side{tr, un}, fa},
		{"an error decides nothing alone", "target.labels['x'] == 'y' && sql.has_limit", []schema.Side{er, fa}, fa},
		{"an error stays", "target.labels['x'] == 'y' || sql.has_limit", []schema.Side{er, fa}, er},
		{"a choice asks one of two", "sql.where_bound ? sql.has_limit : sql.has_where", []schema.Side{tr, fa, un}, fa},
		{"a constant is no term", "sql.where_bound ? true : sql.has_limit", []schema.Side{tr, un}, tr},
		{"a macro is one term", "principal.groups.exists(g, g == 'a' || g == 'b') && sql.limit < 5", []schema.Side{tr, tr}, tr},
		{"what hangs on the unknown", "request.application == 'x' && sql.where_bound", []schema.Side{un, tr}, un},
		{"the unknown beside what decides", "request.application == 'x' && sql.has_limit", []schema.Side{un, fa}, fa},
	}
	b := vocab.NewBinding()
	b.Bind(&schema.Action{Principal: &schema.Principal{Groups: []string{"b"}}, SQL: &schema.SQL{WhereBound: true}}, &schema.Target{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := conditionIn(t, vocab.Postgres, tt.text)
			l, err := c.Probe()
			if err != nil {
				t.Fatal(err)
			}
			sides, whole := l.Sides(b, vocab.NewUnknown("request.application"))
			if diff := cmp.Diff(tt.want, sides); diff != "" || whole != tt.whole {
				t.Errorf("whole %d, want %d; sides (-want +got):\n%s", whole, tt.whole, diff)
			}
			if len(l.Terms()) != len(sides) {
				t.Errorf("terms are %q", l.Terms())
			}
			p, err := c.Program()
			if err != nil {
				t.Fatal(err)
			}
			if got, known, err := p.Partial(b, vocab.NewUnknown("request.application")); side(got, known, err) != whole {
				t.Errorf("the program gives %v %v %v", got, known, err)
			}
		})
	}
}

func side(value, known bool, err error) schema.Side {
	switch {
	case err != nil:
		return schema.SideError
	case !known:
		return schema.SideUnasked
	case value:
		return schema.SideTrue
	}
	return schema.SideFalse
}

func TestSidesOfClaims(t *testing.T) {
	l, err := conditionIn(t, vocab.Claims, "has(claims.a) && claims.a == 'x'").Probe()
	if err != nil {
		t.Fatal(err)
	}
	sides, whole := l.SidesOfClaims(map[string]any{"a": "y"})
	if diff := cmp.Diff([]schema.Side{schema.SideTrue, schema.SideFalse}, sides); diff != "" || whole != schema.SideFalse {
		t.Errorf("whole %d, sides (-want +got):\n%s", whole, diff)
	}
}

func TestChanges(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"conjuncts one by one", "sql.has_where && sql.where_bound && sql.has_limit", []string{
			"drop-conjunct: sql.where_bound && sql.has_limit",
			"negate: !sql.has_where && sql.where_bound && sql.has_limit",
			"drop-conjunct: sql.has_where && sql.has_limit",
			"negate: sql.has_where && !sql.where_bound && sql.has_limit",
			"drop-conjunct: sql.has_where && sql.where_bound",
			"negate: sql.has_where && sql.where_bound && !sql.has_limit",
		}},
		{"a bound is told apart", "sql.limit < 5", []string{"flip-comparison: sql.limit <= 5", "flip-comparison: sql.limit >= 5"}},
		{"not and a comparison", "!(principal.kind == 'human')", []string{
			`negate: principal.kind == "human"`, `flip-comparison: !(principal.kind != "human")`,
		}},
		{"in", "'a' in principal.groups", []string{`negate: !("a" in principal.groups)`}},
		{"within a macro", "sql.has_where || principal.groups.exists(g, g == 'a' && sql.has_limit)", []string{
			`drop-disjunct: principal.groups.exists(g, g == "a" && sql.has_limit)`,
			`negate: !sql.has_where || principal.groups.exists(g, g == "a" && sql.has_limit)`,
			"drop-disjunct: sql.has_where",
			`negate: sql.has_where || !principal.groups.exists(g, g == "a" && sql.has_limit)`,
			"drop-conjunct: sql.has_where || principal.groups.exists(g, sql.has_limit)",
			`flip-comparison: sql.has_where || principal.groups.exists(g, g != "a" && sql.has_limit)`,
			`drop-conjunct: sql.has_where || principal.groups.exists(g, g == "a")`,
			`negate: sql.has_where || principal.groups.exists(g, g == "a" && !sql.has_limit)`,
		}},
		{"a macro within a macro", "principal.groups.all(g, ['a', 'b'].exists(c, c == g))", []string{
			`negate: !principal.groups.all(g, ["a", "b"].exists(c, c == g))`,
			`negate: principal.groups.all(g, !["a", "b"].exists(c, c == g))`,
			`flip-comparison: principal.groups.all(g, ["a", "b"].exists(c, c != g))`,
		}},
		{"a choice", "sql.has_where ? sql.limit == 1 : true", []string{
			"negate: !sql.has_where ? (sql.limit == 1) : true", "flip-comparison: sql.has_where ? (sql.limit != 1) : true",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, change := range conditionIn(t, vocab.Postgres, tt.text).Changes() {
				got = append(got, change.Kind+": "+change.Text())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzProbe: a condition taken apart comes to what the whole comes to, and each change to it is a condition that says
// something else.
func FuzzProbe(f *testing.F) {
	for _, text := range []string{
		"sql.has_limit && !(sql.where_bound || target.labels['x'] == 'y')", "sql.limit < 5 ? sql.has_where : true",
		"principal.groups.exists(g, g == 'a' && !has(target.labels.b)) || request.application == ''", "access.columns.all(c, c in ['a'])",
		"!!!sql.has_where != false", "[1, 2].exists_one(e, e > 1) || 'a'.matches('b')", "principal.groups.filter(g, g != 'b') == ['a']",
	} {
		f.Add(text)
	}
	v := vocabulary(f, vocab.Postgres)
	unknown := vocab.NewUnknown("request.application")
	f.Fuzz(func(t *testing.T, text string) {
		c, _ := v.Check(text, vocab.Bool, at(text), "p.hcl")
		if c == nil {
			return
		}
		l, err := c.Probe()
		if err != nil {
			t.Fatalf("%s: %v", c.Text(), err)
		}
		p, err := c.Program()
		if err != nil {
			t.Skip() // what does not become a program is refused when a policy is loaded
		}
		b := vocab.NewBinding()
		b.Bind(&schema.Action{Principal: &schema.Principal{Groups: []string{"a", "b"}}, SQL: &schema.SQL{WhereBound: true, Limit: 3}}, &schema.Target{})
		b.SetAccess(&schema.Access{Verb: "select", Columns: []string{"a"}})
		_, whole := l.Sides(b, unknown)
		value, known, err := p.Partial(b, unknown)
		if want := side(value, known, err); whole != want {
			t.Errorf("%s comes to %d, taken apart to %d", c.Text(), want, whole)
		}
		for _, change := range c.Changes() {
			changed := change.Text()
			if changed == "" {
				continue
			}
			if again, _ := v.Check(changed, vocab.Bool, at(changed), "p.hcl"); again == nil || again.Text() != changed || changed == c.Text() {
				t.Errorf("%s: the change %q is none", c.Text(), changed)
			}
		}
	})
}

// An expression that is no condition has the terms that it chooses by.
func TestValueOfClaims(t *testing.T) {
	tests := []struct {
		name, text string
		want       vocab.Type
		terms      []string
		sides      []schema.Side
		changes    []string
	}{
		{"no choice", "claims.sub", vocab.String, nil, []schema.Side{}, nil},
		{"a choice", "claims.a && claims.n > 1 ? 'human' : 'machine'", vocab.String, []string{"claims.a", "claims.n > 1"},
			[]schema.Side{schema.SideTrue, schema.SideFalse}, []string{"drop-conjunct", "negate", "drop-conjunct", "flip-comparison", "flip-comparison", "drop-choice", "drop-choice"}},
		{"one in another", "claims.n > 1 ? 'agent' : (claims.a ? 'human' : 'machine')", vocab.String, []string{"claims.n > 1", "claims.a"},
			[]schema.Side{schema.SideFalse, schema.SideTrue}, []string{"flip-comparison", "flip-comparison", "drop-choice", "drop-choice", "negate", "drop-choice", "drop-choice"}},
		{"a list", "claims.list.filter(g, g != 'x')", vocab.StringList, nil, []schema.Side{}, []string{"flip-comparison"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, diags := vocabulary(t, vocab.Claims).Check(tt.text, tt.want, at(tt.text), "p.hcl")
			if c == nil {
				t.Fatal(diags)
			}
			p, err := c.Probe()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.terms, p.Terms()); diff != "" {
				t.Errorf("terms (-want +got):\n%s", diff)
			}
			sides, _ := p.SidesOfClaims(map[string]any{"a": true, "n": 1.0, "sub": "s"})
			if diff := cmp.Diff(tt.sides, sides); diff != "" {
				t.Errorf("sides (-want +got):\n%s", diff)
			}
			var changes []string
			for _, ch := range c.Changes() {
				if changes = append(changes, ch.Kind); ch.Text() == "" {
					t.Errorf("%s of %s comes to nothing", ch.Kind, ch.Term)
				}
			}
			if diff := cmp.Diff(tt.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}
