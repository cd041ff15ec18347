package vocab

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
)

// page is what is told of a word of the vocabulary.
type page struct {
	// meaning says what it is or gives.
	meaning string
	// example is a condition that uses it.
	example string
}

// Function is one function that a condition may use.
type Function struct {
	Name string
	// Signatures are its forms, as "string.contains(string) -> bool". Those of a macro are written out here, as CEL has
	// no type for a name or a condition in brackets.
	Signatures []string
	// Meaning says what it gives; Example is a condition that uses it.
	Meaning, Example string
}

// standard are the functions of CEL itself that make sense over the facts of a condition: macros, tests of texts and
// lists, conversions and the parts of a time, in UTC unless an offset is given.
var standard = map[string]page{
	"all":           {"whether the condition holds for every element", "sql.tables.all(t, t.startsWith('public.'))"},
	"contains":      {"whether the text holds another", "request.application.contains('Report')"},
	"duration":      {"a length of time", "request.time - timestamp('2026-01-31T09:00:00Z') > duration('90m')"},
	"endsWith":      {"whether the text ends with another", "access.object.endsWith('.cards')"},
	"exists":        {"whether the condition holds for an element", "principal.groups.exists(g, g.startsWith('bill'))"},
	"exists_one":    {"whether the condition holds for exactly one element", "principal.groups.exists_one(g, g in ['billing', 'dba'])"},
	"filter":        {"the elements for which the condition holds", "size(sql.columns.filter(c, c.startsWith('public.cards.'))) == 2"},
	"getDate":       {"the day of the month, from 1", "request.time.getDate() == 31"},
	"getDayOfMonth": {"the day of the month, from 0", "request.time.getDayOfMonth() == 30"},
	"getDayOfWeek":  {"the day of the week, Sunday being 0", "request.time.getDayOfWeek() == 6"},
	"getDayOfYear":  {"the day of the year, from 0", "request.time.getDayOfYear() == 30"},
	"getFullYear":   {"the year", "request.time.getFullYear() == 2026"},
	"getHours":      {"the hour, 0 to 23; of a length of time, its hours", "request.time.getHours('+02:00') == 14"},
	"getMinutes":    {"the minute; of a length of time, its minutes", "request.time.getMinutes() == 30"},
	"getMonth":      {"the month, January being 0", "request.time.getMonth() == 0"},
	"getSeconds":    {"the second; of a length of time, its seconds", "request.time.getSeconds() < 60"},
	"has":           {"whether a field is there and not empty", "has(target.labels.env)"},
	"int":           {"a whole number; of a time, its seconds since 1970", "int('10') == sql.limit"},
	"map":           {"the value for each element", "'DBA' in ['dba'].map(g, g.upperAscii())"},
	"matches":       {"whether a regular expression (RE2) finds something; the pattern is a constant", "principal.subject.matches('^svc:[a-z]+$')"},
	"size":          {"characters of a text, elements of a list, entries of a map", "size(principal.groups) == 2"},
	"startsWith":    {"whether the text begins with another", "request.client_address.startsWith('10.')"},
	"string":        {"a text", "string(sql.limit) == '10'"},
	"timestamp":     {"a time, as RFC 3339 writes it", "request.time < timestamp('2027-01-31T00:00:00Z')"},
}

// forms are those of the functions that CEL expands.
var forms = map[string]string{
	"all": "list.all(NAME, CONDITION) -> bool", "exists": "list.exists(NAME, CONDITION) -> bool",
	"exists_one": "list.exists_one(NAME, CONDITION) -> bool", "filter": "list.filter(NAME, CONDITION) -> list",
	"map": "list.map(NAME, VALUE) -> list", "has": "has(VARIABLE.FIELD) -> bool",
}

// Functions gives the names of the functions that a condition may use, sorted.
func Functions() []string {
	names := slices.Collect(maps.Keys(standard))
	for _, f := range stringFunctions {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return names
}

// Manual describes the functions that a condition may use, sorted by name.
func (v *Vocabulary) Manual() []Function {
	pages := maps.Clone(standard)
	for _, f := range stringFunctions {
		pages[f.name] = f.page
	}
	declared := v.env.Functions()
	var out []Function
	for _, name := range Functions() {
		f := Function{Name: name, Meaning: pages[name].meaning, Example: pages[name].example}
		if form, ok := forms[name]; ok {
			f.Signatures = []string{form}
		} else {
			for _, o := range declared[name].OverloadDecls() {
				if plain(append(o.ArgTypes(), o.ResultType())) {
					f.Signatures = append(f.Signatures, signature(name, o.IsMemberFunction(), o.ArgTypes(), o.ResultType()))
				}
			}
		}
		slices.Sort(f.Signatures)
		out = append(out, f)
	}
	return out
}

// plain reports whether all are types that facts or constants have; bytes, uint and double exist beside.
func plain(list []*cel.Type) bool {
	return !slices.ContainsFunc(list, func(t *cel.Type) bool {
		return t.Kind() == types.BytesKind || t.Kind() == types.UintKind || t.Kind() == types.DoubleKind || t.Kind() == types.DynKind
	})
}

func signature(name string, member bool, args []*cel.Type, result *cel.Type) string {
	var list []string
	for _, t := range args {
		list = append(list, TypeName(t.String()))
	}
	if member {
		return fmt.Sprintf("%s.%s(%s) -> %s", list[0], name, strings.Join(list[1:], ", "), TypeName(result.String()))
	}
	return fmt.Sprintf("%s(%s) -> %s", name, strings.Join(list, ", "), TypeName(result.String()))
}

// TypeName gives a type of CEL the name that conditions know it by.
func TypeName(celType string) string {
	switch celType {
	case "google.protobuf.Timestamp":
		return "timestamp"
	case "google.protobuf.Duration":
		return "duration"
	case "list(A)", "list(<A>)":
		return "list"
	case "map(A, B)", "map(<A>, <B>)":
		return "map"
	}
	return celType
}

// Variable is one name that conditions begin with.
type Variable struct {
	Name string
	// Type is a map for claims, and empty where Fields tell.
	Type             string
	Meaning, Example string
}

// Variables describes what conditions of a kind may speak of.
func (k Kind) Variables() []Variable {
	var out []Variable
	for _, name := range k.variables() {
		v := Variable{Name: name, Meaning: variablePages[name].meaning, Example: variablePages[name].example}
		if structs[name] == nil {
			v.Type = TypeName(variableType(name).String())
		}
		out = append(out, v)
	}
	return out
}

var variablePages = map[string]page{
	"access":    {"the access that is decided: one verb on one object", "access.verb == 'select' && access.object == 'public.cards'"},
	"principal": {"the caller", "principal.kind == 'machine' && 'billing' in principal.groups"},
	"request":   {"the connection and the moment", "request.client_address.startsWith('10.') && request.time.getHours() >= 6"},
	"sql":       {"the whole statement", "sql.statement == 'select' && sql.has_limit && sql.limit <= 1000"},
	"target":    {"the target", "target.name == 'payments-db' && target.labels['env'] == 'prod'"},
	"claims":    {"the token's claims, a map of anything that JSON can hold", "claims.client_type in ['service', 'human']"},
}

// factMeanings say what each field is.
var factMeanings = map[string]string{
	"access.verb":            "the verb of the access that is decided",
	"access.object":          "its table, function or setting; `''` where there is none",
	"access.columns":         "bare names of the object's columns that it reads or writes",
	"principal.issuer":       "name of the `issuer` block",
	"principal.subject":      "who it is, within the issuer",
	"principal.groups":       "its groups",
	"principal.kind":         "`machine`, `human` or `agent`",
	"request.application":    "what the client calls itself (`application_name`): not proven",
	"request.client_address": "the client's IP address",
	"request.time":           "when the statement is decided",
	"sql.statement":          "its kind: `select`, `insert`, `create_table`, `explain`, ... or `opaque`",
	"sql.where_bound":        "every UPDATE and DELETE in it has a WHERE that can be false; true when there is none of the two",
	"sql.has_where":          "the outermost statement has a WHERE; of EXECUTE, DECLARE and FETCH, the statement prepared or the cursor's",
	"sql.has_limit":          "the outermost SELECT has a LIMIT; of EXECUTE, DECLARE and FETCH, as above",
	"sql.limit":              "that LIMIT; -1 when it is no constant, or is WITH TIES",
	"sql.tables":             "canonical names of the tables that it uses",
	"sql.columns":            "canonical names of the columns",
	"sql.functions":          "canonical names of the functions; `ARRAY(SELECT ...)` counts as `pg_catalog.array_agg`, `JSON_ARRAYAGG` and `JSON_OBJECTAGG` as `json_agg` and `json_object_agg` there",
	"sql.length":             "bytes of its text",
	"sql.fingerprint":        "its shape, the same for texts that differ in literals only",
	"target.name":            "name of the `target`",
	"target.labels":          "its labels: `target.labels['env']`, or `target.labels.env`",
}

// Operator is one of CEL's operators.
type Operator struct{ Name, Meaning, Example string }

// Operators lists those that conditions are written with, as they are best read.
func Operators() []Operator {
	return []Operator{
		{"&&", "both; false when one is, whatever has no value beside it", "sql.has_limit && sql.limit == 10"},
		{"||", "one of them; true when one is, whatever has no value beside it", "access.verb == 'insert' || access.verb == 'select'"},
		{"!", "the opposite", "!('dba' in principal.groups)"},
		{"== !=", "whether two values of one type are the same", "target.labels['env'] != 'dev'"},
		{"< <= > >=", "the order of numbers, texts, times and lengths of time", "sql.limit <= 100"},
		{"in", "whether a list holds a value, or a map a key", "'public.cards' in sql.tables"},
		{"+ - * / %", "arithmetic; + joins texts and lists", "sql.length % 2 == 0 && sql.limit + 1 == 11"},
		{"? :", "one value or the other, by a condition", "principal.kind == 'human' ? sql.has_limit : sql.limit < 1000"},
		{"[ ]", "an element of a list by its number from 0, or of a map by its key; no value where there is none", "principal.groups[0] == 'billing'"},
	}
}
