package compiler

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
)

const approveLoad = `
approve "bulk-load" {
  targets = ["payments-db"]
  groups  = ["loader"]
  postgres { verbs = ["insert"] }
  route   = "dba-oncall"
  message = "check where the rows come from"
}
`

// routeRules look for approvals that are not worth their name.
func routeRules() []LintRule {
	return []LintRule{
		{
			ID: "single-approver", Severity: schema.SeverityWarning, Summary: "Route without a second approver", check: checkSingle,
			Why: "One named person decides everything, asleep or on holiday or not. Either work stops, or their token is shared. And the " +
				"caller never counts, so that this person can get nothing approved. Name a group, or several people.",
			Bad: `route "dba-oncall" {
  approvers = ["subject:alice"]
}
` + approveLoad,
			Good: `route "dba-oncall" {
  approvers = ["group:dba"]
}
` + approveLoad,
		},
		{
			ID: "peers-approve", Severity: schema.SeverityInfo, Summary: "Approvers who are of the requesters' own group", check: checkPeers,
			Why: "Somebody of the group that is held can be approved by a colleague of the same group. The gateway never counts the " +
				"caller's own vote, but two people of one team are one team. Where that is not enough, ask another group, or set a " +
				"quorum of two.",
			Bad: `approve "bulk-load" {
  targets = ["payments-db"]
  groups  = ["dba"]
  postgres { verbs = ["insert"] }
  route   = "dba-oncall"
  message = "check where the rows come from"
}

route "dba-oncall" {
  approvers = ["group:dba"]
}
`,
			Good: `approve "bulk-load" {
  targets = ["payments-db"]
  groups  = ["dba"]
  postgres { verbs = ["insert"] }
  route   = "dba-oncall"
  message = "check where the rows come from"
}

route "dba-oncall" {
  approvers = ["group:data-owners"]
}
`,
		},
		{
			ID: "programs-approve", Severity: schema.SeverityWarning, Summary: "Route that takes votes of programs", check: checkPrograms,
			Why: "With machine or agent among approver_kinds, whatever holds a token of the group agrees, a bot or the very service " +
				"account that asks for itself by another name. An approval is there so that a person looks.",
			Bad: `route "dba-oncall" {
  approvers      = ["group:dba"]
  approver_kinds = ["human", "machine"]
}
` + approveLoad,
			Good: `route "dba-oncall" {
  approvers      = ["group:dba"]
  approver_kinds = ["human"]
}
` + approveLoad,
		},
		{
			ID: "long-approval", Severity: schema.SeverityWarning, Summary: "Approval that stays good for long", check: checkLong,
			Why: "What was looked at when it was approved is no longer what is there a day later. Let a ticket expire within the working " +
				"day; asking again is cheap.",
			Bad: `route "dba-oncall" {
  approvers = ["group:dba"]
  expires   = "72h"
}
` + approveLoad,
			Good: `route "dba-oncall" {
  approvers = ["group:dba"]
  expires   = "1h"
}
` + approveLoad,
		},
	}
}

func (l *linter) eachRoute(f func(r *lintedRoute)) {
	for i := range l.routes {
		f(&l.routes[i])
	}
}

func checkSingle(l *linter) {
	l.eachRoute(func(r *lintedRoute) {
		people := r.Approvers
		if party, ok := schema.ParseParty(people[0]); len(people) == 1 && ok && !party.Group {
			l.find(r.address, r.src.Approvers.Range, "", fmt.Sprintf("%s alone can agree.", people[0]), "Name a group, as \"group:NAME\", or several people.")
		}
	})
}

// checkPeers reports a route once for each group on both of its sides.
func checkPeers(l *linter) {
	l.eachRoute(func(r *lintedRoute) {
		if r.Quorum > 1 {
			return
		}
		requesters := l.requesters(r.Name)
		for _, a := range r.src.Approvers.Items {
			if party, ok := schema.ParseParty(a.Text); ok && party.Group && requesters[party.Name] != "" {
				l.find(r.address, a.Range, party.Name, fmt.Sprintf("Callers of group %q are held by %s, and others of it approve.", party.Name, requesters[party.Name]),
					"Ask another group, or set quorum = 2.")
			}
		}
	})
}

// requesters gives the groups that are held for a route, each with the rule that holds them: an approve's own groups or,
// where it has none, those of the allows that it stands before.
func (l *linter) requesters(route string) map[string]string {
	out := map[string]string{}
	for i := range l.rules {
		r := &l.rules[i]
		if r.Effect != schema.Approve || r.Route != route {
			continue
		}
		for _, g := range r.Groups {
			out[g] = r.Address
		}
		if len(r.Groups) > 0 {
			continue
		}
		l.allows(func(a *lintedRule) {
			if common := slices.ContainsFunc(a.Verbs, func(v string) bool { return v == "*" || wide(r.Verbs) || slices.Contains(r.Verbs, v) }); !common && !wide(a.Verbs) {
				return
			}
			if slices.ContainsFunc(a.Targets, func(t string) bool { return slices.Contains(r.Targets, t) }) {
				for _, g := range a.Groups {
					out[g] = r.Address
				}
			}
		})
	}
	return out
}

func checkPrograms(l *linter) {
	l.eachRoute(func(r *lintedRoute) {
		for _, k := range r.src.ApproverKinds.Items {
			if k.Text != schema.KindHuman {
				l.find(r.address, k.Range, k.Text, fmt.Sprintf("A principal of kind %q may agree.", k.Text), "Take it out of approver_kinds.")
			}
		}
	})
}

const longestApproval = 12 * time.Hour

func checkLong(l *linter) {
	l.eachRoute(func(r *lintedRoute) {
		if r.Expires > longestApproval {
			l.find(r.address, r.src.Expires.Range, "", fmt.Sprintf("A ticket can be used %s after it was raised.", strings.TrimSuffix(r.Expires.String(), "0m0s")),
				"Let it expire within the working day.")
		}
	})
}
