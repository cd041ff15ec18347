package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// unmasked looks at each column of a class where its own table is read, where a relation that shows it is, and where
// something is that may show any column. Which relations show it is told by the target's structure; without one, what
// only another relation would show stays undecided.
func (v *prover) unmasked(sh *shelf, cells []cell, words *schema.Rule) {
	groups := classed(sh.name, v.old, v.new)
	if len(groups) == 1 { // everything alone
		return
	}
	s := v.structure(sh.name)
	if s.Known {
		v.rests = append(v.rests, sh.name)
	}
	u := &unmasking{prover: v, sh: sh, words: words, facet: facet{name: facetOutput}}
	all := shown(s, groups)
	for _, of := range all[:len(all)-1] {
		u.own(of)
		u.carriers(of)
	}
	for _, of := range all[:len(all)-1] {
		if !of.known {
			u.elsewhere(of, cells, s)
		}
	}
	u.anything(all[len(all)-1], cells)
}

// unmasking is the search for unmasked columns of one target.
type unmasking struct {
	*prover
	sh    *shelf
	words *schema.Rule
	facet facet
}

func (u *unmasking) masks(of carried) []item {
	return maskItems(u.contributions(u.sh, &u.facet, of.columns))
}

// own looks at the columns' own tables, as far as no structure tells what reading them shows.
func (u *unmasking) own(of carried) {
	masks := u.masks(of)
	for _, k := range own(u.sh, of.columns) {
		if k.harmless || !slices.Contains(of.rest, k.class.name) || u.settled() {
			continue
		}
		items, gate := u.asks(u.sh, k, u.words)
		u.lookAt(k, schema.NeverUnmasked, append(items, masks...), gate, func(d *draft) { u.facet.prepare(d, of.columns) }, nil)
	}
}

// carriers looks at the relations that show the columns.
func (u *unmasking) carriers(of carried) {
	masks := u.masks(of)
	for _, c := range of.by {
		if u.settled() {
			return
		}
		k := u.read(c.object())
		items, gate := u.asks(u.sh, k, u.words)
		gate = u.d.and(gate, u.lets(u.sh, c.places))
		u.lookAt(k, schema.NeverUnmasked, append(items, masks...), gate, func(d *draft) { c.prepare(d, &u.facet) }, c.requests)
	}
}

func (u *unmasking) read(c class) cell {
	return cell{shelf: u.sh, verb: schema.VerbSelect, verbs: []string{schema.VerbSelect}, class: c}
}

func (u *unmasking) judge(k cell) *never {
	return &never{effects: *u.effects(k), what: schema.NeverUnmasked}
}

// elsewhere looks at reading other relations, where it is not known what they show.
func (u *unmasking) elsewhere(of carried, cells []cell, s Structure) {
	masks := u.masks(of)
	for _, k := range cells {
		if k.harmless || !slices.Contains(k.verbs, schema.VerbSelect) || only(k.class, own(u.sh, of.columns)) {
			continue
		}
		k.verb = schema.VerbSelect
		u.lookThrough(k, yes, masks, func(d *draft) { u.facet.prepare(d, of.columns) }, func() (string, string) {
			why := "another relation that may be read, as a view, may show " + of.names[0] + " unmasked"
			if s.Reason != "" {
				why += ": " + s.Reason
			}
			return why, s.Hint
		})
	}
}

// anything looks at what may show any column: relations of which nothing better is known, functions, and what cannot be
// analysed.
func (u *unmasking) anything(of carried, cells []cell) {
	masks := u.masks(of)
	may := func(what string) func() (string, string) {
		return func() (string, string) {
			return what + " may show any column, and is let through where no mask stands",
				"Let it be refused to those whom the masks leave out, or let a mask stand for them."
		}
	}
	for _, c := range of.by {
		u.lookThrough(u.read(c.object()), u.lets(u.sh, c.places), masks, func(d *draft) { c.prepare(d, &u.facet) }, may(c.relation))
	}
	for _, k := range cells {
		switch {
		case k.harmless:
		case k.verb == schema.VerbCall:
			u.lookThrough(k, yes, masks, func(d *draft) { u.facet.prepare(d, of.columns) }, may("a function"))
		case k.verb == schema.VerbOpaque:
			u.lookThrough(k, yes, masks, nil, may("a statement that cannot be analysed"))
		}
	}
}

// only reports whether a class of objects holds none but those of cells.
func only(k class, cells []cell) bool {
	return k.exact && !slices.ContainsFunc(k.names, func(name string) bool {
		return !slices.ContainsFunc(cells, func(c cell) bool { return c.class.name == name })
	})
}

// lookThrough looks for a way to columns that something may show, unless one is known already.
func (u *unmasking) lookThrough(k cell, where node, masks []item, prepare func(*draft), why func() (reason, hint string)) {
	if u.settled() || u.through != nil {
		return
	}
	items, gate := u.asks(u.sh, k, u.words)
	accept := func(path []choice, _ change) change {
		d := u.draft(path, k.verb, k.class.name, u.sh.name, u.issuers)
		if prepare != nil {
			prepare(d)
		}
		u.through = witness(d, nil, looser, nil, nil)
		u.why, u.hint = why()
		return looser
	}
	s := &search{d: u.d, judge: u.judge(k), want: looser, gate: u.d.and(gate, where), accept: accept}
	s.run(append(items, masks...))
}
