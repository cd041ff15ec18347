package sqlfacts

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// systemRelations is the relations of pg_catalog and information_schema, as schema.Catalog.System holds them, for
// catalogs that hold none.
//
//go:embed system.txt
var systemRelations string

// systemLine gives OID and columns of a system relation by its canonical name; empty when there is none.
func (a *analysis) systemLine(name string) string {
	if len(a.catalog.System) > 0 {
		line, _ := a.catalog.SystemColumns(name)
		return line
	}
	_, rest, ok := strings.Cut(systemRelations, "\n"+name+" ")
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(rest, "\n")
	return line
}

// Telling lists the relations of pg_catalog and information_schema that a catalog has and that tell more than the
// structure of the database, sorted: what values are in tables, secrets, or what other sessions run.
func Telling(c *schema.Catalog) []string {
	lines := c.System
	if len(lines) == 0 {
		lines = strings.Split(strings.TrimSpace(systemRelations), "\n")
	}
	var out []string
	for _, line := range lines {
		name, _, _ := strings.Cut(line, " ")
		if parts, ok := schema.SplitName(name); ok && len(parts) == 2 && !harmlessRelation(parts[0], parts[1]) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// harmlessRelation reports whether a system relation holds only the structure of the database and counters: neither
// values out of tables, nor secrets, nor what other sessions run.
func harmlessRelation(schemaName, name string) bool {
	if schemaName == informationSchema {
		return name != "user_mapping_options" && name != "_pg_user_mappings"
	}
	return strings.Contains(structureRelations, " "+name+" ")
}

// guardedColumn reports whether a column of a harmless relation holds credentials, how far a table has come, or a statement
// that a function of the database may have put together: reading it needs a rule.
func guardedColumn(relation, column string) bool {
	return relation == "pg_catalog.pg_subscription" && column == "subconninfo" ||
		relation == "pg_catalog.pg_user_mappings" && column == "umoptions" ||
		relation == "pg_catalog.pg_sequences" && column == "last_value" ||
		(relation == "pg_catalog.pg_prepared_statements" || relation == "pg_catalog.pg_cursors") && column == "statement"
}

// structureRelations are the relations of pg_catalog that are harmless to read (manual chapters 53 and 54).
const structureRelations = " pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_auth_members " +
	"pg_available_extension_versions pg_available_extensions pg_cast pg_class pg_collation pg_constraint pg_conversion pg_cursors " +
	"pg_database pg_db_role_setting pg_default_acl pg_depend pg_description pg_enum pg_event_trigger pg_extension " +
	"pg_foreign_data_wrapper pg_foreign_table pg_group pg_index pg_indexes pg_inherits pg_init_privs pg_language " +
	"pg_largeobject_metadata pg_matviews pg_namespace pg_opclass pg_operator pg_opfamily pg_parameter_acl pg_partitioned_table " +
	"pg_policies pg_policy pg_prepared_statements pg_proc pg_publication pg_publication_namespace pg_publication_rel pg_publication_tables " +
	"pg_range pg_rewrite pg_roles pg_rules pg_seclabel pg_seclabels pg_sequence pg_sequences pg_settings pg_shdepend pg_shdescription " +
	"pg_shseclabel pg_statistic_ext pg_subscription pg_foreign_server pg_tables pg_tablespace pg_timezone_abbrevs pg_timezone_names pg_transform pg_trigger pg_ts_config " +
	"pg_ts_config_map pg_ts_dict pg_ts_parser pg_ts_template pg_type pg_user pg_user_mappings pg_views " +
	"pg_stat_all_indexes pg_stat_all_tables pg_stat_sys_indexes pg_stat_sys_tables pg_stat_user_functions " +
	"pg_stat_user_indexes pg_stat_user_tables pg_stat_database pg_statio_all_indexes pg_statio_all_sequences " +
	"pg_statio_all_tables pg_statio_sys_indexes pg_statio_sys_sequences pg_statio_sys_tables pg_statio_user_indexes " +
	"pg_statio_user_sequences pg_statio_user_tables "
