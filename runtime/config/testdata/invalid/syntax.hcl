bundle { path = "bundle.gwb" }
listener "postgres" {
  address = # ERROR: Invalid expression
}
