bundle {
  path = "bundle.gwb"
  path = "other.gwb" # ERROR: Attribute redefined
}
