package sqlfacts

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

func (a *analysis) copyStmt(c *pg.CopyStmt) {
	a.copyOptions(c)
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

// copyOptions fills in how the data is written (manual, COPY).
func (a *analysis) copyOptions(c *pg.CopyStmt) {
	o := &a.st.Copy
	o.Format = "text"
	set := map[string]*string{
		"format": &o.Format, "delimiter": &o.Delimiter, "null": &o.Null, "quote": &o.Quote, "escape": &o.Escape, "encoding": &o.Encoding,
	}
	given := map[string]bool{}
	for _, n := range c.GetOptions() {
		d := n.GetDefElem()
		given[d.GetDefname()] = true
		if p := set[d.GetDefname()]; p != nil {
			*p = d.GetArg().GetString_().GetSval()
			continue
		}
		switch d.GetDefname() {
		case "header":
			o.Header = truth(d.GetArg())
		case "force_quote":
			o.ForceQuote = words(d.GetArg().GetList().GetItems())
			if d.GetArg().GetAStar() != nil {
				o.ForceQuote = []string{"*"}
			}
		case "freeze", "force_not_null", "force_null", "default", "on_error", "log_verbosity", "reject_limit":
		default:
			a.stop("COPY has the option " + d.GetDefname() + ", which is not known")
		}
	}
	o.defaults(given)
}

func (o *CopyOptions) defaults(given map[string]bool) {
	fill := func(name string, p *string, value string) {
		if !given[name] {
			*p = value
		}
	}
	if o.Format == "csv" {
		fill("delimiter", &o.Delimiter, ",")
		fill("quote", &o.Quote, `"`)
		fill("escape", &o.Escape, o.Quote)
		return
	}
	fill("delimiter", &o.Delimiter, "\t")
	fill("null", &o.Null, `\N`)
}

// truth reads an option's boolean as the server does: no value is true, and so is HEADER MATCH.
func truth(n *pg.Node) bool {
	if n == nil || n.GetNode() == nil {
		return true
	}
	if b := n.GetBoolean(); b != nil {
		return b.GetBoolval()
	}
	if i := n.GetInteger(); i != nil {
		return i.GetIval() != 0
	}
	switch n.GetString_().GetSval() {
	case "false", "off", "0":
		return false
	}
	return true
}
