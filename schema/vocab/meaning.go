package vocab

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
)

// The forms in which CEL's type checker complains.
var (
	noField    = regexp.MustCompile(`^undefined field '(.*)'$`)
	undeclared = regexp.MustCompile(`^undeclared reference to '(.*)' \(in container '.*'\)$`)
	overload   = regexp.MustCompile(`^found no matching overload for '(.*)' applied to '(.*)'$`)
	otherType  = regexp.MustCompile(`^expected type '(.*)' but found '(.*)'$`)
	reserved   = regexp.MustCompile(`^reserved identifier: (.*)$`)
	noFields   = regexp.MustCompile(`^type '(.*)' does not support field selection$`)
)

// meaning says what CEL's type checker said.
func (f *finding) meaning(message string) {
	if m := noField.FindStringSubmatch(message); m != nil {
		f.unknownField(m[1])
	} else if m := undeclared.FindStringSubmatch(message); m != nil {
		f.unknownName(m[1])
	} else if m := overload.FindStringSubmatch(message); m != nil {
		f.misapplied(m[1], m[2])
	} else if m := otherType.FindStringSubmatch(message); m != nil {
		f.detail = sentence(fmt.Sprintf("%s is needed here, and this is %s", typeName(m[1]), typeName(m[2])))
		f.hint = "both sides of && and || are conditions, as " + f.example() + " == 'x'"
	} else if m := noFields.FindStringSubmatch(message); m != nil {
		f.start++ // CEL points at the dot
		f.detail = fmt.Sprintf("A field is asked of %s, which has none.", typeName(m[1]))
		f.hint = "ask a list with 'x' in LIST or LIST.exists(e, e == 'x')"
	} else if m := reserved.FindStringSubmatch(message); m != nil {
		f.detail = fmt.Sprintf("%q is a word that CEL keeps for itself.", m[1])
		f.hint = "a condition is one expression without statements: A ? B : C chooses, && and || join"
	} else {
		f.detail, f.hint = sentence(message), misused[message]
	}
}

// misused are hints for what CEL says clearly by itself.
var misused = map[string]string{
	"invalid argument to has() macro": "write has(VARIABLE.FIELD)",
	"argument must be a simple name":  "the first argument is a name for one element, without quotes: LIST.exists(e, e == 'x')",
	"invalid int literal":             "a whole number has at most 64 bits",
}

// unknownField is a field that its variable does not have: the hint gives the nearest, or whose it is, or all.
func (f *finding) unknownField(name string) {
	variable := f.c.before(f.start)
	f.start++ // CEL points at the dot
	owner := structs[variable]
	if owner == nil {
		f.detail = fmt.Sprintf("There is no field %q.", name)
		return
	}
	f.detail = fmt.Sprintf("There is no field %q in %s.", name, variable)
	if near := schema.Nearest(name, owner.names()); near != "" {
		f.hint = fmt.Sprintf("did you mean %q?", near)
		return
	}
	for _, other := range f.c.v.kind.variables() {
		if slices.Contains(structs[other].names(), name) {
			f.hint = fmt.Sprintf("it is a field of %s: write %s.%s", other, other, name)
			return
		}
	}
	f.hint = fmt.Sprintf("the fields of %s are %s", variable, strings.Join(owner.names(), ", "))
}

// macros are the forms of the functions whose arguments are names and conditions.
var macros = map[string]string{
	"all": "LIST.all(NAME, CONDITION)", "exists": "LIST.exists(NAME, CONDITION)", "exists_one": "LIST.exists_one(NAME, CONDITION)",
	"filter": "LIST.filter(NAME, CONDITION)", "has": "has(VARIABLE.FIELD)", "map": "LIST.map(NAME, VALUE)",
}

// unknownName is a name of no variable or, before a bracket, of no function.
func (f *finding) unknownName(name string) {
	if strings.HasPrefix(f.c.from(f.start), "(") { // CEL points at the bracket of a call
		if n := utf8.RuneCountInString(name); f.c.before(f.start) == name && f.start >= n {
			f.start -= n
		}
		f.unknownFunction(name)
		return
	}
	f.detail = fmt.Sprintf("There is no variable %q here.", name)
	all := f.c.v.kind.variables()
	near := schema.Nearest(name, all)
	switch {
	case slices.Contains(all, name):
		f.detail, f.hint = fmt.Sprintf("A condition cannot make a value of %s.", name), "conditions look at facts, as "+f.example()
	case near != "":
		f.hint = fmt.Sprintf("did you mean %q?", near)
	default:
		f.hint = "a condition here may use " + strings.Join(all, ", ") + " and expr.NAME; text takes single quotes"
	}
}

func (f *finding) unknownFunction(name string) {
	f.detail = fmt.Sprintf("There is no function %q.", name)
	if form := macros[name]; form != "" {
		f.detail, f.hint = fmt.Sprintf("%q is not called like this.", name), "write "+form
		return
	}
	for _, variable := range f.c.v.kind.variables() {
		if slices.Contains(structs[variable].names(), name) {
			f.hint = fmt.Sprintf("%q is a field: leave out the brackets", name)
			return
		}
	}
	known := Functions()
	if near := schema.Nearest(name, known); near != "" {
		f.hint = fmt.Sprintf("did you mean %q?", near)
		return
	}
	f.hint = "functions are " + strings.Join(known, ", ")
}

// misapplied is an operator or function over types that it does not take.
func (f *finding) misapplied(function, types string) {
	operator := strings.Trim(strings.ReplaceAll(function, "_", ""), "@")
	symbol := operator != function
	args := strings.TrimSuffix(strings.Replace(types, "(", "", 1), ")")
	if of, rest, ok := strings.Cut(types, ".("); ok {
		f.detail = fmt.Sprintf("%q of %s does not take (%s).", function, typeName(of), strings.TrimSuffix(rest, ")"))
	} else {
		f.detail = fmt.Sprintf("%q does not take %s.", operator, typeList(args))
	}
	f.hint = cmp.Or(operators[operator], "see docs/reference.md for what each function takes")
	if function == "contains" && strings.HasPrefix(types, "list") {
		f.hint = "a list is asked with 'x' in LIST"
	}
	if symbol && f.length == 0 && strings.HasPrefix(f.c.from(f.start), operator) {
		f.length = len(operator)
	}
}

// operators are hints for operators over types that they do not take.
var operators = map[string]string{
	"==": sameType, "!=": sameType, "<": sameType, "<=": sameType, ">": sameType, ">=": sameType,
	"in": "write 'x' in LIST, or TEXT.contains('x')",
	"!":  "a ! turns a condition around; ask a text with == '' and a list with size(LIST) == 0",
	"?:": "both values of a choice must have one type",
	"+":  "a + adds numbers, or joins two texts or two lists", "-": "only numbers have a -",
}

const sameType = "both sides must have one type: text stands in single quotes, a number and true and false without quotes"

// typeName names a type of CEL for a sentence.
func typeName(t string) string {
	if name, ok := strings.CutPrefix(t, typePrefix); ok {
		return "the whole of " + name
	}
	switch t {
	case "bool":
		return "a bool (true or false)"
	case "int":
		return "an int"
	case "string":
		return "a string"
	case "null_type":
		return "null"
	case "google.protobuf.Timestamp", "timestamp":
		return "a timestamp"
	}
	return "a " + t
}

// typeList names several types, as "a string and an int".
func typeList(types string) string {
	var names []string
	for _, t := range splitTypes(types) {
		names = append(names, typeName(t))
	}
	return strings.Join(names, " and ")
}

// splitTypes parts a list of types at the commas outside of brackets.
func splitTypes(types string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range types {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out = append(out, strings.TrimSpace(types[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(types[from:]))
}
