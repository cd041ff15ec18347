-- SQLAlchemy 1.4.46 with psycopg2 2.9.5

-- session
-- simple
BEGIN
-- simple
SELECT t.oid, typarray
FROM pg_type t JOIN pg_namespace ns
    ON typnamespace = ns.oid
WHERE typname = 'hstore';
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
select pg_catalog.version()
-- simple
select current_schema()
-- simple
show transaction isolation level
-- simple
show standard_conforming_strings
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY nspname
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind in ('r', 'p')
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm')
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

            SELECT c.oid
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE (pg_catalog.pg_table_is_visible(c.oid))
            AND c.relname = 'events_2026' AND c.relkind in
            ('r', 'v', 'm', 'f', 'p')
-- simple

            SELECT a.attname,
              pg_catalog.format_type(a.atttypid, a.atttypmod),
              (
                SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                FROM pg_catalog.pg_attrdef d
                WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
                AND a.atthasdef
              ) AS DEFAULT,
              a.attnotnull,
              a.attrelid as table_oid,
              pgd.description as comment,
              a.attgenerated as generated,
                              (SELECT json_build_object(
                    'always', a.attidentity = 'a',
                    'start', s.seqstart,
                    'increment', s.seqincrement,
                    'minvalue', s.seqmin,
                    'maxvalue', s.seqmax,
                    'cache', s.seqcache,
                    'cycle', s.seqcycle)
                FROM pg_catalog.pg_sequence s
                JOIN pg_catalog.pg_class c on s.seqrelid = c."oid"
                WHERE c.relkind = 'S'
                AND a.attidentity != ''
                AND s.seqrelid = pg_catalog.pg_get_serial_sequence(
                    a.attrelid::regclass::text, a.attname
                )::regclass::oid
                ) as identity_options                
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_description pgd ON (
                pgd.objoid = a.attrelid AND pgd.objsubid = a.attnum)
            WHERE a.attrelid = {regclass events_2026}
            AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
-- simple

            SELECT t.typname as "name",
               pg_catalog.format_type(t.typbasetype, t.typtypmod) as "attype",
               not t.typnotnull as "nullable",
               t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema"
            FROM pg_catalog.pg_type t
               LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE t.typtype = 'd'
-- simple

            SELECT t.typname as "name",
               -- no enum defaults in 8.4 at least
               -- t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema",
               e.enumlabel as "label"
            FROM pg_catalog.pg_type t
                 LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                 LEFT JOIN pg_catalog.pg_enum e ON t.oid = e.enumtypid
            WHERE t.typtype = 'e'
        ORDER BY "schema", "name", e.oid
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

                SELECT a.attname
                FROM pg_attribute a JOIN (
                    SELECT unnest(ix.indkey) attnum,
                           generate_subscripts(ix.indkey, 1) ord
                    FROM pg_index ix
                    WHERE ix.indrelid = {regclass events_2026} AND ix.indisprimary
                    ) k ON a.attnum=k.attnum
                WHERE a.attrelid = {regclass events_2026}
                ORDER BY k.ord
-- simple

        SELECT conname
           FROM  pg_catalog.pg_constraint r
           WHERE r.conrelid = {regclass events_2026} AND r.contype = 'p'
           ORDER BY 1
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

          SELECT r.conname,
                pg_catalog.pg_get_constraintdef(r.oid, true) as condef,
                n.nspname as conschema
          FROM  pg_catalog.pg_constraint r,
                pg_namespace n,
                pg_class c

          WHERE r.conrelid = {regclass events_2026} AND
                r.contype = 'f' AND
                c.oid = confrelid AND
                n.oid = c.relnamespace
          ORDER BY 1
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

              SELECT
                  i.relname as relname,
                  ix.indisunique, ix.indexprs,
                  a.attname, a.attnum, c.conrelid, ix.indkey::varchar,
                  ix.indoption::varchar, i.reloptions, am.amname,
                  pg_get_expr(ix.indpred, ix.indrelid),
                  ix.indnkeyatts as indnkeyatts
              FROM
                  pg_class t
                        join pg_index ix on t.oid = ix.indrelid
                        join pg_class i on i.oid = ix.indexrelid
                        left outer join
                            pg_attribute a
                            on t.oid = a.attrelid and a.attnum = ANY(ix.indkey)
                        left outer join
                            pg_constraint c
                            on (ix.indrelid = c.conrelid and
                                ix.indexrelid = c.conindid and
                                c.contype in ('p', 'u', 'x'))
                        left outer join
                            pg_am am
                            on i.relam = am.oid
              WHERE
                  t.relkind IN ('r', 'v', 'f', 'm', 'p')
                  and t.oid = {regclass events_2026}
                  and ix.indisprimary = 'f'
              ORDER BY
                  t.relname,
                  i.relname
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

            SELECT
                cons.conname as name,
                cons.conkey as key,
                a.attnum as col_num,
                a.attname as col_name
            FROM
                pg_catalog.pg_constraint cons
                join pg_attribute a
                  on cons.conrelid = a.attrelid AND
                    a.attnum = ANY(cons.conkey)
            WHERE
                cons.conrelid = {regclass events_2026} AND
                cons.contype = 'u'
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

            SELECT
                cons.conname as name,
                pg_get_constraintdef(cons.oid) as src
            FROM
                pg_catalog.pg_constraint cons
            WHERE
                cons.conrelid = {regclass events_2026} AND
                cons.contype = 'c'
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

            SELECT
                pgd.description as table_comment
            FROM
                pg_catalog.pg_description pgd
            WHERE
                pgd.objsubid = 0 AND
                pgd.objoid = {regclass events_2026}
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

            SELECT c.oid
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE (n.nspname = 'public')
            AND c.relname = 'events_2026' AND c.relkind in
            ('r', 'v', 'm', 'f', 'p')
-- simple
ROLLBACK
-- simple
BEGIN
-- simple

            SELECT t.typname as "name",
               -- no enum defaults in 8.4 at least
               -- t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema",
               e.enumlabel as "label"
            FROM pg_catalog.pg_type t
                 LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                 LEFT JOIN pg_catalog.pg_enum e ON t.oid = e.enumtypid
            WHERE t.typtype = 'e'
        AND n.nspname = 'public' ORDER BY "schema", "name", e.oid
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT relname FROM pg_class c join pg_namespace n on n.oid=c.relnamespace where relkind='S' and n.nspname='public'
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'f'
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT pg_get_viewdef(c.oid) view_def FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'open_orders' AND c.relkind IN ('v', 'm')
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
select relname from pg_class c join pg_namespace n on n.oid=c.relnamespace where pg_catalog.pg_table_is_visible(c.oid) and relname='orders'
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT customers.id AS customers_id, customers.name AS customers_name, customers.email AS customers_email, customers.ssn AS customers_ssn, customers.feeling AS customers_feeling, customers.active AS customers_active, customers.created AS customers_created 
FROM customers ORDER BY customers.id 
 LIMIT 3
-- simple
SELECT orders.id AS orders_id, orders.customer_id AS orders_customer_id, orders.status AS orders_status, orders.total AS orders_total, orders.twice AS orders_twice, orders.placed AS orders_placed 
FROM orders 
WHERE orders.id = 1
-- simple
SELECT orders.id AS orders_id, orders.customer_id AS orders_customer_id, orders.status AS orders_status, orders.total AS orders_total, orders.twice AS orders_twice, orders.placed AS orders_placed, customers_1.id AS customers_1_id, customers_1.name AS customers_1_name, customers_1.email AS customers_1_email, customers_1.ssn AS customers_1_ssn, customers_1.feeling AS customers_1_feeling, customers_1.active AS customers_1_active, customers_1.created AS customers_1_created 
FROM orders LEFT OUTER JOIN customers AS customers_1 ON customers_1.id = orders.customer_id 
WHERE orders.status = 'new' ORDER BY orders.id 
 LIMIT 5
-- simple
SELECT customers.id AS customers_id, customers.name AS customers_name, customers.email AS customers_email, customers.ssn AS customers_ssn, customers.feeling AS customers_feeling, customers.active AS customers_active, customers.created AS customers_created 
FROM customers 
WHERE customers.id IN (1, 2, 3) ORDER BY customers.id
-- simple
SELECT orders.customer_id AS orders_customer_id, orders.id AS orders_id, orders.status AS orders_status, orders.total AS orders_total, orders.twice AS orders_twice, orders.placed AS orders_placed 
FROM orders 
WHERE orders.customer_id IN (1, 2, 3)
-- simple
SELECT count(orders.id) AS count_1 
FROM orders
-- simple
SELECT orders.status AS orders_status, sum(orders.total) AS sum_1 
FROM orders GROUP BY orders.status 
HAVING count(*) > 1 ORDER BY orders.status
-- simple
SELECT orders.id AS orders_id, orders.customer_id AS orders_customer_id, orders.status AS orders_status, orders.total AS orders_total, orders.twice AS orders_twice, orders.placed AS orders_placed 
FROM orders 
WHERE orders.total BETWEEN 3 AND 9 AND orders.placed IS NOT NULL ORDER BY orders.id DESC 
 LIMIT 2 OFFSET 2
-- simple
SELECT EXISTS (SELECT * 
FROM orders 
WHERE orders.id = 3) AS anon_1
-- simple
INSERT INTO products (title, price, extra, labels) VALUES ('Lamp', 12.5, '{"x": 1}', ARRAY['a','b']::TEXT[]) RETURNING products.id
-- simple
UPDATE products SET price=13 WHERE products.id = 11
-- simple
SELECT items.order_id AS items_order_id, items.product_id AS items_product_id, items.amount AS items_amount 
FROM items 
WHERE 11 = items.product_id
-- simple
DELETE FROM products WHERE products.id = 11
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO orders (customer_id, status, total) VALUES (1, 'new', 4) RETURNING orders.id
-- simple
SAVEPOINT sa_savepoint_1
-- simple
UPDATE orders SET total=5 WHERE orders.id = 41
-- simple
RELEASE SAVEPOINT sa_savepoint_1
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
SELECT products.id AS products_id, products.title AS products_title, products.price AS products_price, products.extra AS products_extra, products.labels AS products_labels 
FROM products 
WHERE products.title ILIKE '%product 1%' ORDER BY products.id
-- simple
SELECT products.id AS products_id, products.title AS products_title, products.price AS products_price, products.extra AS products_extra, products.labels AS products_labels 
FROM products 
WHERE (products.extra ->> 'k') = '3'
-- simple
SELECT products.id AS products_id, products.title AS products_title, products.price AS products_price, products.extra AS products_extra, products.labels AS products_labels 
FROM products 
WHERE 'l3' = ANY (products.labels)
-- simple
SELECT orders.id AS orders_id, orders.customer_id AS orders_customer_id, orders.status AS orders_status, orders.total AS orders_total, orders.twice AS orders_twice, orders.placed AS orders_placed 
FROM orders 
WHERE orders.id = 1 FOR UPDATE SKIP LOCKED
-- simple
SELECT row_number() OVER (PARTITION BY orders.status ORDER BY orders.id) AS anon_1, orders.id AS orders_id 
FROM orders ORDER BY orders.id 
 LIMIT 5
-- simple
WITH sums AS 
(SELECT orders.customer_id AS c, sum(orders.total) AS t 
FROM orders GROUP BY orders.customer_id)
 SELECT customers.id AS customers_id, customers.name AS customers_name, sums.t AS sums_t 
FROM customers JOIN sums ON sums.c = customers.id ORDER BY customers.id 
 LIMIT 4
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
DECLARE "c_7fe50bf28850_1" CURSOR WITHOUT HOLD FOR SELECT orders.id 
FROM orders ORDER BY orders.id
-- simple
FETCH FORWARD 1 FROM "c_7fe50bf28850_1"
-- simple
FETCH FORWARD 5 FROM "c_7fe50bf28850_1"
-- simple
FETCH FORWARD 25 FROM "c_7fe50bf28850_1"
-- simple
FETCH FORWARD 125 FROM "c_7fe50bf28850_1"
-- simple
FETCH FORWARD 625 FROM "c_7fe50bf28850_1"
-- simple
CLOSE "c_7fe50bf28850_1"
-- simple
ROLLBACK
-- simple
BEGIN ISOLATION LEVEL REPEATABLE READ
-- simple
select 1
-- simple
ROLLBACK
-- simple
SET default_transaction_isolation TO DEFAULT
-- simple
BEGIN ISOLATION LEVEL READ COMMITTED
-- simple
INSERT INTO products (id, title, price) VALUES (1, 'x', 1) ON CONFLICT (id) DO UPDATE SET price = 1.5 RETURNING products.id
-- simple
INSERT INTO products (title, price) VALUES ('b0', 0),('b1', 1),('b2', 2)
-- simple
DELETE FROM products WHERE products.title LIKE 'b%'
-- simple
UPDATE products SET price=(products.price + 1) WHERE products.id = 2
-- simple
select nextval('tickets')
-- simple
COMMIT
