package syntax

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/gatewright/gatewright/schema"
)

// Format gives a file in the canonical layout: HCL's own, with the conditions in it laid out as CEL. Only white space
// between tokens changes, so that the file means what it did. The result is nil, and the diagnostics say why, when the
// file cannot be read; such a file is best left as it is. Formatting the result again gives the result.
func Format(path string, src []byte) ([]byte, schema.Diagnostics) {
	if len(src) <= MaxFileBytes {
		if p := newPlain(src); p.read() {
			return p.out, nil
		}
	}
	return formatAny(path, src)
}

// formatAny formats what Format's fast way does not know.
func formatAny(path string, src []byte) ([]byte, schema.Diagnostics) {
	if at := bytes.IndexByte(src, '\r'); at >= 0 && len(src) <= MaxFileBytes {
		pos := place(src, first, at)
		return nil, schema.Diagnostics{{
			Summary: "File has carriage returns", Range: &schema.Range{File: path, Start: pos, End: pos},
			Detail: "Policy files end their lines with a line feed alone. A heredoc keeps its line ends, so that taking them out could change what the file says.",
			Hint:   carriageReturnHint,
		}}
	}
	f, diags := Parse(path, src)
	if f == nil || f.body == nil {
		return nil, diags
	}
	e := &celEdits{src: trimmed(src)}
	e.body(f.body, nil)
	return append([]byte{}, hclwrite.Format(e.apply())...), nil
}

// trimmed leaves out spaces at the end of a file, which hclwrite keeps.
func trimmed(src []byte) []byte { return bytes.TrimRight(src, " \t") }

// celBlocks are the attributes that hold CEL, by the types of the blocks that they are in, outermost first.
var celBlocks = []struct {
	blocks []string
	names  []string
}{
	{[]string{"allow"}, []string{"when", "unless"}},
	{[]string{"deny"}, []string{"when", "unless"}},
	{[]string{"approve"}, []string{"when", "unless"}},
	{[]string{"mask"}, []string{"when", "unless"}},
	{[]string{"expr"}, []string{"cel"}},
	{[]string{"invariant"}, []string{"when"}},
	{[]string{"issuer", "require"}, []string{"when"}},
	{[]string{"issuer", "principal"}, []string{"subject", "groups", "kind"}},
	{[]string{"variable", "validation"}, []string{"condition"}},
}

func holdsCEL(blocks []string, name string) bool {
	if len(blocks) == 0 || len(blocks) > 2 {
		return false
	}
	for _, b := range celBlocks {
		if slices.Equal(b.blocks, blocks) {
			return slices.Contains(b.names, name)
		}
	}
	return false
}

// celEdits collects the conditions of a file that are to be written otherwise, in the order of the file.
type celEdits struct {
	src   []byte
	cel   celFormatter
	edits []celEdit
}

type celEdit struct {
	start, end int
	text       []byte
}

func (e *celEdits) body(b *hclsyntax.Body, blocks []string) {
	for _, a := range b.Attributes {
		if x, ok := a.Expr.(*hclsyntax.TemplateExpr); ok && holdsCEL(blocks, a.Name) {
			e.condition(x, celIndent*len(blocks))
		}
	}
	for _, inner := range b.Blocks {
		e.body(inner.Body, append(blocks[:len(blocks):len(blocks)], inner.Type))
	}
}

func (e *celEdits) condition(x *hclsyntax.TemplateExpr, indent int) {
	start, end := x.SrcRange.Start.Byte, x.SrcRange.End.Byte
	raw := e.src[start:end]
	switch {
	case len(raw) >= 2 && raw[0] == '"':
		text := append(e.cel.quoted([]byte{'"'}, raw[1:len(raw)-1]), '"')
		e.edits = append(e.edits, celEdit{start, end, text})
	case bytes.HasPrefix(raw, []byte("<<")):
		raw = bytes.TrimRight(raw, "\n")
		e.edits = append(e.edits, celEdit{start, start + len(raw), e.cel.heredoc(nil, raw, indent)})
	}
}

func (e *celEdits) apply() []byte {
	slices.SortFunc(e.edits, func(a, b celEdit) int { return a.start - b.start })
	var out []byte
	done := 0
	for _, edit := range e.edits {
		out = append(append(out, e.src[done:edit.start]...), edit.text...)
		done = edit.end
	}
	return append(out, e.src[done:]...)
}
