package engine

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Decide answers an action. It overwrites d, reusing its slices, and keeps no reference to either.
func (e *Engine) Decide(a *schema.Action, d *schema.Decision) {
	e.reset(d)
	t := e.targets[a.Target]
	if t == nil || t.schema.Protocol != a.Protocol || a.Principal == nil {
		d.Message = fmt.Sprintf("there is no %s target %q", a.Protocol, a.Target)
		d.Hint = "name a target of the policy"
		return
	}
	s := e.pool.Get().(*scratch)
	s.begin(e, a, t)
	s.decide(e, d)
	s.end()
	e.pool.Put(s)
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
		if access.Verb == schema.VerbConnect {
			s.connect(access)
			continue
		}
		s.match(e, access)
		s.real.take(access, &s.hits, false)
		if s.target.dryRun {
			s.would.take(access, &s.hits, true)
		}
	}
	s.conclude(d)
	if d.Effect != schema.Deny {
		s.obligations(d)
	}
	if s.target.dryRun {
		s.compare(d)
	}
}

// match finds the rules that match one access.
func (s *scratch) match(e *Engine, access *schema.Access) {
	s.hits.reset()
	s.nextRound()
	verb := verbBit(access.Verb)
	postings := s.target.relations
	if access.Verb == schema.VerbCall {
		postings = s.target.functions
	}
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
	for _, object := range objects[:named] {
		for _, group := range s.groups {
			for _, index := range postings[key{object, group}] {
				s.consider(index, verb, access)
			}
		}
	}
}

// consider adds a rule to the hits if its verb and conditions match.
func (s *scratch) consider(index int32, verb uint32, access *schema.Access) {
	if s.seen[index] == s.round {
		return
	}
	s.seen[index] = s.round
	r := s.target.rules[index]
	if r.verbs&verb == 0 {
		return
	}
	if r.Effect == schema.Allow && access.Verb == schema.VerbOpaque && s.enforcedMask() {
		return // what cannot be analysed cannot be masked
	}
	if (r.when.program != nil || r.unless.program != nil) && !s.holds(r, access) {
		return
	}
	if r.Mode == schema.DryRun {
		s.hits.dry[r.Effect] = append(s.hits.dry[r.Effect], index)
		return
	}
	s.hits.enforced[r.Effect] = append(s.hits.enforced[r.Effect], index)
}

// holds evaluates a rule's conditions. One that has no value makes a deny or approve match and an allow not.
func (s *scratch) holds(r *rule, access *schema.Access) bool {
	s.bind()
	s.binding.SetAccess(access)
	failing := r.Effect != schema.Allow
	if r.when.program != nil {
		ok, err := r.when.program.Bool(s.binding)
		if err != nil && !failing || err == nil && !ok {
			return false
		}
	}
	if r.unless.program != nil {
		lifted, err := r.unless.program.Bool(s.binding)
		if err != nil && !failing || err == nil && lifted {
			return false
		}
	}
	return true
}

// bind points the binding at the action, once.
func (s *scratch) bind() {
	if !s.bound {
		s.binding.Bind(s.action, s.target.schema)
		s.bound = true
	}
}

// conclude writes the verdict on the accesses into d.
func (s *scratch) conclude(d *schema.Decision) {
	v := &s.real
	d.Effect = v.effect
	d.Rules = s.addresses(d.Rules, v.rules[v.effect])
	switch v.effect {
	case schema.Deny:
		s.refuse(d)
	case schema.Approve:
		s.route(d)
	}
}

// addresses appends the rules' addresses, sorted and once each.
func (s *scratch) addresses(out []string, rules []int32) []string {
	slices.Sort(rules)
	for i, index := range rules {
		if i == 0 || index != rules[i-1] {
			out = append(out, s.target.rules[index].Address)
		}
	}
	return out
}

// refuse tells the caller why.
func (s *scratch) refuse(d *schema.Decision) {
	d.Denied = *s.real.denied
	if rules := s.real.rules[schema.Deny]; len(rules) > 0 {
		d.Message = s.target.rules[rules[0]].message
		d.Hint = "change the statement so that the rule does not match, or ask the owner of the policy"
		return
	}
	p := s.action.Principal
	what := d.Denied.Verb
	switch {
	case d.Denied.Verb == schema.VerbOpaque:
		s.refuseOpaque(d)
		return
	case d.Denied.Object != "":
		what += " on " + d.Denied.Object
	}
	d.Message = fmt.Sprintf("no rule allows %s for %s on target %s", what, p, s.target.schema.Name)
	d.Hint = "ask the owner of the policy for an allow rule"
	if d.Denied.Verb == schema.VerbCall {
		d.Hint = "ask the owner of the policy for an allow rule with verb call that names the function"
	}
}

func (s *scratch) refuseOpaque(d *schema.Decision) {
	reason := "it cannot be analysed"
	if s.action.SQL != nil && s.action.SQL.OpaqueReason != "" {
		reason = s.action.SQL.OpaqueReason
	}
	d.Message = "the statement is opaque: " + reason
	d.Hint = "write it so that it can be analysed, or ask for an allow rule with verb opaque"
	if d.Redact {
		d.Hint = "write it so that it can be analysed; what is opaque never passes where a mask stands"
	}
}

// route finds who is asked. One statement waits for one route.
func (s *scratch) route(d *schema.Decision) {
	for _, index := range s.real.rules[schema.Approve] {
		r := s.target.rules[index]
		if d.Route != "" && d.Route != r.Route {
			d.Effect = schema.Deny
			d.Message = fmt.Sprintf("the statement needs approval by the routes %s and %s, and can wait for one", d.Route, r.Route)
			d.Hint = "split the statement, so that each part needs one route"
			d.Route = ""
			return
		}
		if d.Route == "" {
			d.Route, d.Message = r.Route, r.message
		}
	}
}

// compare reports what rules in dry run would have changed.
func (s *scratch) compare(d *schema.Decision) {
	w := schema.Would{Effect: s.would.effect}
	by := s.addresses(nil, s.would.rules[s.would.effect])
	if s.would.effect != schema.Deny {
		by = s.wouldMask(&w, by)
	}
	if w.Effect == d.Effect && len(w.Masked) == 0 {
		return
	}
	slices.Sort(by)
	w.Rules = slices.Compact(by)
	d.Would = &w
}
