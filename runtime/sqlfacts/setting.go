package sqlfacts

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

const searchPath = "search_path"

// harmlessSettings change how a session's own statements run and look, and nothing that the analysis rests on
// (manual chapter 20).
const harmlessSettings = " application_name bytea_output client_min_messages commit_delay constraint_exclusion " +
	"cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction datestyle deadlock_timeout " +
	"default_statistics_target default_transaction_deferrable default_transaction_isolation default_transaction_read_only " +
	"effective_cache_size effective_io_concurrency extra_float_digits from_collapse_limit geqo geqo_effort geqo_generations " +
	"geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit " +
	"hash_mem_multiplier idle_in_transaction_session_timeout idle_session_timeout intervalstyle jit jit_above_cost " +
	"jit_inline_above_cost jit_optimize_above_cost join_collapse_limit lc_monetary lc_numeric lc_time lock_timeout " +
	"logical_decoding_work_mem maintenance_io_concurrency maintenance_work_mem max_parallel_maintenance_workers " +
	"max_parallel_workers max_parallel_workers_per_gather min_parallel_index_scan_size min_parallel_table_scan_size " +
	"parallel_leader_participation parallel_setup_cost parallel_tuple_cost plan_cache_mode quote_all_identifiers " +
	"random_page_cost recursive_worktable_factor seq_page_cost stats_fetch_consistency statement_timeout synchronize_seqscans " +
	"synchronous_commit tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout temp_buffers " +
	"timezone transaction_deferrable transaction_isolation transaction_read_only transaction_timeout vacuum_cost_delay " +
	"work_mem xmlbinary xmloption search_path row_security default_toast_compression check_function_bodies " +
	"client_connection_check_interval restrict_nonsystem_relation_kind "

// harmlessSetting reports whether a setting may be set to the values without a rule. Some are harmless only with the
// value that they have anyway.
func harmlessSetting(name string, values []string) bool {
	only := ""
	if len(values) == 1 {
		only = strings.ToLower(values[0])
	}
	switch name {
	case "client_encoding", "names":
		return len(values) == 0 || only == "utf8" || only == "utf-8" || only == "unicode"
	case "standard_conforming_strings":
		return len(values) == 0 || only == "on" || only == "true" || only == "1" || only == "yes"
	case "transform_null_equals", "backslash_quote", "escape_string_warning":
		return len(values) == 0
	}
	return strings.Contains(harmlessSettings, " "+name+" ") || strings.HasPrefix(name, "enable_")
}

// quietSetting reports whether a setting leaves the meaning of names alone.
func quietSetting(name string) bool {
	return name != searchPath && harmlessSetting(name, nil)
}

// plannerSetting reports whether a setting steers how rows are found. The plan shows in the order of rows, which an index
// over a masked column then gives away.
func plannerSetting(name string) bool {
	return strings.HasPrefix(name, "enable_") || strings.HasPrefix(name, "cpu_") || strings.HasPrefix(name, "geqo") ||
		strings.HasSuffix(name, "_cost") || name == "effective_cache_size" || name == "cursor_tuple_fraction"
}

func (a *analysis) setStmt(x *pg.VariableSetStmt) {
	name := strings.ToLower(x.GetName())
	e := &a.st.Effect
	switch x.GetKind() {
	case pg.VariableSetKind_VAR_RESET_ALL:
		e.Kind = EffectReset
		return
	case pg.VariableSetKind_VAR_RESET:
		e.Kind, e.Name, e.Quiet = EffectReset, name, quietSetting(name)
		if name == "role" || name == "session_authorization" {
			e.MayChangeSession = true
			a.access(schema.VerbSet, name, false)
		}
		return
	case pg.VariableSetKind_VAR_SET_MULTI:
		a.setMulti(name)
		return
	case pg.VariableSetKind_VAR_SET_CURRENT: // only of ALTER ... SET
		a.stop("SET FROM CURRENT stands alone")
		return
	}
	values, static := settingValues(x.GetArgs())
	*e = Effect{Kind: EffectSet, Name: name, Values: values, Static: static, Local: x.GetIsLocal()}
	a.setting(name, values, static)
}

func (a *analysis) setting(name string, values []string, static bool) {
	if name == "role" || name == "session_authorization" {
		a.st.Effect.MayChangeSession = true
	}
	if !static {
		a.st.Effect.MayChangeSession = true
	}
	a.st.Effect.Quiet = static && quietSetting(name)
	if plannerSetting(name) {
		a.use(schema.PlacePredicate, []string{schema.Everything}, "")
	}
	a.access(schema.VerbSet, schema.Qualify(strings.Split(name, ".")...), static && harmlessSetting(name, values))
}

// setMulti is SET TRANSACTION and SET SESSION CHARACTERISTICS; a snapshot is another session's.
func (a *analysis) setMulti(name string) {
	a.st.Effect = Effect{Kind: EffectSet, Name: name, Static: true, Quiet: true}
	if name == "transaction snapshot" {
		a.access(schema.VerbSet, "transaction_snapshot", false)
	}
}

// settingValues gives the constants of a SET.
func settingValues(args []*pg.Node) (values []string, static bool) {
	for _, n := range args {
		if t := n.GetTypeCast(); t != nil { // SET TIME ZONE INTERVAL ...
			n = t.GetArg()
		}
		c := n.GetAConst()
		if c == nil {
			return nil, false
		}
		switch v := c.GetVal().(type) {
		case *pg.A_Const_Sval:
			values = append(values, v.Sval.GetSval())
		case *pg.A_Const_Ival:
			values = append(values, strconv.Itoa(int(v.Ival.GetIval())))
		case *pg.A_Const_Fval:
			values = append(values, v.Fval.GetFval())
		case *pg.A_Const_Boolval:
			values = append(values, strconv.FormatBool(v.Boolval.GetBoolval()))
		default:
			return nil, false
		}
	}
	return values, true
}

// pinSetting notes that a query of pg_settings alone asks for the one setting that a constant names: its name is then
// that constant in each row that comes. pg_dump sets what only some servers have by such a query.
func (a *analysis) pinSetting(sel *pg.SelectStmt, s *scope) {
	if len(s.items) != 1 || s.items[0].name != "pg_catalog.pg_settings" || len(s.items[0].fields) == 0 {
		return
	}
	e := sel.GetWhereClause().GetAExpr()
	if e == nil || e.GetKind() != pg.A_Expr_Kind_AEXPR_OP || !equality(e) {
		return
	}
	if exists, _ := a.catalog.Operator("="); exists && len(a.path(true)) > 1 {
		return
	}
	f := &s.items[0].fields[0]
	column, constant := e.GetLexpr().GetColumnRef(), e.GetRexpr().GetAConst().GetSval()
	if names := words(column.GetFields()); len(names) == 1 && names[0] == f.name && f.full == "pg_catalog.pg_settings.name" {
		f.v.pinned = constant.GetSval()
	}
}

// setConfig makes set_config with constants the SET that it is. One that stands in a row source may run many times,
// or never, so the session is to be read again.
func (a *analysis) setConfig(args []value) bool {
	if len(args) != 3 || !args[0].literal && args[0].pinned == "" || !args[1].literal {
		return false
	}
	name := strings.ToLower(cmp.Or(args[0].pinned, args[0].text))
	values := []string{args[1].text}
	if name == searchPath {
		values = SplitIdentifiers(args[1].text)
	}
	a.st.Effect.Kind, a.st.Effect.Name, a.st.Effect.MayChangeSession = EffectSet, name, true
	a.setting(name, values, true)
	return true
}
