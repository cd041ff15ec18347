package syntax

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// inner gives the one inner block of a type or, in a table, the map of that name; nil when there is none.
func (r *reader) inner(name string) *reader {
	if !r.tabular {
		return r.one(name, optional)
	}
	a := r.attr(name, optional, "map")
	if a == nil {
		return nil
	}
	return r.rowOf(name, name, nil, a.Expr)
}

// table reads an attribute that is a map of maps, each as a block of a type would be read, named by its key.
func (r *reader) table(name, blockType string) []*reader {
	a := r.attr(name, optional, "map of maps")
	if a == nil {
		return nil
	}
	x, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		r.add(rangeOf(a.Expr.Range()), "Not a table", fmt.Sprintf("%q is a map that is written out here, of a name and a map each.", name),
			fmt.Sprintf("Write: %s = { \"NAME\" = { ... } }.", name))
		return nil
	}
	var rows []*reader
	seen := map[string]bool{}
	for _, item := range x.Items {
		key, ok := r.key(item.KeyExpr)
		switch {
		case !ok:
			continue
		case seen[key.text]:
			r.add(key.rng, "Duplicate key", fmt.Sprintf("The key %q is in this map already.", key.text), "Keep one of the two.")
			continue
		case key.text == "":
			r.add(key.rng, "Missing name", fmt.Sprintf("Each entry of %q has a name.", name), fmt.Sprintf("Write: %s = { \"NAME\" = { ... } }.", name))
			continue
		}
		seen[key.text] = true
		if row := r.rowOf(name+"."+key.text, blockType, &namedKey{key.text, item.KeyExpr.Range()}, item.ValueExpr); row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

type namedKey struct {
	name string
	rng  hcl.Range
}

// rowOf shows a map as the block that it stands for, so that one reader serves both forms.
func (r *reader) rowOf(path, blockType string, label *namedKey, value hclsyntax.Expression) *reader {
	x, ok := value.(*hclsyntax.ObjectConsExpr)
	if !ok {
		r.add(rangeOf(value.Range()), "Wrong type", fmt.Sprintf("%q takes a map that is written out here.", path), "Write it in braces: { sql = \"...\" }.")
		return nil
	}
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: x.SrcRange}
	for _, item := range x.Items {
		key, ok := r.key(item.KeyExpr)
		if !ok {
			continue
		}
		if body.Attributes[key.text] != nil {
			r.add(key.rng, "Duplicate key", fmt.Sprintf("The key %q is in this map already.", key.text), "Keep one of the two.")
			continue
		}
		rng := item.KeyExpr.Range()
		body.Attributes[key.text] = &hclsyntax.Attribute{
			Name: key.text, Expr: item.ValueExpr, NameRange: rng, SrcRange: hcl.RangeBetween(rng, item.ValueExpr.Range()),
		}
	}
	b := &hclsyntax.Block{Type: blockType, Body: body, TypeRange: hcl.Range{Filename: x.SrcRange.Filename, Start: x.OpenRange.Start, End: x.OpenRange.End}}
	if label != nil {
		b.Labels, b.LabelRanges = []string{label.name}, []hcl.Range{label.rng}
		b.TypeRange = label.rng
	}
	row := r.read(b)
	row.tabular = true
	return row
}
