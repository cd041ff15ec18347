package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Explanation says what forced a decision, and what would have to differ for another one.
type Explanation struct {
	Effect  schema.Effect `json:"effect"`
	Message string        `json:"message,omitempty"`
	// Rules are the addresses that the decision names.
	Rules []string `json:"rules"`
	// Because is a sufficient reason of which nothing can be left out: whatever everything else were, the effect would be
	// the same.
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

// Explain decides the action and says why. It is for the person who asks, not for the path that decides. An action that
// opens a session has no explanation, and neither has one on a target that is not there: it gives nil. Without variants,
// nothing is said of what would have to differ.
func (e *Engine) Explain(a *schema.Action, variants Variants) *Explanation {
	t := e.targets[a.Target]
	if t == nil || t.schema.Protocol != a.Protocol || a.Principal == nil || slices.ContainsFunc(a.Accesses, func(x schema.Access) bool { return x.Verb == schema.VerbConnect }) {
		return nil
	}
	var d schema.Decision
	e.Decide(a, &d)
	s := newScratch(len(e.rules))
	s.begin(e, a, t)
	x := explainer{engine: e, action: a, decision: &d, atoms: &atoms{s: s, byKey: map[string]*Atom{}}}
	x.look(t)
	out := &Explanation{Effect: d.Effect, Message: d.Message, Rules: slices.Clone(d.Rules), Because: []Reason{}, Otherwise: []Alternative{}}
	out.Because = append(out.Because, x.because()...)
	out.Masked = x.masked()
	if variants != nil {
		out.Otherwise = append(out.Otherwise, x.otherwise(variants)...)
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

// because gives the reason for the effect.
func (x *explainer) because() []Reason {
	if x.decision.Effect == schema.Deny && x.byMask() {
		return x.standing()
	}
	switch x.decision.Effect {
	case schema.Deny:
		return x.whyDenied()
	case schema.Approve:
		return append(x.whyHeld(), x.whyPassed()...)
	default:
		return x.whyPassed()
	}
}

// byMask reports whether the denial is a mask's: it refuses what it cannot hide.
func (x *explainer) byMask() bool {
	return slices.ContainsFunc(x.decision.Rules, func(address string) bool {
		_, kind, _ := schema.SplitAddress(address)
		return kind == "mask"
	})
}

// standing explains each mask that refuses.
func (x *explainer) standing() []Reason {
	var out []Reason
	for _, m := range x.masks {
		if slices.Contains(x.decision.Rules, m.address) {
			out = append(out, reasonOf(m, nil, true))
		}
	}
	return out
}

// whyDenied takes one access that is denied: by the shortest reason among the denying rules, or because no rule allows.
func (x *explainer) whyDenied() []Reason {
	var best *Reason
	for i := range x.rules {
		for _, m := range x.rules[i] {
			if m.effect != schema.Deny || !m.matches() {
				continue
			}
			r := reasonOf(m, &x.action.Accesses[i], true)
			if best == nil || len(r.Parts) < len(best.Parts) {
				best = &r
			}
		}
	}
	if best != nil {
		return []Reason{*best}
	}
	for i := range x.rules {
		access := &x.action.Accesses[i]
		if !access.Harmless && access.Verb == x.decision.Denied.Verb && access.Object == x.decision.Denied.Object {
			if out, all := x.unmatched(i, schema.Allow); all {
				return out
			}
		}
	}
	return x.severalRoutes()
}

// severalRoutes explains a denial because approvals by several routes are needed: the rules that ask.
func (x *explainer) severalRoutes() []Reason {
	var out []Reason
	for i := range x.rules {
		for _, m := range x.rules[i] {
			if m.effect == schema.Approve && m.matches() {
				out = append(out, reasonOf(m, &x.action.Accesses[i], true))
			}
		}
	}
	return out
}

// whyHeld gives the shortest reason of one approve rule.
func (x *explainer) whyHeld() []Reason {
	out := x.severalRoutes()
	slices.SortStableFunc(out, func(a, b Reason) int { return len(a.Parts) - len(b.Parts) })
	return out[:min(1, len(out))]
}

// whyPassed gives, for each access, an allow rule that matches and each deny rule, and for an allow each approve rule,
// that does not.
func (x *explainer) whyPassed() []Reason {
	var out []Reason
	for i := range x.rules {
		access := &x.action.Accesses[i]
		var best *Reason
		for _, m := range x.rules[i] {
			if m.effect != schema.Allow || access.Harmless || !m.matches() {
				continue
			}
			if r := reasonOf(m, access, true); best == nil || len(r.Parts) < len(best.Parts) {
				best = &r
			}
		}
		if best != nil {
			out = append(out, *best)
		}
		effects := []schema.Effect{schema.Deny}
		if x.decision.Effect == schema.Allow {
			effects = append(effects, schema.Approve)
		}
		for _, effect := range effects {
			not, _ := x.unmatched(i, effect)
			out = append(out, not...)
		}
	}
	return out
}

// unmatched explains why no rule of an effect matches an access, beginning with those that come nearest; all is false
// when one does.
func (x *explainer) unmatched(i int, effect schema.Effect) (out []Reason, all bool) {
	var list []*match
	all = true
	for _, m := range x.rules[i] {
		switch {
		case m.effect != effect:
		case m.matches():
			all = false
		default:
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *match) int { return cmp.Compare(a.failing(), b.failing()) })
	for _, m := range list {
		out = append(out, reasonOf(m, &x.action.Accesses[i], false))
	}
	return out, all
}

// reasonOf drops the atoms of a match one by one, as long as the others force the outcome whatever the dropped ones were.
// Terms go first: a scope tells more than a term, and groups most of all.
func reasonOf(m *match, access *schema.Access, matches bool) Reason {
	dropped := map[*Atom]bool{}
	of := func(a *Atom) vocab.Truth {
		switch {
		case !dropped[a]:
			return a.truth
		case a.Part == "term":
			return vocab.Any
		default:
			return vocab.True | vocab.False
		}
	}
	all := m.all()
	for _, atom := range slices.Backward(all) {
		dropped[atom] = true
		if yes, no := m.possible(of); matches && no || !matches && yes {
			delete(dropped, atom)
		}
	}
	r := Reason{Rule: m.address, Range: m.rng, Matches: matches, Parts: []Part{}}
	if access != nil {
		r.Access = strings.TrimSuffix(access.Verb+" "+access.Object, " ")
	}
	for _, atom := range all {
		if !dropped[atom] {
			in, rng := m.part(atom)
			r.Parts = append(r.Parts, Part{In: in, Range: rng, Atom: atom})
		}
	}
	return r
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
			r := reasonOf(m, nil, true)
			r.Columns = columns
			out = append(out, r)
		}
	}
	return out
}
