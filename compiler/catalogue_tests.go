package compiler

// testsEntries are about test files.
var testsEntries = []Entry{
	{
		ID: "access-without-verb", Summary: "Access without verb",
		Meaning: "An access block names the verb, and the object if there is one: access \"select\" \"public.cards\".",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    decision = "allow"
    access { decision = "allow" }
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    decision = "allow"
    access "select" "public.cards" { decision = "allow" }
  }
}
`,
	},
	{
		ID: "bad-address", Summary: "Bad address",
		Meaning: "The address of a client is an IP address without a port.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  client_address = "10.0.0.7:5432"
  expect {
    decision = "allow"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  client_address = "10.0.0.7"
  expect {
    decision = "allow"
  }
}
`,
	},
	{
		ID: "bad-time", Summary: "Bad time",
		Meaning: "A time is written as RFC 3339 has it, with its zone.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  time   = "yesterday"
  expect {
    decision = "allow"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  time   = "2026-01-05T10:00:00Z"
  expect {
    decision = "allow"
  }
}
`,
	},
	{
		ID: "both-refused-and-decided", Summary: "Both refused and decided",
		Meaning: "A caller whose token is refused asks for nothing, so that nothing is decided.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  expect {
    identity = "refused"
    decision = "deny"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  expect {
    identity = "refused"
  }
}
`,
	},
	{
		ID: "both-sql-and-connect", Summary: "Both sql and connect",
		Meaning: "Opening a session comes before any statement; a test is about one of the two.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  connect = true
  expect {
    decision = "allow"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  target  = "payments-db"
  connect = true
  expect {
    decision = "allow"
  }
}
`,
	},
	{
		ID: "message-without-refusal", Summary: "Message without refusal",
		Meaning: "A token that is accepted brings no message.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  expect {
    identity = "accepted"
    message  = "no"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  expect {
    identity = "refused"
    message  = "no"
  }
}
`,
	},
	{
		ID: "missing-expectation", Summary: "Missing expectation",
		Meaning: "A test asks for something and expects nothing of it, or expects something of a decision without the decision.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    identity = "accepted"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    decision = "allow"
  }
}
`,
	},
	{
		ID: "not-a-table", Summary: "Not a table",
		Meaning: "Cases are a table: a name for each case, and its attributes.",
		Bad: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  cases  = ["SELECT 1"]
  expect { decision = "allow" }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as     = "billing"
  target = "payments-db"
  cases = {
    "one" = { sql = "SELECT 1" }
  }
  expect { decision = "allow" }
}
`,
	},
	{
		ID: "unknown-identity", Summary: "Unknown identity",
		Meaning: "What a test expects of a token is accepted or refused.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  expect {
    identity = "denied"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  expect {
    identity = "refused"
  }
}
`,
	},
	{
		ID: "route-without-approval", Summary: "Route without approval",
		Meaning: "Only what waits for approval has a route.",
		Bad: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    decision = "allow"
    route    = "dba"
  }
}
`,
		Good: `-- example_test.hcl --
test "t" {
  as = "billing"
  target = "payments-db"
  sql    = "SELECT 1"
  expect {
    decision = "approve"
    route    = "dba"
  }
}
`,
	},
}
