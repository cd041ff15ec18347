package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// maxTickets bounds a list.
const maxTickets = 1000

// errorHint of those whose token does not do.
const tokenHint = "send a fresh access token of one of the policy's issuers: Authorization: Bearer TOKEN"

// ask answers one request of a caller who has shown who they are.
type ask func(w http.ResponseWriter, r *http.Request, by *schema.Principal) *problem

// admin answers approvers and operators. It trusts nothing but the token: no cookie, no address, no origin.
func (g *Gateway) admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /v1/status", g.identified(g.askStatus))
	mux.Handle("GET /v1/sessions", g.identified(g.askSessions))
	mux.Handle("GET /v1/approvals", g.identified(g.askTickets))
	mux.Handle("GET /v1/approvals/{id}", g.identified(g.askTicket))
	mux.Handle("POST /v1/approvals/{id}/approve", g.identified(g.vote(true)))
	mux.Handle("POST /v1/approvals/{id}/deny", g.identified(g.vote(false)))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		(&problem{status: http.StatusNotFound, Error: "there is nothing here", Hint: "docs/gateway.md lists the requests"}).write(w)
	})
	return mux
}

// identified lets a request pass whose token the policy's issuers vouch for, as they would for a session.
func (g *Gateway) identified(next ask) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), httpTimeout)
		defer cancel()
		by, p := g.who(ctx, r)
		if p == nil {
			p = next(w, r.WithContext(ctx), by)
		}
		if p != nil {
			p.write(w)
		}
	})
}

func (g *Gateway) who(ctx context.Context, r *http.Request) (*schema.Principal, *problem) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, &problem{status: http.StatusUnauthorized, Error: "the request shows no token", Hint: tokenHint}
	}
	by, err := g.gate.Policy().Verifier.Verify(ctx, schema.NewSecret(strings.TrimSpace(token)))
	if err == nil {
		return by, nil
	}
	p := &problem{status: http.StatusUnauthorized, Error: "the token could not be checked", Hint: tokenHint}
	var known *identity.Error
	if errors.As(err, &known) {
		p.Error, p.Hint = known.Reason, known.Hint
	}
	return nil, p
}

func (g *Gateway) askStatus(w http.ResponseWriter, _ *http.Request, _ *schema.Principal) *problem {
	writeJSON(w, http.StatusOK, g.Status())
	return nil
}

func (g *Gateway) askSessions(w http.ResponseWriter, _ *http.Request, by *schema.Principal) *problem {
	list := g.gate.Sessions()
	if !g.operates(by) {
		list = slices.DeleteFunc(list, func(s gate.SessionInfo) bool { return s.Issuer != by.Issuer || s.Subject != by.Subject })
	}
	writeJSON(w, http.StatusOK, map[string]any{"sessions": list})
	return nil
}

func (g *Gateway) askTickets(w http.ResponseWriter, r *http.Request, by *schema.Principal) *problem {
	var states []schema.TicketState
	for _, word := range r.URL.Query()["state"] {
		var s schema.TicketState
		if err := s.UnmarshalText([]byte(word)); err != nil {
			return &problem{status: http.StatusBadRequest, Error: err.Error(), Hint: "states are pending, approved, denied, expired and redeemed"}
		}
		states = append(states, s)
	}
	list, err := g.desk.Tickets(r.Context(), maxTickets, states...)
	if err != nil {
		return g.broken(err)
	}
	seen := []schema.Ticket{}
	for i := range list {
		if g.mayRead(&list[i], by) {
			seen = append(seen, list[i])
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"approvals": seen})
	return nil
}

func (g *Gateway) askTicket(w http.ResponseWriter, r *http.Request, by *schema.Principal) *problem {
	t, p := g.ticket(r, by)
	if p == nil {
		writeJSON(w, http.StatusOK, t)
	}
	return p
}

// ticket finds the ticket of a request, for those who may read it. The others get the answer of a ticket that there is
// not, so that nobody learns which there are.
func (g *Gateway) ticket(r *http.Request, by *schema.Principal) (*schema.Ticket, *problem) {
	id := r.PathValue("id")
	t, err := g.desk.Ticket(r.Context(), id)
	if err != nil {
		return nil, g.broken(err)
	}
	if t == nil || !g.mayRead(t, by) {
		return nil, &problem{
			status: http.StatusNotFound, Error: fmt.Sprintf("there is no ticket %q for you to see", id),
			Hint: "gatewright approvals list shows those that there are",
		}
	}
	return t, nil
}

// vote takes the word of one who may read the ticket. Whether it counts is the desk's to say.
func (g *Gateway) vote(approve bool) ask {
	return func(w http.ResponseWriter, r *http.Request, by *schema.Principal) *problem {
		var body struct {
			Reason string `json:"reason"`
		}
		if p := readJSON(w, r, &body); p != nil {
			return p
		}
		seen, p := g.ticket(r, by)
		if p != nil {
			return p
		}
		t, err := g.desk.Decide(r.Context(), seen.ID, by, approve, body.Reason)
		if err != nil {
			return g.deskProblem(err)
		}
		g.logger.Info("a ticket was voted on", "ticket", t.ID, "by", by.String(), "approve", approve, "state", t.State.String())
		writeJSON(w, http.StatusOK, t)
		return nil
	}
}

var deskStatus = map[approval.Cause]int{
	approval.Unknown: http.StatusNotFound, approval.NotApprover: http.StatusForbidden, approval.WrongKind: http.StatusForbidden,
	approval.OwnRequest:   http.StatusForbidden,
	approval.AlreadyVoted: http.StatusConflict, approval.Settled: http.StatusConflict, approval.NoReason: http.StatusBadRequest,
}

func (g *Gateway) deskProblem(err error) *problem {
	var refused *approval.Refused
	if !errors.As(err, &refused) {
		return g.broken(err)
	}
	status := deskStatus[refused.Cause]
	if status == 0 {
		status = http.StatusConflict
	}
	return &problem{status: status, Error: refused.Message, Hint: refused.Hint}
}

// broken tells the operator what went wrong, and the caller only that something did.
func (g *Gateway) broken(err error) *problem {
	g.logger.Error("a request could not be answered", "error", err)
	return &problem{status: http.StatusInternalServerError, Error: "the gateway cannot answer this now", Hint: "the gateway's log says why"}
}

// mayRead: a ticket holds a statement with its literals and bind values, so that only those see it whom its route names,
// who asked for it, or who operate the gateway.
func (g *Gateway) mayRead(t *schema.Ticket, by *schema.Principal) bool {
	return t.Issuer == by.Issuer && t.Subject == by.Subject || t.Route.Names(by) || g.operates(by)
}

// operates reports whether by is among the operators, by the issuers of the policy in force.
func (g *Gateway) operates(by *schema.Principal) bool {
	issuers := issuerNames(g.gate.Policy().Engine.Bundle())
	return slices.ContainsFunc(g.cfg.Admin.Operators, func(p schema.Party) bool {
		given, ok := p.Of(issuers)
		return ok && given.Means(by)
	})
}

func issuerNames(b *schema.Bundle) []string {
	names := make([]string, 0, len(b.Issuers))
	for i := range b.Issuers {
		names = append(names, b.Issuers[i].Name)
	}
	return names
}
