package main

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// maxValueText bounds what is shown of one bind value, in bytes. A longer one is cut, which the line says.
const maxValueText = 2 << 10

func (a *adminClient) printTickets(got ticketList) error {
	if a.format == "json" {
		return a.p.printJSON(shownTickets{1, got})
	}
	if len(got.Approvals) == 0 {
		_, err := fmt.Fprintln(a.p.stdout, "No tickets.")
		return err
	}
	var b strings.Builder
	for i := range got.Approvals {
		ticketLine(&b, &got.Approvals[i])
	}
	_, err := fmt.Fprint(a.p.stdout, b.String())
	return err
}

// ticketLine shows a ticket in short: its statement and its values on one line each, cut where the line ends.
func ticketLine(b *strings.Builder, t *schema.Ticket) {
	const indent = "    "
	fmt.Fprintln(b, wrap("", indent, fmt.Sprintf("%s  %-8s  %s on %s", oneLine(t.ID), t.State, oneLine(t.Issuer+"/"+t.Subject), oneLine(t.Target))))
	fmt.Fprintf(b, "%s%s\n", indent, short(oneLine(t.Statement), columns-len(indent)))
	if len(t.Parameters) > 0 {
		fmt.Fprintf(b, "%s%s\n", indent, short(strings.Join(parameters(t), ", "), columns-len(indent)))
	}
	fmt.Fprintf(b, "%sasked at %s, expires at %s\n", indent, t.Created.UTC().Format(timeText), t.Expires.UTC().Format(timeText))
}

func (a *adminClient) printTicket(t schema.Ticket) error {
	if a.format == "json" {
		return a.p.printJSON(shownTicket{1, t})
	}
	var b strings.Builder
	row := func(name, value string) { fmt.Fprintln(&b, field(name, oneLine(value))) }
	row("ticket", t.ID)
	row("state", t.State.String())
	row("principal", t.Issuer+"/"+t.Subject)
	row("groups", strings.Join(t.Groups, ", "))
	row("target", t.Target)
	row("rules", strings.Join(t.Rules, ", "))
	row("route", t.Route.Name)
	row("asks", fmt.Sprintf("%d of %s; kind %s", t.Route.Quorum, strings.Join(t.Route.Approvers, ", "), strings.Join(t.Route.ApproverKinds, " or ")))
	row("bundle", t.Bundle)
	row("created", t.Created.UTC().Format(timeText))
	row("expires", t.Expires.UTC().Format(timeText))
	for _, v := range t.Votes {
		word := "denied"
		if v.Approve {
			word = "approved"
		}
		row(word, fmt.Sprintf("by %s at %s: %s", ofKind(v.Issuer+"/"+v.Subject, v.Kind), v.Time.UTC().Format(timeText), v.Reason))
	}
	row("does", strings.Join(t.Accesses, ", "))
	fmt.Fprintf(&b, "statement\n    %s\n", strings.ReplaceAll(printable(t.Statement), "\n", "\n    "))
	if len(t.Parameters) > 0 {
		fmt.Fprintf(&b, "parameters\n    %s\n", strings.Join(parameters(&t), "\n    "))
	}
	_, err := fmt.Fprint(a.p.stdout, b.String())
	return err
}

// ofKind is a voter with the kind of principal, where that was recorded.
func ofKind(who, kind string) string {
	if kind == "" {
		return who
	}
	return who + " (" + kind + ")"
}

// field is a name and a value on one line, or the value below the name when it does not fit beside it.
func field(name, value string) string {
	line := strings.TrimRight(fmt.Sprintf("%-10s %s", name, value), " ")
	if width(line) <= columns {
		return line
	}
	return name + "\n" + wrap("    ", "    ", value)
}

// parameters gives the bind values as "$1 = '42'", each safe for one line of a terminal. A line break in a value becomes
// an escape: it must not look like another value.
func parameters(t *schema.Ticket) []string {
	lines := make([]string, len(t.Parameters))
	for i, value := range t.Parameters {
		cut := ""
		if len(value) > maxValueText {
			cut = fmt.Sprintf(" ... (%d bytes; --format json shows them all)", len(value))
			value = strings.ToValidUTF8(value[:maxValueText], "")
		}
		value = strings.NewReplacer("\n", `\u000a`, "\t", `\u0009`).Replace(printable(value))
		lines[i] = fmt.Sprintf("$%d = %s%s", i+1, value, cut)
	}
	return lines
}

// short cuts a line to so many cells of a terminal.
func short(line string, cells int) string {
	if width(line) <= cells {
		return line
	}
	const more = "..."
	kept := 0
	for i, r := range line {
		if kept += width(string(r)); kept > cells-len(more) {
			return line[:i] + more
		}
	}
	return line
}

// oneLine makes text from outside safe for one line of a terminal.
func oneLine(s string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(printable(s))
}
