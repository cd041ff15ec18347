package syntax

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Shape is what a block of the language may hold: what its reader asks for, and what that means.
type Shape struct {
	// Path is the names of the blocks that it stands in and its own, with spaces between.
	Path string
	Page
	Required bool
	// Many is set for an inner block that may stand more than once.
	Many       bool
	Attributes []AttributeShape
	Blocks     []*Shape
}

// AttributeShape is one attribute of a block.
type AttributeShape struct {
	Name string
	// Type says what it takes: text, list, map, whole number, flag, duration, condition ...
	Type     string
	Required bool
	Page
}

// Page is what is told of a block or an attribute.
type Page struct {
	// Meaning is a sentence or, for an attribute, less.
	Meaning string
	// Default is what stands where an attribute is left out, as Markdown.
	Default string
	// Notes are paragraphs below a block's table. Examples show the block at work; together they are one policy, each in
	// policy.hcl or the file that its first line names.
	Notes    string
	Examples []string
}

// Shapes gives every block that a file may hold at its top, in the order in which they are best read.
func Shapes() []*Shape {
	var all []*Shape
	for _, name := range order {
		all = append(all, shapeOf(name))
	}
	return all
}

// order is that of the reference: what a policy has, what a module has beside, what tests have.
var order = []string{
	"policy", "issuer", "target", "class", "allow", "deny", "approve", "mask", "route", "expr", "locals", "invariant", "module",
	variableBlock, "principal", "test",
}

// shapeOf has the block's own reader ask for everything.
func shapeOf(name string) *Shape {
	d := &decoder{evaluator: &evaluator{report: &report{}, locals: newLocals(&budget{}, nil)}, tree: &Tree{}}
	s := &Shape{Path: name, Page: pageOf(name)}
	r := d.empty(name, s)
	decode := policyBlocks[name]
	if decode == nil {
		decode = testBlocks[name]
	}
	if decode == nil {
		v := &variable{reader: r}
		v.declare()
		v.validations()
		return s
	}
	decode(d, r)
	return s
}

// empty gives a reader of a block that holds nothing.
func (e *evaluator) empty(name string, s *Shape) *reader {
	r := e.read(&hclsyntax.Block{Type: name, Body: &hclsyntax.Body{}})
	r.shape = s
	return r
}

func (s *Shape) attribute(name string, n need, kind string) {
	s.Attributes = append(s.Attributes, AttributeShape{Name: name, Type: kind, Required: bool(n), Page: pageOf(s.Path + " " + name)})
}

// inside takes down an inner block and gives a reader that will ask for what is in it.
func (s *Shape) inside(r *reader, name string, n need, many bool) *reader {
	inner := &Shape{Path: s.Path + " " + name, Page: pageOf(s.Path + " " + name), Required: bool(n), Many: many}
	s.Blocks = append(s.Blocks, inner)
	return r.empty(name, inner)
}

// Name is the block's own name.
func (s *Shape) Name() string { return s.Path[strings.LastIndex(s.Path, " ")+1:] }

// InTests reports whether the block stands in test files.
func (s *Shape) InTests() bool { return testBlocks[s.Path] != nil }

// Everything gives the path of the block and of all that is in it, sorted.
func (s *Shape) Everything() []string {
	all := []string{s.Path}
	for _, a := range s.Attributes {
		all = append(all, s.Path+" "+a.Name)
	}
	for _, b := range s.Blocks {
		all = append(all, b.Everything()...)
	}
	slices.Sort(all)
	return all
}
