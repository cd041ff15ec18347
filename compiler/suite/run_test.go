package suite_test

import (
	"errors"
	"testing"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

func TestRun(t *testing.T) {
	observed := suite.Observed{
		Effect: schema.Deny, Rules: []string{"deny.b", "deny.a"}, Message: "deny.a: no", Masked: []string{"q", "p"},
		Rows: [][]*string{{text("1"), nil}},
		Trace: []schema.Trace{
			{Rule: "deny.b", Matched: true},
			{Rule: "allow.x", Scope: "groups"},
			{Rule: "allow.c", Scope: "condition", Terms: []schema.Term{{Text: "sql.limit < 5", Value: "false"}}},
		},
	}
	tests := []struct {
		name   string
		expect schema.Expect
		want   []suite.Failure
	}{
		{"nothing expected", schema.Expect{}, nil},
		{"all met, in any order", schema.Expect{
			Decision: "deny", By: []string{"deny.a", "deny.b"}, Message: "deny.a: no", Masked: []string{"p", "q"},
			Rows: [][]*string{{text("1"), nil}},
		}, nil},
		{"decision", schema.Expect{Decision: "allow"}, []suite.Failure{{What: "decision", Want: "allow", Got: "deny"}}},
		{"by is exact", schema.Expect{By: []string{"deny.a"}}, []suite.Failure{{What: "by", Want: "[deny.a]", Got: "[deny.a, deny.b]"}}},
		{"an empty set is compared", schema.Expect{Masked: []string{}}, []suite.Failure{{What: "masked", Want: "[]", Got: "[p, q]"}}},
		{"unknown rule", schema.Expect{By: []string{"deny.z"}}, []suite.Failure{{What: "expect.by names deny.z, which the policy does not have"}}},
		{"NULL is not the text", schema.Expect{Rows: [][]*string{{text("1"), text("NULL")}}},
			[]suite.Failure{{What: "row 1", Want: `["1", "NULL"]`, Got: `["1", NULL]`}}},
		{"fewer rows", schema.Expect{Rows: [][]*string{}}, []suite.Failure{{What: "number of rows", Want: "0", Got: "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &schema.Suite{
				Principals: []schema.TestPrincipal{{Name: "me"}},
				Tests:      []schema.Test{{Name: "t", As: "me", SQL: []string{"SELECT 1"}, Expect: tt.expect}},
			}
			decide := func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) { return observed, nil }
			r := suite.Run(s, []string{"deny.a", "deny.b"}, decide)
			if diff := cmp.Diff(tt.want, r.Results[0].Failures); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
			if r.OK() != (tt.want == nil) {
				t.Errorf("OK is %v", r.OK())
			}
		})
	}
}

func TestNothingToRunIsNotOK(t *testing.T) {
	decide := func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) {
		return suite.Observed{}, nil
	}
	for name, s := range map[string]*schema.Suite{
		"no tests":      {},
		"no statements": {Principals: []schema.TestPrincipal{{Name: "me"}}, Tests: []schema.Test{{As: "me"}}},
		"no principal":  {Tests: []schema.Test{{As: "me", SQL: []string{"SELECT 1"}}}},
	} {
		if suite.Run(s, nil, decide).OK() {
			t.Errorf("%s: OK", name)
		}
	}
}

func TestErrorFails(t *testing.T) {
	s := &schema.Suite{
		Principals: []schema.TestPrincipal{{Name: "me"}},
		Tests:      []schema.Test{{Name: "t", As: "me", SQL: []string{"SELECT 1", "SELECT 2"}}},
	}
	r := suite.Run(s, nil, func(_ *schema.Test, _ *schema.TestPrincipal, sql string) (suite.Observed, error) {
		if sql == "SELECT 2" {
			return suite.Observed{}, errors.New("no catalog")
		}
		return suite.Observed{Effect: schema.Allow}, nil
	})
	if r.Passed != 1 || r.Failed != 1 || r.Results[1].Failures[0].What != "no catalog" {
		t.Errorf("%+v", r)
	}
}
