package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/schema"
)

func newApprovals(p *program) *cobra.Command {
	a := &adminClient{p: p}
	cmd := &cobra.Command{
		Use:   "approvals",
		Short: "See and decide the statements that wait for approval",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.flags(cmd)
	cmd.AddCommand(newApprovalsList(a), newApprovalsShow(a),
		newApprovalsVote(a, "approve", "Let a held statement pass, once"),
		newApprovalsVote(a, "deny", "Send a held statement away"))
	return cmd
}

// ticketList is what the gateway answers for a list.
type ticketList struct {
	Approvals []schema.Ticket `json:"approvals"`
}

func newApprovalsList(a *adminClient) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the tickets that you may decide, and your own",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.check(); err != nil {
				return err
			}
			path := "/v1/approvals?state=pending"
			if all {
				path = "/v1/approvals"
			}
			var got ticketList
			if err := a.call(cmd.Context(), path, nil, &got); err != nil {
				return err
			}
			return a.printTickets(got)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "Also those that are decided or expired")
	return cmd
}

func newApprovalsShow(a *adminClient) *cobra.Command {
	return &cobra.Command{
		Use:   "show TICKET",
		Short: "Show one ticket with its statement and the votes on it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			var t schema.Ticket
			if err := a.call(cmd.Context(), "/v1/approvals/"+url.PathEscape(args[0]), nil, &t); err != nil {
				return err
			}
			return a.printTicket(t)
		},
	}
}

func newApprovalsVote(a *adminClient, verb, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   verb + " TICKET --reason TEXT",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			body := map[string]string{"reason": reason}
			var t schema.Ticket
			if err := a.call(cmd.Context(), "/v1/approvals/"+url.PathEscape(args[0])+"/"+verb, body, &t); err != nil {
				return err
			}
			return a.printTicket(t)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "Why; it goes into the ticket and the audit log")
	mustFlags(cmd, "reason")
	return cmd
}

func (a *adminClient) printTickets(got ticketList) error {
	if a.format == "json" {
		return a.p.printJSON(got)
	}
	if len(got.Approvals) == 0 {
		_, err := fmt.Fprintln(a.p.stdout, "No tickets.")
		return err
	}
	for _, t := range got.Approvals {
		if _, err := fmt.Fprintf(a.p.stdout, "%s  %-8s  %s on %s\n    %s\n    asked at %s, expires at %s\n", printable(t.ID), t.State,
			oneLine(t.Issuer+"/"+t.Subject), oneLine(t.Target), oneLine(t.Statement),
			t.Created.UTC().Format(timeText), t.Expires.UTC().Format(timeText)); err != nil {
			return err
		}
	}
	return nil
}

func (a *adminClient) printTicket(t schema.Ticket) error {
	if a.format == "json" {
		return a.p.printJSON(t)
	}
	var b strings.Builder
	row := func(name, value string) { fmt.Fprintf(&b, "%-10s %s\n", name, oneLine(value)) }
	row("ticket", t.ID)
	row("state", t.State.String())
	row("principal", t.Issuer+"/"+t.Subject)
	row("groups", strings.Join(t.Groups, ", "))
	row("target", t.Target)
	row("rules", strings.Join(t.Rules, ", "))
	row("route", fmt.Sprintf("%s (%d of %s)", t.Route.Name, t.Route.Quorum, strings.Join(t.Route.Approvers, ", ")))
	row("bundle", t.Bundle)
	row("created", t.Created.UTC().Format(timeText))
	row("expires", t.Expires.UTC().Format(timeText))
	for _, v := range t.Votes {
		word := "denied"
		if v.Approve {
			word = "approved"
		}
		row(word, fmt.Sprintf("%s at %s: %s", v.Issuer+"/"+v.Subject, v.Time.UTC().Format(timeText), v.Reason))
	}
	fmt.Fprintf(&b, "statement\n    %s\n", strings.ReplaceAll(printable(t.Statement), "\n", "\n    "))
	_, err := fmt.Fprint(a.p.stdout, b.String())
	return err
}

// oneLine makes text from outside safe for one line of a terminal.
func oneLine(s string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(printable(s))
}
