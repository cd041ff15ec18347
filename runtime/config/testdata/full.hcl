bundle {
  path           = "bundle.gwb"
  keys           = ["release.pub", "/etc/gatewright/second.pub"]
  poll           = "250ms"
  allow_rollback = true
}

listener "postgres" {
  address = "0.0.0.0:6432"
  tls {
    cert = "gateway.crt"
    key  = "gateway.key"
  }
}

upstream "payments-db" {
  address  = "db.example.com:5432"
  database = "payments"
  user     = "gateway"
  password = "env:PAYMENTS_PASSWORD"
  tls {
    ca          = "ca.pem"
    server_name = "db.internal.example.com"
  }
}

upstream "ledger" {
  address  = "[::1]:5433"
  database = "ledger"
  user     = "gateway"
  password = "file:ledger.password"
}

notifier "dba-webhook" {
  webhook {
    url     = "https://hooks.example.com/dba"
    bearer  = "env:HOOK_TOKEN"
    timeout = "2s"
  }
}

mask_key "orders" { secret = "file:orders.key" }
mask_key "customers" { secret = "env:CUSTOMERS_KEY" }

store { path = "state/gatewright.db" }

audit {
  path = "/var/log/gatewright/audit.jsonl"
  sync = "always"
}

metrics { address = ":9464" }

admin {
  address   = "127.0.0.1:6480"
  operators = ["group:dba", "corp/subject:svc:ops"]
}

limits {
  connections         = 50
  per_principal       = 5
  per_target          = 40
  idle                = "10m"
  idle_in_transaction = "30s"
  statement           = "5m"
  handshake       = "5s"
  dial            = "3s"
  drain           = "1s"
  catalog         = "2m"
  statement_bytes = 65536
  row_bytes       = 1048576
}
