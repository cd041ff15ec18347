package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Atom is one thing that a decision hangs on: a scope or a term of a condition, and whether it holds.
type Atom struct {
	// Part is groups, verbs, tables or functions, or term for a part of a condition.
	Part string `json:"-"`
	// Text is the scope as it is written, or the term as CEL.
	Text string `json:"text"`
	// Access is the access that it is asked of, as "verb object"; empty when it is asked of the whole statement.
	Access string `json:"access,omitempty"`
	// Value is "true", "false" or, when it has no value, "error".
	Value string `json:"value"`
	// Facts are the facts that a term asks for.
	Facts []schema.Term `json:"facts,omitempty"`
	// List is a scope as a list, Leaves the questions of a term.
	List   []string      `json:"-"`
	Leaves []*vocab.Leaf `json:"-"`

	truth vocab.Truth
}

func (a *Atom) key() string { return a.Part + "\x00" + a.Text + "\x00" + a.Access }

// atoms are those of one action, each once: rules share their terms.
type atoms struct {
	s      *scratch
	valuer *vocab.Valuer
	byKey  map[string]*Atom
}

func (a *atoms) one(atom Atom) *Atom {
	switch atom.truth {
	case vocab.True:
		atom.Value = "true"
	case vocab.False:
		atom.Value = "false"
	default:
		atom.Value = "error"
	}
	if known := a.byKey[atom.key()]; known != nil {
		return known
	}
	a.byKey[atom.key()] = &atom
	return &atom
}

func truthOf(b bool) vocab.Truth {
	if b {
		return vocab.True
	}
	return vocab.False
}

// match is whether one rule matches one access, or one mask stands, as a formula over atoms.
type match struct {
	address string
	effect  schema.Effect
	route   string
	rng     schema.Range
	// scopes must all hold.
	scopes []*Atom
	// when and unless are nil where there is none; terms gives the atoms of theirs.
	when, unless *vocab.Valued
	terms        map[*vocab.Valued]*Atom
	// ranges are where when and unless are written.
	ranges map[string]schema.Range
	// strict says that a condition without a value makes it match, mask that a mask's conditions are asked one by one.
	strict, mask bool
}

// ruleMatch takes apart how a rule looks at an access.
func (a *atoms) ruleMatch(r *rule, access *schema.Access) *match {
	m := &match{
		address: r.Address, effect: r.Effect, route: r.Route, rng: r.Range, terms: map[*vocab.Valued]*Atom{}, ranges: map[string]schema.Range{},
		strict: r.Effect != schema.Allow,
	}
	if len(r.Groups) > 0 {
		m.scopes = append(m.scopes, a.groups(r.Groups))
	}
	name := strings.TrimSuffix(access.Verb+" "+access.Object, " ")
	if atom := a.verbs(r, access, name); atom != nil {
		m.scopes = append(m.scopes, atom)
	}
	if atom := a.objects(r, access, name); atom != nil {
		m.scopes = append(m.scopes, atom)
	}
	a.s.bind()
	a.s.binding.SetAccess(access)
	a.conditions(m, r.when, r.unless, r.When, r.Unless, name)
	return m
}

// maskMatch takes apart why a mask stands.
func (a *atoms) maskMatch(k *mask) *match {
	m := &match{address: k.Address, rng: k.Range, terms: map[*vocab.Valued]*Atom{}, ranges: map[string]schema.Range{}, strict: true, mask: true}
	if len(k.Groups) > 0 {
		m.scopes = append(m.scopes, a.groups(k.Groups))
	}
	a.s.bind()
	a.conditions(m, k.when, k.unless, k.When, k.Unless, "")
	return m
}

func (a *atoms) groups(groups []string) *Atom {
	return a.one(Atom{
		Part: "groups", Text: quoted(groups), List: groups, truth: truthOf(a.s.inGroups(groups)),
		Facts: []schema.Term{{Text: "principal.groups", Value: quoted(a.s.action.Principal.Groups)}},
	})
}

// verbs is the scope of verbs; nil where the rule names none and the verb is among those that this means.
func (a *atoms) verbs(r *rule, access *schema.Access, name string) *Atom {
	has, text := r.verbs&verbBit(access.Verb) != 0, quoted(r.Verbs)
	if len(r.Verbs) == 0 {
		if has {
			return nil
		}
		text = "every verb but " + access.Verb
	}
	return a.one(Atom{Part: "verbs", Text: text, List: r.Verbs, Access: name, truth: truthOf(has)})
}

// objects is the scope of tables or functions; nil where the rule covers every object of the access's kind.
func (a *atoms) objects(r *rule, access *schema.Access, name string) *Atom {
	part, list := "tables", r.Tables
	if access.Verb == schema.VerbCall {
		part, list = "functions", r.Functions
	}
	covers := r.covers(access)
	if covers && len(list) == 0 {
		return nil
	}
	text := quoted(list)
	if len(list) == 0 {
		text = "no " + part + " are named"
	}
	return a.one(Atom{Part: part, Text: text, List: list, Access: name, truth: truthOf(covers)})
}

func (a *atoms) conditions(m *match, when, unless condition, writtenWhen, writtenUnless *schema.Condition, access string) {
	take := func(part string, c condition, written *schema.Condition) *vocab.Valued {
		if c.checked == nil {
			return nil
		}
		m.ranges[part] = written.Range
		logic := a.valuer.Valued(c.checked, a.s.binding)
		for _, term := range logic.Terms() {
			atom := Atom{Part: "term", Text: term.Text, truth: term.Value, Facts: term.Facts, Leaves: term.Leaves}
			if term.OfAccess {
				atom.Access = access
			}
			m.terms[term] = a.one(atom)
		}
		return logic
	}
	m.when, m.unless = take("when", when, writtenWhen), take("unless", unless, writtenUnless)
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// part names where an atom of the match stands, and gives the place of what was written there.
func (m *match) part(a *Atom) (string, schema.Range) {
	if a.Part != "term" {
		return a.Part, m.rng
	}
	if m.when != nil {
		for _, term := range m.when.Terms() {
			if m.terms[term] == a {
				return "when", m.ranges["when"]
			}
		}
	}
	return "unless", m.ranges["unless"]
}

// all lists the match's atoms, scopes first.
func (m *match) all() []*Atom {
	list := slices.Clone(m.scopes)
	for _, logic := range []*vocab.Valued{m.when, m.unless} {
		if logic == nil {
			continue
		}
		for _, term := range logic.Terms() {
			if atom := m.terms[term]; !slices.Contains(list, atom) {
				list = append(list, atom)
			}
		}
	}
	return list
}

// possible gives whether the rule may match and may not, when each atom has what of says.
func (m *match) possible(of func(*Atom) vocab.Truth) (yes, no bool) {
	yes = true
	for _, atom := range m.scopes {
		truth := of(atom)
		yes, no = yes && truth&vocab.True != 0, no || truth&^vocab.True != 0
	}
	side := func(l *vocab.Valued, none vocab.Truth) vocab.Truth {
		if l == nil {
			return none
		}
		return l.Possible(func(term *vocab.Valued) vocab.Truth { return of(m.terms[term]) })
	}
	when, unless := side(m.when, vocab.True), side(m.unless, vocab.False)
	holds, not := false, false
	for _, w := range outcomes {
		for _, u := range outcomes {
			if when&w == 0 || unless&u == 0 {
				continue
			}
			if m.holds(w, u) {
				holds = true
			} else {
				not = true
			}
		}
	}
	return yes && holds, no || not
}

var outcomes = []vocab.Truth{vocab.True, vocab.False, vocab.Failed}

// holds is what scratch.holds and scratch.stands do with the values of both conditions.
func (m *match) holds(when, unless vocab.Truth) bool {
	failed := when == vocab.Failed
	switch {
	case m.mask:
		return when != vocab.False && unless != vocab.True
	case when == vocab.False, unless == vocab.True && !failed:
		return false
	}
	return !failed && unless != vocab.Failed || m.strict
}

// failing counts the scopes that keep a rule from matching.
func (m *match) failing() int {
	n := 0
	for _, atom := range m.scopes {
		if atom.truth != vocab.True {
			n++
		}
	}
	return n
}

// actual is the value that an atom has.
func actual(a *Atom) vocab.Truth { return a.truth }

func (m *match) matches() bool {
	yes, _ := m.possible(actual)
	return yes
}
