package sqlfacts

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// runsUnasked reports whether a write to a relation runs functions of a user's own that the statement does not name: its
// triggers, those of relations that a foreign key cascades to, defaults and generated columns that call one, and domains.
func (a *analysis) runsUnasked(r *schema.Relation, verb string) bool {
	own := a.catalog.OwnCode()
	if r.Triggers || len(own) == 0 {
		return r.Triggers
	}
	calls := func(expression string) bool {
		return expression != "" && slices.ContainsFunc(own, func(name string) bool { return strings.Contains(expression, name) })
	}
	for i := range r.Columns {
		c := &r.Columns[i]
		if calls(c.Default) || calls(c.Generated) || a.domain(c.Type) {
			return true
		}
	}
	return verb != schema.VerbInsert && a.cascades(r, map[*schema.Relation]bool{})
}

// domain reports whether a type's name, as format_type gives it, may be a domain's.
func (a *analysis) domain(name string) bool {
	return slices.ContainsFunc(a.catalog.Types, func(t schema.Type) bool {
		return t.Kind == "d" && strings.HasSuffix(strings.Trim(strings.TrimSuffix(name, "[]"), `"`), t.Name)
	})
}

// cascades reports whether a relation is tied by foreign keys to one with triggers, over any number of steps.
func (a *analysis) cascades(r *schema.Relation, seen map[*schema.Relation]bool) bool {
	if r == nil || seen[r] {
		return false
	}
	seen[r] = true
	return r.Triggers || slices.ContainsFunc(r.References, func(ref schema.Reference) bool {
		return a.look(1) && a.cascades(a.catalog.Relation(ref.Schema, ref.Table), seen)
	})
}
