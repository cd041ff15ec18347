package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
)

func (t *tester) printText() error {
	var b strings.Builder
	for i := range t.report.Results {
		printResult(&b, &t.report.Results[i])
	}
	fmt.Fprintln(&b, t.summary())
	if t.coverage != nil {
		t.textCoverage(&b)
	}
	if t.mutation != nil {
		t.textMutation(&b)
	}
	_, err := fmt.Fprint(t.stdout, b.String())
	return err
}

func (t *tester) summary() string {
	return fmt.Sprintf("%d passed, %d failed", t.report.Passed, t.report.Failed)
}

// indent is where a result goes on, under its name.
const indent = "     "

// titled is a result's name: the test's, and the statement's where it has one.
func titled(r *suite.Result) string {
	if r.SQL == "" {
		return oneLine(r.Test)
	}
	return oneLine(r.Test) + ": " + oneLine(r.SQL)
}

func printResult(b *strings.Builder, r *suite.Result) {
	word := "ok  "
	switch {
	case r.Errored:
		word = "ERR "
	case !r.Passed:
		word = "FAIL"
	}
	fmt.Fprintln(b, wrap(word+" ", indent, titled(r)))
	if r.Passed {
		return
	}
	fmt.Fprintf(b, "%sat %s\n", indent, oneLine(r.Range.String()))
	for _, f := range r.Failures {
		fmt.Fprintln(b, wrap(indent, indent+"  ", sayFailure(&f)))
	}
	for _, tr := range r.Trace {
		printTrace(b, &tr)
	}
}

func sayFailure(f *suite.Failure) string {
	if f.Want == "" && f.Got == "" {
		return oneLine(f.What)
	}
	return fmt.Sprintf("%s: want %s, got %s", oneLine(f.What), cmp.Or(oneLine(f.Want), "nothing"), cmp.Or(oneLine(f.Got), "nothing"))
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

// textCoverage lists what no test has shown.
func (t *tester) textCoverage(b *strings.Builder) {
	fmt.Fprintln(b)
	for i := range t.coverage.Rules {
		if c := &t.coverage.Rules[i]; !c.Full() {
			fmt.Fprintln(b, wrap("NOT SEEN ", indent, fmt.Sprintf("%s (%s)", oneLine(c.Rule), oneLine(c.Range.String()))))
			for _, line := range unseen(c) {
				fmt.Fprintln(b, wrap(indent, indent+"  ", line))
			}
		}
	}
	line := fmt.Sprintf("coverage %s%%: %d of %d points", percent(t.coverage.Percent), t.coverage.Seen, t.coverage.Points)
	if t.short() {
		line += fmt.Sprintf(", and %s%% are asked for", percent(t.flags.least))
	}
	fmt.Fprintln(b, line)
}

func percent(p float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", p), ".0") }

// unseen says what of a rule no test has shown.
func unseen(c *suite.Covered) []string {
	var out []string
	switch {
	case !c.Matched && c.Mapping:
		out = append(out, "no token had it evaluated")
	case !c.Matched:
		out = append(out, "it never matched")
	}
	if !c.Decided && !c.Mapping {
		out = append(out, "it never decided")
	}
	for _, condition := range c.Conditions {
		for _, term := range condition.Terms {
			var sides []string
			if !term.True {
				sides = append(sides, "true")
			}
			if !term.False {
				sides = append(sides, "false")
			}
			if len(sides) > 0 {
				out = append(out, fmt.Sprintf("%s (line %d): %s was never %s", condition.Attribute, term.Range.Start.Line, oneLine(term.Text), strings.Join(sides, " or ")))
			}
		}
	}
	return out
}

// textMutation lists the mutants that survive, each with its line and the test that is missing.
func (t *tester) textMutation(b *strings.Builder) {
	fmt.Fprintln(b)
	for i := range t.mutation.Survived {
		s := &t.mutation.Survived[i]
		word := "SURVIVED "
		if s.Reason != "" {
			word = "EXCUSED "
		}
		fmt.Fprintln(b, wrap(word, indent, fmt.Sprintf("%s %s: %s", s.Kind, oneLine(s.Rule), oneLine(s.Mutation))))
		renderer{w: b}.snippet(s.Range, t.policy.Sources[s.Range.File])
		if s.Reason != "" {
			fmt.Fprintln(b, wrap(indent+"Reason: ", indent+"  ", oneLine(s.Reason)))
			continue
		}
		fmt.Fprintln(b, wrap(indent+"Missing test: ", indent+"  ", oneLine(s.Missing)))
	}
	for _, e := range t.mutation.Excuses {
		if !e.Used {
			fmt.Fprintln(b, wrap("UNUSED ", indent, sayExcuse(&e)))
		}
	}
	m := t.mutation
	fmt.Fprintln(b, wrap("", "  ", fmt.Sprintf("%s: %d killed, %d excused, %d survived", count(m.Mutants, "mutant"), m.Killed, m.Excused, m.Mutants-m.Killed-m.Excused)))
}

// sayExcuse says what is wrong with a reason that no mutant survives for.
func sayExcuse(e *suite.Excuse) string {
	where := oneLine(e.Range.String())
	if e.Reason == "" {
		return where + " excuses mutants without saying why; write: " + suite.ExcuseForm
	}
	return where + " excuses mutants of its line, and none survives: remove the comment"
}
