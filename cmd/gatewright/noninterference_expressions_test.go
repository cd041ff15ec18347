package main

// expression is a form that an expression may take. {kind} is a hole for one of a kind; see grammar.hole for the others.
type expression struct {
	sql string
	// total forms can neither fail nor decide, whatever is in their holes.
	total bool
	// needs says where it may stand: "agg" for aggregates, "win" for window functions, "wild" for what fails so often, or is so
	// surely refused, that it belongs into a wild place.
	needs string
}

func totals(sql ...string) []expression   { return forms(true, "", sql) }
func partials(sql ...string) []expression { return forms(false, "", sql) }

func forms(total bool, needs string, sql []string) []expression {
	out := make([]expression, len(sql))
	for i, s := range sql {
		out[i] = expression{s, total, needs}
	}
	return out
}

func joined(lists ...[]expression) []expression {
	var out []expression
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

var expressions = map[kind][]expression{
	text: joined(
		totals("left({text}, {n})", "right({text}, {n})", "upper({text})", "lower({text})", "initcap({text})", "reverse({text})", "btrim({text})",
			"ltrim({text}, {s})", "md5({text})", "{text} || {text}", "concat({any}, {any})", "concat_ws({s}, {any}, {any})", "substr({text}, {n}, {n})",
			"substring({text} from {n} for {n})", "lpad({text}, {n}, {s})", "split_part({text}, {s}, {i})", "translate({text}, {s}, {s})",
			"quote_literal({any})", "quote_nullable({any})", "quote_ident({text})", "format('%s-%s', {any}, {any})", "format('<%s>', {any})",
			"array_to_string({arr}, {s})", "({any})::text", "CAST({any} AS varchar(5))", "CAST({any} AS char(3))", "({text})::name::text",
			"({json})->>{s}", "({json})#>>ARRAY['a', 'b']", "jsonb_extract_path_text({json}, {s})", "jsonb_pretty({json})", "jsonb_typeof({json})",
			"({arr})[{i}]", "pg_typeof({any})::text", "coalesce({text}, {text})", "nullif({text}, {text})", "greatest({text}, {text})",
			"least({text}, {text})", "CASE WHEN {cond} THEN {text} ELSE {text} END", "CASE {text} WHEN {text} THEN {s} END", "({text} COLLATE \"C\")",
			"format('%s', VARIADIC {arr})", "concat(VARIADIC {arr})", "concat_ws(',', VARIADIC {arr})", "host({inet})", "(({row})).street",
			"pg_catalog.varchar(({text})::varchar, 8, false)", "pg_catalog.bpchar(({text})::bpchar, 8, false)",
			"{textquery}", "sha256({bytea})::text", "pg_column_compression({text})", "json_typeof({rawjson})", "json_extract_path_text({rawjson}, {s})"),
		forms(true, "win", []string{"first_value({text}) OVER {over}", "lag({text}) OVER {over}", "lead({text}, 1, {s}) OVER {over}",
			"max({text}) OVER {over}", "last_value({text}) OVER {over}", "string_agg({text}, ',' ) OVER {over}", "min({text}) FILTER (WHERE {cond}) OVER {over}"}),
		forms(true, "agg", []string{"max({text})", "min({text})", "string_agg({text}, ',')", "string_agg({text}, ',' ORDER BY {order})",
			"max({text}) FILTER (WHERE {cond})"}),
		forms(false, "agg", []string{"mode() WITHIN GROUP (ORDER BY {text})", "string_agg(DISTINCT {text}, ',')", "percentile_disc(0.5) WITHIN GROUP (ORDER BY {text})"}),
		partials("repeat({text}, {n})", "replace({text}, {s}, {s})", "overlay({text} placing 'x' from {i})", "regexp_replace({text}, {re}, {s})",
			"to_char({num}, '999')", "encode({bytea}, 'hex')", "to_hex({int})",
			"current_setting({text}, true)",
			"substring({text} from {re})", "lpad({text}, {int})",
			"xmlserialize(content xmlelement(name a, {text}) as text)", "xmlforest({text} AS a)::text",
			"regexp_split_to_table({text}, {s})", "unnest({arr})", "jsonb_array_elements_text({json})", "to_char({date}, 'YYYY')",
			"({text})::\"char\"::text", "string_to_array({text}, {s})::text",
			"(SELECT {text} WHERE {cond})", "(regexp_match({text}, {re}))[1]", "to_tsvector({text})::text"),
		forms(false, "wild", []string{"ssn_of({int})", "shout({text})", "unistr({text})", "current_setting({text})", "convert_from({bytea}, 'UTF8')", "chr({int})", "({text})::xml::text", "(xpath('/a', {text}::xml))[1]::text", "split_part({text}, {s}, {int})", "format({text}, {any})", "substring({text} from {text})", "xmlcomment({text})::text", "normalize({text})", "set_config('world.x', {text}, true)"})),
	integer: joined(
		totals("length({text})", "char_length({text})", "octet_length({text})", "bit_length({text})", "strpos({text}, {text})", "position({text} in {text})",
			"array_length({arr}, {i})", "cardinality({arr})", "hashtext({text})", "num_nulls({any}, {any})", "num_nonnulls(VARIADIC {arr})",
			"pg_column_size({any})", "length({bytea})", "length({bytea}, 'UTF8')", "coalesce({int}, {int})", "greatest({int}, {int})",
			"CASE WHEN {cond} THEN {int} ELSE {int} END", "array_ndims({arr})", "masklen({inet})", "lower({span})", "upper({span})", "nullif({int}, {int})",
			"{intquery}", "(({row})).zip", "array_upper({arr}, 1)", "position({bytea} in {bytea})", "octet_length({bytea})", "grouping({text})"),
		forms(true, "win", []string{"row_number() OVER {over}", "rank() OVER {over}", "count({any}) OVER {over}", "max({int}) OVER {over}", "lag({int}) OVER {over}",
			"dense_rank() OVER (ORDER BY {order})", "ntile(2) OVER {over}", "sum({plain}) OVER {over}"}),
		forms(true, "agg", []string{"max({int})", "min({int})", "count(*)", "count(*) FILTER (WHERE {cond})", "sum({plain})", "count({plain})"}),
		forms(false, "agg", []string{"count({any})", "sum({int})", "count(DISTINCT {text})", "rank({s}) WITHIN GROUP (ORDER BY {text})", "bit_or({int})"}),
		partials("ascii({text})", "{int} + {int}", "abs({int})", "extract(year from {date})::int",
			"floor({num})::int", "array_position({arr}, {text})",
			"generate_series(1, {int} % 4)", "hashtext({any}::text)", "-{int}", "generate_subscripts({arr}, 1)",
			"(select count(*) from people q where {cond})::int", "regexp_count({text}, {re})"),
		forms(false, "wild", []string{"fail({text})", "({text})::int", "({num})::int", "get_byte({bytea}, {n})", "{int} / {int}", "{int} % {int}", "currval({text})", "plus_one({int})", "jsonb_array_length({json})", "({json}->>'a')::int", "width_bucket({num}, 0, 10, 4)", "scale({num})"})),
	number: joined(
		totals("greatest({num}, {num})", "coalesce({num}, {num})", "CASE WHEN {cond} THEN {num} END", "nullif({num}, {num})"),
		forms(true, "agg", []string{"max({num})", "min({num})"}),
		forms(false, "agg", []string{"sum({num})", "avg({num})", "stddev({num})", "percentile_cont(0.5) WITHIN GROUP (ORDER BY {num})"}),
		forms(true, "win", []string{"lag({num}) OVER {over}", "avg({num}) OVER {over}", "max({num}) OVER {over}"}),
		partials("{num} * 2", "round({num}, {n})", "{num} + {int}",
			"extract(epoch from {date})"),
		forms(false, "wild", []string{"({text})::numeric", "sqrt({num})", "ln({num})", "{num} / {num}", "({json}->>'a')::numeric", "to_number({text}, '999')"})),
	date: joined(
		totals("coalesce({date}, {date})", "greatest({date}, {date})", "CASE WHEN {cond} THEN {date} END", "nullif({date}, {date})"),
		forms(true, "agg", []string{"max({date})"}),
		partials("{date} + {n}", "date_trunc('month', {date})::date", "({date} - interval '1 month')::date"),
		forms(false, "wild", []string{"({text})::date", "make_date({int}, 1, 1)", "to_date({text}, 'YYYY')"})),
	boolean: joined(
		totals("{text} = {text}", "{text} < {text}", "{text} <> {text}", "{int} >= {int}", "{num} > {num}", "{date} < {date}", "{text} IS DISTINCT FROM {text}",
			"{text} LIKE {pat}", "{text} ILIKE 'a%'", "{text} ~ 'a'", "{any} IS NULL", "{any} IS NOT NULL", "{bool} AND {bool}", "{bool} OR {bool}", "NOT {bool}",
			"{bool} IS TRUE", "{text} IN ({text}, {s})", "{int} BETWEEN {int} AND {int}", "starts_with({text}, {s})", "EXISTS ({textquery})",
			"{json} ? {s}", "isempty({span})", "lower_inc({span})", "{bytea} = {bytea}", "isfinite({date})", "coalesce({bool}, {bool})", "{text} ^@ {text}",
			"CASE WHEN {cond} THEN {bool} END", "{inet} = {inet}", "{inet} < {inet}"),
		forms(true, "agg", []string{"bool_and({bool})", "every({bool})", "bool_or({bool})"}),
		partials("{text} = ANY({arr})", "{span} @> {n}", "({text}, {int}) = ({text}, {int})", "{arr} && {arr}", "{arr} @> {arr}", "{json} @> {json}",
			"{text} IN {textquery}", "{int} = ANY {intquery}",
			"{point} <@ polygon '((0,0),(0,5),(5,5),(5,0))'", "{json} @@ '$.a > 0'", "{row} = {row}",
			"{point} ~= {point}", "{inet} << {inet}", "{arr} < {arr}", "{span} && {span}"),
		forms(false, "wild", []string{"({text})::boolean", "{int} / {int} > 0", "({text})::xml IS DOCUMENT", "{text} SIMILAR TO {pat}", "{text} ~ {text}", "{text} LIKE {text}", "to_tsvector({text}) @@ to_tsquery('a')", "{num}::int > 0"})),
	document: joined(
		totals("to_jsonb({any})", "jsonb_build_array({any}, {any})", "jsonb_build_object('k', {any})", "({json})->{s}", "({json})->{n}", "({json}) #> ARRAY['a', 'b']",
			"jsonb_strip_nulls({json})", "coalesce({json}, {json})", "jsonb_extract_path({json}, {s})", "jsonb_build_array(VARIADIC {arr})"),
		forms(true, "agg", []string{"jsonb_agg({any})"}),
		forms(false, "agg", []string{"jsonb_object_agg({text}, {any})"}),
		partials("jsonb_set({json}, ARRAY['a'], '1')", "jsonb_path_query_first({json}, '$.a')", "{json} || {json}", "{json} - {s}", "({json})['a']",
			"row_to_json({row})::jsonb", "array_to_json({arr})::jsonb", "jsonb_array_elements({json})", "({rawjson})::jsonb",
			"jsonb_insert({json}, ARRAY['a'], '1')", "to_json({row})::jsonb"),
		forms(false, "wild", []string{"({text})::jsonb", "jsonb_object({arr})", "jsonb_build_object({text}, 1)", "json_build_object({text}, {any})::jsonb"})),
	array: joined(
		totals("ARRAY[{text}, {text}]", "({arr})[1:2]", "coalesce({arr}, {arr})", "ARRAY(SELECT {text})"),
		forms(true, "agg", []string{"array_agg({text})"}),
		forms(false, "agg", []string{"array_agg(DISTINCT {text})", "array_agg({arr})"}),
		partials("string_to_array({text}, {s})", "array_append({arr}, {text})", "{arr} || {text}", "regexp_split_to_array({text}, {s})",
			"array_remove({arr}, {text})", "ARRAY{textquery}", "tsvector_to_array(to_tsvector({text}))", "current_schemas({bool})::text[]"),
		forms(false, "wild", []string{"({text})::text[]", "array_fill({text}, ARRAY[{int}])", "{arr} || {arr}"})),
	bytea: joined(
		totals("sha256({bytea})", "substring({bytea} from {i} for {i})", "{bytea} || {bytea}", "coalesce({bytea}, {bytea})", "btrim({bytea}, {bytea})"),
		partials("convert_to({text}, 'LATIN1')"),
		forms(false, "wild", []string{"({text})::bytea", "decode({text}, 'hex')", "set_byte({bytea}, 0, {int})"})),
	point: joined(partials("point({num}, {num})", "center(box({point}, {point}))"), forms(false, "wild", []string{"({text})::point"})),
	span: joined(totals("coalesce({span}, {span})"), partials("{span} * {span}", "{span} + {span}", "range_merge({span}, {span})"),
		forms(false, "wild", []string{"({text})::int4range", "int4range({int}, {int})"})),
	address: joined(totals("network({inet})::inet"), partials("broadcast({inet})"),
		forms(false, "wild", []string{"({text})::inet", "{inet} + {int}", "set_masklen({inet}, {int})"})),
	row: joined(partials("ROW({text}, {int})::address"), forms(false, "wild", []string{"ROW({any}, {any})::text::address"})),
}
