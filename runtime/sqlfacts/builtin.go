package sqlfacts

import "strings"

// The built-in functions that are known (manual chapter 9), by name and so for all overloads at once. A function that
// is in none of these lists needs a rule that names it.

// builtin says what is known of a built-in function.
type builtin uint8

const (
	// builtinUnknown: may reach files, other sessions, settings or SQL in strings.
	builtinUnknown builtin = iota
	// builtinQuiet: has an effect or waits, and needs a rule, but shows no values out of tables.
	builtinQuiet
	// builtinHarmless: may fail or return a set, but does nothing else.
	builtinHarmless
	// builtinTotal: pure, and fails for no argument.
	builtinTotal
)

func builtinFunction(name string) builtin {
	word := " " + name + " "
	switch {
	case strings.Contains(totalFunctions, word):
		return builtinTotal
	case strings.Contains(harmlessFunctions, word), strings.Contains(newerFunctions, word):
		return builtinHarmless
	case strings.Contains(quietFunctions, word):
		return builtinQuiet
	}
	return builtinUnknown
}

// totalFunctions are pure and total. Some are only for some arguments; see totalCall.
const totalFunctions = " " +
	"array_agg array_dims array_length array_lower array_ndims array_to_json array_to_string array_upper " +
	"bit_length bool_and bool_or bpchar btrim cardinality char_length character_length concat concat_ws cume_dist " +
	"current_database current_schema dense_rank every family first_value hashtext host initcap " +
	"isempty isfinite json_agg json_build_array json_extract_path json_extract_path_text json_strip_nulls " +
	"json_typeof jsonb_agg jsonb_build_array jsonb_extract_path jsonb_extract_path_text jsonb_pretty " +
	"jsonb_strip_nulls jsonb_typeof lag last_value lead left length lower lower_inc lower_inf ltrim masklen max " +
	"md5 min name network now num_nonnulls num_nulls octet_length percent_rank pg_column_compression " +
	"pg_column_size pg_typeof pi position quote_ident quote_literal quote_nullable rank reverse right " +
	"row_number row_to_json rtrim sha224 sha256 sha384 sha512 starts_with statement_timestamp string_agg strpos " +
	"text to_json to_jsonb transaction_timestamp translate upper upper_inc upper_inf varchar version "

// harmlessFunctions do nothing but compute, or show the structure of the database.
const harmlessFunctions = " ascii date_part extract replace " +
	"abbrev abs aclcontains acldefault aclexplode aclinsert aclremove acos acosd acosh age anytextcat area array_append " +
	"array_cat array_fill array_position array_positions array_prepend array_remove array_replace " +
	"array_to_tsvector asin asind asinh atan atan2 atan2d atand atanh avg bit_and bit_count bit_or bit_xor bool " +
	"bound_box box broadcast cbrt ceil ceiling center char chr cidr circle clock_timestamp col_description " +
	"convert convert_from convert_to corr cos cosd cosh cot cotd count covar_pop covar_samp current_schemas " +
	"current_setting current_user currval date date_bin date_mi date_mi_interval date_mii date_pl_interval " +
	"date_pli date_trunc datemultirange daterange decode degrees diagonal diameter div encode enum_first " +
	"enum_last enum_range exp factorial float4 float8 floor format format_type gcd gen_random_uuid " +
	"generate_series generate_subscripts get_bit get_byte get_current_ts_config getdatabaseencoding getpgusername " +
	"has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege " +
	"has_function_privilege has_language_privilege has_parameter_privilege has_schema_privilege " +
	"has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege has_type_privilege " +
	"hashtextextended height hostmask inet_client_addr inet_client_port inet_merge inet_same_family " +
	"inet_server_addr inet_server_port int2 int4 int4multirange int4range int8 int8multirange int8range " +
	"integer_pl_date interval is_normalized isclosed ishorizontal isopen isparallel isperp isvertical " +
	"json_array_element json_array_element_text json_array_elements json_array_elements_text json_array_length " +
	"json_build_object json_each json_each_text json_object json_object_agg json_object_field " +
	"json_object_field_text json_object_keys json_populate_record json_populate_recordset json_to_record " +
	"json_to_recordset json_to_tsvector jsonb_array_element jsonb_array_element_text jsonb_array_elements " +
	"jsonb_array_elements_text jsonb_array_length jsonb_build_object jsonb_delete jsonb_delete_path jsonb_each " +
	"jsonb_each_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_field jsonb_object_field_text " +
	"jsonb_object_keys jsonb_path_exists jsonb_path_exists_opr jsonb_path_exists_tz jsonb_path_match " +
	"jsonb_path_match_opr jsonb_path_match_tz jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz " +
	"jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record " +
	"jsonb_populate_recordset jsonb_set jsonb_set_lax jsonb_to_record jsonb_to_recordset jsonb_to_tsvector " +
	"justify_days justify_hours justify_interval lastval lcm like like_escape line ln log log10 lpad make_date " +
	"make_interval make_time make_timestamp make_timestamptz makeaclitem min_scale mod mode money mul_d_interval " +
	"multirange mxid_age netmask normalize notlike npoints nth_value ntile numeric nummultirange numnode numrange " +
	"obj_description oid oidvectortypes overlaps overlay parse_ident path percentile_cont percentile_disc " +
	"pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared pg_available_extension_versions pg_available_extensions pg_backend_pid pg_char_to_encoding " +
	"pg_client_encoding pg_collation_actual_version pg_collation_for pg_collation_is_visible pg_column_is_updatable pg_conf_load_time pg_conversion_is_visible " +
	"pg_current_snapshot pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn pg_current_xact_id " +
	"pg_current_xact_id_if_assigned pg_database_collation_actual_version pg_database_size pg_describe_object pg_encoding_max_length " +
	"pg_encoding_to_char pg_extension_update_paths pg_filenode_relation pg_function_is_visible pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr " +
	"pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments " +
	"pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef pg_get_keywords " +
	"pg_get_object_address pg_get_partition_constraintdef pg_get_partkeydef pg_get_publication_tables " +
	"pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef " +
	"pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions pg_get_triggerdef pg_get_userbyid " +
	"pg_get_viewdef pg_has_role pg_identify_object pg_identify_object_as_address pg_index_column_has_property " +
	"pg_index_has_property pg_indexam_has_property pg_indexam_progress_phasename pg_indexes_size " +
	"pg_is_in_recovery pg_is_other_temp_schema pg_is_wal_replay_paused pg_jit_available pg_last_wal_receive_lsn " +
	"pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_listening_channels pg_my_temp_schema pg_opclass_is_visible " +
	"pg_operator_is_visible pg_opfamily_is_visible pg_options_to_table pg_partition_ancestors pg_partition_root " +
	"pg_partition_tree pg_postmaster_start_time pg_relation_is_publishable pg_relation_is_updatable " +
	"pg_relation_filenode pg_relation_filepath pg_relation_size pg_sequence_parameters pg_size_bytes pg_size_pretty pg_snapshot_xip pg_snapshot_xmax " +
	"pg_snapshot_xmin pg_statistics_obj_is_visible pg_table_is_visible pg_tablespace_location pg_table_size pg_tablespace_size " +
	"pg_timezone_abbrevs pg_timezone_names pg_total_relation_size pg_trigger_depth pg_ts_config_is_visible " +
	"pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible " +
	"pg_visible_in_snapshot pg_wal_lsn_diff phraseto_tsquery plainto_tsquery point pow power querytree radians " +
	"radius random range_adjacent range_after range_agg range_before range_contained_by range_contains " +
	"range_contains_elem range_intersect range_intersect_agg range_merge range_minus range_overlaps " +
	"range_overleft range_overright range_union regclass regexp_count regexp_instr regexp_like regexp_match " +
	"regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy " +
	"regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat round row_security_active " +
	"rpad scale session_user set_bit set_byte set_masklen setweight shobj_description sign similar_escape " +
	"similar_to_escape sin sind sinh slope split_part sqrt stddev stddev_pop stddev_samp string_to_array " +
	"string_to_table strip substr substring sum tan tand tanh time time_mi_interval time_mi_time time_pl_interval " +
	"timedate_pl timeofday timestamp timestamp_mi timestamp_mi_interval timestamp_pl_interval timestamptz " +
	"timestamptz_mi timestamptz_mi_interval timestamptz_pl_interval timetz timetz_mi_interval timetz_pl_interval " +
	"timetzdate_pl timezone to_ascii to_char to_date to_hex to_number to_regclass to_regcollation to_regnamespace " +
	"to_regoper to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_timestamp to_tsquery " +
	"to_tsvector trim_array trim_scale trunc ts_debug ts_delete ts_filter ts_headline ts_lexize ts_parse ts_rank " +
	"ts_rank_cd ts_token_type tsmultirange tsrange tstzmultirange tstzrange tsvector_to_array txid_current " +
	"txid_current_if_assigned txid_current_snapshot txid_status txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin " +
	"txid_visible_in_snapshot unistr unnest var_pop var_samp variance websearch_to_tsquery width width_bucket xml " +
	"xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xmlagg xmlcomment xmlexists xpath " +
	"xpath_exists "

// schemaFunctions are those of information_schema, which drivers name. They compute from what the catalog holds.
const schemaFunctions = " _pg_char_max_length _pg_char_octet_length _pg_datetime_precision _pg_expandarray _pg_index_position " +
	"_pg_interval_type _pg_numeric_precision _pg_numeric_precision_radix _pg_numeric_scale _pg_truetypid _pg_truetypmod "

// newerFunctions are harmless ones that only servers after 15 have.
const newerFunctions = " " +
	"any_value array_reverse array_sample array_shuffle array_sort casefold crc32 crc32c date_add date_subtract " +
	"erf erfc gamma json_agg_strict json_array json_object_agg_strict json_object_agg_unique " +
	"json_object_agg_unique_strict json_scalar json_serialize jsonb_agg_strict jsonb_object_agg_strict " +
	"jsonb_object_agg_unique jsonb_object_agg_unique_strict lgamma pg_basetype pg_column_toast_chunk_id " +
	"pg_get_acl pg_input_error_info pg_input_is_valid random_normal system_user to_bin to_oct to_regtypemod " +
	"unicode_assigned unicode_version uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 xmltext "

// quietFunctions need a rule, but their result tells nothing of a table.
const quietFunctions = " lo_close lo_creat lo_create lo_export lo_from_bytea lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell " +
	"lo_tell64 lo_truncate lo_truncate64 lo_unlink lowrite nextval pg_advisory_lock pg_advisory_lock_shared " +
	"pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_blocking_pids " +
	"pg_cancel_backend pg_export_snapshot pg_notify pg_reload_conf pg_sleep pg_sleep_for pg_sleep_until pg_terminate_backend " +
	"pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared " +
	"set_config setseed setval "

// tableFunctions are the columns of functions in FROM that have others than one of their own name; an empty list is a
// row type that only a column definition list tells.
var tableFunctions = map[string][]string{
	"aclexplode":                      {"grantor", "grantee", "privilege_type", "is_grantable"},
	"json_array_elements":             {"value"},
	"json_array_elements_text":        {"value"},
	"json_each":                       {"key", "value"},
	"json_each_text":                  {"key", "value"},
	"json_populate_record":            {},
	"json_populate_recordset":         {},
	"json_to_record":                  {},
	"json_to_recordset":               {},
	"jsonb_array_elements":            {"value"},
	"jsonb_array_elements_text":       {"value"},
	"jsonb_each":                      {"key", "value"},
	"jsonb_each_text":                 {"key", "value"},
	"jsonb_populate_record":           {},
	"jsonb_populate_recordset":        {},
	"jsonb_to_record":                 {},
	"jsonb_to_recordset":              {},
	"pg_available_extensions":         {"name", "default_version", "comment"},
	"pg_extension_update_paths":       {"source", "target", "path"},
	"_pg_expandarray":                 {"x", "n"},
	"pg_get_catalog_foreign_keys":     {"fktable", "fkcols", "pktable", "pkcols", "is_array", "is_opt"},
	"pg_get_keywords":                 {"word", "catcode", "barelabel", "catdesc", "baredesc"},
	"pg_get_object_address":           {"classid", "objid", "objsubid"},
	"pg_get_publication_tables":       {},
	"pg_identify_object":              {"type", "schema", "name", "identity"},
	"pg_input_error_info":             {"message", "detail", "hint", "sql_error_code"},
	"pg_options_to_table":             {"option_name", "option_value"},
	"pg_partition_ancestors":          {"relid"},
	"pg_partition_tree":               {"relid", "parentrelid", "isleaf", "level"},
	"pg_sequence_parameters":          {"start_value", "minimum_value", "maximum_value", "increment", "cycle_option", "cache_size", "data_type"},
	"pg_timezone_abbrevs":             {"abbrev", "utc_offset", "is_dst"},
	"pg_timezone_names":               {"name", "abbrev", "utc_offset", "is_dst"},
	"ts_debug":                        {"alias", "description", "token", "dictionaries", "dictionary", "lexemes"},
	"ts_parse":                        {"tokid", "token"},
	"ts_token_type":                   {"tokid", "alias", "description"},
	"unnest":                          {"unnest"},
	"pg_available_extension_versions": {"name", "version", "superuser", "trusted", "relocatable", "schema", "requires", "comment"},
	"pg_identify_object_as_address":   {"type", "object_names", "object_args"},
}

// scalarFunction reports whether a function that is not in tableFunctions gives one column of its own name.
func scalarFunction(name string) bool { return builtinFunction(name) >= builtinHarmless }

// schemaFunction reports whether a call is of one of information_schema's own functions.
func schemaFunction(schemaName, name string) bool {
	return schemaName == informationSchema && strings.Contains(schemaFunctions, " "+name+" ")
}
