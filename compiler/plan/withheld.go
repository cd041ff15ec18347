package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// A mask that stands, whatever it masks, withholds the text of errors, notices and notifications. That holds for each
// statement, and, by what is known when a session opens, for the whole of the session.

// textOf compares whether text is withheld on one target. It looks for what no column has shown yet.
func (x *comparison) textOf(sh *shelf) {
	if len(sh.target) < 2 {
		return
	}
	opened := x.opened(sh)
	for _, at := range []struct {
		*shelf
		cells func() []cell
	}{{sh, func() []cell { return x.statements(sh) }}, {opened, func() []cell { return []cell{connecting(opened)} }}} {
		list := x.contributions(at.shelf, &facet{name: facetText}, columns{})
		if !differs(list) {
			continue
		}
		for _, want := range []change{looser, tighter} {
			x.text(at.shelf, at.cells(), list, want)
		}
	}
}

// text looks for one direction of change in what is withheld.
func (x *comparison) text(sh *shelf, cells []cell, list []contribution, want change) {
	f := &facet{name: facetText}
	masks := maskItems(list)
	for _, a := range x.responsible(sh, list, want) {
		c := x.change(a.name)
		if c.shown&want != 0 {
			continue
		}
		gate := x.d.and(a.gate, x.possible)
		ok := x.share(func() {
			fd := &finding{x: x, change: c, want: want, gain: func(g *Gain, w *Witness) { f.gain(g, w, columns{names: []string{schema.Everything}}) }}
			for _, k := range cells {
				if fd.found || x.d.spent {
					break
				}
				fd.cell = k
				fd.search(&veils{*x.effects(k)}, append(x.items(k, sh.matching(k.verb, k.class.object, k.harmless)), masks...), gate, nil)
			}
			fd.done()
			if fd.found {
				c.keepOpen(want) // text that shows says nothing of columns
			}
		})
		c.undecided = c.undecided || !ok
	}
}

// keepOpen keeps the notes on what stays possible only, though the direction is shown.
func (c *Change) keepOpen(want change) {
	for _, n := range c.open {
		if n.want == want && !slices.Contains(c.Notes, n.text) {
			c.Notes = append(c.Notes, n.text)
		}
	}
}

// statements are the accesses that some rule may allow, and two that need no allow: reading the system's relations, and
// a setting that no rule names, which stands for all that no rule can deny.
func (x *comparison) statements(sh *shelf) []cell {
	classes := sh.tables.classes
	unnamed := cell{shelf: sh, verb: schema.VerbSet, verbs: []string{schema.VerbSet}, class: classes[len(classes)-1], harmless: true}
	return append(x.readable(sh), harmless(sh)[0], unnamed)
}

// connecting is the access that a session opens with.
func connecting(sh *shelf) cell {
	return cell{shelf: sh, verb: schema.VerbConnect, verbs: []string{schema.VerbConnect}, class: noObject}
}

// opened gives the shelf with its masks as they stand when a session opens: one that hangs on what is to come does.
func (x *comparison) opened(sh *shelf) *shelf {
	out := *sh
	out.masks = slices.Clone(sh.masks)
	for i := range out.masks {
		m := &out.masks[i]
		in := m.in
		if in == both {
			in = before
		}
		m.stand = x.stands(m.mask, place{target: sh.target[in], opening: openingAllow})
	}
	return &out
}
