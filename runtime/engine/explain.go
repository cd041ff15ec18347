package engine

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Explanation says what forced a decision, and what would have to differ for another one.
type Explanation struct {
	Effect  schema.Effect `json:"effect"`
	Message string        `json:"message,omitempty"`
	// Rules are the addresses that the decision names.
	Rules []string `json:"rules"`
	// Because is a reason of the fewest atoms: whatever all others were, each rule and mask in it would match, or not, as
	// it says, and with that the effect is settled.
	Because []Reason `json:"because"`
	// Masked are the reasons for which output columns are masked, one for each mask that does so.
	Masked []Reason `json:"masked,omitempty"`
	// Otherwise are the nearest ways to another effect, nearest first.
	Otherwise []Alternative `json:"otherwise"`
}

// Reason is that a rule matches an access or does not, or that a mask stands, and the atoms that force it.
type Reason struct {
	Rule    string       `json:"rule"`
	Range   schema.Range `json:"range"`
	Access  string       `json:"access,omitempty"`
	Matches bool         `json:"matches"`
	Parts   []Part       `json:"parts"`
	// Columns are, of a mask, the names of the output columns.
	Columns []string `json:"columns,omitempty"`
}

// Part is an atom where a rule has it.
type Part struct {
	// In is groups, verbs, tables, functions, when or unless.
	In    string       `json:"in"`
	Range schema.Range `json:"range"`
	*Atom
}

// Explainer explains decisions of one engine, one after another, and keeps what it has compiled of the conditions. It is
// for one goroutine.
type Explainer struct {
	engine *Engine
	valuer *vocab.Valuer
}

// Explainer gives one that has compiled nothing yet.
func (e *Engine) Explainer() *Explainer { return &Explainer{engine: e, valuer: vocab.NewValuer()} }

// Explain decides the action and says why. It is for the person who asks, not for the path that decides. An action that
// opens a session has no explanation, and neither has one on a target that is not there: it gives nil. Without variants,
// nothing is said of what would have to differ.
func (x *Explainer) Explain(a *schema.Action, variants Variants) *Explanation {
	e := x.engine
	t := e.targets[a.Target]
	if t == nil || t.schema.Protocol != a.Protocol || a.Principal == nil || slices.ContainsFunc(a.Accesses, func(x schema.Access) bool { return x.Verb == schema.VerbConnect }) {
		return nil
	}
	var d schema.Decision
	e.Decide(a, &d)
	s := newScratch(len(e.rules))
	s.begin(e, a, t)
	one := explainer{engine: e, action: a, decision: &d, atoms: &atoms{s: s, valuer: x.valuer, byKey: map[string]*Atom{}}}
	one.look(t)
	out := &Explanation{Effect: d.Effect, Message: d.Message, Rules: slices.Clone(d.Rules), Because: []Reason{}, Otherwise: []Alternative{}}
	out.Because = append(out.Because, one.because()...)
	out.Masked = one.masked()
	if variants != nil {
		out.Otherwise = append(out.Otherwise, one.otherwise(variants)...)
	}
	return out
}

// explainer holds how every rule and mask of the target looks at every access of the action.
type explainer struct {
	engine   *Engine
	action   *schema.Action
	decision *schema.Decision
	atoms    *atoms
	// rules are, for each access, the enforced rules by rising address; masks the enforced masks.
	rules [][]*match
	masks []*match
}

func (x *explainer) look(t *target) { x.lookAt(t, func(string) bool { return true }) }

// lookAt looks with the rules and masks of some addresses only.
func (x *explainer) lookAt(t *target, at func(address string) bool) {
	for i := range x.action.Accesses {
		access := &x.action.Accesses[i]
		var list []*match
		for _, index := range t.rules {
			r := x.engine.rules[index]
			if r.Mode == schema.Enforce && at(r.Address) {
				list = append(list, x.atoms.ruleMatch(r, access))
			}
		}
		x.rules = append(x.rules, list)
	}
	for _, m := range t.masks {
		if m.Mode == schema.Enforce && at(m.Address) {
			x.masks = append(x.masks, x.atoms.maskMatch(m))
		}
	}
}

// masked explains each mask that masks an output column.
func (x *explainer) masked() []Reason {
	var out []Reason
	for _, m := range x.masks {
		var columns []string
		for _, c := range x.decision.Masks {
			if c.Rule == m.address {
				columns = append(columns, x.action.Outputs[c.Output].Name)
			}
		}
		if len(columns) > 0 {
			r := reasonOf(pick{m: m, matches: true, atoms: m.sufficient(true)[0]})
			r.Columns = columns
			out = append(out, r)
		}
	}
	return out
}
