package main

import (
	"fmt"
	"strings"
)

// tapPoint is one line of a TAP stream with what explains it.
type tapPoint struct {
	ok          bool
	description string
	// skip is the reason for which a point that is not ok does not count.
	skip string
	body string
}

// printTAP writes the Test Anything Protocol (https://testanything.org, version 14).
func (t *tester) printTAP() error {
	points := t.tapPoints()
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", len(points))
	for i, p := range points {
		word := "ok"
		if !p.ok && p.skip == "" {
			word = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s", word, i+1, tapText(p.description))
		if p.skip != "" {
			fmt.Fprintf(&b, " # SKIP %s", tapText(p.skip))
		}
		b.WriteString("\n")
		if p.body == "" {
			continue
		}
		b.WriteString("  ---\n  message: |\n")
		for line := range strings.SplitSeq(strings.TrimRight(p.body, "\n"), "\n") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		b.WriteString("  ...\n")
	}
	_, err := fmt.Fprint(t.stdout, b.String())
	return err
}

func (t *tester) tapPoints() []tapPoint {
	var points []tapPoint
	for i := range t.report.Results {
		r := &t.report.Results[i]
		p := tapPoint{ok: r.Passed, description: titled(r)}
		if !r.Passed {
			p.body = resultBody(r)
		}
		points = append(points, p)
	}
	if t.coverage != nil {
		var b strings.Builder
		t.textCoverage(&b)
		points = append(points, tapPoint{ok: !t.short(), description: fmt.Sprintf("coverage %s%%", percent(t.coverage.Percent)), body: strings.TrimLeft(b.String(), "\n")})
	}
	if t.mutation == nil {
		return points
	}
	points = append(points, tapPoint{ok: true, description: fmt.Sprintf("%d of %d mutants killed", t.mutation.Killed, t.mutation.Mutants)})
	for i := range t.mutation.Survived {
		s := &t.mutation.Survived[i]
		p := tapPoint{description: fmt.Sprintf("%s %s at %s: %s", s.Kind, oneLine(s.Rule), oneLine(s.Range.String()), oneLine(s.Mutation)), skip: oneLine(s.Reason)}
		if s.Reason == "" {
			p.body = "missing test: " + oneLine(s.Missing)
		}
		points = append(points, p)
	}
	for _, e := range t.mutation.Excuses {
		if !e.Used {
			points = append(points, tapPoint{description: sayExcuse(&e)})
		}
	}
	return points
}

// tapText escapes what would begin a directive.
func tapText(s string) string { return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(s) }
