package compiler

import "github.com/gatewright/gatewright/schema"

// allowRules look for rules that let more pass than their author can have thought of.
func allowRules() []LintRule {
	return []LintRule{
		{
			ID: "allow-everything", Severity: schema.SeverityError, Summary: "Allow without any scope", check: checkAllowEverything,
			Why: "An allow without verbs and tables covers every statement that can be analysed: DROP, GRANT, COPY to files of the " +
				"server, on tables that are yet to be made. Whoever gets such a rule owns the database.",
			Bad: `allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
}
`,
			Good: `allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "insert"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "allow-wildcard-verbs", Severity: schema.SeverityWarning, Summary: "Allow of every verb", check: checkAllowVerbs,
			Why: "Without verbs, or with \"*\" among them, the rule covers truncate, drop and grant as well as select. Verbs that later " +
				"versions add would be covered too. Name those that the caller needs.",
			Bad: `allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["*"]
    tables = ["public.orders"]
  }
}
`,
			Good: `allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "insert"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "allow-wildcard-tables", Severity: schema.SeverityWarning, Summary: "Allow on every table", check: checkAllowTables,
			Why: "Without tables, or with \"*\" among them, the rule covers every schema, those of extensions and of other teams among " +
				"them, and every table that is made tomorrow. Name tables, or a schema as \"reports.*\".",
			Bad: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs = ["select"]
  }
}
`,
			Good: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders", "public.customers"]
  }
}
`,
		},
		{
			ID: "allow-wildcard-targets", Severity: schema.SeverityWarning, Summary: "Allow on every target", check: checkAllowTargets,
			Why: "With \"*\" among its targets an allow covers each target that is added to the policy, before anybody has thought about " +
				"it. Refusing everywhere is safe by default, allowing everywhere is not.",
			Bad: `allow "reports" {
  groups  = ["billing"]
  targets = ["*"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
			Good: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "allow-everybody", Severity: schema.SeverityWarning, Summary: "Allow without groups and condition", check: checkAllowEverybody,
			Why: "Without groups and when, every principal that any issuer makes is covered: every service, person and agent that can " +
				"get a token. Name the groups that need it.",
			Bad: `allow "reports" {
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
			Good: `allow "reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "allow-opaque", Severity: schema.SeverityError, Summary: "Allow of statements that cannot be analysed", check: checkAllowOpaque,
			Why: "The verb opaque stands for what cannot be analysed: DO blocks, text that the parser refuses, statements over the " +
				"bounds. Such a statement may touch any table; rules that name tables or verbs do not see what it does.",
			Bad: `allow "migrations" {
  groups  = ["deploy"]
  targets = ["payments-db"]
  postgres {
    verbs = ["create", "alter", "opaque"]
  }
}
`,
			Good: `allow "migrations" {
  groups  = ["deploy"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["create", "alter"]
    tables = ["public.*"]
  }
}
`,
		},
		{
			ID: "allow-server-files", Severity: schema.SeverityError, Summary: "Allow that reaches the server's files", check: checkAllowFiles,
			Why: "The verb file is COPY from and to files and programs of the database server. COPY ... TO PROGRAM runs a shell command " +
				"there. Clients load and unload data with COPY FROM STDIN and TO STDOUT, which need insert and select only.",
			Bad: `allow "loader" {
  groups  = ["loader"]
  targets = ["payments-db"]
  postgres {
    verbs = ["file"]
  }
}
`,
			Good: `allow "loader" {
  groups  = ["loader"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["insert"]
    tables = ["public.orders"]
  }
}
`,
		},
		{
			ID: "allow-dangerous-function", Severity: schema.SeverityError, Summary: "Allow of a function that goes around the policy",
			check: checkAllowFunctions,
			Why: "Some functions read and write files of the server, connect to other servers, run SQL from a text, change settings or " +
				"end other sessions. \"*\" and \"pg_catalog.*\" cover them all. Name the functions that are needed, and keep to those " +
				"whose effects the policy's other rules do not have to see.",
			Bad: `allow "tools" {
  groups  = ["dba"]
  targets = ["payments-db"]
  postgres {
    verbs     = ["call"]
    functions = ["pg_catalog.*"]
  }
}
`,
			Good: `allow "tools" {
  groups  = ["dba"]
  targets = ["payments-db"]
  postgres {
    verbs     = ["call"]
    functions = ["pg_catalog.pg_sleep"]
  }
}
`,
		},
		{
			ID: "allow-apart-by-groups", Severity: schema.SeverityInfo, Summary: "Allows that differ in their groups only", check: checkAllowApart,
			Why: "Two rules that are alike but for their groups are read twice and drift apart. One rule with both groups means the " +
				"same. Keep them apart where they have different reasons, and say so in an ignore.",
			Bad: `allow "billing" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}

allow "support" {
  groups  = ["support"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
			Good: `allow "order-readers" {
  groups  = ["billing", "support"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.orders"]
  }
}
`,
		},
	}
}
