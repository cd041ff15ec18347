package syntax

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// need says whether an attribute or block may be left out.
type need bool

const (
	optional need = false
	required need = true
)

// reader takes one block apart. Each attribute and each inner block is asked for once; finish reports what nobody
// asked for, so that the questions are the block's schema.
type reader struct {
	*evaluator
	block  *hclsyntax.Block
	header schema.Range
	attrs  []string
	blocks []string
	// tabular is set when the block is a map of a table, in which inner blocks are maps too.
	tabular bool
	// shape takes down what is asked for, where that alone is wanted.
	shape *Shape
}

func (e *evaluator) read(b *hclsyntax.Block) *reader {
	header := b.TypeRange
	if n := len(b.LabelRanges); n > 0 {
		header = hcl.RangeBetween(header, b.LabelRanges[n-1])
	}
	return &reader{evaluator: e, block: b, header: rangeOf(header)}
}

// what names the block in sentences.
func (r *reader) what() string {
	article := "A "
	if strings.ContainsAny(r.block.Type[:1], "aeiou") {
		article = "An "
	}
	return article + r.block.Type + " block"
}

// name takes the one label of a block.
func (r *reader) name() String {
	if len(r.block.Labels) == 0 {
		r.add(r.header, "Missing name", r.what()+" has a name.", fmt.Sprintf("Write: %s \"NAME\" { ... }.", r.block.Type))
		return String{}
	}
	if len(r.block.Labels) > 1 {
		r.add(rangeOf(r.block.LabelRanges[1]), "Too many names", r.what()+" has one name.", "Remove this one.")
	}
	return String{Text: r.block.Labels[0], Range: rangeOf(r.block.LabelRanges[0])}
}

// noName refuses labels.
func (r *reader) noName() {
	if len(r.block.Labels) > 0 {
		r.add(rangeOf(r.block.LabelRanges[0]), "Unexpected name", r.what()+" has no name.", "Write: "+r.block.Type+" { ... }.")
	}
}

// attr gives an attribute; nil when it is not written. kind says what it takes, in the words of the reference.
func (r *reader) attr(name string, n need, kind string) *hclsyntax.Attribute {
	if r.shape != nil {
		r.shape.attribute(name, n, kind)
	}
	r.attrs = append(r.attrs, name)
	a := r.block.Body.Attributes[name]
	if a == nil && n == required {
		hint := fmt.Sprintf("Add %s = ... to the block.", name)
		for _, inner := range r.block.Body.Blocks {
			if inner.Type == name {
				hint = fmt.Sprintf("Write %s = ... instead of a block.", name)
			}
		}
		r.add(r.header, "Missing attribute", fmt.Sprintf("%s needs %q.", r.what(), name), hint)
	}
	return a
}

// many gives the inner blocks of a type, in order.
func (r *reader) many(name string) []*reader {
	if r.shape != nil {
		return []*reader{r.shape.inside(r, name, optional, true)}
	}
	r.blocks = append(r.blocks, name)
	var found []*reader
	for _, b := range r.block.Body.Blocks {
		if b.Type == name {
			inner := r.read(b)
			inner.noName()
			found = append(found, inner)
		}
	}
	return found
}

// one gives the inner block of a type; nil when there is none.
func (r *reader) one(name string, n need) *reader {
	if r.shape != nil {
		return r.shape.inside(r, name, n, false)
	}
	found := r.many(name)
	if len(found) == 0 {
		if n == required {
			r.add(r.header, "Missing block", fmt.Sprintf("%s needs a block %q.", r.what(), name), fmt.Sprintf("Add %s { ... } to it.", name))
		}
		return nil
	}
	for _, more := range found[1:] {
		r.add(more.header, "Duplicate block", fmt.Sprintf("%s has one block %q.", r.what(), name), "Put both into one.")
	}
	return found[0]
}

// misplaced are hints for attributes and blocks that people put where they do not belong.
var misplaced = map[string]string{
	"verbs":     "It belongs in the rule's postgres { ... } block.",
	"tables":    "It belongs in the rule's postgres { ... } block.",
	"functions": "It belongs in the rule's postgres { ... } block.",
	"condition": "A condition is written as when or unless.",
	"route":     "Only an approve block has a route.",
	"require":   "require { ... } belongs in an issuer block.",
	"oidc":      "oidc { ... } belongs in an issuer block.",
}

// finish reports what was not asked for.
func (r *reader) finish() {
	for _, a := range sortedAttributes(r.block.Body) {
		if slices.Contains(r.attrs, a.Name) {
			continue
		}
		hint := Suggest(a.Name, r.attrs)
		switch {
		case slices.Contains(r.blocks, a.Name):
			hint = fmt.Sprintf("It is a block: write %s { ... } without the equals sign.", a.Name)
		case hint == "":
			hint = cmp.Or(misplaced[a.Name], r.choices())
		}
		r.add(rangeOf(a.NameRange), "Unknown attribute", fmt.Sprintf("%s has no attribute %q.", r.what(), a.Name), hint)
	}
	for _, b := range r.block.Body.Blocks {
		if slices.Contains(r.blocks, b.Type) {
			continue
		}
		hint := Suggest(b.Type, r.blocks)
		switch {
		case slices.Contains(r.attrs, b.Type):
			hint = fmt.Sprintf("It is an attribute: write %s = ... with an equals sign.", b.Type)
		case hint == "":
			hint = cmp.Or(misplaced[b.Type], r.choices())
		}
		r.add(rangeOf(b.TypeRange), "Unknown block", fmt.Sprintf("%s has no block %q.", r.what(), b.Type), hint)
	}
}

func (r *reader) choices() string {
	s := ""
	if len(r.attrs) > 0 {
		s = "Attributes are " + joined(slices.Sorted(slices.Values(r.attrs)))
	}
	if len(r.blocks) > 0 {
		if s != "" {
			s += "; "
		}
		s += "blocks are " + joined(slices.Sorted(slices.Values(r.blocks)))
	}
	return s + "."
}

// sortedAttributes gives a body's attributes in the order of the file: HCL keeps them in a map.
func sortedAttributes(b *hclsyntax.Body) []*hclsyntax.Attribute {
	list := make([]*hclsyntax.Attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte)
	})
	return list
}
