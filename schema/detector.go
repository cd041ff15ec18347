package schema

// Detectors lists the value detectors that a class may name, sorted.
var Detectors = []string{"api_key", "credit_card", "email", "iban", "jwt", "phone", "private_key", "us_ssn"}
