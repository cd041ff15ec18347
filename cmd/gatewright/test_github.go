package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// printGitHub writes what is wrong as workflow commands, which GitHub shows beside the lines of a pull request
// (GitHub Docs, "Workflow commands for GitHub Actions").
func (t *tester) printGitHub() error {
	var b strings.Builder
	for i := range t.report.Results {
		if r := &t.report.Results[i]; !r.Passed {
			t.annotate(&b, "error", r.Range, "Policy test failed", strings.TrimRight(resultBody(r), "\n"))
		}
	}
	fmt.Fprintln(&b, t.summary())
	if t.coverage != nil {
		t.annotateCoverage(&b)
	}
	if t.mutation != nil {
		t.annotateMutation(&b)
	}
	_, err := fmt.Fprint(t.stdout, b.String())
	return err
}

func (t *tester) annotateCoverage(b *strings.Builder) {
	level := "notice"
	if t.short() {
		level = "error"
	}
	for i := range t.coverage.Rules {
		c := &t.coverage.Rules[i]
		if !c.Full() {
			t.annotate(b, level, c.Range, "Not covered by tests", oneLine(c.Rule)+": "+strings.Join(unseen(c), "\n"))
		}
	}
	fmt.Fprintf(b, "coverage %s%%: %d of %d points\n", percent(t.coverage.Percent), t.coverage.Seen, t.coverage.Points)
}

func (t *tester) annotateMutation(b *strings.Builder) {
	m := t.mutation
	for i := range m.Survived {
		if s := &m.Survived[i]; s.Reason == "" {
			t.annotate(b, "error", s.Range, "No test notices this change",
				fmt.Sprintf("%s %s: %s\nMissing test: %s", s.Kind, oneLine(s.Rule), oneLine(s.Mutation), oneLine(s.Missing)))
		}
	}
	for _, e := range m.Excuses {
		if !e.Used {
			t.annotate(b, "error", e.Range, "Reason without a mutant", sayExcuse(&e))
		}
	}
	fmt.Fprintf(b, "%s: %d killed, %d excused, %d survived\n", count(m.Mutants, "mutant"), m.Killed, m.Excused, m.Mutants-m.Killed-m.Excused)
}

func (t *tester) annotate(b *strings.Builder, level string, rng schema.Range, title, message string) {
	fmt.Fprintf(b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", level, githubProperty(t.path(rng)), rng.Start.Line, rng.Start.Column,
		githubProperty(title), githubData(message))
}

// path gives a file of the policy as seen from where the command was called.
func (t *tester) path(rng schema.Range) string {
	return filepath.ToSlash(filepath.Join(t.dir, rng.File))
}

// githubData escapes a message, githubProperty what stands before it (actions/toolkit, command.ts).
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}
