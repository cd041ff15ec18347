-- GORM v1.31.2 with pgx, simple protocol

-- session
-- simple
-- ping
-- simple
-- ping
-- simple
SELECT * FROM "customers" ORDER BY id LIMIT  '2'
-- simple
SELECT * FROM "orders" WHERE "orders"."customer_id" IN ( '1' , '2' ) ORDER BY id
-- simple
SELECT * FROM "orders" WHERE "orders"."id" =  '1'  ORDER BY "orders"."id" LIMIT  '1'
-- simple
SELECT "orders"."id","orders"."customer_id","orders"."status","orders"."total","Customer"."id" AS "Customer__id","Customer"."name" AS "Customer__name","Customer"."email" AS "Customer__email" FROM "orders" LEFT JOIN "customers" "Customer" ON "orders"."customer_id" = "Customer"."id" WHERE "orders"."id" =  '1'  ORDER BY orders.id,"orders"."id" LIMIT  '1'
-- simple
SELECT count(*) FROM "orders" WHERE status =  'new'
-- simple
SELECT status, sum(total) as t FROM "orders" GROUP BY "status" HAVING sum(total) >  '1'  ORDER BY status
-- simple
SELECT * FROM "customers" WHERE id IN ( '1' , '2' ) ORDER BY id
-- simple
SELECT * FROM "orders" WHERE "orders"."status" =  'new'  ORDER BY id,"orders"."id" LIMIT  '5'
-- simple
SELECT * FROM "orders" WHERE "orders"."status" =  'new'  AND "orders"."id" >  '15'  ORDER BY id,"orders"."id" LIMIT  '5'
-- simple
begin
-- simple
INSERT INTO "products" ("title","price") VALUES ( 'gorm' , '1' ) RETURNING "id"
-- simple
commit
-- simple
begin
-- simple
UPDATE "products" SET "price"= '2'  WHERE "id" =  '11'
-- simple
commit
-- simple
begin
-- simple
UPDATE "products" SET "title"= 'gorm' ,"price"= '2'  WHERE "id" =  '11'
-- simple
commit
-- simple
begin
-- simple
DELETE FROM "products" WHERE "products"."id" =  '11'
-- simple
commit
-- simple
begin
-- simple
INSERT INTO "products" ("title","price") VALUES ( 'g1' , '0' ),( 'g1' , '0' ) RETURNING "id"
-- simple
commit
-- simple
begin
-- simple
DELETE FROM "products" WHERE title =  'g1'
-- simple
commit
-- simple
begin
-- simple
INSERT INTO "products" ("title","price","id") VALUES ( 'Product 1' , '1.5' , '1' ) ON CONFLICT ("id") DO UPDATE SET "price"="excluded"."price" RETURNING "id"
-- simple
commit
-- simple
SELECT * FROM "products" WHERE "products"."title" =  'once'  AND "products"."id" =  '11'  ORDER BY "products"."id" LIMIT  '1'
-- simple
begin
-- simple
INSERT INTO "products" ("title","price","id") VALUES ( 'once' , '2' , '11' ) RETURNING "id"
-- simple
commit
-- simple
begin
-- simple
DELETE FROM "products" WHERE title =  'once'
-- simple
commit
-- simple
begin
-- simple
SELECT * FROM "orders" WHERE "orders"."id" =  '1'  AND "orders"."id" =  '1'  ORDER BY "orders"."id" LIMIT  '1'  FOR UPDATE SKIP LOCKED
-- simple
SAVEPOINT sp5561705950152978390
-- simple
UPDATE "orders" SET "status"= 'new'  WHERE id =  '1'
-- simple
commit
-- simple
SELECT CURRENT_DATABASE()
-- simple
SELECT table_name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA() AND table_type =  'BASE TABLE'
-- simple
SELECT count(*) FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA() AND table_name =  'orders'  AND table_type =  'BASE TABLE'
-- simple
SELECT count(*) FROM INFORMATION_SCHEMA.columns WHERE table_schema = CURRENT_SCHEMA() AND table_name =  'orders'  AND column_name =  'status'
-- simple
SELECT c.column_name, c.is_nullable = 'YES', c.udt_name, c.character_maximum_length, c.numeric_precision, c.numeric_precision_radix, c.numeric_scale, c.datetime_precision, 8 * typlen, c.column_default, pd.description, c.identity_increment FROM information_schema.columns AS c JOIN pg_type AS pgt ON c.udt_name = pgt.typname LEFT JOIN pg_catalog.pg_description as pd ON pd.objsubid = c.ordinal_position AND pd.objoid = (SELECT oid FROM pg_catalog.pg_class WHERE relname = c.table_name AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = c.table_schema)) where table_catalog =  'tools'  AND table_schema = CURRENT_SCHEMA() AND table_name =  'orders'
-- simple
SELECT * FROM "orders" LIMIT  '1'
-- simple
SELECT constraint_name FROM information_schema.table_constraints tc JOIN information_schema.constraint_column_usage AS ccu USING (constraint_schema, constraint_catalog, table_name, constraint_name) JOIN information_schema.columns AS c ON c.table_schema = tc.constraint_schema AND tc.table_name = c.table_name AND ccu.column_name = c.column_name WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND c.table_catalog =  'tools'  AND c.table_schema = CURRENT_SCHEMA() AND c.table_name =  'orders'  AND constraint_type =  'UNIQUE'
-- simple
SELECT c.column_name, constraint_name, constraint_type FROM information_schema.table_constraints tc JOIN information_schema.constraint_column_usage AS ccu USING (constraint_schema, constraint_catalog, table_name, constraint_name) JOIN information_schema.columns AS c ON c.table_schema = tc.constraint_schema AND tc.table_name = c.table_name AND ccu.column_name = c.column_name WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND c.table_catalog =  'tools'  AND c.table_schema = CURRENT_SCHEMA() AND c.table_name =  'orders'
-- simple
SELECT a.attname as column_name, format_type(a.atttypid, a.atttypmod) AS data_type	FROM pg_attribute a JOIN pg_class b ON a.attrelid = b.oid AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = CURRENT_SCHEMA())	WHERE a.attnum > 0	AND NOT a.attisdropped	AND b.relname =  'orders'
-- simple
SELECT * FROM "customers" LIMIT  '1'
-- simple

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
	AND ct.relname =  'orders' 
 AND ct.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = CURRENT_SCHEMA())
-- simple
SELECT count(*) FROM pg_indexes WHERE tablename =  'orders'  AND indexname =  'orders_status'  AND schemaname = CURRENT_SCHEMA()
-- simple
SELECT count(*) FROM INFORMATION_SCHEMA.table_constraints WHERE table_schema = CURRENT_SCHEMA() AND table_name =  'orders'  AND constraint_name =  'known'
-- simple
SELECT * FROM "orders" ORDER BY id
-- simple
SELECT version()
