bundle { path = "bundle.gwb" }

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

store { url = "postgres://db.example.com/gatewright" } # ERROR: Unknown attribute

recordings { path = "recordings" } # ERROR: Unknown block

upstraem "db" {} # ERROR: Unknown block

colour = "blue" # ERROR: Unknown attribute
