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
	// seen holds, for each rule, the round in which it was last looked at.
	seen  []uint32
	round uint32
	// hits are the rules that match one access.
	hits hits
	// real and would are the verdicts without and with rules in dry run.
	real, would verdict
	// standing are the masks that stand.
	standing []*mask
	// stronger is, by class, the strongest standing mask; enforced alone, and with those in dry run.
	stronger, strongerDry []*mask
	// connects is set when one of the accesses is connect: nothing is known of statements then.
	connects bool
	// fleeting is set once a condition was asked whose value may change with time alone.
	fleeting bool
	// seenClasses are marks by class.
	seenClasses []bool
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
	s.connects, s.fleeting = false, false
	for i := range a.Accesses {
		s.connects = s.connects || a.Accesses[i].Verb == schema.VerbConnect
	}
	s.real.reset()
	s.would.reset()
}

// end drops what the caller owns.
func (s *scratch) end() {
	s.action, s.target, s.bound = nil, nil, false
	s.real.denied, s.would.denied = nil, nil
	s.binding.Release()
}

// nextRound forgets which rules were seen.
func (s *scratch) nextRound() {
	s.round++
	if s.round == 0 {
		clear(s.seen)
		s.round = 1
	}
}
