package syntax

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// TestSuffix ends the name of a file that holds tests.
const TestSuffix = "_test.hcl"

// Decode takes the files of one policy, parsed, into one tree. Modules that it calls are not looked at.
func Decode(files []*File) (*Tree, schema.Diagnostics) { return NewDecoder().Policy(files) }

// decoder adds one file to the tree.
type decoder struct {
	*evaluator
	tree  *Tree
	file  *File
	words vocabulary
}

// The blocks of the language, each with what reads it. Locals were read before.
var (
	policyBlocks = map[string]func(*decoder, *reader){
		"policy": (*decoder).policy, "issuer": (*decoder).issuer, "target": (*decoder).target, "class": (*decoder).class,
		"allow": (*decoder).rule, "deny": (*decoder).rule, "approve": (*decoder).rule, "mask": (*decoder).mask,
		"route": (*decoder).route, "expr": (*decoder).expr, "locals": func(*decoder, *reader) {},
		"module": (*decoder).module, "invariant": (*decoder).invariant,
	}
	testBlocks = map[string]func(*decoder, *reader){
		"principal": (*decoder).principal, "test": (*decoder).test,
	}
)

// elsewhere are hints for top-level blocks of other files.
var elsewhere = map[string]string{
	"bundle": gatewayHint, "listener": gatewayHint, "upstream": gatewayHint, "store": gatewayHint, "recordings": gatewayHint,
	"metrics": gatewayHint, "admin": gatewayHint, "rule": "Rules are allow, deny and approve blocks.",
	"variable": "A policy's own values are in locals blocks; variable blocks stand in the files of a module.", "local": "Use a locals block.",
}

const gatewayHint = "It belongs in the gateway's own configuration; keep that file outside the policy's directory."

// blocks reads the file. Variables were read before.
func (d *decoder) blocks() {
	for _, a := range sortedAttributes(d.file.body) {
		hint := "Attributes stand inside of blocks."
		if d.words.has(a.Name) {
			hint = fmt.Sprintf("It is a block: write %s \"NAME\" { ... } without the equals sign.", a.Name)
		}
		d.add(rangeOf(a.NameRange), "Unknown attribute", fmt.Sprintf("A policy file has no attribute %q outside of its blocks.", a.Name), hint)
	}
	for _, b := range d.file.body.Blocks {
		decode := policyBlocks[b.Type]
		if decode == nil {
			decode = testBlocks[b.Type]
		}
		switch {
		case !d.words.has(b.Type):
			d.unknown(b)
		case decode != nil:
			decode(d, d.read(b))
		}
	}
}

func (d *decoder) unknown(b *hclsyntax.Block) {
	names := d.words.blockNames()
	hint := Suggest(b.Type, names)
	switch {
	case d.words == moduleFile && rootOnly[b.Type] != "":
		d.add(rangeOf(b.TypeRange), "Block does not belong in a module", fmt.Sprintf("A module has no block %q.", b.Type), rootOnly[b.Type])
		return
	case d.words == testFile && policyFile.has(b.Type):
		hint = "It belongs in a policy file: one whose name does not end in " + TestSuffix + "."
	case testFile.has(b.Type):
		hint = "It belongs in a file whose name ends in " + TestSuffix + "."
	case elsewhere[b.Type] != "":
		hint = elsewhere[b.Type]
	case hint == "":
		hint = "Blocks are " + joined(names) + "."
	}
	d.add(rangeOf(b.TypeRange), "Unknown block", fmt.Sprintf("There is no block %q here.", b.Type), hint)
}
