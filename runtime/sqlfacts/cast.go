package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// textTypes are the types that any value can be cast to without failing: by its output function, then cut.
var textTypes = []string{"text", "varchar", "bpchar", "name", "unknown"}

// cast converts a value. To a text type that is total; to any other it can fail; a type of the database's own may
// run a function to convert.
func (a *analysis) cast(v value, t *pg.TypeName) value {
	fixedValue := fixed(v)
	out := a.castTo(v, t)
	// A constant is converted before the first row, so that its failure tells nothing.
	if fixedValue && len(out.columns) == 0 {
		out.fails = v.fails
	}
	out.literal, out.param, out.text = v.literal, v.param, v.text
	return out
}

func (a *analysis) castTo(v value, t *pg.TypeName) value {
	schemaName, name := qualified(t.GetNames())
	if t.GetPctType() || t.GetSetof() {
		a.stop("a type given by another's name")
		return v
	}
	if slices.Contains(a.catalog.Casts, name) || slices.Contains(a.catalog.Casts, schema.Qualify(schemaName, name)) ||
		slices.Contains(a.catalog.Casts, sqlTypeNames[name]) {
		a.access(schema.VerbCall, schema.Qualify(words(t.GetNames())...), false)
		return a.everything(v)
	}
	builtin := (schemaName == "" || schemaName == catalogSchema) && len(a.catalog.TypesNamed(name)) == 0
	if builtin && len(t.GetArrayBounds()) == 0 && slices.Contains(textTypes, name) {
		return join(v)
	}
	return a.unsafe(v)
}

// sqlTypeNames gives format_type's name where it is not the catalog's own (manual table 8.1).
var sqlTypeNames = map[string]string{
	"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "bool": "boolean",
	"varchar": "character varying", "bpchar": "character", "timestamptz": "timestamp with time zone",
	"timestamp": "timestamp without time zone", "timetz": "time with time zone", "time": "time without time zone",
	"varbit": "bit varying",
}
