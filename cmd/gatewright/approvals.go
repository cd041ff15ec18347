package main

import (
	"net/url"

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
		newApprovalsVote(a, "deny", "Send a held statement away, or take an approval back before it is used"))
	return cmd
}

// ticketList is what the gateway answers for a list.
type ticketList struct {
	Approvals []schema.Ticket `json:"approvals"`
}

// shownTickets and shownTicket are what the json format prints.
type (
	shownTickets struct {
		FormatVersion int `json:"format_version"`
		ticketList
	}
	shownTicket struct {
		FormatVersion int `json:"format_version"`
		schema.Ticket
	}
)

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
