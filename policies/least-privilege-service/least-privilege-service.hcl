# One service, what it needs, and nothing else: its allow rules, and denials that hold it there whatever else a policy
# allows.

variable "targets" {
  type        = list(string)
  description = "Targets that the service uses."
}

variable "groups" {
  type        = list(string)
  description = "Groups that are the service and nobody else."
}

variable "read" {
  type        = list(string)
  description = "Tables that it reads, as schema.table."
}

variable "append" {
  type        = list(string)
  default     = []
  description = "Tables that it only adds rows to."
}

variable "write" {
  type        = list(string)
  default     = []
  description = "Tables that it reads and changes. Sequences are changed by nextval."
}

variable "functions" {
  type        = list(string)
  default     = []
  description = "Functions that it calls, as schema.function, beside the built-in ones known to be harmless."
}

variable "networks" {
  type        = list(string)
  default     = [""]
  description = "What the address that it connects from begins with, as \"10.1.\"."
}

variable "mode" {
  type        = string
  default     = null
  description = "\"dry_run\" to log what the denials would refuse. What is allowed stays as it is."
}

expr "at_home" {
  cel = "principal.kind == 'machine' && var.networks.exists(n, request.client_address.startsWith(n))"
}

# Tables and functions stand in conditions, not in tables and functions, so that each may be an empty list.
expr "readable" { cel = "access.object in var.read || access.object in var.write" }
expr "appendable" { cel = "access.object in var.append || access.object in var.write" }
expr "changeable" { cel = "access.object in var.write && sql.where_bound" }

allow "read" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["select"] }
  when = "expr.at_home && expr.readable"
}

allow "append" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["insert"] }
  when = "expr.at_home && expr.appendable"
}

allow "change" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["delete", "update"] }
  when = "expr.at_home && expr.changeable"
}

# gatewright:ignore allow-dangerous-function until 2028-12-31 the condition names the functions; none are allowed by default
allow "call" {
  groups  = var.groups
  targets = var.targets
  postgres { functions = ["*"] }
  when = "expr.at_home && access.object in var.functions"
}

deny "elsewhere" {
  groups  = var.groups
  targets = var.targets
  unless  = "expr.at_home"
  message = "these groups are for the service, in its own network"
  mode    = var.mode
}

# An access that is harmless, as reading pg_class, does not come here: only a rule that names it matches it.
deny "more" {
  groups  = var.groups
  targets = var.targets
  unless  = <<-CEL
    access.verb == 'connect' ||
      access.verb == 'select' && expr.readable ||
      access.verb == 'insert' && expr.appendable ||
      access.verb in ['delete', 'update'] && expr.changeable ||
      access.verb == 'call' && access.object in var.functions
  CEL
  message = "the service has no need of this; if it has, add it to its module block"
  mode    = var.mode
}
