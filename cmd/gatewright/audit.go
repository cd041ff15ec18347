package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/audit"
)

func newAudit(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Verify an audit log and ask it questions",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuditVerify(p), newAuditQuery(p))
	return cmd
}

func newAuditVerify(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Find every line that was changed, dropped or moved",
		Long: "Verify follows the chain of hashes through the log and holds its end against FILE.head.\n" +
			"It exits with 1 when the log is not what was written.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			report, err := audit.VerifyFile(args[0])
			if err != nil {
				return fail(err, "Verify reads an audit log and the .head file beside it; give the path of the log.")
			}
			if err := p.printReport(args[0], format, report); err != nil {
				return err
			}
			if !report.OK() {
				return &failure{code: exitFindings}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output: text or json")
	return cmd
}

// verified is what the json format prints.
type verified struct {
	FormatVersion int `json:"format_version"`
	*audit.Report
}

func (p *program) printReport(file, format string, r *audit.Report) error {
	if format == "json" {
		return p.printJSON(verified{1, r})
	}
	var b strings.Builder
	for _, problem := range r.Problems {
		where := file
		if problem.Line > 0 {
			where = fmt.Sprintf("%s:%d", file, problem.Line)
		}
		fmt.Fprintf(&b, "%s: %s: %s\n", oneLine(where), problem.Fault, oneLine(problem.Detail))
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "and %d more\n", r.More)
	}
	if r.OK() {
		fmt.Fprintf(&b, "%s: %d lines, whole, up to number %d\n", oneLine(file), r.Lines, r.Last)
	}
	if r.Unfinished > 0 {
		fmt.Fprintf(&b, "%s: %d bytes of an unfinished line at the end\n", oneLine(file), r.Unfinished)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
