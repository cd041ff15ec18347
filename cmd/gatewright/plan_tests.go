package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

func checkTestsName(path string) error {
	if !strings.HasSuffix(path, syntax.TestSuffix) {
		return fail(fmt.Errorf("--emit-tests %s is no file of tests", path), "Let its name end in "+syntax.TestSuffix+", as in "+strings.TrimSuffix(filepath.Base(path), ".hcl")+syntax.TestSuffix+".")
	}
	return nil
}

// emitTests writes the witnesses as tests of the new policy. Those that a test cannot say are left out: without a
// statement, without claims, or decided otherwise at the time of tests.
func (p *program) emitTests(path string, report *plan.Report, new *planSource) error {
	if new.files == nil {
		return fail(errors.New("--emit-tests needs a directory in --to: a bundle has no catalogs"), "Write --to DIR.")
	}
	if old, err := os.ReadFile(path); err == nil && !bytes.HasPrefix(old, []byte(testsHead)) {
		return fail(fmt.Errorf("%s is there already, and was not written by plan", oneLine(path)), "Name a new file: --emit-tests change_test.hcl.")
	}
	j, err := newJudge(new.side.Bundle, new.files)
	if err != nil {
		return err
	}
	w := &testWriter{judge: j}
	w.leave(new.suite, filepath.Base(path))
	for i := range report.Changes {
		for _, witness := range report.Changes[i].Witnesses {
			w.add(&report.Changes[i], witness)
		}
	}
	if err := writeFile(path, []byte(w.text())); err != nil {
		return err
	}
	fmt.Fprintln(p.stderr, wrap("", "  ", fmt.Sprintf("%s written to %s; %s cannot be said in a test.", count(len(w.names), "test"), oneLine(path), count(w.left, "witness"))))
	return nil
}

// testsHead begins a file of tests that plan has written, and may write again.
const testsHead = "# Written by gatewright plan: what the policy decides since a change.\n"

type testWriter struct {
	judge      *judge
	principals []string
	blocks     []string
	names      []string
	// taken are the names of tests and principals that other files have.
	taken []string
	left  int
}

// leave keeps the names that files other than the one to write have.
func (t *testWriter) leave(s *schema.Suite, file string) {
	for _, test := range s.Tests {
		if test.Range.File != file {
			t.taken = append(t.taken, test.Name)
		}
	}
	for _, p := range s.Principals {
		if p.Range.File != file {
			t.taken = append(t.taken, principalKey(p.Name))
		}
	}
}

// principalKey tells the names of principals from those of tests.
func principalKey(name string) string { return "principal " + name }

// add writes one witness, once the judge of tests has given the new decision for it.
func (t *testWriter) add(c *plan.Change, w *plan.Witness) {
	if w.SQL == "" || w.Principal.Claims == nil || !w.Decided {
		t.left++
		return
	}
	tests := &schema.Suite{
		Principals: []schema.TestPrincipal{{Name: "plan", Issuer: w.Principal.Issuer, Claims: w.Principal.Claims}},
		Tests:      []schema.Test{{Name: "plan", As: "plan", Target: w.Target, SQL: []string{w.SQL}, Expect: schema.Expect{Decision: w.After.Decision}}},
	}
	t.judge.meet(tests)
	got, err := t.judge.decide(&tests.Tests[0], &tests.Principals[0], w.SQL)
	if err != nil || got.Refused || got.Effect.String() != w.After.Decision {
		t.left++
		return
	}
	name := fmt.Sprintf("%s: %s", c.Address, direction(w.Loosens, w.Tightens))
	for n := 2; slices.Contains(t.names, name) || slices.Contains(t.taken, name); n++ {
		name = fmt.Sprintf("%s: %s, %d", c.Address, direction(w.Loosens, w.Tightens), n)
	}
	t.names = append(t.names, name)
	var b strings.Builder
	fmt.Fprintf(&b, "test %s {\n  as     = %s\n  target = %s\n  sql    = %s\n  expect {\n    decision = %s\n    by       = %s\n",
		hclText(name), hclText(t.principal(w)), hclText(w.Target), hclText(w.SQL), hclText(got.Effect.String()), hclList(got.Rules))
	if got.Effect != schema.Deny {
		fmt.Fprintf(&b, "    masked   = %s\n", hclList(got.Masked))
	}
	b.WriteString("  }\n}\n")
	t.blocks = append(t.blocks, b.String())
}

// principal gives the name of the principal block of a witness.
func (t *testWriter) principal(w *plan.Witness) string {
	body := fmt.Sprintf("  issuer = %s\n  claims = %s\n", hclText(w.Principal.Issuer), hclValue(w.Principal.Claims))
	i := slices.Index(t.principals, body)
	if i < 0 {
		t.principals = append(t.principals, body)
		i = len(t.principals) - 1
	}
	return t.principalName(i)
}

// principalName gives the i-th free name.
func (t *testWriter) principalName(i int) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf("plan-%d", n)
		if slices.Contains(t.taken, principalKey(name)) {
			continue
		}
		if i--; i < 0 {
			return name
		}
	}
}

func (t *testWriter) text() string {
	var b strings.Builder
	b.WriteString(testsHead)
	for i, body := range t.principals {
		fmt.Fprintf(&b, "\nprincipal %s {\n%s}\n", hclText(t.principalName(i)), body)
	}
	for _, block := range t.blocks {
		b.WriteString("\n" + block)
	}
	return b.String()
}

// hclText writes a text as HCL, in which ${ and %{ would begin a template.
func hclText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteString(string(r) + string(r))
		case hostile(r):
			b.WriteString(escape(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func hclList(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = hclText(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// hclValue writes a claim.
func hclValue(v any) string {
	switch v := v.(type) {
	case string:
		return hclText(v)
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, hclValue(e))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case nil:
		return "null"
	case map[string]any:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, hclText(k)+" = "+hclValue(v[k]))
		}
		return "{ " + strings.Join(out, ", ") + " }"
	}
	return fmt.Sprint(v)
}
