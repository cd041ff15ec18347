package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

func checkApproveAlone(l *linter) {
	for i := range l.rules {
		r := &l.rules[i]
		if r.Effect != schema.Approve {
			continue
		}
		if !slices.ContainsFunc(l.rules, func(a lintedRule) bool { return a.Effect == schema.Allow && meet(&r.Rule, &a.Rule) }) {
			l.find(r.Address, r.Range, "", fmt.Sprintf("No allow covers anything that %s holds.", r.Address),
				"Add an allow for what may be done once it is approved, or make it a deny.")
		}
	}
}

// meet reports whether the scopes of a rule and of an allow can cover one access. Groups are left out, as a principal may
// be in those of both.
func meet(r, allow *schema.Rule) bool {
	if !slices.ContainsFunc(r.Targets, func(t string) bool { return slices.Contains(allow.Targets, t) }) {
		return false
	}
	for _, verb := range schema.PostgresVerbs {
		if verb == schema.VerbConnect || !hasVerb(r.Verbs, verb) || !hasVerb(allow.Verbs, verb) {
			continue
		}
		one, two := r.Tables, allow.Tables
		if verb == schema.VerbCall {
			one, two = r.Functions, allow.Functions
		}
		if aboutVerb(r, verb) && aboutVerb(allow, verb) && patternsMeet(one, two) {
			return true
		}
	}
	return false
}

func hasVerb(verbs []string, verb string) bool { return wide(verbs) || slices.Contains(verbs, verb) }

// aboutVerb reports whether the rule's lists leave room for a verb: functions scope call alone, tables all others, and an
// allow covers opaque and functions by their names only.
func aboutVerb(r *schema.Rule, verb string) bool {
	switch {
	case verb == schema.VerbCall:
		return len(r.Functions) > 0 || len(r.Tables) == 0 && r.Effect != schema.Allow
	case verb == schema.VerbOpaque && r.Effect == schema.Allow && !slices.Contains(r.Verbs, verb):
		return false
	}
	return len(r.Tables) > 0 || len(r.Functions) == 0
}

// patternsMeet reports whether some object is matched by a pattern of either list.
func patternsMeet(one, two []string) bool {
	if wide(one) || wide(two) {
		return true
	}
	for _, a := range one {
		for _, b := range two {
			if a == b || liesIn(a, b) || liesIn(b, a) {
				return true
			}
		}
	}
	return false
}

// liesIn reports whether a name lies in a pattern "schema.*".
func liesIn(name, pattern string) bool {
	prefix, ok := strings.CutSuffix(pattern, "*")
	return ok && strings.HasPrefix(name, prefix)
}
