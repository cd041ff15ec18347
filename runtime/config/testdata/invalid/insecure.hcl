bundle { path = "bundle.gwb" }

listener "postgres" {
  address           = "0.0.0.0:6432" # ERROR: Not a loopback address
  insecure_loopback = true
}

upstream "db" { # ERROR: No TLS
  address  = "db.example.com:5432"
  database = "app"
  user     = "gateway"
  password = "env:PASSWORD"
}

admin {
  address   = "0.0.0.0:6480" # ERROR: No TLS
  operators = ["dba"] # ERROR: Not a principal
}

notifier "a" {
  webhook { url = "http://hooks.example.com/" } # ERROR: No TLS
}
