package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// shown gives the groups of columns to compare masks over, each with the relations that show it: those of the classes,
// those that a relation makes of columns of several, and, last, what may be any column.
func shown(s Structure, groups []columns) []carried {
	known, everything := carriers(s, groups)
	last := len(groups) - 1
	out := make([]carried, 0, len(groups)+len(known))
	for _, of := range groups[:last] {
		g := carried{columns: of, known: s.Known}
		g.rest = slices.DeleteFunc(tablesOf(of), s.has)
		if i := slices.IndexFunc(known, func(k carried) bool { return classKey(k.columns) == classKey(of) }); i >= 0 {
			g.by = known[i].by
			known = slices.Delete(known, i, i+1)
		}
		out = append(out, g)
	}
	for _, g := range known {
		g.known = true
		out = append(out, g)
	}
	return append(out, carried{columns: groups[last], by: everything, known: s.Known})
}

// reached is an access that may show a group of columns.
type reached struct {
	cell
	// via is the column that shows it; nil for a column of the group itself.
	via *carrier
	// unsure is set where nothing says that the access shows it.
	unsure bool
}

func (r *reached) prepare(d *draft, f *facet, of columns) {
	if r.via != nil {
		r.via.prepare(d, f)
		return
	}
	f.prepare(d, of)
}

// lets gives where what the access does besides is let through.
func (r *reached) lets(x *comparison) node {
	if r.via == nil {
		return yes
	}
	return x.lets(r.shelf, r.via.places)
}

// reach lists the accesses that may show a group of columns, reading first and what is sure before what is not.
func (x *comparison) reach(sh *shelf, cells []cell, f *facet, of carried) []reached {
	everything := of.names[0] == schema.Everything
	var out []reached
	for _, k := range own(sh, of.columns) {
		if slices.Contains(of.rest, k.class.name) || k.harmless {
			out = append(out, reached{cell: k})
		}
	}
	for _, verbs := range verbsOf(cells) {
		for i := range of.by {
			out = append(out, reached{cell: cell{shelf: sh, verb: verbs[0], verbs: verbs, class: of.by[i].object()}, via: &of.by[i]})
		}
		for _, table := range of.rest {
			name := class{object{name: table, within: schemaOf(table), exact: true}, []string{table}}
			out = append(out, reached{cell: cell{shelf: sh, verb: verbs[0], verbs: verbs, class: name}})
		}
	}
	for _, k := range cells {
		calls := k.verb == schema.VerbCall
		if k.harmless || calls && !everything {
			continue // what a function gives may be anything, and counts as that
		}
		if sure := f.detector != "" || calls; sure || everything || !of.known {
			out = append(out, reached{cell: k, unsure: !sure})
		}
	}
	if f.detector != "" {
		for _, k := range harmless(sh) {
			out = append(out, reached{cell: k}) // values are looked for in whatever reaches the client
		}
	}
	slices.SortStableFunc(out, func(a, b reached) int { return rank(a) - rank(b) })
	return out
}

// lets gives where no mask refuses what reading a relation does with columns beside showing one.
func (x *comparison) lets(sh *shelf, places []usage) node {
	refused := no
	for i := range places {
		for _, m := range maskItems(x.contributions(sh, &places[i].facet, places[i].of)) {
			refused = x.d.or(refused, m.when)
		}
	}
	return x.d.not(refused)
}

func rank(r reached) int {
	if r.unsure {
		return 1
	}
	return 0
}

// verbsOf lists the verbs of accesses that read columns, alike ones together: reading alone first.
func verbsOf(cells []cell) [][]string {
	out := [][]string{{schema.VerbSelect}}
	seen := map[string]bool{}
	for _, k := range cells {
		if k.verb == schema.VerbCall || slices.Contains(k.verbs, schema.VerbSelect) || seen[k.verb] {
			continue
		}
		seen[k.verb] = true
		out = append(out, k.verbs)
	}
	return out
}

// unknown notes why one direction of a change is possible only.
func (x *comparison) unknown(target string, c *Change, want change, column string) {
	s := x.structure(target)
	note := fmt.Sprintf("On target %s it may be so for a column of which nothing is known, as one that a function makes.", target)
	if column != schema.Everything {
		note = fmt.Sprintf("Whether another relation of target %s, as a view, shows %s is not known.", target, column)
		if s.Reason != "" {
			note = fmt.Sprintf("Whether another relation, as a view, shows %s is not known: %s. %s", column, s.Reason, s.Hint)
		}
	}
	c.open = append(c.open, openNote{want, strings.TrimSpace(note)})
}
