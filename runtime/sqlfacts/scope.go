package sqlfacts

import (
	"cmp"

	"github.com/gatewright/gatewright/schema"
)

// field is one named column of a from item or a subquery's result.
type field struct {
	name string
	v    value
	// access is the access that reading it is part of, -1 when there is none.
	access int
	// full is the canonical name, empty for computed columns, and own the bare one that the access speaks of when
	// an alias has given another.
	full, own string
	// guarded is set for the columns of a harmless relation that a rule must allow all the same.
	guarded bool
}

// rename gives a field another name in this item only.
func (f *field) rename(name string) {
	if f.own == "" {
		f.own = f.name
	}
	f.name = name
}

// item is one entry of a FROM clause.
type item struct {
	// alias is the name it is called by; empty when it has none.
	alias  string
	fields []field
	// relation is the table behind it, which has system columns; nil otherwise. name is its canonical name, schema
	// the schema it may be called by.
	relation     *schema.Relation
	name, schema string
	access       int
	// open is set when there may be columns that are not in fields.
	open bool
	// rowHidden and columnsHidden say that it cannot be named, and that its columns cannot without its name: what a
	// join does to its sides.
	rowHidden, columnsHidden bool
}

// scope is one level of names: a FROM clause as far as it has been read.
type scope struct {
	parent *scope
	items  []*item
	ctes   *cte
}

// child is a level inside s, which may be nil.
func (s *scope) child() *scope {
	if s == nil {
		return &scope{}
	}
	return &scope{parent: s, ctes: s.ctes}
}

// column resolves an unqualified name as PostgreSQL does: the innermost level that has it. A level with unknown
// columns may have it.
func (a *analysis) column(s *scope, name string) (value, bool) {
	for ; s != nil; s = s.parent {
		if !a.look(len(s.items)) {
			return value{columns: []string{schema.Everything}}, true
		}
		var found []value
		open := false
		for _, it := range s.items {
			if it.columnsHidden {
				continue
			}
			if v, ok := a.field(it, name); ok {
				found = append(found, v)
			}
			open = open || it.open
		}
		switch {
		case len(found) == 1 && !open:
			return found[0], true
		case open:
			return a.everything(found...), true
		case len(found) > 1:
			return a.unsafe(found...), true // ambiguous: the server will refuse it
		}
	}
	return value{}, false
}

// field finds a column of an item, system columns included.
func (a *analysis) field(it *item, name string) (value, bool) {
	if !a.look(len(it.fields)) {
		return value{}, false
	}
	for i := range it.fields {
		if it.fields[i].name == name {
			return a.read(&it.fields[i]), true
		}
	}
	if it.relation == nil || it.relation.Kind == "v" {
		return value{}, false
	}
	number, ok := systemColumns[name]
	if !ok {
		return value{}, false
	}
	f := field{name: name, access: it.access, full: it.name + "." + name}
	f.v = value{columns: []string{f.full}, origin: schema.OriginBare, table: it.relation.OID, attribute: number, base: f.full}
	return a.read(&f), true
}

// systemColumns are the columns that every table has (manual chapter 5.6).
var systemColumns = map[string]int16{"ctid": -1, "xmin": -2, "cmin": -3, "xmax": -4, "cmax": -5, "tableoid": -6}

// read records that a field is read.
func (a *analysis) read(f *field) value {
	if f.full != "" && a.views == 0 {
		access := f.access
		if access == readLater {
			access = a.access(schema.VerbSelect, tableOf(f.full), false)
		}
		a.touch(access, cmp.Or(f.own, f.name))
		if a.explains {
			a.shows([]field{*f})
		}
		if f.guarded && access >= 0 {
			a.accesses[access].Harmless = false
		}
		a.columns = append(a.columns, f.full)
	}
	return f.v
}

// named resolves the name of a from item; schema is empty when it was not given.
func (a *analysis) named(s *scope, schemaName, name string) *item {
	for ; s != nil && a.look(len(s.items)); s = s.parent {
		for _, it := range s.items {
			if it.rowHidden || it.alias != name {
				continue
			}
			if schemaName == "" || it.schema == schemaName {
				return it
			}
		}
	}
	return nil
}

// row is the whole row of an item as one value.
func (a *analysis) row(it *item) value {
	if !a.hold(len(it.fields)) {
		return value{columns: []string{schema.Everything}}
	}
	vs := make([]value, len(it.fields))
	for i := range it.fields {
		vs[i] = a.read(&it.fields[i])
	}
	v := join(vs...)
	if it.open {
		v = a.everything(v)
	}
	v.row, v.composite = it, true
	return v
}

// tableOf is the canonical name of a column's table.
func tableOf(column string) string {
	parts, ok := schema.SplitName(column)
	if !ok || len(parts) < 2 {
		return column
	}
	return schema.Qualify(parts[:len(parts)-1]...)
}
