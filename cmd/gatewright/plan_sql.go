package main

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// maxRelations bounds the tables that are tried in place of one that no catalog has.
const maxRelations = 50

// planSQL finds a statement that both policies decide as a witness says; "" where none is known.
func planSQL(pair *plan.Pair, w *plan.Witness, old, new *planSource) string {
	catalog := new.catalog(w.Target)
	if catalog == nil {
		catalog = old.catalog(w.Target)
	}
	if catalog == nil || w.Verb == schema.VerbConnect {
		return ""
	}
	for _, sql := range statements(w, catalog) {
		a := *w.Action
		a.Accesses, a.Outputs, a.Uses, a.SQL = nil, nil, nil, nil
		read := sqlfacts.Classify(sql, &sqlfacts.Session{Catalog: catalog, SearchPath: catalog.SearchPath})
		if len(read) != 1 || read[0].Syntax != nil {
			continue
		}
		read[0].Describe(&a)
		if touches(&a, w) && pair.Shows(w, &a) {
			w.Object = named(&a, w)
			return sql
		}
	}
	return ""
}

// touches reports whether a statement does what the witness does.
func touches(a *schema.Action, w *plan.Witness) bool {
	return slices.ContainsFunc(a.Accesses, func(x schema.Access) bool { return x.Verb == w.Verb })
}

// named gives the object of the access that a statement shows: a real one where the witness's stands for any other.
func named(a *schema.Action, w *plan.Witness) string {
	same := func(x schema.Access) bool { return x.Verb == w.Verb && x.Object == w.Object }
	if slices.ContainsFunc(a.Accesses, same) {
		return w.Object
	}
	return a.Accesses[slices.IndexFunc(a.Accesses, func(x schema.Access) bool { return x.Verb == w.Verb })].Object
}

func (s *planSource) catalog(target string) *schema.Catalog {
	if c, known := s.catalogs[target]; known {
		return c
	}
	s.catalogs[target] = nil
	t := s.target(target)
	if t == nil || t.Catalog == "" || s.files == nil {
		return nil
	}
	data, err := fs.ReadFile(s.files, t.Catalog)
	if err != nil {
		return nil
	}
	c := &schema.Catalog{}
	if json.Unmarshal(data, c) != nil {
		return nil
	}
	s.catalogs[target] = c
	return c
}

// statements lists what a caller would write for the access of a witness.
func statements(w *plan.Witness, catalog *schema.Catalog) []string {
	switch w.Verb {
	case schema.VerbOpaque:
		return []string{"DO $$ BEGIN END $$"}
	case schema.VerbCall:
		return []string{"SELECT " + sqlName(w.Object) + "()"}
	case schema.VerbNotify:
		return []string{"NOTIFY channel"}
	}
	var out []string
	for _, r := range relations(w.Object, catalog) {
		out = append(out, onTable(w, r)...)
	}
	return out
}

// relations gives the table of a name or, where the catalog has none, some of its tables: what is found is tried.
func relations(object string, catalog *schema.Catalog) []*schema.Relation {
	parts, ok := schema.SplitName(object)
	if ok && len(parts) == 2 {
		if r := catalog.Relation(parts[0], parts[1]); r != nil {
			return []*schema.Relation{r}
		}
	}
	var out []*schema.Relation
	for i := range catalog.Relations {
		r := &catalog.Relations[i]
		if strings.Contains("rvmp", r.Kind) && len(r.Columns) > 0 && len(out) < maxRelations {
			out = append(out, r)
		}
	}
	if ok && len(parts) == 2 {
		out = append(out, &schema.Relation{Schema: parts[0], Name: parts[1], Columns: []schema.Column{{Name: "id"}}})
	}
	return out
}

func onTable(w *plan.Witness, r *schema.Relation) []string {
	table := quoteName(r.Schema) + "." + quoteName(r.Name)
	column := quoteName(r.Columns[0].Name)
	if len(w.Columns) > 0 {
		column = quoteName(w.Columns[0])
	}
	where := []string{"", " WHERE " + column + " = NULL", " WHERE true"}
	with := func(begin string, ends ...string) []string {
		out := make([]string, len(ends))
		for i, end := range ends {
			out[i] = begin + end
		}
		return out
	}
	switch w.Verb {
	case schema.VerbSelect:
		return slices.Concat(
			with("SELECT "+column+" FROM "+table, "", " LIMIT 1", " LIMIT 1000", " LIMIT 1000000", where[1]),
			with("SELECT count(*) FROM "+table, "", " WHERE "+column+" = $1", " WHERE "+column+" > $1"))
	case schema.VerbInsert:
		return with("INSERT INTO "+table, " DEFAULT VALUES")
	case schema.VerbUpdate:
		return with("UPDATE "+table+" SET "+column+" = NULL", where[0], " WHERE "+column+" = $1", where[2])
	case schema.VerbDelete:
		return with("DELETE FROM "+table, where[0], " WHERE "+column+" = $1", where[2])
	case schema.VerbTruncate:
		return with("TRUNCATE "+table, "")
	case schema.VerbDrop:
		return with("DROP TABLE "+table, "")
	case schema.VerbAlter:
		return with("ALTER TABLE "+table, " ADD COLUMN added text")
	case schema.VerbCreate:
		return with("CREATE TABLE "+table, " (id bigint)")
	case schema.VerbGrant:
		return with("GRANT SELECT ON "+table, " TO PUBLIC")
	case schema.VerbMaintain:
		return []string{"ANALYZE " + table, "VACUUM " + table}
	case schema.VerbLock:
		return with("LOCK TABLE "+table, "")
	case schema.VerbFile:
		return with("COPY "+table, " TO '/tmp/copy'")
	}
	return nil
}

// quoteName writes an identifier as SQL, in quotes only where it may need them.
func quoteName(name string) string {
	if plain := schema.Qualify(name); plain != name || slices.Contains(reserved, name) {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return name
}

// reserved are the words of SQL that people do call tables and columns.
var reserved = []string{"user", "order", "group", "table", "column", "end", "check", "default", "desc", "from", "to", "select", "when", "limit", "offset", "references", "primary", "all", "any", "case", "grant", "in", "is", "or", "and", "not", "null", "on", "union", "unique", "using", "where", "with"}

func sqlName(canonical string) string {
	parts, ok := schema.SplitName(canonical)
	if !ok {
		return canonical
	}
	for i, p := range parts {
		parts[i] = quoteName(p)
	}
	return strings.Join(parts, ".")
}
