package suite_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

func TestRun(t *testing.T) {
	observed := suite.Observed{
		Effect: schema.Deny, Rules: []string{"deny.b", "deny.a"}, Message: "deny.a: no", Masked: []string{"q", "p"},
		Rows:  [][]*string{{text("1"), nil}},
		Route: "dba", Principal: &schema.Principal{Subject: "s", Kind: "human", Groups: []string{"b", "a"}},
		Accesses: []schema.AccessDecision{
			{Access: schema.Access{Verb: "select", Object: "public.t"}, Effect: schema.Allow, Rules: []string{"allow.c"}},
			{Access: schema.Access{Verb: "delete", Object: "public.t"}, Effect: schema.Deny},
		},
		Would: suite.Would{Effect: schema.Approve, Rules: []string{"deny.a"}, Masked: []string{"q"}},
		Trace: func() []schema.Trace {
			return []schema.Trace{
				{Rule: "deny.b", Matched: true},
				{Rule: "allow.x", Scope: "groups"},
				{Rule: "allow.c", Scope: "condition", Terms: []schema.Term{{Text: "sql.limit < 5", Value: "false"}}},
			}
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
		{"unknown rule", schema.Expect{By: []string{"deny.z"}}, []suite.Failure{{What: "by names deny.z, which the policy does not have"}}},
		{"unknown rule of dry run", schema.Expect{Would: &schema.ExpectWould{By: []string{"deny.z"}}},
			[]suite.Failure{{What: "by names deny.z, which the policy does not have"}}},
		{"part of a message", schema.Expect{MessageContains: []string{"deny.a", ": no"}}, nil},
		{"not part of a message", schema.Expect{MessageContains: []string{"deny.b"}},
			[]suite.Failure{{What: "message", Want: `a text with "deny.b" in it`, Got: "deny.a: no"}}},
		{"route", schema.Expect{Route: "sre"}, []suite.Failure{{What: "route", Want: "sre", Got: "dba"}}},
		{"accesses", schema.Expect{Accesses: []schema.ExpectAccess{
			{Verb: "select", Object: "public.t", Decision: "allow", By: []string{"allow.c"}}, {Verb: "delete", Object: "public.t", Decision: "deny", By: []string{}},
		}}, nil},
		{"an access comes to something else", schema.Expect{Accesses: []schema.ExpectAccess{{Verb: "delete", Object: "public.t", Decision: "allow"}}},
			[]suite.Failure{{What: "access delete public.t", Want: "allow", Got: "deny"}}},
		{"an access without rules", schema.Expect{Accesses: []schema.ExpectAccess{{Verb: "delete", Object: "public.t", Decision: "deny", By: []string{"deny.a"}}}},
			[]suite.Failure{{What: "access delete public.t: by", Want: "[deny.a]", Got: "no rule"}}},
		{"no such access", schema.Expect{Accesses: []schema.ExpectAccess{{Verb: "drop", Object: "public.t", Decision: "deny"}}},
			[]suite.Failure{{What: "the statement has no access drop public.t; it has [delete public.t, select public.t]"}}},
		{"dry run", schema.Expect{Would: &schema.ExpectWould{Decision: "approve", By: []string{"deny.a"}, Masked: []string{"q"}}}, nil},
		{"dry run does something else", schema.Expect{Would: &schema.ExpectWould{Decision: "allow", By: []string{}, Masked: []string{}}},
			[]suite.Failure{{What: "would.decision", Want: "allow", Got: "approve"}, {What: "would.by", Want: "[]", Got: "[deny.a]"}, {What: "would.masked", Want: "[]", Got: "[q]"}}},
		{"principal", schema.Expect{Principal: &schema.ExpectPrincipal{Subject: "s", Kind: "human", Groups: []string{"a", "b"}}}, nil},
		{"another principal", schema.Expect{Principal: &schema.ExpectPrincipal{Kind: "machine", Groups: []string{"a"}}}, []suite.Failure{
			{What: "principal.kind", Want: "machine", Got: "human"}, {What: "principal.groups", Want: "[a]", Got: "[a, b]"},
		}},
		{"a token that is taken", schema.Expect{Identity: "refused"}, []suite.Failure{{What: "identity", Want: "refused", Got: "accepted"}}},
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
			r := suite.Run(t.Context(), s, suite.Config{Rules: []string{"deny.a", "deny.b", "allow.c"}, Decide: decide})
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
		if suite.Run(t.Context(), s, suite.Config{Decide: decide}).OK() {
			t.Errorf("%s: OK", name)
		}
	}
}

func TestErrorFails(t *testing.T) {
	s := &schema.Suite{
		Principals: []schema.TestPrincipal{{Name: "me"}},
		Tests:      []schema.Test{{Name: "t", As: "me", SQL: []string{"SELECT 1", "SELECT 2"}}},
	}
	r := suite.Run(t.Context(), s, suite.Config{Decide: func(_ *schema.Test, _ *schema.TestPrincipal, sql string) (suite.Observed, error) {
		if sql == "SELECT 2" {
			return suite.Observed{}, errors.New("no catalog")
		}
		return suite.Observed{Effect: schema.Allow}, nil
	}})
	if r.Passed != 1 || r.Failed != 1 || !r.Results[1].Errored || r.Results[1].Failures[0].What != "no catalog" {
		t.Errorf("%+v", r)
	}
}

func TestRefusedToken(t *testing.T) {
	refused := suite.Observed{Refused: true, Message: "people only"}
	for name, tt := range map[string]struct {
		expect  schema.Expect
		want    []suite.Failure
		errored bool
	}{
		"expected":                  {schema.Expect{Identity: "refused", Message: "people only"}, nil, false},
		"for another reason":        {schema.Expect{Identity: "refused", Message: "no"}, []suite.Failure{{What: "message", Want: "no", Got: "people only"}}, false},
		"a decision is expected":    {schema.Expect{Decision: "deny"}, []suite.Failure{{What: "the token is refused: people only"}}, true},
		"expected to be taken":      {schema.Expect{Identity: "accepted"}, []suite.Failure{{What: "the token is refused: people only"}}, true},
		"a principal is expected":   {schema.Expect{Principal: &schema.ExpectPrincipal{}}, []suite.Failure{{What: "the token is refused: people only"}}, true},
		"a rule is expected of one": {schema.Expect{Decision: "deny", By: []string{"deny.a"}}, []suite.Failure{{What: "the token is refused: people only"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &schema.Suite{Principals: []schema.TestPrincipal{{Name: "me"}}, Tests: []schema.Test{{Name: "t", As: "me", Expect: tt.expect}}}
			if tt.expect.Decision != "" {
				s.Tests[0].SQL = []string{"SELECT 1"}
			}
			r := suite.Run(t.Context(), s, suite.Config{Rules: []string{"deny.a"}, Decide: func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) {
				return refused, nil
			}})
			if diff := cmp.Diff(tt.want, r.Results[0].Failures); diff != "" || r.Results[0].Errored != tt.errored {
				t.Errorf("errored is %v; failures (-want +got):\n%s", r.Results[0].Errored, diff)
			}
		})
	}
}

// TestNoRuleWhereOneIsExpected: such a test does not test what it says.
func TestNoRuleWhereOneIsExpected(t *testing.T) {
	s := &schema.Suite{
		Principals: []schema.TestPrincipal{{Name: "me"}},
		Tests:      []schema.Test{{Name: "t", As: "me", SQL: []string{"SELECT 1"}, Expect: schema.Expect{Decision: "deny", By: []string{"deny.a"}}}},
	}
	r := suite.Run(t.Context(), s, suite.Config{Rules: []string{"deny.a"}, Decide: func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) {
		return suite.Observed{Effect: schema.Deny}, nil
	}})
	if r.OK() || !r.Results[0].Errored {
		t.Errorf("%+v", r)
	}
}

// TestOrder: reports do not hang on how many work at them, and progress rises to the end.
func TestOrder(t *testing.T) {
	s := &schema.Suite{Principals: []schema.TestPrincipal{{Name: "me"}}}
	for i := range 100 {
		s.Tests = append(s.Tests, schema.Test{Name: fmt.Sprint(i), As: "me", SQL: []string{"a", "b"}, Expect: schema.Expect{Decision: "allow"}})
	}
	decide := func(t *schema.Test, _ *schema.TestPrincipal, sql string) (suite.Observed, error) {
		return suite.Observed{Effect: schema.Allow, Message: t.Name + sql}, nil
	}
	var told []int
	one := suite.Run(t.Context(), s, suite.Config{Decide: decide})
	many := suite.Run(t.Context(), s, suite.Config{Decide: decide, Workers: 8, Progress: func(done, total int) { told = append(told, done) }})
	if diff := cmp.Diff(one, many); diff != "" {
		t.Errorf("one worker and eight (-one +eight):\n%s", diff)
	}
	if len(told) != 200 || !slices.IsSorted(told) || told[199] != 200 {
		t.Errorf("progress is %v", told)
	}
}

func TestStoppedRunFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &schema.Suite{Principals: []schema.TestPrincipal{{Name: "me"}}, Tests: []schema.Test{{Name: "t", As: "me", SQL: []string{"a"}}}}
	r := suite.Run(ctx, s, suite.Config{Decide: func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) {
		return suite.Observed{}, nil
	}})
	if r.OK() || r.Failed != 1 || r.Results[0].Test != "t" {
		t.Errorf("%+v", r)
	}
}

func TestSelect(t *testing.T) {
	s := &schema.Suite{Tests: []schema.Test{{Name: "a"}, {Name: "b", Case: "one"}, {Name: "b", Case: "two"}}}
	got := suite.Select(s, regexp.MustCompile("^b/t").MatchString)
	if len(got.Tests) != 1 || got.Tests[0].FullName() != "b/two" {
		t.Errorf("%+v", got.Tests)
	}
}
