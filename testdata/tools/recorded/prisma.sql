-- Prisma Client 7.10.1 with @prisma/adapter-pg

-- session
-- extended ["2", "0"]
SELECT "public"."customers"."id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."ssn" FROM "public"."customers" WHERE 1=1 ORDER BY "public"."customers"."id" ASC LIMIT $1 OFFSET $2
-- extended ["1", "1", "0"]
SELECT "public"."customers"."id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."ssn" FROM "public"."customers" WHERE ("public"."customers"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
-- extended ["1", "0"]
SELECT "public"."orders"."id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total" FROM "public"."orders" WHERE "public"."orders"."customer_id" = $1 OFFSET $2
-- extended ["er 1", "1", "0"]
SELECT "public"."customers"."id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."ssn" FROM "public"."customers" WHERE "public"."customers"."name" ILIKE ('%' || $1 || '%') ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
-- extended ["new", "1", "2", "3", "2", "1"]
SELECT "public"."orders"."id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total" FROM "public"."orders" LEFT JOIN "public"."customers" AS "j0" ON ("j0"."id") = ("public"."orders"."customer_id") WHERE ("public"."orders"."status" = $1 AND ("j0"."id" IN ($2,$3,$4) AND ("j0"."id" IS NOT NULL))) ORDER BY "public"."orders"."id" ASC LIMIT $5 OFFSET $6
-- extended ["0"]
SELECT "public"."customers"."id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."ssn" FROM "public"."customers" WHERE "public"."customers"."id" IN (NULL) OFFSET $1
-- extended ["new", "0"]
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."orders"."id" FROM "public"."orders" WHERE "public"."orders"."status" = $1 OFFSET $2) AS "sub"
-- extended ["0"]
SELECT SUM("total") AS "_sum$total", AVG("total") AS "_avg$total" FROM (SELECT "public"."orders"."total" FROM "public"."orders" WHERE 1=1 OFFSET $1) AS "sub"
-- extended ["0"]
SELECT COUNT(*) AS "_count$_all", "public"."orders"."status" FROM "public"."orders" WHERE 1=1 GROUP BY "public"."orders"."status" ORDER BY "public"."orders"."status" ASC OFFSET $1
-- extended ["pr", "1", "{\"a\": 1}", "{a}"]
INSERT INTO "public"."products" ("title","price","extra","labels") VALUES ($1,$2,$3,$4) RETURNING "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels"
-- extended ["1", "11"]
UPDATE "public"."products" SET "price" = ("public"."products"."price" + $1) WHERE ("public"."products"."id" = $2 AND 1=1) RETURNING "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels"
-- simple
BEGIN
-- extended ["1", "0"]
SELECT "public"."products"."id" FROM "public"."products" WHERE ("public"."products"."id" = $1 AND 1=1) OFFSET $2
-- extended ["1.5", "1", "1"]
UPDATE "public"."products" SET "price" = $1 WHERE ("public"."products"."id" IN ($2) AND ("public"."products"."id" = $3 AND 1=1)) RETURNING "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels"
-- extended ["1", "1", "0"]
SELECT "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."id" = $1 LIMIT $2 OFFSET $3
-- simple
COMMIT
-- extended ["11"]
DELETE FROM "public"."products" WHERE ("public"."products"."id" = $1 AND 1=1) RETURNING "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels"
-- extended ["prm", "1", "prm", "2"]
INSERT INTO "public"."products" ("title","price") VALUES ($1,$2), ($3,$4) ON CONFLICT DO NOTHING
-- extended ["3", "prm"]
UPDATE "public"."products" SET "price" = $1 WHERE "public"."products"."title" = $2
-- extended ["prm"]
DELETE FROM "public"."products" WHERE "public"."products"."title" = $1
-- extended ["{l1}", "0"]
SELECT "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."labels" @> $1 OFFSET $2
-- extended ["k", "3", "0"]
SELECT "public"."products"."id", "public"."products"."title", "public"."products"."price", "public"."products"."extra", "public"."products"."labels" FROM "public"."products" WHERE ("public"."products"."extra"#>ARRAY[$1]::text[])::jsonb::jsonb = $2 OFFSET $3
-- simple
BEGIN
-- simple
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ
-- extended ["new", "1"]
UPDATE "public"."orders" SET "status" = $1 WHERE ("public"."orders"."id" = $2 AND 1=1) RETURNING "public"."orders"."id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total"
-- extended ["1", "0"]
SELECT "public"."orders"."id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total" FROM "public"."orders" WHERE "public"."orders"."id" = $1 OFFSET $2
-- simple
COMMIT
-- simple
BEGIN
-- extended ["0"]
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."orders"."id" FROM "public"."orders" WHERE 1=1 OFFSET $1) AS "sub"
-- extended ["0"]
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE 1=1 OFFSET $1) AS "sub"
-- simple
COMMIT
-- extended ["1"]
SELECT id, status FROM orders WHERE id = $1
-- extended ["1"]
UPDATE orders SET status = 'new' WHERE id = $1
