principal "order-service" {
  issuer = "corp"
  claims = { sub = "order-service", groups = ["order-service"], client_type = "service" }
}

principal "billing" {
  issuer = "corp"
  claims = { sub = "billing", groups = ["billing"], client_type = "service" }
}

principal "fraud" {
  issuer = "corp"
  claims = { sub = "fraud", groups = ["billing", "fraud-analysts"], client_type = "service" }
}

test "an order is read" {
  as     = "order-service"
  target = "payments-db"
  sql    = "SELECT id, status FROM orders WHERE id = $1"
  expect {
    decision = "allow"
    by       = ["allow.order-service"]
    masked   = []
  }
}

test "cards stay masked under any name" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT pan AS p, 'x' || pan AS q, id FROM cards"
  rows   = [["4111111111111111", "x4111111111111111", "7"], [null, null, "8"]]
  expect {
    decision = "allow"
    masked   = ["p", "q"]
    rows     = [["************1111", "****", "7"], [null, "****", "8"]]
  }
}

test "cards stay masked through subqueries and CTEs" {
  as     = "billing"
  target = "payments-db"
  sql = [
    "SELECT p FROM (SELECT pan AS p FROM cards) s",
    "WITH c AS (SELECT pan AS p FROM cards) SELECT p FROM c",
    "SELECT c.pan AS p FROM customers u JOIN cards c ON c.customer_id = u.id",
  ]
  expect {
    decision = "allow"
    masked   = ["p"]
  }
}

test "a card number in free text is found" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT note FROM orders"
  rows   = [["paid with 4111 1111 1111 1111"], ["paid cash"]]
  expect {
    decision = "allow"
    rows     = [["paid with ***************1111"], ["paid cash"]]
  }
}

test "nobody searches by what they may not see" {
  as     = "billing"
  target = "payments-db"
  sql = [
    "SELECT id FROM cards WHERE pan LIKE '4%'",
    "SELECT id FROM cards WHERE pan = '4111111111111111'",
    "SELECT id FROM cards ORDER BY pan",
    "SELECT left(pan, 6), count(*) FROM cards GROUP BY 1",
    "SELECT pan::bigint FROM cards",
  ]
  expect {
    decision = "deny"
    by       = ["mask.cards"]
  }
}

test "fraud analysts see cards" {
  as     = "fraud"
  target = "payments-db"
  sql    = "SELECT pan FROM cards WHERE pan LIKE '4%'"
  rows   = [["4111111111111111"]]
  expect {
    decision = "allow"
    masked   = []
    rows     = [["4111111111111111"]]
  }
}

test "a customer is found by the whole address" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT email FROM customers WHERE email = $1"
  rows   = [["ada@mail.example"]]
  expect {
    decision = "allow"
    by       = ["allow.billing-reports"]
    rows     = [["a****@mail.example"]]
  }
}

test "an unbounded write is refused, by that rule" {
  as     = "order-service"
  target = "payments-db"
  sql = [
    "DELETE FROM orders",
    "DELETE FROM orders WHERE true",
    "WITH x AS (SELECT 1) DELETE FROM orders",
    "UPDATE orders SET status = 'void' WHERE id = id",
  ]
  expect {
    decision = "deny"
    by       = ["deny.unbounded-write"]
  }
}

test "a bounded delete waits for the DBA on call" {
  as     = "order-service"
  target = "payments-db"
  sql    = "DELETE FROM orders WHERE id = 1"
  expect {
    decision = "approve"
    by       = ["approve.prod-delete"]
    route    = "dba-oncall"
    message  = "approve.prod-delete: deleting production rows needs the DBA on call"
    access "select" "public.orders" {
      decision = "allow"
      by       = ["allow.order-service"]
    }
    access "delete" "public.orders" {
      decision = "approve"
      by       = ["approve.prod-delete"]
    }
  }
}

test "what no rule allows is refused" {
  as     = "order-service"
  target = "payments-db"
  sql = [
    "SELECT * FROM cards",
    "SELECT pg_read_file('/etc/passwd')",
    "TRUNCATE orders",
    "COPY orders TO PROGRAM 'cat'",
    "DO $$ BEGIN END $$",
  ]
  expect {
    decision = "deny"
    by       = []
  }
}

principal "dba" {
  issuer = "corp"
  claims = { sub = "ada", groups = ["dba"], client_type = "human" }
}

principal "robot" {
  issuer = "corp"
  claims = { sub = "robot", groups = ["order-service"], client_type = "robot" }
}

test "only services and people" {
  as = "robot"
  expect {
    identity = "refused"
    message  = "only services and people may use this gateway"
  }
}

test "people are told from programs" {
  cases = {
    "a person"  = { as = "dba", expect = { principal = { subject = "ada", kind = "human", groups = ["dba"] } } }
    "a service" = { as = "billing", expect = { principal = { subject = "billing", kind = "machine" } } }
  }
}

test "nobody sorts by an address that they may not see" {
  as     = "billing"
  target = "payments-db"
  sql    = "SELECT id FROM customers ORDER BY email"
  expect {
    decision = "deny"
    by       = ["mask.contact"]
  }
}

test "the DBA works on every table of the application" {
  as     = "dba"
  target = "payments-db"
  expect {
    decision = "allow"
    by       = ["allow.dba"]
  }
  cases = {
    "addresses are plain" = {
      sql    = "SELECT email FROM customers ORDER BY email"
      rows   = [["ada@mail.example"]]
      expect = { masked = [], rows = [["ada@mail.example"]] }
    }
    "cards are not"      = { sql = "SELECT pan FROM cards", expect = { masked = ["pan"] } }
    "maintenance"        = { sql = "VACUUM orders" }
    "system tables"      = { sql = "SELECT rolpassword FROM pg_authid", expect = { decision = "deny", by = [] } }
    "emptying a table"   = { sql = "TRUNCATE orders", expect = { decision = "deny", by = [] } }
    "deleting some rows" = { sql = "DELETE FROM orders WHERE id = 1", expect = { decision = "approve", route = "dba-oncall" } }
  }
}

test "what is allowed to one is not to another" {
  as     = "billing"
  target = "payments-db"
  expect {
    decision         = "deny"
    by               = []
    message_contains = "no rule allows"
  }
  cases = {
    "writing orders"    = { sql = "INSERT INTO orders (status) VALUES ('new')" }
    "writing customers" = { sql = "UPDATE customers SET name = 'x' WHERE id = 1" }
    "the items"         = { sql = "SELECT * FROM order_items" }
  }
}
