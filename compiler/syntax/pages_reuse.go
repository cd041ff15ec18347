package syntax

// reusePages are the pages of what is used again, by path.
var reusePages = map[string]Page{
	"expr": {
		Meaning: "A piece of CEL with a name, for conditions to use as `expr.NAME`.",
		Examples: []string{`expr "office_hours" {
  cel = "request.time.getHours() >= 6 && request.time.getHours() < 16"
}

deny "night" {
  groups  = ["billing"]
  targets = ["payments-db"]
  unless  = "expr.office_hours"
}
`},
	},
	"expr cel": {Meaning: "it may use other `expr` blocks, none in a circle"},
	"locals": {
		Meaning: "Values with a name, for attributes to use as `local.NAME`. It has no label, and its attributes are the names. They cannot enter conditions: name the condition with `expr` instead.",
		Examples: []string{`locals {
  readers = ["billing", "support"]
}

allow "reports" {
  groups  = local.readers
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.cards", "public.customers"]
  }
}
`},
	},
	"module": {
		Meaning: "Puts the blocks of a directory into the policy, with values for its variables. [Modules](modules.md) tells all about them.",
		Notes:   "Every other attribute is the value of the module's variable of that name, and of its type.",
		Examples: []string{`module "cards" {
  source  = "./modules/cards"
  targets = ["payments-db"]
}
`},
	},
	"module source": {Meaning: "directory within the policy's, relative to this file's: `\"./modules/cards\"`"},
	"variable": {
		Meaning: "What a module takes from its caller, for values and conditions to use as `var.NAME`. It stands in the files of a module, never in those of a policy.",
		Examples: []string{`# modules/cards/cards.hcl
variable "targets" {
  type        = list(string)
  description = "Targets that hold card data."
  validation {
    condition = "size(var.targets) > 0"
    message   = "Name at least one target."
  }
}

deny "truncate" {
  targets = var.targets
  postgres { verbs = ["truncate"] }
}
`},
	},
	"variable type":                 {Meaning: "`string`, `number`, `bool`, `list(TYPE)` or `map(TYPE)`"},
	"variable default":              {Default: "none: a value is required", Meaning: "the value where a call gives none; `null` for none at all"},
	"variable description":          {Default: "none", Meaning: "what it is for"},
	"variable validation":           {Default: "none", Meaning: "each must hold"},
	"variable validation condition": {Meaning: "over `var`: what must hold of the values"},
	"variable validation message":   {Meaning: "what is told otherwise"},
}
