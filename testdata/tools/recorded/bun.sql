-- Bun v1.3.0 with lib/pq

-- session
-- simple
INSERT INTO "products" ("id", "title", "price") VALUES (DEFAULT, 'bun', 1) RETURNING "id"
-- simple
UPDATE "products" AS "p" SET "title" = 'bun', "price" = 2 WHERE ("p"."id" = 11)
-- simple
DELETE FROM "products" AS "p" WHERE ("p"."id" = 11)
-- simple
SELECT "p"."id", "p"."title", "p"."price" FROM "products" AS "p" WHERE (price > 3) ORDER BY "id" LIMIT 2
-- simple
SELECT count(*) FROM "products" AS "p"
-- simple
SELECT "p"."id", "p"."title", "p"."price" FROM "products" AS "p" ORDER BY "id" LIMIT 2
-- simple
SELECT EXISTS (SELECT "p"."id", "p"."title", "p"."price" FROM "products" AS "p" WHERE (id = 1))
-- simple
BEGIN READ WRITE
-- simple
INSERT INTO "products" AS "p" ("id", "title", "price") VALUES (1, 'Product 1', 1.5) ON CONFLICT (id) DO UPDATE SET price = EXCLUDED.price
-- simple
COMMIT
