package compiler

// modulesEntries are about modules and their variables.
var modulesEntries = []Entry{
	{
		ID: "module-cannot-be-read", Summary: "Module cannot be read",
		Meaning: "The directory that a module block names is not there, or cannot be read.",
		Bad: `module "m" { source = "./absent" }
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "empty-module", Summary: "Empty module",
		Meaning: "The directory that a module block names holds no policy files but tests.",
		Bad: `-- example.hcl --
module "m" { source = "./m" }
-- m/README.md --
Nothing yet.
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "bad-module-source", Summary: "Bad module source",
		Meaning: "A source is a path relative to the file that it stands in, with slashes. Modules come from nowhere else.",
		Bad: `module "m" { source = "https://example.com/m" }
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "module-outside-of-the-policy", Summary: "Module outside of the policy",
		Meaning: "The source, or a link on the way there, leads out of the policy's directory: what is in there is all that a policy is made of.",
		Bad: `module "m" { source = "../m" }
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "modules-call-themselves", Summary: "Modules call themselves",
		Meaning: "The calls of modules go in a circle.",
		Bad: `-- example.hcl --
module "m" { source = "./m" }
-- m/m.hcl --
module "n" { source = "../n" }
-- n/n.hcl --
module "m" { source = "../m" }
`,
		Good: `-- example.hcl --
module "m" { source = "./m" }
-- m/m.hcl --
module "n" { source = "../n" }
-- n/n.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "modules-nest-too-deeply", Summary: "Modules nest too deeply",
		Meaning: "Calls of modules nest more than 10 levels deep.",
		Made:    "A chain of 11 modules, each of which calls the next.",
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "too-many-modules", Summary: "Too many modules",
		Meaning: "A policy calls modules more than 1,000 times, the calls within modules counted.",
		Made:    "A policy with 1,001 module blocks.",
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "directory-is-a-module", Summary: "Directory is a module",
		Meaning: "The directory declares variables and names no policy, so that nothing gives them values.",
		Bad: `-- policy.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "block-does-not-belong-in-a-module", Summary: "Block does not belong in a module",
		Meaning: "Issuers, targets and the policy block belong to the policy itself.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
target "other" { protocol = "postgres" }
deny "bulk" { targets = ["payments-db"] }
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
deny "bulk" { targets = ["payments-db"] }
`,
	},
	{
		ID: "missing-argument", Summary: "Missing argument",
		Meaning: "A call leaves out a variable that has no default.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "unknown-argument", Summary: "Unknown argument",
		Meaning: "A call gives a value to a variable that the module does not have.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
  person = "ann"
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "value-is-not-accepted", Summary: "Value is not accepted",
		Meaning: "A value fails a validation of its variable.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  limit = 5000
}
-- m/m.hcl --
variable "limit" {
  type = number
  validation {
    condition = "var.limit > 0 && var.limit <= 1000"
    message   = "The limit is 1 to 1000."
  }
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "sql.limit > var.limit"
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  limit = 100
}
-- m/m.hcl --
variable "limit" {
  type = number
  validation {
    condition = "var.limit > 0 && var.limit <= 1000"
    message   = "The limit is 1 to 1000."
  }
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "sql.limit > var.limit"
}
`,
	},
	{
		ID: "validation-speaks-of-more-than-variables", Summary: "Validation speaks of more than variables",
		Meaning: "Values are checked when the policy is compiled, when there are no facts yet.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  limit = 100
}
-- m/m.hcl --
variable "limit" {
  type = number
  validation {
    condition = "claims.sub == 'x'"
    message   = "The limit is 1 to 1000."
  }
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "sql.limit > var.limit"
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  limit = 100
}
-- m/m.hcl --
variable "limit" {
  type = number
  validation {
    condition = "var.limit > 0 && var.limit <= 1000"
    message   = "The limit is 1 to 1000."
  }
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "sql.limit > var.limit"
}
`,
	},
	{
		ID: "validation-has-no-value", Summary: "Validation has no value",
		Meaning: "A validation cannot be worked out for the value at hand, as when it looks at an element that is not there.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  limit = 100
}
-- m/m.hcl --
variable "limit" {
  type = number
  validation {
    condition = "[1, 2][5] == var.limit"
    message   = "The limit is 1 to 1000."
  }
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "sql.limit > var.limit"
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  limit = 100
}
-- m/m.hcl --
variable "limit" {
  type = number
  validation {
    condition = "var.limit > 0 && var.limit <= 1000"
    message   = "The limit is 1 to 1000."
  }
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "sql.limit > var.limit"
}
`,
	},
	{
		ID: "unknown-variable", Summary: "Unknown variable",
		Meaning: "What a file refers to as var.NAME is no variable of its module. A policy itself has none.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "unused-variable", Summary: "Unused variable",
		Meaning: "Nothing in the module refers to the variable, so that whoever gives it a value is misled. It is a warning.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" { targets = ["payments-db"] }
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "unknown-type", Summary: "Unknown type",
		Meaning: "A type of variables is string, number, bool, or a list or map of one.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = set(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "reference-in-a-default", Summary: "Reference in a default",
		Meaning: "A default is a value that stands there by itself.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
locals { staff = ["analysts"] }
variable "people" {
  type    = list(string)
  default = local.staff
}
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
variable "people" {
  type    = list(string)
  default = ["analysts"]
}
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
	{
		ID: "variable-has-no-value", Summary: "Variable has no value",
		Meaning: "A variable whose default is null, and that the call leaves out, is used where there must be a value.",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
}
-- m/m.hcl --
variable "verb" {
  type    = string
  default = null
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "access.verb == var.verb"
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  verb = "delete"
}
-- m/m.hcl --
variable "verb" {
  type    = string
  default = null
}
deny "bulk" {
  targets = ["payments-db"]
  when    = "access.verb == var.verb"
}
`,
	},
	{
		ID: "text-in-a-variable-is-not-normalised", Summary: "Text in a variable is not normalised",
		Meaning: "Texts with accents are compared in their composed form (Unicode NFC).",
		Bad: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["e\u0301quipe"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
		Good: `-- example.hcl --
module "m" {
  source = "./m"
  people = ["analysts"]
}
-- m/m.hcl --
variable "people" { type = list(string) }
deny "bulk" {
  targets = ["payments-db"]
  groups  = var.people
}
`,
	},
}
