# Personal data: masked for all but those who work with it, for them a few people at a time, and never for programs that
# only count.

variable "targets" {
  type        = list(string)
  description = "Targets that hold personal data."
}

variable "identity_columns" {
  type        = list(string)
  description = "Columns that name a person: names, phone numbers, addresses, dates of birth, as schema.table.column."
}

variable "email_columns" {
  type        = list(string)
  default     = null
  description = "Columns that hold e-mail addresses. Addresses are found in other text too."
}

variable "number_columns" {
  type        = list(string)
  default     = null
  description = "Columns that hold social security or bank account numbers. Such numbers are found in other text too."
}

variable "readers" {
  type        = list(string)
  default     = []
  description = "Groups that see personal data."
}

variable "reader_kinds" {
  type        = list(string)
  default     = ["human", "machine"]
  description = "Kinds of principal that may see it."
}

variable "exporters" {
  type        = list(string)
  default     = []
  description = "Groups among the readers that may read it without a limit."
}

variable "max_rows" {
  type        = number
  default     = 50
  description = "How many people a reader may fetch at once."
  validation {
    condition = "var.max_rows > 0 && var.max_rows <= 10000"
    message   = "1 to 10000; more is an export."
  }
}

variable "lookup" {
  type        = string
  default     = "equality"
  description = "Whether those under the mask may look for a whole value: equality or deny."
  validation {
    condition = "var.lookup in ['deny', 'equality']"
    message   = "Searching for parts of a value tells the value: deny or equality."
  }
}

variable "mode" {
  type        = string
  default     = null
  description = "\"dry_run\" to log what would be masked and refused, and do neither."
}

expr "reader" { cel = "principal.kind in var.reader_kinds && principal.groups.exists(g, g in var.readers)" }
expr "exporter" { cel = "principal.groups.exists(g, g in var.exporters)" }

class "identity" {
  targets = var.targets
  columns = var.identity_columns
}

class "email-address" {
  targets = var.targets
  columns = var.email_columns
  detect  = ["email"]
}

class "number" {
  targets = var.targets
  columns = var.number_columns
  detect  = ["iban", "us_ssn"]
}

mask "identity" {
  classes    = ["identity"]
  with       = "redact"
  unless     = "expr.reader"
  predicates = var.lookup
  message    = "personal data is for those who work with it"
  mode       = var.mode
}

mask "email-address" {
  classes    = ["email-address"]
  with       = "email"
  unless     = "expr.reader"
  predicates = var.lookup
  message    = "e-mail addresses are for those who work with them"
  mode       = var.mode
}

mask "number" {
  classes    = ["number"]
  with       = "last4"
  unless     = "expr.reader"
  predicates = "deny"
  message    = "numbers of people and of their accounts are for those who work with them"
  mode       = var.mode
}

# A reader's statement about people. It is known by the columns that identify, as the module has them for certain.
deny "bulk-people" {
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = <<-CEL
    expr.reader &&
      sql.columns.exists(c, c in var.identity_columns) &&
      sql.statement in ['copy', 'declare', 'execute', 'fetch', 'select'] &&
      !(sql.limit >= 0 && sql.limit <= var.max_rows)
  CEL
  unless  = "expr.exporter"
  message = "people come with a LIMIT of at most ${var.max_rows}"
  mode    = var.mode
}

deny "gathered-people" {
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = <<-CEL
    expr.reader &&
      sql.columns.exists(c, c in var.identity_columns) &&
      sql.functions.exists(
        f,
        f.matches(
          '^pg_catalog[.](array_agg|string_agg|xmlagg|range_agg|jsonb?(_object)?_agg(_unique)?(_strict)?)$'
        )
      )
  CEL
  unless  = "expr.exporter"
  message = "functions that gather rows into one value go around the limit on people"
  mode    = var.mode
}
