bundle { path = "bundle.gwb" }

listener "postgres" {
  address           = "127.0.0.1:6432"
  insecure_loopback = true # ERROR: TLS and no TLS
  tls {
    cert = "gateway.crt"
    key  = "gateway.key"
  }
}

upstream "db" {
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
  password = "env:PASSWORD"
}
