package suite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Config is what a run needs.
type Config struct {
	// Rules are the addresses of the policy's rules and masks; an expectation that names another one fails.
	Rules  []string
	Decide Decider
	// Workers is how many statements are judged at once, at least one. The report does not hang on it.
	Workers int
	// Progress is told how much is done, in rising order and from one goroutine at a time; it may be nil.
	Progress func(done, total int)
}

// Run runs every test. A run that ctx ends early reports the statements that were not judged as failed.
func Run(ctx context.Context, s *schema.Suite, c Config) *Report {
	report, _ := run(ctx, s, c)
	return report
}

// Select keeps the tests whose full name matches.
func Select(s *schema.Suite, match func(name string) bool) *schema.Suite {
	out := &schema.Suite{Principals: s.Principals}
	for i := range s.Tests {
		if match(s.Tests[i].FullName()) {
			out.Tests = append(out.Tests, s.Tests[i])
		}
	}
	return out
}

// job is one statement of one test.
type job struct {
	test *schema.Test
	who  *schema.TestPrincipal
	sql  string
}

// jobs lists what there is to judge, in order. A test that has nothing to judge is one job, which fails.
func jobs(s *schema.Suite) []job {
	byName := make(map[string]*schema.TestPrincipal, len(s.Principals))
	for i := range s.Principals {
		byName[s.Principals[i].Name] = &s.Principals[i]
	}
	var out []job
	for i := range s.Tests {
		t := &s.Tests[i]
		statements := t.SQL
		if len(statements) == 0 {
			statements = []string{""}
		}
		for _, sql := range statements {
			out = append(out, job{test: t, who: byName[t.As], sql: sql})
		}
	}
	return out
}

func run(ctx context.Context, s *schema.Suite, c Config) (*Report, []Observed) {
	list := jobs(s)
	known := make(map[string]bool, len(c.Rules))
	for _, rule := range c.Rules {
		known[rule] = true
	}
	report := &Report{Results: make([]Result, len(list))}
	seen := make([]Observed, len(list))
	each(ctx, len(list), c.Workers, c.Progress, func(i int) {
		report.Results[i], seen[i] = list[i].run(known, c.Decide)
	})
	for i := range report.Results {
		r := &report.Results[i]
		if r.Test == "" {
			*r = list[i].result()
			r.broken("the run was stopped before this was judged")
		}
		if r.Passed {
			report.Passed++
		} else {
			report.Failed++
		}
	}
	return report, seen
}

func (j *job) result() Result {
	return Result{Test: j.test.FullName(), SQL: j.sql, Range: j.test.Range}
}

// asksNothing reports a test that neither a statement nor a session nor a token is the matter of.
func (j *job) asksNothing() bool {
	e := &j.test.Expect
	return len(j.test.SQL) == 0 && !j.test.Connect && e.Identity == "" && e.Principal == nil
}

func (j *job) run(known map[string]bool, decide Decider) (Result, Observed) {
	result := j.result()
	if j.asksNothing() {
		result.broken("the test has no statement")
		return result, Observed{}
	}
	for _, address := range named(&j.test.Expect) {
		if !known[address] {
			result.broken(fmt.Sprintf("by names %s, which the policy does not have", address))
		}
	}
	if j.who == nil {
		result.broken(fmt.Sprintf("there is no principal %q", j.test.As))
	}
	if result.Errored {
		return result, Observed{}
	}
	got, err := decide(j.test, j.who, j.sql)
	if err != nil {
		result.broken(err.Error())
		return result, Observed{}
	}
	result.judge(&j.test.Expect, &got)
	return result, got
}

func (r *Result) judge(want *schema.Expect, got *Observed) {
	r.Failures, r.Errored = compare(want, got)
	r.Passed = len(r.Failures) == 0
	if !r.Passed && got.Trace != nil {
		r.Trace = relevant(want, got)
	}
}

// named are the addresses that an expectation names.
func named(e *schema.Expect) []string {
	list := slices.Clone(e.By)
	for i := range e.Accesses {
		list = append(list, e.Accesses[i].By...)
	}
	if e.Would != nil {
		list = append(list, e.Would.By...)
	}
	return list
}

// relevant keeps the rules that were expected to speak or did, and those that only a condition kept from matching.
func relevant(want *schema.Expect, got *Observed) []schema.Trace {
	var out []schema.Trace
	expected := named(want)
	for _, tr := range got.Trace() {
		spoke := slices.Contains(expected, tr.Rule) || slices.Contains(got.Rules, tr.Rule)
		if spoke || tr.Matched || tr.Scope == "condition" {
			out = append(out, tr)
		}
	}
	slices.SortStableFunc(out, func(a, b schema.Trace) int { return cmp.Compare(a.Rule, b.Rule) })
	return out
}
