package compiler

// identityEntries are about issuers and approvers.
var identityEntries = []Entry{
	{
		ID: "bad-issuer-url", Summary: "Bad issuer URL",
		Meaning: "An issuer is an https URL, exactly as its tokens have it.",
		Bad: `issuer "other" {
  oidc {
    url       = "login.example.com"
    audiences = ["gatewright"]
  }
}
`,
		Good: `issuer "other" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["gatewright"]
  }
}
`,
	},
	{
		ID: "issuer-url-is-not-secure", Summary: "Issuer URL is not secure",
		Meaning: "Over plain http, anybody on the way could hand out keys.",
		Bad: `issuer "other" {
  oidc {
    url       = "http://login.example.com"
    audiences = ["gatewright"]
  }
}
`,
		Good: `issuer "other" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["gatewright"]
  }
}
`,
	},
	{
		ID: "algorithm-proves-nothing", Summary: "Algorithm proves nothing",
		Meaning: "With this algorithm whoever can check a token can make one, or anybody can.",
		Bad: `issuer "other" {
  oidc {
    url        = "https://login.example.com"
    audiences  = ["gatewright"]
    algorithms = ["HS256"]
  }
}
`,
		Good: `issuer "other" {
  oidc {
    url        = "https://login.example.com"
    audiences  = ["gatewright"]
    algorithms = ["ES256"]
  }
}
`,
	},
	{
		ID: "bad-approver", Summary: "Bad approver",
		Meaning: "An approver is a group or a subject, with the issuer that vouches for it.",
		Bad: `route "r" { approvers = ["dba"] }
`,
		Good: `route "r" { approvers = ["group:dba"] }
`,
	},
	{
		ID: "ambiguous-approver", Summary: "Ambiguous approver",
		Meaning: "Several issuers could vouch for somebody of this name.",
		Bad: `issuer "partner" {
  oidc {
    url       = "https://partner.example.com"
    audiences = ["gatewright"]
  }
  principal { kind = "claims.kind" }
}
`,
		Good: `issuer "partner" {
  oidc {
    url       = "https://partner.example.com"
    audiences = ["gatewright"]
  }
}
`,
	},
	{
		ID: "nobody-can-approve", Summary: "Nobody can approve",
		Meaning: "The route takes votes of kinds that no issuer makes.",
		Bad: `route "r" {
  approvers      = ["ci/group:dba"]
  approver_kinds = ["human"]
}
issuer "ci" {
  oidc {
    url       = "https://ci.example.com"
    audiences = ["gatewright"]
  }
}
`,
		Good: `route "r" {
  approvers      = ["ci/group:dba"]
  approver_kinds = ["machine"]
}
issuer "ci" {
  oidc {
    url       = "https://ci.example.com"
    audiences = ["gatewright"]
  }
}
`,
	},
	{
		ID: "no-issuer-for-approvers", Summary: "No issuer for approvers",
		Meaning: "Without an issuer block nobody can show that they are an approver.",
		Bad: `-- policy.hcl --
policy "p" { language = 1 }
route "r" { approvers = ["group:dba"] }
`,
		Good: `-- policy.hcl --
policy "p" { language = 1 }
issuer "corp" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["gatewright"]
  }
  principal { kind = "claims.kind" }
}
route "r" { approvers = ["group:dba"] }
`,
	},
	{
		ID: "issuer-in-the-wrong-place", Summary: "Issuer in the wrong place",
		Meaning: "A name with a slash was probably meant to have an issuer in front. It is a warning.",
		Bad: `route "r" { approvers = ["group:corp/dba"] }
`,
		Good: `route "r" { approvers = ["corp/group:dba"] }
`,
	},
	{
		ID: "bad-quorum", Summary: "Bad quorum",
		Meaning: "A quorum is the number of people who must agree, 1 to 100.",
		Bad: `route "r" {
  approvers = ["group:dba"]
  quorum    = 0
}
`,
		Good: `route "r" {
  approvers = ["group:dba"]
  quorum    = 2
}
`,
	},
	{
		ID: "quorum-is-out-of-reach", Summary: "Quorum is out of reach",
		Meaning: "More people must agree than are named.",
		Bad: `route "r" {
  approvers = ["subject:ann"]
  quorum    = 2
}
`,
		Good: `route "r" {
  approvers = ["subject:ann", "subject:bob"]
  quorum    = 2
}
`,
	},
	{
		ID: "hold-is-longer-than-the-ticket-lives", Summary: "Hold is longer than the ticket lives",
		Meaning: "A connection would wait for a ticket that has expired.",
		Bad: `route "r" {
  approvers = ["group:dba"]
  hold      = "10m"
  expires   = "5m"
}
`,
		Good: `route "r" {
  approvers = ["group:dba"]
  hold      = "2m"
  expires   = "5m"
}
`,
	},
}
