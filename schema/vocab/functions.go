package vocab

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// stringFunction is a member function of strings beside those of standard CEL (startsWith, endsWith, contains,
// matches, size).
type stringFunction struct {
	name    string
	options []cel.FunctionOpt
	page
}

// stringFunctions are pure, total and give nothing larger than they got. Functions that can multiply a text, such as
// replace, join and format, are left out: a chain of them would take memory beyond any bound. So are those that ask a
// clock, chance or the outside.
var stringFunctions = []stringFunction{
	textFunction("lowerAscii", func(s string) string { return strings.Map(lower, s) },
		page{"the text with A to Z in lower case", "request.application.lowerAscii() == 'billing report'"}),
	textFunction("upperAscii", func(s string) string { return strings.Map(upper, s) },
		page{"the text with a to z in upper case", "access.verb.upperAscii() == 'SELECT'"}),
	textFunction("trim", strings.TrimSpace,
		page{"the text without white space at its ends", "request.application.trim() == 'Billing Report'"}),
	{"split", []cel.FunctionOpt{cel.MemberOverload("string_split_string",
		[]*cel.Type{cel.StringType, cel.StringType}, cel.ListType(cel.StringType), cel.BinaryBinding(split))},
		page{"the parts of a text between separators", "principal.subject.split(':')[0] == 'svc'"}},
}

func functions() []cel.EnvOption {
	var options []cel.EnvOption
	for _, f := range stringFunctions {
		options = append(options, cel.Function(f.name, f.options...))
	}
	return options
}

func isStringFunction(name string) bool {
	return slices.ContainsFunc(stringFunctions, func(f stringFunction) bool { return f.name == name })
}

func textFunction(name string, f func(string) string, p page) stringFunction {
	return stringFunction{name, []cel.FunctionOpt{cel.MemberOverload("string_"+name, []*cel.Type{cel.StringType}, cel.StringType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			s, ok := v.(types.String)
			if !ok {
				return types.MaybeNoSuchOverloadErr(v)
			}
			return types.String(f(string(s)))
		}))}, p}
}

func split(text, separator ref.Val) ref.Val {
	s, ok := text.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(text)
	}
	sep, ok := separator.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(separator)
	}
	return types.NewStringList(types.DefaultTypeAdapter, strings.Split(string(s), string(sep)))
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

func upper(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - ('a' - 'A')
	}
	return r
}
