package schema

import "time"

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

// Test is one policy test, or one case of a test that has a table of them. Each statement of SQL is judged alone against
// the same Expect.
type Test struct {
	Name string
	// Case is the case's name; empty for a test without a table.
	Case   string
	As     string
	Target string
	SQL    []string
	// Connect is set for a test of opening a session, which has no SQL.
	Connect bool
	// Time, ClientAddress and Application are what conditions ask of the request. A zero Time is the runner's own fixed one.
	Time          time.Time
	ClientAddress string
	Application   string
	// Rows are what the database would answer, nil cells being NULL; they pass through the masks.
	Rows   [][]*string
	Expect Expect
	// Range is the test's, or the case's own place.
	Range Range
}

// FullName is the test's name, or "test/case".
func (t *Test) FullName() string {
	if t.Case == "" {
		return t.Name
	}
	return t.Name + "/" + t.Case
}

// Words of Expect.Identity.
const (
	IdentityAccepted = "accepted"
	IdentityRefused  = "refused"
)

// Expect is what must come out. An empty text, a nil slice and a nil pointer are not compared; an empty slice is.
type Expect struct {
	// Identity is one of the Identity constants. A test with one of them and no Decision is about the token alone.
	Identity string
	// Principal is what the claims must have become.
	Principal *ExpectPrincipal
	Decision  string
	// By is the exact set of rule addresses.
	By []string
	// Masked is the exact set of output columns that are masked.
	Masked []string
	Rows   [][]*string
	// Message is the exact text, MessageContains texts that must stand in it.
	Message         string
	MessageContains []string
	// Route is the route that is asked.
	Route string
	// Accesses are what single accesses must come to, whatever the statement does.
	Accesses []ExpectAccess
	// Would is what rules in dry run must change.
	Would *ExpectWould
	Range Range
}

// ExpectPrincipal is what claims must become.
type ExpectPrincipal struct {
	Subject string
	Kind    string
	Groups  []string
	Range   Range
}

// ExpectAccess is what one access of the statement must come to by the rules alone, masks aside.
type ExpectAccess struct {
	Verb     string
	Object   string
	Decision string
	By       []string
	Range    Range
}

// ExpectWould is what would have come out with the rules in dry run in force. Where they change nothing, the decision is
// the enforced one, and By and Masked are empty.
type ExpectWould struct {
	Decision string
	By       []string
	Masked   []string
	Range    Range
}

// AccessDecision is what the rules say of one access.
type AccessDecision struct {
	Access Access
	Effect Effect
	Rules  []string
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

// Side is what a term of a condition came to. The zero value is that nobody asked.
type Side uint8

const (
	SideUnasked Side = iota
	SideTrue
	SideFalse
	// SideError is a term without a value, as for a key that a map does not have.
	SideError
)

// Probe is how one rule or mask was asked about an action, for coverage: a rule once per access that its scope covers.
type Probe struct {
	Rule    string
	Matched bool
	// When and Unless hold, for each term of the condition in order, what it came to.
	When, Unless []Side
}

// Change is one small change to a condition that makes it mean something else, for whoever asks whether a test would
// notice.
type Change struct {
	// Kind is the name of the sort of change, as "drop-conjunct".
	Kind string
	// Text gives the changed condition, canonical; "" where that does not check, or says the same. It is made when asked
	// for: a long condition has many changes.
	Text func() string
	// Term is the part that was changed, and Became what stands there instead; empty when it was dropped.
	Term, Became string
}
