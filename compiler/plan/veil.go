package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// placeMasks finds the masks in force that cover a class of the target.
func (x *comparison) placeMasks(sh *shelf, relabelled bool) {
	addresses := map[string]bool{}
	for _, p := range []*policy{x.old, x.new} {
		for address := range p.masks {
			addresses[address] = true
		}
	}
	for _, address := range slices.Sorted(maps.Keys(addresses)) {
		old, new := x.old.standing(address, sh.name), x.new.standing(address, sh.name)
		switch {
		case old != nil && new != nil && decidesMask(old) == decidesMask(new) && !relabelled:
			sh.masks = append(sh.masks, placedMask{old, both, x.stands(old, place{target: sh.target[before]})})
			continue
		case old != nil:
			sh.masks = append(sh.masks, placedMask{old, before, x.stands(old, place{target: sh.target[before]})})
		}
		if new != nil {
			sh.masks = append(sh.masks, placedMask{new, after, x.stands(new, place{target: sh.target[after]})})
		}
	}
}

// standing gives a mask in force with a class of the target; nil when there is none of that address.
func (p *policy) standing(address, target string) *schema.Mask {
	m := p.masks[address]
	if m == nil || m.Mode == schema.DryRun || p.targets[target] == nil || !p.covers(m, target) {
		return nil
	}
	return m
}

// covers reports whether a mask has a class of the target.
func (p *policy) covers(m *schema.Mask, target string) bool {
	return slices.ContainsFunc(m.Classes, func(name string) bool {
		k := p.classes[name]
		return k != nil && slices.Contains(k.Targets, target)
	})
}

// contribution is what one mask adds to a facet of columns in each policy.
type contribution struct {
	address  string
	classes  []string
	strength [2]int32
	stand    [2]node
	same     bool
}

func (x *comparison) contributions(sh *shelf, f *facet, of columns) []contribution {
	var out []contribution
	for _, m := range sh.masks {
		n := len(out)
		if n == 0 || out[n-1].address != m.mask.Address {
			out = append(out, contribution{address: m.mask.Address, same: m.in == both})
			n++
		}
		c := &out[n-1]
		c.classes = append(c.classes, m.mask.Classes...)
		for i, p := range []*policy{x.old, x.new} {
			if in := side(i + 1); m.in&in != 0 {
				c.strength[i], c.stand[i] = f.strength(p, sh.name, m.mask, in, of), m.stand
			}
		}
	}
	return out
}

func maskItems(list []contribution) []item {
	var out []item
	for _, c := range list {
		for i, in := range []side{before, after} {
			if c.strength[i] > 0 {
				out = append(out, item{itemMask + c.strength[i], in, c.stand[i]})
			}
		}
	}
	return out
}

// weaker gives where a mask does less than before, or more.
func (x *comparison) weaker(c contribution, want change) node {
	d := x.d
	was, is := 0, 1
	if want == tighter {
		was, is = 1, 0
	}
	switch {
	case c.strength[was] == 0:
		return no
	case c.strength[is] == 0:
		return c.stand[was]
	case c.strength[was] > c.strength[is]:
		return c.stand[was]
	}
	return d.and(c.stand[was], d.not(c.stand[is]))
}

// masksOf compares what masks do to the columns of one target.
func (x *comparison) masksOf(sh *shelf) {
	if len(sh.target) < 2 {
		return // what a target alone has is told by its rules
	}
	groups := classed(sh.name, x.old, x.new)
	detectors := x.detectors(sh.name)
	var cells []cell
	for _, of := range shown(x.structure(sh.name), groups) {
		for _, f := range facets(groups, detectors, of.columns) {
			list := x.contributions(sh, &f, of.columns)
			if !differs(list) {
				continue
			}
			if cells == nil {
				cells = x.readable(sh)
			}
			for _, want := range []change{looser, tighter} {
				x.veil(sh, cells, &f, of, list, want)
			}
		}
	}
}

func differs(list []contribution) bool {
	return slices.ContainsFunc(list, func(c contribution) bool {
		return c.strength[0] != c.strength[1] || c.strength[0] > 0 && c.stand[0] != c.stand[1]
	})
}

func (x *comparison) detectors(target string) []string {
	var out []string
	for _, p := range []*policy{x.old, x.new} {
		for _, k := range p.bundle.Classes {
			if slices.Contains(k.Targets, target) {
				out = append(out, k.Detect...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readable gives the accesses that some rule may allow, reading first.
func (x *comparison) readable(sh *shelf) []cell {
	cells := x.cells(sh, func(p *placed) bool { return p.rule.Effect == schema.Allow })
	cells = slices.DeleteFunc(cells, func(k cell) bool { return k.verb == schema.VerbConnect || k.verb == schema.VerbOpaque })
	slices.SortStableFunc(cells, func(a, b cell) int {
		read := func(k cell) int {
			switch {
			case !slices.Contains(k.verbs, schema.VerbSelect):
				return 2
			case k.harmless:
				return 1
			}
			return 0
		}
		return read(a) - read(b)
	})
	return cells
}

// veil looks for one direction of change in one facet of columns.
func (x *comparison) veil(sh *shelf, cells []cell, f *facet, of carried, list []contribution, want change) {
	masks := maskItems(list)
	alone := &veils{effects{harmless: true, routes: x.routes}}
	reached := false
	if !x.share(func() {
		s := &search{d: x.d, judge: alone, want: want, gate: x.possible, accept: func([]choice, change) change { reached = true; return want }}
		s.run(masks)
	}) {
		for _, a := range x.responsible(sh, list, want) {
			x.change(a.name).undecided = true
		}
		return
	}
	if !reached {
		return
	}
	for _, address := range x.responsible(sh, list, want) {
		c := x.change(address.name)
		ok := x.share(func() { x.veilBy(sh, cells, f, of, masks, want, c, address.gate) })
		c.undecided = c.undecided || !ok
	}
}

type gated struct {
	name string
	gate node
}

// responsible gives the blocks that make a facet differ, and where.
func (x *comparison) responsible(sh *shelf, list []contribution, want change) []gated {
	gates := map[string]node{}
	for _, c := range list {
		gate := x.weaker(c, want)
		if gate == no {
			continue
		}
		if e := x.changes[c.address]; e != nil && !c.same {
			gates[c.address] = x.d.or(gates[c.address], gate)
			continue
		}
		found := false
		for _, name := range slices.Compact(slices.Sorted(slices.Values(c.classes))) {
			if address := schema.BlockAddress("class", name); x.changes[address] != nil {
				gates[address] = x.d.or(gates[address], gate)
				found = true
			}
		}
		if !found {
			gates["target."+sh.name] = x.d.or(gates["target."+sh.name], gate)
		}
	}
	var out []gated
	for _, name := range slices.Sorted(maps.Keys(gates)) {
		out = append(out, gated{name, gates[name]})
	}
	return out
}

func (x *comparison) veilBy(sh *shelf, cells []cell, f *facet, of carried, masks []item, want change, c *Change, gate node) {
	gate = x.d.and(gate, x.possible)
	fd := &finding{x: x, change: c, want: want}
	fd.gain = func(g *Gain, w *Witness) { f.gain(g, w, of.columns) }
	if f.name == facetOpaque {
		x.veilOpaque(sh, c, gate, want)
		return
	}
	unsure := false
	for _, r := range x.reach(sh, cells, f, of) {
		if fd.found || x.d.spent {
			break
		}
		if r.unsure && fd.maybe != nil {
			continue
		}
		fd.cell, fd.unsure, fd.prepare = r.cell, r.unsure, func(d *draft) { r.prepare(d, f, of.columns) }
		items := append(x.items(r.cell, sh.matching(r.verb, r.class.object, r.harmless)), masks...)
		fd.search(&veils{*x.effects(r.cell)}, items, x.d.and(gate, r.lets(x)), nil)
		unsure = unsure || r.unsure && fd.maybe != nil
	}
	if unsure && !fd.found {
		x.unknown(sh.name, c, want, of.names[0])
	}
	fd.done()
}

// veilOpaque looks at what cannot be analysed, where a mask is a denial.
func (x *comparison) veilOpaque(sh *shelf, c *Change, gate node, want change) {
	k := cell{shelf: sh, verb: schema.VerbOpaque, verbs: []string{schema.VerbOpaque}, class: noObject}
	f := &finding{x: x, change: c, cell: k, want: want}
	f.search(x.effects(k), x.items(k, sh.matching(k.verb, k.class.object, false)), gate, nil)
	f.done()
}

// harmless is reading what needs no allow: a system relation, and then one that no rule names.
func harmless(sh *shelf) []cell {
	const system = "pg_catalog.pg_class"
	classes := sh.tables.classes
	var out []cell
	for _, k := range []class{{object{name: system, within: systemSchemas[0], exact: true}, []string{system}}, classes[len(classes)-1]} {
		out = append(out, cell{shelf: sh, verb: schema.VerbSelect, verbs: []string{schema.VerbSelect}, class: k, harmless: true})
	}
	return out
}

// systemSchemas hold the only relations that need no allow.
var systemSchemas = []string{"pg_catalog", "information_schema"}

// own gives reading the columns' own tables, by need of an allow or, as for catalogs, without.
func own(sh *shelf, of columns) []cell {
	var out []cell
	for _, harmless := range []bool{false, true} {
		for _, table := range tablesOf(of) {
			if harmless && !slices.Contains(systemSchemas, schemaOf(table)) {
				continue
			}
			name := class{object{name: table, within: schemaOf(table), exact: true}, []string{table}}
			out = append(out, cell{shelf: sh, verb: schema.VerbSelect, verbs: []string{schema.VerbSelect}, class: name, harmless: harmless})
		}
	}
	return out
}

func tablesOf(of columns) []string {
	var out []string
	for _, name := range of.names {
		if parts, ok := schema.SplitName(name); ok && len(parts) == 3 {
			out = append(out, schema.Qualify(parts[:2]...))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// prepare lets a request do with the columns what the facet is about.
func (f *facet) prepare(d *draft, of columns) {
	column := of.names[0]
	for _, name := range of.names {
		if parts, ok := schema.SplitName(name); ok && len(parts) == 3 && schema.Qualify(parts[:2]...) == d.access.Object {
			column = name
			d.access.Columns = append(d.access.Columns, parts[2])
			break
		}
	}
	f.use(d, column, []string{column})
}

// use lets a request do with a column, made of sources, what the facet is about.
func (f *facet) use(d *draft, name string, sources []string) {
	switch f.name {
	case facetOutput:
		d.action.Outputs = []schema.Output{{Name: name, Origin: schema.OriginBare, Columns: sources}}
	case facetPredicate:
		d.action.Uses = []schema.Use{{Place: schema.PlacePredicate, Columns: sources}}
	case facetEquality:
		d.action.Uses = []schema.Use{{Place: schema.PlaceEquality, Columns: sources}}
	case facetWrite:
		d.action.Uses = []schema.Use{{Place: schema.PlaceWrite, Columns: sources, Sink: f.column}}
	}
}

// gain says in the table what becomes of the columns.
func (f *facet) gain(g *Gain, w *Witness, of columns) {
	what := map[string]string{
		facetOutput: "see", facetPredicate: "filter by", facetEquality: "compare", facetWrite: "copy", facetDetect: "see", facetText: "see",
	}[f.name]
	g.Verbs = []string{what}
	g.Objects = slices.Clone(of.names)
	if column := of.names[0]; column != schema.Everything {
		w.Use = "to " + what + " " + column
		if f.name == facetWrite {
			w.Use += " into " + f.column
		}
	}
	switch f.name {
	case facetOutput:
		g.Before, g.After = first(w.Before.Masked), first(w.After.Masked)
	case facetDetect:
		g.Objects = []string{"values like " + strings.ReplaceAll(f.detector, "_", " ")}
		g.Before, g.After = transformOf(w.Before.Detected, f.detector), transformOf(w.After.Detected, f.detector)
	case facetText:
		g.Objects, w.Use = []string{"the text of errors and notices"}, "to see the text of errors and notices"
		g.Before, g.After = withheld(w.Before), withheld(w.After)
		return
	}
	if len(of.names) == 1 && of.names[0] == schema.Everything && f.name != facetDetect {
		g.Objects = []string{"what may be any column"}
	}
}

func first(m map[string]string) string {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		return masked(m[k])
	}
	return masked("none")
}

func withheld(o *Outcome) string {
	if o.Withheld {
		return "withheld"
	}
	return "as it is"
}

func transformOf(m map[string]string, name string) string {
	if word, ok := m[name]; ok {
		return masked(word)
	}
	return masked("none")
}

func masked(word string) string {
	if word == "none" {
		return "unmasked"
	}
	return "masked with " + word
}

// approvals compares what it takes to get an approval on one target, where a route itself was edited.
func (x *comparison) approvals(sh *shelf) {
	for _, name := range slices.Sorted(maps.Keys(x.routes.numbers)) {
		n := x.routes.numbers[name]
		c := x.changes[schema.BlockAddress("route", name)]
		if c == nil || x.old.routes[name] == nil || x.new.routes[name] == nil || x.routes.compare(n, n) == 0 {
			continue
		}
		asks := func(p *placed) bool { return p.rule.Effect == schema.Approve && p.rule.Route == name }
		for _, k := range x.cells(sh, asks) {
			ok := x.share(func() { x.approval(k, asks, c, x.routes.compare(n, n)) })
			c.undecided = c.undecided || !ok
		}
	}
}

func (x *comparison) approval(k cell, asks func(*placed) bool, c *Change, way change) {
	indexes := k.shelf.matching(k.verb, k.class.object, k.harmless)
	gate := no
	for _, i := range indexes {
		if p := &k.shelf.rules[i]; asks(p) {
			gate = x.d.or(gate, x.holds(p.rule, k.place(p.in, schema.Approve)))
		}
	}
	items, judge := x.items(k, indexes), x.effects(k)
	for _, want := range []change{looser, tighter} {
		if way&want != 0 {
			f := &finding{x: x, change: c, cell: k, want: want}
			f.search(judge, items, x.d.and(gate, x.possible), nil)
			f.done()
		}
	}
}
