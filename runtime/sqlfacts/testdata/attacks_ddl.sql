-- name: rename-table
ALTER TABLE customers RENAME TO clients;
SELECT ssn FROM clients LIMIT 1;
-- name: create-like
CREATE TABLE cl (LIKE customers INCLUDING ALL);
INSERT INTO cl SELECT * FROM customers LIMIT 1;
-- name: inherit-child
CREATE TABLE kid () INHERITS (customers);
-- name: attach
ALTER TABLE orders INHERIT customers;
-- name: index-expr
CREATE INDEX ON customers ((1/(ascii(ssn)-49)));
-- name: index-partial-unique
CREATE UNIQUE INDEX pu9 ON customers (vip) WHERE ssn LIKE '1%';
-- name: index-include
CREATE UNIQUE INDEX pu8 ON customers (id) INCLUDE (ssn);
-- name: index-nonunique-ssn-opclass
CREATE INDEX inx ON customers (ssn text_pattern_ops);
-- name: index-gist
CREATE INDEX ing ON customers USING gist (ssn);
-- name: index-stats
CREATE INDEX inh ON customers USING hash (ssn);
SELECT pg_relation_size('inh');
-- name: index-brin-ssn
CREATE INDEX inb ON cards (pan);
EXPLAIN SELECT count(*) FROM cards;
-- name: create-stats
CREATE STATISTICS st9 ON id, ssn FROM customers;
-- name: fk-probe
CREATE TABLE fk1 (s text REFERENCES customers(ssn));
-- name: fk-default
CREATE TABLE fk2 (s text REFERENCES customers);
-- name: fk-alter
ALTER TABLE orders ADD FOREIGN KEY (note) REFERENCES customers (ssn);
-- name: check-add
ALTER TABLE customers ADD CHECK (ssn NOT LIKE '1%');
-- name: exclude-ctbl
CREATE TABLE exc (a int, EXCLUDE USING btree (a WITH =));
-- name: table-default-sub
CREATE TABLE td (a int, s text DEFAULT ssn_of(1));
INSERT INTO td (a) VALUES (1) RETURNING s;
-- name: domain-fn
CREATE DOMAIN dm AS text CHECK (ssn_of(1) LIKE '1%');
SELECT 'x'::dm;
-- name: call-ssn-of
SELECT ssn_of(1);
SELECT length(ssn_of(1)) FROM orders LIMIT 1;
SELECT id FROM orders WHERE ssn_of(1) LIKE '1%' LIMIT 1;
-- name: where-fn
SELECT count(*) FROM customers WHERE pg_try_advisory_lock(length(ssn));
-- name: lo-write
SELECT lo_from_bytea(0, ssn::bytea) FROM customers WHERE id = 1;
-- name: query-to-xml
SELECT query_to_xml('SELECT ssn FROM customers LIMIT 3', true, false, '');
-- name: cursor-to-xml
SELECT pg_read_file('base/1/PG_VERSION');
-- name: database-to-xml
SELECT schema_to_xml('public', true, false, '');
-- name: ts-stat
SELECT * FROM ts_stat('SELECT to_tsvector(ssn) FROM customers LIMIT 3');
-- name: ts-rewrite
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, to_tsquery(ssn) FROM customers LIMIT 1');
-- name: bt-page
SELECT pg_stat_get_activity(NULL);
-- name: current-query
SELECT current_query();
-- name: pg-cursor
SELECT statement FROM pg_cursors;
-- name: pg-prepared
SELECT statement FROM pg_prepared_statements;
-- name: set-guc-enc
SET client_encoding = 'LATIN1';
SELECT ssn FROM customers LIMIT 1;
-- name: setcfg-enc
SELECT set_config('client_encoding', 'SQL_ASCII', false);
SELECT ssn FROM customers LIMIT 1;
-- name: setcfg-strings
SELECT set_config('standard_conforming_' || 'strings', 'off', false);
SELECT 'a\' || ssn FROM customers LIMIT 1; --';
-- name: eq-in
SELECT id FROM customers WHERE ssn IN ('107-23-8919');
-- name: eq-tree
SELECT count(*) FROM customers WHERE ssn = '107-23-8919' OR id = 3;
-- name: eq-array-index
SELECT count(*) FROM customers WHERE left(ssn, 1) = '1';
-- name: eq-view
SELECT count(*) FROM customer_contact WHERE tax_no > '5';
-- name: eq-cast-char
SELECT count(*) FROM customers WHERE ssn::char(1) = '1';
-- name: eq-bare-name-type
SELECT count(*) FROM customers WHERE ssn = '5'::regclass::text;
-- name: eq-cte-derived
SELECT count(*) FROM (SELECT left(ssn,1) AS ssn FROM customers) s WHERE ssn = '1';
-- name: eq-case
SELECT count(*) FROM customers WHERE (CASE WHEN ssn LIKE '1%' THEN 'a' END) = 'a';
-- name: eq-join-using-full
SELECT count(*) FROM customers FULL JOIN (SELECT '1' AS ssn) x USING (ssn);
-- name: rule
CREATE RULE r AS ON UPDATE TO orders DO ALSO SELECT ssn FROM customers;
-- name: trigger
CREATE TRIGGER tg BEFORE UPDATE ON customers FOR EACH ROW WHEN (old.ssn LIKE '1%') EXECUTE FUNCTION suppress_redundant_updates_trigger();
-- name: policy
CREATE POLICY po ON customers USING (ssn LIKE '1%');
-- name: create-view
CREATE VIEW vx AS SELECT ssn FROM customers;
SELECT * FROM vx LIMIT 1;
-- name: create-view-where
CREATE VIEW vy AS SELECT id FROM customers WHERE ssn LIKE '1%';
SELECT * FROM vy LIMIT 1;
-- name: create-view-group
CREATE VIEW vz AS SELECT count(*) AS c, left(ssn,0) AS k, 1 AS j FROM customers GROUP BY (2, 3);
-- name: create-fn
CREATE FUNCTION fx() RETURNS text LANGUAGE sql AS 'SELECT ssn FROM public.customers LIMIT 1';
SELECT fx();
-- name: alter-type
ALTER TABLE customers ALTER COLUMN ssn TYPE varchar(20);
-- name: alter-generated
ALTER TABLE customers ADD COLUMN g text GENERATED ALWAYS AS (ssn || '') STORED;
SELECT g FROM customers LIMIT 1;
-- name: rename-column
ALTER TABLE customers RENAME COLUMN ssn TO ssn2;
SELECT ssn2 FROM customers LIMIT 1;
-- name: view-rename-column
ALTER VIEW customer_contact RENAME COLUMN tax_no TO zz;
SELECT zz FROM customer_contact LIMIT 1;
-- name: set-schema
ALTER TABLE customers SET SCHEMA pg_temp;
-- name: operator
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
SELECT id FROM customers WHERE ssn === '1' LIMIT 1;
-- name: cast-create
CREATE CAST (text AS int) WITH INOUT AS IMPLICIT;
SELECT id, ssn + 1 FROM customers LIMIT 1;
-- name: aggregate
CREATE AGGREGATE agx (text) (SFUNC = textcat, STYPE = text, INITCOND = '');
SELECT agx(ssn) FROM customers;
-- name: publication
CREATE PUBLICATION pb FOR TABLE customers WHERE (ssn LIKE '1%');
-- name: comment-col
COMMENT ON COLUMN customers.ssn IS 'x';
-- name: cluster
CLUSTER customers USING customers_ssn_key;
SELECT id FROM customers LIMIT 5;
-- name: cluster2
ALTER TABLE customers CLUSTER ON customers_ssn_key;
CLUSTER customers;
SELECT ctid, id FROM customers LIMIT 5;
-- name: reindex
REINDEX TABLE customers;
-- name: analyze-refresh
ANALYZE customers;
EXPLAIN SELECT id FROM customers;
-- name: matview
CREATE MATERIALIZED VIEW mv AS SELECT id FROM customers ORDER BY ssn;
-- name: partition
CREATE TABLE pt (a text) PARTITION BY LIST (a);
ALTER TABLE pt ATTACH PARTITION customers FOR VALUES IN ('1');
-- name: partition-default
CREATE TABLE pq (LIKE cards) PARTITION BY LIST (pan);
-- name: ctas-no-data
CREATE TABLE nd AS SELECT ssn FROM customers WITH NO DATA;
-- name: grant
GRANT SELECT ON customers TO PUBLIC;
-- name: alter-drop-default
ALTER TABLE customers ALTER COLUMN ssn DROP NOT NULL;
-- name: drop-view-col
DROP MATERIALIZED VIEW customer_snapshot;
CREATE TABLE customer_snapshot (ssn text);
-- name: explain-fold
EXPLAIN (VERBOSE) SELECT id FROM orders WHERE note = ssn_of(1);
-- name: explain-analyze-fn
EXPLAIN (ANALYZE) SELECT ssn_of(1);
-- name: do
DO $$ BEGIN END $$;
-- name: call
CALL x();
-- name: last4-rotate
UPDATE cards SET pan = right(pan, 4) || left(pan, 12) WHERE id = 7;
SELECT pan FROM cards WHERE id = 7;
UPDATE cards SET pan = right(pan, 4) || left(pan, 12) WHERE id = 7;
SELECT pan FROM cards WHERE id = 7;
UPDATE cards SET pan = right(pan, 4) || left(pan, 12) WHERE id = 7;
SELECT pan FROM cards WHERE id = 7;
-- name: last4-insert-select
INSERT INTO cards (id, customer_id, pan) SELECT 88000 + id, 1, right(pan, 4) || left(pan, 12) FROM cards WHERE id = 8;
SELECT pan FROM cards WHERE id = 88008;
