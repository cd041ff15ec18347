package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
)

func newTest(p *program) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test DIR",
		Short: "Run a policy's tests on the gateway's own classifier, engine and masks",
		Example: "  gatewright test policy\n" +
			"  gatewright test policy --run 'cards stay masked'\n" +
			"  gatewright test policy --coverage-min 100 --mutate --format junit",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.coverage = f.coverage || cmd.Flags().Changed("coverage-min")
			return p.test(cmd.Context(), args[0], &f)
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "Output: text, json, junit, github or tap")
	cmd.Flags().StringVar(&f.run, "run", "", "Run only tests whose name, or TEST/CASE, matches this regular expression")
	cmd.Flags().BoolVar(&f.coverage, "coverage", false, "Tell which rules and which sides of which terms no test has shown")
	cmd.Flags().Float64Var(&f.least, "coverage-min", 0, "Fail if coverage is below so many percent")
	cmd.Flags().BoolVar(&f.mutate, "mutate", false, "Change the policy bit by bit, and tell which changes no test notices")
	return cmd
}

type testFlags struct {
	format, run      string
	coverage, mutate bool
	least            float64
}

func (f *testFlags) check() (*regexp.Regexp, error) {
	if err := checkFormat(f.format, "text", "json", "junit", "github", "tap"); err != nil {
		return nil, err
	}
	if !(f.least >= 0 && f.least <= 100) { // nor is NaN
		return nil, fail(fmt.Errorf("--coverage-min %v is no percentage", f.least), "Give a number from 0 to 100.")
	}
	run, err := regexp.Compile(f.run)
	if err != nil {
		return nil, fail(fmt.Errorf("--run: %w", err), "The syntax is RE2's; --run 'night' matches every name with night in it.")
	}
	return run, nil
}

func (p *program) test(ctx context.Context, dir string, f *testFlags) error {
	run, err := f.check()
	if err != nil {
		return err
	}
	result, err := p.compile(dir, f.format)
	if err != nil {
		return err
	}
	if len(result.Suite.Tests) == 0 {
		return &failure{code: exitFindings, err: errors.New("the policy has no tests"), hint: "Write test blocks in files that end in _test.hcl."}
	}
	selected := suite.Select(result.Suite, run.MatchString)
	if len(selected.Tests) == 0 {
		return &failure{code: exitFindings, err: fmt.Errorf("no test's name matches --run %q", f.run), hint: "Names are those of test blocks, or TEST/CASE."}
	}
	t := &tester{program: p, flags: f, dir: dir, policy: result, suite: selected}
	if err := t.work(ctx); err != nil {
		return err
	}
	if err := t.print(); err != nil {
		return err
	}
	return t.verdict()
}

// tester is one run of the verb and what came of it.
type tester struct {
	*program
	flags  *testFlags
	dir    string
	policy *compiler.Result
	suite  *schema.Suite

	report *suite.Report
	// coverage and mutation are nil where they were not asked for, and mutation where a test failed.
	coverage *suite.Coverage
	mutation *suite.Mutation
}

func (t *tester) work(ctx context.Context) error {
	j, err := newJudge(t.policy.Bundle, policyFS(t.dir))
	if err != nil {
		return err
	}
	j.meet(t.suite)
	c := suite.Config{Rules: addresses(t.policy.Bundle), Decide: j.decide, Workers: runtime.GOMAXPROCS(0)}
	if !t.flags.coverage && !t.flags.mutate {
		progress := t.progress("tests")
		c.Progress = progress.show
		t.report = suite.Run(ctx, t.suite, c)
		progress.end()
		return ctx.Err()
	}
	return t.measure(ctx, c, j)
}

// measure runs the tests for coverage and, if all pass, the mutants.
func (t *tester) measure(ctx context.Context, c suite.Config, j *judge) error {
	if err := j.probing(); err != nil {
		return err
	}
	o, err := newOutliner(t.policy.Sources)
	if err != nil {
		return err
	}
	outline, err := o.outline(t.policy.Bundle)
	if err != nil {
		return err
	}
	progress := t.progress("tests")
	c.Progress = progress.show
	var coverage *suite.Coverage
	t.report, coverage = suite.Cover(ctx, t.suite, c, outline)
	progress.end()
	if t.flags.coverage {
		t.coverage = coverage
	}
	if err := ctx.Err(); err != nil || !t.flags.mutate || !t.report.OK() {
		return err
	}
	progress = t.progress("mutants")
	defer progress.end()
	c.Progress = progress.show
	src := suite.Source{Bundle: t.policy.Bundle, Places: t.policy.Places, Files: t.policy.Sources, Changes: o.changes}
	src.Same = func(changed *schema.Bundle, address string) bool { return sameMatches(src.Bundle, changed, address) }
	t.mutation, err = suite.Mutate(ctx, t.suite, c, src, j.mutant)
	if err == nil && t.flags.run != "" {
		t.mutation.Excuses = nil // what the tests left out may need them
	}
	return err
}

// short reports whether coverage is below what was asked for.
func (t *tester) short() bool { return t.coverage != nil && t.coverage.Percent < t.flags.least }

// verdict is how the verb ends.
func (t *tester) verdict() error {
	switch {
	case t.flags.mutate && t.mutation == nil:
		return &failure{code: exitFindings, err: errors.New("no mutant was tried, as a test fails"), hint: "Mutants show what tests that pass would not notice."}
	case !t.report.OK() || t.short() || t.mutation != nil && !t.mutation.OK():
		return &failure{code: exitFindings}
	}
	return nil
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

func (t *tester) print() error {
	switch t.flags.format {
	case "json":
		return t.printJSON(testReport{FormatVersion: 1, Report: t.report, Coverage: t.coverage, Mutation: t.mutation})
	case "junit":
		return t.printJUnit()
	case "github":
		return t.printGitHub()
	case "tap":
		return t.printTAP()
	}
	return t.printText()
}

type testReport struct {
	FormatVersion int `json:"format_version"`
	*suite.Report
	Coverage *suite.Coverage `json:"coverage,omitempty"`
	Mutation *suite.Mutation `json:"mutation,omitempty"`
}
