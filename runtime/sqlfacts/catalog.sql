SELECT json_build_object(
  'server_version', current_setting('server_version_num')::int,
  'path_setting', (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'),
  'user', session_user::text,
  'schemas', (SELECT coalesce(json_agg(nspname::text ORDER BY nspname), '[]') FROM pg_catalog.pg_namespace
              WHERE nspname !~ '^pg_(toast|temp_|toast_temp_)'),
  'relations', (
    SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
      'oid', c.oid::bigint,
      'schema', n.nspname::text,
      'name', c.relname::text,
      'kind', c.relkind::text,
      'columns', (
        SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
          'name', a.attname::text,
          'attribute', a.attnum,
          'type', format_type(a.atttypid, a.atttypmod),
          'type_oid', a.atttypid::bigint,
          'not_null', nullif(a.attnotnull, false),
          'collation', (SELECT l.collname::text FROM pg_catalog.pg_collation l
                        WHERE l.oid = a.attcollation AND l.collname NOT IN ('default', 'C', 'POSIX', 'ucs_basic')),
          'default', CASE WHEN a.attgenerated::text = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
          'generated', CASE WHEN a.attgenerated::text <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
        )) ORDER BY a.attnum), '[]')
        FROM pg_catalog.pg_attribute a
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
      'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
      'parents', (
        SELECT json_agg(quote_ident(pn.nspname) || '.' || quote_ident(p.relname) ORDER BY i.inhseqno)
        FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
        JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
        WHERE i.inhrelid = c.oid),
      'keys', (
        SELECT json_agg(k.columns ORDER BY k.columns::text)
        FROM (
          SELECT (SELECT json_agg(DISTINCT a.attname::text) FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum > 0
                    AND (a.attnum = ANY (x.indkey) OR EXISTS (
                      SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = x.indexrelid
                        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))) AS columns
          FROM pg_catalog.pg_index x WHERE x.indrelid = c.oid AND (x.indisunique OR x.indisexclusion)
          UNION ALL
          SELECT (SELECT json_agg(a.attname::text ORDER BY a.attname) FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum = ANY (f.conkey))
          FROM pg_catalog.pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
        ) k WHERE k.columns IS NOT NULL),
      'references', (
        SELECT json_agg(json_build_object('column', own.attname::text, 'schema', on_.nspname::text, 'table', oc.relname::text, 'other', other.attname::text)
          ORDER BY own.attname::text, on_.nspname::text, oc.relname::text, other.attname::text)
        FROM (
          SELECT DISTINCT CASE WHEN back THEN f.confrelid ELSE f.conrelid END AS own_rel, CASE WHEN back THEN f.conrelid ELSE f.confrelid END AS other_rel,
            CASE WHEN back THEN f.confkey[i] ELSE f.conkey[i] END AS own_key, CASE WHEN back THEN f.conkey[i] ELSE f.confkey[i] END AS other_key
          FROM pg_catalog.pg_constraint f, (VALUES (false), (true)) AS direction (back), generate_series(1, cardinality(f.conkey)) AS i
          WHERE f.contype = 'f' AND CASE WHEN back THEN f.confrelid ELSE f.conrelid END = c.oid
        ) p
        JOIN pg_catalog.pg_attribute own ON own.attrelid = p.own_rel AND own.attnum = p.own_key
        JOIN pg_catalog.pg_attribute other ON other.attrelid = p.other_rel AND other.attnum = p.other_key
        JOIN pg_catalog.pg_class oc ON oc.oid = p.other_rel
        JOIN pg_catalog.pg_namespace on_ ON on_.oid = oc.relnamespace),
      'checks', (
        SELECT json_agg(k.columns ORDER BY k.columns::text)
        FROM (
          SELECT (SELECT json_agg(a.attname::text ORDER BY a.attname) FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum = ANY (f.conkey)) AS columns
          FROM pg_catalog.pg_constraint f
          WHERE f.conrelid = c.oid AND f.contype = 'c' AND cardinality(f.conkey) > 1
        ) k),
      'rules', nullif(EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'), false),
      'triggers', nullif(EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), false)
    )) ORDER BY n.nspname, c.relname), '[]')
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'),
  'functions', (
    SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
      'schema', n.nspname::text,
      'name', p.proname::text,
      'arguments', pg_get_function_arguments(p.oid),
      'language', l.lanname::text,
      'volatility', p.provolatile::text,
      'kind', p.prokind::text,
      'returns_set', nullif(p.proretset, false),
      'body', CASE WHEN l.lanname = 'sql' AND p.prokind = 'f' THEN pg_get_functiondef(p.oid) END
    )) ORDER BY n.nspname, p.proname, pg_get_function_arguments(p.oid)), '[]')
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
       OR n.nspname = 'pg_catalog' AND p.oid >= 16384),
  'types', (
    SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
      'oid', t.oid::bigint,
      'schema', n.nspname::text,
      'name', t.typname::text,
      'kind', t.typtype::text,
      'base', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END
    )) ORDER BY n.nspname, t.typname), '[]')
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
      AND NOT (t.typelem <> 0 AND t.typlen = -1) AND (c.oid IS NULL OR c.relkind = 'c')),
  'operators', (
    SELECT coalesce(json_agg(DISTINCT o.oprname::text), '[]') FROM pg_catalog.pg_operator o WHERE o.oid >= 16384),
  'operator_bodies', (
    SELECT coalesce(json_agg(DISTINCT o.oprname::text), '[]')
    FROM pg_catalog.pg_operator o
    JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE o.oid >= 16384 AND l.lanname NOT IN ('c', 'internal')),
  'casts', (
    SELECT coalesce(json_agg(DISTINCT format_type(k.casttarget, NULL)), '[]')
    FROM pg_catalog.pg_cast k WHERE k.oid >= 16384 AND k.castfunc >= 16384),
  'casts_in_c', (
    SELECT coalesce(json_agg(target ORDER BY target), '[]')
    FROM (
      SELECT format_type(k.casttarget, NULL) AS target
      FROM pg_catalog.pg_cast k
      JOIN pg_catalog.pg_proc p ON p.oid = k.castfunc
      JOIN pg_catalog.pg_language l ON l.oid = p.prolang
      WHERE k.oid >= 16384 AND k.castfunc >= 16384
      GROUP BY 1 HAVING bool_and(l.lanname = 'c')) in_c),
  'system', (
    SELECT json_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ' || c.oid || ' ' || (
      SELECT string_agg(a.attname::text, ' ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) ORDER BY n.nspname, c.relname)
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v') AND n.nspname IN ('pg_catalog', 'information_schema'))
)::text
