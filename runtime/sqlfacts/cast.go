package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// textTypes are the types that any value can be cast to without failing: by its output function, then cut.
var textTypes = []string{"text", "varchar", "bpchar", "name", "unknown"}

// cast converts a value. To a text type that is total; to any other it can fail. A cast of the database's own runs a
// function, but not for a string constant, which the type itself reads; one in C does no more than to convert.
func (a *analysis) cast(v value, t *pg.TypeName) value {
	out := a.castTo(v, t)
	// The first conversion of a constant is done before the first row, so that its failure tells nothing; but a domain
	// is checked late.
	if fixed(v) && !v.cast && len(out.columns) == 0 && a.builtinType(t) {
		out.fails = v.fails
	}
	out.literal, out.param, out.text, out.cast = v.literal, v.param, v.text, true
	out.composite = out.composite || !a.builtinType(t) || len(t.GetArrayBounds()) > 0 || slices.Contains(partTypes, lastWord(t))
	return out
}

func (a *analysis) castTo(v value, t *pg.TypeName) value {
	schemaName, name := qualified(t.GetNames())
	if t.GetPctType() || t.GetSetof() {
		a.stop("a type given by another's name")
		return v
	}
	among := func(casts []string) bool {
		return slices.Contains(casts, name) || slices.Contains(casts, schema.Qualify(schemaName, name)) || slices.Contains(casts, sqlTypeNames[name])
	}
	switch ownCast := !v.untyped && among(a.catalog.Casts); {
	case ownCast && among(a.catalog.CastsInC):
		return a.unsafe(v)
	case ownCast:
		a.access(schema.VerbCall, schema.Qualify(words(t.GetNames())...), false)
		return a.everything(v)
	}
	if !a.builtinType(t) && len(a.catalog.OwnCode()) > 0 { // a domain's constraint may run it
		a.st.Effect.MayChangeSession = true
	}
	if a.builtinType(t) && len(t.GetArrayBounds()) == 0 && slices.Contains(textTypes, name) {
		if fixed(v) {
			return join(v)
		}
		return a.worked(false, v)
	}
	return a.unsafe(v)
}

// partTypes are the built-in types whose values are made of parts.
var partTypes = []string{"json", "jsonb", "record", "int2vector", "oidvector", "xml", "tsvector", "tsquery"}

func lastWord(t *pg.TypeName) string { _, name := qualified(t.GetNames()); return name }

// builtinType reports whether a type's name can only mean pg_catalog's.
func (a *analysis) builtinType(t *pg.TypeName) bool {
	schemaName, name := qualified(t.GetNames())
	if schemaName != "" && schemaName != catalogSchema || len(a.catalog.TypesNamed(name)) > 0 {
		return false
	}
	relation := a.find("", name) // each table has a type of its name
	return schemaName != "" || !relation.exists()
}

// sqlTypeNames gives format_type's name where it is not the catalog's own (manual table 8.1).
var sqlTypeNames = map[string]string{
	"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "bool": "boolean",
	"varchar": "character varying", "bpchar": "character", "timestamptz": "timestamp with time zone",
	"timestamp": "timestamp without time zone", "timetz": "time with time zone", "time": "time without time zone",
	"varbit": "bit varying",
}
