package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
)

// The form of a JUnit report that CI systems read (https://github.com/testmoapp/junitxml). Times are left out.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Failure   *junitMessage `xml:"failure"`
	Error     *junitMessage `xml:"error"`
	Skipped   *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (t *tester) printJUnit() error {
	all := junitSuites{Name: "gatewright"}
	for i := range t.report.Results {
		r := &t.report.Results[i]
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != r.Range.File {
			all.Suites = append(all.Suites, junitSuite{Name: r.Range.File})
		}
		all.Suites[len(all.Suites)-1].add(t.junitResult(r))
	}
	if t.coverage != nil {
		all.Suites = append(all.Suites, t.junitCoverage())
	}
	if t.mutation != nil {
		all.Suites = append(all.Suites, t.junitMutation())
	}
	for _, s := range all.Suites {
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(t.stdout, xml.Header+string(text)+"\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func (t *tester) junitCase(class, name string, rng schema.Range) junitCase {
	return junitCase{Name: name, ClassName: class, File: t.path(rng), Line: rng.Start.Line}
}

func (t *tester) junitResult(r *suite.Result) junitCase {
	c := t.junitCase(strings.TrimSuffix(r.Range.File, ".hcl"), titled(r), r.Range)
	if r.Passed {
		return c
	}
	m := &junitMessage{Message: sayFailure(&r.Failures[0]), Text: resultBody(r)}
	if r.Errored {
		c.Error = m
	} else {
		c.Failure = m
	}
	return c
}

// resultBody is what the text format says of a failure below its name.
func resultBody(r *suite.Result) string {
	var b strings.Builder
	printResult(&b, r)
	return b.String()
}

func (t *tester) junitCoverage() junitSuite {
	s := junitSuite{Name: "coverage"}
	c := junitCase{ClassName: "coverage", Name: fmt.Sprintf("coverage %s%%", percent(t.coverage.Percent))}
	if t.short() {
		var b strings.Builder
		t.textCoverage(&b)
		c.Failure = &junitMessage{Message: fmt.Sprintf("%s%% are asked for", percent(t.flags.least)), Text: b.String()}
	}
	s.add(c)
	return s
}

func (t *tester) junitMutation() junitSuite {
	s := junitSuite{Name: "mutants"}
	s.add(junitCase{ClassName: "mutants", Name: fmt.Sprintf("%d of %d killed", t.mutation.Killed, t.mutation.Mutants)})
	for i := range t.mutation.Survived {
		m := &t.mutation.Survived[i]
		c := t.junitCase("mutants", fmt.Sprintf("%s %s: %s", m.Kind, oneLine(m.Rule), oneLine(m.Mutation)), m.Range)
		if m.Reason != "" {
			c.Skipped = &junitMessage{Message: oneLine(m.Reason)}
		} else {
			c.Failure = &junitMessage{Message: "missing test: " + oneLine(m.Missing)}
		}
		s.add(c)
	}
	for _, e := range t.mutation.Excuses {
		if !e.Used {
			c := t.junitCase("mutants", "reason at "+oneLine(e.Range.String()), e.Range)
			c.Failure = &junitMessage{Message: sayExcuse(&e)}
			s.add(c)
		}
	}
	return s
}
