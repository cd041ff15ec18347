bundle { path = "bundle.gwb" }

listener "postgres" {
  address           = "127.0.0.1:6432"
  insecure_loopback = true
}

upstream "literal" {
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
  password = "hunter2" # ERROR: Secret in the file
}

upstream "vault" {
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
  password = "vault:secret/db#password" # ERROR: Unknown kind of secret
}

upstream "empty-reference" {
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
  password = "env:" # ERROR: Secret in the file
}

upstream "missing" { # ERROR: Missing attribute
  address  = "localhost:5432"
  database = "app"
  user     = "gateway"
}

notifier "a" {
  webhook {
    url    = "https://user:password@hooks.example.com/" # ERROR: Secret in the file
    bearer = "token" # ERROR: Secret in the file
  }
}

mask_key "literal" { secret = "hunter2hunter2hunter2hunter2hunter2" } # ERROR: Secret in the file

mask_key "missing" {} # ERROR: Missing attribute
