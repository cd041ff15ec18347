package sqlfacts

import (
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// createdAs is the canonical name of an object, other than a relation, that is to be made.
func (a *analysis) createdAs(parts []string) string {
	if homes := a.homes(); len(parts) == 1 && len(homes) > 0 {
		return schema.Qualify(homes[0], parts[0])
	}
	return schema.Qualify(parts...)
}

// listed is the canonical name of an object whose schema may not be known: it counts as standing in each schema of the
// search path, but for the system's and those of temporary objects, where nothing stands that a rule would keep.
func (a *analysis) listed(parts []string) string {
	homes := a.homes()
	if len(parts) != 1 || len(homes) == 0 {
		return schema.Qualify(parts...)
	}
	name := schema.Qualify(homes[0], parts[0])
	for _, s := range homes[1:] {
		a.alsoMeans(name, schema.Qualify(s, parts[0]))
	}
	return name
}

// homes are the schemas of the search path in which objects other than the system's stand.
func (a *analysis) homes() []string {
	var homes []string
	for _, s := range a.path(true) {
		if s != catalogSchema && s != informationSchema && !strings.HasPrefix(s, "pg_temp") {
			homes = append(homes, s)
		}
	}
	return homes
}

// known reports whether the catalog has a relation of a name; it has no indexes.
func (a *analysis) known(rv *pg.RangeVar) bool {
	f := a.find(rv.GetSchemaname(), rv.GetRelname())
	return f.exists()
}

// indexName is the canonical name of an index.
func (a *analysis) indexName(rv *pg.RangeVar) string {
	name := schema.Qualify(rv.GetSchemaname(), rv.GetRelname())
	if rv.GetSchemaname() == "" {
		name = a.listed([]string{rv.GetRelname()})
	}
	a.tables = append(a.tables, name)
	return name
}
