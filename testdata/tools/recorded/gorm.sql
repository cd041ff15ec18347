-- GORM v1.31.2 with pgx

-- session
-- simple
-- ping
-- simple
-- ping
-- extended ["2"]
SELECT * FROM "customers" ORDER BY id LIMIT $1
-- extended ["1", "2"]
SELECT * FROM "orders" WHERE "orders"."customer_id" IN ($1,$2) ORDER BY id
-- extended ["1", "1"]
SELECT * FROM "orders" WHERE "orders"."id" = $1 ORDER BY "orders"."id" LIMIT $2
-- extended ["1", "1"]
SELECT "orders"."id","orders"."customer_id","orders"."status","orders"."total","Customer"."id" AS "Customer__id","Customer"."name" AS "Customer__name","Customer"."email" AS "Customer__email" FROM "orders" LEFT JOIN "customers" "Customer" ON "orders"."customer_id" = "Customer"."id" WHERE "orders"."id" = $1 ORDER BY orders.id,"orders"."id" LIMIT $2
-- extended ["new"]
SELECT count(*) FROM "orders" WHERE status = $1
-- extended ["1"]
SELECT status, sum(total) as t FROM "orders" GROUP BY "status" HAVING sum(total) > $1 ORDER BY status
-- extended ["1", "2"]
SELECT * FROM "customers" WHERE id IN ($1,$2) ORDER BY id
-- extended ["new", "5"]
SELECT * FROM "orders" WHERE "orders"."status" = $1 ORDER BY id,"orders"."id" LIMIT $2
-- extended ["new", "15", "5"]
SELECT * FROM "orders" WHERE "orders"."status" = $1 AND "orders"."id" > $2 ORDER BY id,"orders"."id" LIMIT $3
-- simple
begin
-- extended ["gorm", "1"]
INSERT INTO "products" ("title","price") VALUES ($1,$2) RETURNING "id"
-- simple
commit
-- simple
begin
-- extended ["2", "11"]
UPDATE "products" SET "price"=$1 WHERE "id" = $2
-- simple
commit
-- simple
begin
-- extended ["gorm", "2", "11"]
UPDATE "products" SET "title"=$1,"price"=$2 WHERE "id" = $3
-- simple
commit
-- simple
begin
-- extended ["11"]
DELETE FROM "products" WHERE "products"."id" = $1
-- simple
commit
-- simple
begin
-- extended ["g1", "0", "g1", "0"]
INSERT INTO "products" ("title","price") VALUES ($1,$2),($3,$4) RETURNING "id"
-- simple
commit
-- simple
begin
-- extended ["g1"]
DELETE FROM "products" WHERE title = $1
-- simple
commit
-- simple
begin
-- extended ["Product 1", "1.5", "1"]
INSERT INTO "products" ("title","price","id") VALUES ($1,$2,$3) ON CONFLICT ("id") DO UPDATE SET "price"="excluded"."price" RETURNING "id"
-- simple
commit
-- extended ["once", "11", "1"]
SELECT * FROM "products" WHERE "products"."title" = $1 AND "products"."id" = $2 ORDER BY "products"."id" LIMIT $3
-- simple
begin
-- extended ["once", "2", "11"]
INSERT INTO "products" ("title","price","id") VALUES ($1,$2,$3) RETURNING "id"
-- simple
commit
-- simple
begin
-- extended ["once"]
DELETE FROM "products" WHERE title = $1
-- simple
commit
-- simple
begin
-- extended ["1", "1", "1"]
SELECT * FROM "orders" WHERE "orders"."id" = $1 AND "orders"."id" = $2 ORDER BY "orders"."id" LIMIT $3 FOR UPDATE SKIP LOCKED
-- simple
SAVEPOINT sp4485561309653135788
-- extended ["new", "1"]
UPDATE "orders" SET "status"=$1 WHERE id = $2
-- simple
commit
-- extended
SELECT CURRENT_DATABASE()
-- extended ["BASE TABLE"]
SELECT table_name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA() AND table_type = $1
-- extended ["orders", "BASE TABLE"]
SELECT count(*) FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA() AND table_name = $1 AND table_type = $2
-- extended ["orders", "status"]
SELECT count(*) FROM INFORMATION_SCHEMA.columns WHERE table_schema = CURRENT_SCHEMA() AND table_name = $1 AND column_name = $2
-- extended ["tools", "orders"]
SELECT c.column_name, c.is_nullable = 'YES', c.udt_name, c.character_maximum_length, c.numeric_precision, c.numeric_precision_radix, c.numeric_scale, c.datetime_precision, 8 * typlen, c.column_default, pd.description, c.identity_increment FROM information_schema.columns AS c JOIN pg_type AS pgt ON c.udt_name = pgt.typname LEFT JOIN pg_catalog.pg_description as pd ON pd.objsubid = c.ordinal_position AND pd.objoid = (SELECT oid FROM pg_catalog.pg_class WHERE relname = c.table_name AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = c.table_schema)) where table_catalog = $1 AND table_schema = CURRENT_SCHEMA() AND table_name = $2
-- simple
SELECT * FROM "orders" LIMIT  '1'
-- extended ["tools", "orders", "UNIQUE"]
SELECT constraint_name FROM information_schema.table_constraints tc JOIN information_schema.constraint_column_usage AS ccu USING (constraint_schema, constraint_catalog, table_name, constraint_name) JOIN information_schema.columns AS c ON c.table_schema = tc.constraint_schema AND tc.table_name = c.table_name AND ccu.column_name = c.column_name WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND c.table_catalog = $1 AND c.table_schema = CURRENT_SCHEMA() AND c.table_name = $2 AND constraint_type = $3
-- extended ["tools", "orders"]
SELECT c.column_name, constraint_name, constraint_type FROM information_schema.table_constraints tc JOIN information_schema.constraint_column_usage AS ccu USING (constraint_schema, constraint_catalog, table_name, constraint_name) JOIN information_schema.columns AS c ON c.table_schema = tc.constraint_schema AND tc.table_name = c.table_name AND ccu.column_name = c.column_name WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND c.table_catalog = $1 AND c.table_schema = CURRENT_SCHEMA() AND c.table_name = $2
-- extended ["orders"]
SELECT a.attname as column_name, format_type(a.atttypid, a.atttypmod) AS data_type	FROM pg_attribute a JOIN pg_class b ON a.attrelid = b.oid AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = CURRENT_SCHEMA())	WHERE a.attnum > 0	AND NOT a.attisdropped	AND b.relname = $1
-- simple
SELECT * FROM "customers" LIMIT  '1'
-- extended ["orders"]

SELECT
	ct.relname AS table_name,
	ci.relname AS index_name,
	i.indisunique AS non_unique,
	i.indisprimary AS primary,
	a.attname AS column_name
FROM
	pg_index i
	LEFT JOIN pg_class ct ON ct.oid = i.indrelid
	LEFT JOIN pg_class ci ON ci.oid = i.indexrelid
	LEFT JOIN pg_attribute a ON a.attrelid = ct.oid
	LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid
WHERE
	a.attnum = ANY(i.indkey)
	AND con.oid IS NULL
	AND ct.relkind = 'r'
	AND ct.relname = $1
 AND ct.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = CURRENT_SCHEMA())
-- extended ["orders", "orders_status"]
SELECT count(*) FROM pg_indexes WHERE tablename = $1 AND indexname = $2 AND schemaname = CURRENT_SCHEMA()
-- extended ["orders", "known"]
SELECT count(*) FROM INFORMATION_SCHEMA.table_constraints WHERE table_schema = CURRENT_SCHEMA() AND table_name = $1 AND constraint_name = $2
-- extended
SELECT * FROM "orders" ORDER BY id
-- extended
SELECT version()
