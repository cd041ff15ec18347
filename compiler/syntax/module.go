package syntax

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Module is a module block: a call of the directory Source with values for its variables.
type Module struct {
	Name String
	// Source is the directory, relative to that of the calling file.
	Source    String
	Arguments []Argument
	Range     schema.Range
}

// Argument is a value for a variable. Its Range is that of the value.
type Argument struct {
	Name  String
	Range schema.Range

	value operand
	good  bool
}

// module reads a module block: every attribute but source is an argument.
func (d *decoder) module(r *reader) {
	m := Module{Name: r.name(), Source: r.text("source", required), Range: r.header}
	for _, a := range sortedAttributes(r.block.Body) {
		if a.Name == "source" {
			continue
		}
		r.attrs = append(r.attrs, a.Name)
		r.spent = 0
		value, ok := r.value(a.Expr)
		m.Arguments = append(m.Arguments, Argument{
			Name: String{Text: a.Name, Range: rangeOf(a.NameRange)}, Range: rangeOf(a.Expr.Range()), value: value, good: ok,
		})
	}
	for _, b := range r.block.Body.Blocks {
		r.blocks = append(r.blocks, b.Type)
		r.add(rangeOf(b.TypeRange), "Unknown block", "A module block holds source and the values of the module's variables, which are attributes.",
			"Write "+b.Type+" = { ... } for a map; blocks stand in the module's own files.")
	}
	r.finish()
	d.tree.Modules = append(d.tree.Modules, m)
}

// Decoder decodes the files of one policy and of the modules that it calls. What they evaluate to is bounded together.
type Decoder struct{ budget budget }

// NewDecoder gives a Decoder for one policy.
func NewDecoder() *Decoder { return &Decoder{} }

// Policy takes the files of the policy's own directory, tests included, into one tree. Files that did not parse are
// left out; what is in the others is still checked.
func (d *Decoder) Policy(files []*File) (*Tree, schema.Diagnostics) {
	return d.decode(files, nil, func(f *File) vocabulary {
		if f.IsTest() {
			return testFile
		}
		return policyFile
	})
}

// Stage takes the test files of a module that is tested by itself: they hold what its caller would.
func (d *Decoder) Stage(files []*File) (*Tree, schema.Diagnostics) {
	return d.decode(files, nil, func(*File) vocabulary { return stageFile })
}

// Module takes the files of a module as one call of it has them. What is wrong with the call is told apart from what is
// wrong in the module.
func (d *Decoder) Module(files []*File, call *Module) (tree *Tree, inside, outside schema.Diagnostics) {
	v := newVariables(call)
	tree, inside = d.decode(files, v, func(*File) vocabulary { return moduleFile })
	return tree, inside, v.caller.diags
}

func (d *Decoder) decode(files []*File, vars *variables, words func(*File) vocabulary) (*Tree, schema.Diagnostics) {
	locals := newLocals(&d.budget, vars)
	reports := make([]*report, len(files))
	tree := &Tree{}
	var decoders []*decoder
	for i, f := range files {
		reports[i] = &report{}
		if f.body == nil {
			continue
		}
		decoders = append(decoders, &decoder{
			evaluator: &evaluator{report: reports[i], src: f.src, path: f.Path, locals: locals}, tree: tree, file: f, words: words(f),
		})
	}
	for _, dec := range decoders {
		dec.declareLocals()
		dec.declareVariables()
	}
	vars.bind(tree)
	for _, dec := range decoders {
		dec.blocks()
	}
	rest := &report{}
	locals.evaluateAll(rest, files)
	tree.Locals = locals.list(files)
	var diags schema.Diagnostics
	for _, r := range append(reports, rest) {
		diags = append(diags, r.diags...)
	}
	return tree, diags
}

func (d *decoder) declareLocals() {
	if !d.words.has("locals") {
		return
	}
	for _, b := range d.file.body.Blocks {
		if b.Type == "locals" {
			d.locals.declare(d.report, d.file, b)
		}
	}
}

// IsTest reports whether the file holds tests.
func (f *File) IsTest() bool { return strings.HasSuffix(f.Path, TestSuffix) }

// Declares reports whether the file has a block of that type. A file that did not parse has none.
func (f *File) Declares(block string) bool {
	if f.body == nil {
		return false
	}
	for _, b := range f.body.Blocks {
		if b.Type == block {
			return true
		}
	}
	return false
}

// Readable reports whether the file parsed.
func (f *File) Readable() bool { return f.body != nil }

// vocabulary is which blocks a file may hold.
type vocabulary uint8

const (
	policyFile vocabulary = iota
	testFile
	// stageFile is a test file of a module that is tested by itself.
	stageFile
	moduleFile
)

// rootOnly are the blocks that a policy has and a module has not, with what to do instead.
var rootOnly = map[string]string{
	"policy": "Name the policy where the module is called; a module that is tested by itself has its policy block in a test file.",
	"issuer": "Declare the issuer in the policy that calls the module: who may vouch for callers is for the policy to say.",
	"target": "Declare the target in the policy that calls the module, and pass its name by a variable: targets = var.targets.",
}

func (v vocabulary) has(block string) bool {
	_, isTest := testBlocks[block]
	_, isPolicy := policyBlocks[block]
	_, isRoot := rootOnly[block]
	switch v {
	case testFile:
		return isTest
	case stageFile:
		return isTest || isPolicy
	case moduleFile:
		return isPolicy && !isRoot || block == variableBlock
	default:
		return isPolicy
	}
}

// blockNames lists what may stand in a file, sorted.
func (v vocabulary) blockNames() []string {
	names := []string{variableBlock}
	for name := range policyBlocks {
		names = append(names, name)
	}
	for name := range testBlocks {
		names = append(names, name)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !v.has(name) })
	slices.Sort(names)
	return names
}
