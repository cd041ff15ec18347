package audit

import (
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Kind says what a line is about.
type Kind string

const (
	// KindDecision is the answer to one action; KindOutcome closes it, once it was let through.
	KindDecision Kind = "decision"
	KindOutcome  Kind = "outcome"
	// KindPrepared is an action that the target got to read or to plan, by Parse, PREPARE or Bind, and did not carry out:
	// what it would do is decided again when it is executed. It has no outcome.
	KindPrepared Kind = "prepared"

	// KindSessionOpened is a caller who was let in, KindSessionRefused one who was not, KindSessionEnded one whose
	// session the gateway ended, and KindSessionClosed the end of every session.
	KindSessionOpened  Kind = "session.opened"
	KindSessionRefused Kind = "session.refused"
	KindSessionEnded   Kind = "session.ended"
	KindSessionClosed  Kind = "session.closed"

	// KindBundleLoaded and KindBundleRefused are about the policy in force.
	KindBundleLoaded  Kind = "bundle.loaded"
	KindBundleRefused Kind = "bundle.refused"

	// These follow one approval.
	KindTicketRaised   Kind = "ticket.raised"
	KindTicketVoted    Kind = "ticket.voted"
	KindTicketRedeemed Kind = "ticket.redeemed"
	KindTicketExpired  Kind = "ticket.expired"

	// These are written by the log itself. What happens between a KindLogClosed and the next KindLogOpened is not
	// observed; without a KindLogClosed before it, a KindLogOpened tells that the process died. KindLogRecovered says
	// that the beginning of an unfinished line was removed.
	KindLogOpened    Kind = "log.opened"
	KindLogClosed    Kind = "log.closed"
	KindLogRecovered Kind = "log.recovered"
)

// Record is one line to be. Empty fields are left out of the line, except those that a decision or an outcome always
// has. The log keeps no reference to it.
type Record struct {
	Kind    Kind
	Session string
	// Principal is who acts. Groups are written for KindSessionOpened and KindSessionRefused alone.
	Principal     *schema.Principal
	Protocol      string
	Target        string
	ClientAddress string
	Application   string
	// Bundle is the content id of the bundle in force.
	Bundle string
	// Action and Decision are set for KindDecision and KindPrepared, and for the connect that opens or refuses a session.
	// Of the action only its accesses, the names of masked outputs, and the literal-free facts of its SQL are written.
	Action   *schema.Action
	Decision *schema.Decision
	// Of is, for KindOutcome, the sequence number of the decision that it closes.
	Of      uint64
	Outcome *schema.Outcome
	// Rules are those that an event is about; a decision brings its own.
	Rules []string
	// Ticket is an approval's id. Actor is who voted on it, as "issuer/subject", ActorKind of which kind of principal, and
	// Approve how.
	Ticket    string
	Actor     string
	ActorKind string
	Approve   bool
	// Reason is a sentence about an event.
	Reason string
	// Written, when not nil, is what Write gave for a record that is the same: nothing else is looked at then.
	Written []byte
}

// Entry is one line as it is read back.
type Entry struct {
	Seq           uint64    `json:"seq"`
	Prev          string    `json:"prev"`
	Time          time.Time `json:"time"`
	Kind          Kind      `json:"kind"`
	Session       string    `json:"session,omitempty"`
	Issuer        string    `json:"issuer,omitempty"`
	Subject       string    `json:"subject,omitempty"`
	PrincipalKind string    `json:"principal_kind,omitempty"`
	Groups        []string  `json:"groups,omitempty"`
	Protocol      string    `json:"protocol,omitempty"`
	Target        string    `json:"target,omitempty"`
	ClientAddress string    `json:"client_address,omitempty"`
	Application   string    `json:"application,omitempty"`
	Bundle        string    `json:"bundle,omitempty"`
	Effect        string    `json:"effect,omitempty"`
	Enforced      *bool     `json:"enforced,omitempty"`
	Rules         []string  `json:"rules,omitempty"`
	Denied        *Access   `json:"denied,omitempty"`
	Would         *Would    `json:"would,omitempty"`
	Classes       []string  `json:"classes,omitempty"`
	Masked        []Masked  `json:"masked,omitempty"`
	Detect        []string  `json:"detect,omitempty"`
	Accesses      []Access  `json:"accesses,omitempty"`
	Statement     string    `json:"statement,omitempty"`
	// Catalog names the state of the target's structure that a decision rests on.
	Catalog      string `json:"catalog,omitempty"`
	Fingerprint  string `json:"fingerprint,omitempty"`
	Opaque       string `json:"opaque,omitempty"`
	Text         string `json:"text,omitempty"`
	TextCut      bool   `json:"text_cut,omitempty"`
	Ticket       string `json:"ticket,omitempty"`
	Actor        string `json:"actor,omitempty"`
	ActorKind    string `json:"actor_kind,omitempty"`
	Approve      *bool  `json:"approve,omitempty"`
	Reason       string `json:"reason,omitempty"`
	Decision     uint64 `json:"decision,omitempty"`
	Rows         *int64 `json:"rows,omitempty"`
	Bytes        *int64 `json:"bytes,omitempty"`
	MaskedCells  *int64 `json:"masked_cells,omitempty"`
	SQLSTATE     string `json:"sqlstate,omitempty"`
	Microseconds *int64 `json:"duration_us,omitempty"`
	Hash         string `json:"hash"`
}

// Access is one access of a decision.
type Access struct {
	Verb    string   `json:"verb"`
	Object  string   `json:"object,omitempty"`
	Columns []string `json:"columns,omitempty"`
}

// Masked is one output column that a decision masks.
type Masked struct {
	Column  string `json:"column"`
	With    string `json:"with"`
	Derived bool   `json:"derived,omitempty"`
	Class   string `json:"class,omitempty"`
	Rule    string `json:"rule,omitempty"`
}

// Would is what rules in dry run would have done.
type Would struct {
	Effect string   `json:"effect"`
	Rules  []string `json:"rules,omitempty"`
	Masked []int    `json:"masked,omitempty"`
}

// Principal gives "issuer/subject", or nothing where the line is about no caller.
func (e *Entry) Principal() string {
	if e.Issuer == "" && e.Subject == "" {
		return ""
	}
	return e.Issuer + "/" + e.Subject
}

// Passed reports whether the action of a decision reached the target: it was allowed, or nothing was enforced.
func (e *Entry) Passed() bool {
	return e.Kind == KindDecision && (e.Effect == schema.Allow.String() || e.Enforced != nil && !*e.Enforced)
}
