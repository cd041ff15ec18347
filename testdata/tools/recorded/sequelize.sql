-- Sequelize 6.37.8 with pg 8.23.1

-- session
-- simple
SET client_min_messages TO warning;SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE;
-- simple
WITH ranges AS (  SELECT pg_range.rngtypid, pg_type.typname AS rngtypname,         pg_type.typarray AS rngtyparray, pg_range.rngsubtype    FROM pg_range LEFT OUTER JOIN pg_type ON pg_type.oid = pg_range.rngtypid)SELECT pg_type.typname, pg_type.typtype, pg_type.oid, pg_type.typarray,       ranges.rngtypname, ranges.rngtypid, ranges.rngtyparray  FROM pg_type LEFT OUTER JOIN ranges ON pg_type.oid = ranges.rngsubtype WHERE (pg_type.typtype IN('b', 'e'));

-- session
-- simple
SET client_min_messages TO warning;SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE;
-- simple
SELECT 1+1 AS result
-- simple
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type LIKE '%TABLE' AND table_name != 'spatial_ref_sys';
-- simple
SELECT schema_name FROM information_schema.schemata WHERE schema_name <> 'information_schema' AND schema_name != 'public' AND schema_name !~ E'^pg_';
-- simple
SELECT pk.constraint_type as "Constraint",c.column_name as "Field", c.column_default as "Default",c.is_nullable as "Null", (CASE WHEN c.udt_name = 'hstore' THEN c.udt_name ELSE c.data_type END) || (CASE WHEN c.character_maximum_length IS NOT NULL THEN '(' || c.character_maximum_length || ')' ELSE '' END) as "Type", (SELECT array_agg(e.enumlabel) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON t.oid=e.enumtypid WHERE t.typname=c.udt_name) AS "special", (SELECT pgd.description FROM pg_catalog.pg_statio_all_tables AS st INNER JOIN pg_catalog.pg_description pgd on (pgd.objoid=st.relid) WHERE c.ordinal_position=pgd.objsubid AND c.table_name=st.relname) AS "Comment" FROM information_schema.columns c LEFT JOIN (SELECT tc.table_schema, tc.table_name, cu.column_name, tc.constraint_type FROM information_schema.TABLE_CONSTRAINTS tc JOIN information_schema.KEY_COLUMN_USAGE  cu ON tc.table_schema=cu.table_schema and tc.table_name=cu.table_name and tc.constraint_name=cu.constraint_name and tc.constraint_type='PRIMARY KEY') pk ON pk.table_schema=c.table_schema AND pk.table_name=c.table_name AND pk.column_name=c.column_name WHERE c.table_name = 'customers' AND c.table_schema = 'public'
-- simple
SELECT i.relname AS name, ix.indisprimary AS primary, ix.indisunique AS unique, ix.indkey AS indkey, array_agg(a.attnum) as column_indexes, array_agg(a.attname) AS column_names, pg_get_indexdef(ix.indexrelid) AS definition FROM pg_class t, pg_class i, pg_index ix, pg_attribute a WHERE t.oid = ix.indrelid AND i.oid = ix.indexrelid AND a.attrelid = t.oid AND t.relkind = 'r' and t.relname = 'customers' GROUP BY i.relname, ix.indexrelid, ix.indisprimary, ix.indisunique, ix.indkey ORDER BY i.relname;
-- simple
SELECT DISTINCT tc.constraint_name as constraint_name, tc.constraint_schema as constraint_schema, tc.constraint_catalog as constraint_catalog, tc.table_name as table_name,tc.table_schema as table_schema,tc.table_catalog as table_catalog,tc.initially_deferred as initially_deferred,tc.is_deferrable as is_deferrable,kcu.column_name as column_name,ccu.table_schema  AS referenced_table_schema,ccu.table_catalog  AS referenced_table_catalog,ccu.table_name  AS referenced_table_name,ccu.column_name AS referenced_column_name FROM information_schema.table_constraints AS tc JOIN information_schema.key_column_usage AS kcu ON tc.constraint_name = kcu.constraint_name JOIN information_schema.constraint_column_usage AS ccu ON ccu.constraint_name = tc.constraint_name WHERE constraint_type = 'FOREIGN KEY' AND tc.table_name = 'customers' AND tc.table_catalog = 'tools'
-- simple
SELECT constraint_catalog AS "constraintCatalog", constraint_schema AS "constraintSchema", constraint_name AS "constraintName", table_catalog AS "tableCatalog", table_schema AS "tableSchema", table_name AS "tableName", constraint_type AS "constraintType", is_deferrable AS "isDeferrable", initially_deferred AS "initiallyDeferred" from INFORMATION_SCHEMA.table_constraints WHERE table_name='customers';
-- simple
SELECT "id", "name", "email" FROM "customers" AS "customers" ORDER BY "customers"."id" LIMIT 2;
-- simple
SELECT "orders"."id", "orders"."status", "orders"."total", "orders"."customer_id", "customer"."id" AS "customer.id", "customer"."name" AS "customer.name", "customer"."email" AS "customer.email" FROM "orders" AS "orders" LEFT OUTER JOIN "customers" AS "customer" ON "orders"."customer_id" = "customer"."id" ORDER BY "orders"."id" LIMIT 2;
-- simple
SELECT count(*) AS "count" FROM "orders" AS "orders" WHERE "orders"."status" = 'new';
-- simple
SELECT "id", "status", "total", "customer_id" FROM "orders" AS "orders" WHERE "orders"."status" = 'new' ORDER BY "orders"."id" LIMIT 2;
-- simple
SELECT sum("total") AS "sum" FROM "orders" AS "orders";
-- simple
SELECT max("total") AS "max" FROM "orders" AS "orders";
-- simple
SELECT "customers"."id", "customers"."name", "customers"."email" FROM "customers" AS "customers" WHERE "customers"."id" = 1;
-- simple
SELECT "id", "status", "total", "customer_id" FROM "orders" AS "orders" WHERE "orders"."customer_id" IN (1) ORDER BY "orders"."id";
-- extended ["seq", "1", "{a}"]
INSERT INTO "products" ("id","title","price","labels") VALUES (DEFAULT,$1,$2,$3) RETURNING "id","title","price","extra","labels";
-- extended ["2", "11"]
UPDATE "products" SET "price"=$1 WHERE "id" = $2
-- simple
DELETE FROM "products" WHERE "id" = 11
-- simple
INSERT INTO "products" ("id","title","price") VALUES (DEFAULT,'seqb',1),(DEFAULT,'seqb',2) RETURNING "id","title","price","extra","labels";
-- simple
DELETE FROM "products" WHERE "title" = 'seqb'
-- extended ["1", "Product 1", "1.5"]
INSERT INTO "products" ("id","title","price") VALUES ($1,$2,$3) ON CONFLICT ("id") DO UPDATE SET "id"=EXCLUDED."id","title"=EXCLUDED."title","price"=EXCLUDED."price" RETURNING "id","title","price","extra","labels";
-- simple
START TRANSACTION;
-- simple
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
-- simple
SELECT "id", "status", "total", "customer_id" FROM "orders" AS "orders" WHERE "orders"."id" = 1 FOR UPDATE;
-- simple
SAVEPOINT "4cbadad9-e3bc-4530-b48a-0a6070ed74a5-sp-1";
-- extended ["new", "1"]
UPDATE "orders" SET "status"=$1 WHERE "id" = $2
-- simple
COMMIT;
