package engine

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
)

// refuse tells the caller why the accesses are denied, and what the way out is.
func (s *scratch) refuse(e *Engine, d *schema.Decision) {
	v := &s.real
	d.Denied = *v.denied
	if v.by != noRule {
		d.Message = e.rules[v.by].told(&d.Denied)
		d.Hint = "change the statement so that the rule does not match, or ask " + e.owner() + " about the rule"
		return
	}
	if v.veiled && !v.uncovered && len(d.Rules) == 0 {
		d.Rules = s.veils(d.Rules, false)
	}
	if d.Denied.Verb == schema.VerbOpaque {
		s.refuseOpaque(e, d)
		return
	}
	target := s.target.schema.Name
	if d.Denied.Verb == schema.VerbConnect {
		d.Message = fmt.Sprintf("no rule allows %s anything on target %s", s.action.Principal, target)
		d.Hint = "ask " + e.owner() + " for an allow rule"
		return
	}
	d.Message = fmt.Sprintf("no rule allows %s for %s on target %s", what(&d.Denied), s.action.Principal, target)
	d.Hint = fmt.Sprintf("ask %s for an allow rule with %s", e.owner(), scopes(&d.Denied))
}

// told is the rule's own message, or what it denies.
func (r *rule) told(access *schema.Access) string {
	if r.Message != "" {
		return r.message
	}
	return r.Address + ": " + what(access) + " is denied"
}

func what(access *schema.Access) string {
	if access.Object == "" {
		return access.Verb
	}
	return access.Verb + " on " + access.Object
}

// scopes gives the attributes of a rule that would cover an access.
func scopes(access *schema.Access) string {
	verb := fmt.Sprintf("verbs = [%q]", access.Verb)
	switch {
	case access.Object == "":
		return verb
	case access.Verb == schema.VerbCall:
		return fmt.Sprintf("%s and functions = [%q]", verb, access.Object)
	default:
		return fmt.Sprintf("%s and tables = [%q]", verb, access.Object)
	}
}

// owner says whom to ask.
func (e *Engine) owner() string {
	if e.bundle.Owner != "" {
		return e.bundle.Owner
	}
	return "the owner of the policy"
}

func (s *scratch) refuseOpaque(e *Engine, d *schema.Decision) {
	reason := "it cannot be analysed"
	if s.action.SQL != nil && s.action.SQL.OpaqueReason != "" {
		reason = s.action.SQL.OpaqueReason
	}
	d.Message = "the statement is opaque: " + reason
	d.Hint = "write it so that it can be analysed, or ask " + e.owner() + ` for an allow rule with verbs = ["opaque"]`
	if d.Redact {
		d.Hint = "write it so that it can be analysed; what is opaque never passes where a mask stands"
	}
}

// route finds who is asked. A statement waits for one route: where its rules name several, asking one of them would
// leave out the other, so it is denied.
func (s *scratch) route(e *Engine, d *schema.Decision) {
	rules := s.real.rules[schema.Approve]
	first := e.rules[rules[0]]
	if e.oneRoute(rules) {
		d.Route, d.Message = first.Route, first.Address+": this needs approval"
		if first.Message != "" {
			d.Message = first.message
		}
		return
	}
	d.Effect = schema.Deny
	d.Message = "the statement needs approval by several routes, and can wait for one"
	d.Hint = "split the statement, so that each part needs one route"
}

func (e *Engine) oneRoute(rules []int32) bool {
	for _, index := range rules {
		if e.rules[index].Route != e.rules[rules[0]].Route {
			return false
		}
	}
	return true
}
