package sqlfacts

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// funcCall walks a function, aggregate or window function call.
func (a *analysis) funcCall(f *pg.FuncCall, s *scope) value {
	args := a.each(f.GetArgs(), s)
	a.predicate(f.GetAggFilter(), s)
	if f.GetOver() != nil {
		a.window(f.GetOver(), s)
	}
	for _, n := range f.GetAggOrder() {
		if f.GetAggWithinGroup() {
			args = append(args, a.expr(n.GetSortBy().GetNode(), s))
		}
	}
	a.order(f.GetAggOrder(), result{}, s)
	if f.GetAggDistinct() {
		a.use(schema.PlacePredicate, join(args...).columns, "")
	}
	schemaName, name := qualified(f.GetFuncname())
	if len(args) == 1 && args[0].row != nil && schemaName == "" && !a.isFunction(name) {
		return a.attribute(args[0], name)
	}
	if f.GetFuncVariadic() && !slices.Contains(totalSpread, name) {
		return a.unsafe(a.apply(schemaName, name, args, false))
	}
	return a.apply(schemaName, name, args, f.GetAggStar())
}

// totalSpread are the built-in functions that stay total over an array whose elements are their arguments, however many
// those are; format has too few of them.
var totalSpread = []string{"concat", "concat_ws", "num_nonnulls", "num_nulls"}

// isFunction reports whether any function has a name, so that name(row) is not a column in function notation.
func (a *analysis) isFunction(name string) bool {
	_, user := a.userFunction("", name, -1)
	return user || builtinFunction(name) != builtinUnknown
}

// userFunction finds the canonical name of a function outside pg_catalog that a call may mean.
func (a *analysis) userFunction(schemaName, name string, args int) (string, bool) {
	if schemaFunction(schemaName, name) {
		return "", false
	}
	fs := a.catalog.FunctionsNamed(name)
	if schemaName != "" && schemaName != catalogSchema {
		return schema.Qualify(schemaName, name), true
	}
	path := []string{catalogSchema}
	if schemaName == "" {
		path = a.path(true)
	}
	first := ""
	for _, s := range path {
		for _, f := range fs {
			switch full := schema.Qualify(s, name); {
			case f.Schema != s || shadowed(f, name, args, path):
			case first == "":
				first = full
			case full != first && a.views == 0: // the first may be dropped before the server looks
				a.alsoMeans(first, full)
			}
		}
	}
	return first, first != ""
}

// shadowed reports whether a function without arguments stands behind pg_catalog's own of the same name.
func shadowed(f *schema.Function, name string, args int, path []string) bool {
	return args == 0 && f.Arguments == "" && slices.Contains(noArguments, name) && path[0] == catalogSchema
}

// noArguments are built-in functions without arguments that extensions bring as well.
var noArguments = []string{"gen_random_uuid", "now", "version"}

// apply calls a function.
func (a *analysis) apply(schemaName, name string, args []value, star bool) value {
	if full, user := a.userFunction(schemaName, name, len(args)); user {
		a.called(full)
		if r, ok := a.inline(schemaName, name, args); ok {
			return a.scalar(r)
		}
		return a.everything(args...)
	}
	if schemaFunction(schemaName, name) {
		if a.views == 0 {
			a.functions = append(a.functions, schema.Qualify(schemaName, name))
		}
		return a.unsafe(args...)
	}
	full := schema.Qualify(catalogSchema, name)
	switch builtinFunction(name) {
	case builtinTotal:
		if a.views == 0 {
			a.functions = append(a.functions, full)
		}
		if !totalCall(name, args) {
			return a.unsafe(args...)
		}
		v := a.worked(false, args...)
		v.composite = partsResult(name)
		return v
	case builtinHarmless:
		if a.views == 0 {
			a.functions = append(a.functions, full)
		}
		if name == "count" && (star || len(args) == 1 && args[0].origin == schema.OriginBare) {
			return value{origin: schema.OriginConstant, fails: join(args...).fails}
		}
		if name == "count" { // it counts, and does nothing with the value
			return join(args...)
		}
		if totalCall(name, args) {
			return a.worked(false, args...)
		}
		return a.unsafe(args...)
	case builtinQuiet:
		return a.quiet(name, full, args)
	}
	a.called(full)
	return a.everything(args...)
}

// partsResult reports whether a total function's result is made of parts.
func partsResult(name string) bool {
	return strings.HasPrefix(name, "json") || strings.HasPrefix(name, "to_json") || name == "row_to_json" || name == "array_to_json" ||
		strings.HasSuffix(name, "_agg") && name != "string_agg" || strings.HasSuffix(name, "_value") || name == "lag" || name == "lead"
}

// quiet calls a built-in function that has an effect. The effect on a sequence or a setting that is named by a
// constant is an access of its own.
func (a *analysis) quiet(name, full string, args []value) value {
	switch {
	case name == "set_config" && a.setConfig(args):
	case (name == "nextval" || name == "setval") && len(args) > 0 && args[0].literal && a.sequence(args[0].text):
	default:
		changed := a.st.Effect.MayChangeSession
		a.called(full)
		a.st.Effect.MayChangeSession = changed || name == "set_config"
	}
	return a.unsafe(args...)
}

// sequence makes the change of a sequence an update of it.
func (a *analysis) sequence(text string) bool {
	parts, ok := schema.SplitName(text)
	if !ok || len(parts) > 2 {
		return false
	}
	schemaName := ""
	if len(parts) == 2 {
		schemaName = parts[0]
	}
	f := a.find(schemaName, parts[len(parts)-1])
	if f.relation == nil || f.relation.Kind != "S" {
		return false
	}
	a.access(schema.VerbUpdate, f.canonical(), false)
	return true
}

// called records a call that needs a rule. What runs may change any setting.
func (a *analysis) called(full string) {
	a.st.Effect.MayChangeSession = true // within a view, too
	if a.views > 0 {
		return
	}
	a.access(schema.VerbCall, full, false)
	a.functions = append(a.functions, full)
}

// call is a function named by a list of words, not applied to values.
func (a *analysis) call(name []string) {
	schemaName := catalogSchema
	if len(name) > 1 {
		schemaName = name[len(name)-2]
	}
	a.called(schema.Qualify(schemaName, name[len(name)-1]))
	a.fault(nil)
}

// totalCall reports whether a call of a function is total with these arguments.
func totalCall(name string, args []value) bool {
	integer := func(i int, low, high int64) bool {
		return i < len(args) && args[i].integer && args[i].number >= low && args[i].number <= high
	}
	all := join(args...)
	if all.collated {
		return false
	}
	switch name {
	case "substring", "substr":
		return integer(1, -1e9, 1e9) && (len(args) == 2 || integer(2, 0, 1e9))
	case "lpad", "rpad":
		return integer(1, -1e9, 100)
	case "split_part":
		return integer(2, 1, 1e9)
	case "bpchar", "length", "varchar": // with more, a length that is held to, or bytes that may be no text
		return len(args) == 1
	case "format":
		return len(args) > 0 && args[0].literal && strings.Count(args[0].text, "%") == strings.Count(args[0].text, "%s") &&
			strings.Count(args[0].text, "%") < len(args)
	case "json_build_object", "jsonb_build_object":
		for i := 0; i < len(args); i += 2 {
			if !args[i].literal || args[i].text == "" {
				return false
			}
		}
		return len(args)%2 == 0
	case "array_agg", "max", "min":
		return !all.composite
	}
	return builtinFunction(name) == builtinTotal
}
