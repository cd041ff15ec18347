package plan

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// object stands for the objects that no rule tells apart: one name, the rest of a schema, or all others. name is one
// of them.
type object struct {
	name string
	// within is the schema, as it stands in a pattern; empty where the name has none, or none that a rule knows.
	within string
	// exact is set for a single name.
	exact bool
}

// begins tells whether all names of a class that is no single name begin with a prefix, or none does, where that is
// known. Schemas that conditions ask for in this way are classes of their own.
func (o object) begins(prefix string) (value, known bool) {
	within := o.within + "."
	switch {
	case o.within == "":
		return false, isSchemaPrefix(prefix)
	case strings.HasPrefix(within, prefix):
		return true, true
	}
	return false, !strings.HasPrefix(prefix, within)
}

// isSchemaPrefix reports whether a text is a schema and a dot.
func isSchemaPrefix(prefix string) bool {
	name, ok := strings.CutSuffix(prefix, ".")
	parts, valid := schema.SplitName(name)
	return ok && valid && len(parts) == 1 && schema.Qualify(parts[0]) == name
}

// anyObject is the pattern for everything.
const anyObject = "*"

// covers reports whether one of the patterns matches an object, and whether one does by its name or schema.
func covers(patterns []string, o object) (any, named bool) {
	any = len(patterns) == 0
	for _, p := range patterns {
		prefix, isSchema := strings.CutSuffix(p, ".*")
		switch {
		case p == anyObject:
			any = true
		case isSchema && o.within == prefix && prefix != "", !isSchema && o.exact && p == o.name:
			named = true
		}
	}
	return any, named
}

// patternsFor gives a rule's patterns for the objects of a verb, and whether it is about that verb's objects at all.
func patternsFor(r *schema.Rule, verb string) (patterns []string, about bool) {
	if verb == schema.VerbCall {
		return r.Functions, len(r.Functions) > 0 || len(r.Tables) == 0 && r.Effect != schema.Allow
	}
	return r.Tables, len(r.Tables) > 0 || len(r.Functions) == 0
}

// about reports whether a rule matches a verb.
func about(r *schema.Rule, verb string) bool {
	if slices.Contains(r.Verbs, verb) {
		return true
	}
	everything := len(r.Verbs) == 0 || slices.Contains(r.Verbs, "*")
	return everything && verb != schema.VerbConnect && (verb != schema.VerbOpaque || r.Effect != schema.Allow)
}

// aboutConnect reports whether a rule has a say when a session opens.
func aboutConnect(r *schema.Rule) bool {
	if r.Effect == schema.Allow || slices.Contains(r.Verbs, schema.VerbConnect) {
		return true
	}
	named := slices.ContainsFunc(r.Verbs, func(v string) bool { return v != "*" })
	all := len(r.Verbs) == 0 || slices.Contains(r.Verbs, "*")
	return r.Effect == schema.Deny && (all || named && namesAll(r.Verbs)) && len(r.Tables) == 0 && len(r.Functions) == 0
}

// namesAll reports whether every verb but connect is named, which is all that "*" says.
func namesAll(verbs []string) bool {
	return !slices.ContainsFunc(schema.PostgresVerbs, func(v string) bool { return v != schema.VerbConnect && !slices.Contains(verbs, v) })
}

// schemaOf gives the schema of a canonical name, "" when it has none.
func schemaOf(name string) string {
	parts, ok := schema.SplitName(name)
	if !ok || len(parts) < 2 {
		return ""
	}
	return schema.Qualify(parts[0])
}

// objects are the classes of objects that the rules of one target tell apart, for tables or for functions.
type objects struct {
	// names are those with a name of their own, sorted; schemas have a rest.
	names, schemas []string
}

// list gives every class: the names, the rest of each schema, and what is left.
func (o *objects) list() []object {
	var out []object
	for _, name := range o.names {
		out = append(out, object{name: name, within: schemaOf(name), exact: true})
	}
	for _, s := range o.schemas {
		out = append(out, object{name: o.fresh(s + ".other"), within: s})
	}
	rest := "elsewhere"
	for slices.Contains(o.schemas, rest) {
		rest += "_"
	}
	return append(out, object{name: o.fresh(rest + ".other")})
}

// fresh gives a name that no rule has.
func (o *objects) fresh(name string) string {
	for {
		if _, taken := slices.BinarySearch(o.names, name); !taken {
			return name
		}
		name += "_"
	}
}

func (o *objects) add(patterns []string) {
	for _, p := range patterns {
		if p == anyObject {
			continue
		}
		if prefix, ok := strings.CutSuffix(p, ".*"); ok {
			o.schemas = append(o.schemas, prefix)
			continue
		}
		o.names = append(o.names, p)
	}
}

func (o *objects) settle() {
	slices.Sort(o.names)
	o.names = slices.Compact(o.names)
	slices.Sort(o.schemas)
	o.schemas = slices.Compact(o.schemas)
}
