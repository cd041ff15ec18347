# The policy that tests the module: a caller who may do everything, but for the guardrails.

policy "sql-guardrails-test" {
  language = 1
  owner    = "security@example.com"
}

issuer "corp" {
  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
}

target "db" {
  protocol = "postgres"
  labels   = { env = "prod" }
  catalog  = "db.catalog.json"
}

target "unguarded" {
  protocol = "postgres"
  catalog  = "db.catalog.json"
}

target "closed" {
  protocol = "postgres"
  catalog  = "db.catalog.json"
}

module "guard" {
  source         = "./"
  target_labels  = { env = "prod" }
  migrators      = ["migration"]
  exporters      = ["export"]
  max_rows       = 10
  limited_tables = ["public.customers"]
  small_tables   = ["public.countries"]
  settings       = ["transform_null_equals"]
}

allow "everything" {
  targets = ["db", "unguarded"]
  postgres { verbs = ["*", "opaque"] }
}

allow "every-function" {
  targets = ["db", "unguarded"]
  postgres { functions = ["*"] }
}

principal "app" {
  issuer = "corp"
  claims = { sub = "app", groups = ["app"] }
}

principal "migration" {
  issuer = "corp"
  claims = { sub = "migration", groups = ["migration"] }
}

principal "export" {
  issuer = "corp"
  claims = { sub = "export", groups = ["export"] }
}

test "what guardrails let pass" {
  as     = "app"
  target = "db"
  sql = [
    "SELECT * FROM orders WHERE id = $1",
    "SELECT * FROM orders LIMIT 10",
    "SELECT * FROM orders LIMIT 0",
    "SELECT * FROM customers LIMIT 0",
    "SELECT * FROM customers WHERE name > $1 FETCH FIRST 10 ROWS ONLY",
    "SELECT * FROM countries",
    "INSERT INTO orders VALUES (1, 1, 'new', NULL) RETURNING id",
    "INSERT INTO orders VALUES (1, 1, 'new', NULL) ON CONFLICT (id) DO UPDATE SET status = excluded.status",
    "INSERT INTO customers VALUES (1, 'A', 'a@mail.example') RETURNING *",
    "UPDATE customers SET name = 'B' WHERE id = $1 RETURNING name",
    "UPDATE orders o SET status = 'x' FROM countries c WHERE c.code = o.note AND c.name = $1",
    "UPDATE orders SET status = 'x' WHERE ctid = '(0,1)'",
    "DELETE FROM orders WHERE id = $1",
    "DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE status = 'void' LIMIT 5)",
    "MERGE INTO orders o USING countries c ON o.note = c.code WHEN MATCHED THEN DELETE",
    "EXPLAIN SELECT * FROM orders",
    "EXPLAIN UPDATE customers SET name = 'x' WHERE id = 1",
    "PREPARE p AS SELECT * FROM orders WHERE id = $1; EXECUTE p(1)",
    "BEGIN; DECLARE c CURSOR FOR SELECT * FROM orders LIMIT 10; FETCH ALL FROM c; COMMIT",
    "COPY orders FROM STDIN",
    "COPY customers FROM STDIN",
    "INSERT INTO customers SELECT o.id, string_agg(o.note, ','), 'x' FROM orders o WHERE o.id = 1 GROUP BY 1",
    "SELECT * FROM dblink_peers WHERE name = $1",
    "SELECT * FROM pg_sleep WHERE s = 1",
    "SELECT * FROM table_to_xml WHERE name = 'x'",
    "SELECT * FROM pg_read_file WHERE name = 'x'",
    "SELECT * FROM set_config WHERE name = 'x'",
    "SELECT close_order(1)",
    "SELECT gen_random_uuid(), now(), upper('x')",
    "SET statement_timeout = '5s'",
    "SET transform_null_equals = on",
    "SELECT string_agg(status, ',') FROM orders WHERE id = 1",
  ]
  expect {
    decision = "allow"
  }
}

test "writes without a condition" {
  as     = "app"
  target = "db"
  sql = [
    "DELETE FROM orders",
    "DELETE FROM ONLY public.orders",
    "UPDATE orders SET status = 'x'",
    "UPDATE orders SET status = 'x' WHERE true",
    "UPDATE orders SET status = 'x' WHERE 1 = 1 OR id = 1",
    "UPDATE orders SET status = 'x' WHERE id = id",
    "UPDATE orders SET status = 'x' WHERE ctid = ctid",
    "UPDATE orders SET status = 'x' WHERE ctid IS NOT NULL",
    "UPDATE orders SET status = 'x' WHERE id > 0 OR id <= 0",
    "UPDATE orders SET status = 'x' WHERE id IS NOT NULL",
    "UPDATE orders SET status = 'x' WHERE NOT false",
    "UPDATE orders SET status = 'x' WHERE $1",
    "UPDATE orders SET status = 'x' WHERE random() < 2",
    "UPDATE orders SET status = 'x' WHERE EXISTS (SELECT 1)",
    "UPDATE orders SET status = 'x' WHERE id IN (SELECT id FROM orders)",
    "UPDATE orders o SET status = 'x' FROM countries c WHERE c.code = 'x'",
    "DELETE FROM orders USING countries",
    "DELETE FROM open_orders",
    "WITH x AS (SELECT 1) DELETE FROM orders",
    "WITH d AS (DELETE FROM orders RETURNING 1) SELECT * FROM d LIMIT 1",
    "WITH a AS (UPDATE orders SET status = 'x' WHERE id = 1) DELETE FROM orders",
    "MERGE INTO orders o USING countries c ON true WHEN MATCHED THEN DELETE",
    "MERGE INTO orders o USING (SELECT 1) s ON o.id = o.id WHEN MATCHED THEN UPDATE SET status = 'x'",
    "EXPLAIN ANALYZE DELETE FROM orders",
    "EXPLAIN (ANALYZE, TIMING off) UPDATE orders SET status = 'x'",
    "PREPARE p AS DELETE FROM orders",
    "PREPARE p AS DELETE FROM orders; EXECUTE p",
    "BEGIN; DELETE FROM orders; ROLLBACK",
    "SELECT 1; DELETE FROM orders",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.unbounded-write"]
    message_contains = "UPDATE, DELETE and MERGE need a condition on the rows that can be false"
  }
}

test "definitions" {
  as     = "app"
  target = "db"
  sql    = "DROP TABLE orders"
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.definition"]
    message_contains = "definitions, owners and rights are changed by migrations"
  }
  cases = {
    "drop"             = {}
    "alter"            = { sql = ["ALTER TABLE orders DISABLE TRIGGER ALL", "ALTER TABLE orders RENAME TO o", "COMMENT ON TABLE orders IS 'x'"] }
    "create"           = { sql = ["CREATE TABLE t (id int)", "CREATE INDEX ON orders (status)", "CREATE TEMP TABLE t (id int)", "CREATE EXTENSION file_fdw"] }
    "code"             = { sql = ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE RULE r AS ON SELECT TO orders DO INSTEAD SELECT 1", "CREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION f()"] }
    "rights"           = { sql = ["GRANT SELECT ON orders TO PUBLIC", "ALTER ROLE app SUPERUSER", "REASSIGN OWNED BY app TO postgres"] }
    "table of a query" = { sql = ["CREATE TABLE t AS SELECT 1", "SELECT 1 AS id INTO t", "CREATE MATERIALIZED VIEW m AS SELECT 1"] }
    "for a migration"  = { as = "migration", sql = ["DROP TABLE orders", "CREATE TABLE t (id int)", "ALTER TABLE orders ADD x int", "GRANT SELECT ON orders TO PUBLIC"], expect = { decision = "allow" } }
  }
}

test "tables as a whole" {
  as     = "app"
  target = "db"
  sql    = "TRUNCATE orders"
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.truncate"]
    message_contains = "TRUNCATE is for migrations"
  }
  cases = {
    "truncate"       = { sql = ["TRUNCATE orders", "TRUNCATE ONLY orders, countries CASCADE"] }
    "by a migration" = { as = "migration", expect = { decision = "allow" } }
    "locks"          = { sql = "LOCK orders", expect = { by = ["module.guard.deny.maintenance"], message_contains = "locking and rewriting whole tables is for migrations" } }
    "maintenance"    = { sql = ["VACUUM FULL orders", "CLUSTER", "REINDEX TABLE orders"], expect = { by = ["module.guard.deny.maintenance"], message_contains = "locking and rewriting whole tables is for migrations" } }
    "of a migration" = { as = "migration", sql = ["LOCK orders", "VACUUM orders"], expect = { decision = "allow" } }
  }
}

test "settings that change who one is" {
  as     = "app"
  target = "db"
  sql = [
    "SET ROLE postgres",
    "RESET ROLE",
    "SET SESSION AUTHORIZATION postgres",
    "SET LOCAL session_replication_role = replica",
    "SELECT set_config('role', 'postgres', false)",
    "ALTER SYSTEM SET archive_command = 'x'",
    "SET client_encoding = latin1",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.setting"]
    message_contains = "roles, replication and other settings that change what a session may do stay as they are"
  }
  cases = {
    "an application" = {}
    "a migration"    = { as = "migration", expect = { decision = "allow" } }
  }
}

test "files and programs of the server" {
  as     = "migration"
  target = "db"
  sql = [
    "COPY orders TO PROGRAM 'curl example.com'",
    "COPY orders TO '/tmp/orders'",
    "COPY orders FROM '/etc/passwd'",
    "COPY orders FROM PROGRAM 'cat /etc/passwd'",
    "LOAD 'x'",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.server-file"]
    message_contains = "COPY to or from a file or program of the server, and LOAD, reach outside of the database"
  }
  cases = {
    "out"  = { as = "export", sql = ["COPY orders TO PROGRAM 'curl example.com'", "COPY (SELECT 1) TO '/tmp/x'"] }
    "in"   = { as = "export", sql = ["COPY orders FROM '/etc/passwd'", "COPY orders FROM PROGRAM 'cat /etc/passwd'"] }
    "load" = { sql = "LOAD 'x'" }
  }
}

test "what cannot be read" {
  as     = "migration"
  target = "db"
  sql = [
    "DO $$ BEGIN DELETE FROM orders; END $$",
    "DO LANGUAGE plpgsql 'BEGIN EXECUTE ''DELETE FROM orders''; END'",
    "EXECUTE not_prepared_here",
    "FETCH ALL FROM no_cursor",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.unreadable"]
    message_contains = "DO, and what cannot be analysed, may do anything"
  }
}

test "functions that reach files" {
  as     = "export"
  target = "db"
  sql = [
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_catalog.pg_read_binary_file('/etc/passwd')",
    "SELECT \"pg_read_file\"('/etc/passwd')",
    "SELECT * FROM pg_ls_dir('.') d",
    "SELECT pg_ls_logdir(), pg_ls_waldir(), pg_ls_archive_statusdir()",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/x')",
    "SELECT admin.pg_file_write('/tmp/x', 'x', true)",
    "SELECT pg_current_logfile()",
    "SELECT id FROM orders WHERE note = pg_read_file('/etc/passwd') LIMIT 1",
    "SELECT id FROM orders ORDER BY pg_read_file('/etc/passwd') LIMIT 1",
    "UPDATE orders SET note = pg_read_file('/etc/passwd') WHERE id = 1",
    "INSERT INTO orders (id, note) VALUES (1, pg_read_file('/etc/passwd'))",
    "WITH f AS (SELECT pg_read_file('/etc/passwd') AS t) SELECT 1",
    "SELECT 1 FROM orders WHERE id = 1 GROUP BY pg_read_file('/etc/passwd')",
    "EXPLAIN SELECT pg_read_file('/etc/passwd')",
    "PREPARE p AS SELECT pg_read_file('/etc/passwd')",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.file-function"]
    message_contains = "functions that reach the server's files are not for applications"
  }
}

test "functions that reach other servers" {
  as     = "export"
  target = "db"
  sql = [
    "SELECT * FROM dblink('dbname=x', 'DELETE FROM orders') AS t(a int)",
    "SELECT dblink_exec('dbname=x', 'DELETE FROM orders')",
    "SELECT dblink_connect('c', 'dbname=x'), dblink_send_query('c', 'SELECT 1')",
    "SELECT extensions.dblink_connect_u('c', 'dbname=x')",
    "SELECT postgres_fdw_get_connections()",
    "SELECT public.http_post('https://example.com', 'x', 'y')",
    "SELECT http('x')",
    "SELECT aws_s3.query_export_to_s3('SELECT 1', 'x')",
    "SELECT net.http_get('https://example.com')",
    "SELECT cron.schedule('* * * * *', 'DELETE FROM orders')",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.remote-function"]
    message_contains = "functions that reach other servers are not for applications"
  }
}

test "functions that run SQL out of a text" {
  as     = "export"
  target = "db"
  sql = [
    "SELECT query_to_xml('DELETE FROM orders', true, true, '')",
    "SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
    "SELECT table_to_xml('orders', true, true, '')",
    "SELECT schema_to_xml('public', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT cursor_to_xml('c', 1, true, true, '')",
    "SELECT * FROM ts_stat('SELECT note::tsvector FROM orders') AS s",
    "SELECT ts_rewrite('a'::tsquery, 'SELECT 1')",
    "SELECT * FROM public.crosstab('SELECT 1') AS t(a int)",
    "SELECT public.xpath_table('a', 'b', 'c', 'd', 'e')",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.text-function"]
    message_contains = "functions that run SQL out of a text hide what they read"
  }
}

test "functions that steer the server" {
  as     = "migration"
  target = "db"
  sql = [
    "SELECT set_config('ro' || 'le', 'postgres', false)",
    "SELECT pg_terminate_backend(1)",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid > 1",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_promote()",
    "SELECT pg_switch_wal()",
    "SELECT pg_backup_start('x')",
    "SELECT pg_create_logical_replication_slot('s', 'test_decoding')",
    "SELECT pg_drop_replication_slot('s')",
    "SELECT pg_logical_slot_get_changes('s', NULL, NULL)",
    "SELECT pg_replication_origin_create('x')",
    "SELECT pg_stat_reset()",
    "SELECT pg_import_system_collations('public')",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.server-function"]
    message_contains = "functions that steer the server or other sessions are not for applications"
  }
}

test "functions that wait" {
  as     = "migration"
  target = "db"
  sql = [
    "SELECT pg_sleep(3600)",
    "SELECT pg_sleep_for('1 hour')",
    "SELECT pg_sleep_until('tomorrow')",
    "SELECT id FROM orders WHERE id = 1 AND pg_sleep(1) IS NULL",
    "SELECT id FROM orders ORDER BY pg_sleep(1) LIMIT 1",
    "UPDATE orders SET note = pg_sleep(1)::text WHERE id = 1",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.stalling-function"]
    message_contains = "a statement that sleeps holds a connection and its locks"
  }
}

test "whole tables" {
  as     = "app"
  target = "db"
  sql = [
    "SELECT * FROM orders",
    "TABLE orders",
    "SELECT * FROM orders LIMIT 11",
    "SELECT * FROM orders LIMIT ALL",
    "SELECT * FROM orders LIMIT NULL",
    "SELECT * FROM orders LIMIT $1",
    "SELECT * FROM orders LIMIT (SELECT 1000000)",
    "SELECT * FROM orders LIMIT 99999999999",
    "SELECT * FROM orders ORDER BY true FETCH FIRST 1 ROW WITH TIES",
    "SELECT * FROM orders OFFSET 10",
    "SELECT * FROM (SELECT * FROM orders LIMIT 1) o",
    "SELECT * FROM (SELECT * FROM orders WHERE id = 1) o",
    "SELECT * FROM orders WHERE id = 1 UNION ALL SELECT * FROM orders",
    "WITH o AS (SELECT * FROM orders WHERE id = 1) SELECT * FROM o",
    "SELECT * FROM open_orders",
    "SELECT o FROM orders o",
    "BEGIN; DECLARE c CURSOR FOR SELECT * FROM orders; FETCH 10 FROM c",
    "PREPARE p AS SELECT * FROM orders; EXECUTE p",
    "WITH i AS (INSERT INTO orders SELECT * FROM orders RETURNING *) SELECT * FROM i",
  ]
  expect {
    decision         = "deny"
    by               = ["module.guard.deny.whole-table"]
    message_contains = "add a WHERE, or a LIMIT of at most 10"
  }
  cases = {
    "read by an application"   = {}
    "read by an export"        = { as = "export", expect = { decision = "allow" } }
    "copied by an application" = { sql = ["COPY orders TO STDOUT", "COPY (SELECT * FROM orders WHERE id = 1) TO STDOUT", "COPY (DELETE FROM orders WHERE id = 1 RETURNING *) TO STDOUT WITH (FORMAT csv)"], expect = { by = ["module.guard.deny.bulk-copy"], message_contains = "COPY out of a table is for exports" } }
    "copied by an export"      = { as = "export", sql = "COPY orders TO STDOUT", expect = { decision = "allow" } }
  }
}

test "tables that are read with a LIMIT only" {
  as     = "app"
  target = "db"
  sql = [
    "SELECT * FROM customers WHERE true",
    "SELECT * FROM customers WHERE id = 1",
    "SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 1",
    "SELECT (SELECT name FROM customers WHERE id = 1) FROM orders WHERE id = 1",
    "INSERT INTO orders (id, note) SELECT id, name FROM customers WHERE id = 1 RETURNING note",
    "WITH u AS (UPDATE customers SET name = name WHERE id > 0 RETURNING *) SELECT * FROM u WHERE id > 0",
    "UPDATE orders SET note = (SELECT name FROM customers LIMIT 1) WHERE id = 1",
    "SELECT * FROM customers WHERE id > 0 LIMIT 11",
    "PREPARE p AS SELECT * FROM customers WHERE id > 0; EXECUTE p",
  ]
  expect {
    decision = "deny"
    by       = ["module.guard.deny.no-limit"]
  }
  cases = {
    "by an application" = {}
    "by an export"      = { as = "export", expect = { decision = "allow" } }
    "all in one row"    = { sql = ["SELECT string_agg(name, ',') FROM customers LIMIT 1", "SELECT json_agg(c) FROM customers c LIMIT 1", "SELECT array_agg(name) FROM customers LIMIT 1", "SELECT xmlagg(xmlelement(name x, name)) FROM customers LIMIT 1", "SELECT ARRAY(SELECT name FROM customers) LIMIT 1", "SELECT JSON_ARRAYAGG(name) FROM customers LIMIT 1", "SELECT JSON_OBJECTAGG(id: name) FROM customers LIMIT 1", "SELECT JSON_ARRAY(SELECT name FROM customers) LIMIT 1"], expect = { by = ["module.guard.deny.gathered"], message_contains = "functions that gather rows into one value go around the LIMIT of this table" } }
    "by an export too"  = { as = "export", sql = "SELECT json_agg(c) FROM customers c LIMIT 1", expect = { decision = "allow" } }
  }
}

test "targets without guardrails" {
  as     = "app"
  target = "unguarded"
  sql = [
    "DELETE FROM orders",
    "TRUNCATE orders",
    "DROP TABLE orders",
    "LOCK orders",
    "SET ROLE postgres",
    "COPY orders TO PROGRAM 'cat'",
    "DO $$ BEGIN END $$",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT dblink_exec('dbname=x', 'DELETE FROM orders')",
    "SELECT query_to_xml('DELETE FROM orders', true, true, '')",
    "SELECT pg_reload_conf()",
    "SELECT pg_sleep(1)",
    "COPY orders TO STDOUT",
    "SELECT * FROM orders",
    "SELECT * FROM customers WHERE id = 1",
    "SELECT json_agg(c) FROM customers c LIMIT 1",
  ]
  expect {
    decision = "allow"
  }
  cases = {
    "unguarded" = {}
    "closed"    = { target = "closed", expect = { decision = "deny", by = [] } }
  }
}

# What the README says that the module cannot stop, held still: when one of these is refused, the README is wrong.
test "what guardrails cannot stop" {
  as     = "app"
  target = "db"
  sql = [
    "UPDATE orders SET status = 'x' WHERE id > -1",
    "UPDATE orders SET status = 'x' WHERE id + 0 = id",
    "UPDATE orders SET status = 'x' WHERE status LIKE '%'",
    "INSERT INTO orders SELECT * FROM orders ON CONFLICT (id) DO UPDATE SET status = 'x'",
    "SELECT * FROM orders WHERE true",
    "SELECT * FROM orders LIMIT 10 OFFSET 10",
    "UPDATE customers SET name = name WHERE id > -1 RETURNING *",
    "SELECT a.*, b.*, c.* FROM customers a, customers b, customers c LIMIT 10",
    "WITH RECURSIVE r AS (SELECT id, name AS t FROM customers WHERE id = 1 UNION ALL SELECT c.id, r.t || c.name FROM customers c JOIN r ON c.id = r.id + 1) SELECT t FROM r ORDER BY id DESC LIMIT 1",
    "SELECT * FROM server_files LIMIT 10",
    "SELECT close_order(id) FROM orders WHERE id > -1",
    "SELECT admin.run('DELETE FROM orders')",
  ]
  expect {
    decision = "allow"
  }
}
