// Package suite owns the running of policy tests: which statements are judged, what is compared, and what a failure
// tells. It runs against a decider that it is given.
//
// It refuses to know how a statement is classified, decided and masked.
package suite

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Observed is what came out for one statement.
type Observed struct {
	Effect schema.Effect
	// Rules are the addresses that forced the outcome, Masked the names of the output columns that are masked.
	Rules   []string
	Message string
	Masked  []string
	// Rows are the test's rows after the masks, nil cells being NULL.
	Rows [][]*string
	// Trace shows how each rule looked at the statement.
	Trace []schema.Trace
}

// Decider judges one statement of a test. An error is a test that could not be run, and so a failure.
type Decider func(t *schema.Test, p *schema.TestPrincipal, sql string) (Observed, error)

// Report is what came of a suite.
type Report struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	// Problem says why the suite as a whole fails, apart from its tests.
	Problem string   `json:"problem,omitempty"`
	Tests   []Result `json:"tests"`
}

// OK reports whether everything passed and there was something to pass.
func (r *Report) OK() bool { return r.Failed == 0 && r.Problem == "" }

// Result is what came of one test.
type Result struct {
	Name     string       `json:"name"`
	Range    schema.Range `json:"range"`
	Passed   bool         `json:"passed"`
	Failures []Failure    `json:"failures,omitempty"`
}

// Failure is one difference between what a test expects and what came out.
type Failure struct {
	// SQL is the statement; empty when the test failed as a whole.
	SQL string `json:"sql,omitempty"`
	// What is the attribute of expect that differs, or "error".
	What string `json:"what"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got"`
	// Rules are the rules that matter to the failure, with the terms of their conditions and their values.
	Rules []schema.Trace `json:"rules,omitempty"`
}

// Run runs every test, in order. rules are the addresses of all rules and masks of the policy: a test that expects
// another one is wrong, whatever happens.
func Run(s *schema.Suite, rules []string, decide Decider) *Report {
	report := &Report{Tests: []Result{}}
	if s == nil || len(s.Tests) == 0 {
		report.Problem = "There are no tests, so nothing was proved. Write test blocks in a *_test.hcl file."
		return report
	}
	run := runner{suite: s, rules: rules, decide: decide}
	for _, i := range order(s.Tests) {
		result := run.test(&s.Tests[i])
		if result.Passed {
			report.Passed++
		} else {
			report.Failed++
		}
		report.Tests = append(report.Tests, result)
	}
	return report
}

// order sorts tests by file and place.
func order(tests []schema.Test) []int {
	list := make([]int, len(tests))
	for i := range list {
		list[i] = i
	}
	slices.SortStableFunc(list, func(a, b int) int {
		x, y := tests[a].Range, tests[b].Range
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Start.Byte, y.Start.Byte))
	})
	return list
}

// runner runs tests one by one.
type runner struct {
	suite  *schema.Suite
	rules  []string
	decide Decider
}

func (r *runner) test(t *schema.Test) Result {
	result := Result{Name: t.Name, Range: t.Range}
	principal := r.principal(t.As)
	result.Failures = r.sound(t, principal)
	if len(result.Failures) == 0 {
		for _, sql := range t.SQL {
			result.Failures = append(result.Failures, r.statement(t, principal, sql)...)
		}
	}
	result.Passed = len(result.Failures) == 0
	return result
}

func (r *runner) principal(name string) *schema.TestPrincipal {
	for i := range r.suite.Principals {
		if r.suite.Principals[i].Name == name {
			return &r.suite.Principals[i]
		}
	}
	return nil
}

// sound refuses tests that could pass by accident.
func (r *runner) sound(t *schema.Test, principal *schema.TestPrincipal) []Failure {
	var found []Failure
	wrong := func(format string, args ...any) {
		found = append(found, Failure{What: "error", Got: fmt.Sprintf(format, args...)})
	}
	if principal == nil {
		wrong("there is no principal %q", t.As)
	}
	if len(t.SQL) == 0 {
		wrong("there is no statement to judge")
	}
	if !slices.Contains([]string{schema.Allow.String(), schema.Approve.String(), schema.Deny.String()}, t.Expect.Decision) {
		wrong("%q is no decision", t.Expect.Decision)
	}
	for _, by := range t.Expect.By {
		if !slices.Contains(r.rules, by) {
			wrong("there is no rule %q", by)
		}
	}
	return found
}

func (r *runner) statement(t *schema.Test, principal *schema.TestPrincipal, sql string) []Failure {
	got, err := r.decide(t, principal, sql)
	if err != nil {
		return []Failure{{SQL: sql, What: "error", Got: err.Error()}}
	}
	c := comparison{sql: sql, got: &got}
	c.compare(&t.Expect)
	return c.found
}
