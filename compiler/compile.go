// Package compiler owns the way from a directory of policy files to a bundle: which files are read, what names refer
// to, what is allowed to be said, and what the bundle holds. Its stages are load, resolve, check and emit, one type
// each, in this order.
//
// It refuses to know how HCL is read (compiler/syntax), what CEL is made of (schema/vocab), how a bundle is written to
// a file, and how anything is decided.
package compiler

import (
	"io/fs"

	"github.com/gatewright/gatewright/schema"
)

// Result is what came of a policy.
type Result struct {
	// Bundle is nil when Diagnostics has errors.
	Bundle *schema.Bundle
	// Suite holds the policy's tests; nil with Bundle.
	Suite *schema.Suite
	// Diagnostics are all mistakes found, sorted.
	Diagnostics schema.Diagnostics
	// Sources are the texts of the files read, by path, for whoever shows the lines of Diagnostics.
	Sources map[string][]byte
}

// Compile takes the *.hcl files at the top of fsys for one policy. The same files give the same Result, wherever they
// are. It never fails otherwise than by Diagnostics.
func Compile(fsys fs.FS) *Result {
	l := newLoader(fsys)
	l.load()
	result := &Result{Sources: l.sources}
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
		result.Bundle, result.Suite = e.bundle(), e.suite()
	}
	return result.end(diags)
}

func (r *Result) end(diags schema.Diagnostics) *Result {
	diags.Sort()
	r.Diagnostics = diags
	return r
}

// report collects diagnostics.
type report struct{ diags schema.Diagnostics }

func (r *report) add(rng schema.Range, summary, detail, hint string) {
	r.diags = append(r.diags, schema.Diagnostic{Summary: summary, Detail: detail, Range: &rng, Hint: hint})
}

func (r *report) warn(rng schema.Range, summary, detail, hint string) {
	r.diags = append(r.diags, schema.Diagnostic{Severity: schema.SeverityWarning, Summary: summary, Detail: detail, Range: &rng, Hint: hint})
}
