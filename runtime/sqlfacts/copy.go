package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

func (a *analysis) copyStmt(c *pg.CopyStmt) {
	a.st.Copy = a.copyOptions(c)
	server := c.GetIsProgram() || c.GetFilename() != ""
	if server {
		a.access(schema.VerbFile, "", false)
	}
	if c.GetIsFrom() {
		a.copyFrom(c)
		a.st.CopyIn = !server
		return
	}
	out := a.copySource(c)
	a.st.Copy.Query = copyQuery(a.st.Text, c, out)
	a.st.Copy.Whole = c.GetQuery() == nil && len(c.GetAttlist()) == 0
	if server {
		a.written(out)
		return
	}
	a.outputs(out)
	a.st.Rows, a.st.CopyOut = false, true
}

// copySource is the columns of COPY TO: a query's, or a table's without generated ones.
func (a *analysis) copySource(c *pg.CopyStmt) result {
	if q := c.GetQuery(); q != nil {
		return a.query(q, nil)
	}
	it := a.relation(c.GetRelation(), schema.VerbSelect)
	out := result{open: it.open}
	names := copyColumns(c.GetAttlist(), it)
	if !a.narrow(len(names)) {
		return result{open: true}
	}
	for _, name := range names {
		v, ok := a.field(it, name)
		if !ok {
			v = a.everything()
		}
		out.fields = append(out.fields, field{name: name, v: v, access: -1})
	}
	return out
}

func copyColumns(list []*pg.Node, it *item) []string {
	if len(list) > 0 {
		return words(list)
	}
	var names []string
	for _, f := range it.fields {
		generated := it.relation != nil && slices.ContainsFunc(it.relation.Columns, func(c schema.Column) bool {
			return c.Name == f.name && c.Generated != ""
		})
		if !generated {
			names = append(names, f.name)
		}
	}
	return names
}

func (a *analysis) copyFrom(c *pg.CopyStmt) {
	t := a.target(c.GetRelation(), schema.VerbInsert)
	for _, name := range copyColumns(c.GetAttlist(), t.item) {
		a.set(t, name, constant)
	}
	a.predicate(c.GetWhereClause(), &scope{items: []*item{t.item}})
}
