package suite

import "github.com/gatewright/gatewright/schema"

// Observed is what a decider says of one statement of a test.
type Observed struct {
	// Refused is set when the caller's token is refused, with Message; nothing else is then.
	Refused bool
	// Principal is what the claims became.
	Principal *schema.Principal

	Effect  schema.Effect
	Rules   []string
	Message string
	Route   string
	// Masked are the names of the output columns that are masked, in order.
	Masked []string
	// Rows are the test's rows after the masks; nil cells are NULL.
	Rows [][]*string
	// Accesses are what single accesses come to; only for a test that expects something of them.
	Accesses []schema.AccessDecision
	// Would is what rules in dry run would have made of it: the enforced decision and nothing else where they change
	// nothing.
	Would Would

	// Trace gives how each rule looked at the statement; it is asked when the test fails.
	Trace func() []schema.Trace
	// Probes and Decided are for coverage: the rules that were asked, and those that made a difference.
	Probes  []schema.Probe
	Decided []string
}

// Would is an outcome with the rules in dry run in force.
type Would struct {
	Effect schema.Effect
	Rules  []string
	Masked []string
}

// Decider decides one statement of a test as the gateway would; sql is empty for a test without statements. An error
// means that the test cannot be judged, which fails it. It is called from several goroutines.
type Decider func(t *schema.Test, p *schema.TestPrincipal, sql string) (Observed, error)
