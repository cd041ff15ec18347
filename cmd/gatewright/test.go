package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
)

func newTest(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "test DIR",
		Short: "Run a policy's tests on the gateway's own classifier, engine and masks",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			result, err := p.compile(args[0], format)
			if err != nil {
				return err
			}
			j, err := newJudge(result.Bundle, policyFS(args[0]))
			if err != nil {
				return err
			}
			report := suite.Run(result.Suite, addresses(result.Bundle), j.decide)
			if format == "json" {
				err = p.printJSON(testReport{FormatVersion: 1, Report: report})
			} else {
				err = p.printTests(report)
			}
			if err != nil {
				return err
			}
			if len(report.Results) == 0 {
				return &failure{code: exitFindings, err: errors.New("the policy has no tests"),
					hint: "Write test blocks in files that end in _test.hcl."}
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

type testReport struct {
	FormatVersion int `json:"format_version"`
	*suite.Report
}

// addresses lists every rule and mask of a bundle.
func addresses(b *schema.Bundle) []string {
	var out []string
	for i := range b.Rules {
		out = append(out, b.Rules[i].Address)
	}
	for i := range b.Masks {
		out = append(out, b.Masks[i].Address)
	}
	return out
}

func (p *program) printTests(report *suite.Report) error {
	var b strings.Builder
	for i := range report.Results {
		printResult(&b, &report.Results[i])
	}
	fmt.Fprintf(&b, "%d passed, %d failed\n", report.Passed, report.Failed)
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// indent is where a result goes on, under its name.
const indent = "     "

func printResult(b *strings.Builder, r *suite.Result) {
	word := "ok  "
	if !r.Passed {
		word = "FAIL"
	}
	fmt.Fprintln(b, wrap(word+" ", indent, oneLine(r.Test)+": "+oneLine(r.SQL)))
	if r.Passed {
		return
	}
	fmt.Fprintf(b, "%sat %s\n", indent, oneLine(r.Range.String()))
	for _, f := range r.Failures {
		if f.Want == "" && f.Got == "" {
			fmt.Fprintln(b, wrap(indent, indent, oneLine(f.What)))
			continue
		}
		fmt.Fprintln(b, wrap(indent, indent+"  ", fmt.Sprintf("%s: want %s, got %s", oneLine(f.What), oneLine(f.Want), oneLine(f.Got))))
	}
	for _, tr := range r.Trace {
		printTrace(b, &tr)
	}
}

// printTrace shows how a rule looked at the statement, with the terms of its condition and their values.
func printTrace(b *strings.Builder, tr *schema.Trace) {
	what := ""
	if tr.Access.Verb != "" {
		what = strings.TrimSuffix(" "+tr.Access.Verb+" "+tr.Access.Object, " ") + ":"
	}
	outcome := "matches"
	if !tr.Matched {
		outcome = "does not match by its " + tr.Scope
	}
	fmt.Fprintln(b, wrap(indent, indent+"  ", fmt.Sprintf("%s (%s)%s %s", oneLine(tr.Rule), oneLine(tr.Range.String()), oneLine(what), outcome)))
	for _, term := range tr.Terms {
		fmt.Fprintln(b, wrap(indent+"    ", indent+"      ", oneLine(term.Text)+" = "+oneLine(term.Value)))
	}
}
