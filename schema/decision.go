package schema

import (
	"fmt"
	"time"
)

// Effect is what the policy says of an action. The zero value is Deny.
type Effect uint8

const (
	Deny Effect = iota
	Approve
	Allow
)

// String gives the word that tests, logs and output use.
func (e Effect) String() string {
	switch e {
	case Allow:
		return "allow"
	case Approve:
		return "approve"
	default:
		return "deny"
	}
}

// MarshalText writes the effect as its word.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads the word that MarshalText writes.
func (e *Effect) UnmarshalText(text []byte) error {
	for known := Deny; known <= Allow; known++ {
		if known.String() == string(text) {
			*e = known
			return nil
		}
	}
	return fmt.Errorf("unknown effect %q", text)
}

// Decision is the answer to an Action. The zero value denies. It is a total value: there is no error beside it.
// Its slices may be reused by the next decision made into the same Decision.
type Decision struct {
	Effect Effect
	// Enforced is false under dry run: the Effect is the true one, and the caller forwards, unheld and unmasked.
	Enforced bool
	// Rules are the addresses that forced the outcome, as "deny.unbounded-write" or "mask.cards", sorted; none when
	// it is a denial because no rule allows, or when no rule was needed.
	Rules []string
	// Message is one sentence for the caller, Hint the way out. Neither holds anything the caller did not know.
	Message string
	Hint    string
	// Denied is the access that was refused, for messages and logs; zero otherwise.
	Denied Access
	// Route is, for Approve, the name of the route.
	Route string
	// Masks are what must be done to output columns, by rising Output.
	Masks []ColumnMask
	// Detect are the detectors to run over text that reaches the client, with what to do to a hit.
	Detect []Detection
	// Redact is set when any mask of the target stands for this principal: error, notice and notification text is
	// then withheld from the client.
	Redact bool
	// Classes are the names of the classes that the action touches, sorted, masked or not.
	Classes []string
	// Would is what rules in dry run would have changed; nil when they change nothing.
	Would *Would
	// Ticket is the approval that let the action pass, or that it waits for.
	Ticket string
	// Bundle is the content id of the bundle that decided.
	Bundle string
}

// Would is the outcome that rules in dry run would have forced.
type Would struct {
	Effect Effect   `json:"effect"`
	Rules  []string `json:"rules"`
	// Masked are the output columns, by index, that a mask in dry run would have masked.
	Masked []int `json:"masked,omitempty"`
}

// ColumnMask is one output column's obligation.
type ColumnMask struct {
	// Output is the column's index in Action.Outputs.
	Output int
	// With is the transform. A derived column gets its constant form.
	With Transform
	// Argument is the transform's, as in Mask.
	Argument string
	Derived  bool
	// Rule is the mask's address and Class the class that it stands for.
	Rule  string
	Class string
}

// Detection is a value detector and the transform for what it finds.
type Detection struct {
	Detector string
	With     Transform
	// Argument is the transform's, as in Mask.
	Argument string
	Rule     string
}

// Treatment is what is done to a value of the column.
func (m *ColumnMask) Treatment() Treatment { return Treatment{m.With, m.Argument} }

// Treatment is what is done to a value that is found.
func (d *Detection) Treatment() Treatment { return Treatment{d.With, d.Argument} }

// Outcome is what became of an action that was let through, or that the target refused: it closes the pair that the
// decision began. None of it holds a value of the database.
type Outcome struct {
	// Rows counts rows returned to the client or, for a statement that returns none, rows that the target says it
	// changed. Bytes is what was sent to the client.
	Rows  int64
	Bytes int64
	// Masked counts the cells, and the hits of detectors, that reached the client masked.
	Masked int64
	// SQLSTATE is the error that ended it (manual appendix A); empty when it ended well.
	SQLSTATE string
	// Duration is from forwarding to the end of the answer.
	Duration time.Duration
}
