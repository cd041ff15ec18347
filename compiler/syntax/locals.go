package syntax

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/gatewright/gatewright/schema"
)

// maxLocalDepth bounds how long a chain of locals that refer to each other may be.
const maxLocalDepth = 100

// locals are the named values of a policy. Each is evaluated once, when first asked for.
type locals struct {
	byName map[string]*local
	// chain are the locals being evaluated, outermost first.
	chain []string
	*budget
	// vars are the variables of the module that the locals are of; nil for those of a policy.
	vars *variables
}

// budget is what all values of a policy together have taken.
type budget struct {
	spent     int
	exhausted bool
}

type local struct {
	file *File
	attr *hclsyntax.Attribute
	val  cty.Value
	done bool
	good bool
	// used is set when something refers to it.
	used bool
}

func newLocals(b *budget, vars *variables) *locals {
	return &locals{byName: map[string]*local{}, budget: b, vars: vars}
}

// declare takes the attributes of a locals block.
func (l *locals) declare(r *report, f *File, b *hclsyntax.Block) {
	if len(b.Labels) > 0 {
		r.add(rangeOf(b.LabelRanges[0]), "Label on a locals block", "A locals block has no name; its attributes are the names.",
			"Write: locals { NAME = value }.")
	}
	for _, inner := range b.Body.Blocks {
		r.add(rangeOf(inner.TypeRange), "Unknown block", fmt.Sprintf("A locals block holds attributes, no block %q.", inner.Type),
			"Write "+inner.Type+" = { ... } for a map.")
	}
	for _, attr := range sortedAttributes(b.Body) {
		if first, twice := l.byName[attr.Name]; twice {
			r.add(rangeOf(attr.NameRange), "Duplicate local",
				fmt.Sprintf("local.%s is set at %s already.", attr.Name, rangeOf(first.attr.NameRange)), "Rename one of the two.")
			continue
		}
		l.byName[attr.Name] = &local{file: f, attr: attr}
	}
}

// value evaluates a local for a reference at rng.
func (l *locals) value(r *report, name string, rng schema.Range) (cty.Value, bool) {
	v, ok := l.byName[name]
	if ok {
		v.used = true
	}
	switch {
	case !ok:
		if len(r.diags) >= maxDiagnostics {
			return cty.NilVal, false
		}
		names := make([]string, 0, len(l.byName))
		for n := range l.byName {
			names = append(names, n)
		}
		r.add(rng, "Unknown local", fmt.Sprintf("No locals block sets %q.", name), orSay(name, names, "Set it in a locals block."))
		return cty.NilVal, false
	case v.done:
		return v.val, v.good
	case len(l.chain) >= maxLocalDepth:
		r.add(rng, "Locals refer to each other too deeply", fmt.Sprintf("A chain may hold %d locals.", maxLocalDepth), "Write a value out.")
		return cty.NilVal, false
	}
	for i, earlier := range l.chain {
		if earlier == name {
			r.add(rng, "Locals refer to themselves",
				"local."+strings.Join(append(l.chain[i:len(l.chain):len(l.chain)], name), " needs local.")+".", "Write one of them out.")
			return cty.NilVal, false
		}
	}
	l.chain = append(l.chain, name)
	v.evaluate(r, l)
	l.chain = l.chain[:len(l.chain)-1]
	return v.val, v.good
}

func (v *local) evaluate(r *report, l *locals) {
	e := &evaluator{report: r, src: v.file.src, path: v.file.Path, locals: l}
	o, ok := e.value(v.attr.Expr)
	v.done = true
	if ok && !normal(o) {
		r.add(o.rng, "Text in a local is not normalised", "Its characters are not in Unicode's composed form (NFC), and locals keep text in that form only.",
			"Write it in composed form, or put it into the attribute itself.")
		ok = false
	}
	v.val, v.good = o.val, ok
}

// normal reports whether cty kept every text of the operand as it was written.
func normal(o operand) bool {
	if o.exact && o.val.AsString() != o.text {
		return false
	}
	for _, k := range o.keys {
		if !normal(k) {
			return false
		}
	}
	for _, item := range o.items {
		if !normal(item) {
			return false
		}
	}
	return true
}

// evaluateAll evaluates the locals that nothing referred to, so that no mistake in them stays unseen.
func (l *locals) evaluateAll(r *report, files []*File) {
	for _, f := range files {
		if f.body == nil {
			continue
		}
		for _, b := range f.body.Blocks {
			if b.Type != "locals" {
				continue
			}
			for _, attr := range sortedAttributes(b.Body) {
				if v := l.byName[attr.Name]; v != nil && v.attr == attr && !v.done {
					l.value(r, attr.Name, rangeOf(attr.NameRange))
					v.used = false
				}
			}
		}
	}
}

// list gives the locals in the order of files and lines.
func (l *locals) list(files []*File) []Local {
	var out []Local
	for _, f := range files {
		if f.body == nil {
			continue
		}
		for _, b := range f.body.Blocks {
			if b.Type != "locals" {
				continue
			}
			for _, attr := range sortedAttributes(b.Body) {
				if v := l.byName[attr.Name]; v != nil && v.attr == attr {
					out = append(out, Local{Name: String{Text: attr.Name, Range: rangeOf(attr.NameRange)}, Used: v.used})
				}
			}
		}
	}
	return out
}
