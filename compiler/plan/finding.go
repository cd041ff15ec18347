package plan

import "github.com/gatewright/gatewright/schema"

// finding is the search for one direction of one change.
type finding struct {
	x      *comparison
	change *Change
	cell   cell
	want   change
	as     bool
	// prepare completes a request, as with the columns that it reads.
	prepare func(*draft)
	// gain, when set, completes a row of the table.
	gain func(*Gain, *Witness)
	// unsure is set where nothing says that the access shows what is looked for: what comes of it is possible only.
	unsure bool
	found  bool
	tries  int
	maybe  *Witness
}

// maxAttempts is how many ways to an outcome are tried before it counts as possible only.
const maxAttempts = 16

func (f *finding) search(judge judge, items []item, gate node, fixed map[variable]int64) {
	s := &search{d: f.x.d, judge: judge, want: f.want, fixed: fixed, gate: gate, accept: f.accept}
	s.run(items)
}

// accept takes a way to the outcome to both policies.
func (f *finding) accept(path []choice, c change) change {
	x := f.x
	d := x.draft(path, f.cell.verb, f.cell.class.name, f.cell.shelf.name, x.issuers)
	d.access.Harmless = f.cell.harmless
	if f.prepare != nil {
		f.prepare(d)
	}
	if f.unsure {
		f.maybe = witness(d, nil, c, nil, nil)
		return c
	}
	var w *Witness
	shown := d.try(func(a *schema.Action) bool {
		old, new := x.from.outcome(x.old, a), x.to.outcome(x.new, a)
		got := x.routes.differ(old, new)
		if f.as {
			got = wouldDiffer(old, new)
		}
		if got&c == 0 {
			return false
		}
		w = witness(d, a, got, &old, &new)
		return true
	})
	if !shown {
		f.tries++
		if f.maybe == nil {
			f.maybe = witness(d, nil, c, nil, nil)
		}
		if f.tries >= maxAttempts {
			return c
		}
		return 0
	}
	f.found = true
	f.keep(w, path)
	return c
}

// keep enters a witness and its row.
func (f *finding) keep(w *Witness, path []choice) {
	if f.as {
		f.change.mode = true
		if len(f.change.Witnesses) == 0 {
			f.change.Witnesses = append(f.change.Witnesses, w)
		}
		return
	}
	if f.change.shown&f.want == 0 {
		f.change.shown |= f.want
		f.change.Witnesses = append(f.change.Witnesses, w)
	}
	g := f.x.row(f.cell, path, w, f.change.Address, f.want == looser)
	if f.gain != nil {
		f.gain(&g, w)
	}
	f.x.gains.add(g)
}

// done enters what is only possible.
func (f *finding) done() {
	if f.found || f.maybe == nil || f.as || f.change.possible&f.want != 0 {
		return
	}
	f.change.possible |= f.want
	if f.change.shown&f.want == 0 {
		f.change.Witnesses = append(f.change.Witnesses, f.maybe)
	}
}
