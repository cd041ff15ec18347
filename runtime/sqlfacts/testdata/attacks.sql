-- name: forward-cte-where
WITH RECURSIVE a(id) AS (SELECT n FROM b UNION ALL SELECT id + 1000 FROM a WHERE id < 500), b(n) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM a;
-- name: forward-cte-order
WITH RECURSIVE a(id) AS (SELECT n FROM b UNION ALL SELECT id + 1000 FROM a WHERE id < 500), b(n) AS (SELECT id FROM customers ORDER BY ssn LIMIT 3) SELECT * FROM a;
-- name: forward-cte-cast
WITH RECURSIVE a(id) AS (SELECT n FROM b UNION ALL SELECT id + 1000 FROM a WHERE id < 500), b(n) AS (SELECT id FROM customers WHERE (left(ssn,1))::int > 4) SELECT * FROM a;
-- name: forward-cte-recursive-arm
WITH RECURSIVE a(id) AS (SELECT 1::bigint UNION ALL SELECT a.id + b.n FROM a, b WHERE a.id < 500), b(n) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM a;
-- name: forward-cte-nonrec
WITH RECURSIVE a(id) AS (SELECT n FROM b), b(n) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM a;
-- name: backward-cte-first-guess
WITH RECURSIVE b(n) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%'), a(id) AS (SELECT n FROM b UNION ALL SELECT id + 1000 FROM a WHERE id < 500) SELECT * FROM a;
-- name: forward-cte-write
WITH RECURSIVE a(id) AS (SELECT id FROM b UNION ALL SELECT id + 1000000000 FROM a WHERE id < 500), b AS (UPDATE orders SET note = c.ssn FROM customers c WHERE orders.id = 3 AND c.id = 1 RETURNING orders.id) SELECT * FROM a;
SELECT note FROM orders WHERE id = 3;
-- name: group-row-positions
SELECT left(ssn, 1), 1, count(*) FROM customers GROUP BY (1, 2);
-- name: group-row-positions-rollup
SELECT left(ssn, 1), 1, count(*) FROM customers GROUP BY ROLLUP ((1, 2));
-- name: group-row-positions-sets
SELECT left(ssn, 1), 1, count(*) FROM customers GROUP BY GROUPING SETS ((1, 2));
-- name: group-row-positions-cube
SELECT left(ssn, 1), name, count(*) FROM customers GROUP BY CUBE ((1, 2));
-- name: group-row-single
SELECT left(ssn, 1), count(*) FROM customers GROUP BY ROW(1);
-- name: group-nested-row
SELECT left(ssn, 1), 1, 2, count(*) FROM customers GROUP BY ((1, 2), 3);
-- name: group-paren
SELECT left(ssn, 1), count(*) FROM customers GROUP BY (1);
-- name: group-rollup-1
SELECT left(ssn, 1), count(*) FROM customers GROUP BY ROLLUP (1);
-- name: group-alias-row
SELECT left(ssn, 1) AS k, 1 AS j, count(*) FROM customers GROUP BY (k, j);
-- name: distinct-on-1
SELECT DISTINCT ON (1) left(ssn, 1), id FROM customers;
-- name: order-2
SELECT id, ssn FROM customers ORDER BY 2 LIMIT 4;
-- name: timing-md5
SET statement_timeout = '1500ms';
SELECT max(CASE WHEN c.ssn LIKE '%0%' THEN md5(md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(CASE WHEN c.ssn LIKE '%1%' THEN md5(md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(CASE WHEN c.ssn LIKE '%2%' THEN md5(md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(CASE WHEN c.ssn LIKE '%3%' THEN md5(md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(CASE WHEN c.ssn LIKE '%4%' THEN md5(md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(CASE WHEN c.ssn LIKE '%5%' THEN md5(md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: partial-unique-drop
-- as-owner: DROP INDEX IF EXISTS pu;
SELECT 1;
-- name: expr-unique-drop
-- as-owner: DROP INDEX IF EXISTS eu;
SELECT 1;
-- name: expr-unique-pan
-- as-owner: DROP INDEX IF EXISTS ep; CREATE UNIQUE INDEX ep ON cards (lower(pan));
INSERT INTO cards (id, customer_id, pan) VALUES (5001, 1, '4111111111111111') ON CONFLICT DO NOTHING;
-- name: expr-unique-pan-drop
-- as-owner: DROP INDEX IF EXISTS ep;
SELECT 1;
-- name: exclusion
-- as-owner: DROP TABLE IF EXISTS ex; CREATE TABLE ex (id int, EXCLUDE USING hash (id WITH =));
INSERT INTO ex SELECT length(ssn) FROM customers WHERE id = 1;
-- name: index-expr-failing
-- as-owner: DROP INDEX IF EXISTS ef; CREATE INDEX ef ON cards ((id / (1 + length(pan))));
UPDATE cards SET exp = NULL WHERE id = 4;
-- name: index-expr-drop
-- as-owner: DROP INDEX IF EXISTS ef;
SELECT 1;
-- name: count-case
SELECT count(CASE WHEN ssn LIKE '1%' THEN 1 END) FROM customers;
-- name: count-nullif
SELECT count(NULLIF(left(ssn,1), '1')) FROM customers;
-- name: count-paren-cast
SELECT count((ssn)::text) FROM customers;
-- name: count-distinct
SELECT count(DISTINCT left(ssn,1)) FROM customers;
-- name: count-distinct-bare
SELECT count(DISTINCT ssn) FROM customers;
-- name: count-filter
SELECT count(*) FILTER (WHERE ssn LIKE '1%') FROM customers;
-- name: count-over-order
SELECT id, count(*) OVER (PARTITION BY left(ssn,1)) FROM customers WHERE id < 9;
-- name: count-cte-nullif
WITH x AS (SELECT NULLIF(left(ssn,1), '1') AS n FROM customers) SELECT count(n) FROM x;
-- name: count-lateral
SELECT count(l.n) FROM customers c, LATERAL (SELECT NULLIF(left(c.ssn,1), '1') AS n) l;
-- name: count-values
SELECT count(v.column1) FROM customers c, LATERAL (VALUES (NULLIF(left(c.ssn,1), '1'))) v;
-- name: count-subselect-bare
SELECT count(n) FROM (SELECT (SELECT ssn WHERE ssn LIKE '1%') AS n FROM customers) s;
-- name: count-array-elem
SELECT count((ARRAY[ssn])[1]) FROM customers;
-- name: count-array-dyn
SELECT count((ARRAY[1,2,3])[ascii(ssn) - 48]) FROM customers;
-- name: count-subscript
SELECT count((ARRAY['a','b','c'])[length(ltrim(ssn,'1234'))]) FROM customers;
-- name: count-composite-field
SELECT count((c).ssn) FROM customers c;
-- name: count-row
SELECT count(c) FROM customers c;
-- name: count-view-nullif
-- as-owner: CREATE OR REPLACE VIEW vn AS SELECT id, NULLIF(left(ssn,1),'1') AS n FROM customers;
SELECT count(n) FROM vn;
-- name: count-union
SELECT count(n) FROM (SELECT NULLIF(left(ssn,1),'1') AS n FROM customers UNION ALL SELECT 'x') s;
-- name: grouping
SELECT grouping(ssn) FROM customers GROUP BY ROLLUP (ssn);
-- name: array-subscript-slice
SELECT (ARRAY['a','b','c'])[length(ltrim(ssn,'1234')):] FROM customers LIMIT 3;
-- name: exists-offset
SELECT EXISTS (SELECT 1 OFFSET length(ltrim(ssn,'123'))-8) FROM customers LIMIT 5;
-- name: in-sub
SELECT id FROM orders WHERE 'x' IN (SELECT CASE WHEN ssn LIKE '1%' THEN 'x' END FROM customers WHERE id = orders.id);
-- name: scalar-sub-limit
SELECT (SELECT 1 LIMIT (ssn LIKE '1%')::int) FROM customers LIMIT 3;
-- name: lateral-limit
SELECT c.id FROM customers c, LATERAL (SELECT 1 LIMIT length(ltrim(c.ssn,'1'))-10) l LIMIT 20;
-- name: unnest-array
SELECT id FROM customers c, unnest(string_to_array(c.ssn, '1')) u WHERE id < 9;
-- name: regexp-table
SELECT id FROM customers c, regexp_split_to_table(c.ssn, '1') u WHERE id < 9;
-- name: rows-from
SELECT id FROM customers c, ROWS FROM (generate_series(1, ascii(c.ssn) - 47)) u WHERE id < 9;
-- name: srf-total
SELECT id FROM customers c, json_array_elements(json_build_array(c.ssn)) u WHERE id < 3;
-- name: natural-join-self
SELECT a.id FROM customers a NATURAL JOIN customers b WHERE a.id < 4;
-- name: natural-join-matview
SELECT id FROM customers NATURAL JOIN customer_snapshot WHERE id < 4;
-- name: join-on-true-case
SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON CASE WHEN c.ssn LIKE '1%' THEN o.id = 1 ELSE o.id = 2 END WHERE c.id < 9;
-- name: merge-when
MERGE INTO orders o USING customers c ON o.id = c.id AND c.id = 1 WHEN MATCHED AND c.ssn LIKE '1%' THEN UPDATE SET note = 'x' WHEN MATCHED THEN DO NOTHING;
-- name: merge-write
MERGE INTO orders o USING customers c ON o.id = c.id AND c.id = 1 WHEN MATCHED THEN UPDATE SET note = c.ssn;
-- name: on-conflict-excluded
INSERT INTO orders (id, customer_id, status, total, note) SELECT 1, 1, 'new', 1, 'x' ON CONFLICT (id) DO UPDATE SET note = (SELECT ssn FROM customers WHERE id = 1);
-- name: cross-class-write
UPDATE customers SET email = ssn WHERE id = 3;
-- name: same-class-swap
UPDATE customers SET ssn = ssn WHERE id = 3;
-- name: pan-copy-same-class
UPDATE cards SET pan = (SELECT pan FROM cards WHERE id = 2) WHERE id = 1;
-- name: pan-copy-view
UPDATE cards SET pan = '4' || right(pan, 15) WHERE id = 1;
-- name: pan-check-probe
UPDATE cards SET pan = CASE WHEN pan LIKE '41%' THEN 'bad' ELSE pan END WHERE id = 1;
UPDATE cards SET pan = CASE WHEN pan LIKE '42%' THEN 'bad' ELSE pan END WHERE id < 50;
UPDATE cards SET pan = CASE WHEN pan LIKE '43%' THEN 'bad' ELSE pan END WHERE id < 100;
-- name: pan-null-probe
UPDATE cards SET pan = NULLIF(pan, (SELECT pan FROM cards WHERE id = 2)) WHERE id = 2;
-- name: pan-null-probe-2
UPDATE cards SET pan = NULLIF(left(pan,2), '43') || substr(pan, 3) WHERE id < 30;
-- name: pan-check-probe-3
UPDATE cards SET pan = translate(pan, '7', 'x') WHERE id = 4;
UPDATE cards SET pan = translate(pan, '8', 'x') WHERE id = 4;
UPDATE cards SET pan = translate(pan, '6', 'x') WHERE id = 5;
UPDATE cards SET pan = translate(pan, '2', 'x') WHERE id = 5;
-- name: pan-insert-select-check
INSERT INTO cards (id, customer_id, pan) SELECT 70001, 1, translate(pan, '7', 'x') FROM cards WHERE id = 4;
INSERT INTO cards (id, customer_id, pan) SELECT 70002, 1, translate(pan, '0', 'x') FROM cards WHERE id = 4;
INSERT INTO cards (id, customer_id, pan) SELECT 70003, 1, translate(pan, '2', 'x') FROM cards WHERE id = 4;
-- name: pan-notnull-insert
INSERT INTO cards (id, customer_id, pan) SELECT 70011, 1, NULLIF(pan, '4') FROM cards WHERE id = 4;
-- name: rls-where-current-of
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM customers WHERE id = 3 FOR UPDATE;
FETCH 1 FROM c;
UPDATE customers SET vip = (ssn LIKE '1%') WHERE CURRENT OF c;
ROLLBACK;
-- name: explain-width
EXPLAIN SELECT max(ssn) FROM customers;
-- name: explain-update
EXPLAIN UPDATE customers SET vip = true WHERE id = 1;
-- name: explain-analyze-case
EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, SUMMARY OFF) SELECT id FROM customers WHERE id = 4;
-- name: explain-star-sub
EXPLAIN (VERBOSE, COSTS OFF) SELECT (SELECT 1 FROM customers WHERE ssn = 'x');
-- name: explain-whole
EXPLAIN SELECT c FROM customers c;
-- name: explain-count
EXPLAIN SELECT count(*) FROM customers;
-- name: explain-index
EXPLAIN SELECT id FROM customers ORDER BY id;
-- name: sys-attnum
SELECT * FROM pg_statistic LIMIT 1;
-- name: sys-stats-ext
SELECT * FROM pg_stats_ext;
-- name: sys-statistic-ext-data
SELECT * FROM pg_statistic_ext_data;
-- name: sys-mcv
SELECT * FROM pg_mcv_list_items(NULL);
-- name: stat-activity
SELECT query FROM pg_stat_activity;
-- name: stat-backend
SELECT pg_stat_get_backend_activity(1);
-- name: class-reltuples
SELECT relname, reltuples, relpages FROM pg_class WHERE relname LIKE 'customers%';
-- name: viewdef
SELECT pg_get_viewdef('customer_contact'::regclass);
-- name: relsize
SELECT pg_relation_size('customers_ssn_key');
-- name: table-colsize
SELECT sum(pg_column_size(ssn)) FROM customers;
-- name: infoschema
SELECT column_name, column_default FROM information_schema.columns WHERE table_name = 'customers';
-- name: toast
SELECT chunk_data FROM pg_toast.pg_toast_1262 LIMIT 1;
-- name: lo
SELECT pg_read_file('PG_VERSION');
-- name: partition-meta
SELECT tableoid::regclass, ctid FROM customers WHERE id = 1;
-- name: ts
SELECT to_tsvector(ssn) @@ to_tsquery('1') FROM customers LIMIT 2;
-- name: xml
SELECT xmlelement(name a, ssn), xmlforest(ssn) FROM customers LIMIT 2;
-- name: table-to-xml
SELECT table_to_xml('customers', true, false, '');
-- name: json-ctor
SELECT json_build_object('k', ssn), json_object(ARRAY['a', ssn]) FROM customers LIMIT 2;
-- name: json-build-only
SELECT json_build_object('k', ssn), jsonb_build_array(ssn, 1), to_json(ssn), json_agg(ssn) FROM customers GROUP BY id, ssn LIMIT 2;
-- name: json-build-null
SELECT jsonb_build_object('k', ssn) FROM customers LIMIT 2;
-- name: func-notation
SELECT c.ssn, ssn(c), (c).ssn, c.customers FROM customers c LIMIT 2;
-- name: func-notation-2
SELECT ssn(c) FROM customers c LIMIT 2;
-- name: text-attr
SELECT c.text FROM customers c LIMIT 2;
-- name: name-attr
SELECT (c.ssn).text FROM customers c LIMIT 2;
-- name: row-compare
SELECT ROW(c.*) < ROW(d.*) FROM customers c, customers d WHERE c.id = 1 AND d.id = 1;
-- name: record-in
SELECT id FROM customers c WHERE c = (SELECT d FROM customers d WHERE id = 1);
-- name: row-isnull
SELECT c IS NULL, c IS NOT NULL FROM customers c WHERE id = 1;
-- name: max-row
SELECT max(id) OVER (ORDER BY c) FROM customers c LIMIT 5;
-- name: within-group
SELECT mode() WITHIN GROUP (ORDER BY ssn) FROM customers;
-- name: percentile
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ssn) FROM customers;
-- name: hypothetical
SELECT rank('5') WITHIN GROUP (ORDER BY ssn) FROM customers;
-- name: agg-order
SELECT string_agg(name, ',' ORDER BY ssn) FROM customers;
-- name: agg-order-array
SELECT array_agg(id ORDER BY ssn) FROM customers;
-- name: first-value
SELECT first_value(id) OVER (ORDER BY ssn) FROM customers LIMIT 1;
-- name: named-window
SELECT first_value(id) OVER w FROM customers WINDOW w AS (ORDER BY ssn) LIMIT 1;
-- name: cycle
WITH RECURSIVE r(i, s) AS (SELECT 1, ssn FROM customers WHERE id = 1 UNION ALL SELECT i + 1, s FROM r WHERE i < 3) CYCLE s SET c USING p SELECT i FROM r;
-- name: union-dedup
SELECT left(ssn,1) IS NULL, 1 FROM customers UNION SELECT true, 2;
-- name: except-all
SELECT left(ssn,1) FROM customers EXCEPT ALL SELECT '1';
-- name: union-all-count
SELECT count(*) FROM (SELECT left(ssn,1) FROM customers INTERSECT ALL SELECT '1') s;
-- name: tablesample
SELECT id FROM customers TABLESAMPLE bernoulli (length((SELECT ssn FROM customers WHERE id = 1))) REPEATABLE (1);
-- name: tablesample-repeat
SELECT count(*) FROM customers TABLESAMPLE bernoulli (50) REPEATABLE ((SELECT ascii(ssn) FROM customers WHERE id = 1));
-- name: alias-columns
SELECT a, d FROM customers AS c(a, b, c1, d) LIMIT 2;
-- name: join-alias-columns
SELECT x4 FROM (customers JOIN orders USING (id)) AS j(x1, x2, x3, x4) LIMIT 2;
-- name: using-alias-columns
SELECT j.* FROM (orders RIGHT JOIN customers USING (id)) AS j LIMIT 1;
-- name: nested-using
SELECT * FROM (orders JOIN cards USING (id)) JOIN customers USING (id) LIMIT 1;
-- name: table-cmd
TABLE customers;
-- name: only
SELECT ssn FROM ONLY customers LIMIT 1;
-- name: temp-shadow-type
CREATE TEMP TABLE customers (ssn text);
SELECT ssn FROM public.customers LIMIT 1;
-- name: set-then
SET search_path = pg_catalog, public;
SELECT ssn FROM customers LIMIT 1;
-- name: savepoint-path
BEGIN;
SAVEPOINT a;
SET LOCAL search_path = pg_catalog;
ROLLBACK TO a;
SELECT ssn FROM customers LIMIT 1;
COMMIT;
-- name: setconfig-path
SELECT set_config('search_path', 'pg_catalog', false);
SELECT ssn FROM public.customers LIMIT 1;
-- name: execute-param
PREPARE p(text) AS SELECT id FROM customers WHERE id = 1 AND name = $1;
EXECUTE p((SELECT ssn FROM customers WHERE id = 1));
-- name: execute-copy
PREPARE p AS SELECT ssn FROM customers LIMIT 1;
COPY (SELECT 1) TO STDOUT;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE p;
CREATE TEMP TABLE zz AS EXECUTE p;
SELECT * FROM zz;
-- name: prepare-declare
PREPARE p AS SELECT ssn FROM customers LIMIT 1;
DEALLOCATE p;
PREPARE p AS SELECT id FROM customers LIMIT 1;
EXECUTE p;
-- name: fetch-after-close
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT ssn FROM customers;
COMMIT;
FETCH 2 FROM c;
CLOSE c;
FETCH 2 FROM c;
-- name: scroll-binary-move
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, ssn FROM customers;
MOVE 3 FROM c;
FETCH BACKWARD 1 FROM c;
FETCH ABSOLUTE 5 FROM c;
COMMIT;
-- name: copy-force
COPY customers (ssn) TO STDOUT (FORMAT csv, FORCE_QUOTE (ssn));
-- name: copy-returning
COPY (UPDATE customers SET vip = true WHERE id = 5 RETURNING ssn) TO STDOUT;
-- name: lock
LOCK TABLE customers;
-- name: comment
COMMENT ON COLUMN customers.ssn IS 'x';
-- name: json-table
SELECT * FROM customers c, JSON_TABLE(jsonb_build_object('a', c.ssn), '$' COLUMNS (a text PATH '$.a')) j LIMIT 2;
-- name: xmltable
SELECT x.* FROM customers c, XMLTABLE('/a' PASSING xmlelement(name a, c.ssn) COLUMNS s text PATH '.') x LIMIT 2;
-- name: collate
SELECT ssn COLLATE "C" FROM customers LIMIT 2;
-- name: escape-like
SELECT id, ssn LIKE '1\' FROM customers LIMIT 4;
-- name: similar
SELECT id, ssn SIMILAR TO '1%' FROM customers LIMIT 4;
-- name: overlaps
SELECT (exp, exp) OVERLAPS (exp, exp), pan > '4' FROM cards LIMIT 3;
-- name: distinct-from
SELECT id FROM customers WHERE ssn IS DISTINCT FROM 'x' LIMIT 3;
-- name: range-ctor
SELECT int4range(0, ascii(ssn)) FROM customers LIMIT 3;
-- name: range-text
SELECT isempty(textrange('a', ssn)) FROM customers LIMIT 3;
-- name: nullif-limit
SELECT id FROM customers LIMIT (SELECT ascii(ssn) - 40 FROM customers WHERE id = 1);
-- name: for-update-of
SELECT id FROM customers WHERE id = 1 FOR UPDATE;
-- name: old-new
UPDATE customers SET vip = true WHERE id = 5 RETURNING old.ssn, new.ssn;
-- name: with-returning
WITH u AS (UPDATE customers SET vip = true WHERE id = 5 RETURNING *) SELECT ssn FROM u;
-- name: delete-using
DELETE FROM orders USING customers c WHERE orders.id = 999 AND c.ssn LIKE '1%';
-- name: lag-null
SELECT lag(id, length(ltrim(ssn, '1'))) OVER (ORDER BY id) FROM customers LIMIT 12;
-- name: json-path-name
SELECT notes -> ssn, notes ? ssn FROM customers LIMIT 3;
-- name: array-idx-update
UPDATE orders SET note = left('abcdef', length(ssn)) FROM customers c WHERE c.id = 1 AND orders.id = 1;
-- name: notice-debug
SET client_min_messages = debug5;
SELECT ssn FROM customers LIMIT 1;
-- name: error-position
SELECT 1 FROM customers WHERE ssn = 5;
-- name: values-in
SELECT id FROM customers WHERE (id, ssn) IN (VALUES (1, '107-23-8919'));
-- name: partial-unique-2
UPDATE customers SET phone = 'x' WHERE id IN (7, 8, 9);
UPDATE customers SET phone = 'y' WHERE id IN (10, 11, 12);
UPDATE customers SET phone = 'z' WHERE id IN (13, 14, 15);
UPDATE customers SET phone = 'w' WHERE id IN (16, 17, 18);
UPDATE customers SET phone = 'v' WHERE id IN (19, 20, 21);
-- name: partial-unique-conflict
INSERT INTO cards (id, customer_id, pan, exp) VALUES (6001, 1, '4111111111111111', '2027-01-05') ON CONFLICT DO NOTHING;
-- name: expr-unique-2
UPDATE customers SET name = 'x' WHERE id IN (7, 8);
UPDATE customers SET name = 'y' WHERE id IN (9, 10);
UPDATE customers SET name = 'z' WHERE id IN (11, 12);
UPDATE customers SET name = 'w' WHERE id IN (13, 14);
UPDATE customers SET name = 'u' WHERE id IN (50, 20, 30);
UPDATE customers SET name = 't' WHERE id IN (60, 70, 80, 90);
-- name: expr-unique-pan-2
UPDATE cards SET pan = '4111111111111111' WHERE id IN (31);
UPDATE cards SET pan = '4111111111111111' WHERE id IN (32);
-- name: expr-unique-pan-2
INSERT INTO cards (id, customer_id, pan) VALUES (7001, 1, '4333333829341510') ON CONFLICT DO NOTHING;
INSERT INTO cards (id, customer_id, pan) VALUES (7002, 1, '4333333829341511') ON CONFLICT DO NOTHING;
-- name: matview-count
SELECT count(n) FROM vn;
-- name: view-filter
SELECT count(*) FROM vf;
-- name: view-fwd
SELECT id FROM vfwd;
-- name: view-grp
SELECT c FROM vgrp;
-- name: view-timing-order
SELECT id FROM vord;
-- name: mv-order
SELECT id FROM mord;
-- name: inherit-child
SELECT ssn FROM child_c LIMIT 1;
-- name: trigger-raise
UPDATE orders SET note = 'q' WHERE id = 2;
-- name: default-fn
INSERT INTO dflt (id) VALUES (1) RETURNING s;
-- name: index-expr-error
UPDATE cards SET exp = '2030-01-01' WHERE id = 9;
-- name: set-tx
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
-- name: odd-enable
SET enable_seqscan = off;
-- name: cycle-uses
WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r, x WHERE i < 2 + x.k), x(k) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT count(*) FROM r;
-- name: nested-with-in-arm
WITH RECURSIVE r(i) AS (WITH q AS (SELECT k FROM x) (SELECT k FROM q UNION ALL SELECT 7)), x(k) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM r;
-- name: nested-with-in-arm2
WITH RECURSIVE r(i) AS (WITH q AS (SELECT k FROM x) (SELECT k FROM q UNION ALL SELECT r.i + 1000 FROM r WHERE r.i < 500)), x(k) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM r;
-- name: fwd-sublink
WITH RECURSIVE r(i) AS (SELECT (SELECT k FROM x) UNION ALL SELECT i + 1000 FROM r WHERE i < 500), x(k) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM r;
-- name: fwd-exists-effect
WITH RECURSIVE r(i) AS (SELECT 1 FROM x UNION ALL SELECT i + 1 FROM r WHERE i < 2), x(k) AS (SELECT 1 / (ascii(ssn) - 49) FROM customers) SELECT * FROM r;
-- name: fwd-delete
WITH RECURSIVE r(i) AS (SELECT id FROM x UNION ALL SELECT i + 1000000 FROM r WHERE i < 2), x AS (DELETE FROM order_items USING customers c WHERE c.ssn LIKE '1%' AND order_id = c.id AND c.id < 20 RETURNING order_id AS id) SELECT count(*) FROM r;
-- name: timing-bigcol
SET statement_timeout = '700ms';
SELECT max(CASE WHEN c.ssn LIKE '107%' THEN upper(upper(upper(upper(upper(upper(upper(upper(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(CASE WHEN c.ssn LIKE '274%' THEN upper(upper(upper(upper(upper(upper(upper(upper(o.status || p.status)))))))) END) FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: timing-or
SET statement_timeout = '700ms';
SELECT bool_and(c.ssn LIKE '107%' OR md5(md5(md5(md5(md5(md5(md5(o.status || p.status))))))) = 'x') FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT bool_and(c.ssn LIKE '274%' OR md5(md5(md5(md5(md5(md5(md5(o.status || p.status))))))) = 'x') FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: timing-coalesce
SET statement_timeout = '700ms';
SELECT max(COALESCE(NULLIF(left(c.ssn, 3), '107'), md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(COALESCE(NULLIF(left(c.ssn, 3), '274'), md5(md5(md5(md5(md5(md5(md5(o.status || p.status)))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: timing-strict
SET statement_timeout = '900ms';
SELECT max(md5(md5(md5(md5(md5(md5(md5(NULLIF(left(c.ssn, 3), '107') || o.status || p.status)))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(md5(md5(md5(md5(md5(md5(md5(NULLIF(left(c.ssn, 3), '274') || o.status || p.status)))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: index-only-order
SET enable_seqscan = off;
SELECT name FROM customers LIMIT 5;
-- name: index-only-order-nogs
SELECT name FROM customers LIMIT 5;
-- name: timing-coalesce-2
SET statement_timeout = '700ms';
SELECT max(COALESCE(NULLIF(left(c.ssn, 3), '107'), md5(md5(md5(md5(md5(md5(md5(o.status || p.status))))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT max(COALESCE(NULLIF(left(c.ssn, 3), '274'), md5(md5(md5(md5(md5(md5(md5(o.status || p.status))))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: timing-inlist
SET statement_timeout = '700ms';
SELECT bool_and('107' IN (left(c.ssn, 3), md5(md5(md5(md5(md5(md5(md5(o.status || p.status))))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
SELECT bool_and('274' IN (left(c.ssn, 3), md5(md5(md5(md5(md5(md5(md5(o.status || p.status))))))))) FROM customers c, orders o, orders p WHERE c.id = 1;
-- name: fwd-insert-with
WITH RECURSIVE a(id) AS (SELECT n FROM b UNION ALL SELECT id + 100000 FROM a WHERE id < 500), b(n) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') UPDATE orders SET note = (SELECT max(id)::text FROM a) WHERE id = 5;
SELECT note FROM orders WHERE id = 5;
-- name: group-row-sublink
SELECT count(*) FROM (SELECT left(ssn, 1), 1 FROM customers GROUP BY (1, 2)) s;
-- name: group-row-having
SELECT left(ssn, 3), name, count(*) FROM customers GROUP BY (1, name) LIMIT 5;
-- name: forward-cte-where-2
WITH RECURSIVE a(id) AS (SELECT n FROM b UNION ALL SELECT id + 1000 FROM a WHERE id < 500), b(n) AS (SELECT count(*) FROM customers WHERE ssn LIKE '1%') SELECT * FROM a;
-- name: group-row-positions-2
SELECT left(ssn, 1), 1, count(*) FROM customers GROUP BY (1, 2);
-- name: fwd-division-oracle
WITH RECURSIVE r(i) AS (SELECT k FROM x UNION ALL SELECT i + 100 FROM r WHERE i < 2), x(k) AS (SELECT 1 / (ascii(ssn) - 49) FROM customers WHERE id = 1) SELECT * FROM r;
-- name: fwd-generate-series
WITH RECURSIVE r(i) AS (SELECT 1 FROM x UNION ALL SELECT i + 1 FROM r WHERE i < 1), x(k) AS (SELECT generate_series(1, ascii(ssn)) FROM customers WHERE id = 1) SELECT count(*) FROM r;
-- name: pan-check-probe-2
UPDATE cards SET pan = translate(pan, '7', 'x') WHERE id = 4;
-- name: startup-temp
SELECT current_setting('search_path');
-- name: count-over-window-filter
SELECT count(*) FILTER (WHERE vip) OVER (PARTITION BY vip ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM customers LIMIT 2;
-- name: row-mixed-name
SELECT left(ssn, 1) AS k, id FROM customers GROUP BY (1, id), (2) LIMIT 3;
-- name: limit-index-scan-where
SET enable_seqscan = off;
SELECT id FROM customers WHERE name LIKE 'Customer 1%' LIMIT 5;
-- name: unique-expression-mate
UPDATE customers SET name = 'x' WHERE id IN (7, 8);
-- name: unique-expression-insert
INSERT INTO customers (id, name, email, ssn) VALUES (99001, 'Customer 3', 'a@b.example', '000-00-0000');
-- name: upsert-unique-mate
INSERT INTO customers (id, name, email, ssn) SELECT id, 'Customer 3', email, ssn FROM customers WHERE id = 7 ON CONFLICT (id) DO UPDATE SET name = 'Customer 9';
-- name: length-repeat
SELECT left(name || repeat('x', 1073741800), 3) FROM customers WHERE id = 1;
-- name: length-greatest
SELECT left(greatest(ssn, '2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') || repeat('x', 1073741800), 3) FROM customers WHERE id = 1;
-- name: length-max-union
SELECT md5(max(x)) FROM (SELECT ssn AS x FROM customers WHERE id = 1 UNION ALL SELECT '2' || repeat('x', 100000000)) s;
-- name: length-jsonb
SELECT to_jsonb(greatest(ssn, '2aaaa') || repeat('x', 268435440)) IS NULL FROM customers WHERE id = 1;
-- name: length-doubled
SELECT left(x, 3) FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT x || x AS x FROM (SELECT ssn AS x FROM customers WHERE id = 1) s0) s1) s2) s3) s4) s5) s6) s7) s8) s9) s10) s11) s12) s13) s14) s15) s16) s17) s18) s19) s20) s21) s22) s23) s24) s25) s26) s27) s28) s29) s;
