-- Rails ActiveRecord 6.1.7, a migration
-- rules migrations

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
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'schema_migrations' AND c.relkind IN ('r','p')
-- simple
CREATE TABLE "schema_migrations" ("version" character varying NOT NULL PRIMARY KEY)
-- simple
CREATE TABLE "ar_internal_metadata" ("key" character varying NOT NULL PRIMARY KEY, "value" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL)
-- simple
SELECT current_database()
-- simple
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
       c.collname, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  LEFT JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
 WHERE a.attrelid = '"schema_migrations"'::regclass
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
-- extended
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC
-- simple
BEGIN
-- simple
CREATE TABLE "books" ("id" bigserial primary key, "title" character varying NOT NULL, "customer_id" bigint, "d" jsonb, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL, CONSTRAINT "fk_rails_0443f57d1d"
FOREIGN KEY ("customer_id")
  REFERENCES "customers" ("id")
)
-- simple
SHOW max_identifier_length
-- simple
CREATE INDEX "index_books_on_customer_id" ON "books" ("customer_id")
-- simple
SELECT 'integer'::regtype::oid
-- simple
ALTER TABLE "books" ADD "pages" integer DEFAULT 0
-- simple
CREATE UNIQUE INDEX "index_books_on_title_and_pages" ON "books" ("title", "pages")
-- simple
ALTER TABLE "books" ADD CONSTRAINT p CHECK (pages >= 0)
-- simple
ALTER TABLE "books" RENAME COLUMN "pages" TO "leaves"
-- simple
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'books'
  AND n.nspname = ANY (current_schemas(false))
ORDER BY i.relname
-- simple
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 17241
AND a.attnum IN (3)
-- simple
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 17241
AND a.attnum IN (2,7)
-- simple
ALTER INDEX "index_books_on_title_and_pages" RENAME TO "index_books_on_title_and_leaves"
-- simple
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','v','m','p','f')
-- extended ["1"]
INSERT INTO "schema_migrations" ("version") VALUES ($1) RETURNING "version"
-- simple
COMMIT
-- simple
SHOW search_path
-- extended ["environment", "1"]
SELECT "ar_internal_metadata".* FROM "ar_internal_metadata" WHERE "ar_internal_metadata"."key" = $1 LIMIT $2
-- simple
BEGIN
-- extended ["environment", "default_env", "2026-11-24 16:01:03.131528", "2026-11-24 16:01:03.131528"]
INSERT INTO "ar_internal_metadata" ("key", "value", "created_at", "updated_at") VALUES ($1, $2, $3, $4) RETURNING "key"
-- simple
COMMIT
-- simple
SELECT a.attname
  FROM (
         SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx
           FROM pg_index
          WHERE indrelid = '"books"'::regclass
            AND indisprimary
       ) i
  JOIN pg_attribute a
    ON a.attrelid = i.indrelid
   AND a.attnum = i.indkey[i.idx]
 ORDER BY i.idx
-- simple
BEGIN
-- extended ["a", "2026-11-24 16:01:03.143504", "2026-11-24 16:01:03.143504"]
INSERT INTO "books" ("title", "created_at", "updated_at") VALUES ($1, $2, $3) RETURNING "id"
-- simple
COMMIT
-- extended
SELECT COUNT(*) FROM "books"
-- extended
SELECT extname FROM pg_extension
-- simple
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','p')
-- simple
SELECT pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'books'
  AND c.relkind IN ('r','p')
  AND n.nspname = ANY (current_schemas(false))
-- extended
            SELECT conname, pg_get_constraintdef(c.oid) AS constraintdef, c.convalidated AS valid
            FROM pg_constraint c
            JOIN pg_class t ON c.conrelid = t.oid
            WHERE c.contype = 'c'
              AND t.relname = 'books'
-- extended
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid
FROM pg_constraint c
JOIN pg_class t1 ON c.conrelid = t1.oid
JOIN pg_class t2 ON c.confrelid = t2.oid
JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid
JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
JOIN pg_namespace t3 ON c.connamespace = t3.oid
WHERE c.contype = 'f'
  AND t1.relname = 'books'
  AND t3.nspname = ANY (current_schemas(false))
ORDER BY c.conname
-- simple
BEGIN
-- simple
ALTER TABLE "books" RENAME COLUMN "leaves" TO "pages"
-- simple
ALTER INDEX "index_books_on_title_and_leaves" RENAME TO "index_books_on_title_and_pages"
-- simple
ALTER TABLE "books" DROP CONSTRAINT "p"
-- simple
DROP INDEX  "index_books_on_title_and_pages"
-- simple
ALTER TABLE "books" DROP COLUMN "pages"
-- simple
DROP TABLE "books"
-- extended ["1"]
DELETE FROM "schema_migrations" WHERE "schema_migrations"."version" = $1
-- simple
COMMIT

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
-- simple
SELECT pg_try_advisory_lock(8095386071473213275)
-- simple
SELECT pg_advisory_unlock(8095386071473213275)

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
-- simple
SELECT pg_try_advisory_lock(8095386071473213275)
-- simple
SELECT pg_advisory_unlock(8095386071473213275)
