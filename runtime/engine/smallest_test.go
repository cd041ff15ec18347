package engine_test

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/schema"
	"pgregory.net/rapid"
)

// value is what a part of a condition comes to.
type value uint8

const (
	no value = iota
	yes
	fails
)

// formula is a condition as the test knows it, beside the text that the engine gets.
type formula struct {
	op   string
	args []*formula
	term string
}

func (f *formula) String() string {
	switch f.op {
	case "!":
		return "!(" + f.args[0].String() + ")"
	case "?":
		return fmt.Sprintf("((%s) ? (%s) : (%s))", f.args[0], f.args[1], f.args[2])
	case "":
		return f.term
	}
	return fmt.Sprintf("((%s) %s (%s))", f.args[0], f.op, f.args[1])
}

func (f *formula) eval(of func(term string) value) value {
	if f.op == "" {
		return of(f.term)
	}
	one := f.args[0].eval(of)
	if f.op == "!" {
		return [...]value{no: yes, yes: no, fails: fails}[one]
	}
	if f.op == "?" {
		if one == fails {
			return fails
		}
		return f.args[2-one].eval(of)
	}
	two, deciding := f.args[1].eval(of), no
	if f.op == "||" {
		deciding = yes
	}
	switch {
	case one == deciding || two == deciding:
		return deciding
	case one == fails || two == fails:
		return fails
	}
	return one
}

func (f *formula) terms() []string {
	if f == nil {
		return nil
	}
	if f.op == "" {
		return []string{f.term}
	}
	var out []string
	for _, arg := range f.args {
		out = append(out, arg.terms()...)
	}
	return out
}

func drawFormula(t *rapid.T, terms []string, depth int) *formula {
	ops := []string{"", "", "&&", "||", "!", "?"}
	if depth == 0 {
		ops = ops[:1]
	}
	f := &formula{op: rapid.SampledFrom(ops).Draw(t, "op")}
	for range map[string]int{"&&": 2, "||": 2, "!": 1, "?": 3}[f.op] {
		f.args = append(f.args, drawFormula(t, terms, depth-1))
	}
	if f.op == "" {
		f.term = rapid.SampledFrom(terms).Draw(t, "term")
	}
	return f
}

// subject is one rule at one access, or one mask, as a formula over named atoms.
type subject struct {
	rule         *schema.Rule
	mask         *schema.Mask
	access       int
	scopes       []string
	when, unless *formula
	// of gives the name of a term's atom.
	of func(term string) string
}

func (s *subject) atoms() []string {
	out := slices.Clone(s.scopes)
	for _, term := range append(s.when.terms(), s.unless.terms()...) {
		out = append(out, s.of(term))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *subject) matches(world map[string]value) bool {
	for _, scope := range s.scopes {
		if world[scope] != yes {
			return false
		}
	}
	ask := func(f *formula, none value) value {
		if f == nil {
			return none
		}
		return f.eval(func(term string) value { return world[s.of(term)] })
	}
	when, unless := ask(s.when, yes), ask(s.unless, no)
	strict := s.mask != nil || s.rule.Effect != schema.Allow
	switch {
	case s.mask != nil:
		return when != no && unless != yes
	case when == no, when == yes && unless == yes:
		return false
	}
	return when == yes && unless == no || strict
}

// forced reports whether the atoms of a set alone make the subject match, or not.
func (s *subject) forced(world map[string]value, set map[string]bool, want bool) bool {
	free := slices.DeleteFunc(s.atoms(), func(a string) bool { return set[a] })
	other := map[string]value{}
	for _, a := range s.atoms() {
		other[a] = world[a]
	}
	var all func([]string) bool
	all = func(free []string) bool {
		if len(free) == 0 {
			return s.matches(other) == want
		}
		for _, v := range []value{no, yes, fails} {
			if v == fails && !strings.HasPrefix(free[0], "term ") {
				continue
			}
			if other[free[0]] = v; !all(free[1:]) {
				return false
			}
		}
		return true
	}
	return all(free)
}

// universe is a small policy with a request, taken apart.
type universe struct {
	bundle   *schema.Bundle
	action   *schema.Action
	subjects []*subject
	world    map[string]value
}

var smallTerms = []string{`sql.limit > 10`, `sql.has_limit`, `"g1" in principal.groups`, `target.labels["x"] == "y"`}

func drawUniverse(t *rapid.T) *universe {
	u := &universe{bundle: &schema.Bundle{}, world: map[string]value{}}
	u.action = act(on("select", "public.a"))
	if rapid.Bool().Draw(t, "two accesses") {
		u.action = act(on("select", "public.a"), on("delete", "public.b"))
	}
	u.action.Principal.Groups = rapid.SampledFrom([][]string{{"app"}, {"g1"}, {"app", "g1"}}).Draw(t, "groups")
	u.action.SQL.Limit, u.action.SQL.HasLimit = rapid.SampledFrom([]int64{5, 50}).Draw(t, "limit"), rapid.Bool().Draw(t, "has limit")
	if rapid.Bool().Draw(t, "use") {
		u.action.Uses = []schema.Use{{Place: schema.PlacePredicate, Columns: []string{"public.a.pan"}}}
	}
	if rapid.Bool().Draw(t, "open") { // so that not nearly all is denied
		broad := rule(schema.Allow, "open", nil)
		u.bundle.Rules = append(u.bundle.Rules, broad)
		for i := range u.action.Accesses {
			u.add(&subject{rule: &broad, access: i})
		}
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "rules") {
		u.drawRule(t, fmt.Sprintf("r%d", i))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "masks") {
		u.drawMask(t, fmt.Sprintf("m%d", i))
	}
	return u
}

func (u *universe) drawRule(t *rapid.T, name string) {
	effect := rapid.SampledFrom([]schema.Effect{schema.Deny, schema.Approve, schema.Allow, schema.Allow}).Draw(t, "effect")
	r := rule(effect, name, func(r *schema.Rule) {
		r.Groups = rapid.SampledFrom([][]string{nil, {"app"}, {"g1"}}).Draw(t, "in groups")
		r.Verbs = rapid.SampledFrom([][]string{nil, {"select"}, {"delete"}, {"select", "delete"}}).Draw(t, "verbs")
		r.Tables = rapid.SampledFrom([][]string{nil, {"public.a"}, {"public.b"}}).Draw(t, "tables")
		if r.Effect == schema.Approve {
			r.Route = rapid.SampledFrom([]string{"dba", "sre"}).Draw(t, "route")
		}
	})
	terms := append(slices.Clone(smallTerms), `access.object == "public.a"`)
	var w, n *formula
	if rapid.Bool().Draw(t, "has when") {
		w = drawFormula(t, terms, 2)
		r.When = when(w.String())
	}
	if rapid.Bool().Draw(t, "has unless") {
		n = drawFormula(t, terms, 1)
		r.Unless = when(n.String())
	}
	u.bundle.Rules = append(u.bundle.Rules, r)
	for i, access := range u.action.Accesses {
		s := &subject{rule: &r, access: i, when: w, unless: n}
		name := access.Verb + " " + access.Object
		s.of = func(term string) string {
			if strings.HasPrefix(term, "access") {
				return "term " + term + "@" + name
			}
			return "term " + term
		}
		s.scope(u, "groups", r.Groups, "", slices.ContainsFunc(r.Groups, func(g string) bool { return slices.Contains(u.action.Principal.Groups, g) }))
		s.scope(u, "verbs", r.Verbs, "@"+name, slices.Contains(r.Verbs, access.Verb))
		s.scope(u, "tables", r.Tables, "@"+name, slices.Contains(r.Tables, access.Object))
		u.add(s)
	}
}

func (u *universe) drawMask(t *rapid.T, name string) {
	if len(u.bundle.Classes) == 0 {
		u.bundle.Classes = []schema.Class{{Name: "pan", Targets: []string{"db"}, Columns: []string{"public.a.pan"}}}
	}
	m := schema.Mask{Address: "mask." + name, Classes: []string{"pan"}, With: schema.TransformNull}
	m.Groups = rapid.SampledFrom([][]string{nil, {"app"}, {"g1"}}).Draw(t, "masked groups")
	w := drawFormula(t, smallTerms, 1)
	m.Unless = when(w.String())
	u.bundle.Masks = append(u.bundle.Masks, m)
	s := &subject{mask: &m, access: -1, unless: w, of: func(term string) string { return "term " + term }}
	s.scope(u, "groups", m.Groups, "", slices.ContainsFunc(m.Groups, func(g string) bool { return slices.Contains(u.action.Principal.Groups, g) }))
	u.add(s)
}

func (s *subject) scope(u *universe, part string, list []string, access string, holds bool) {
	if len(list) == 0 {
		return
	}
	name := part + ` ["` + strings.Join(list, `", "`) + `"]` + access
	s.scopes = append(s.scopes, name)
	u.world[name] = map[bool]value{true: yes}[holds]
}

func (u *universe) add(s *subject) {
	of := func(b bool) value { return map[bool]value{true: yes}[b] }
	for _, name := range s.atoms() {
		term, _, _ := strings.Cut(strings.TrimPrefix(name, "term "), "@")
		switch term {
		case `sql.limit > 10`:
			u.world[name] = of(u.action.SQL.Limit > 10)
		case `sql.has_limit`:
			u.world[name] = of(u.action.SQL.HasLimit)
		case `"g1" in principal.groups`:
			u.world[name] = of(slices.Contains(u.action.Principal.Groups, "g1"))
		case `target.labels["x"] == "y"`:
			u.world[name] = fails
		case `access.object == "public.a"`:
			u.world[name] = of(strings.HasSuffix(name, "@select public.a"))
		}
	}
	u.subjects = append(u.subjects, s)
}

// shows reports whether a set of atoms shows the decision.
func (u *universe) shows(d *schema.Decision, set map[string]bool) bool {
	some := func(of func(*subject) bool) bool {
		return slices.ContainsFunc(u.subjects, func(s *subject) bool { return of(s) && s.forced(u.world, set, true) })
	}
	none := func(of func(*subject) bool) bool {
		return !slices.ContainsFunc(u.subjects, func(s *subject) bool { return of(s) && !s.forced(u.world, set, false) })
	}
	effect := func(e schema.Effect, access int) func(*subject) bool {
		return func(s *subject) bool {
			return s.rule != nil && s.rule.Effect == e && (access < 0 || s.access == access)
		}
	}
	if d.Effect == schema.Deny {
		switch kind, _, _ := strings.Cut(strings.Join(d.Rules, " ")+".", "."); kind {
		case "deny":
			return some(effect(schema.Deny, -1))
		case "mask":
			return some(func(s *subject) bool { return s.mask != nil && slices.Contains(d.Rules, s.mask.Address) })
		case "approve":
			byRoute := func(route string) bool {
				return some(func(s *subject) bool { return effect(schema.Approve, -1)(s) && s.rule.Route == route })
			}
			return byRoute("dba") && byRoute("sre")
		}
		i := slices.IndexFunc(u.action.Accesses, func(a schema.Access) bool { return a.Verb == d.Denied.Verb })
		return none(effect(schema.Allow, i))
	}
	if d.Effect == schema.Approve && !some(effect(schema.Approve, -1)) {
		return false
	}
	for i := range u.action.Accesses {
		if !some(effect(schema.Allow, i)) {
			return false
		}
	}
	return none(effect(schema.Deny, -1)) &&
		none(func(s *subject) bool { return effect(schema.Approve, -1)(s) && s.rule.Route != d.Route }) &&
		none(func(s *subject) bool { return s.mask != nil && len(u.action.Uses) > 0 })
}

// smallest gives the size of the smallest set that shows the decision, of all there are.
func (u *universe) smallest(d *schema.Decision, most int) int {
	var atoms []string
	for _, s := range u.subjects {
		atoms = append(atoms, s.atoms()...)
	}
	slices.Sort(atoms)
	atoms = slices.Compact(atoms)
	for size := range most {
		for bitsOf := range uint(1) << len(atoms) {
			if bits.OnesCount(bitsOf) != size {
				continue
			}
			set := map[string]bool{}
			for i, a := range atoms {
				if bitsOf>>i&1 == 1 {
					set[a] = true
				}
			}
			if u.shows(d, set) {
				return size
			}
		}
	}
	return most
}

// TestTheReasonIsTheSmallest: of all sets of scopes and terms, none that shows the decision is smaller than the one that is
// told, and that one does show it.
func TestTheReasonIsTheSmallest(t *testing.T) {
	effects := map[schema.Effect]int{}
	rapid.Check(t, func(rt *rapid.T) {
		u := drawUniverse(rt)
		e := newEngine(t, u.bundle)
		d, x := decide(e, u.action), e.Explainer().Explain(u.action, nil)
		set := map[string]bool{}
		for _, r := range x.Because {
			for _, p := range r.Parts {
				name := p.Part + " " + p.Text
				if p.Access != "" {
					name += "@" + p.Access
				}
				if _, known := u.world[name]; !known {
					rt.Fatalf("an atom of no rule: %q", name)
				}
				set[name] = true
			}
		}
		effects[d.Effect]++
		if !u.shows(&d, set) {
			rt.Fatalf("%s by %v is not shown by %v", d.Effect, d.Rules, set)
		}
		if least := u.smallest(&d, len(set)); least < len(set) {
			rt.Fatalf("%s by %v is told by %d atoms, and %d would do: %v", d.Effect, d.Rules, len(set), least, set)
		}
	})
	t.Logf("%v", effects)
}
