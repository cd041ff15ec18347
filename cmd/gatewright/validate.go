package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "validate DIR",
		Short: "Check a policy directory and show every mistake in it",
		Long: "Validate checks types, names, conditions and their costs, tables and columns against the targets' catalogs, and " +
			"proves the policy's invariants. It exits with 4 when the policy is invalid, and with 1 when an invariant does not hold.",
		Example: "  gatewright validate policy\n" +
			"  gatewright validate policy --format json",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			result, err := p.compile(args[0], format)
			if err != nil {
				return err
			}
			proofs, err := prove(result, args[0])
			if err != nil {
				return err
			}
			broken := invariantDiagnostics(proofs)
			if format != "json" {
				p.showDiagnostics(broken, result.Sources)
			}
			result.Diagnostics = append(result.Diagnostics, broken...)
			if broken.HasErrors() {
				if format == "json" {
					d := diagnosis(result)
					d.Valid = false
					err = p.printJSON(d)
				}
				return cmp.Or(err, error(&failure{code: exitFindings}))
			}
			d := diagnosis(result)
			if format == "json" {
				return p.printJSON(d)
			}
			n := d.Counts
			_, err = fmt.Fprintf(p.stdout, "Policy %q is valid: %s, %s, %s, %s, %s.\n", result.Bundle.Name, count(n["targets"], "target"),
				count(n["rules"], "rule"), count(n["masks"], "mask"), count(n["classes"], "class"), count(n["tests"], "test"))
			if proved := len(proofs) - len(broken); proved > 0 && err == nil {
				_, err = fmt.Fprintf(p.stdout, "%s proved for every request.\n", count(proved, "invariant"))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output: text or json")
	return cmd
}
