-- Django 3.2.25 with psycopg2 2.9.5

-- session
-- simple
SET TIME ZONE 'UTC'
-- simple
SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid WHERE typname = 'hstore'
-- simple
SELECT typarray FROM pg_type WHERE typname = 'citext'
-- simple

            SELECT c.relname,
            CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
-- simple

            SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'customers' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
-- simple

            SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'customers' AND pg_catalog.pg_table_is_visible(cl.oid)
-- simple

            SELECT
                indexname, array_agg(attname ORDER BY arridx), indisunique, indisprimary,
                array_agg(ordering ORDER BY arridx), amname, exprdef, s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM pg_index i, unnest(i.indkey, i.indoption) WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'customers' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
-- simple

            SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'customers'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
-- simple
SELECT * FROM "customers" LIMIT 1
-- simple
SELECT * FROM "events" LIMIT 1
-- simple
SELECT * FROM "events_2026" LIMIT 1
-- simple
SELECT * FROM "events_rest" LIMIT 1
-- simple
SELECT * FROM "items" LIMIT 1
-- simple
SELECT * FROM "offspring" LIMIT 1
-- simple
SELECT * FROM "open_orders" LIMIT 1
-- simple
SELECT * FROM "orders" LIMIT 1
-- simple
SELECT * FROM "products" LIMIT 1
-- simple
SELECT * FROM "things" LIMIT 1
-- simple
SELECT * FROM "totals" LIMIT 1
-- simple

            SELECT s.relname as sequence_name, col.attname
            FROM pg_class s
                JOIN pg_namespace sn ON sn.oid = s.relnamespace
                JOIN pg_depend d ON d.refobjid = s.oid AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attrdef ad ON ad.oid = d.objid AND d.classid = 'pg_attrdef'::regclass
                JOIN pg_attribute col ON col.attrelid = ad.adrelid AND col.attnum = ad.adnum
                JOIN pg_class tbl ON tbl.oid = ad.adrelid
            WHERE s.relkind = 'S'
              AND d.deptype in ('a', 'n')
              AND pg_catalog.pg_table_is_visible(tbl.oid)
              AND tbl.relname = 'customers'
-- simple
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."ssn", "customers"."active", "customers"."created" FROM "customers" ORDER BY "customers"."id" ASC LIMIT 3
-- simple
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."ssn", "customers"."active", "customers"."created" FROM "customers" WHERE "customers"."id" = 1 LIMIT 21
-- simple
SELECT COUNT(*) AS "__count" FROM "customers" WHERE "customers"."name"::text LIKE 'Customer 1%'
-- simple
SELECT (1) AS "a" FROM "customers" WHERE UPPER("customers"."name"::text) LIKE UPPER('%ER 1%') LIMIT 1
-- simple
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."ssn", "customers"."active", "customers"."created" FROM "customers" WHERE "customers"."active" ORDER BY "customers"."id" ASC LIMIT 1
-- simple
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."ssn", "customers"."active", "customers"."created" FROM "customers" ORDER BY "customers"."id" DESC LIMIT 1
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed", "customers"."id", "customers"."name", "customers"."email", "customers"."ssn", "customers"."active", "customers"."created" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "orders"."status" = 'new' ORDER BY "orders"."id" ASC LIMIT 5
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" WHERE "orders"."customer_id" IN (1, 2, 3)
-- simple
SELECT "orders"."status", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s", AVG("orders"."total") AS "a" FROM "orders" GROUP BY "orders"."status" ORDER BY "orders"."status" ASC
-- simple
SELECT MAX("orders"."total") AS "total__max", MIN("orders"."total") AS "total__min" FROM "orders"
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed", DATE_TRUNC('month', "orders"."placed" AT TIME ZONE 'America/Chicago') AS "y", ROW_NUMBER() OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "r" FROM "orders" ORDER BY "orders"."id" ASC LIMIT 3
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" WHERE ("orders"."placed" BETWEEN '2026-01-01T00:00:00-06:00'::timestamptz AND '2026-12-31T23:59:59.999999-06:00'::timestamptz AND "orders"."total" > ("orders"."id" * 0)) ORDER BY "orders"."id" ASC LIMIT 2
-- simple
SELECT CASE WHEN "orders"."status" = 'new' THEN 1 ELSE 0 END AS "k" FROM "orders" ORDER BY "orders"."id" ASC LIMIT 2
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" WHERE EXISTS(SELECT (1) AS "a" FROM "customers" U0 WHERE (U0."active" AND U0."id" = "orders"."customer_id") LIMIT 1) ORDER BY "orders"."id" ASC LIMIT 2
-- simple
(SELECT "orders"."id" FROM "orders") UNION (SELECT "products"."id" FROM "products") ORDER BY (1) ASC LIMIT 3
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE ("products"."extra" -> 'k') = '3'
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."extra" ? 'k' ORDER BY "products"."id" ASC LIMIT 2
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."labels" @> ARRAY['l1']::text[]
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."title"::text ~ '^Product [12]$' ORDER BY "products"."id" ASC
-- simple
DECLARE "_django_curs_140460878106688_sync_1" NO SCROLL CURSOR WITH HOLD FOR SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" ORDER BY "orders"."id" ASC
-- simple
FETCH FORWARD 10 FROM "_django_curs_140460878106688_sync_1"
-- simple
FETCH FORWARD 10 FROM "_django_curs_140460878106688_sync_1"
-- simple
FETCH FORWARD 10 FROM "_django_curs_140460878106688_sync_1"
-- simple
FETCH FORWARD 10 FROM "_django_curs_140460878106688_sync_1"
-- simple
FETCH FORWARD 10 FROM "_django_curs_140460878106688_sync_1"
-- simple
CLOSE "_django_curs_140460878106688_sync_1"
-- simple
INSERT INTO "products" ("title", "price", "extra", "labels") VALUES ('Desk', 3, NULL, '{}'::text[]) RETURNING "products"."id"
-- simple
UPDATE "products" SET "title" = 'Desk', "price" = 4, "extra" = NULL, "labels" = '{}'::text[] WHERE "products"."id" = 11
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."id" = 11 LIMIT 21
-- simple
UPDATE "products" SET "price" = ("products"."price" + 1) WHERE "products"."id" = 11
-- simple
DELETE FROM "products" WHERE "products"."id" IN (11)
-- simple
BEGIN
-- simple
INSERT INTO "products" ("title", "price", "extra", "labels") VALUES ('bulk', 0, NULL, '{}'::text[]), ('bulk', 1, NULL, '{}'::text[]), ('bulk', 2, NULL, '{}'::text[]) RETURNING "products"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "products" ("title", "price", "extra", "labels") VALUES ('bulk', 0, NULL, '{}'::text[]), ('bulk', 1, NULL, '{}'::text[]) ON CONFLICT DO NOTHING
-- simple
COMMIT
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."title" = 'bulk'
-- simple
BEGIN
-- simple
UPDATE "products" SET "price" = CAST(CASE WHEN ("products"."id" = 12) THEN 9 WHEN ("products"."id" = 13) THEN 9 WHEN ("products"."id" = 14) THEN 9 WHEN ("products"."id" = 15) THEN 9 WHEN ("products"."id" = 16) THEN 9 ELSE NULL END AS numeric(10, 2)) WHERE "products"."id" IN (12, 13, 14, 15, 16)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "products" WHERE "products"."title" = 'bulk'
-- simple
COMMIT
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."title" = 'Only' LIMIT 21
-- simple
BEGIN
-- simple
INSERT INTO "products" ("title", "price", "extra", "labels") VALUES ('Only', 1, NULL, '{}'::text[]) RETURNING "products"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
SELECT "products"."id", "products"."title", "products"."price", "products"."extra", "products"."labels" FROM "products" WHERE "products"."title" = 'Only' LIMIT 21 FOR UPDATE
-- simple
UPDATE "products" SET "title" = 'Only', "price" = 2, "extra" = NULL, "labels" = '{}'::text[] WHERE "products"."id" = 17
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "products" WHERE "products"."title" = 'Only'
-- simple
COMMIT
-- simple
BEGIN
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" WHERE "orders"."id" = 1 LIMIT 21 FOR UPDATE OF "orders"
-- simple
SAVEPOINT "s140460878106688_x1"
-- simple
UPDATE "orders" SET "customer_id" = 2, "status" = 'paid', "total" = 1.00, "placed" = '2026-02-03T04:05:06+00:00'::timestamptz WHERE "orders"."id" = 1
-- simple
ROLLBACK TO SAVEPOINT "s140460878106688_x1"
-- simple
RELEASE SAVEPOINT "s140460878106688_x1"
-- simple
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" WHERE "orders"."status" = 'new' ORDER BY "orders"."id" ASC LIMIT 1 FOR UPDATE SKIP LOCKED
-- simple
COMMIT
-- simple volatile
EXPLAIN SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed" FROM "orders" WHERE "orders"."id" = 1
-- simple
SELECT id, name FROM customers WHERE id = 1
-- simple
SELECT "customers"."id", "customers"."email" FROM "customers" WHERE "customers"."id" = 2 LIMIT 21
-- simple
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."active", "customers"."created" FROM "customers" WHERE "customers"."id" = 2 LIMIT 21
-- simple
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."id" = 2 LIMIT 21
-- simple
SELECT 1
-- simple
SELECT ARRAY_AGG(DISTINCT "orders"."status" ) AS "x" FROM "orders"
-- simple
SELECT "products"."id" FROM "products" WHERE to_tsvector('simple'::regconfig, COALESCE("products"."title", '')) @@ plainto_tsquery('simple'::regconfig, 'product') ORDER BY "products"."id" ASC LIMIT 2
