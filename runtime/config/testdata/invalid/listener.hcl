bundle {
  path = "bundle.gwb"
  poll = "1ms" # ERROR: Out of range
}

listener "postgres" { # ERROR: No TLS
  address = "127.0.0.1:6432"
}

listener "postgres" { address = ":1" } # ERROR: Duplicate block

listener "mysql" { address = ":3306" } # ERROR: Unknown protocol

listener { address = ":3306" } # ERROR: Wrong labels

upstream "db" {
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
  password = "env:PASSWORD"
}
