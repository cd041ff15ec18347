package syntax

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// valueType is the type of a variable: string, number, bool, or a list or map of one type.
type valueType struct {
	name string
	elem *valueType
}

const typesHint = "Types are string, number, bool, list(TYPE) and map(TYPE)."

// typeOf reads a type; nil when it is none, which is told.
func (r *reader) typeOf(x hclsyntax.Expression) *valueType {
	rng := rangeOf(x.Range())
	if call, ok := x.(*hclsyntax.FunctionCallExpr); ok {
		if (call.Name == "list" || call.Name == "map") && len(call.Args) == 1 && !call.ExpandFinal {
			if elem := r.typeOf(call.Args[0]); elem != nil {
				return &valueType{call.Name, elem}
			}
			return nil
		}
		r.add(rng, "Unknown type", fmt.Sprintf("There is no type %s(...) of %d types.", call.Name, len(call.Args)), typesHint)
		return nil
	}
	word := hcl.ExprAsKeyword(x)
	switch word {
	case "string", "number", "bool":
		return &valueType{name: word}
	case "list", "map":
		r.add(rng, "Unknown type", fmt.Sprintf("A %s is of something.", word), fmt.Sprintf("Write %s(string), for example.", word))
	case "":
		r.add(rng, "Unknown type", "A type is a word, without quotes.", typesHint)
	default:
		r.add(rng, "Unknown type", fmt.Sprintf("There is no type %s.", word), orSay(word, []string{"string", "number", "bool", "list", "map"}, typesHint))
	}
	return nil
}

// words names a value of the type in a sentence.
func (t *valueType) words() string {
	switch t.name {
	case "string":
		return "a text"
	case "number":
		return "a number"
	case "bool":
		return "true or false"
	case "list":
		return "a list of " + t.elem.plural()
	}
	return "a map of " + t.elem.plural()
}

func (t *valueType) plural() string {
	return map[string]string{"string": "texts", "number": "numbers", "bool": "truth values", "list": "lists", "map": "maps"}[t.name]
}

// example gives how a value of the type is written.
func (t *valueType) example() string {
	switch t.name {
	case "string":
		return `"..."`
	case "number":
		return "1"
	case "bool":
		return "true"
	case "list":
		return "[" + t.elem.example() + "]"
	}
	return "{ key = " + t.elem.example() + " }"
}

// conforms reports whether a value is of the type, and tells where it is not. Nothing is converted.
func (t *valueType) conforms(r *report, name string, o operand) bool {
	wrong := func() bool {
		r.add(o.rng, "Wrong type", fmt.Sprintf("%q takes %s, and this is %s.", name, t.words(), kindName(o.val)),
			fmt.Sprintf("Write a value as %s.", t.example()))
		return false
	}
	null := o.val.IsNull()
	switch t.name {
	case "string":
		_, ok := textOf(o)
		return ok || wrong()
	case "number":
		return !null && o.val.Type() == cty.Number || wrong()
	case "bool":
		return !null && o.val.Type() == cty.Bool || wrong()
	case "list":
		if null || !isList(o) {
			return wrong()
		}
		good := true
		for i, item := range elements(o) {
			good = t.elem.conforms(r, fmt.Sprintf("%s[%d]", name, i), item) && good
		}
		return good
	}
	keys, items, ok := pairs(o)
	if null || !ok {
		return wrong()
	}
	good := true
	for i, item := range items {
		good = t.elem.conforms(r, name+"."+keys[i].text, item) && good
	}
	return good
}
