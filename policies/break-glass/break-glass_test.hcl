policy "break-glass-test" {
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

target "ledger" {
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

module "glass" {
  source    = "./"
  targets   = ["ledger"]
  groups    = ["break-glass"]
  approvers = ["group:incident-managers"]
  until     = "2026-06-30T00:00:00Z"
  tables    = ["public.accounts", "public.sessions"]
  functions = ["public.unlock"]
}

# What the rest of the policy allows.
allow "readers" {
  targets = ["ledger", "other"]
  postgres {
    verbs  = ["select"]
    tables = ["public.accounts"]
  }
  when = "request.application != 'INC-1: the module alone'"
}

principal "oncall" {
  issuer = "corp"
  claims = { sub = "ada", groups = ["break-glass"], kind = "human" }
}

principal "robot" {
  issuer = "corp"
  claims = { sub = "robot", groups = ["break-glass"], kind = "machine" }
}

principal "reader" {
  issuer = "corp"
  claims = { sub = "bob", groups = ["readers"], kind = "human" }
}

test "everything waits for two people" {
  as          = "oncall"
  target      = "ledger"
  application = "INC-123: customer is locked out"
  sql = [
    "SELECT * FROM accounts WHERE id = 1",
    "SELECT * FROM sessions",
    "UPDATE accounts SET balance = 0 WHERE id = 1",
    "INSERT INTO sessions VALUES (1, 1)",
    "DELETE FROM sessions WHERE account_id = 1",
    "COPY sessions FROM STDIN",
    "SELECT unlock(1)",
    "WITH d AS (DELETE FROM sessions WHERE id = 1 RETURNING id) SELECT 1 FROM d",
  ]
  expect {
    decision         = "approve"
    by               = ["module.glass.approve.emergency"]
    route            = "module.glass.break-glass"
    message_contains = "two people must agree"
  }
  cases = {
    "beside other rules" = {}
    "by its own rules"   = { application = "INC-1: the module alone" }
    "to the last second" = { time = "2026-06-29T23:59:59Z" }
  }
}

test "what is not part of it" {
  as          = "oncall"
  target      = "ledger"
  application = "INC-123: customer is locked out"
  sql = [
    "DROP TABLE accounts",
    "TRUNCATE accounts",
    "SELECT * FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY accounts TO PROGRAM 'cat'",
    "DO $$ BEGIN END $$",
    "CREATE TABLE t AS SELECT * FROM accounts",
    "SET ROLE postgres",
  ]
  expect {
    decision = "deny"
    by       = []
  }
}

test "a reason is needed" {
  as          = "oncall"
  target      = "ledger"
  application = "psql"
  sql         = ["SELECT * FROM accounts WHERE id = 1", "UPDATE accounts SET balance = 0 WHERE id = 1", "SELECT unlock(1)", "DROP TABLE accounts"]
  expect {
    decision         = "deny"
    by               = ["module.glass.deny.without-reason"]
    message_contains = "INC-123: customer is locked out"
  }
  cases = {
    "none"                  = {}
    "a ticket alone"        = { application = "INC-123" }
    "no sentence"           = { application = "INC-123: x" }
    "a sentence alone"      = { application = "customer is locked out" }
    "behind something else" = { application = "psql INC-123: customer is locked out" }
    "of others, none"       = { as = "reader", sql = "SELECT * FROM accounts WHERE id = 1", expect = { decision = "allow" } }
    "elsewhere, none"       = { target = "other", sql = "SELECT * FROM accounts WHERE id = 1", expect = { decision = "allow" } }
  }
}

test "it is for people, and closes" {
  as          = "robot"
  target      = "ledger"
  application = "INC-123: customer is locked out"
  sql         = ["SELECT * FROM accounts WHERE id = 1", "UPDATE accounts SET balance = 0 WHERE id = 1", "SELECT unlock(1)"]
  expect {
    decision         = "deny"
    by               = ["module.glass.deny.closed"]
    message_contains = "until 2026-06-30"
  }
  cases = {
    "a robot"          = {}
    "too late"         = { as = "oncall", time = "2026-06-30T00:00:00Z" }
    "another target"   = { target = "other", sql = "SELECT * FROM accounts WHERE id = 1", expect = { decision = "allow" } }
    "a closed target"  = { as = "oncall", target = "closed", expect = { by = [], message_contains = "no rule allows" } }
    "later, of others" = { as = "reader", time = "2027-01-01T00:00:00Z", sql = "SELECT * FROM accounts WHERE id = 1", expect = { decision = "allow" } }
    "another group"    = { as = "reader", application = "INC-1: the module alone", expect = { by = [], message_contains = "no rule allows" } }
  }
}

test "sessions" {
  as      = "oncall"
  target  = "ledger"
  connect = true
  expect {
    decision = "allow"
  }
  cases = {
    "of a person" = {}
    "of a robot"  = { as = "robot", expect = { decision = "deny", by = ["module.glass.deny.closed"] } }
    "too late"    = { time = "2026-07-01T00:00:00Z", expect = { decision = "deny", by = ["module.glass.deny.closed"] } }
  }
}
