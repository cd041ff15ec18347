package schema

// Suite is what the *_test.hcl files of a policy hold.
type Suite struct {
	Principals []TestPrincipal
	Tests      []Test
}

// TestPrincipal is a caller given by raw claims, which go through the issuer's real mapping.
type TestPrincipal struct {
	Name   string
	Issuer string
	// Claims is JSON-like: nil, bool, float64, string, []any and map[string]any.
	Claims map[string]any
	Range  Range
}

// Test is one policy test. Each statement of SQL is judged alone against the same Expect.
type Test struct {
	Name   string
	As     string
	Target string
	SQL    []string
	// Rows are what the database would answer, nil cells being NULL; they pass through the masks.
	Rows   [][]*string
	Expect Expect
	Range  Range
}

// Expect is what must come out. A nil slice is not compared; an empty one is.
type Expect struct {
	Decision string
	// By is the exact set of rule addresses.
	By []string
	// Masked is the exact set of output columns that are masked.
	Masked  []string
	Rows    [][]*string
	Message string
	Range   Range
}

// Trace is how one rule looked at an action, for the person who asks why.
type Trace struct {
	Rule  string `json:"rule"`
	Range Range  `json:"range"`
	// Access is what was looked at; zero for a mask.
	Access Access `json:"access"`
	// Matched is the outcome; Scope names the first scope that did not match, empty when all did.
	Matched bool   `json:"matched"`
	Scope   string `json:"scope,omitempty"`
	// Terms are the condition's parts with their values.
	Terms []Term `json:"terms,omitempty"`
}

// Term is one part of a condition.
type Term struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}
