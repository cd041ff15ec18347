package engine

import (
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// scratch is what one decision needs while it is made; it is reused.
type scratch struct {
	action  *schema.Action
	target  *target
	binding *vocab.Binding
	// bound says whether binding holds this action, and which of its accesses.
	bound bool
	// groups are the numbers of the principal's groups that any rule knows, after 0 for any.
	groups []uint32
	// seen holds, for each rule of the target, the round in which it was last looked at.
	seen  []uint32
	round uint32
	// hits are the rules that match one access.
	hits hits
	// real and would are the verdicts without and with rules in dry run.
	real, would verdict
	// stronger is, by class, the strongest standing mask; enforced alone, and with those in dry run.
	stronger, strongerDry []*mask
	// standing are the masks that stand.
	standing []*mask
}

func newScratch(rules int) *scratch {
	return &scratch{binding: vocab.NewBinding(), seen: make([]uint32, rules)}
}

// begin prepares the scratch for an action.
func (s *scratch) begin(e *Engine, a *schema.Action, t *target) {
	s.action, s.target, s.bound = a, t, false
	s.groups = append(s.groups[:0], 0)
	for _, group := range a.Principal.Groups {
		if n := e.groups[group]; n != 0 {
			s.groups = append(s.groups, n)
		}
	}
	s.real.reset()
	s.would.reset()
}

// end drops what the caller owns.
func (s *scratch) end() { s.action, s.target, s.bound = nil, nil, false }

// nextRound forgets which rules were seen.
func (s *scratch) nextRound() {
	s.round++
	if s.round == 0 {
		clear(s.seen)
		s.round = 1
	}
}

// hits are matching rules by effect, as indexes; those in dry run apart.
type hits struct {
	enforced, dry [3][]int32
}

func (h *hits) reset() {
	for i := range h.enforced {
		h.enforced[i], h.dry[i] = h.enforced[i][:0], h.dry[i][:0]
	}
}

// any reports whether a rule of that effect matches, those in dry run counted only when dry is set.
func (h *hits) any(effect schema.Effect, dry bool) bool {
	return len(h.enforced[effect]) > 0 || dry && len(h.dry[effect]) > 0
}

// verdict is what the accesses looked at so far come to.
type verdict struct {
	effect schema.Effect
	// rules are, by effect, the rules that speak for it.
	rules [3][]int32
	// denied is the first access that is denied; nil when none is.
	denied *schema.Access
}

func (v *verdict) reset() {
	v.effect, v.denied = schema.Allow, nil
	for i := range v.rules {
		v.rules[i] = v.rules[i][:0]
	}
}

// take folds one access in.
func (v *verdict) take(access *schema.Access, h *hits, dry bool) {
	covered := access.Harmless || h.any(schema.Allow, dry)
	switch {
	case h.any(schema.Deny, dry):
		v.note(schema.Deny, h, dry)
		v.deny(access)
	case !covered:
		v.deny(access)
	case h.any(schema.Approve, dry):
		v.note(schema.Approve, h, dry)
		v.effect = min(v.effect, schema.Approve)
	default:
		v.note(schema.Allow, h, dry)
	}
}

func (v *verdict) deny(access *schema.Access) {
	v.effect = schema.Deny
	if v.denied == nil {
		v.denied = access
	}
}

func (v *verdict) note(effect schema.Effect, h *hits, dry bool) {
	v.rules[effect] = append(v.rules[effect], h.enforced[effect]...)
	if dry {
		v.rules[effect] = append(v.rules[effect], h.dry[effect]...)
	}
}
