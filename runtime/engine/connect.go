package engine

import "github.com/gatewright/gatewright/schema"

// connect decides whether the principal may open a session on the target: some allow rule must be able to match it
// there, and no deny may match. Scopes of verbs, tables and functions, and conditions over access and sql, say nothing
// about connect, so an allow counts whatever they are. A deny counts when it names connect, or when it is about
// everything: no verbs but "*", no tables and functions, no condition over access or sql.
func (s *scratch) connect(access *schema.Access) {
	s.hits.reset()
	for index, r := range s.target.rules {
		if !s.inGroups(r.Groups) || !s.aboutConnect(r) {
			continue
		}
		judged := !r.uses("access") && !r.uses("sql")
		if r.Effect != schema.Allow && namesConnect(r) || judged {
			if !s.holds(r, access) {
				continue
			}
		}
		if r.Mode == schema.DryRun {
			s.hits.dry[r.Effect] = append(s.hits.dry[r.Effect], int32(index))
			continue
		}
		s.hits.enforced[r.Effect] = append(s.hits.enforced[r.Effect], int32(index))
	}
	s.real.take(access, &s.hits, false)
	if s.target.dryRun {
		s.would.take(access, &s.hits, true)
	}
}

func namesConnect(r *rule) bool { return r.verbs&verbBit(schema.VerbConnect) != 0 }

// aboutConnect reports whether a rule has a say in connect at all.
func (s *scratch) aboutConnect(r *rule) bool {
	if r.Effect == schema.Allow || namesConnect(r) {
		return true
	}
	everything := r.verbs == allVerbs&^verbBit(schema.VerbConnect)
	return r.Effect == schema.Deny && everything && len(r.Tables) == 0 && len(r.Functions) == 0 &&
		!r.uses("access") && !r.uses("sql")
}

// uses reports whether a condition of the rule speaks of a variable.
func (r *rule) uses(variable string) bool {
	return r.when.checked != nil && r.when.checked.Uses(variable) || r.unless.checked != nil && r.unless.checked.Uses(variable)
}

// inGroups reports whether the principal is in one of the groups; no groups means anybody.
func (s *scratch) inGroups(groups []string) bool {
	if len(groups) == 0 {
		return true
	}
	for _, g := range s.action.Principal.Groups {
		for _, h := range groups {
			if g == h {
				return true
			}
		}
	}
	return false
}
