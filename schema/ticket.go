package schema

import (
	"fmt"
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
	// Binds is a digest of the bind values; empty when there are none.
	Binds string `json:"binds,omitempty"`
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
}

// Vote is one approver's word.
type Vote struct {
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Approve bool      `json:"approve"`
	Reason  string    `json:"reason"`
	Time    time.Time `json:"time"`
}
