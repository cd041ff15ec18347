package plan

import (
	"encoding/binary"
	"math"
	"slices"
)

// node is a diagram: a function from the values of variables to yes or no. Equal functions are the same node.
type node int32

const (
	no  node = 0
	yes node = 1
)

// variable numbers a variable; diagrams ask for lower ones first.
type variable int32

// run is a stretch of values of one variable, from one value up to the next run's.
type run struct {
	from int64
	to   node
}

type vertex struct {
	variable variable
	runs     []run
}

// diagram holds the nodes of one comparison. Once it has used up its budget it is spent: its answers mean nothing, and
// whoever asked must say that it is undecided.
type diagram struct {
	budget   int
	used     int
	spent    bool
	vertices []vertex
	unique   map[string]node
	ands     map[[2]node]node
	nots     map[node]node
	// lowest and highest bound the values of each variable.
	lowest, highest []int64
	// groups is the first variable that does not stand for a group: groups are asked for first.
	groups variable
	key    []byte
}

func newDiagram(budget int) *diagram {
	return &diagram{
		budget: budget, vertices: []vertex{{variable: math.MaxInt32}, {variable: math.MaxInt32}},
		unique: map[string]node{}, ands: map[[2]node]node{}, nots: map[node]node{},
	}
}

// declare makes a variable with the values from lowest to highest, below all that there are.
func (d *diagram) declare(lowest, highest int64) variable {
	d.lowest, d.highest = append(d.lowest, lowest), append(d.highest, highest)
	return variable(len(d.lowest) - 1)
}

// spend takes from the budget.
func (d *diagram) spend(n int) bool {
	d.used += n
	if d.used > d.budget {
		d.spent = true
	}
	return !d.spent
}

// make gives the node of a variable's runs, which rise and begin at its lowest value.
func (d *diagram) make(v variable, runs []run) node {
	kept := make([]run, 0, len(runs))
	for _, r := range runs {
		if r.from <= d.highest[v] && (len(kept) == 0 || kept[len(kept)-1].to != r.to) {
			kept = append(kept, r)
		}
	}
	if len(kept) == 1 {
		return kept[0].to
	}
	d.key = binary.AppendVarint(d.key[:0], int64(v))
	for _, r := range kept {
		d.key = binary.AppendVarint(binary.AppendVarint(d.key, r.from), int64(r.to))
	}
	if n, ok := d.unique[string(d.key)]; ok {
		return n
	}
	if !d.spend(1 + len(kept)/8) {
		return no
	}
	d.vertices = append(d.vertices, vertex{v, kept})
	n := node(len(d.vertices) - 1)
	d.unique[string(d.key)] = n
	return n
}

// within is yes where the variable's value is from first to last.
func (d *diagram) within(v variable, first, last int64) node {
	first, last = max(first, d.lowest[v]), min(last, d.highest[v])
	if first > last {
		return no
	}
	runs := []run{{d.lowest[v], no}}
	if first == d.lowest[v] {
		runs = runs[:0]
	}
	runs = append(runs, run{first, yes})
	if last < d.highest[v] {
		runs = append(runs, run{last + 1, no})
	}
	return d.make(v, runs)
}

func (d *diagram) not(a node) node {
	if a <= yes {
		return yes - a
	}
	if n, ok := d.nots[a]; ok || d.spent {
		return n
	}
	vx := d.vertices[a]
	runs := make([]run, len(vx.runs))
	for i, r := range vx.runs {
		runs[i] = run{r.from, d.not(r.to)}
	}
	n := d.make(vx.variable, runs)
	if d.spent {
		return no
	}
	d.nots[a] = n
	return n
}

func (d *diagram) or(a, b node) node { return d.not(d.and(d.not(a), d.not(b))) }

func (d *diagram) and(a, b node) node {
	switch {
	case a == no || b == no || d.spent:
		return no
	case a == yes || a == b:
		return b
	case b == yes:
		return a
	case a > b:
		a, b = b, a
	}
	if n, ok := d.ands[[2]node{a, b}]; ok {
		return n
	}
	v := min(d.vertices[a].variable, d.vertices[b].variable)
	one, two := d.runs(a, v), d.runs(b, v)
	runs := make([]run, 0, len(one)+len(two))
	for i, j := 0, 0; i < len(one) && j < len(two); {
		runs = append(runs, run{max(one[i].from, two[j].from), d.and(one[i].to, two[j].to)})
		i, j = advance(one, two, i, j)
	}
	n := d.make(v, runs)
	if d.spent {
		return no
	}
	d.ands[[2]node{a, b}] = n
	return n
}

// advance moves past the run that ends first, or past both when they end together.
func advance(one, two []run, i, j int) (int, int) {
	endOne, endTwo := int64(math.MaxInt64), int64(math.MaxInt64)
	if i+1 < len(one) {
		endOne = one[i+1].from
	}
	if j+1 < len(two) {
		endTwo = two[j+1].from
	}
	switch {
	case i+1 == len(one) && j+1 == len(two):
		return i + 1, j + 1
	case i+1 == len(one):
		return i, j + 1
	case j+1 == len(two):
		return i + 1, j
	case endOne < endTwo:
		return i + 1, j
	case endTwo < endOne:
		return i, j + 1
	}
	return i + 1, j + 1
}

// runs gives a node's runs over v, a single one when it does not ask for v first.
func (d *diagram) runs(n node, v variable) []run {
	if d.vertices[n].variable != v {
		return []run{{d.lowest[v], n}}
	}
	return d.vertices[n].runs
}

// at gives what is left of a node when v has a value.
func (d *diagram) at(n node, v variable, value int64) node {
	vx := &d.vertices[n]
	if vx.variable != v {
		return n
	}
	i, exact := slices.BinarySearchFunc(vx.runs, value, func(r run, value int64) int {
		switch {
		case r.from < value:
			return -1
		case r.from > value:
			return 1
		}
		return 0
	})
	if !exact {
		i--
	}
	return vx.runs[i].to
}
