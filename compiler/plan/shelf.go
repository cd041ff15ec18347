package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// placed is a rule of a target, of one policy or of both.
type placed struct {
	rule *schema.Rule
	in   side
	// index is its place on the shelf.
	index int32
}

// shelf holds the rules of one target, so that those that may match an access are found without reading the others.
type shelf struct {
	name string
	// target is the target in each policy; one of them may be nil.
	target map[side]*schema.Target
	rules  []placed
	tables finder
	calls  finder
	masks  []placedMask
}

// finder finds rules by the objects that they name.
type finder struct {
	objects objects
	// classes are the objects that rules tell apart, each with the names that it stands for.
	classes []class
	exact   map[string][]int32
	within  map[string][]int32
	any     []int32
}

type class struct {
	object
	// names are all names of the class; only name where it is the rest of something.
	names []string
}

// group is what one target's rules of both policies come from.
type group struct {
	name          string
	target        map[side]*schema.Target
	before, after []*schema.Rule
	// same reports whether a rule means the same in both policies.
	same func(old, new *schema.Rule) bool
}

func (c *conditions) shelve(g group) *shelf {
	sh := &shelf{name: g.name, target: g.target}
	for _, f := range []*finder{&sh.tables, &sh.calls} {
		f.exact, f.within = map[string][]int32{}, map[string][]int32{}
	}
	news := map[string]*schema.Rule{}
	for _, r := range g.after {
		news[r.Address] = r
	}
	for _, r := range g.before {
		if n := news[r.Address]; n != nil && g.same(r, n) {
			sh.put(placed{rule: r, in: both})
			delete(news, r.Address)
			continue
		}
		sh.put(placed{rule: r, in: before})
	}
	for _, address := range slices.Sorted(maps.Keys(news)) {
		sh.put(placed{rule: news[address], in: after})
	}
	c.classify(sh)
	return sh
}

func (sh *shelf) put(p placed) {
	p.index = int32(len(sh.rules))
	sh.rules = append(sh.rules, p)
	if patterns, ok := patternsFor(p.rule, schema.VerbSelect); ok {
		sh.tables.put(patterns, p.index)
	}
	if patterns, ok := patternsFor(p.rule, schema.VerbCall); ok {
		sh.calls.put(patterns, p.index)
	}
}

func (f *finder) put(patterns []string, index int32) {
	f.objects.add(patterns)
	if len(patterns) == 0 {
		f.any = append(f.any, index)
	}
	for _, p := range patterns {
		switch prefix, isSchema := strings.CutSuffix(p, ".*"); {
		case p == anyObject:
			f.any = append(f.any, index)
		case isSchema:
			f.within[prefix] = append(f.within[prefix], index)
		default:
			f.exact[p] = append(f.exact[p], index)
		}
	}
}

// classify finds the classes of objects. Names that the same rules name are one class, unless a condition could tell
// them apart.
func (c *conditions) classify(sh *shelf) {
	apart := map[string]bool{}
	var schemas []string
	looks := false
	for _, p := range sh.rules {
		for _, l := range c.leavesOf(p.rule) {
			switch {
			case l.Form == vocab.FormOneOf && l.Term == factObject:
				for _, name := range l.Values {
					apart[name] = true
				}
			case slices.Contains(l.Facts, factObject):
				looks = true
				if prefix, ok := objectPrefix(l); ok && isSchemaPrefix(prefix) {
					schemas = append(schemas, strings.TrimSuffix(prefix, "."))
				}
			}
		}
	}
	for _, f := range []*finder{&sh.tables, &sh.calls} {
		for name := range apart {
			f.objects.names = append(f.objects.names, name)
		}
		f.objects.schemas = append(f.objects.schemas, schemas...)
		f.objects.settle()
		f.group(apart, looks)
	}
}

func (f *finder) group(apart map[string]bool, looks bool) {
	known := map[string]int{}
	for _, o := range f.objects.list() {
		if !o.exact || looks || apart[o.name] {
			f.classes = append(f.classes, class{o, []string{o.name}})
			continue
		}
		var k strings.Builder
		k.WriteString(o.within)
		for _, index := range f.exact[o.name] {
			k.WriteString(" " + strconv.Itoa(int(index)))
		}
		if i, ok := known[k.String()]; ok {
			f.classes[i].names = append(f.classes[i].names, o.name)
			continue
		}
		known[k.String()] = len(f.classes)
		f.classes = append(f.classes, class{o, []string{o.name}})
	}
}

func (c *conditions) leavesOf(r *schema.Rule) []*vocab.Leaf {
	var out []*vocab.Leaf
	for _, x := range []*schema.Condition{r.When, r.Unless} {
		if x != nil {
			out = append(out, c.logics[logicKey{vocab.Postgres, x.Text}].leaves...)
		}
	}
	return out
}

// finder gives the rules by the objects of a verb.
func (sh *shelf) finder(verb string) *finder {
	if verb == schema.VerbCall {
		return &sh.calls
	}
	return &sh.tables
}

// matching gives the rules whose scopes cover an access, as indexes that rise.
func (sh *shelf) matching(verb string, o object, harmless bool) []int32 {
	if verb == schema.VerbConnect {
		var out []int32
		for _, p := range sh.rules {
			if aboutConnect(p.rule) {
				out = append(out, p.index)
			}
		}
		return out
	}
	f := sh.finder(verb)
	var out []int32
	if o.exact {
		out = append(out, f.exact[o.name]...)
	}
	if o.within != "" {
		out = append(out, f.within[o.within]...)
	}
	if !harmless {
		out = append(out, f.any...)
	}
	out = slices.DeleteFunc(out, func(i int32) bool { return !about(sh.rules[i].rule, verb) })
	slices.Sort(out)
	return slices.Compact(out)
}

// cell is a set of accesses on one target that the scopes of all rules treat alike.
type cell struct {
	shelf *shelf
	verb  string
	// verbs are all verbs that rules treat as they treat verb.
	verbs    []string
	class    class
	harmless bool
}

// place gives where conditions are asked in a policy.
func (k cell) place(in side, effect schema.Effect) place {
	if in == both {
		in = before
		if k.shelf.target[before] == nil {
			in = after
		}
	}
	p := place{target: k.shelf.target[in], verb: k.verb, object: k.class.object}
	if k.verb == schema.VerbConnect {
		p.opening = openingOther
		if effect == schema.Allow {
			p.opening = openingAllow
		}
	}
	return p
}

// noObject is the object of verbs that have none.
var noObject = class{object{exact: true}, []string{""}}

// cells gives the accesses that some of the rules match, each set once.
func (c *conditions) cells(sh *shelf, some func(*placed) bool) []cell {
	verbs := c.verbs(sh)
	var out []cell
	seen := map[string]bool{}
	add := func(k cell) {
		id := key(k.verb, k.class.name, strconv.FormatBool(k.harmless))
		if !seen[id] {
			seen[id] = true
			out = append(out, k)
		}
	}
	for i := range sh.rules {
		if p := &sh.rules[i]; some(p) {
			sh.cellsOf(p.rule, verbs, add)
		}
	}
	return out
}

func (sh *shelf) cellsOf(r *schema.Rule, verbs [][]string, add func(cell)) {
	if aboutConnect(r) {
		add(cell{shelf: sh, verb: schema.VerbConnect, verbs: []string{schema.VerbConnect}, class: noObject})
	}
	for _, alike := range verbs {
		verb := alike[0]
		patterns, ok := patternsFor(r, verb)
		if verb == schema.VerbConnect || !ok || !about(r, verb) {
			continue
		}
		if verb == schema.VerbOpaque {
			if any, _ := covers(patterns, noObject.object); any {
				add(cell{shelf: sh, verb: verb, verbs: alike, class: noObject})
			}
			continue
		}
		for _, o := range sh.finder(verb).classes {
			any, named := covers(patterns, o.object)
			if any || named {
				add(cell{shelf: sh, verb: verb, verbs: alike, class: o})
			}
			if verbs := harmlessVerbs(alike, o.object); named && len(verbs) > 0 {
				add(cell{shelf: sh, verb: verbs[0], verbs: verbs, class: o, harmless: true})
			}
		}
	}
}

// harmlessVerbs gives the verbs by which an access may need no allow: reading the system's relations, and setting what
// has no schema or begins as the planner's settings do.
func harmlessVerbs(verbs []string, o object) []string {
	only := schema.VerbSet
	switch {
	case slices.Contains(systemSchemas, o.within):
		only = schema.VerbSelect
	case o.within != "" && !strings.HasPrefix(o.within, "enable_"):
		return nil
	}
	if slices.Contains(verbs, only) {
		return []string{only}
	}
	return nil
}

// verbs puts the verbs together that all rules treat alike. Those with a meaning of their own stand alone, and so do all
// where a condition asks for the verb.
func (c *conditions) verbs(sh *shelf) [][]string {
	alone := []string{schema.VerbCall, schema.VerbConnect, schema.VerbOpaque}
	for _, p := range sh.rules {
		for _, l := range c.leavesOf(p.rule) {
			if slices.Contains(l.Facts, factVerb) || slices.Contains(l.Facts, "access") {
				alone = schema.PostgresVerbs
			}
		}
	}
	var out [][]string
	known := map[string]int{}
	for _, verb := range schema.PostgresVerbs {
		var k strings.Builder
		if slices.Contains(alone, verb) {
			k.WriteString(verb)
		} else {
			for _, p := range sh.rules {
				k.WriteByte('0' + map[bool]byte{true: 1}[about(p.rule, verb)])
			}
		}
		if i, ok := known[k.String()]; ok {
			out[i] = append(out[i], verb)
			continue
		}
		known[k.String()] = len(out)
		out = append(out, []string{verb})
	}
	return out
}
