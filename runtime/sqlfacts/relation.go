package sqlfacts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

const (
	catalogSchema     = "pg_catalog"
	informationSchema = "information_schema"
)

// path is the search path for relations and types, or for functions and operators, which are never found in a
// temporary schema.
func (a *analysis) path(functions bool) []string {
	path := a.session.SearchPath
	if !slices.Contains(path, catalogSchema) {
		path = slices.Insert(slices.Clone(path), 0, catalogSchema)
	}
	if !functions {
		return path
	}
	return slices.DeleteFunc(slices.Clone(path), func(s string) bool { return strings.HasPrefix(s, "pg_temp_") })
}

// found is what a relation's name stands for.
type found struct {
	// schema is empty when the relation was not found.
	schema, name string
	relation     *schema.Relation
	// system are the columns of a system relation, with its OID first.
	system string
	// behind are the relations that the name may come to mean.
	behind []*schema.Relation
}

// canonical is the name to decide on: the one found, or the one written.
func (f *found) canonical() string {
	if f.schema == "" {
		return schema.Qualify(f.name)
	}
	return schema.Qualify(f.schema, f.name)
}

func (f *found) exists() bool { return f.relation != nil || f.system != "" }

// find resolves a relation's name along the search path.
func (a *analysis) find(schemaName, name string) found {
	if schemaName == "pg_temp" {
		schemaName = a.tempSchema()
	}
	if schemaName != "" {
		f, _ := a.inSchema(schemaName, name)
		return f
	}
	path := a.path(false)
	for i, s := range path {
		if f, ok := a.inSchema(s, name); ok {
			a.mayMean(&f, path[i+1:])
			return f
		}
	}
	return found{name: name}
}

// mayMean notes the relations of a name further along the path. Another session may drop or rename the first while this
// statement waits for its lock, and the server then looks the name up again (RangeVarGetRelid): the statement counts as
// using them all. Temporary and system relations are not another session's to drop.
func (a *analysis) mayMean(f *found, rest []string) {
	if f.relation == nil || a.views > 0 && !a.late || strings.HasPrefix(f.schema, "pg_temp_") {
		return
	}
	for _, s := range rest {
		if other := a.catalog.Relation(s, f.name); other != nil {
			f.behind = append(f.behind, other)
			a.alsoMeans(f.canonical(), schema.Qualify(s, f.name))
		}
	}
}

// alsoMeans makes each access of one object one of the other as well.
func (a *analysis) alsoMeans(name, other string) {
	if a.also == nil {
		a.also = map[string][]string{}
	}
	if !slices.Contains(a.also[name], other) {
		a.also[name] = append(a.also[name], other)
	}
}

// joinBehind gives each column the sources that it has in the relations of the same name further along the path.
func (a *analysis) joinBehind(it *item, behind []*schema.Relation) {
	for _, r := range behind {
		name := schema.Qualify(r.Schema, r.Name)
		a.tables = append(a.tables, name)
		for _, other := range a.relationFields(r, name, -1) {
			for i := range it.fields {
				if it.fields[i].name != other.name {
					continue
				}
				v := &it.fields[i].v
				v.columns = union(v.columns, other.v.columns)
				v.origin = min(v.origin, other.v.origin)
				v.keyed, v.composite, v.collated = v.keyed || other.v.keyed, v.composite || other.v.composite, v.collated || other.v.collated
				v.nulls = v.nulls || other.v.nulls
				v.tied, v.asked = slices.Concat(v.tied, other.v.tied), slices.Concat(v.asked, other.v.asked)
			}
		}
	}
}

func (a *analysis) inSchema(schemaName, name string) (found, bool) {
	f := found{schema: schemaName, name: name}
	if schemaName == catalogSchema || schemaName == informationSchema {
		f.system = a.systemLine(schema.Qualify(schemaName, name))
	}
	if f.system == "" {
		f.relation = a.catalog.Relation(schemaName, name)
	}
	return f, f.exists()
}

// tempSchema is the session's own temporary schema; "pg_temp" when it has none yet.
func (a *analysis) tempSchema() string {
	for _, s := range a.session.SearchPath {
		if strings.HasPrefix(s, "pg_temp_") {
			return s
		}
	}
	return "pg_temp"
}

// relation makes the from item of a named table or view, and records the access.
func (a *analysis) relation(rv *pg.RangeVar, verb string) *item {
	f := a.find(rv.GetSchemaname(), rv.GetRelname())
	name := f.canonical()
	a.tables = append(a.tables, name)
	it := &item{alias: f.name, name: name, schema: f.schema, access: -1}
	harmless := f.system != "" && verb == schema.VerbSelect && harmlessRelation(f.schema, f.name)
	if verb != "" {
		it.access = a.access(verb, name, harmless)
	}
	switch {
	case f.system != "":
		a.systemFields(it, f.system, harmless)
	case f.relation != nil && !a.hold(len(f.relation.Columns)):
		it.open = true
	case f.relation != nil:
		it.relation = f.relation
		it.fields = a.relationFields(f.relation, name, it.access)
		a.joinBehind(it, f.behind)
	default:
		it.open = true
		a.unresolved = true
	}
	alias(it, rv.GetAlias())
	return it
}

// systemFields are the columns of a system relation; those that show values count as Everything.
func (a *analysis) systemFields(it *item, line string, harmless bool) {
	parts := strings.Split(line, " ")
	oid, _ := strconv.ParseUint(parts[0], 10, 32)
	for i, column := range parts[1:] {
		full := it.name + "." + schema.Qualify(column)
		v := value{columns: []string{full}, origin: schema.OriginBare, table: uint32(oid), attribute: int16(i + 1), base: full}
		guarded := harmless && guardedColumn(it.name, column)
		// A view has no access of its own that a rule could allow, and a statement may hold values that a function put there.
		if !harmless || guarded && (a.views > 0 || column == "statement") {
			v = value{columns: []string{schema.Everything, full}, origin: schema.OriginUnsafe}
		}
		it.fields = append(it.fields, field{name: column, v: v, access: it.access, full: full, guarded: guarded})
	}
	a.hold(len(it.fields))
	if harmless {
		it.relation = &schema.Relation{OID: uint32(oid), Schema: it.schema, Name: it.alias, Kind: "r"}
	}
}

// relationFields are the columns of a relation with what they derive from: twins along inheritance, the expression of
// a generated column, the definition of a view.
func (a *analysis) relationFields(r *schema.Relation, name string, access int) []field {
	if r.Kind == "v" || r.Kind == "m" {
		return a.viewFields(r, name, access)
	}
	family := []*schema.Relation{r}
	if len(r.Parents) > 0 || r.Kind == "p" || r.Kind == "r" || r.Kind == "f" {
		family = a.catalog.Family(r)
	}
	fields := make([]field, len(r.Columns))
	var generated []int
	for i := range r.Columns {
		c := &r.Columns[i]
		full := name + "." + schema.Qualify(c.Name)
		v := value{columns: twins(family, c.Name, full), origin: schema.OriginBare, table: r.OID, attribute: c.Attribute, base: full, keyed: keyed(r, c.Name), tied: a.tied(r, c.Name), composite: !scalarType(c.Type), collated: c.Collation != "", nulls: !c.NotNull, asked: keyMates(family, r, c.Name)}
		if c.Generated != "" {
			generated = append(generated, i)
		}
		fields[i] = field{name: c.Name, v: v, access: access, full: full}
	}
	for _, i := range generated {
		fields[i].v = a.generated(r.Columns[i].Generated, fields, fields[i])
	}
	return fields
}

// scalarType reports whether a type's values are not made of parts: JSON, arrays and the database's own types are.
func scalarType(name string) bool {
	name, _, _ = strings.Cut(name, "(")
	return slices.Contains(scalarTypes, name)
}

var scalarTypes = []string{
	"text", "character varying", "character", "name", "integer", "bigint", "smallint", "numeric", "real", "double precision",
	"boolean", "date", "uuid", "timestamp with time zone", "timestamp without time zone", "time without time zone", "interval",
	"timestamp", "time", "time with time zone", "bit", "bit varying", "macaddr8", "\"char\"", "xid", "tid", "cid", "regclass", "regtype",
	"inet", "cidr", "macaddr", "bytea", "money", "oid",
}

// twins are the canonical names of a column in a whole family.
func twins(family []*schema.Relation, column, full string) []string {
	names := []string{full}
	if len(family) == 1 {
		return names
	}
	for _, r := range family {
		if slices.ContainsFunc(r.Columns, func(c schema.Column) bool { return c.Name == column }) {
			names = append(names, schema.Qualify(r.Schema, r.Name, column))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// keyed reports whether a column stands under a unique, exclusion or foreign key.
func keyed(r *schema.Relation, column string) bool {
	return slices.ContainsFunc(r.Keys, func(key []string) bool { return slices.Contains(key, column) })
}

// keyMates gives the columns that stand with a column under a unique or exclusion key, in its expressions and its
// condition among them: setting the one asks about the others.
func keyMates(family []*schema.Relation, r *schema.Relation, column string) []string {
	var names []string
	for _, key := range r.Keys {
		if !slices.Contains(key, column) {
			continue
		}
		for _, mate := range key {
			if mate != column {
				names = append(names, twins(family, mate, schema.Qualify(r.Schema, r.Name, mate))...)
			}
		}
	}
	return names
}

// tied gives the columns that foreign keys tie a column to: setting it asks whether they hold the value.
func (a *analysis) tied(r *schema.Relation, column string) []string {
	var names []string
	for _, ref := range r.References {
		if ref.Column != column {
			continue
		}
		full := schema.Qualify(ref.Schema, ref.Table, ref.Other)
		if other := a.catalog.Relation(ref.Schema, ref.Table); other != nil {
			names = append(names, twins(a.catalog.Family(other), ref.Other, full)...)
			continue
		}
		names = append(names, full)
	}
	return names
}

// generated gives a generated column what its expression is made of.
func (a *analysis) generated(expression string, fields []field, own field) value {
	if !a.parsing(expression) {
		return a.everything(own.v)
	}
	tree, err := parse("SELECT " + expression)
	if err != nil || len(tree.GetStmts()) != 1 {
		return a.everything(own.v)
	}
	a.views++
	defer func() { a.views-- }()
	uses := len(a.uses)
	out := a.selectStmt(tree.GetStmts()[0].GetStmt().GetSelectStmt(), &scope{items: []*item{{fields: fields, access: -1}}})
	a.uses = a.uses[:uses] // it was made when the row was written
	v := own.v
	for _, f := range out.fields {
		v = join(v, value{columns: f.v.columns, origin: schema.OriginDerived})
	}
	if len(v.columns) > 1 {
		v.table, v.attribute, v.base = own.v.table, own.v.attribute, own.v.base
		return v
	}
	return own.v
}

// viewFields walks a view's definition. A view's column is made of both its own name and what it stands on.
func (a *analysis) viewFields(r *schema.Relation, name string, access int) []field {
	own := make([]field, len(r.Columns))
	for i := range r.Columns {
		c := &r.Columns[i]
		full := name + "." + schema.Qualify(c.Name)
		v := value{columns: []string{full}, origin: schema.OriginBare, table: r.OID, attribute: c.Attribute, base: full}
		own[i] = field{name: c.Name, v: v, access: access, full: full}
	}
	inner := a.definition(r)
	if inner.open || len(inner.fields) != len(own) {
		for i := range own {
			own[i].v = a.everything(own[i].v)
		}
		return own
	}
	for i := range own {
		v := inner.fields[i].v
		o := &own[i].v
		o.columns, o.origin, o.fails = union(o.columns, v.columns), v.origin, v.fails
		o.composite, o.collated, o.busy, o.nulls, o.skips = v.composite, v.collated, v.busy, v.nulls, v.skips
		switch {
		case v.origin == schema.OriginConstant:
			o.origin = schema.OriginBare // the view's own column is still a column
		case v.origin == schema.OriginBare:
			o.base, o.keyed, o.tied, o.asked = v.base, v.keyed, v.tied, v.asked
		case r.Kind == "m":
			o.origin = schema.OriginDerived // it was computed when the view was refreshed
		}
	}
	return own
}

// definition walks a view's query with every name qualified.
func (a *analysis) definition(r *schema.Relation) result {
	unknown := result{open: true}
	if a.views >= maxViews {
		a.stop("views stand on views more than " + strconv.Itoa(maxViews) + " deep")
		return unknown
	}
	if r.Definition == "" || tooMuch(r.Definition) != "" {
		return unknown
	}
	if !a.parsing(r.Definition) {
		return unknown
	}
	tree, err := parse(r.Definition)
	if err != nil || len(tree.GetStmts()) != 1 || tree.GetStmts()[0].GetStmt().GetSelectStmt() == nil {
		return unknown
	}
	a.views++
	defer func() { a.views-- }()
	path, outer, late := a.session, a.within, a.late
	a.session, a.within, a.late = &Session{Catalog: a.catalog, SearchPath: []string{catalogSchema}}, nil, false
	defer func() { a.session, a.within, a.late = path, outer, late }()
	unresolved := a.unresolved
	out := a.selectStmt(tree.GetStmts()[0].GetStmt().GetSelectStmt(), nil)
	if a.unresolved && !unresolved {
		a.unresolved = unresolved
		return unknown
	}
	return out
}

// alias renames an item and its first columns. An alias hides the name it stands for, schema included.
func alias(it *item, al *pg.Alias) {
	if al == nil {
		return
	}
	it.alias, it.schema = al.GetAliasname(), ""
	names := al.GetColnames()
	if len(names) == 0 {
		return
	}
	it.fields = slices.Clone(it.fields)
	for i, n := range names {
		if i < len(it.fields) {
			// The access speaks of the column's own name, so the renamed field keeps it.
			it.fields[i].rename(n.GetString_().GetSval())
		}
	}
}
