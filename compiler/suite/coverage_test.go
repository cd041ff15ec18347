package suite_test

import (
	"testing"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

func TestCover(t *testing.T) {
	outline := []suite.Covered{
		{Rule: "allow.a", Conditions: []suite.CoveredCondition{
			{Attribute: suite.AttributeWhen, Terms: []suite.CoveredTerm{{Text: "x"}, {Text: "y"}}},
			{Attribute: suite.AttributeUnless, Terms: []suite.CoveredTerm{{Text: "z"}}},
		}},
		{Rule: "deny.b"},
		{Rule: "deny.never"},
		{Rule: "issuer.corp.principal.kind", Mapping: true, Conditions: []suite.CoveredCondition{
			{Attribute: suite.AttributeKind, Terms: []suite.CoveredTerm{{Text: "p"}}},
		}},
		{Rule: "issuer.other.principal.kind", Mapping: true},
	}
	observed := map[string]suite.Observed{
		"one": {Effect: schema.Allow, Decided: []string{"allow.a"}, Probes: []schema.Probe{
			{Rule: "allow.a", Matched: true, When: []schema.Side{schema.SideTrue, schema.SideUnasked}, Unless: []schema.Side{schema.SideFalse}},
		}},
		"two": {Effect: schema.Allow, Probes: []schema.Probe{
			{Rule: "issuer.corp.principal.kind", Matched: true, When: []schema.Side{schema.SideTrue}},
			{Rule: "allow.a", When: []schema.Side{schema.SideFalse, schema.SideError}}, {Rule: "deny.b", Matched: true}, {Rule: "deny.unlisted"},
		}},
	}
	s := &schema.Suite{Principals: []schema.TestPrincipal{{Name: "me"}}, Tests: []schema.Test{
		{Name: "t", As: "me", SQL: []string{"one", "two"}, Expect: schema.Expect{Decision: "allow"}},
	}}
	decide := func(_ *schema.Test, _ *schema.TestPrincipal, sql string) (suite.Observed, error) {
		return observed[sql], nil
	}
	report, got := suite.Cover(t.Context(), s, suite.Config{Decide: decide, Workers: 2}, outline)
	want := &suite.Coverage{Points: 16, Seen: 8, Percent: 50, Rules: []suite.Covered{
		{Rule: "allow.a", Matched: true, Decided: true, Conditions: []suite.CoveredCondition{
			{Attribute: suite.AttributeWhen, Terms: []suite.CoveredTerm{{Text: "x", True: true, False: true}, {Text: "y", Error: true}}},
			{Attribute: suite.AttributeUnless, Terms: []suite.CoveredTerm{{Text: "z", False: true}}},
		}},
		{Rule: "deny.b", Matched: true, Conditions: []suite.CoveredCondition{}},
		{Rule: "deny.never", Conditions: []suite.CoveredCondition{}},
		{Rule: "issuer.corp.principal.kind", Mapping: true, Matched: true, Conditions: []suite.CoveredCondition{
			{Attribute: suite.AttributeKind, Terms: []suite.CoveredTerm{{Text: "p", True: true}}},
		}},
		{Rule: "issuer.other.principal.kind", Mapping: true, Conditions: []suite.CoveredCondition{}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || !report.OK() {
		t.Errorf("coverage (-want +got):\n%s", diff)
	}
	if outline[0].Matched || outline[0].Conditions[0].Terms[0].True {
		t.Error("the outline was written into")
	}
	if got.Rules[0].Full() || !(&suite.Covered{Matched: true, Decided: true}).Full() {
		t.Error("Full is wrong")
	}
}

// TestNothingToCover: a policy without rules is covered in full.
func TestNothingToCover(t *testing.T) {
	s := &schema.Suite{}
	if _, c := suite.Cover(t.Context(), s, suite.Config{}, nil); c.Percent != 100 || c.Points != 0 {
		t.Errorf("%+v", c)
	}
}
