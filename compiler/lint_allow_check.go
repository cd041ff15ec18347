package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// allows goes through the allow blocks.
func (l *linter) allows(f func(*lintedRule)) {
	for i := range l.rules {
		if l.rules[i].Effect == schema.Allow {
			f(&l.rules[i])
		}
	}
}

// wide reports a list that matches everything.
func wide(list []string) bool { return len(list) == 0 || slices.Contains(list, "*") }

// everything reports a rule that covers all accesses but function calls.
func everything(r *lintedRule) bool {
	return wide(r.Verbs) && wide(r.Tables) && (len(r.Functions) == 0 || len(r.Tables) > 0)
}

func checkAllowEverything(l *linter) {
	l.allows(func(r *lintedRule) {
		if everything(r) {
			l.find(r.Address, r.Range, "", fmt.Sprintf("%s covers every verb on every table.", r.Address),
				"Say what is done: postgres { verbs = [...] tables = [...] }.")
		}
	})
}

func checkAllowVerbs(l *linter) {
	l.allows(func(r *lintedRule) {
		if wide(r.Verbs) && !everything(r) {
			l.find(r.Address, placeOfItem(scopeOf(r).Verbs, "*", scopeOf(r).Range), "verbs", fmt.Sprintf("%s covers every verb.", r.Address),
				"Name the verbs that are needed, as verbs = [\"select\"].")
		}
	})
}

func checkAllowTables(l *linter) {
	l.allows(func(r *lintedRule) {
		callsOnly := len(r.Functions) > 0 && len(r.Tables) == 0 || !wide(r.Verbs) && !slices.ContainsFunc(r.Verbs, onTable)
		if wide(r.Tables) && !everything(r) && !callsOnly {
			l.find(r.Address, placeOfItem(scopeOf(r).Tables, "*", scopeOf(r).Range), "tables", fmt.Sprintf("%s covers every table.", r.Address),
				"Name the tables that are needed, or a schema, as tables = [\"reports.*\"].")
		}
	})
}

// onTable reports a verb whose object is a table.
func onTable(verb string) bool {
	switch verb {
	case schema.VerbSelect, schema.VerbInsert, schema.VerbUpdate, schema.VerbDelete, schema.VerbTruncate:
		return true
	}
	return false
}

func checkAllowTargets(l *linter) {
	l.allows(func(r *lintedRule) {
		if slices.Contains(r.src.Targets.Texts(), "*") {
			l.find(r.Address, placeOfItem(r.src.Targets, "*", r.Range), "targets", fmt.Sprintf("%s covers every target.", r.Address),
				"Name the targets, or select them by target_labels.")
		}
	})
}

func checkAllowEverybody(l *linter) {
	l.allows(func(r *lintedRule) {
		if len(r.Groups) == 0 && r.When == nil {
			l.find(r.Address, r.Range, "", fmt.Sprintf("%s covers every caller that has a token.", r.Address), "Add groups = [\"NAME\"].")
		}
	})
}

func checkAllowOpaque(l *linter) { l.allowVerb(schema.VerbOpaque, "Take \"opaque\" out of verbs.") }

func checkAllowFiles(l *linter) {
	l.allowVerb(schema.VerbFile, "Take \"file\" out of verbs; COPY through the connection needs insert or select only.")
}

func (l *linter) allowVerb(verb, hint string) {
	l.allows(func(r *lintedRule) {
		if slices.Contains(r.Verbs, verb) {
			l.find(r.Address, placeOfItem(scopeOf(r).Verbs, verb, r.Range), verb, fmt.Sprintf("%s allows %s.", r.Address, verb), hint)
		}
	})
}

// dangerous are built-in functions that go around what rules say of tables and verbs, by name or beginning of a name
// (PostgreSQL manual, sections 9.28 and 35.3; those of the extensions dblink and lo).
var dangerous = []string{
	"pg_catalog.pg_read_", "pg_catalog.pg_ls_", "pg_catalog.pg_stat_file", "pg_catalog.pg_write_", "pg_catalog.pg_file_", "pg_catalog.lo_import",
	"pg_catalog.lo_export", "pg_catalog.lo_put", "pg_catalog.lo_get", "pg_catalog.query_to_", "pg_catalog.cursor_to_", "pg_catalog.table_to_",
	"pg_catalog.schema_to_", "pg_catalog.database_to_", "pg_catalog.set_config", "pg_catalog.pg_terminate_backend", "pg_catalog.pg_cancel_backend",
	"pg_catalog.pg_reload_conf", "pg_catalog.pg_rotate_logfile", "pg_catalog.pg_promote", "pg_catalog.pg_switch_wal", "pg_catalog.pg_create_",
	"pg_catalog.pg_logical_", "pg_catalog.pg_replication_", "pg_catalog.pg_drop_replication_slot", "pg_catalog.pg_backup_", "pg_catalog.ts_stat",
	"pg_catalog.pg_extension_config_dump", "pg_catalog.pg_import_system_collations", "public.dblink", "public.lo_manage",
}

func checkAllowFunctions(l *linter) {
	l.allows(func(r *lintedRule) {
		if !wide(r.Verbs) && !slices.Contains(r.Verbs, schema.VerbCall) {
			return
		}
		for _, f := range scopeOf(r).Functions.Items {
			name, _ := pattern(f.Text)
			isDangerous := slices.ContainsFunc(dangerous, func(d string) bool { return strings.HasPrefix(name, d) })
			if isDangerous || name == "*" || name == "pg_catalog.*" {
				l.find(r.Address, f.Range, name, fmt.Sprintf("%s allows %s.", r.Address, name), "Name only functions that stay within what the rules see.")
			}
		}
	})
}

func checkAllowApart(l *linter) {
	first := map[string]*lintedRule{}
	l.allows(func(r *lintedRule) {
		if len(r.Groups) == 0 {
			return
		}
		key := fmt.Sprintf("%q", []any{r.Mode, r.Targets, r.Protocol, r.Verbs, r.Tables, r.Functions, conditionText(r.When), conditionText(r.Unless)})
		if other := first[key]; other != nil {
			l.find(r.Address, r.Range, other.Address, fmt.Sprintf("%s is like %s (%s) but for its groups.", r.Address, other.Address, other.Range),
				"Put the groups of both into one rule.")
			return
		}
		first[key] = r
	})
}

func conditionText(c *schema.Condition) string {
	if c == nil {
		return ""
	}
	return c.Text
}

// scopeOf gives a rule's protocol block; an empty one at the rule's place where it has none.
func scopeOf(r *lintedRule) *syntax.Scope {
	if r.src.Scope == nil {
		return &syntax.Scope{Range: r.Range}
	}
	return r.src.Scope
}

// placeOfItem gives the place of a text in a list, or of the list, or otherwise of what it would stand in.
func placeOfItem(list syntax.List, text string, otherwise schema.Range) schema.Range {
	for _, s := range list.Items {
		if s.Text == text {
			return s.Range
		}
	}
	if list.Set() {
		return list.Range
	}
	return otherwise
}
