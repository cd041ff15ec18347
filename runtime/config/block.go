package config

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/gatewright/gatewright/schema"
)

// block reads one body. What is asked for is thereby known; finish refuses the rest.
type block struct {
	d     *decoder
	what  string // "listener \"postgres\"", for messages; "" for the file
	label string
	at    hcl.Range
	body  *hclsyntax.Body
	attrs []string // the attributes asked for
	types []string // the block types asked for
}

// value is an attribute that is there, has a value of the wanted type, and where it stands.
type value struct {
	cty.Value
	at hcl.Range
}

// attr evaluates an attribute. ok is false when it is not there or is wrong, which is then reported.
func (b *block) attr(name string, want cty.Type, word string) (v value, ok bool) {
	b.attrs = append(b.attrs, name)
	a := b.body.Attributes[name]
	if a == nil {
		return value{}, false
	}
	at := a.Expr.Range()
	got, diags := a.Expr.Value(nil)
	if diags.HasErrors() {
		b.d.fail(at, "Not a plain value", fmt.Sprintf("%s must be written out: %s.", name, diags[0].Summary),
			"There are no variables and no functions here; a secret is given as \"env:NAME\" or \"file:PATH\".")
		return value{}, false
	}
	if got.IsNull() || !got.IsWhollyKnown() || !conforms(got, want) {
		b.d.fail(at, "Wrong type", fmt.Sprintf("%s must be %s, and this is %s.", name, word, kindName(got)), "")
		return value{}, false
	}
	converted, err := convert.Convert(got, want)
	if err != nil || converted.IsNull() {
		b.d.fail(at, "Wrong type", fmt.Sprintf("%s must be %s, and this is %s.", name, word, kindName(got)), "")
		return value{}, false
	}
	return value{converted, at}, true
}

// kindName names a value's type for a sentence.
func kindName(v cty.Value) string {
	switch t := v.Type(); {
	case v.IsNull():
		return "null"
	case t == cty.String:
		return "a string"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t.IsTupleType():
		for _, e := range v.AsValueSlice() {
			if e.IsNull() || e.Type() != cty.String {
				return "a list that holds " + kindName(e)
			}
		}
		return "a list"
	default:
		return "a map"
	}
}

// conforms refuses the conversions between primitive types that HCL would make, such as a number for a string.
func conforms(got cty.Value, want cty.Type) bool {
	if want.IsPrimitiveType() {
		return got.Type().Equals(want)
	}
	if !got.CanIterateElements() {
		return false
	}
	for _, e := range got.AsValueSlice() {
		if e.IsNull() || !e.Type().Equals(want.ElementType()) {
			return false
		}
	}
	return true
}

// text reads a string that is not empty; "" when it is not there.
func (b *block) text(name string) (string, hcl.Range) {
	v, ok := b.attr(name, cty.String, "a string in double quotes")
	if !ok {
		return "", hcl.Range{}
	}
	if v.AsString() == "" {
		b.d.fail(v.at, "Empty value", name+" is empty.", "")
	}
	return v.AsString(), v.at
}

// required reads a string that must be there.
func (b *block) required(name, example string) (string, hcl.Range) {
	text, at := b.text(name)
	b.need(name, example)
	return text, at
}

func (b *block) need(name, example string) {
	if b.body.Attributes[name] == nil {
		b.d.fail(b.at, "Missing attribute", fmt.Sprintf("%s needs %s.", b.what, name), fmt.Sprintf("%s = %s", name, example))
	}
}

// path reads a path, resolved; the default when it is not there.
func (b *block) path(name, byDefault string) string {
	text, _ := b.text(name)
	if text == "" {
		text = byDefault
	}
	if text == "" {
		return ""
	}
	return resolve(b.d.dir, text)
}

func (b *block) requiredPath(name, example string) string {
	b.need(name, example)
	return b.path(name, "")
}

func (b *block) flag(name string) bool {
	v, ok := b.attr(name, cty.Bool, "true or false")
	return ok && v.True()
}

// texts reads a list of strings, none of them empty or twice there; nil when it is not there.
func (b *block) texts(name string) ([]string, hcl.Range) {
	v, ok := b.attr(name, cty.List(cty.String), "a list of strings in double quotes")
	if !ok {
		return nil, hcl.Range{}
	}
	out := []string{}
	for _, e := range v.AsValueSlice() {
		switch text := e.AsString(); {
		case text == "":
			b.d.fail(v.at, "Empty value", name+" holds an empty string.", "")
		case slices.Contains(out, text):
			b.d.fail(v.at, "Duplicate value", fmt.Sprintf("%s holds %q twice.", name, text), "")
		default:
			out = append(out, text)
		}
	}
	return out, v.at
}

// duration reads a duration between least and most.
func (b *block) duration(name string, byDefault, least, most time.Duration) time.Duration {
	text, at := b.text(name)
	if text == "" {
		return byDefault
	}
	got, err := time.ParseDuration(text)
	if err != nil {
		b.d.fail(at, "Not a duration", fmt.Sprintf("%s is %q.", name, text), `A duration is written as "500ms", "5s" or "2m".`)
		return byDefault
	}
	if got < least || got > most {
		b.d.fail(at, "Out of range", fmt.Sprintf("%s must be between %s and %s.", name, least, most), "")
		return byDefault
	}
	return got
}

// count reads a whole number between least and most.
func (b *block) count(name string, byDefault, least, most int) int {
	v, ok := b.attr(name, cty.Number, "a whole number")
	if !ok {
		return byDefault
	}
	got, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact || got < int64(least) || got > int64(most) {
		b.d.fail(v.at, "Out of range", fmt.Sprintf("%s must be a whole number between %d and %d.", name, least, most), "")
		return byDefault
	}
	return int(got)
}

// children gives the blocks of a type, which have one label or none.
func (b *block) children(kind string, labelled bool) []*block {
	b.types = append(b.types, kind)
	var out []*block
	seen := map[string]bool{}
	for _, raw := range b.body.Blocks {
		if raw.Type != kind {
			continue
		}
		child := &block{d: b.d, what: kind, at: raw.DefRange(), body: raw.Body}
		if !child.takeLabels(raw, labelled) {
			continue
		}
		if seen[child.label] {
			b.d.fail(child.at, "Duplicate block", child.what+" is there twice.", "")
			continue
		}
		seen[child.label] = true
		out = append(out, child)
	}
	return out
}

func (b *block) takeLabels(raw *hclsyntax.Block, labelled bool) bool {
	switch {
	case labelled && len(raw.Labels) != 1:
		b.d.fail(b.at, "Wrong labels", raw.Type+" takes one name.", fmt.Sprintf("%s \"name\" { ... }", raw.Type))
		return false
	case !labelled && len(raw.Labels) != 0:
		b.d.fail(b.at, "Wrong labels", raw.Type+" takes no name.", raw.Type+" { ... }")
		return false
	case labelled:
		b.label = raw.Labels[0]
		b.what = fmt.Sprintf("%s %q", raw.Type, b.label)
	}
	return true
}

// child gives the one block of a type without a label, or nil.
func (b *block) child(kind string) *block {
	if all := b.children(kind, false); len(all) > 0 {
		return all[0]
	}
	return nil
}

// finish refuses what nobody asked for.
func (b *block) finish() {
	for _, name := range slices.Sorted(maps.Keys(b.body.Attributes)) {
		if !slices.Contains(b.attrs, name) {
			at := b.body.Attributes[name].NameRange
			b.unknown(at, "Unknown attribute", name, b.attrs)
		}
	}
	for _, raw := range b.body.Blocks {
		if !slices.Contains(b.types, raw.Type) {
			b.unknown(raw.TypeRange, "Unknown block", raw.Type, b.types)
		}
	}
}

func (b *block) unknown(at hcl.Range, summary, name string, known []string) {
	where := b.what
	if where == "" {
		where = "a gateway configuration"
	}
	detail := fmt.Sprintf("%s has no %s.", where, name)
	switch like := schema.Nearest(name, known); {
	case notYet[b.what+"."+name] != "":
		b.d.fail(at, summary, detail, notYet[b.what+"."+name])
	case like != "":
		b.d.fail(at, summary, detail, fmt.Sprintf("Did you mean %s?", like))
	case len(known) > 0:
		b.d.fail(at, summary, detail, "It has "+wordList(known)+".")
	default:
		b.d.fail(at, summary, detail, "")
	}
}

// notYet says what stands in for a block or attribute that this version does not have, by "block.name".
var notYet = map[string]string{
	".recordings": "This version records statements and outcomes in the audit log; it has no session recordings.",
	"store.url":   `This version keeps its store in a SQLite file: store { path = "gatewright.db" }.`,
}
