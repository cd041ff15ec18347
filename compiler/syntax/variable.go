package syntax

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/gatewright/gatewright/schema"
)

const variableBlock = "variable"

// Variable is a variable block of a module with the value that one call gives it.
type Variable struct {
	Name        String
	Description String
	Validations []Validation
	// Value is where the value is written: in the call, or as the default. Given says which.
	Value schema.Range
	Given bool
	// Used is set when a value or a condition refers to the variable.
	Used  bool
	Range schema.Range
}

// Validation is a condition that a value must meet, the variables in it already written out.
type Validation struct {
	Condition CEL
	Message   String
	Range     schema.Range
}

// variables are the variables of one call of a module. A nil *variables is a policy, which has none.
type variables struct {
	call   *Module
	caller report
	byName map[string]*variable
	order  []*variable
}

type variable struct {
	Variable
	reader *reader
	typ    *valueType
	def    operand
	// optional is set when there is a default, null or not; faulty when the value is not known, which is told.
	optional, faulty bool
	val              cty.Value
}

func newVariables(call *Module) *variables {
	return &variables{call: call, byName: map[string]*variable{}}
}

// declareVariables reads the types and defaults of a file's variable blocks.
func (d *decoder) declareVariables() {
	vars := d.locals.vars
	for _, b := range d.file.body.Blocks {
		if vars == nil || b.Type != variableBlock {
			continue
		}
		v := &variable{reader: d.read(b)}
		v.declare()
		name := v.Name
		switch first, twice := vars.byName[name.Text]; {
		case !name.Set():
		case twice:
			d.add(name.Range, "Duplicate name", fmt.Sprintf("variable %q is declared at %s already.", name.Text, first.Range), "Rename one of the two.")
		case name.Text == "source" || !isWord([]byte(name.Text)):
			d.add(name.Range, "Bad name", fmt.Sprintf("%q cannot be given as an attribute of a module block.", name.Text),
				"Use letters, digits and underscores, a letter first; source is taken.")
		default:
			vars.byName[name.Text] = v
			vars.order = append(vars.order, v)
		}
	}
}

func (v *variable) declare() {
	r := v.reader
	v.Name, v.Range = r.name(), r.header
	if a := r.attr("type", required, "type"); a != nil {
		v.typ = r.typeOf(a.Expr)
	}
	v.faulty = v.typ == nil
	a := r.attr("default", optional, "of that type")
	if a == nil {
		return
	}
	v.optional, v.Value = true, rangeOf(a.Expr.Range())
	r.spent, r.fixed = 0, true
	o, ok := r.value(a.Expr)
	r.fixed = false
	v.def, v.faulty = o, v.faulty || !ok
}

// bind gives every variable its value, and reads what may refer to values: the validations.
func (vars *variables) bind(tree *Tree) {
	if vars == nil {
		return
	}
	for _, v := range vars.order {
		if !v.faulty {
			v.faulty = !vars.give(v)
		}
	}
	vars.unknownArguments()
	for _, v := range vars.order {
		v.validations()
	}
	for _, v := range vars.order {
		v.Used = false // by validations alone
	}
	tree.variables = vars.order
}

// give finds a variable's value: the call's, or the default where the call gives none or null.
func (vars *variables) give(v *variable) bool {
	for _, a := range vars.call.Arguments {
		if a.Name.Text != v.Name.Text {
			continue
		}
		if !a.good {
			return false
		}
		if a.value.val.IsNull() {
			break
		}
		v.Value, v.Given = a.Range, true
		return v.take(&vars.caller, a.value)
	}
	switch {
	case !v.optional:
		vars.caller.add(vars.call.Range, "Missing argument", fmt.Sprintf("The module needs a value for variable %q%s.", v.Name.Text, v.about()),
			fmt.Sprintf("Add %s = %s to the block.", v.Name.Text, v.typ.example()))
		return false
	case v.def.val.IsNull():
		v.val = cty.NullVal(cty.DynamicPseudoType)
		return true
	}
	return v.take(v.reader.report, v.def)
}

// about gives what is known of a variable, for a sentence.
func (v *variable) about() string { return fmt.Sprintf(", which is %s", v.typ.words()) }

func (v *variable) take(r *report, o operand) bool {
	if !v.typ.conforms(r, v.Name.Text, o) {
		return false
	}
	if !normal(o) {
		r.add(o.rng, "Text in a variable is not normalised", "Its characters are not in Unicode's composed form (NFC), and variables keep text in that form only.",
			"Write it in composed form.")
		return false
	}
	v.val = o.val
	return true
}

func (vars *variables) unknownArguments() {
	var names []string
	for _, v := range vars.order {
		names = append(names, v.Name.Text)
	}
	for _, a := range vars.call.Arguments {
		if !slices.Contains(names, a.Name.Text) {
			vars.caller.add(a.Name.Range, "Unknown argument", fmt.Sprintf("The module has no variable %q.", a.Name.Text),
				variableHint(a.Name.Text, names, "The module has no variables; remove it."))
		}
	}
}

// variableHint says which variables there are.
func variableHint(name string, names []string, none string) string {
	if s := Suggest(name, names); s != "" {
		return s
	}
	if len(names) == 0 {
		return none
	}
	return "Variables are " + joined(slices.Sorted(slices.Values(names))) + "."
}

// validations reads the rest of the block.
func (v *variable) validations() {
	r := v.reader
	v.Description = r.text("description", optional)
	for _, inner := range r.many("validation") {
		v.Validations = append(v.Validations, Validation{
			Condition: inner.cel("condition", required), Message: inner.text("message", required), Range: inner.header,
		})
		inner.finish()
	}
	if v.faulty || v.val.IsNull() {
		v.Validations = nil
	}
	r.finish()
}

// reference gives the value of var.NAME. It is told, and false, when there is none.
func (vars *variables) reference(r *report, name string, rng schema.Range) (cty.Value, bool) {
	if vars == nil {
		r.add(rng, "Unknown variable", fmt.Sprintf("There is no var.%s here: a policy's own values are locals, and only modules have variables.", name),
			"Set it in a locals block, and write local."+name+".")
		return cty.NilVal, false
	}
	v := vars.byName[name]
	if v == nil {
		var names []string
		for _, v := range vars.order {
			names = append(names, v.Name.Text)
		}
		r.add(rng, "Unknown variable", fmt.Sprintf("The module declares no variable %q.", name),
			variableHint(name, names, fmt.Sprintf("Declare it: variable %q { type = string }.", name)))
		return cty.NilVal, false
	}
	v.Used = true
	return v.val, !v.faulty
}

// Variables gives the variables of a module's tree, in the order of its files.
func (t *Tree) Variables() []Variable {
	var list []Variable
	for _, v := range t.variables {
		list = append(list, v.Variable)
	}
	return list
}
