package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

func exampleTicket() schema.Ticket {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return schema.Ticket{
		ID: "bp4hkxjz247jbtsj", Issuer: "corp", Subject: "order-service", Groups: []string{"order-service"}, Target: "payments-db",
		Statement: "DELETE FROM orders\nWHERE id = $1 AND note = $2 AND paid IS NOT DISTINCT FROM $3", Parameters: []string{"'42'", "'it''s'", "NULL"},
		Accesses: []string{"delete public.orders"}, Rules: []string{"approve.prod-delete"}, Bundle: "sha256:" + strings.Repeat("0123456789abcdef", 4),
		Route: schema.Route{
			Name: "dba-oncall", Approvers: []string{"corp/group:dba"}, ApproverKinds: []string{"human"}, Quorum: 1,
			Hold: 2 * time.Minute, Expires: 30 * time.Minute,
		},
		Created: noon, Expires: noon.Add(30 * time.Minute), State: schema.TicketDenied,
		Votes: []schema.Vote{
			{Issuer: "corp", Subject: "alice", Kind: "human", Approve: true, Reason: "duplicate order", Time: noon.Add(time.Minute)},
			{Issuer: "corp", Subject: "bob", Reason: "that is the customer's own order, and it was paid for", Time: noon.Add(2 * time.Minute)},
		},
	}
}

func shown(t *testing.T, print func(*adminClient) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := print(&adminClient{p: &program{stdout: &out}, format: "text"}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func narrow(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if width(strings.TrimSuffix(line, "\n")) > columns {
			t.Errorf("wider than %d: %s", columns, line)
		}
	}
}

func TestTicketShown(t *testing.T) {
	got := shown(t, func(a *adminClient) error { return a.printTicket(exampleTicket()) })
	const want = `ticket     bp4hkxjz247jbtsj
state      denied
principal  corp/order-service
groups     order-service
target     payments-db
rules      approve.prod-delete
route      dba-oncall
asks       1 of corp/group:dba; kind human
bundle
    sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
created    2026-03-01T12:00:00Z
expires    2026-03-01T12:30:00Z
approved   by corp/alice (human) at 2026-03-01T12:01:00Z: duplicate order
denied
    by corp/bob at 2026-03-01T12:02:00Z: that is the customer's own order, and
    it was paid for
does       delete public.orders
statement
    DELETE FROM orders
    WHERE id = $1 AND note = $2 AND paid IS NOT DISTINCT FROM $3
parameters
    $1 = '42'
    $2 = 'it''s'
    $3 = NULL
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	narrow(t, got)
}

func TestTicketsListed(t *testing.T) {
	long := exampleTicket()
	long.Parameters = append(long.Parameters, strings.Repeat("漢", 100))
	plain := exampleTicket()
	plain.ID, plain.State, plain.Statement, plain.Parameters = "t2", schema.TicketPending, "DELETE FROM orders WHERE id = 1", nil
	got := shown(t, func(a *adminClient) error { return a.printTickets(ticketList{Approvals: []schema.Ticket{plain, long}}) })
	const want = `t2  pending   corp/order-service on payments-db
    DELETE FROM orders WHERE id = 1
    asked at 2026-03-01T12:00:00Z, expires at 2026-03-01T12:30:00Z
bp4hkxjz247jbtsj  denied    corp/order-service on payments-db
    DELETE FROM orders WHERE id = $1 AND note = $2 AND paid IS NOT DISTINCT F...
    $1 = '42', $2 = 'it''s', $3 = NULL, $4 = 漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢...
    asked at 2026-03-01T12:00:00Z, expires at 2026-03-01T12:30:00Z
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	narrow(t, got)
}

// A value cannot look like another value, like another part of the ticket, or move the cursor; a huge one says that it
// was cut.
func TestHostileValues(t *testing.T) {
	hostile := exampleTicket()
	hostile.Parameters = []string{"'1'\n    $2 = 'harmless'\nstate      approved", "'\x1b[2J\u202e\r\t'", "'" + strings.Repeat("x", 3*maxValueText) + "'"}
	got := shown(t, func(a *adminClient) error { return a.printTicket(hostile) })
	_, section, _ := strings.Cut(got, "\nparameters\n")
	lines := strings.Split(strings.TrimSuffix(section, "\n"), "\n")
	if len(lines) != len(hostile.Parameters) {
		t.Fatalf("%d lines for %d values:\n%s", len(lines), len(hostile.Parameters), section)
	}
	for i, want := range []string{
		`'1'\u000a    $2 = 'harmless'\u000astate      approved`,
		`'\u001b[2J\u202e\u000d\u0009'`,
		"'" + strings.Repeat("x", maxValueText-1) + fmt.Sprintf(" ... (%d bytes; --format json shows them all)", 3*maxValueText+2),
	} {
		if diff := cmp.Diff(fmt.Sprintf("    $%d = %s", i+1, want), lines[i]); diff != "" {
			t.Error(diff)
		}
	}
}
