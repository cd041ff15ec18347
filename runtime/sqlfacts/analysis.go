package sqlfacts

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// analysis gathers the facts of one statement.
type analysis struct {
	*budget
	session *Session
	catalog *schema.Catalog
	st      *Statement

	accesses []schema.Access
	// index finds an access by its verb and object.
	index map[[2]string]int
	// also are the objects that a name may come to mean beside the one that it means.
	also map[string][]string
	uses []schema.Use
	// tables, columns and functions are canonical names, unsorted and with duplicates.
	tables, columns, functions []string

	// faults counts what was met that can fail, return a set or have an effect.
	faults int
	// predicates is above zero inside a condition that decides rows: time tells nothing more there.
	predicates int
	// views is how many views the walk is inside of: there, accesses are the view owner's and not recorded.
	views int
	// within is the function whose body the walk is inside of; nil outside of any. late is set where its names are looked up when
	// it runs.
	within *invocation
	late   bool
	// queries is how many WITH queries it is inside of.
	queries int
	// unresolved is set when a relation was not found: every output then counts as Everything.
	unresolved bool
	// unbound is set when an UPDATE or DELETE has no WHERE that can be false.
	unbound bool
	opaque  string
}

func newAnalysis(s *Session, st *Statement, b *budget) *analysis {
	a := &analysis{budget: b, session: s, catalog: s.Catalog, st: st, index: map[[2]string]int{}}
	if a.catalog == nil {
		a.catalog = &schema.Catalog{}
	}
	return a
}

// access records one access and gives its index. The same verb on the same object is one access.
func (a *analysis) access(verb, object string, harmless bool) int {
	if a.views > 0 {
		return -1
	}
	if i, ok := a.index[[2]string{verb, object}]; ok {
		return i
	}
	if len(a.accesses) == maxAccesses {
		a.stop(fmt.Sprintf("the statement names more than %d objects", maxAccesses))
		return -1
	}
	a.index[[2]string{verb, object}] = len(a.accesses)
	n := len(a.accesses)
	a.accesses = append(a.accesses, schema.Access{Verb: verb, Object: object, Harmless: harmless})
	for _, other := range a.also[object] {
		a.access(verb, other, harmless)
	}
	return n
}

// touch adds a column to an access, and to those of what its object may come to mean.
func (a *analysis) touch(access int, column string) {
	if access < 0 || column == "" {
		return
	}
	for _, other := range a.also[a.accesses[access].Object] {
		if i, ok := a.index[[2]string{a.accesses[access].Verb, other}]; ok {
			a.touch(i, column)
		}
	}
	c := &a.accesses[access].Columns
	if a.look(len(*c)) && !slices.Contains(*c, column) {
		*c = append(*c, column)
	}
}

// use records source columns in a place; nothing when there are none.
func (a *analysis) use(place schema.Place, columns []string, sink string) {
	if len(columns) == 0 || !a.look(useCost*(1+len(columns))) {
		return
	}
	a.uses = append(a.uses, schema.Use{Place: place, Columns: columns, Sink: sink})
}

// fault records something that can fail, return a set or have an effect, given columns.
func (a *analysis) fault(columns []string) {
	a.faults++
	a.use(schema.PlaceEffect, columns, "")
}

// value is what is known of an expression's value.
type value struct {
	// columns are its source columns, sorted; Everything may be among them.
	columns []string
	origin  schema.Origin
	// fails is set when something in it can fail, return a set or have an effect; works when a subquery is in it.
	fails, works bool
	// table, attribute and base tell a bare column: its relation's OID, its number, the canonical name of the table
	// column that it is. keyed is set when that column stands under a key, and tied are the columns that foreign keys tie
	// it to, asked those that stand under a key with it.
	table     uint32
	attribute int16
	base      string
	keyed     bool
	tied      []string
	asked     []string
	// row holds the fields when it is a composite value whose fields are known.
	row *item
	// literal is set for constants, with the text of a string constant; param for parameters.
	literal, param bool
	// named is set for an argument that is given by its parameter's name.
	named bool
	text  string
	// pinned is the text that a column must have in every row that comes; empty when there is none.
	pinned string
	// untyped is set for a string constant that has no type yet.
	untyped bool
	// integer is set for integer constants, number is theirs.
	integer bool
	number  int64
	// cast is set once a literal or parameter has been converted: what follows is no longer done before the first row.
	cast bool
	// composite is set when it may be an array, JSON or something made of parts, for which more can fail; collated
	// when its collation is neither the default nor "C", under which comparisons can fail.
	composite, collated bool
	// busy is set when it is more work than to look at a column or a constant.
	busy bool
	// nulls is set when whether it is NULL depends on its columns' values. Most functions are not run on NULL, and how
	// long a row takes then tells; skips counts those that stand over it.
	nulls bool
	skips int
	// links counts the functions and operators in it, those of subqueries as often as they are used: how many times over
	// a text may have grown.
	links int
}

// maxLinks bounds the functions and operators over a column: texts that are doubled again and again come to PostgreSQL's
// limit of 1 GB, and whether they do tells how long the column's value is. With literals of a megabyte in all, and
// functions that write each byte as six, this many stay below.
const maxLinks = 32

// maxSkips bounds the functions over a value that may be NULL, so that their time is no more than noise.
const maxSkips = 3

// join makes the value of an expression over others that is pure and total.
func join(vs ...value) value {
	var v value
	v.origin = schema.OriginConstant
	v.columns = unions(vs)
	for _, w := range vs {
		v.fails = v.fails || w.fails
		v.works = v.works || w.works
		v.composite = v.composite || w.composite
		v.collated = v.collated || w.collated
		v.busy = v.busy || w.busy
		v.nulls = v.nulls || w.nulls
		v.skips = max(v.skips, w.skips)
		v.links = min(v.links+w.links, maxLinks)
		if len(w.columns) > 0 && w.origin != schema.OriginUnsafe && v.origin != schema.OriginUnsafe {
			v.origin = schema.OriginDerived
		}
		if w.origin == schema.OriginUnsafe && len(w.columns) > 0 {
			v.origin = schema.OriginUnsafe
		}
	}
	return v
}

// unsafe makes the value of an expression over others that can fail, return a set or have an effect.
func (a *analysis) unsafe(vs ...value) value {
	v := join(vs...)
	a.fault(v.columns)
	v.fails = true
	if len(v.columns) > 0 {
		v.origin = schema.OriginUnsafe
	}
	return v
}

// conditional makes the value of an expression that always evaluates the first parts, and the others depending on
// those: what can fail or takes time then tells of the columns.
func (a *analysis) conditional(always int, vs ...value) value {
	v := join(vs...)
	if len(v.columns) == 0 {
		return v
	}
	if v.fails {
		return a.unsafe(vs...)
	}
	if a.predicates == 0 {
		for _, w := range vs[min(always, len(vs)):] {
			if w.busy || v.works {
				return a.telling(v)
			}
		}
		if v.works {
			return a.telling(v)
		}
	}
	v.busy, v.nulls, v.skips = true, true, maxSkips
	return v
}

// worked makes the value of a pure and total function or operator. mayBeNull is set when its result may be NULL for
// values that are not.
func (a *analysis) worked(mayBeNull bool, vs ...value) value {
	v := join(vs...)
	if len(v.columns) > 0 && (v.fails || v.links == maxLinks) { // what may be of any length meets a column's value
		return a.unsafe(vs...)
	}
	v.busy, v.links = true, v.links+1
	if v.nulls && len(v.columns) > 0 {
		v.skips++
		if v.skips > maxSkips && a.predicates == 0 {
			return a.telling(v)
		}
	}
	if mayBeNull && len(v.columns) > 0 {
		v.nulls, v.skips = true, maxSkips
	}
	return v
}

// telling makes the value of an expression that tells of its columns by the time that it takes.
func (a *analysis) telling(v value) value {
	a.use(schema.PlaceEffect, v.columns, "")
	if len(v.columns) > 0 {
		v.origin = schema.OriginUnsafe
	}
	return v
}

// everything is the value that may hold anything.
func (a *analysis) everything(vs ...value) value {
	return a.unsafe(append(vs, value{columns: []string{schema.Everything}})...)
}

// derived gives v as a column that is no longer bare.
func derived(v value) value {
	w := join(v)
	w.row = v.row
	return w
}

// joinFields joins the values of columns.
func joinFields(fields []field) value {
	vs := make([]value, len(fields))
	for i := range fields {
		vs[i] = fields[i].v
	}
	return join(vs...)
}

// unions merges the columns of values, each in turn when they are few.
func unions(vs []value) []string {
	var out []string
	if len(vs) <= 8 {
		for _, v := range vs {
			out = union(out, v.columns)
		}
		return out
	}
	for half := range 2 {
		out = union(out, unions(vs[half*len(vs)/2:(half+1)*len(vs)/2]))
	}
	return out
}

// union merges two sorted sets; it never writes to either.
func union(a, b []string) []string {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	case slices.Equal(a, b):
		return a
	}
	out := make([]string, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}
