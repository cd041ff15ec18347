-- Rails ActiveRecord 6.1.7 with pg 1.4.5

-- session
-- simple
SET client_min_messages TO 'warning'
-- simple
SET standard_conforming_strings = on
-- simple
SET intervalstyle = iso_8601
-- simple
SET SESSION statement_timeout TO 5000
-- simple
SET SESSION timezone TO 'UTC'
-- extended
SELECT t.oid, t.typname
FROM pg_type as t
WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool', 'timestamp', 'timestamptz')
-- extended volatile
SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype
FROM pg_type as t
LEFT JOIN pg_range as r ON oid = rngtypid
WHERE
  t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'text', 'varchar', 'char', 'name', 'bpchar', 'bool', 'bit', 'varbit', 'timestamptz', 'date', 'money', 'bytea', 'point', 'hstore', 'json', 'jsonb', 'cidr', 'inet', 'uuid', 'xml', 'tsvector', 'macaddr', 'citext', 'ltree', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'time', 'timestamp', 'numeric', 'interval')
  OR t.typtype IN ('r', 'e', 'd')
  OR t.typinput = 'array_in(cstring,oid,integer)'::regprocedure
  OR t.typelem != 0
-- simple
SHOW TIME ZONE
-- simple
SELECT 1
-- simple
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','p')
-- simple
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','v','m','p','f')
-- simple
SELECT nspname
  FROM pg_namespace
 WHERE nspname !~ '^pg_.*'
   AND nspname NOT IN ('information_schema')
 ORDER by nspname;
-- extended
SELECT extname FROM pg_extension
-- simple
SELECT current_schema
-- simple
SELECT current_database()
-- simple volatile
SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()
-- simple volatile
SELECT datcollate FROM pg_database WHERE datname = current_database()
-- simple volatile
SELECT datctype FROM pg_database WHERE datname = current_database()
-- simple
SHOW search_path
-- simple
SHOW client_min_messages
-- simple
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'orders' AND c.relkind IN ('r','p')
-- simple
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'open_orders' AND c.relkind IN ('r','v','m','p','f')
-- simple
SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'public'
-- simple
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
       c.collname, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  LEFT JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
 WHERE a.attrelid = '"customers"'::regclass
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
-- simple
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'customers'
  AND n.nspname = ANY (current_schemas(false))
ORDER BY i.relname
-- simple
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = {regclass customers}
AND a.attnum IN (3)
-- simple
SELECT a.attname
  FROM (
         SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx
           FROM pg_index
          WHERE indrelid = '"customers"'::regclass
            AND indisprimary
       ) i
  JOIN pg_attribute a
    ON a.attrelid = i.indrelid
   AND a.attnum = i.indkey[i.idx]
 ORDER BY i.idx
-- extended
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid
FROM pg_constraint c
JOIN pg_class t1 ON c.conrelid = t1.oid
JOIN pg_class t2 ON c.confrelid = t2.oid
JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid
JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
JOIN pg_namespace t3 ON c.connamespace = t3.oid
WHERE c.contype = 'f'
  AND t1.relname = 'customers'
  AND t3.nspname = ANY (current_schemas(false))
ORDER BY c.conname
-- extended
            SELECT conname, pg_get_constraintdef(c.oid) AS constraintdef, c.convalidated AS valid
            FROM pg_constraint c
            JOIN pg_class t ON c.conrelid = t.oid
            WHERE c.contype = 'c'
              AND t.relname = 'customers'
-- simple
SELECT pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'customers'
  AND c.relkind IN ('r','p')
  AND n.nspname = ANY (current_schemas(false))
-- simple
SHOW max_identifier_length
-- simple
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = {regclass orders}
AND a.attnum IN (3,6)
-- simple
SELECT attr.attname, nsp.nspname, seq.relname
FROM pg_class      seq,
     pg_attribute  attr,
     pg_depend     dep,
     pg_constraint cons,
     pg_namespace  nsp
WHERE seq.oid           = dep.objid
  AND seq.relkind       = 'S'
  AND attr.attrelid     = dep.refobjid
  AND attr.attnum       = dep.refobjsubid
  AND attr.attrelid     = cons.conrelid
  AND attr.attnum       = cons.conkey[1]
  AND seq.relnamespace  = nsp.oid
  AND cons.contype      = 'p'
  AND dep.classid       = 'pg_class'::regclass
  AND dep.refobjid      = '"orders"'::regclass
-- simple
SELECT pg_get_serial_sequence('orders', 'id')
-- simple
SELECT COUNT(*)
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND i.relname = 'orders_status'
  AND t.relname = 'orders'
  AND n.nspname = ANY (current_schemas(false))
-- extended ["1"]
SELECT "customers".* FROM "customers" ORDER BY "customers"."id" ASC LIMIT $1
-- extended ["1"]
SELECT "customers".* FROM "customers" ORDER BY "customers"."id" DESC LIMIT $1
-- extended ["1", "1"]
SELECT "customers".* FROM "customers" WHERE "customers"."id" = $1 LIMIT $2
-- extended ["Customer 2", "1"]
SELECT "customers".* FROM "customers" WHERE "customers"."name" = $1 LIMIT $2
-- extended ["1", "2", "3"]
SELECT "customers".* FROM "customers" WHERE "customers"."id" IN ($1, $2, $3) ORDER BY "customers"."id" ASC
-- extended ["3", "1"]
SELECT 1 AS one FROM "customers" WHERE "customers"."id" = $1 LIMIT $2
-- extended
SELECT COUNT(*) FROM "customers"
-- extended
SELECT "customers"."id", "customers"."name" FROM "customers" ORDER BY "customers"."id" ASC
-- extended ["new", "3"]
SELECT "orders".* FROM "orders" WHERE "orders"."status" = $1 ORDER BY "orders"."id" ASC LIMIT $2
-- extended ["4", "7", "10"]
SELECT "customers".* FROM "customers" WHERE "customers"."id" IN ($1, $2, $3)
-- extended ["t", "1"]
SELECT "orders".* FROM "orders" INNER JOIN "customers" ON "customers"."id" = "orders"."customer_id" WHERE "customers"."active" = $1 ORDER BY "orders"."id" ASC LIMIT $2
-- extended ["2"]
SELECT "orders"."id" AS t0_r0, "orders"."customer_id" AS t0_r1, "orders"."status" AS t0_r2, "orders"."total" AS t0_r3, "orders"."twice" AS t0_r4, "orders"."placed" AS t0_r5, "customers"."id" AS t1_r0, "customers"."name" AS t1_r1, "customers"."email" AS t1_r2, "customers"."ssn" AS t1_r3, "customers"."feeling" AS t1_r4, "customers"."active" AS t1_r5, "customers"."created" AS t1_r6 FROM "orders" LEFT OUTER JOIN "customers" ON "customers"."id" = "orders"."customer_id" ORDER BY "orders"."id" ASC LIMIT $1
-- extended
SELECT SUM("orders"."total") AS sum_total, "orders"."status" AS orders_status FROM "orders" GROUP BY "orders"."status" ORDER BY "orders"."status" ASC
-- extended
SELECT COUNT(*) AS count_all, "orders"."status" AS orders_status FROM "orders" GROUP BY "orders"."status"
-- extended
SELECT AVG("orders"."total") FROM "orders"
-- extended
SELECT MAX("orders"."total") FROM "orders"
-- extended
SELECT DISTINCT "orders"."status" FROM "orders"
-- extended
SELECT COUNT(*) AS count_all, "customers"."id" AS customers_id FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id" GROUP BY "customers"."id" ORDER BY customers.id
-- extended ["10"]
SELECT "orders".* FROM "orders" ORDER BY "orders"."id" ASC LIMIT $1
-- extended ["10", "10"]
SELECT "orders".* FROM "orders" WHERE "orders"."id" > $1 ORDER BY "orders"."id" ASC LIMIT $2
-- extended ["15"]
SELECT "orders"."id" FROM "orders" ORDER BY "orders"."id" ASC LIMIT $1
-- extended ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
SELECT "orders"."id" FROM "orders" WHERE "orders"."id" IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
-- extended ["15", "15"]
SELECT "orders"."id" FROM "orders" WHERE "orders"."id" > $1 ORDER BY "orders"."id" ASC LIMIT $2
-- extended ["31", "32", "33", "34", "35", "36", "37", "38", "39", "40"]
SELECT "orders"."id" FROM "orders" WHERE "orders"."id" IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
-- simple
BEGIN
-- extended ["Pen", "2.0", "{\"a\": 1}", "{x}"]
INSERT INTO "products" ("title", "price", "extra", "labels") VALUES ($1, $2, $3, $4) RETURNING "id"
-- simple
COMMIT
-- simple
BEGIN
-- extended ["3.0", "11"]
UPDATE "products" SET "price" = $1 WHERE "products"."id" = $2
-- simple
COMMIT
-- extended ["11", "1"]
SELECT "products".* FROM "products" WHERE "products"."id" = $1 LIMIT $2
-- extended ["11"]
UPDATE "products" SET price = price + 1 WHERE "products"."id" = $1
-- simple
BEGIN
-- extended ["11"]
DELETE FROM "products" WHERE "products"."id" = $1
-- simple
COMMIT
-- extended
INSERT INTO "products" ("title","price") VALUES ('i1', 1.0), ('i2', 2.0) ON CONFLICT  DO NOTHING RETURNING "id"
-- extended
INSERT INTO "products" ("id","title","price") VALUES (1, 'Product 1', 1.5) ON CONFLICT ("id") DO UPDATE SET "title"=excluded."title","price"=excluded."price" RETURNING "id"
-- extended
DELETE FROM "products" WHERE (title LIKE 'i_')
-- simple
BEGIN
-- extended ["1", "1"]
SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1 LIMIT $2 FOR UPDATE
-- simple
SAVEPOINT active_record_1
-- extended ["paid", "1"]
UPDATE "orders" SET "status" = $1 WHERE "orders"."id" = $2
-- simple
ROLLBACK TO SAVEPOINT active_record_1
-- simple
COMMIT
-- simple
BEGIN
-- simple
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ
-- extended
SELECT COUNT(*) FROM "orders"
-- simple
COMMIT
-- extended ["1"]
SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1
-- extended volatile ["1"]
EXPLAIN SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1
-- extended
SELECT "products".* FROM "products" WHERE (extra->>'k' = '3')
-- extended
SELECT "products".* FROM "products" WHERE ('l3' = ANY(labels))
-- extended ["2026-01-01 00:00:00+00", "2027-01-01 00:00:00+00"]
SELECT COUNT(*) FROM "orders" WHERE "orders"."placed" BETWEEN $1 AND $2
-- extended ["1", "1"]
SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1 LIMIT $2
-- extended ["1.0", "5.0", "2", "1"]
SELECT "orders".* FROM "orders" WHERE "orders"."total" BETWEEN $1 AND $2 ORDER BY "orders"."total" DESC LIMIT $3 OFFSET $4
-- extended ["1", "1"]
SELECT "customers"."id", "customers"."email" FROM "customers" WHERE "customers"."id" = $1 LIMIT $2
-- extended ["1"]
SELECT * FROM orders WHERE id = $1
-- simple
DISCARD ALL
-- simple
SET client_min_messages TO 'warning'
-- simple
SET standard_conforming_strings = on
-- simple
SET intervalstyle = iso_8601
-- simple
SET SESSION statement_timeout TO 5000
-- simple
SET SESSION timezone TO 'UTC'
