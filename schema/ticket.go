package schema

import (
	"fmt"
	"strings"
	"time"
)

// TicketState is where an approval stands. The zero value is pending.
type TicketState uint8

const (
	TicketPending TicketState = iota
	TicketApproved
	TicketDenied
	TicketExpired
	TicketRedeemed
)

// String gives the word that output uses.
func (s TicketState) String() string {
	return [...]string{"pending", "approved", "denied", "expired", "redeemed"}[s]
}

// MarshalText writes the state as its word.
func (s TicketState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word that MarshalText writes.
func (s *TicketState) UnmarshalText(text []byte) error {
	for known := TicketPending; known <= TicketRedeemed; known++ {
		if known.String() == string(text) {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("unknown ticket state %q", text)
}

// Ticket is one request for approval: one principal, one target, one exact statement with its bind values, once.
type Ticket struct {
	ID string `json:"id"`
	// Key is the digest of principal, target, exact text, bind values and accesses that the approval is bound to.
	Key       string   `json:"key"`
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject"`
	Groups    []string `json:"groups"`
	Target    string   `json:"target"`
	Statement string   `json:"statement"`
	// Parameters are the bind values in order, as an approver reads them; nil when there are none. Like the statement,
	// they are for those only who may see the ticket.
	Parameters []string `json:"parameters,omitempty"`
	// Accesses are what the statement was found to do when it was held, each as "verb object", sorted: the same text
	// may do something else under another search_path.
	Accesses []string `json:"accesses,omitempty"`
	// Rules are the approve rules that asked, Bundle the one that held them.
	Rules  []string `json:"rules"`
	Bundle string   `json:"bundle"`
	Route  Route    `json:"route"`
	// Created and Expires bound its life. Votes are what approvers said, in order.
	Created time.Time   `json:"created"`
	Expires time.Time   `json:"expires"`
	State   TicketState `json:"state"`
	Votes   []Vote      `json:"votes"`
	// Shortened is set in a list, where Statement or Parameters were cut.
	Shortened bool `json:"shortened,omitempty"`
}

// MaxListed bounds what a list of tickets holds of each statement and of its parameters, in bytes: the whole of a ticket
// is for whoever asks for that one.
const MaxListed = 1 << 10

// Short gives the ticket with no more than so many bytes of its statement, and of its parameters, for a list. What was cut
// shares no memory with t.
func (t *Ticket) Short(bytes int) Ticket {
	s := *t
	if s.Statement = cut(t.Statement, bytes); s.Statement != t.Statement {
		s.Shortened = true
	}
	s.Parameters = nil
	for _, p := range t.Parameters {
		kept := cut(p, bytes)
		if bytes -= len(p); kept != p {
			s.Shortened = true
		}
		if bytes < 0 && kept == "" {
			break
		}
		s.Parameters = append(s.Parameters, kept)
	}
	return s
}

// cut gives the first bytes of a text, whole characters only.
func cut(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.Clone(strings.ToValidUTF8(text[:max(bytes, 0)], ""))
}

// Vote is one approver's word.
type Vote struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	// Kind is a Kind constant: what the approver was when the vote was taken.
	Kind    string    `json:"kind"`
	Approve bool      `json:"approve"`
	Reason  string    `json:"reason"`
	Time    time.Time `json:"time"`
}
