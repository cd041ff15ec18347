package approval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// MaxReason bounds the reason of a vote, in bytes.
const MaxReason = 4 << 10

// Cause says why the desk refuses.
type Cause uint8

const (
	// Unknown: there is no such ticket.
	Unknown Cause = iota
	// NotApprover: the route does not ask this person.
	NotApprover
	// WrongKind: the route asks this caller, but takes no vote of its kind of principal.
	WrongKind
	// OwnRequest: the person asked for it.
	OwnRequest
	// AlreadyVoted: the person has voted.
	AlreadyVoted
	// Settled: the ticket was decided, used or expired before.
	Settled
	// NoReason: an approval without a reason, or a reason that is too long.
	NoReason
	// TooLong: the statement is too long to be shown to an approver.
	TooLong
	// NoRoute: the route asks nobody.
	NoRoute
	// TooMany: the caller has too many open tickets.
	TooMany
)

// Refused is the desk's answer to what its rules do not allow. Message and Hint may be shown to whoever asked.
type Refused struct {
	Cause   Cause
	Message string
	Hint    string
}

func (r *Refused) Error() string { return r.Message }

func refuse(c Cause, message, hint string) *Refused {
	return &Refused{Cause: c, Message: message, Hint: hint}
}

// Decide takes one approver's vote. The ticket given back shows what it led to: one no denies it, and the quorum of the
// route approves it. A no counts until the approval is used: it takes an approval back, be it one's own. The error is a
// *Refused when the rules do not allow this vote.
func (d *Desk) Decide(ctx context.Context, id string, by *schema.Principal, approve bool, reason string) (*schema.Ticket, error) {
	vote := schema.Vote{
		Issuer: by.Issuer, Subject: by.Subject, Kind: by.Kind, Approve: approve, Reason: strings.TrimSpace(reason), Time: d.config.Now(),
	}
	t, err := d.config.Store.Update(ctx, id, func(t *schema.Ticket) error {
		d.age(t)
		if refused := judge(t, by, &vote); refused != nil {
			return refused
		}
		if err := d.config.Record(Event{Kind: Voted, Ticket: t, Vote: &vote}); err != nil {
			return err
		}
		count(t, vote)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("decide ticket %s: %w", id, err)
	}
	if t == nil {
		return nil, refuse(Unknown, fmt.Sprintf("there is no ticket %s", id), "list the open ones with `gatewright approvals list`")
	}
	d.wake(id)
	return t, nil
}

// judge says whether the rules allow a vote. A subject counts as one person whichever issuer vouches for it.
func judge(t *schema.Ticket, by *schema.Principal, v *schema.Vote) *Refused {
	switch {
	case by.Subject == "" || by.Subject == t.Subject:
		return refuse(OwnRequest, "nobody decides on their own request", "ask another approver of route "+t.Route.Name)
	case !t.Route.Names(by):
		return refuse(NotApprover, fmt.Sprintf("route %q does not ask %s", t.Route.Name, by),
			"it asks "+strings.Join(t.Route.Approvers, ", "))
	case !t.Route.Takes(by.Kind):
		return refuse(WrongKind, fmt.Sprintf("%s is of kind %q, whose vote does not count on route %q", by, by.Kind, t.Route.Name),
			"it takes votes of "+strings.Join(t.Route.ApproverKinds, ", ")+"; approve with a person's own token")
	case t.State == schema.TicketApproved && !v.Approve, t.State == schema.TicketPending:
		return judgeOpen(t, by, v)
	default:
		return refuse(Settled, fmt.Sprintf("ticket %s is %s", t.ID, t.State), settledHints[t.State])
	}
}

// settledHints tell what is left to do about a ticket that is not open to the vote.
var settledHints = map[schema.TicketState]string{
	schema.TicketApproved: "nothing more is needed; to take the approval back before it is used, deny the ticket",
	schema.TicketRedeemed: "the statement went through, once; the same statement again needs a new approval",
	schema.TicketDenied:   "the caller can ask again by running the statement again",
	schema.TicketExpired:  "the caller can ask again by running the statement again",
}

// judgeOpen says whether the vote of an approver on an open ticket counts.
func judgeOpen(t *schema.Ticket, by *schema.Principal, v *schema.Vote) *Refused {
	switch {
	case v.Approve && slices.ContainsFunc(t.Votes, func(other schema.Vote) bool { return other.Subject == by.Subject }):
		return refuse(AlreadyVoted, fmt.Sprintf("%s has voted on ticket %s", by, t.ID),
			"another approver of route "+t.Route.Name+" is needed; to take your approval back, deny the ticket")
	case v.Approve && v.Reason == "":
		return refuse(NoReason, "an approval needs a reason", `say why: --reason "..."`)
	case len(v.Reason) > MaxReason:
		return refuse(NoReason, fmt.Sprintf("a reason has at most %d bytes", MaxReason), "shorten it")
	}
	return nil
}

// count adds a vote and draws the result.
func count(t *schema.Ticket, v schema.Vote) {
	t.Votes = append(t.Votes, v)
	if !v.Approve {
		t.State = schema.TicketDenied
		return
	}
	yes := 0
	for _, vote := range t.Votes {
		if vote.Approve {
			yes++
		}
	}
	if yes >= t.Route.Quorum {
		t.State = schema.TicketApproved
	}
}
