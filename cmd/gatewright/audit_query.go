package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/audit"
)

func newAuditQuery(p *program) *cobra.Command {
	var f audit.Filter
	var kind, from, to, format string
	cmd := &cobra.Command{
		Use:   "query FILE",
		Short: "Say who did what, from an audit log",
		Long: "Query prints the lines that every given flag selects, and then what the answer rests on: the time that the\n" +
			"log covers, its gaps, and whether the log is whole. It exits with 1 when it is not.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := errors.Join(checkFormat(format, "text", "json"), setTime(&f.From, "--from", from), setTime(&f.To, "--to", to)); err != nil {
				return err
			}
			f.Kind = audit.Kind(kind)
			return p.query(args[0], format, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Principal, "principal", "", `Who: "issuer/subject", or a subject of any issuer`)
	flags.StringVar(&f.Target, "target", "", "On which target")
	flags.StringVar(&f.Class, "class", "", "Touching which class")
	flags.StringVar(&f.Object, "object", "", "On which table, column or function, by its canonical name")
	flags.StringVar(&f.Session, "session", "", "In which session")
	flags.StringVar(&f.Ticket, "ticket", "", "Under which ticket")
	flags.StringVar(&f.Effect, "effect", "", "Decided how: allow, deny or approve")
	flags.StringVar(&kind, "kind", "", "Which kind of line, as decision, outcome or session.opened")
	flags.BoolVar(&f.Passed, "passed", false, "Only what reached the target")
	flags.StringVar(&from, "from", "", "Not before this time, as 2006-01-02 or 2006-01-02T15:04:05Z")
	flags.StringVar(&to, "to", "", "Before this time")
	flags.StringVar(&format, "format", "text", "Output: text or json")
	return cmd
}

func setTime(into *time.Time, flag, text string) error {
	if text == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			*into = t
			return nil
		}
	}
	return fail(fmt.Errorf("%s %q is not a time", flag, text), "Write it as 2006-01-02 or 2006-01-02T15:04:05Z.")
}

// timeText is how a time is shown to a person.
const timeText = time.RFC3339

// answer is what the json format prints.
type answer struct {
	FormatVersion int             `json:"format_version"`
	Lines         []*audit.Entry  `json:"lines"`
	Coverage      *audit.Coverage `json:"coverage"`
}

func (p *program) query(path, format string, f audit.Filter) error {
	log, err := os.Open(path)
	if err != nil {
		return fail(err, "Give the path of an audit log.")
	}
	defer log.Close()
	head, err := headOf(path)
	if err != nil {
		return fail(err, "The .head file beside the log is damaged; see 'gatewright audit verify'.")
	}
	got := answer{FormatVersion: 1, Lines: []*audit.Entry{}}
	got.Coverage, err = audit.Query(log, head, f, func(e *audit.Entry) error {
		if format == "json" {
			got.Lines = append(got.Lines, e)
			return nil
		}
		_, err := fmt.Fprintln(p.stdout, entryText(e))
		return err
	})
	if err != nil {
		return fail(err, "")
	}
	if format == "json" {
		err = p.printJSON(got)
	} else {
		err = p.printCoverage(path, got.Coverage)
	}
	if err == nil && !got.Coverage.Report.OK() {
		err = &failure{code: exitFindings}
	}
	return err
}

// headOf reads the head of a log; nil when it has none, as a copy may.
func headOf(path string) (*audit.Head, error) {
	head, err := audit.ReadHead(audit.HeadPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &head, err
}

// entryText tells one line of the log: its number, when, what and who on one line, and below it what the kind of line
// has to say.
func entryText(e *audit.Entry) string {
	head := []string{fmt.Sprintf("#%d", e.Seq), e.Time.UTC().Format("2006-01-02T15:04:05.000Z"), string(e.Kind)}
	var b strings.Builder
	add := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "\n    %s%s", name, oneLine(value))
		}
	}
	for _, word := range []string{effectText(e), outcomeText(e), e.Principal()} {
		if word != "" {
			head = append(head, oneLine(word))
		}
	}
	if e.Target != "" {
		head = append(head, "on "+oneLine(e.Target))
	}
	add("", e.Text)
	add("opaque: ", e.Opaque)
	add("rules: ", strings.Join(e.Rules, ", "))
	add("classes: ", strings.Join(e.Classes, ", "))
	add("masked: ", maskedText(e))
	add("ticket: ", ticketText(e))
	if e.Kind == audit.KindBundleLoaded || e.Kind == audit.KindBundleRefused {
		add("bundle: ", e.Bundle)
	}
	add("", e.Reason)
	return strings.Join(head, " ") + b.String()
}

func ticketText(e *audit.Entry) string {
	switch {
	case e.Approve == nil:
		return e.Ticket
	case *e.Approve:
		return e.Ticket + ", approved by " + ofKind(e.Actor, e.ActorKind)
	default:
		return e.Ticket + ", denied by " + ofKind(e.Actor, e.ActorKind)
	}
}

func effectText(e *audit.Entry) string {
	if e.Effect != "" && e.Enforced != nil && !*e.Enforced {
		return e.Effect + " (not enforced)"
	}
	return e.Effect
}

func maskedText(e *audit.Entry) string {
	var columns []string
	for _, m := range e.Masked {
		text := m.Column + " " + m.With
		if m.Derived {
			text += " (derived)"
		}
		columns = append(columns, text)
	}
	return strings.Join(columns, ", ")
}

func outcomeText(e *audit.Entry) string {
	if e.Kind != audit.KindOutcome || e.Rows == nil {
		return ""
	}
	text := fmt.Sprintf("of #%d: %d rows", e.Decision, *e.Rows)
	if e.MaskedCells != nil && *e.MaskedCells > 0 {
		text += fmt.Sprintf(", %d cells masked", *e.MaskedCells)
	}
	if e.SQLSTATE != "" {
		text += ", SQLSTATE " + e.SQLSTATE
	}
	return text
}

func (p *program) printCoverage(path string, c *audit.Coverage) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d lines of a log from %s to %s\n", c.Matched, c.From.UTC().Format(timeText), c.To.UTC().Format(timeText))
	for _, gap := range c.Gaps {
		when := "from " + gap.From.UTC().Format(timeText) + " on"
		if !gap.To.IsZero() {
			when = "between " + gap.From.UTC().Format(timeText) + " and " + gap.To.UTC().Format(timeText)
		}
		fmt.Fprintf(&b, "nothing is known %s:\n%s\n", when, wrap("    ", "    ", oneLine(gap.Why)))
	}
	if c.DryRun > 0 {
		fmt.Fprintf(&b, "%d decisions were not enforced\n", c.DryRun)
	}
	if c.Open > 0 {
		fmt.Fprintf(&b, "%d that passed have no outcome yet\n", c.Open)
	}
	if !c.Report.HeadChecked {
		fmt.Fprintf(&b, "there is no .head file beside it: lines missing at its end would not show\n")
	}
	if _, err := fmt.Fprint(p.stdout, b.String()); err != nil || c.Report.OK() {
		return err
	}
	return p.printReport(path, "text", c.Report)
}
