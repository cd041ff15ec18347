bundle {
  path = "bundle.gwb"
  keys = ["a.pub", 7, null] # ERROR: Wrong type
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
