package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Change is one difference between two catalogs.
type Change struct {
	// Kind is server, search_path, relation, column, function, type, operator or cast.
	Kind string `json:"kind"`
	// Name is the canonical name; of a function, with its arguments in brackets.
	Name string `json:"name"`
	// What is added, removed or changed.
	What string `json:"what"`
	// Detail says what changed, as "type: text -> bytea"; of something added, what it is.
	Detail string `json:"detail,omitempty"`
	// Touches are the addresses of the policy's classes, rules and masks that name it.
	Touches []string `json:"touches,omitempty"`
}

// Drift is how two catalogs of one database differ.
type Drift struct {
	Changes []Change `json:"changes"`
	// Skipped says what was not compared, and why; empty when everything was.
	Skipped string `json:"skipped,omitempty"`
}

// CompareCatalogs gives what changed from one catalog to another, sorted by kind and name. OIDs and the positions of
// columns are no part of it. How a server prints expressions differs from version to version: the texts of views,
// defaults and generated columns are compared between servers of one major version only.
func CompareCatalogs(from, to *schema.Catalog) *Drift {
	d := &drift{texts: from.ServerVersion/10_000 == to.ServerVersion/10_000}
	out := &Drift{Changes: []Change{}}
	if !d.texts {
		out.Skipped = fmt.Sprintf("the texts of views, defaults and generated columns: PostgreSQL %d and %d print them differently",
			from.ServerVersion/10_000, to.ServerVersion/10_000)
		d.differ("server", "version", fmt.Sprint(from.ServerVersion/10_000), fmt.Sprint(to.ServerVersion/10_000))
	}
	d.differ("search_path", "search_path", strings.Join(from.SearchPath, ", "), strings.Join(to.SearchPath, ", "))
	compare(d, "relation", from.Relations, to.Relations, func(r schema.Relation) string { return schema.Qualify(r.Schema, r.Name) }, relationKind, d.relation)
	compare(d, "function", from.Functions, to.Functions, functionName, func(f schema.Function) string { return f.Language }, d.function)
	compare(d, "type", from.Types, to.Types, func(t schema.Type) string { return schema.Qualify(t.Schema, t.Name) }, func(t schema.Type) string { return t.Base }, d.typ)
	same := func(s string) string { return s }
	compare(d, "operator", operators(from), operators(to), same, func(string) string { return "" }, nil)
	compare(d, "cast", from.Casts, to.Casts, same, func(string) string { return "" }, nil)
	compare(d, "cast in C", from.CastsInC, to.CastsInC, same, func(string) string { return "" }, nil)
	slices.SortStableFunc(d.changes, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.What, b.What), strings.Compare(a.Detail, b.Detail))
	})
	out.Changes = append(out.Changes, d.changes...)
	return out
}

type drift struct {
	texts   bool
	changes []Change
}

func (d *drift) add(kind, name, what, detail string) {
	d.changes = append(d.changes, Change{Kind: kind, Name: name, What: what, Detail: detail})
}

func (d *drift) differ(kind, name, from, to string) {
	if from != to {
		d.add(kind, name, "changed", from+" -> "+to)
	}
}

// compare matches two lists by name and hands the pairs on.
func compare[T any](d *drift, kind string, from, to []T, name, describe func(T) string, both func(name string, from, to T)) {
	old := make(map[string]T, len(from))
	for _, item := range from {
		old[name(item)] = item
	}
	seen := make(map[string]bool, len(to))
	for _, item := range to {
		n := name(item)
		seen[n] = true
		if was, ok := old[n]; !ok {
			d.add(kind, n, "added", describe(item))
		} else if both != nil {
			both(n, was, item)
		}
	}
	for _, item := range from {
		if n := name(item); !seen[n] {
			d.add(kind, n, "removed", describe(item))
		}
	}
}

// relationKinds are words for pg_class.relkind.
var relationKinds = map[string]string{
	"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view", "f": "foreign table", "c": "composite type", "S": "sequence",
}

func relationKind(r schema.Relation) string { return cmp.Or(relationKinds[r.Kind], r.Kind) }

func (d *drift) relation(name string, from, to schema.Relation) {
	details := func(what, a, b string) {
		if a != b {
			d.add("relation", name, "changed", what+": "+cmp.Or(a, "none")+" -> "+cmp.Or(b, "none"))
		}
	}
	details("kind", relationKind(from), relationKind(to))
	details("parents", strings.Join(from.Parents, ", "), strings.Join(to.Parents, ", "))
	details("keys", columnSets(from.Keys), columnSets(to.Keys))
	details("checks", columnSets(from.Checks), columnSets(to.Checks))
	details("references", referenceList(from.References), referenceList(to.References))
	details("rewrite rules", yes(from.Rules), yes(to.Rules))
	details("triggers", yes(from.Triggers), yes(to.Triggers))
	if d.texts && from.Definition != to.Definition {
		d.add("relation", name, "changed", "definition")
	}
	columnName := func(c schema.Column) string { return name + "." + schema.Qualify(c.Name) }
	compare(d, "column", from.Columns, to.Columns, columnName, func(c schema.Column) string { return c.Type }, d.column)
}

func yes(b bool) string {
	if b {
		return "some"
	}
	return ""
}

func columnSets(sets [][]string) string {
	var out []string
	for _, s := range sets {
		out = append(out, "("+strings.Join(slices.Sorted(slices.Values(s)), ", ")+")")
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func referenceList(list []schema.Reference) string {
	var out []string
	for _, r := range list {
		out = append(out, schema.Qualify(r.Column)+" = "+schema.Qualify(r.Schema, r.Table, r.Other))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (d *drift) column(name string, from, to schema.Column) {
	details := func(what, a, b string) {
		if a != b {
			d.add("column", name, "changed", what+": "+cmp.Or(a, "none")+" -> "+cmp.Or(b, "none"))
		}
	}
	details("type", from.Type, to.Type)
	details("collation", from.Collation, to.Collation)
	details("not null", yes(from.NotNull), yes(to.NotNull))
	if d.texts {
		details("default", from.Default, to.Default)
		details("generated", from.Generated, to.Generated)
	}
}

func functionName(f schema.Function) string {
	return schema.Qualify(f.Schema, f.Name) + "(" + f.Arguments + ")"
}

func (d *drift) function(name string, from, to schema.Function) {
	details := func(what, a, b string) {
		if a != b {
			d.add("function", name, "changed", what+": "+cmp.Or(a, "none")+" -> "+cmp.Or(b, "none"))
		}
	}
	details("language", from.Language, to.Language)
	details("volatility", from.Volatility, to.Volatility)
	details("kind", from.Kind, to.Kind)
	details("returns a set", yes(from.ReturnsSet), yes(to.ReturnsSet))
	if from.Body != to.Body {
		d.add("function", name, "changed", "body")
	}
}

func (d *drift) typ(name string, from, to schema.Type) {
	if from.Kind != to.Kind {
		d.add("type", name, "changed", "kind: "+from.Kind+" -> "+to.Kind)
	}
	if from.Base != to.Base {
		d.add("type", name, "changed", "base: "+cmp.Or(from.Base, "none")+" -> "+cmp.Or(to.Base, "none"))
	}
}

func operators(c *schema.Catalog) []string {
	var out []string
	for _, name := range c.Operators {
		if slices.Contains(c.OperatorBodies, name) {
			name += " (not in C)"
		}
		out = append(out, name)
	}
	return out
}
