package compiler

// invariantEntries are about what a policy promises for every request.
var invariantEntries = []Entry{
	{
		ID: "unknown-outcome", Summary: "Unknown outcome",
		Meaning: "What an invariant rules out is allow, approve or unmasked.",
		Bad: `invariant "nobody deletes" {
  never = "alow"
  when  = "access.verb == 'delete'"
}
`,
		Good: `invariant "nobody deletes" {
  never = "allow"
  when  = "access.verb == 'delete'"
}
`,
	},
	{
		ID: "invariant-does-not-hold", Summary: "Invariant does not hold", Proved: true,
		Meaning: "The policy promises that something never comes of a request, and there is a request of which it comes. It is shown.",
		Bad: `invariant "nobody reads" {
  never = "allow"
  when  = "access.verb == 'select'"
}
`,
		Good: `invariant "nobody deletes" {
  never = "allow"
  when  = "access.verb == 'delete'"
}
`,
	},
	{
		ID: "invariant-is-undecided", Summary: "Invariant is undecided", Proved: true,
		Meaning: "It could neither be proved nor refuted that the policy keeps its promise, and why is said. It is a warning.",
		Bad: `allow "strange" {
  targets = ["payments-db"]
  postgres { verbs = ["delete"] }
  when = "sql.columns.exists(c, c.contains('a') && !c.contains('a'))"
}
invariant "nobody deletes" {
  never = "allow"
  when  = "access.verb == 'delete'"
}
`,
		Good: `invariant "nobody deletes" {
  never = "allow"
  when  = "access.verb == 'delete'"
}
`,
	},
	{
		ID: "invariant-says-nothing", Summary: "Invariant says nothing", Proved: true,
		Meaning: "No request can meet the invariant's when, so that it promises nothing. It is a warning.",
		Bad: `invariant "nobody deletes" {
  never = "allow"
  when  = "access.verb == 'delete' && access.verb == 'select'"
}
`,
		Good: `invariant "nobody deletes" {
  never = "allow"
  when  = "access.verb == 'delete'"
}
`,
	},
}
