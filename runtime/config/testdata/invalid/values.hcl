bundle { path = env.BUNDLE } # ERROR: Not a plain value

listener "postgres" {
  address           = "127.0.0.1" # ERROR: Not an address
  insecure_loopback = "true" # ERROR: Wrong type
}

upstream "db" {
  address  = ":5432" # ERROR: Not an address
  database = 7 # ERROR: Wrong type
  user     = "" # ERROR: Empty value
  password = file("x") # ERROR: Not a plain value
}

upstream "port" {
  address  = "db.example.com:0" # ERROR: Not an address
  database = null # ERROR: Wrong type
  user     = "${a}b" # ERROR: Not a plain value
  password = "env:A"
  tls {
    servername = "x" # ERROR: Unknown attribute
  }
}

limits {
  connections = 1.5 # ERROR: Out of range
  handshake   = "1ns" # ERROR: Out of range
  per_target  = 0 # ERROR: Out of range
  idle        = "0s" # ERROR: Out of range
  statement   = "soon" # ERROR: Not a duration
  drain       = 5 # ERROR: Wrong type
  memory      = "1GB" # ERROR: Unknown attribute
}
