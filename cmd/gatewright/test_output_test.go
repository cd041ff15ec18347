package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
)

// TestProgressIsForLongRuns: a short run tells nothing, a long one leaves nothing behind.
func TestProgressIsForLongRuns(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := newProgress(&out, "tests", func() time.Time { return now })
	p.show(1, 9)
	p.end()
	if out.Len() > 0 {
		t.Errorf("a short run told %q", out.String())
	}
	now = now.Add(progressAfter)
	p.show(2, 9)
	p.show(3, 9)
	now = now.Add(progressEvery)
	p.show(4, 9)
	p.end()
	if got, want := out.String(), "\r2 of 9 tests\r4 of 9 tests\r\x1b[K"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// hostileReport holds what a stranger can put into names and values.
func hostileReport(out io.Writer, format string) *tester {
	const text = "]]></failure> & \"'\x00\x1b[2J\r\n::error::x\nok 3 - y # TODO \u202e%0A"
	rng := schema.Range{File: "a,b:c_test.hcl", Start: schema.Pos{Line: 3, Column: 1}}
	return &tester{
		program: &program{stdout: out}, flags: &testFlags{format: format, least: 90}, dir: "dir", policy: &compiler.Result{},
		report: &suite.Report{Failed: 1, Results: []suite.Result{
			{Test: text, SQL: text, Range: rng, Failures: []suite.Failure{{What: text, Want: text, Got: text}, {What: text}},
				Trace: []schema.Trace{{Rule: "deny.x", Range: rng, Terms: []schema.Term{{Text: text, Value: text}}}}},
		}},
		coverage: &suite.Coverage{Points: 4, Rules: []suite.Covered{{Rule: text, Range: rng, Conditions: []suite.CoveredCondition{
			{Attribute: suite.AttributeWhen, Terms: []suite.CoveredTerm{{Text: text, Range: rng}}},
		}}}},
		mutation: &suite.Mutation{Mutants: 2, Excused: 1, Survived: []suite.Survivor{
			{Mutant: suite.Mutant{Rule: text, Kind: "negate", Mutation: text, Missing: text, Range: rng}},
			{Mutant: suite.Mutant{Rule: text, Kind: "negate", Mutation: text, Missing: text, Range: rng}, Reason: text},
		}, Excuses: []suite.Excuse{{Range: rng, Reason: text}}},
	}
}

func TestFormatsHoldStrangersIn(t *testing.T) {
	for _, format := range []string{"text", "junit", "github", "tap"} {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			if err := hostileReport(&out, format).print(); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(out.String(), "\x00\x1b\r\u202e") {
				t.Errorf("control characters in %q", out.String())
			}
			for line := range strings.Lines(out.String()) {
				if format == "github" && strings.HasPrefix(line, "::") && !strings.HasPrefix(line, "::error file=dir/a%2Cb%3Ac_test.hcl,line=3,col=1,title=") {
					t.Errorf("a command that is not ours: %s", line)
				}
				if format == "tap" && strings.HasPrefix(line, "ok 3 - y") {
					t.Errorf("a point that is not ours: %s", line)
				}
			}
			if format == "junit" {
				wellFormed(t, out.Bytes())
			}
		})
	}
}

// wellFormed reads a JUnit report back and compares its counts with what is in it.
func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	var all junitSuites
	if err := xml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	tests, failures, skipped := 0, 0, 0
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			tests++
			if c.Failure != nil {
				failures++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
	}
	if tests != all.Tests || failures != all.Failures || skipped != all.Skipped || tests != 6 || failures != 4 || skipped != 1 {
		t.Errorf("%d tests, %d failures, %d skipped in %+v", tests, failures, skipped, all)
	}
}
