// Package compiler owns the way from a directory of policy files to a bundle: which files are read, what names refer
// to, what is allowed to be said, and what the bundle holds. Its stages are load, resolve, check, lint and emit, one type
// each, in this order; lint runs when it is asked for.
//
// It refuses to know how HCL is read (compiler/syntax), what CEL is made of (schema/vocab), how a bundle is written to
// a file, and how anything is decided.
package compiler

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Result is what came of a policy.
type Result struct {
	// Bundle is nil when Diagnostics has errors.
	Bundle *schema.Bundle
	// Suite holds the policy's tests; nil with Bundle.
	Suite *schema.Suite
	// Places tells where attributes of the policy are written; nil with Bundle.
	Places Places
	// Invariants are what the policy promises for every request; nil with Bundle.
	Invariants []schema.Invariant
	// Diagnostics are all mistakes found, sorted.
	Diagnostics schema.Diagnostics
	// Sources are the texts of the files read, by path, for whoever shows the lines of Diagnostics.
	Sources map[string][]byte
	// Module is set when the directory is a module that is tested by itself: the policy then stands in its test files,
	// and Bundle is for running the tests.
	Module bool

	// emitter is what Lint looks at; nil with Bundle.
	emitter *emitter
}

// Compile takes the *.hcl files at the top of fsys for one policy, and those of the directories that it calls as modules.
// The same files give the same Result, wherever they are. It never fails otherwise than by Diagnostics.
func Compile(fsys fs.FS) *Result {
	l := newLoader(fsys)
	l.load()
	result := &Result{Sources: l.sources, Module: l.stage}
	if l.diags.HasErrors() && l.stop {
		return result.end(l.diags)
	}
	r := newResolver(l)
	r.resolve()
	c := newChecker(r)
	c.check()
	diags := append(append(l.diags, r.diags...), c.diags...)
	if !diags.HasErrors() {
		e := &emitter{l: l, r: r, c: c}
		result.Bundle, result.Suite, result.Places = e.bundle(), e.suite(), e.places()
		result.Invariants, result.emitter = e.invariants(), e
	}
	return result.end(diags)
}

// end sorts the diagnostics. What is wrong in a module is told once, however often it is called.
func (r *Result) end(diags schema.Diagnostics) *Result {
	diags.Sort()
	diags = slices.CompactFunc(diags, func(a, b schema.Diagnostic) bool {
		return a.Through != nil && b.Through != nil && *a.Range == *b.Range && a.Summary == b.Summary && a.Detail == b.Detail
	})
	diags = shortened(diags)
	Identify(diags)
	r.Diagnostics = diags
	return r
}

// maxDiagnostics bounds what is told of one policy.
const maxDiagnostics = 200

// shortened leaves out what is too much to read, and says so.
func shortened(diags schema.Diagnostics) schema.Diagnostics {
	if len(diags) <= maxDiagnostics {
		return diags
	}
	rest := diags[maxDiagnostics:]
	more := schema.Diagnostic{Severity: schema.SeverityWarning, Summary: "More mistakes", Detail: fmt.Sprintf("%d more are not shown.", len(rest)), Hint: "Mend these first."}
	if rest.HasErrors() {
		more.Severity = schema.SeverityError
	}
	return append(diags[:maxDiagnostics:maxDiagnostics], more)
}

// report collects diagnostics.
type report struct {
	diags schema.Diagnostics
	// through are the calls that lead to what is looked at now.
	through []schema.Call
	// suggested counts the words that were compared with all others.
	suggested int
}

// maxSuggestions bounds how often a word is compared with every name that there is: whoever has more slips mends these
// first.
const maxSuggestions = 50

// suggest calls for a hint, which compares a word with many, as long as that is worth it.
func (r *report) suggest(hint func() string) string {
	if r.suggested++; r.suggested > maxSuggestions {
		return ""
	}
	return hint()
}

func (r *report) add(rng schema.Range, summary, detail, hint string) {
	r.diags = append(r.diags, schema.Diagnostic{Summary: summary, Detail: detail, Range: &rng, Hint: hint, Through: r.through})
}

func (r *report) warn(rng schema.Range, summary, detail, hint string) {
	r.diags = append(r.diags, schema.Diagnostic{
		Severity: schema.SeverityWarning, Summary: summary, Detail: detail, Range: &rng, Hint: hint, Through: r.through,
	})
}
