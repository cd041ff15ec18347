package suite

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Observed is what a decider says of one statement.
type Observed struct {
	Effect  schema.Effect
	Rules   []string
	Message string
	// Masked are the names of the output columns that are masked, in order.
	Masked []string
	// Rows are the test's rows after the masks; nil cells are NULL.
	Rows [][]*string
	// Trace is how each rule looked at the statement.
	Trace []schema.Trace
}

// Decider decides one statement of a test as the gateway would. An error means that the test cannot be judged, which
// fails it.
type Decider func(t *schema.Test, p *schema.TestPrincipal, sql string) (Observed, error)

// Report is what a run found. Results are in the order of the tests and of their statements.
type Report struct {
	Passed  int      `json:"passed"`
	Failed  int      `json:"failed"`
	Results []Result `json:"results"`
}

// OK reports whether there was something to run and all of it passed.
func (r *Report) OK() bool { return r.Failed == 0 && r.Passed > 0 }

// Result is one statement of one test.
type Result struct {
	Test   string       `json:"test"`
	SQL    string       `json:"sql"`
	Range  schema.Range `json:"range"`
	Passed bool         `json:"passed"`
	// Failures are the expectations that were not met.
	Failures []Failure `json:"failures,omitempty"`
	// Trace shows the rules that have to do with the outcome, when the test failed.
	Trace []schema.Trace `json:"trace,omitempty"`
}

// Failure is one expectation that was not met. Want and Got are empty when the test could not be judged at all.
type Failure struct {
	What string `json:"what"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
}

// Run runs every test. rules are the addresses of the policy's rules and masks; an expectation that names another one
// fails, as does a principal that is not there.
func Run(s *schema.Suite, rules []string, decide Decider) *Report {
	report := &Report{Results: []Result{}}
	for i := range s.Tests {
		t := &s.Tests[i]
		for _, sql := range t.SQL {
			r := runOne(s, rules, decide, t, sql)
			if r.Passed {
				report.Passed++
			} else {
				report.Failed++
			}
			report.Results = append(report.Results, r)
		}
		if len(t.SQL) == 0 {
			report.Failed++
			report.Results = append(report.Results, Result{
				Test: t.Name, Range: t.Range, Failures: []Failure{{What: "the test has no statement"}},
			})
		}
	}
	return report
}

func runOne(s *schema.Suite, rules []string, decide Decider, t *schema.Test, sql string) Result {
	result := Result{Test: t.Name, SQL: sql, Range: t.Range}
	for _, address := range t.Expect.By {
		if !slices.Contains(rules, address) {
			result.Failures = append(result.Failures, Failure{What: fmt.Sprintf("expect.by names %s, which the policy does not have", address)})
		}
	}
	i := slices.IndexFunc(s.Principals, func(p schema.TestPrincipal) bool { return p.Name == t.As })
	if i < 0 {
		result.Failures = append(result.Failures, Failure{What: fmt.Sprintf("there is no principal %q", t.As)})
	}
	if len(result.Failures) > 0 {
		return result
	}
	got, err := decide(t, &s.Principals[i], sql)
	if err != nil {
		result.Failures = []Failure{{What: err.Error()}}
		return result
	}
	result.Failures = compare(&t.Expect, &got)
	result.Passed = len(result.Failures) == 0
	if !result.Passed {
		result.Trace = relevant(&t.Expect, &got)
	}
	return result
}

// relevant keeps the rules that were expected to speak or did, and those that only a condition kept from matching.
func relevant(want *schema.Expect, got *Observed) []schema.Trace {
	var out []schema.Trace
	for _, tr := range got.Trace {
		named := slices.Contains(want.By, tr.Rule) || slices.Contains(got.Rules, tr.Rule)
		if named || tr.Matched || tr.Scope == "condition" {
			out = append(out, tr)
		}
	}
	slices.SortStableFunc(out, func(a, b schema.Trace) int { return cmp.Compare(a.Rule, b.Rule) })
	return out
}
