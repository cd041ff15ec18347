package compiler

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// inventory answers what there is in the catalogs of some targets together.
type inventory struct {
	catalogs []*schema.Catalog
	// targets are the names of the targets, for sentences.
	targets []string
}

func (v *inventory) any(has func(*schema.Catalog) bool) bool {
	return slices.ContainsFunc(v.catalogs, has)
}

func (v *inventory) relation(schemaName, name string) bool {
	return v.any(func(c *schema.Catalog) bool { return c.Relation(schemaName, name) != nil })
}

func (v *inventory) function(schemaName, name string) bool {
	return v.any(func(c *schema.Catalog) bool {
		return slices.ContainsFunc(c.FunctionsNamed(name), func(f *schema.Function) bool { return f.Schema == schemaName })
	})
}

// column reports a column of one relation or, without a relation, of any.
func (v *inventory) column(schemaName, relation, column string) bool {
	has := func(r *schema.Relation) bool {
		return slices.ContainsFunc(r.Columns, func(c schema.Column) bool { return c.Name == column })
	}
	return slices.Contains(systemColumns, column) || v.any(func(c *schema.Catalog) bool {
		if relation != "" {
			r := c.Relation(schemaName, relation)
			return r != nil && has(r)
		}
		for i := range c.Relations {
			if has(&c.Relations[i]) {
				return true
			}
		}
		return false
	})
}

// systemColumns are the columns that every table has (PostgreSQL manual, chapter 5.6).
var systemColumns = []string{"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"}

func (v *inventory) schema(name string) bool {
	return v.any(func(c *schema.Catalog) bool {
		return slices.Contains(c.SearchPath, name) ||
			slices.ContainsFunc(c.Relations, func(r schema.Relation) bool { return r.Schema == name }) ||
			slices.ContainsFunc(c.Functions, func(f schema.Function) bool { return f.Schema == name })
	})
}

// systemSchema reports the schemas that every server has, of which a snapshot keeps nothing.
func systemSchema(name string) bool {
	return name == "information_schema" || strings.HasPrefix(name, "pg_")
}

// relations and functions give canonical names, for suggestions; columns those of one relation.
func (v *inventory) relations() []string {
	var names []string
	for _, c := range v.catalogs {
		for i := range c.Relations {
			names = append(names, schema.Qualify(c.Relations[i].Schema, c.Relations[i].Name))
		}
	}
	return names
}

func (v *inventory) functions() []string {
	var names []string
	for _, c := range v.catalogs {
		for i := range c.Functions {
			names = append(names, schema.Qualify(c.Functions[i].Schema, c.Functions[i].Name))
		}
	}
	return names
}

func (v *inventory) schemas() []string {
	var names []string
	for _, c := range v.catalogs {
		names = append(names, c.SearchPath...)
		for i := range c.Relations {
			names = append(names, c.Relations[i].Schema)
		}
	}
	return sortedSet(names)
}

func (v *inventory) columns(schemaName, relation string) []string {
	var names []string
	for _, c := range v.catalogs {
		if r := c.Relation(schemaName, relation); r != nil {
			names = append(names, columnNames(r)...)
		}
	}
	return names
}

// hint suggests the name of the same last part in another schema, or else the nearest; "" when there is none.
func (v *inventory) hint(name string, candidates []string) string {
	parts, _ := schema.SplitName(name)
	last := schema.Qualify(parts[len(parts)-1])
	for _, c := range candidates {
		if strings.HasSuffix(c, "."+last) {
			return "Did you mean " + quote(c) + "?"
		}
	}
	return syntax.Suggest(name, candidates)
}

const pullAgain = "Check the name, or write the catalog again with gatewright catalog pull."

func columnNames(r *schema.Relation) []string {
	var names []string
	for _, column := range r.Columns {
		names = append(names, column.Name)
	}
	return names
}
