package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "validate DIR",
		Short: "Check a policy directory and show every mistake in it",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			result, err := p.compile(args[0], format)
			if err != nil {
				return err
			}
			d := diagnosis(result)
			if format == "json" {
				return p.printJSON(d)
			}
			n := d.Counts
			_, err = fmt.Fprintf(p.stdout, "Policy %q is valid: %s, %s, %s, %s, %s.\n", result.Bundle.Name, count(n["targets"], "target"),
				count(n["rules"], "rule"), count(n["masks"], "mask"), count(n["classes"], "class"), count(n["tests"], "test"))
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output: text or json")
	return cmd
}
