-- Sequel 5.63.0

-- session
-- simple
SET standard_conforming_strings = ON
-- simple
SET client_min_messages = 'WARNING'
-- simple
SET DateStyle = 'ISO'
-- simple
SELECT CAST(current_setting('server_version_num') AS integer) AS v
-- simple
SELECT CAST("enumtypid" AS integer) AS "v", "enumlabel" FROM "pg_enum" ORDER BY "enumtypid", "enumsortorder"
-- simple
SELECT "typname", CAST("typarray" AS integer) AS "v" FROM "pg_type" WHERE (("oid" IN ({regtype mood})) AND ("typarray" != 0))
-- simple
SELECT "typarray", "oid" FROM "pg_type" WHERE ("typname" = 'mood') LIMIT 1
-- simple
SELECT "relname" FROM "pg_class" INNER JOIN "pg_namespace" ON ("pg_namespace"."oid" = "pg_class"."relnamespace") WHERE (("relkind" IN ('r', 'p')) AND ("pg_namespace"."nspname" = any(current_schemas(false))))
-- simple
SELECT "relname" FROM "pg_class" INNER JOIN "pg_namespace" ON ("pg_namespace"."oid" = "pg_class"."relnamespace") WHERE (("relkind" = 'v') AND ("pg_namespace"."nspname" = any(current_schemas(false))))
-- simple
SELECT "pg_attribute"."attname" AS "name", CAST("pg_attribute"."atttypid" AS integer) AS "oid", CAST("basetype"."oid" AS integer) AS "base_oid", format_type("basetype"."oid", "pg_type"."typtypmod") AS "db_base_type", format_type("pg_type"."oid", "pg_attribute"."atttypmod") AS "db_type", pg_get_expr("pg_attrdef"."adbin", "pg_class"."oid") AS "default", NOT "pg_attribute"."attnotnull" AS "allow_null", COALESCE(("pg_attribute"."attnum" = ANY("pg_index"."indkey")), false) AS "primary_key", "pg_attribute"."attidentity", ("pg_attribute"."attgenerated" != '') AS "generated" FROM "pg_class" INNER JOIN "pg_attribute" ON ("pg_attribute"."attrelid" = "pg_class"."oid") INNER JOIN "pg_type" ON ("pg_type"."oid" = "pg_attribute"."atttypid") LEFT OUTER JOIN "pg_type" AS "basetype" ON ("basetype"."oid" = "pg_type"."typbasetype") LEFT OUTER JOIN "pg_attrdef" ON (("pg_attrdef"."adrelid" = "pg_class"."oid") AND ("pg_attrdef"."adnum" = "pg_attribute"."attnum")) LEFT OUTER JOIN "pg_index" ON (("pg_index"."indrelid" = "pg_class"."oid") AND ("pg_index"."indisprimary" IS TRUE)) WHERE (("pg_attribute"."attisdropped" IS FALSE) AND ("pg_attribute"."attnum" > 0) AND ("pg_class"."oid" = CAST(CAST('"customers"' AS regclass) AS oid))) ORDER BY "pg_attribute"."attnum"
-- simple
SELECT "indc"."relname" AS "name", "ind"."indisunique" AS "unique", "att"."attname" AS "column", "con"."condeferrable" AS "deferrable" FROM "pg_class" AS "tab" INNER JOIN "pg_index" AS "ind" ON ("ind"."indrelid" = "tab"."oid") INNER JOIN "pg_class" AS "indc" ON ("indc"."oid" = "ind"."indexrelid") INNER JOIN "pg_attribute" AS "att" ON (("att"."attrelid" = "tab"."oid") AND ("att"."attnum" = ANY("ind"."indkey"))) LEFT JOIN "pg_constraint" AS "con" ON ("con"."conname" = "indc"."relname") WHERE (("indc"."relkind" = 'i') AND ("ind"."indisprimary" IS FALSE) AND ("indexprs" IS NULL) AND ("indisvalid" IS TRUE) AND ("indisready" IS TRUE) AND ("indislive" IS TRUE) AND ("tab"."oid" = CAST(CAST('"customers"' AS regclass) AS oid)) AND ("indpred" IS NULL)) ORDER BY "indc"."relname", array_position("ind"."indkey", "att"."attnum")
-- simple
SELECT "co"."conname" AS "name", "att"."attname" AS "column", "co"."confupdtype" AS "on_update", "co"."confdeltype" AS "on_delete", "cl2"."relname" AS "table", "att2"."attname" AS "refcolumn", ("co"."condeferrable" AND "co"."condeferred") AS "deferrable", "nsp"."nspname" AS "schema" FROM "pg_constraint" AS "co" INNER JOIN "pg_class" AS "cl" ON ("cl"."oid" = "co"."conrelid") INNER JOIN "pg_attribute" AS "att" ON (("att"."attrelid" = "cl"."oid") AND ("att"."attnum" = ANY("co"."conkey"))) INNER JOIN "pg_class" AS "cl2" ON ("cl2"."oid" = "co"."confrelid") INNER JOIN "pg_attribute" AS "att2" ON (("att2"."attrelid" = "cl2"."oid") AND ("att2"."attnum" = ANY("co"."confkey"))) INNER JOIN "pg_namespace" AS "nsp" ON ("nsp"."oid" = "cl2"."relnamespace") WHERE (("cl"."relkind" IN ('r', 'p')) AND ("co"."contype" = 'f') AND (array_position("co"."conkey", "att"."attnum") = array_position("co"."confkey", "att2"."attnum")) AND ("cl"."oid" = CAST(CAST('"customers"' AS regclass) AS oid))) ORDER BY "co"."conname", array_position("co"."conkey", "att"."attnum")
-- simple
SELECT "pg_attribute"."attname" AS "pk" FROM "pg_class", "pg_attribute", "pg_index", "pg_namespace" WHERE (("pg_class"."oid" = "pg_attribute"."attrelid") AND ("pg_class"."relnamespace" = "pg_namespace"."oid") AND ("pg_class"."oid" = "pg_index"."indrelid") AND ("pg_index"."indkey"[0] = "pg_attribute"."attnum") AND ("pg_index"."indisprimary" = 't') AND ("pg_class"."oid" = CAST(CAST('"customers"' AS regclass) AS oid))) LIMIT 1
-- simple
SELECT "name"."nspname" AS "schema", "seq"."relname" AS "sequence" FROM "pg_class" AS "seq", "pg_attribute" AS "attr", "pg_depend" AS "dep", "pg_namespace" AS "name", "pg_constraint" AS "cons", "pg_class" AS "t" WHERE (("seq"."oid" = "dep"."objid") AND ("seq"."relnamespace" = "name"."oid") AND ("seq"."relkind" = 'S') AND ("attr"."attrelid" = "dep"."refobjid") AND ("attr"."attnum" = "dep"."refobjsubid") AND ("attr"."attrelid" = "cons"."conrelid") AND ("attr"."attnum" = "cons"."conkey"[1]) AND ("attr"."attrelid" = "t"."oid") AND ("cons"."contype" = 'p') AND ("t"."oid" = CAST(CAST('"customers"' AS regclass) AS oid))) LIMIT 1
-- simple
SELECT "co"."conname" AS "constraint", "att"."attname" AS "column", pg_get_constraintdef("co"."oid") AS "definition" FROM "pg_constraint" AS "co" LEFT JOIN "pg_attribute" AS "att" ON (("att"."attrelid" = "co"."conrelid") AND ("att"."attnum" = ANY("co"."conkey"))) WHERE (("contype" = 'c') AND ("conrelid" = CAST(CAST('"customers"' AS regclass) AS oid)))
-- simple
SELECT "indc"."relname" AS "name", "ind"."indisunique" AS "unique", "att"."attname" AS "column", "con"."condeferrable" AS "deferrable" FROM "pg_class" AS "tab" INNER JOIN "pg_index" AS "ind" ON ("ind"."indrelid" = "tab"."oid") INNER JOIN "pg_class" AS "indc" ON ("indc"."oid" = "ind"."indexrelid") INNER JOIN "pg_attribute" AS "att" ON (("att"."attrelid" = "tab"."oid") AND ("att"."attnum" = ANY("ind"."indkey"))) LEFT JOIN "pg_constraint" AS "con" ON ("con"."conname" = "indc"."relname") WHERE (("indc"."relkind" = 'i') AND ("ind"."indisprimary" IS FALSE) AND ("indexprs" IS NULL) AND ("indisvalid" IS TRUE) AND ("indisready" IS TRUE) AND ("indislive" IS TRUE) AND (("tab"."oid" = CAST(CAST('"products"' AS regclass) AS oid)) AND ("indpred" IS NULL))) ORDER BY "indc"."relname", array_position("ind"."indkey", "att"."attnum")
-- simple
SELECT "name"."nspname" AS "schema", (CASE WHEN (split_part(pg_get_expr("def"."adbin", "attr"."attrelid"), '''', 2) ~ '.') THEN substr(split_part(pg_get_expr("def"."adbin", "attr"."attrelid"), '''', 2), (strpos(split_part(pg_get_expr("def"."adbin", "attr"."attrelid"), '''', 2), '.') + 1)) ELSE split_part(pg_get_expr("def"."adbin", "attr"."attrelid"), '''', 2) END) AS "sequence" FROM "pg_class" AS "t" INNER JOIN "pg_namespace" AS "name" ON ("name"."oid" = "t"."relnamespace") INNER JOIN "pg_attribute" AS "attr" ON ("attr"."attrelid" = "t"."oid") INNER JOIN "pg_attrdef" AS "def" ON (("def"."adrelid" = "attr"."attrelid") AND ("def"."adnum" = "attr"."attnum")) INNER JOIN "pg_constraint" AS "cons" ON (("cons"."conrelid" = "def"."adrelid") AND ("cons"."conkey"[1] = "def"."adnum")) WHERE (("cons"."contype" = 'p') AND (pg_get_expr("def"."adbin", "attr"."attrelid") ~* 'nextval') AND ("t"."oid" = CAST(CAST('"items"' AS regclass) AS oid))) LIMIT 1
-- simple
SELECT NULL AS "nil" FROM "orders" LIMIT 1
-- simple
SELECT * FROM "orders" WHERE ("status" = 'new') ORDER BY "id" LIMIT 3
-- simple
SELECT * FROM "customers" WHERE ("id" IN (1, 2)) ORDER BY "id"
-- simple
SELECT "status", count(*) AS "count" FROM "orders" GROUP BY "status" ORDER BY "status"
-- simple
SELECT "orders"."id" FROM "orders" INNER JOIN "customers" ON ("customers"."id" = "orders"."customer_id")
-- simple
INSERT INTO "products" ("title", "price") VALUES ('s', 1) RETURNING "id"
-- simple
UPDATE "products" SET "price" = 2 WHERE ("id" = 11)
-- simple
DELETE FROM "products" WHERE ("id" = 11) RETURNING "id"
-- simple
BEGIN
-- simple
SELECT * FROM "orders" WHERE ("id" = 1) LIMIT 1 FOR UPDATE
-- simple
SAVEPOINT autopoint_1
-- simple
UPDATE "orders" SET "status" = 'paid' WHERE ("id" = 1)
-- simple
ROLLBACK TO SAVEPOINT autopoint_1
-- simple
COMMIT
-- simple
BEGIN
-- simple
DECLARE "sequel_cursor" NO SCROLL CURSOR WITHOUT HOLD FOR SELECT * FROM "orders" ORDER BY "id"
-- simple
FETCH FORWARD 10 FROM "sequel_cursor"
-- simple
FETCH FORWARD 10 FROM "sequel_cursor"
-- simple
FETCH FORWARD 10 FROM "sequel_cursor"
-- simple
FETCH FORWARD 10 FROM "sequel_cursor"
-- simple
FETCH FORWARD 10 FROM "sequel_cursor"
-- simple
CLOSE "sequel_cursor"
-- simple
COMMIT
-- simple
SELECT * FROM "customers" WHERE "id" = 1
-- simple
BEGIN
-- simple
DECLARE "sequel_cursor" NO SCROLL CURSOR WITHOUT HOLD FOR SELECT * FROM "customers" ORDER BY "id"
-- simple
FETCH FORWARD 1000 FROM "sequel_cursor"
-- simple
CLOSE "sequel_cursor"
-- simple
COMMIT
-- simple
INSERT INTO "products" ("id", "title", "price") VALUES (1, 'Product 1', 1.5) ON CONFLICT ("id") DO UPDATE SET "price" = 1.5 RETURNING "id"
-- simple
BEGIN
-- simple
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- simple
SELECT count(*) AS "count" FROM "orders" LIMIT 1
-- simple
COMMIT
