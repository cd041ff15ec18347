package gate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/schema"
)

// settle turns an Approve into Allow or Deny: by an approval that waits to be used, or by asking for one and waiting.
func (s *Session) settle(ctx context.Context, p *Policy, a *schema.Action, d *schema.Decision) {
	if s.credential.Slow != nil {
		s.credential.Slow()
	}
	if a.Concealed || len(a.Parameters) > 0 && s.credential.Readable == nil {
		turnAway(d, "this needs an approval, and its bind values are too many or too long to be shown to an approver",
			"bind less with one statement")
		return
	}
	ask, ok := s.request(p, a, d)
	if !ok {
		turnAway(d, "this needs an approval, and nobody can give one here", "ask the owner of the policy")
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	if s.resumes(ctx, a, &ask, d) || a.Stage == schema.StageExecute && s.redeem(ctx, ask, d) {
		return
	}
	t, err := s.gate.desk.Raise(ctx, ask)
	if err != nil {
		s.deskFailed(d, err)
		return
	}
	d.Ticket = t.ID
	if t, err = s.wait(ctx, t, ask.Route.Hold); err != nil {
		s.deskFailed(d, err)
		return
	}
	if t.State == schema.TicketApproved {
		s.settleApproved(ctx, t, a, d)
		return
	}
	unsettled(t, d)
}

func (s *Session) request(p *Policy, a *schema.Action, d *schema.Decision) (approval.Request, bool) {
	route, ok := p.route(d.Route)
	if !ok || s.gate.desk == nil {
		return approval.Request{}, false
	}
	ask := approval.Request{
		Principal: s.principal, Target: a.Target, Text: a.Text, Parameters: a.Parameters,
		Accesses: a.Accesses, Rules: d.Rules, Bundle: d.Bundle, Route: route,
	}
	if len(a.Parameters) > 0 {
		ask.Shown = s.credential.Readable(a.Parameters)
	}
	return ask, true
}

// resumes lets an action go on that an approval has let begin: the same, asked of the same people.
func (s *Session) resumes(ctx context.Context, a *schema.Action, ask *approval.Request, d *schema.Decision) bool {
	if a.Resumes == "" {
		return false
	}
	t, err := s.gate.desk.Ticket(ctx, a.Resumes)
	if err != nil || t == nil || t.State != schema.TicketRedeemed || t.Key != ask.Key() {
		return false // it is asked for as one that begins
	}
	d.Effect, d.Ticket, d.Message, d.Hint = schema.Allow, t.ID, "", ""
	return true
}

// redeem uses up an approval for exactly this action, if there is one. It reports whether the matter is settled.
func (s *Session) redeem(ctx context.Context, ask approval.Request, d *schema.Decision) bool {
	t, err := s.gate.desk.Redeem(ctx, ask.Key())
	if err != nil {
		s.deskFailed(d, err)
		return true
	}
	if t == nil {
		return false
	}
	d.Effect, d.Ticket, d.Message, d.Hint = schema.Allow, t.ID, "", ""
	s.gate.counts.redeemed.Add(1)
	return true
}

func (s *Session) wait(ctx context.Context, t *schema.Ticket, hold time.Duration) (*schema.Ticket, error) {
	if t.State != schema.TicketPending {
		return t, nil
	}
	s.gate.counts.held.Add(1)
	s.gate.counts.holding.Add(1)
	defer s.gate.counts.holding.Add(-1)
	if s.credential.Held != nil {
		s.credential.Held(t.ID, hold)
	}
	decided, err := s.gate.desk.Wait(ctx, t.ID, hold)
	if err != nil && ctx.Err() != nil {
		return t, nil // whoever waited has gone; the ticket stands, and the same statement finds it again
	}
	return decided, err
}

// settleApproved judges the action again, by the policy and the time of this moment, before the approval is used.
func (s *Session) settleApproved(ctx context.Context, t *schema.Ticket, a *schema.Action, d *schema.Decision) {
	p := s.gate.policy.Load()
	a.Request.Time = s.gate.now()
	s.decide(p, a, d)
	if d.Effect != schema.Approve {
		return
	}
	ask, ok := s.request(p, a, d)
	switch {
	case !ok:
	case a.Stage == schema.StageExecute:
		if s.redeem(ctx, ask, d) {
			return
		}
	case ask.Key() == t.Key:
		d.Effect, d.Ticket, d.Message, d.Hint = schema.Allow, t.ID, "", ""
		return
	}
	d.Ticket = t.ID
	turnAway(d, fmt.Sprintf("ticket %s was used or taken back, or the policy now asks others", t.ID),
		"run the statement again to ask for a new approval")
}

// unsettled refuses what a ticket did not let through.
func unsettled(t *schema.Ticket, d *schema.Decision) {
	switch t.State {
	case schema.TicketPending:
		turnAway(d, "waiting for approval, ticket "+t.ID, fmt.Sprintf(
			"run the same statement again once it is approved; the ticket is open until %s", t.Expires.UTC().Format(time.RFC3339)))
	case schema.TicketDenied:
		turnAway(d, "approval was refused, ticket "+t.ID, refusedBecause(t))
	case schema.TicketExpired:
		turnAway(d, fmt.Sprintf("ticket %s has expired", t.ID), "run the statement again to ask for a new approval")
	default:
		turnAway(d, fmt.Sprintf("the approval of ticket %s has been used", t.ID), "run the statement again to ask for a new approval")
	}
}

func refusedBecause(t *schema.Ticket) string {
	for _, v := range t.Votes {
		if !v.Approve && v.Reason != "" {
			return "the approver says: " + v.Reason
		}
	}
	return "ask the approvers of route " + t.Route.Name
}

func turnAway(d *schema.Decision, message, hint string) {
	d.Effect, d.Message, d.Hint = schema.Deny, message, hint
}

// deskFailed refuses what could not be brought before the approvers. The caller learns of the desk's rules, not of its
// faults.
func (s *Session) deskFailed(d *schema.Decision, err error) {
	var refused *approval.Refused
	if errors.As(err, &refused) {
		turnAway(d, refused.Message, refused.Hint)
		return
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		turnAway(d, "the session ended before an approval could be asked for", tryAgain)
		return
	}
	s.gate.logger.Error("an approval could not be asked for", "session", s.id, "error", err)
	turnAway(d, "this needs an approval, and approvals cannot be reached", tryAgain)
}
