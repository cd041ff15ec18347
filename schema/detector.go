package schema

// Detectors lists the value detectors that a class may name, sorted.
var Detectors = []string{"credit_card", "email", "iban", "us_ssn"}
