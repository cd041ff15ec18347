package engine

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// What is not known when a session opens. An allow must be able to match some statement to come: neither the access nor
// the statement is known, nor when it comes, nor what the client then calls itself. A deny or approve is asked about
// connect itself, at this moment.
var (
	beforeStatements = vocab.NewUnknown("access", "sql", "request.time", "request.application")
	atConnect        = vocab.NewUnknown("sql")
)

// connect finds the rules that have a say in opening a session. An allow counts when it could match the principal on
// this target, whatever its verbs, tables and functions. A deny counts when it names connect, or when it is about
// everything: no verbs but "*", no tables, no functions. An approve counts when it names connect. Where a condition
// hangs on a statement, an allow could match and a deny or approve does not: the statement will be judged when it comes.
func (s *scratch) connect(e *Engine, access *schema.Access) {
	for _, index := range s.target.rules {
		r := e.rules[index]
		if s.inGroups(r.Groups) && aboutConnect(r) && s.holdsAtConnect(r, access) {
			s.hit(r)
		}
	}
}

// aboutConnect reports whether a rule has a say in connect at all.
func aboutConnect(r *rule) bool {
	if r.Effect == schema.Allow || r.verbs&verbBit(schema.VerbConnect) != 0 {
		return true
	}
	everything := r.verbs == allVerbs&^verbBit(schema.VerbConnect)
	return r.Effect == schema.Deny && everything && len(r.Tables) == 0 && len(r.Functions) == 0
}

func (s *scratch) holdsAtConnect(r *rule, access *schema.Access) bool {
	if r.when.program == nil && r.unless.program == nil {
		return true
	}
	s.bind()
	s.binding.SetAccess(access)
	allow := r.Effect == schema.Allow
	unknown := atConnect
	if allow {
		unknown = beforeStatements
	}
	failed := false
	for _, c := range []struct {
		program *vocab.Program
		against bool // the value that keeps the rule from matching
	}{{r.when.program, false}, {r.unless.program, true}} {
		if c.program == nil {
			continue
		}
		value, known, err := c.program.Partial(s.binding, unknown)
		switch {
		case err != nil && allow:
			return false
		case err != nil:
			failed = true
		case !known && !allow && !failed, known && value == c.against && !failed:
			return false
		}
	}
	return true
}

// inGroups reports whether the principal is in one of the groups; no groups means anybody.
func (s *scratch) inGroups(groups []string) bool {
	return len(groups) == 0 ||
		slices.ContainsFunc(s.action.Principal.Groups, func(g string) bool { return slices.Contains(groups, g) })
}
