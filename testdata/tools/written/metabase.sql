-- Metabase, written down after metabase.driver.postgres and its SQL generation; over pgjdbc, see recorded/pgjdbc.sql

-- session
-- simple
SET SESSION TIMEZONE TO 'UTC'
-- extended
show timezone
-- extended
SELECT nspname, typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid IN (SELECT DISTINCT enumtypid FROM pg_enum e)
-- extended volatile
SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE'
  WHEN 'v' THEN 'VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END AS type,
  d.description AS description, stat.n_live_tup AS estimated_row_count
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid
LEFT JOIN pg_catalog.pg_description AS d ON c.oid = d.objoid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass
LEFT JOIN pg_stat_user_tables AS stat ON n.nspname = stat.schemaname AND c.relname = stat.relname
WHERE c.relnamespace = n.oid AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'f', 'm')
ORDER BY type ASC, schema ASC, name ASC
-- extended ["public"]
SELECT c.column_name AS name,
  CASE WHEN c.udt_schema IN ('public', 'pg_catalog') THEN FORMAT('%s', c.udt_name) ELSE FORMAT('"%s"."%s"', c.udt_schema, c.udt_name) END AS database_type,
  c.ordinal_position - 1 AS database_position, c.table_schema, c.table_name, pk.column_name IS NOT NULL AS pk,
  COL_DESCRIPTION(CAST(CAST(FORMAT('%I.%I', CAST(c.table_schema AS TEXT), CAST(c.table_name AS TEXT)) AS REGCLASS) AS OID), c.ordinal_position) AS field_comment,
  (column_default IS NULL OR LOWER(column_default) = 'null') AND is_nullable = 'NO'
    AND NOT (column_default IS NOT NULL AND column_default LIKE '%nextval(%' OR is_identity <> 'NO') AS database_required
FROM information_schema.columns AS c
LEFT JOIN (SELECT tc.table_schema, tc.table_name, kc.column_name FROM information_schema.table_constraints AS tc
  INNER JOIN information_schema.key_column_usage AS kc
    ON tc.constraint_name = kc.constraint_name AND tc.table_schema = kc.table_schema AND tc.table_name = kc.table_name
  WHERE tc.constraint_type = 'PRIMARY KEY') AS pk
  ON c.table_schema = pk.table_schema AND c.table_name = pk.table_name AND c.column_name = pk.column_name
WHERE c.table_schema !~ '^information_schema|catalog_history|pg_' AND c.table_schema IN ($1)
ORDER BY table_schema, table_name, database_position
-- extended
SELECT pa.attname AS name, FORMAT('%s', pt.typname) AS database_type, pa.attnum - 1 AS database_position, pn.nspname AS table_schema, pc.relname AS table_name
FROM pg_catalog.pg_class AS pc
INNER JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
INNER JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = pc.oid
INNER JOIN pg_catalog.pg_type AS pt ON pt.oid = pa.atttypid
INNER JOIN pg_catalog.pg_namespace AS ptn ON ptn.oid = pt.typnamespace
WHERE pc.relkind = 'm' AND pa.attnum >= 1 ORDER BY table_schema, table_name, database_position
-- extended
SELECT fk_ns.nspname AS fk_schema, fk_table.relname AS fk_table, fk_column.attname AS fk_column, pk_ns.nspname AS pk_schema, pk_table.relname AS pk_table, pk_column.attname AS pk_column
FROM pg_constraint AS c
INNER JOIN pg_class AS fk_table ON c.conrelid = fk_table.oid
INNER JOIN pg_namespace AS fk_ns ON c.connamespace = fk_ns.oid
INNER JOIN pg_attribute AS fk_column ON c.conrelid = fk_column.attrelid
INNER JOIN pg_class AS pk_table ON c.confrelid = pk_table.oid
INNER JOIN pg_namespace AS pk_ns ON pk_table.relnamespace = pk_ns.oid
INNER JOIN pg_attribute AS pk_column ON c.confrelid = pk_column.attrelid
WHERE fk_ns.nspname !~ '^information_schema|catalog_history|pg_' AND c.contype = 'f'::char AND fk_column.attnum = ANY(c.conkey) AND pk_column.attnum = ANY(c.confkey)
ORDER BY fk_ns.nspname, fk_table.relname, fk_column.attname
-- extended
SELECT tmp.table_schema, tmp.table_name, tmp.field_name FROM (
  SELECT n.nspname AS table_schema, c.relname AS table_name, a.attname AS field_name
  FROM pg_index AS i
  INNER JOIN pg_class AS c ON c.oid = i.indrelid
  INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
  INNER JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
  WHERE i.indisvalid AND i.indpred IS NULL) AS tmp ORDER BY 1, 2, 3
-- extended
WITH table_privileges AS (
  SELECT NULL AS role, t.schemaname AS schema, t.objectname AS table,
    pg_catalog.has_table_privilege(current_user, '"' || t.schemaname || '"' || '.' || '"' || t.objectname || '"', 'UPDATE') AS update,
    pg_catalog.has_table_privilege(current_user, '"' || t.schemaname || '"' || '.' || '"' || t.objectname || '"', 'SELECT') AS select,
    pg_catalog.has_any_column_privilege(current_user, '"' || t.schemaname || '"' || '.' || '"' || t.objectname || '"', 'SELECT') AS some
  FROM (SELECT schemaname, tablename AS objectname FROM pg_catalog.pg_tables
    UNION SELECT schemaname, viewname AS objectname FROM pg_views
    UNION SELECT schemaname, matviewname AS objectname FROM pg_matviews) t
  WHERE t.schemaname !~ '^pg_' AND t.schemaname <> 'information_schema'
    AND pg_catalog.has_schema_privilege(current_user, t.schemaname, 'USAGE'))
SELECT t.* FROM table_privileges t ORDER BY 2, 3
-- simple
BEGIN READ ONLY
-- extended
-- Metabase
SELECT "public"."orders"."id" AS "id", "public"."orders"."status" AS "status", "public"."orders"."placed" AS "placed", "Customers"."name" AS "Customers__name", "Customers"."email" AS "Customers__email" FROM "public"."orders" LEFT JOIN "public"."customers" AS "Customers" ON "public"."orders"."customer_id" = "Customers"."id" ORDER BY "public"."orders"."id" ASC LIMIT 2000
-- extended
-- Metabase
SELECT DATE_TRUNC('month', "public"."orders"."placed") AS "placed", COUNT(*) AS "count", SUM("public"."orders"."total") AS "sum" FROM "public"."orders" WHERE ("public"."orders"."placed" >= timestamp with time zone '2026-01-01 00:00:00.000Z') AND ("public"."orders"."placed" < timestamp with time zone '2027-01-01 00:00:00.000Z') GROUP BY DATE_TRUNC('month', "public"."orders"."placed") ORDER BY DATE_TRUNC('month', "public"."orders"."placed") ASC
-- extended
-- Metabase
SELECT "source"."status" AS "status", "source"."title" AS "title" FROM (SELECT "public"."orders"."status" AS "status", SUBSTRING("public"."orders"."status", 1, 1234) AS "title" FROM "public"."orders" ORDER BY "public"."orders"."id") AS "source" LIMIT 10000
-- extended
-- Metabase
SELECT "public"."orders"."status" AS "status" FROM "public"."orders" GROUP BY "public"."orders"."status" ORDER BY "public"."orders"."status" ASC LIMIT 1001
-- extended
-- Metabase
SELECT FLOOR(("public"."products"."price" / 5.0)) * 5.0 AS "price", COUNT(*) AS "count" FROM "public"."products" WHERE (LOWER("public"."products"."title") LIKE '%product%') GROUP BY FLOOR(("public"."products"."price" / 5.0)) * 5.0 ORDER BY 1 ASC
-- extended
-- Metabase
SELECT ("public"."products"."extra"#>> array['k']::text[])::bigint AS "extra" FROM "public"."products" ORDER BY "public"."products"."id" LIMIT 3
-- simple
ROLLBACK
