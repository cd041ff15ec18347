package plan

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// Status says what became of the proof of an invariant.
type Status string

const (
	Holds   Status = "proved"
	Refuted Status = "refuted"
	Unknown Status = "undecided"
)

// Proof is an invariant and whether it holds.
type Proof struct {
	Name   string       `json:"name"`
	Never  string       `json:"never"`
	Status Status       `json:"status"`
	Range  schema.Range `json:"range"`
	// Through are the calls of modules that lead to it, innermost first.
	Through []schema.Call `json:"through,omitempty"`
	// Vacuous is set for one that is proved because it is about no request.
	Vacuous bool `json:"vacuous,omitempty"`
	// Reason says why it is undecided or vacuous, or what the proof rests on; Hint is the way out of what is undecided.
	Reason string `json:"reason,omitempty"`
	Hint   string `json:"hint,omitempty"`
	// Witness is a request that breaks it, decided by the policy's engine; for an undecided one, a request that may.
	Witness *Witness `json:"witness,omitempty"`
}

// Prove takes invariants to every request of one policy. Accesses that need no rule do not count. A budget of zero is
// DefaultBudget for each of them.
func Prove(s Side, invariants []schema.Invariant, budget int) ([]Proof, error) {
	if budget == 0 {
		budget = DefaultBudget
	}
	proofs := []Proof{}
	for i := range invariants {
		p, err := prove(s, &invariants[i], budget)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, p)
	}
	return proofs, nil
}

// prover is the state of one proof: the policy stands in for both sides, and an outcome that must not be is a change.
type prover struct {
	*comparison
	invariant *schema.Invariant
	proof     Proof
	maybe     *Witness
	// through is a way that something else than the column's own table may open, and why says what, hint what to do.
	through   *Witness
	why, hint string
	// rests are the targets whose structure the proof rests on.
	rests []string
	tries int
	// met is set when some request meets the invariant's words.
	met bool
}

func prove(s Side, i *schema.Invariant, budget int) (Proof, error) {
	p := newPolicy(s.Bundle)
	x := &comparison{old: p, new: p, from: s, to: s, report: &Report{}, changes: map[string]*Change{}, gains: newGains(), possible: yes}
	for name := range p.issuers {
		x.issuers = append(x.issuers, name)
	}
	slices.Sort(x.issuers)
	c, err := newConditions(budget, x.issuers)
	if err != nil {
		return Proof{}, err
	}
	x.conditions = c
	if _, err := x.read(kindRule, i.When.Text); err != nil {
		return Proof{}, err
	}
	if err := x.readAll(s.Bundle); err != nil {
		return Proof{}, err
	}
	x.listGroups(s.Bundle)
	if err := x.identity(); err != nil {
		return Proof{}, err
	}
	x.routes = number(p, p)
	v := &prover{comparison: x, invariant: i, proof: Proof{Name: i.Name, Never: i.Never, Range: i.Range, Through: i.Through, Status: Holds}}
	v.run()
	return v.proof, nil
}

func (v *prover) run() {
	rules := rulesByTarget(v.old.bundle)
	for i := range v.old.bundle.Targets {
		t := &v.old.bundle.Targets[i]
		g := group{name: t.Name, target: map[side]*schema.Target{before: t, after: t}}
		g.before = slices.DeleteFunc(slices.Clone(rules[t.Name]), func(r *schema.Rule) bool { return r.Mode == schema.DryRun })
		g.after, g.same = g.before, func(_, _ *schema.Rule) bool { return true }
		// The invariant's own words tell objects and verbs apart too.
		words := &schema.Rule{Effect: schema.Deny, When: &v.invariant.When, Groups: []string{}, Verbs: []string{"*"}}
		g.before = append(g.before, words)
		sh := v.shelve(g)
		sh.rules[len(sh.rules)-1].rule = words
		v.placeMasks(sh, false)
		v.target(sh, words)
		if v.settled() {
			break
		}
	}
	switch {
	case v.proof.Status == Refuted:
	case v.d.spent:
		v.proof.Status, v.proof.Reason = Unknown, "the diagrams took more than the budget"
	case v.maybe != nil:
		v.proof.Status, v.proof.Witness = Unknown, v.maybe
		v.proof.Reason = "the conditions may allow it, but no request was found that shows it"
	case v.through != nil:
		v.proof.Status, v.proof.Witness = Unknown, v.through
		v.proof.Reason, v.proof.Hint = v.why, v.hint
	case !v.met:
		v.proof.Vacuous, v.proof.Reason = true, "it is about no request: "+v.missing()
	case len(v.rests) > 0:
		v.proof.Reason = "it rests on the relations that the catalog of " + strings.Join(v.rests, ", ") + " has"
	}
}

// target looks at every access that a rule of the target may allow.
func (v *prover) target(sh *shelf, words *schema.Rule) {
	v.meet(sh, words)
	cells := v.cells(sh, func(p *placed) bool { return p.rule.Effect == schema.Allow })
	if v.invariant.Never == schema.NeverUnmasked {
		v.unmasked(sh, cells, words)
		return
	}
	for _, k := range cells {
		if k.harmless || v.settled() {
			continue
		}
		items, gate := v.asks(sh, k, words)
		v.lookAt(k, v.invariant.Never, items, gate, nil, nil)
	}
}

// lookAt looks at all rules of a cell together and, where a share of the budget does not reach for that, at one allow
// after the other: beside an allow that stands, other allows do not matter.
func (v *prover) lookAt(k cell, what string, items []item, gate node, prepare func(*draft), requests func(*schema.Action) []schema.Action) {
	judge := &never{effects: *v.effects(k), what: what}
	if v.share(func() { v.look(k, judge, items, gate, prepare, requests) }) || v.d.spent {
		return
	}
	isAllow := func(i item) bool { return i.what == itemAllow }
	rest := slices.DeleteFunc(slices.Clone(items), isAllow)
	for _, i := range items {
		if at := v.d.and(gate, i.when); isAllow(i) && at != no && !v.settled() {
			v.look(k, judge, append(slices.Clone(rest), item{itemAllow, both, yes}), at, prepare, requests)
		}
	}
}

// missing says what there is none of.
func (v *prover) missing() string {
	if v.invariant.Never == schema.NeverUnmasked && !slices.ContainsFunc(v.old.bundle.Classes, func(k schema.Class) bool { return len(k.Columns) > 0 }) {
		return "no class has columns"
	}
	return "its when is false for all of them"
}

// meet finds out whether some access of a target meets the invariant's words, whatever rules say of it.
func (v *prover) meet(sh *shelf, words *schema.Rule) {
	if v.invariant.Never == schema.NeverUnmasked && len(classed(sh.name, v.old, v.new)) == 1 { // everything alone
		return
	}
	for _, k := range v.cells(sh, func(p *placed) bool { return p.rule == words }) {
		if v.met = v.met || v.gate(k, words) != no; v.met {
			return
		}
	}
}

func (v *prover) settled() bool { return v.proof.Status == Refuted || v.d.spent }

// asks gives the items of a cell, and where the invariant is about it.
func (v *prover) asks(sh *shelf, k cell, words *schema.Rule) ([]item, node) {
	own := int32(len(sh.rules) - 1)
	indexes := slices.DeleteFunc(sh.matching(k.verb, k.class.object, false), func(i int32) bool { return i == own })
	return v.items(k, indexes), v.gate(k, words)
}

// gate gives where the invariant's words may be true, or have no value.
func (v *prover) gate(k cell, words *schema.Rule) node {
	at := k.place(both, schema.Deny)
	if k.verb == schema.VerbConnect {
		at.opening = openingAsked
	}
	return v.d.and(v.d.not(v.truth(kindRule, words.When.Text, at).f), v.possible)
}

// never judges one policy: the outcome that must not be counts as looser.
type never struct {
	effects
	what string
}

func (n *never) possible(items []item) change {
	rules, masks := split(items)
	p := n.power(rules, before)
	if p.denied || !p.mayAllow {
		return 0
	}
	stands := func(i item) bool { return i.when == yes }
	approves := func(i item) bool { return i.what >= itemRoute }
	switch n.what {
	case schema.NeverAllow:
		if slices.ContainsFunc(rules, func(i item) bool { return approves(i) && stands(i) }) {
			return 0
		}
	case schema.NeverApprove:
		if !slices.ContainsFunc(rules, approves) {
			return 0
		}
	default:
		if slices.ContainsFunc(masks, stands) {
			return 0
		}
	}
	return looser
}

func (n *never) reduce(items []item) []item {
	rules, masks := split(items)
	return append(n.effects.reduce(slices.Clone(rules)), masks...)
}

func (n *never) outcome(items []item) change {
	rules, masks := split(items)
	got := n.decide(rules, before).effect.String()
	switch {
	case n.what == schema.NeverUnmasked && got != schema.Deny.String() && len(masks) == 0, n.what == got:
		return looser
	}
	return 0
}

// look searches a cell for a request that gets what must not be. prepare completes it, and requests gives the statements
// that it may be made by; either may be nil.
func (v *prover) look(k cell, judge judge, items []item, gate node, prepare func(*draft), requests func(*schema.Action) []schema.Action) {
	accept := func(path []choice, _ change) change {
		d := v.draft(path, k.verb, k.class.name, k.shelf.name, v.issuers)
		if prepare != nil {
			prepare(d)
		}
		if w := v.request(d, k, requests); w != nil {
			v.proof.Status, v.proof.Witness = Refuted, w
			return looser
		}
		if v.tries++; v.maybe == nil {
			v.maybe = witness(d, nil, looser, nil, nil)
		}
		return map[bool]change{true: looser}[v.tries%maxAttempts == 0]
	}
	s := &search{d: v.d, judge: judge, want: looser, gate: gate, accept: accept}
	s.run(items)
}

// request finds a request that the engine decides as must not be; nil when none is found.
func (v *prover) request(d *draft, k cell, requests func(*schema.Action) []schema.Action) *Witness {
	var w *Witness
	d.try(func(a *schema.Action) bool {
		tried := []schema.Action{*a}
		if requests != nil {
			tried = requests(a)
		}
		for i := range tried {
			b := &tried[i]
			o := v.from.outcome(v.old, b)
			if v.breaks(b, &o) && v.asked(k, b) {
				w = witness(d, b, looser, nil, &o)
				w.SQL = b.Text
				return true
			}
		}
		return false
	})
	return w
}

// breaks reports whether the engine's own outcome is the one that must not be.
func (v *prover) breaks(a *schema.Action, o *Outcome) bool {
	if v.invariant.Never != schema.NeverUnmasked {
		return o.Decision == v.invariant.Never
	}
	return o.effect != schema.Deny && len(a.Outputs) > 0 && o.masks[a.Outputs[0].Name].With == schema.TransformNone
}

// asked reports whether the invariant is about the request: a condition without a value counts as true.
func (v *prover) asked(k cell, a *schema.Action) bool {
	_, program, err := v.vocabularies[kindRule].Load(v.invariant.When.Text, 0)
	if err != nil {
		return false
	}
	v.binding.Bind(a, k.shelf.target[before])
	v.binding.SetAccess(&a.Accesses[0])
	value, err := program.Bool(v.binding)
	return value || err != nil
}
