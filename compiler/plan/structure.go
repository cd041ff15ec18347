package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Structure is what is known of the relations of one target. The zero value knows nothing.
type Structure struct {
	// Known is set where Relations lists every relation that can be read. Else Reason says why they are not known, and
	// Hint the way out.
	Known        bool
	Reason, Hint string
	Relations    []Relation
}

// Relation is a table, partition, view or another relation that can be read, by its canonical name.
type Relation struct {
	Name    string
	Columns []Column
	// Uses are the places where columns take part whichever of its columns is read, as a view's own conditions.
	Uses []schema.Use
}

// Column is one column of a relation.
type Column struct {
	Name string
	// Sources are the canonical names of the columns that its values come from, as an Output has them: its own, its
	// twins', and what a view stands on. Everything stands for what cannot be told.
	Sources []string
	// Reads gives statements that read the column and nothing else, analysed as the gateway does, the likeliest first; it
	// may look at the SQL facts that a statement should have. It may be nil.
	Reads func(like *schema.Action) []schema.Action
}

// structure gives what is known of a target. A side without one knows nothing.
func (s *Side) structure(target string) Structure {
	if s.Structure == nil {
		return Structure{}
	}
	return s.Structure(target)
}

// structure gives what the new policy's side knows of a target, or else what the old one's does.
func (x *comparison) structure(target string) Structure {
	if s := x.to.structure(target); s.Known {
		return s
	}
	if s := x.from.structure(target); s.Known {
		return s
	}
	return x.to.structure(target)
}

// carrier is a column of a relation that shows columns of classes.
type carrier struct {
	relation string
	column   *Column
	uses     []schema.Use
	// places are the uses as masks look at them.
	places []usage
}

// usage is a use of columns of some classes.
type usage struct {
	facet facet
	of    columns
}

// object is the relation as rules name it.
func (c carrier) object() class {
	return class{object{name: c.relation, within: schemaOf(c.relation), exact: true}, []string{c.relation}}
}

// carried are the columns of relations that show columns of the same classes in each policy.
type carried struct {
	columns
	by []carrier
	// rest are the columns' own tables that the structure does not have; known is set where there is a structure.
	rest  []string
	known bool
}

// classKey tells groups of columns apart.
func classKey(of columns) string { return key(list(of.classes[before]), list(of.classes[after])) }

// carriers groups the columns of a target's relations by the classes of all that their values come from; those that may
// come from everything are apart. Columns that show nothing of any class are left out.
func carriers(s Structure, groups []columns) (known []carried, everything []carrier) {
	byName := map[string]*columns{}
	for i := range groups {
		for _, name := range groups[i].names {
			byName[name] = &groups[i]
		}
	}
	byKey := map[string]*carried{}
	for i := range s.Relations {
		r := &s.Relations[i]
		places := usages(r.Uses, byName, groups[len(groups)-1])
		for j := range r.Columns {
			c := carrier{r.Name, &r.Columns[j], r.Uses, places}
			if slices.Contains(c.column.Sources, schema.Everything) {
				everything = append(everything, c)
				continue
			}
			of := classesOf(c.column.Sources, byName)
			if len(of.names) == 0 {
				continue
			}
			k := classKey(of)
			if byKey[k] == nil {
				byKey[k] = &carried{columns: of}
			}
			g := byKey[k]
			g.names = merged(g.names, of.names)
			g.by = append(g.by, c)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		g := byKey[k]
		slices.SortStableFunc(g.by, func(a, b carrier) int { return cmp.Compare(a.distance(g.names), b.distance(g.names)) })
		known = append(known, *g)
	}
	slices.SortFunc(known, func(a, b carried) int { return cmp.Compare(a.names[0], b.names[0]) })
	return known, everything
}

// usages gives the uses that are of columns of some class.
func usages(uses []schema.Use, byName map[string]*columns, everything columns) []usage {
	var out []usage
	for _, u := range uses {
		of := classesOf(u.Columns, byName)
		if slices.Contains(u.Columns, schema.Everything) {
			of = everything
		}
		if len(of.names) == 0 {
			continue
		}
		f := facet{name: facetEffect}
		switch u.Place {
		case schema.PlacePredicate:
			f.name = facetPredicate
		case schema.PlaceEquality:
			f.name = facetEquality
		case schema.PlaceWrite:
			f = facet{name: facetWrite, column: u.Sink, sink: classesOf([]string{u.Sink}, byName).classes}
		}
		out = append(out, usage{f, of})
	}
	return out
}

// distance puts columns that are of a class themselves before those that show others'.
func (c carrier) distance(names []string) int {
	parts, _ := schema.SplitName(c.relation)
	if slices.Contains(names, schema.Qualify(append(parts, c.column.Name)...)) {
		return 0
	}
	return 1
}

// classesOf gives the sources that are of some class, with the classes of all of them.
func classesOf(sources []string, byName map[string]*columns) columns {
	of := columns{classes: map[side][]string{}}
	for _, name := range sources {
		g := byName[name]
		if g == nil {
			continue
		}
		of.names = append(of.names, name)
		for _, in := range []side{before, after} {
			of.classes[in] = merged(of.classes[in], g.classes[in])
		}
	}
	slices.Sort(of.names)
	return of
}

// prepare lets a request do with the column what the facet is about.
func (c carrier) prepare(d *draft, f *facet) {
	d.access.Columns = append(d.access.Columns, c.column.Name)
	f.use(d, c.column.Name, c.column.Sources)
	d.action.Uses = append(d.action.Uses, c.uses...)
}

// requests gives the statements that read the column, as those asked for by a request; the request itself where none are
// known.
func (c carrier) requests(a *schema.Action) []schema.Action {
	if c.column.Reads == nil {
		return []schema.Action{*a}
	}
	reads := c.column.Reads(a)
	out := make([]schema.Action, len(reads))
	for i := range reads {
		out[i] = *a
		out[i].Accesses, out[i].Outputs, out[i].Uses = reads[i].Accesses, reads[i].Outputs, reads[i].Uses
		out[i].SQL, out[i].Text = reads[i].SQL, reads[i].Text
	}
	return out
}

// has reports whether the structure has a relation.
func (s *Structure) has(relation string) bool {
	return slices.ContainsFunc(s.Relations, func(r Relation) bool { return r.Name == relation })
}
