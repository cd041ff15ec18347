package suite

import "github.com/gatewright/gatewright/schema"

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
	// Test is the test's name, or "test/case".
	Test string `json:"test"`
	// SQL is empty for a test without statements.
	SQL    string       `json:"sql"`
	Range  schema.Range `json:"range"`
	Passed bool         `json:"passed"`
	// Errored is set when the test could not be judged, or asks for what the policy does not have: it is counted as failed.
	Errored bool `json:"errored,omitempty"`
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

// broken makes a result of a test that cannot be judged.
func (r *Result) broken(what string) {
	r.Errored = true
	r.Failures = append(r.Failures, Failure{What: what})
}
