package plan

// fewer takes a search to principals of as few groups as may be. Being in one more group makes most rules match more
// and none match less; where that can only be in the way, and groups that decide are known, all others are left out at
// once, however many rules there are for them.
//
// It gives what is left to look at, and the groups left out as the beginning of each way. Where nothing is found, there
// is nothing to find among principals of more groups either.
func (s *search) fewer(items []item) (gate node, rest []item, path []choice) {
	f := &fewer{s: s, asked: map[variable]bool{}, needed: map[variable]bool{}, seen: map[markKey]bool{}, known: map[node]node{}}
	f.mark(s.gate, helps)
	lean := s.judge.lean(items, s.want)
	for _, i := range items {
		f.mark(i.when, lean(i))
	}
	for v := range variable(s.d.groups) {
		if f.asked[v] && f.isOut(v) {
			path = append(path, choice{v, isFalse, isFalse})
		}
	}
	if len(path) == 0 || s.d.spent {
		return s.gate, items, nil
	}
	rest = make([]item, len(items))
	for n, i := range items {
		rest[n] = item{i.what, i.in, f.without(i.when)}
	}
	return f.without(s.gate), rest, path
}

type fewer struct {
	s *search
	// asked are the groups that anything asks for, needed those that may have to be looked at both ways.
	asked, needed map[variable]bool
	seen          map[markKey]bool
	known         map[node]node
}

type markKey struct {
	n node
	l lean
}

func (f *fewer) isOut(v variable) bool {
	_, fixed := f.s.fixed[v]
	return !fixed && !f.needed[v]
}

// mark finds the groups of a node whose absence may be in the way.
func (f *fewer) mark(n node, l lean) {
	d := f.s.d
	vx := &d.vertices[n]
	if n <= yes || vx.variable >= d.groups || f.seen[markKey{n, l}] {
		return
	}
	f.seen[markKey{n, l}] = true
	f.asked[vx.variable] = true
	absent, present := vx.runs[0].to, vx.runs[len(vx.runs)-1].to
	if !f.needed[vx.variable] && !f.s.better(l, present, absent) {
		f.needed[vx.variable] = true
	}
	f.mark(absent, l)
	f.mark(present, l)
}

// without gives what a node comes to without the groups that are left out.
func (f *fewer) without(n node) node {
	d := f.s.d
	vx := d.vertices[n]
	if n <= yes || vx.variable >= d.groups {
		return n
	}
	if k, ok := f.known[n]; ok {
		return k
	}
	var out node
	if f.isOut(vx.variable) {
		out = f.without(vx.runs[0].to)
	} else {
		runs := make([]run, len(vx.runs))
		for i, r := range vx.runs {
			runs[i] = run{r.from, f.without(r.to)}
		}
		out = d.make(vx.variable, runs)
	}
	f.known[n] = out
	return out
}
