bundle { # ERROR: Missing attribute
  keys           = [] # ERROR: No key
  poll           = "5 seconds" # ERROR: Not a duration
  allow_rollback = "yes" # ERROR: Wrong type
  digest         = "x" # ERROR: Unknown attribute
}

listener "postgres" {
  address           = "127.0.0.1:6432"
  insecure_loopback = true
}

upstream "db" {
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
  password = "env:PASSWORD"
}

bundle { path = "again.gwb" } # ERROR: Duplicate block
