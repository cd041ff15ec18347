package engine

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Prober tells which rules and terms an action asked: for the coverage of tests, not for the path that decides. It is
// immutable and may be used from many goroutines.
type Prober struct {
	engine *Engine
	probes map[*vocab.Condition]*vocab.Probe
}

// NewProber takes the conditions of every rule and mask apart.
func NewProber(e *Engine) (*Prober, error) {
	p := &Prober{engine: e, probes: map[*vocab.Condition]*vocab.Probe{}}
	for _, r := range e.rules {
		if err := p.add(r.when, r.unless); err != nil {
			return nil, err
		}
	}
	for _, t := range e.targets {
		for _, m := range t.masks {
			if err := p.add(m.when, m.unless); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func (p *Prober) add(conditions ...condition) error {
	for _, c := range conditions {
		if c.checked == nil || p.probes[c.checked] != nil {
			continue
		}
		l, err := c.checked.Probe()
		if err != nil {
			return err
		}
		p.probes[c.checked] = l
	}
	return nil
}

// Probe gives the rules whose scope covers an access of the action, once per access, and the masks whose scope covers
// the action, each with what the terms of its conditions came to.
func (p *Prober) Probe(a *schema.Action) []schema.Probe {
	e := p.engine
	t := e.targets[a.Target]
	if t == nil || a.Principal == nil {
		return nil
	}
	s := newScratch(len(e.rules))
	s.begin(e, a, t)
	s.raiseMasks()
	var out []schema.Probe
	for i := range a.Accesses {
		access := &a.Accesses[i]
		s.match(e, access)
		for _, index := range t.rules {
			if r := e.rules[index]; s.scope(r, access) == "condition" && shown(r, access) {
				out = append(out, p.rule(s, r, access))
			}
		}
	}
	for _, m := range t.masks {
		if s.inGroups(m.Groups) {
			out = append(out, p.mask(s, m))
		}
	}
	return out
}

// shown reports whether an access shows anything of a rule. A session that may be opened because an allow could match
// what is to come shows nothing of that allow, unless it names connect.
func shown(r *rule, access *schema.Access) bool {
	return access.Verb != schema.VerbConnect || r.Effect != schema.Allow || r.verbs&verbBit(schema.VerbConnect) != 0
}

func (p *Prober) rule(s *scratch, r *rule, access *schema.Access) schema.Probe {
	hits := &s.hits.enforced
	if r.Mode == schema.DryRun {
		hits = &s.hits.dry
	}
	var unknown *vocab.Unknown
	if access.Verb == schema.VerbConnect {
		if unknown = atConnect; r.Effect == schema.Allow {
			unknown = beforeStatements
		}
	}
	s.bind()
	s.binding.SetAccess(access)
	probe := schema.Probe{Rule: r.Address, Matched: slices.Contains(hits[r.Effect], r.index)}
	p.ask(s, &probe, r.when, r.unless, unknown)
	return probe
}

func (p *Prober) mask(s *scratch, m *mask) schema.Probe {
	var unknown *vocab.Unknown
	if s.connects {
		unknown = beforeStatements
	}
	s.bind()
	probe := schema.Probe{Rule: m.Address, Matched: slices.Contains(s.standing, m)}
	p.ask(s, &probe, m.when, m.unless, unknown)
	return probe
}

// ask evaluates when, and unless where when is not false: where it is, unless is not asked.
func (p *Prober) ask(s *scratch, probe *schema.Probe, when, unless condition, unknown *vocab.Unknown) {
	whole := schema.SideTrue
	if when.checked != nil {
		probe.When, whole = p.probes[when.checked].Sides(s.binding, unknown)
	}
	if unless.checked != nil && whole != schema.SideFalse {
		probe.Unless, _ = p.probes[unless.checked].Sides(s.binding, unknown)
	}
}

// Accesses gives what the rules in force say of each access alone, masks aside, in the order of the action.
func (e *Engine) Accesses(a *schema.Action) []schema.AccessDecision {
	t := e.targets[a.Target]
	if t == nil || a.Principal == nil {
		return nil
	}
	s := newScratch(len(e.rules))
	s.begin(e, a, t)
	s.raiseMasks()
	var out []schema.AccessDecision
	for i := range a.Accesses {
		access := &a.Accesses[i]
		s.match(e, access)
		s.real.reset()
		s.real.take(access, &s.hits, false, s.enforcedMask())
		v := &s.real
		out = append(out, schema.AccessDecision{Access: *access, Effect: v.effect, Rules: e.addresses(nil, v.rules[v.effect])})
	}
	return out
}
