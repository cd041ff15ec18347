package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

func newLint(p *program) *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint DIR",
		Short: "Look for what is valid in a policy and most likely a mistake",
		Long: "Lint looks at a valid policy for rules that let too much pass, protect nothing, or are not tested.\n" +
			"Each finding names its rule; --explain RULE shows the rule's page.\n" +
			"A finding is set aside for a reason and for a while by a comment on its line or before its block:\n\n" +
			"  " + compiler.IgnoreForm + "\n\n" +
			"A rule in dry run says in the same way when that ends:\n\n" +
			"  " + compiler.UntilForm,
		Example: "  gatewright lint policy\n" +
			"  gatewright lint policy --fail-on warning --format github\n" +
			"  gatewright lint policy --severity deny-without-message=error\n" +
			"  gatewright lint --explain client-word",
		Args: func(cmd *cobra.Command, args []string) error {
			if f.aboutCatalogue() {
				return cobra.MaximumNArgs(1)(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.aboutCatalogue() && len(args) > 0:
				return fail(errors.New("--list and --explain are about the rules, and take no directory"), "Leave one of the two out.")
			case f.list:
				return p.listLintRules()
			case f.explain != "":
				return p.explainLintRule(f.explain)
			}
			return p.lint(cmd.Context(), args[0], &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "Output: text, json, sarif or github")
	flags.StringArrayVar(&f.severity, "severity", nil, "Least severity to show, as warning, or that of a rule, as RULE=error; may be given several times")
	flags.StringVar(&f.failOn, "fail-on", "error", "Least severity that makes the exit code 1: error, warning or info")
	flags.StringVar(&f.today, "today", "", "The day to judge ends by, as 2026-12-31 (default: by the clock)")
	flags.StringVar(&f.explain, "explain", "", "Show the page of a rule")
	flags.BoolVar(&f.list, "list", false, "Show all rules")
	return cmd
}

type lintFlags struct {
	format, failOn, today, explain string
	severity                       []string
	list                           bool

	// least is the least severity to show, fails that to fail on, own those of rules.
	least, fails schema.Severity
	own          map[string]schema.Severity
	day          time.Time
}

// aboutCatalogue reports a call that is about the rules and not about a policy.
func (f *lintFlags) aboutCatalogue() bool { return f.list || f.explain != "" }

func (f *lintFlags) check(now time.Time) error {
	if err := checkFormat(f.format, "text", "json", "sarif", "github"); err != nil {
		return err
	}
	var err error
	if f.fails, err = parseSeverity("--fail-on", f.failOn); err != nil {
		return err
	}
	if f.day = now; f.today != "" {
		if f.day, err = time.Parse(time.DateOnly, f.today); err != nil {
			return fail(fmt.Errorf("--today %q is no day", f.today), "Write it as 2026-12-31.")
		}
	}
	f.least, f.own = schema.SeverityInfo, map[string]schema.Severity{}
	for _, text := range f.severity {
		id, level, ofRule := strings.Cut(text, "=")
		if !ofRule {
			if f.least, err = parseSeverity("--severity", text); err != nil {
				return err
			}
			continue
		}
		switch rule, ok := compiler.FindLintRule(id); {
		case !ok:
			return unknownLintRule(id)
		case rule.Fixed:
			return fail(fmt.Errorf("--severity: that of %s is fixed", id), "Mend what it finds: it guards the rest of the report.")
		}
		if f.own[id], err = parseSeverity("--severity "+id, level); err != nil {
			return err
		}
	}
	return nil
}

func parseSeverity(flag, word string) (schema.Severity, error) {
	for _, s := range []schema.Severity{schema.SeverityError, schema.SeverityWarning, schema.SeverityInfo} {
		if s.String() == word {
			return s, nil
		}
	}
	return 0, fail(fmt.Errorf("%s: there is no severity %q", flag, word), "Severities are error, warning and info. A single finding is set aside by a comment: "+compiler.IgnoreForm)
}

func unknownLintRule(id string) error {
	var ids []string
	for _, r := range compiler.LintRules() {
		ids = append(ids, r.ID)
	}
	hint := "'gatewright lint --list' shows all rules."
	if near := schema.Nearest(id, ids); near != "" {
		hint = fmt.Sprintf("Did you mean %q? ", near) + hint
	}
	return fail(fmt.Errorf("there is no rule %q", id), hint)
}

// linted is one run of the verb and what came of it.
type linted struct {
	*program
	flags  *lintFlags
	dir    string
	policy *compiler.Result
	// found are the findings that count, set those that comments set aside; hidden are too slight to be shown.
	found, aside []compiler.Finding
	hidden       int
	// undecided is set when there may be more rules that decide nothing than were found.
	undecided bool
}

func (p *program) lint(ctx context.Context, dir string, f *lintFlags) error {
	if err := f.check(time.Now()); err != nil {
		return err
	}
	result, err := compileDir(dir)
	if err != nil {
		return err
	}
	l := &linted{program: p, flags: f, dir: dir, policy: result}
	c := compiler.LintConfig{Today: f.day, Severity: f.own}
	if result.Bundle != nil {
		if c.Seen, err = seenRules(ctx, result, dir); err != nil {
			return err
		}
		if c.Idle, l.undecided, err = idleRules(result.Bundle); err != nil {
			return err
		}
	}
	failed := false
	for _, finding := range result.Lint(c) {
		switch {
		case finding.Ignored != nil:
			l.aside = append(l.aside, finding)
			continue
		case finding.Severity > f.least:
			l.hidden++
		default:
			l.found = append(l.found, finding)
		}
		failed = failed || finding.Severity <= f.fails
	}
	if err := l.print(); err != nil {
		return err
	}
	switch {
	case result.Bundle == nil:
		return &failure{code: exitInvalid}
	case failed:
		return &failure{code: exitFindings}
	}
	return nil
}

func (l *linted) print() error {
	switch l.flags.format {
	case "json":
		return l.printLintJSON()
	case "sarif":
		return l.printJSON(l.sarif())
	case "github":
		return l.printWorkflow()
	}
	return l.printLintText()
}

// count counts the shown findings by severity.
func (l *linted) count(s schema.Severity) int {
	n := 0
	for i := range l.found {
		if l.found[i].Severity == s {
			n++
		}
	}
	return n
}

func (p *program) listLintRules() error {
	var b strings.Builder
	wide := 0
	rules := compiler.LintRules()
	for i := range rules {
		wide = max(wide, len(rules[i].ID))
	}
	slices.SortStableFunc(rules, func(a, b compiler.LintRule) int { return int(a.Severity) - int(b.Severity) })
	for i := range rules {
		fmt.Fprintln(&b, wrap(fmt.Sprintf("%-7s  %-*s  ", rules[i].Severity, wide, rules[i].ID), strings.Repeat(" ", wide+11), rules[i].Summary))
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

func (p *program) explainLintRule(id string) error {
	rule, ok := compiler.FindLintRule(id)
	if !ok {
		return unknownLintRule(id)
	}
	_, err := fmt.Fprint(p.stdout, rule.Page())
	return err
}
