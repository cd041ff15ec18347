package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// scopeRules look for scopes that do not mean what they seem to say.
func scopeRules() []LintRule {
	return []LintRule{
		{
			ID: "call-without-functions", Severity: schema.SeverityError, Summary: "Verb call that covers no function", check: checkCall,
			Why: "An allow covers a function only when functions names it, and a rule with only tables is never about call. Such a verb " +
				"covers nothing: an allow is not in force, and a deny stops nothing.",
			Bad: `deny "no-sleep" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["call", "truncate"]
    tables = ["public.*"]
  }
  message = "neither functions nor TRUNCATE"
}
`,
			Good: `deny "no-sleep" {
  targets = ["payments-db"]
  postgres {
    verbs     = ["call", "truncate"]
    tables    = ["public.*"]
    functions = ["*"]
  }
  message = "neither functions nor TRUNCATE"
}
`,
		},
		{
			ID: "functions-without-call", Severity: schema.SeverityError, Summary: "Functions without the verb call", check: checkFunctions,
			Why: "The list functions scopes the verb call alone. Where verbs does not hold it, the list does nothing, and without tables " +
				"the rule covers nothing at all.",
			Bad: `deny "no-sleep" {
  targets = ["payments-db"]
  postgres {
    verbs     = ["select"]
    functions = ["pg_catalog.pg_sleep"]
  }
  message = "pg_sleep holds a connection"
}
`,
			Good: `deny "no-sleep" {
  targets = ["payments-db"]
  postgres {
    verbs     = ["call"]
    functions = ["pg_catalog.pg_sleep"]
  }
  message = "pg_sleep holds a connection"
}
`,
		},
		{
			ID: "verb-outside-tables", Severity: schema.SeverityError, Summary: "Verb that the list of tables shuts out", check: checkOutside,
			Why: "The objects of opaque, file, set and notify are no tables: they have none, or it is the name of a setting or channel. " +
				"A list of tables without \"*\" never matches them, so that a deny of them stops nothing.",
			Bad: `deny "no-files" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["file", "truncate"]
    tables = ["public.*"]
  }
  message = "neither files nor TRUNCATE"
}
`,
			Good: `deny "no-files" {
  targets = ["payments-db"]
  postgres { verbs = ["file"] }
  message = "no files of the server"
}

deny "no-truncate" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["truncate"]
    tables = ["public.*"]
  }
  message = "no TRUNCATE"
}
`,
		},
		{
			ID: "covered-item", Severity: schema.SeverityWarning, Summary: "Entry that another entry of the list covers", check: checkCovered,
			Why: "Next to \"public.*\" or \"*\" a single name changes nothing. It reads as if the list were the narrower one, and taking " +
				"it out in a review takes nothing away.",
			Bad: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders", "public.*"]
  }
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
`,
		},
		{
			ID: "condition-for-scope", Severity: schema.SeverityInfo, Summary: "Condition that a structured attribute says better", check: checkStructured,
			Why: "Groups, verbs, tables and targets have attributes of their own. They can be listed, indexed and compared exactly, by " +
				"plan and by readers, and they never fail at run time. Keep CEL for what is left.",
			Bad: `allow "reports" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
  when = "'billing' in principal.groups"
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
`,
		},
	}
}

func checkCall(l *linter) {
	for i := range l.rules {
		r := &l.rules[i]
		if !slices.Contains(r.Verbs, schema.VerbCall) || len(r.Functions) > 0 || r.Effect != schema.Allow && len(r.Tables) == 0 {
			continue
		}
		l.find(r.Address, placeOfItem(scopeOf(r).Verbs, schema.VerbCall, r.Range), schema.VerbCall,
			fmt.Sprintf("%s names call and no functions, so it covers no call.", r.Address),
			"Add functions = [\"schema.function\"], or take \"call\" out of verbs.")
	}
}

func checkFunctions(l *linter) {
	for i := range l.rules {
		r := &l.rules[i]
		if len(r.Functions) > 0 && !wide(r.Verbs) && !slices.Contains(r.Verbs, schema.VerbCall) {
			l.find(r.Address, scopeOf(r).Functions.Range, "functions", fmt.Sprintf("The verbs of %s do not hold call.", r.Address),
				"Add \"call\" to verbs, or remove functions.")
		}
	}
}

func checkOutside(l *linter) {
	for i := range l.rules {
		r := &l.rules[i]
		if wide(r.Tables) {
			continue
		}
		for _, verb := range scopeOf(r).Verbs.Items {
			switch verb.Text {
			case schema.VerbOpaque, schema.VerbFile, schema.VerbSet, schema.VerbNotify:
				l.find(r.Address, verb.Range, verb.Text, fmt.Sprintf("No %s is about one of the tables that %s names.", verb.Text, r.Address),
					"Put the verb into a rule of its own without tables.")
			}
		}
	}
}

func checkCovered(l *linter) {
	for i := range l.rules {
		r := &l.rules[i]
		s := scopeOf(r)
		l.covered(r, "tables", s.Tables.Texts(), func(i int) schema.Range { return s.Tables.Items[i].Range })
		l.covered(r, "functions", s.Functions.Texts(), func(i int) schema.Range { return s.Functions.Items[i].Range })
	}
}

func (l *linter) covered(r *lintedRule, attribute string, texts []string, place func(int) schema.Range) {
	names := map[string]bool{}
	for _, text := range texts {
		name, _ := pattern(text)
		names[name] = true
	}
	for i, text := range texts {
		name, _ := pattern(text)
		by := ""
		if parts, ok := schema.SplitName(strings.TrimSuffix(name, ".*")); ok && len(parts) == 2 && names[schema.Qualify(parts[0])+".*"] {
			by = schema.Qualify(parts[0]) + ".*"
		}
		if names["*"] && name != "*" {
			by = "*"
		}
		if by != "" {
			l.find(r.Address, place(i), attribute+" "+name, fmt.Sprintf("%q covers %q already.", by, name), "Keep the one that is meant.")
		}
	}
}

// structured are the facts that have an attribute, with it.
var structured = map[string]string{
	"access.verb": "verbs", "access.object": "tables", "target.name": "targets", "principal.groups": "groups",
}

func checkStructured(l *linter) {
	for _, c := range l.conditions {
		if c.unless || c.effect == "issuer" {
			continue
		}
		for _, call := range c.calls {
			attribute := structured[call.Of]
			if attribute == "" || !call.Lone || len(call.Texts) == 0 || call.Function != "==" && call.Function != "in" {
				continue
			}
			if c.effect == "mask" && attribute != "groups" {
				continue
			}
			l.find(c.subject, c.cel.Range, call.Of, fmt.Sprintf("The condition asks %s for constants alone.", call.Of),
				fmt.Sprintf("Write %s = [%q] instead.", attribute, call.Texts[0]))
		}
	}
}
