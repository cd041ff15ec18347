package syntax

import (
	"fmt"
	"math/big"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/gatewright/gatewright/schema"
)

func (r *reader) wrong(rng schema.Range, name, want string, got cty.Value, hint string) {
	r.add(rng, "Wrong type", fmt.Sprintf("%q takes %s, and this is %s.", name, want, kindName(got)), hint)
}

// operand evaluates an attribute. One that fails still has its place.
func (r *reader) operand(name string, n need, kind string) (operand, bool) {
	a := r.attr(name, n, kind)
	if a == nil {
		return operand{}, false
	}
	r.spent = 0
	o, ok := r.value(a.Expr)
	if !ok {
		return operand{rng: rangeOf(a.Expr.Range())}, false
	}
	switch {
	case o.unset && n == optional:
		return operand{}, false
	case o.unset:
		r.add(o.rng, "Variable has no value", fmt.Sprintf("%q is needed here, and the variable is null.", name), "Give the variable a value in the call, or a default.")
		return operand{rng: o.rng}, false
	}
	return o, true
}

// text reads an attribute that is one text.
func (r *reader) text(name string, n need) String { return r.textAs(name, n, "text") }

// textAs reads a text that is something more particular.
func (r *reader) textAs(name string, n need, kind string) String {
	o, ok := r.operand(name, n, kind)
	if !ok {
		return String{}
	}
	text, ok := textOf(o)
	if !ok {
		r.wrong(o.rng, name, "a text", o.val, "Write it in double quotes.")
		return String{}
	}
	return String{Text: text, Range: o.rng}
}

// list reads an attribute that is a list of texts.
func (r *reader) list(name string, n need) List {
	o, ok := r.operand(name, n, "list")
	if !ok {
		return List{Range: o.rng, Faulty: true}
	}
	return r.listOf(name, o)
}

func (r *reader) listOf(name string, o operand) List {
	l := List{Range: o.rng, Items: []String{}}
	for i, item := range elements(o) {
		text, ok := textOf(item)
		if !ok {
			r.wrong(item.rng, fmt.Sprintf("%s[%d]", name, i), "a text", item.val, "Write it in double quotes.")
			l.Faulty = true
			continue
		}
		l.Items = append(l.Items, String{Text: text, Range: item.rng})
	}
	if !isList(o) {
		r.wrong(o.rng, name, "a list of texts", o.val, fmt.Sprintf("Write it in brackets: %s = [\"...\"].", name))
		l.Faulty = true
	}
	return l
}

// textOrList reads an attribute that is one text or a list of them.
func (r *reader) textOrList(name string, n need) List {
	o, ok := r.operand(name, n, "text or list")
	if !ok {
		return List{Range: o.rng, Faulty: true}
	}
	if text, ok := textOf(o); ok {
		return List{Range: o.rng, Items: []String{{Text: text, Range: o.rng}}}
	}
	return r.listOf(name, o)
}

func isList(o operand) bool {
	if o.list {
		return true
	}
	if o.val.IsNull() {
		return false
	}
	t := o.val.Type()
	return t.IsTupleType() || t.IsListType() || t.IsSetType()
}

// elements gives the elements of a list, each with its own place where the list was written out.
func elements(o operand) []operand {
	if o.list {
		return o.items
	}
	if !isList(o) {
		return nil
	}
	var items []operand
	for _, v := range o.val.Elements() {
		items = append(items, operand{val: v, rng: o.rng})
	}
	return items
}

// pairs gives the entries of a map in the order of their keys, or as written; false when o is no map.
func pairs(o operand) (keys, items []operand, ok bool) {
	if o.pairs {
		return o.keys, o.items, true
	}
	if o.val.IsNull() || !o.val.Type().IsObjectType() && !o.val.Type().IsMapType() {
		return nil, nil, false
	}
	for k, v := range o.val.Elements() {
		keys = append(keys, operand{val: k, text: k.AsString(), exact: true, rng: o.rng})
		items = append(items, operand{val: v, rng: o.rng})
	}
	return keys, items, true
}

// textMap reads an attribute that is a map of texts.
func (r *reader) textMap(name string, n need) Map {
	o, ok := r.operand(name, n, "map")
	if !ok {
		return Map{Range: o.rng, Faulty: true}
	}
	keys, items, ok := pairs(o)
	if !ok {
		r.wrong(o.rng, name, "a map of texts", o.val, fmt.Sprintf("Write it in braces: %s = { key = \"value\" }.", name))
		return Map{Range: o.rng, Faulty: true}
	}
	m := Map{Range: o.rng}
	for i, k := range keys {
		text, ok := textOf(items[i])
		if !ok {
			r.wrong(items[i].rng, name+"."+k.text, "a text", items[i].val, "Write it in double quotes.")
			m.Faulty = true
			continue
		}
		m.Entries = append(m.Entries, Entry{Key: String{Text: k.text, Range: k.rng}, Value: String{Text: text, Range: items[i].rng}})
	}
	return m
}

// number reads an attribute that is a whole number.
func (r *reader) number(name string, n need) Int {
	o, ok := r.operand(name, n, "whole number")
	if !ok {
		return Int{}
	}
	if o.val.IsNull() || o.val.Type() != cty.Number {
		r.wrong(o.rng, name, "a whole number", o.val, "Write digits without quotes.")
		return Int{}
	}
	i, accuracy := o.val.AsBigFloat().Int64()
	if accuracy != big.Exact || i < -1<<31 || i >= 1<<31 {
		r.add(o.rng, "Wrong number", fmt.Sprintf("%q is a whole number of at most ten digits.", name), "Write it without fraction and exponent.")
		return Int{}
	}
	return Int{Value: int(i), Range: o.rng}
}

// flag reads an attribute that is true or false.
func (r *reader) flag(name string) Bool {
	o, ok := r.operand(name, optional, "flag")
	if !ok {
		return Bool{}
	}
	if o.val.IsNull() || o.val.Type() != cty.Bool {
		r.wrong(o.rng, name, "true or false", o.val, "Write true or false without quotes.")
		return Bool{}
	}
	return Bool{Value: o.val.True(), Range: o.rng}
}

// duration reads an attribute that is a length of time, as "30s", "15m" or "1h30m".
func (r *reader) duration(name string, n need) Duration {
	s := r.textAs(name, n, "duration")
	if !s.Set() {
		return Duration{}
	}
	d, err := time.ParseDuration(s.Text)
	if err != nil || d <= 0 {
		r.add(s.Range, "Bad duration", fmt.Sprintf("%q is no length of time greater than zero.", s.Text),
			"Write a number with a unit, as \"30s\", \"15m\" or \"1h30m\".")
		return Duration{}
	}
	return Duration{Value: d, Range: s.Range}
}

// cel reads an attribute that is CEL: a text written out in place, without any interpolation.
func (r *reader) cel(name string, n need) CEL {
	a := r.attr(name, n, "condition")
	if a == nil {
		return CEL{}
	}
	x, ok := a.Expr.(*hclsyntax.TemplateExpr)
	if !ok {
		r.notCEL(name, a.Expr)
		return CEL{}
	}
	lit, ok := literalOf(r.src, x)
	if !ok {
		r.interpolated(name, x)
		return CEL{}
	}
	c := celOf(r.path, lit)
	if c.empty() {
		r.add(rangeOf(a.Expr.Range()), "Empty condition", fmt.Sprintf("%q holds no expression.", name), "Write a CEL expression or remove the attribute.")
		return CEL{}
	}
	return r.bound(c)
}

func (r *reader) notCEL(name string, x hclsyntax.Expression) {
	rng := rangeOf(x.Range())
	if wrap, ok := x.(*hclsyntax.TemplateWrapExpr); ok {
		r.injection(name, rangeOf(wrap.SrcRange))
		return
	}
	r.add(rng, "Condition is not a text", fmt.Sprintf("%q is CEL, and CEL stands in a quoted text.", name),
		fmt.Sprintf("Write %s = \"...\", or a heredoc %s = <<-CEL; text inside of it takes single quotes.", name, name))
}

func (r *reader) interpolated(name string, x *hclsyntax.TemplateExpr) {
	for _, part := range x.Parts {
		if _, ok := part.(*hclsyntax.LiteralValueExpr); !ok {
			r.injection(name, rangeOf(part.Range()))
			return
		}
	}
	r.add(rangeOf(x.SrcRange), "Condition cannot be located", "The text and HCL's reading of it differ.", "Write plain characters, each escape by itself.")
}

func (r *reader) injection(name string, rng schema.Range) {
	r.add(rng, "Interpolation in a condition",
		fmt.Sprintf("%q is CEL. Text put into it by ${ } or %%{ } could change what the condition says.", name),
		"Use an expr block, referred to as expr.NAME, or a structured attribute; write $${ or %%{ where the characters themselves are meant.")
}
