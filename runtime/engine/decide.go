package engine

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Decide answers an action. It overwrites d, reusing its slices, and keeps no reference to either.
func (e *Engine) Decide(a *schema.Action, d *schema.Decision) { e.DecideSteady(a, d) }

// DecideSteady is Decide, and reports whether the answer would be the same at any other time: no condition that had a part
// in it asks what time it is.
func (e *Engine) DecideSteady(a *schema.Action, d *schema.Decision) (steady bool) {
	e.reset(d)
	t := e.targets[a.Target]
	if t == nil || t.schema.Protocol != a.Protocol || a.Principal == nil {
		d.Message = fmt.Sprintf("there is no %s target %q", a.Protocol, a.Target)
		d.Hint = "name a target of the policy"
		return true
	}
	s := e.pool.Get().(*scratch)
	s.begin(e, a, t)
	s.decide(e, d)
	steady = !s.fleeting
	s.end()
	e.pool.Put(s)
	return steady
}

func (e *Engine) reset(d *schema.Decision) {
	*d = schema.Decision{
		Enforced: true, Bundle: e.bundle.ID,
		Rules: d.Rules[:0], Masks: d.Masks[:0], Detect: d.Detect[:0], Classes: d.Classes[:0],
	}
}

func (s *scratch) decide(e *Engine, d *schema.Decision) {
	s.raiseMasks()
	d.Redact = s.enforcedMask()
	s.detections(d)
	s.touched(d)
	for i := range s.action.Accesses {
		access := &s.action.Accesses[i]
		s.match(e, access)
		s.real.take(access, &s.hits, false, d.Redact)
		if s.target.dryRun {
			s.would.take(access, &s.hits, true, len(s.standing) > 0)
		}
	}
	s.conclude(e, d)
	if d.Effect != schema.Deny {
		s.obligations(d)
	}
	if s.target.dryRun {
		s.compare(e, d)
	}
}

// match finds the rules that match one access.
func (s *scratch) match(e *Engine, access *schema.Access) {
	s.hits.reset()
	s.nextRound()
	if access.Verb == schema.VerbConnect {
		s.connect(e, access)
		return
	}
	verb := verbBit(access.Verb)
	var objects [3]uint32 // the object, its schema, any
	named := 0
	if n := e.objects[access.Object]; n != 0 {
		objects[named] = n
		named++
	}
	if n := e.schemas[schemaOf(access.Object)]; n != 0 {
		objects[named] = n | schemaBit
		named++
	}
	if !access.Harmless { // a rule must name what is harmless
		named++ // any
	}
	for _, sh := range s.target.shelves {
		postings := sh.relations
		if access.Verb == schema.VerbCall {
			postings = sh.functions
		}
		for _, object := range objects[:named] {
			for _, group := range s.groups {
				for _, index := range postings[key{object, group}] {
					s.consider(e.rules[index], verb, access)
				}
			}
		}
		for _, index := range sh.broad {
			if r := e.rules[index]; r.verbs&verb != 0 && s.inGroups(r.Groups) && r.covers(access) {
				s.consider(r, verb, access)
			}
		}
	}
}

// consider adds a rule to the hits if its verb and conditions match.
func (s *scratch) consider(r *rule, verb uint32, access *schema.Access) {
	if s.seen[r.index] == s.round {
		return
	}
	s.seen[r.index] = s.round
	if r.verbs&verb == 0 {
		return
	}
	if (r.when.program != nil || r.unless.program != nil) && !s.holds(r, access) {
		return
	}
	s.hit(r)
}

func (s *scratch) hit(r *rule) {
	list := &s.hits.enforced[r.Effect]
	if r.Mode == schema.DryRun {
		list = &s.hits.dry[r.Effect]
	}
	*list = append(*list, r.index)
}

// holds evaluates a rule's conditions. One that has no value makes a deny or approve match, whatever the other says, and
// an allow not.
func (s *scratch) holds(r *rule, access *schema.Access) bool {
	s.bind()
	s.binding.SetAccess(access)
	s.fleeting = s.fleeting || r.when.fleeting || r.unless.fleeting
	failed := false
	if r.when.program != nil {
		ok, err := r.when.program.Bool(s.binding)
		if err == nil && !ok {
			return false
		}
		failed = err != nil
	}
	if r.unless.program != nil {
		lifted, err := r.unless.program.Bool(s.binding)
		if err == nil && lifted && !failed {
			return false
		}
		failed = failed || err != nil
	}
	return !failed || r.Effect != schema.Allow
}

// bind points the binding at the action, once.
func (s *scratch) bind() {
	if !s.bound {
		s.binding.Bind(s.action, s.target.schema)
		s.bound = true
	}
}

// conclude writes the verdict on the accesses into d.
func (s *scratch) conclude(e *Engine, d *schema.Decision) {
	v := &s.real
	d.Effect = v.effect
	d.Rules = e.addresses(d.Rules, v.rules[v.effect])
	switch v.effect {
	case schema.Deny:
		s.refuse(e, d)
	case schema.Approve:
		s.route(e, d)
	}
}

// addresses appends the rules' addresses, sorted and once each.
func (e *Engine) addresses(out []string, rules []int32) []string {
	slices.Sort(rules)
	for i, index := range rules {
		if i == 0 || index != rules[i-1] {
			out = append(out, e.rules[index].Address)
		}
	}
	return out
}

// compare reports what rules in dry run would have changed.
func (s *scratch) compare(e *Engine, d *schema.Decision) {
	v := &s.would
	w := schema.Would{Effect: v.effect}
	by := e.addresses(nil, v.rules[v.effect])
	switch {
	case v.effect == schema.Deny && len(by) == 0 && v.veiled && !v.uncovered:
		by = s.veils(by, true)
	case v.effect == schema.Approve && !e.oneRoute(v.rules[schema.Approve]):
		w.Effect = schema.Deny
	case v.effect != schema.Deny:
		by = s.wouldMask(&w, by)
	}
	if w.Effect == d.Effect && len(w.Masked) == 0 {
		return
	}
	slices.Sort(by)
	w.Rules = slices.Compact(by)
	d.Would = &w
}
