package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// TestSuffix ends the name of a file that holds tests.
const TestSuffix = "_test.hcl"

// Decode takes the files of one policy, parsed, into one tree. Files that did not parse are left out; what is in the
// others is still checked.
func Decode(files []*File) (*Tree, schema.Diagnostics) {
	locals := newLocals()
	reports := make([]*report, len(files))
	for i, f := range files {
		reports[i] = &report{}
		if f.body == nil {
			continue
		}
		for _, b := range f.body.Blocks {
			if b.Type == "locals" && !strings.HasSuffix(f.Path, TestSuffix) {
				locals.declare(reports[i], f, b)
			}
		}
	}
	tree := &Tree{}
	for i, f := range files {
		if f.body != nil {
			d := decoder{evaluator: &evaluator{report: reports[i], src: f.src, path: f.Path, locals: locals}, tree: tree}
			d.file(f)
		}
	}
	var diags schema.Diagnostics
	rest := &report{}
	locals.evaluateAll(rest, files)
	for _, r := range append(reports, rest) {
		diags = append(diags, r.diags...)
	}
	return tree, diags
}

// decoder adds one file to the tree.
type decoder struct {
	*evaluator
	tree *Tree
}

// The blocks of the language, each with what reads it. Locals were read before.
var (
	policyBlocks = map[string]func(*decoder, *reader){
		"policy": (*decoder).policy, "issuer": (*decoder).issuer, "target": (*decoder).target, "class": (*decoder).class,
		"allow": (*decoder).rule, "deny": (*decoder).rule, "approve": (*decoder).rule, "mask": (*decoder).mask,
		"route": (*decoder).route, "expr": (*decoder).expr, "locals": func(*decoder, *reader) {},
	}
	testBlocks = map[string]func(*decoder, *reader){
		"principal": (*decoder).principal, "test": (*decoder).test,
	}
)

// elsewhere are hints for top-level blocks of other files.
var elsewhere = map[string]string{
	"bundle": gatewayHint, "listener": gatewayHint, "upstream": gatewayHint, "store": gatewayHint, "recordings": gatewayHint,
	"metrics": gatewayHint, "admin": gatewayHint, "rule": "Rules are allow, deny and approve blocks.",
	"variable": "Use a locals block.", "local": "Use a locals block.",
}

const gatewayHint = "It belongs in the gateway's own configuration; keep that file outside the policy's directory."

func (d *decoder) file(f *File) {
	known, other, otherHint := policyBlocks, testBlocks, "It belongs in a file whose name ends in "+TestSuffix+"."
	if strings.HasSuffix(f.Path, TestSuffix) {
		known, other, otherHint = testBlocks, policyBlocks, "It belongs in a policy file: one whose name does not end in "+TestSuffix+"."
	}
	for _, a := range sortedAttributes(f.body) {
		hint := "Attributes stand inside of blocks."
		if known[a.Name] != nil {
			hint = fmt.Sprintf("It is a block: write %s \"NAME\" { ... } without the equals sign.", a.Name)
		}
		d.add(rangeOf(a.NameRange), "Unknown attribute", fmt.Sprintf("A policy file has no attribute %q outside of its blocks.", a.Name), hint)
	}
	for _, b := range f.body.Blocks {
		decode := known[b.Type]
		if decode != nil {
			decode(d, d.read(b))
			continue
		}
		d.unknown(b, known, other, otherHint)
	}
}

func (d *decoder) unknown(b *hclsyntax.Block, known, other map[string]func(*decoder, *reader), otherHint string) {
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	slices.Sort(names)
	hint := Suggest(b.Type, names)
	switch {
	case other[b.Type] != nil:
		hint = otherHint
	case elsewhere[b.Type] != "":
		hint = elsewhere[b.Type]
	case hint == "":
		hint = "Blocks are " + joined(names) + "."
	}
	d.add(rangeOf(b.TypeRange), "Unknown block", fmt.Sprintf("There is no block %q here.", b.Type), hint)
}
