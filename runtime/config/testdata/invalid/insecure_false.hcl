bundle { path = "bundle.gwb" }

listener "postgres" { # ERROR: No TLS
  address           = "127.0.0.1:6432"
  insecure_loopback = false
}

upstream "db" {
  address  = "127.0.0.2:5432"
  database = "app"
  user     = "gateway"
  password = "env:PASSWORD"
}
