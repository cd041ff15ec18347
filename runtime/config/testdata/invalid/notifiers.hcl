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

notifier "nothing" {} # ERROR: Missing block

notifier "not-a-url" {
  webhook { url = "mailto:dba@example.com" } # ERROR: Not a URL
}

notifier "bare" {
  webhook {} # ERROR: Missing attribute
}

audit {
  path = "a.jsonl"
  sync = "sometimes" # ERROR: Unknown word
}
