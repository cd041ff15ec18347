# The policy that tests the module. It allows everybody everything on one more target and, where the application says so,
# on this one.

policy "ai-agent-test" {
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
  principal {
    kind = "claims.kind"
  }
}

target "shop" {
  protocol = "postgres"
  catalog  = "db.catalog.json"
}

target "other" {
  protocol = "postgres"
  catalog  = "db.catalog.json"
}

target "closed" {
  protocol = "postgres"
  catalog  = "db.catalog.json"
}

module "agent" {
  source         = "./"
  targets        = ["shop"]
  groups         = ["assistant"]
  tables         = ["public.countries", "public.customers", "public.orders"]
  columns        = ["public.countries.code", "public.countries.name", "public.customers.country", "public.customers.id", "public.orders.comment", "public.orders.customer_id", "public.orders.id", "public.orders.total"]
  masked_columns = ["public.customers.email", "public.customers.name"]
  max_rows       = 10
  max_tables     = 2
  max_length     = 400
}

allow "everything" {
  targets = ["other", "shop"]
  postgres { verbs = ["*", "opaque"] }
  when = "request.application == 'broad'"
}

allow "every-function" {
  targets = ["other", "shop"]
  postgres { functions = ["*"] }
  when = "request.application == 'broad'"
}

principal "assistant" {
  issuer = "corp"
  claims = { sub = "assistant", groups = ["assistant"], kind = "agent" }
}

principal "person" {
  issuer = "corp"
  claims = { sub = "ada", groups = ["assistant"], kind = "human" }
}

principal "stranger" {
  issuer = "corp"
  claims = { sub = "reports", groups = ["reports"], kind = "machine" }
}

test "what an agent may do" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT id, total FROM orders WHERE id = $1 LIMIT 1",
    "SELECT id FROM orders FETCH FIRST 10 ROWS ONLY",
    "SELECT country, count(*) FROM customers GROUP BY country ORDER BY 2 DESC LIMIT 10",
    "SELECT c.country, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1 LIMIT 10",
    "SELECT count(*) FROM customers LIMIT 1",
    "SELECT id FROM orders WHERE comment = 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' LIMIT 1",
    "SELECT * FROM countries LIMIT 0",
    "EXPLAIN SELECT id FROM orders LIMIT 10",
    "PREPARE p AS SELECT id FROM orders LIMIT 10; EXECUTE p",
    "SELECT relname FROM pg_class",
    "SELECT column_name FROM information_schema.columns",
    "SELECT now(), version()",
    "SET statement_timeout = '5s'",
    "BEGIN",
  ]
  expect {
    decision = "allow"
    masked   = []
  }
  cases = {
    "alone"         = {}
    "of a stranger" = { as = "stranger", sql = ["SELECT id FROM orders LIMIT 1", "SELECT count(*) FROM customers LIMIT 1"], expect = { decision = "deny", by = [] } }
    "beside broad"  = { application = "broad" }
  }
}

test "sessions" {
  as      = "assistant"
  target  = "shop"
  connect = true
  expect {
    decision = "allow"
  }
  cases = {
    "of an agent"           = {}
    "of a person"           = { as = "person", expect = { decision = "deny", by = ["module.agent.deny.not-an-agent"], message_contains = "for agents" } }
    "of a person elsewhere" = { as = "person", target = "other", application = "broad" }
    "of a stranger"         = { as = "stranger", target = "closed", expect = { decision = "deny", by = [] } }
    "elsewhere"             = { target = "closed", expect = { decision = "deny", by = [] } }
  }
}

test "masked by default" {
  as     = "assistant"
  target = "shop"
  sql    = "SELECT name, email AS e, country FROM customers LIMIT 10"
  rows   = [["Ada Byron", "ada@mail.example", "GB"]]
  expect {
    decision = "allow"
    masked   = ["name", "e"]
    rows     = [["****", "****", "GB"]]
  }
  cases = {
    "plain"          = {}
    "beside broad"   = { application = "broad" }
    "in a subquery"  = { sql = "SELECT n, e, country FROM (SELECT name AS n, email AS e, country FROM customers) c LIMIT 10", expect = { masked = ["n", "e"] } }
    "in free text"   = { sql = "SELECT comment FROM orders LIMIT 10", rows = [["write to ada@mail.example"], ["card 4111 1111 1111 1111"], ["GB33BUKB20201555555555"], ["536-22-1234"], ["thank you"]], expect = { masked = [], rows = [["write to ****"], ["card ****"], ["****"], ["****"], ["thank you"]] } }
    "for a stranger" = { as = "stranger", application = "broad", expect = { masked = [], rows = [["Ada Byron", "ada@mail.example", "GB"]] } }
  }
}

test "nothing is asked about masked columns" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT id FROM customers WHERE email = 'ada@mail.example' LIMIT 1",
    "SELECT id FROM customers WHERE name LIKE 'A%' LIMIT 1",
    "SELECT id FROM customers ORDER BY name LIMIT 1",
    "SELECT count(*) FROM customers GROUP BY name LIMIT 1",
    "SELECT DISTINCT name FROM customers LIMIT 1",
    "SELECT id / (ascii(name) - 65) FROM customers LIMIT 1",
    "SELECT id FROM orders WHERE (SELECT name FROM customers c WHERE c.id = customer_id) > 'A' LIMIT 1",
  ]
  expect {
    decision         = "deny"
    by               = ["module.agent.mask.sensitive"]
    message_contains = "do not work with this column"
  }
}

test "an agent does nothing but read" {
  as     = "assistant"
  target = "shop"
  sql = [
    "INSERT INTO orders VALUES (1, 1, 1, 'x')",
    "WITH d AS (DELETE FROM orders WHERE id = 1) SELECT 1 LIMIT 1",
    "SELECT id FROM orders LIMIT 1 FOR UPDATE",
    "COPY orders FROM STDIN",
    "COPY orders FROM '/etc/passwd'",
    "TRUNCATE orders",
    "CREATE TABLE t (id int)",
    "CREATE TEMP TABLE t (id int)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE orders ADD x int",
    "DROP TABLE orders",
    "GRANT SELECT ON orders TO PUBLIC",
    "VACUUM orders",
    "LOCK orders",
    "NOTIFY c, 'x'",
    "SET ROLE postgres",
    "DO $$ BEGIN END $$",
    "SELECT refund(1)",
    "SELECT id FROM orders WHERE refund(id) IS NULL LIMIT 1",
    "CALL refund(1)",
    "SELECT pg_sleep(100)",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT query_to_xml('SELECT * FROM secrets', true, true, '')",
    "SELECT set_config('x' || 'y', 'z', false)",
    "SELECT pg_notify('c', 'x')",
    "SELECT nextval('s')",
    "SELECT 1; DROP TABLE orders",
    "INSERT INTO orders SELECT 1, 1, 1, string_agg(x, ',') FROM (VALUES ('a')) v(x)",
    "INSERT INTO orders VALUES (1, 1, 1, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')",
  ]
  expect {
    decision = "deny"
    by       = ["module.agent.deny.more-than-reading"]
  }
  cases = {
    "with a condition"    = { sql = ["UPDATE orders SET total = 0 WHERE id = 1", "DELETE FROM orders WHERE id = 1", "EXPLAIN ANALYZE DELETE FROM orders WHERE id = 1", "PREPARE p AS DELETE FROM orders WHERE id = 1", "MERGE INTO orders o USING (SELECT 1 AS i) s ON o.id = s.i WHEN MATCHED THEN DELETE"], expect = { by = ["module.agent.deny.more-than-reading", "module.agent.deny.no-limit"] } }
    "another table"       = { sql = ["SELECT value FROM secrets LIMIT 1", "SELECT (SELECT value FROM secrets LIMIT 1) FROM countries LIMIT 1", "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM secrets WHERE value > 'a') LIMIT 1"], expect = { by = ["module.agent.deny.more-than-reading", "module.agent.deny.unlisted-column"] } }
    "whatever is allowed" = { application = "broad" }
    "alone"               = {}
    "on another target"   = { target = "other", application = "broad", expect = { decision = "allow" } }
    "as a stranger"       = { as = "stranger", application = "broad", sql = ["INSERT INTO orders VALUES (1, 1, 1, 'x')", "SELECT refund(1)"], expect = { decision = "allow" } }
    "as nobody"           = { as = "stranger", expect = { decision = "deny", by = [] } }
  }
}

test "without a LIMIT" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT id FROM orders",
    "TABLE countries",
    "SELECT id FROM orders WHERE id = 1",
    "SELECT id FROM orders LIMIT 11",
    "SELECT id FROM orders LIMIT ALL",
    "SELECT id FROM orders LIMIT NULL",
    "SELECT id FROM orders LIMIT $1",
    "SELECT id FROM orders LIMIT 5 + 6",
    "SELECT id FROM orders LIMIT 99999999999",
    "SELECT id FROM orders ORDER BY true FETCH FIRST 1 ROW WITH TIES",
    "SELECT id FROM (SELECT id FROM orders LIMIT 10) o",
    "WITH o AS (SELECT id FROM orders LIMIT 10) SELECT id FROM o",
    "SELECT id FROM orders UNION ALL (SELECT id FROM orders LIMIT 1)",
    "PREPARE p AS SELECT id FROM orders",
    "COPY orders (id) TO STDOUT",
    "COPY (SELECT id FROM orders LIMIT 1) TO STDOUT",
    "DECLARE c CURSOR FOR SELECT id FROM orders",
    "BEGIN; DECLARE c CURSOR FOR SELECT id FROM orders LIMIT 5",
  ]
  expect {
    decision         = "deny"
    by               = ["module.agent.deny.no-limit"]
    message_contains = "a LIMIT of at most 10"
  }
  cases = {
    "alone"             = {}
    "on another target" = { target = "other", application = "broad", expect = { decision = "allow" } }
    "as a stranger"     = { as = "stranger", application = "broad", sql = "SELECT id FROM orders", expect = { decision = "allow" } }
  }
}

test "much in one row" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT string_agg(comment, ',') FROM orders LIMIT 1",
    "SELECT array_agg(id) FROM orders LIMIT 1",
    "SELECT json_agg(id) FROM orders LIMIT 1",
    "SELECT jsonb_object_agg(id, total) FROM orders LIMIT 1",
    "SELECT xmlagg(xmlelement(name x, id)) FROM orders LIMIT 1",
    "SELECT ARRAY(SELECT id FROM orders) LIMIT 1",
    "SELECT JSON_ARRAYAGG(id) FROM orders LIMIT 1",
    "SELECT JSON_OBJECTAGG(id: id) FROM orders LIMIT 1",
    "SELECT JSON_ARRAY(SELECT id FROM orders) LIMIT 1",
  ]
  expect {
    decision         = "deny"
    by               = ["module.agent.deny.gathered"]
    message_contains = "go around the limit"
  }
  cases = {
    "alone"             = {}
    "on another target" = { target = "other", application = "broad", expect = { decision = "allow" } }
    "as a stranger"     = { as = "stranger", application = "broad", expect = { decision = "allow" } }
    "without a table"   = { sql = "SELECT string_agg(x, ',') FROM (VALUES ('a')) v(x)", expect = { decision = "allow" } }
  }
}

test "a statement that nobody could read" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT o.id FROM orders o, customers c, countries k LIMIT 1",
    "SELECT id FROM orders WHERE id = 1 OR id = 2222222222222222 OR id = 3333333333333333 OR id = 4444444444444444 OR id = 5555555555555555 OR id = 6666666666666666 OR id = 7777777777777777 OR id = 8888888888888888 OR id = 9999999999999999 OR id = 1111111111111111 OR id = 1212121212121212 OR id = 1313131313131313 OR id = 1414141414141414 OR id = 1515151515151515 OR id = 1616161616161616 OR id = 1717171717171717 LIMIT 1",
  ]
  expect {
    decision         = "deny"
    by               = ["module.agent.deny.unwieldy"]
    message_contains = "2 tables and 400 bytes"
  }
  cases = {
    "alone"             = {}
    "on another target" = { target = "other", application = "broad", expect = { decision = "allow" } }
    "as a stranger"     = { as = "stranger", application = "broad", expect = { decision = "allow" } }
    "without a table"   = { sql = "SELECT 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'", expect = { decision = "allow" } }
  }
}

test "a column that nobody has looked at" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT * FROM orders LIMIT 1",
    "SELECT margin FROM orders LIMIT 1",
    "SELECT id FROM orders ORDER BY margin LIMIT 1",
    "SELECT id FROM orders WHERE margin > 5 LIMIT 1",
    "SELECT o FROM orders o LIMIT 1",
    "SELECT row_to_json(o) FROM orders o LIMIT 1",
    "SELECT ctid FROM orders LIMIT 1",
    "SELECT tableoid FROM orders LIMIT 1",
    "SELECT id FROM orders WHERE xmin::text = '1' LIMIT 1",
  ]
  expect {
    decision         = "deny"
    by               = ["module.agent.deny.unlisted-column"]
    message_contains = "of those that agents may read"
  }
  cases = {
    "alone"             = {}
    "on another target" = { target = "other", application = "broad", expect = { decision = "allow" } }
    "as a stranger"     = { as = "stranger", application = "broad", expect = { decision = "allow" } }
  }
}

# What the README says that the module cannot stop, held still: when one of these is refused, the README is wrong.
test "what it cannot stop" {
  as     = "assistant"
  target = "shop"
  sql = [
    "SELECT id FROM orders LIMIT 10 OFFSET 10",
    "SELECT count(*) FROM orders a, orders b LIMIT 1",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r ORDER BY n DESC LIMIT 1",
    "SELECT g FROM generate_series(1, 1000000000) g ORDER BY 1 DESC LIMIT 1",
    "SET statement_timeout = 0",
  ]
  expect {
    decision = "allow"
    masked   = []
  }
}
