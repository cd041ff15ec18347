package syntax

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/gatewright/gatewright/schema"
)

// maxValue and maxValues bound what expressions evaluate to, one by one and in sum, in bytes of text and sixteen for
// each element. Locals can repeat locals, so that a short file could ask for any amount of memory.
const (
	maxValue  = 1 << 20
	maxValues = 64 << 20
)

// operand is an evaluated expression: its value and, as far as it was written out in place, its exact text and parts.
type operand struct {
	val   cty.Value
	rng   schema.Range
	text  string // with exact: the characters as written, which cty would normalise
	exact bool
	items []operand // with list: the elements
	keys  []operand // with pairs: the keys of items
	list  bool
	pairs bool
	// unset is a variable without a value: an attribute that is nothing else counts as not written.
	unset bool
}

// evaluator evaluates expressions of one file against the policy's locals.
type evaluator struct {
	*report
	src    []byte
	path   string
	locals *locals
	spent  int
	// fixed is set while what is evaluated must be written out, without references.
	fixed bool
}

// value evaluates x. It reports and gives false for what is no plain value.
func (e *evaluator) value(x hclsyntax.Expression) (operand, bool) {
	o := operand{rng: rangeOf(x.Range())}
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		o.val = x.Val
		return o, e.plain(o) && e.spend(o.rng, 16)
	case *hclsyntax.UnaryOpExpr:
		if lit, ok := x.Val.(*hclsyntax.LiteralValueExpr); ok && x.Op == hclsyntax.OpNegate && lit.Val.Type() == cty.Number {
			o.val = lit.Val.Negate()
			return o, e.plain(o) && e.spend(o.rng, 16)
		}
	case *hclsyntax.ParenthesesExpr:
		return e.value(x.Expression)
	case *hclsyntax.TemplateExpr:
		return e.template(x, o)
	case *hclsyntax.TemplateWrapExpr:
		return e.value(x.Wrapped)
	case *hclsyntax.TupleConsExpr:
		return e.tuple(x, o)
	case *hclsyntax.ObjectConsExpr:
		return e.object(x, o)
	case *hclsyntax.ScopeTraversalExpr:
		return e.reference(x, o)
	}
	e.add(o.rng, "Expression is not supported here",
		"A value is a text, a number, true, false, null, a list, a map or local.NAME; there are no operators and no functions.",
		"Write the value out; conditions are CEL in a quoted text.")
	return o, false
}

// plain refuses numbers whose digits would fill pages: an exponent makes them short to write.
func (e *evaluator) plain(o operand) bool {
	if o.val.IsNull() || o.val.Type() != cty.Number {
		return true
	}
	f := o.val.AsBigFloat()
	if exp := f.MantExp(nil); f.Sign() == 0 || !f.IsInf() && -64 <= exp && exp <= 64 {
		return true
	}
	e.add(o.rng, "Wrong number", "A number has at most 64 bits.", "Put it in double quotes if it is a text.")
	return false
}

// spend counts what an expression evaluates to against the limits.
func (e *evaluator) spend(rng schema.Range, size int) bool {
	e.spent += size
	e.locals.spent += size
	if e.spent <= maxValue && e.locals.spent <= maxValues {
		return true
	}
	if !e.locals.exhausted {
		e.add(rng, "Value is too large", fmt.Sprintf("One value may hold %d bytes, all of a policy together %d.", maxValue, maxValues),
			"Do not build locals out of repeated locals.")
	}
	e.locals.exhausted = e.locals.exhausted || e.locals.spent > maxValues
	return false
}

func (e *evaluator) template(x *hclsyntax.TemplateExpr, o operand) (operand, bool) {
	if lit, ok := literalOf(e.src, x); ok {
		o.text, o.exact = lit.text, true
		o.val = cty.StringVal(lit.text)
		return o, e.spend(o.rng, 16+len(o.text))
	}
	var b strings.Builder
	for _, part := range x.Parts {
		p, ok := e.value(part)
		if !ok {
			return o, false
		}
		s, err := convert.Convert(p.val, cty.String)
		if err != nil || s.IsNull() {
			e.add(p.rng, "Wrong type in a text", "Only a text, a number or a truth value can stand inside a text, not "+kindName(p.val)+".",
				"Refer to one element, as in ${local.name[0]}.")
			return o, false
		}
		b.WriteString(s.AsString())
		if b.Len() > maxValue {
			return o, e.spend(o.rng, b.Len())
		}
	}
	text := b.String()
	o.val = cty.StringVal(text)
	return o, e.spend(o.rng, 16+len(text))
}

func (e *evaluator) tuple(x *hclsyntax.TupleConsExpr, o operand) (operand, bool) {
	o.list = true
	good := true
	vals := make([]cty.Value, 0, len(x.Exprs))
	for _, item := range x.Exprs {
		p, ok := e.value(item)
		good = good && ok
		if ok {
			o.items = append(o.items, p)
			vals = append(vals, p.val)
		}
	}
	o.val = cty.TupleVal(vals)
	return o, good && e.spend(o.rng, 16)
}

func (e *evaluator) object(x *hclsyntax.ObjectConsExpr, o operand) (operand, bool) {
	o.pairs = true
	good := true
	vals := make(map[string]cty.Value, len(x.Items))
	for _, item := range x.Items {
		k, keyOK := e.key(item.KeyExpr)
		v, ok := e.value(item.ValueExpr)
		if !keyOK || !ok {
			good = false
			continue
		}
		if _, twice := vals[k.text]; twice {
			e.add(k.rng, "Duplicate key", fmt.Sprintf("The key %q is in this map already.", k.text), "Keep one of the two.")
			good = false
			continue
		}
		vals[k.text] = v.val
		o.keys, o.items = append(o.keys, k), append(o.items, v)
	}
	o.val = cty.ObjectVal(vals)
	return o, good && e.spend(o.rng, 16)
}

// key evaluates a map's key: a bare word, a text, or an expression in parentheses.
func (e *evaluator) key(x hclsyntax.Expression) (operand, bool) {
	inner := x
	if wrapped, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		inner = wrapped.Wrapped
		if word := hcl.ExprAsKeyword(inner); word != "" && !wrapped.ForceNonLiteral {
			return operand{val: cty.StringVal(word), text: word, exact: true, rng: rangeOf(x.Range())}, true
		}
	}
	k, ok := e.value(inner)
	if !ok {
		return k, false
	}
	text, ok := textOf(k)
	if !ok {
		e.add(k.rng, "Wrong type of a key", "A map's key is a text, not "+kindName(k.val)+".", "Put it in double quotes.")
		return k, false
	}
	k.text, k.exact = text, true
	return k, true
}

func (e *evaluator) reference(x *hclsyntax.ScopeTraversalExpr, o operand) (operand, bool) {
	root := x.Traversal.RootName()
	if root != "local" && root != "var" {
		e.add(o.rng, "Unknown reference", fmt.Sprintf("There is no %q here; a value can refer to local.NAME and, in a module, to var.NAME.", root),
			"Put a text in double quotes; refer to other blocks by their quoted names.")
		return o, false
	}
	if e.fixed {
		e.add(o.rng, "Reference in a default", "A default is written out: it holds before anything else has a value.", "Write the value itself.")
		return o, false
	}
	if len(x.Traversal) < 2 {
		e.add(o.rng, "Incomplete reference", fmt.Sprintf("%s stands for all of them together.", root), fmt.Sprintf("Name one of them: %s.NAME.", root))
		return o, false
	}
	step, ok := x.Traversal[1].(hcl.TraverseAttr)
	if !ok {
		e.add(o.rng, "Incomplete reference", "What is referred to is named by a word.", fmt.Sprintf("Write %s.NAME.", root))
		return o, false
	}
	find := e.locals.value
	if root == "var" {
		find = e.locals.vars.reference
	}
	val, ok := find(e.report, step.Name, o.rng)
	if !ok {
		return o, false
	}
	if val.IsNull() && len(x.Traversal) == 2 {
		o.val, o.unset = val, root == "var"
		return o, true
	}
	val, diags := x.Traversal[2:].TraverseRel(val)
	if diags.HasErrors() {
		e.add(o.rng, "Unsupported attribute", diags[0].Detail, "Name a part that the value has.")
		return o, false
	}
	o.val = val
	return o, e.spend(o.rng, weight(val))
}

// weight is the size of a value as maxValue counts it.
func weight(v cty.Value) int {
	switch {
	case v.IsNull() || !v.IsKnown():
		return 16
	case v.Type() == cty.String:
		return 16 + len(v.AsString())
	case !v.CanIterateElements():
		return 16
	}
	n := 16
	for key, item := range v.Elements() {
		n += weight(item)
		if key.Type() == cty.String {
			n += len(key.AsString())
		}
	}
	return n
}

// textOf gives an operand's text, exact where it was written in place.
func textOf(o operand) (string, bool) {
	if o.exact {
		return o.text, true
	}
	if o.val.IsNull() || !o.val.IsKnown() || o.val.Type() != cty.String {
		return "", false
	}
	return o.val.AsString(), true
}

// kindName names a value's type for a sentence.
func kindName(v cty.Value) string {
	t := v.Type()
	switch {
	case v.IsNull():
		return "null"
	case t == cty.String:
		return "a text"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "a truth value"
	case t.IsTupleType(), t.IsListType(), t.IsSetType():
		return "a list"
	case t.IsObjectType(), t.IsMapType():
		return "a map"
	}
	return "a value of another type"
}
