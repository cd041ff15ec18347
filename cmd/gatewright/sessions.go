package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func newSessions(p *program) *cobra.Command {
	a := &adminClient{p: p}
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "See who is connected",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.flags(cmd)
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "List the live sessions that you may see",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.check(); err != nil {
				return err
			}
			var got sessionList
			if err := a.call(cmd.Context(), "/v1/sessions", nil, &got); err != nil {
				return err
			}
			return a.printSessions(got)
		},
	})
	return cmd
}

// sessionList is what the gateway answers for its sessions.
type sessionList struct {
	Sessions []sessionInfo `json:"sessions"`
}

// shownSessions is what the json format prints.
type shownSessions struct {
	FormatVersion int `json:"format_version"`
	sessionList
}

// sessionInfo is what the gateway tells of one session.
type sessionInfo struct {
	ID            string    `json:"id"`
	Issuer        string    `json:"issuer"`
	Subject       string    `json:"subject"`
	Kind          string    `json:"kind"`
	Protocol      string    `json:"protocol"`
	Target        string    `json:"target"`
	ClientAddress string    `json:"client_address"`
	Application   string    `json:"application"`
	Since         time.Time `json:"since"`
	Expires       time.Time `json:"expires,omitzero"`
	Statements    uint64    `json:"statements"`
}

func (a *adminClient) printSessions(got sessionList) error {
	if a.format == "json" {
		return a.p.printJSON(shownSessions{1, got})
	}
	if len(got.Sessions) == 0 {
		_, err := fmt.Fprintln(a.p.stdout, "No sessions.")
		return err
	}
	for _, s := range got.Sessions {
		if _, err := fmt.Fprintf(a.p.stdout, "%s  %s (%s) on %s\n    from %s since %s, %d statements\n", oneLine(s.ID),
			oneLine(s.Issuer+"/"+s.Subject), oneLine(s.Kind), oneLine(s.Target), oneLine(s.ClientAddress),
			s.Since.UTC().Format(time.RFC3339), s.Statements); err != nil {
			return err
		}
	}
	return nil
}
