// Package compiler owns the way from a directory of policy files to a bundle: which files are read, what names refer
// to, what is allowed to be said, and what the bundle holds. Its stages are load, resolve, check and emit, one type
// each, in this order.
//
// It refuses to know how HCL is read (compiler/syntax), what CEL is made of (schema/vocab), how a bundle is written to
// a file, and how anything is decided.
package compiler

import (
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
	// Diagnostics are all mistakes found, sorted.
	Diagnostics schema.Diagnostics
	// Sources are the texts of the files read, by path, for whoever shows the lines of Diagnostics.
	Sources map[string][]byte
	// Module is set when the directory is a module that is tested by itself: the policy then stands in its test files,
	// and Bundle is for running the tests.
	Module bool
}

// Compile takes the *.hcl files at the top of fsys for one policy, and those of the directories that it calls as modules. The same files give the same Result, wherever they
// are. It never fails otherwise than by Diagnostics.
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
	}
	return result.end(diags)
}

// end sorts the diagnostics. What is wrong in a module is told once, however often it is called.
func (r *Result) end(diags schema.Diagnostics) *Result {
	diags.Sort()
	r.Diagnostics = slices.CompactFunc(diags, func(a, b schema.Diagnostic) bool {
		return a.Through != nil && b.Through != nil && *a.Range == *b.Range && a.Summary == b.Summary && a.Detail == b.Detail
	})
	identify(r.Diagnostics)
	return r
}

// report collects diagnostics.
type report struct {
	diags schema.Diagnostics
	// through are the calls that lead to what is looked at now.
	through []schema.Call
}

func (r *report) add(rng schema.Range, summary, detail, hint string) {
	r.diags = append(r.diags, schema.Diagnostic{Summary: summary, Detail: detail, Range: &rng, Hint: hint, Through: r.through})
}

func (r *report) warn(rng schema.Range, summary, detail, hint string) {
	r.diags = append(r.diags, schema.Diagnostic{
		Severity: schema.SeverityWarning, Summary: summary, Detail: detail, Range: &rng, Hint: hint, Through: r.through,
	})
}
