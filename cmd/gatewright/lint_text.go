package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// printLintText shows the findings as diagnostics are shown, each with its rule, and how many there are.
func (l *linted) printLintText() error {
	r := renderer{w: l.stdout, colour: l.colour(l.stdout)}
	for _, f := range l.found {
		d := f.Diagnostic
		d.Summary = fmt.Sprintf("%s [%s]", d.Summary, f.Rule)
		r.diagnostic(d, l.policy.Sources)
	}
	text := l.total()
	if l.undecided {
		text += "\nThe rules are too tangled to tell of each whether it decides anything; there may be more that do not."
	}
	if len(l.found) > 0 && l.policy.Bundle != nil {
		text += "\n'gatewright lint --explain RULE' shows the page of a rule."
	}
	_, err := fmt.Fprintln(l.stdout, wrap("", "", text))
	return err
}

// total says how many findings there are.
func (l *linted) total() string {
	var parts []string
	for _, s := range []schema.Severity{schema.SeverityError, schema.SeverityWarning} {
		if n := l.count(s); n > 0 {
			parts = append(parts, count(n, s.String()))
		}
	}
	if n := l.count(schema.SeverityInfo); n > 0 {
		parts = append(parts, fmt.Sprintf("%d info", n))
	}
	text := "No findings"
	if len(l.found) > 0 {
		text = count(len(l.found), "finding") + ": " + strings.Join(parts, ", ")
	}
	if len(l.aside) > 0 {
		text += fmt.Sprintf("; %d ignored", len(l.aside))
	}
	if l.hidden > 0 {
		text += fmt.Sprintf("; %d below --severity", l.hidden)
	}
	return text + "."
}

// lintReport is what --format json says.
type lintReport struct {
	FormatVersion int    `json:"format_version"`
	Today         string `json:"today"`
	Valid         bool   `json:"valid"`
	// ReachDecided is set when it is known of each rule whether it decides anything.
	ReachDecided bool           `json:"reach_decided"`
	Findings     []shownFinding `json:"findings"`
	Ignored      []shownFinding `json:"ignored"`
	Counts       lintCounts     `json:"counts"`
}

type lintCounts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Ignored  int `json:"ignored"`
	// Hidden are those below --severity.
	Hidden int `json:"hidden"`
}

// shownFinding is a finding with the line it is about.
type shownFinding struct {
	compiler.Finding
	Line string `json:"line,omitempty"`
}

func (l *linted) printLintJSON() error {
	return l.printJSON(lintReport{
		FormatVersion: 1, Today: l.flags.day.Format(time.DateOnly), Valid: l.policy.Bundle != nil,
		ReachDecided: l.policy.Bundle != nil && !l.undecided, Findings: l.shown(l.found), Ignored: l.shown(l.aside),
		Counts: lintCounts{
			Errors: l.count(schema.SeverityError), Warnings: l.count(schema.SeverityWarning), Infos: l.count(schema.SeverityInfo),
			Ignored: len(l.aside), Hidden: l.hidden,
		},
	})
}

func (l *linted) shown(list []compiler.Finding) []shownFinding {
	out := []shownFinding{}
	for _, f := range list {
		shown := shownFinding{Finding: f}
		if f.Range != nil {
			line, _ := lineAt(l.policy.Sources[f.Range.File], f.Range.Start.Byte)
			shown.Line = string(line)
		}
		out = append(out, shown)
	}
	return out
}
