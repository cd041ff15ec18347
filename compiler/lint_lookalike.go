package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// lookalikeRules look for names that nothing declares, so that a slip in one is found by nobody else.
func lookalikeRules() []LintRule {
	return []LintRule{{
		ID: "lookalike-group", Severity: schema.SeverityWarning, Summary: "Group that looks like another", check: checkLookalikes,
		Why: "Groups are declared nowhere: the issuer's tokens bring them. A slip in a group's name is a rule for nobody, or a deny that " +
			"its callers pass. A group that stands in one place only, and differs from another by a letter more or less, two letters " +
			"exchanged, capitals or a hyphen, is most likely that other one.",
		Bad: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}

deny "no-customers" {
  groups  = ["biling"]
  targets = ["payments-db"]
  postgres { tables = ["public.customers"] }
  message = "billing has no business with customers"
}
`,
		Good: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}

deny "no-customers" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres { tables = ["public.customers"] }
  message = "billing has no business with customers"
}
`,
	}}
}

// groupUse is one place where a group is named.
type groupUse struct {
	subject string
	place   schema.Range
}

func checkLookalikes(l *linter) {
	uses := l.groupUses()
	bySketch := map[string][]string{} // groups with the same letters, left out or in another order
	for name := range uses {
		for _, sketch := range sketches(name) {
			bySketch[sketch] = append(bySketch[sketch], name)
		}
	}
	for name, at := range uses {
		if len(at) > 1 || len(name) < shortestLookalike {
			continue
		}
		var others []string
		for _, sketch := range sketches(name) {
			for _, other := range bySketch[sketch] {
				if other != name && len(other) >= shortestLookalike && (len(uses[other]) > 1 || other < name) && lookAlike(name, other) {
					others = append(others, other)
				}
			}
		}
		if len(others) > 0 {
			other := slices.Min(others)
			l.find(at[0].subject, at[0].place, name, fmt.Sprintf("%q looks like %q, which stands at %s.", name, other, uses[other][0].place),
				"Write one of the two, if one group is meant.")
		}
	}
}

// shortestLookalike is the length from which names that differ by a letter are taken for one.
const shortestLookalike = 5

// groupUses gives where each group is named: in lists of groups, in conditions, among approvers.
func (l *linter) groupUses() map[string][]groupUse {
	uses := map[string][]groupUse{}
	for i := range l.rules {
		for _, g := range l.rules[i].src.Groups.Items {
			uses[g.Text] = append(uses[g.Text], groupUse{l.rules[i].Address, g.Range})
		}
	}
	for i := range l.masks {
		for _, g := range l.masks[i].src.Groups.Items {
			uses[g.Text] = append(uses[g.Text], groupUse{l.masks[i].Address, g.Range})
		}
	}
	for _, c := range l.conditions {
		for _, call := range c.calls {
			if call.Function == "in" && call.Of == "principal.groups" && len(call.Texts) == 1 {
				uses[call.Texts[0]] = append(uses[call.Texts[0]], groupUse{c.subject, within(c, call.Texts[0])})
			}
		}
	}
	for i := range l.routes {
		r := &l.routes[i]
		for _, a := range r.src.Approvers.Items {
			if party, ok := schema.ParseParty(a.Text); ok && party.Group {
				uses[party.Name] = append(uses[party.Name], groupUse{r.address, a.Range})
			}
		}
	}
	return uses
}

// bare is a name without what people mistake in writing it.
func bare(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(name))
}

// sketches are keys that two names which look alike share: the name with any one letter left out, and its letters in
// order.
func sketches(name string) []string {
	name = bare(name)
	if len(name) > maxSketched {
		return nil
	}
	sorted := []byte(name)
	slices.Sort(sorted)
	out := []string{name, "=" + string(sorted)}
	for i := range len(name) {
		out = append(out, name[:i]+name[i+1:])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// maxSketched bounds the names that are compared, in bytes.
const maxSketched = 64

// lookAlike reports names that differ by one letter more or less, by two neighbours exchanged, or by nothing that counts.
// Another letter in one place is no slip: team-a and team-b are two teams. Nor is another digit.
func lookAlike(a, b string) bool {
	a, b = bare(a), bare(b)
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	switch {
	case a == b:
		return true
	case len(a) == len(b)+1:
		return a[i+1:] == b[i:] && (a[i] < '0' || a[i] > '9')
	case len(a) == len(b) && i+1 < len(a):
		return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return false
}
