# An AI agent: it reads a few rows of a few tables, sees no sensitive value, and can do nothing else, whatever it was told
# or talked into.

variable "targets" {
  type        = list(string)
  description = "Targets that agents may use."
}

variable "groups" {
  type        = list(string)
  description = "Groups of agents."
}

variable "tables" {
  type        = list(string)
  description = "Tables that they read, as schema.table."
}

variable "columns" {
  type        = list(string)
  description = "Columns that they see as they are, as schema.table.column. Every other column of the tables is refused, or masked if it is in masked_columns."
}

variable "masked_columns" {
  type        = list(string)
  description = "Columns that they see masked."
}

variable "max_rows" {
  type        = number
  default     = 100
  description = "The greatest LIMIT."
  validation {
    condition = "var.max_rows > 0 && var.max_rows <= 10000"
    message   = "1 to 10000."
  }
}

variable "max_tables" {
  type        = number
  default     = 5
  description = "How many tables one statement may join."
  validation {
    condition = "var.max_tables > 0"
    message   = "At least one table."
  }
}

variable "max_length" {
  type        = number
  default     = 4000
  description = "How many bytes one statement may have."
  validation {
    condition = "var.max_length >= 100"
    message   = "At least 100 bytes."
  }
}

variable "mode" {
  type        = string
  default     = null
  description = "\"dry_run\" to log what would be refused and masked, and do neither. What is allowed stays as it is."
}

class "sensitive" {
  targets = var.targets
  columns = var.masked_columns
  detect  = ["credit_card", "email", "iban", "us_ssn"]
}

allow "read" {
  groups  = var.groups
  targets = var.targets
  postgres {
    verbs  = ["select"] # gatewright:survives[drop-verbs] deny.more-than-reading refuses the rest
    tables = var.tables # gatewright:survives[drop-tables] deny.more-than-reading refuses the rest
  }
}

mask "sensitive" {
  classes    = ["sensitive"]
  groups     = var.groups
  with       = "redact"
  predicates = "deny"
  message    = "agents do not work with this column"
  mode       = var.mode
}

deny "not-an-agent" {
  groups  = var.groups
  targets = var.targets
  unless  = "principal.kind == 'agent'"
  message = "these groups are for agents"
  mode    = var.mode
}

deny "more-than-reading" {
  groups  = var.groups
  targets = var.targets
  unless  = "access.verb == 'connect' || access.verb == 'select' && access.object in var.tables"
  message = "agents read, and only the tables that they were given"
  mode    = var.mode
}

# A WHERE is no bound. What cannot give many rows, as count(*), needs a LIMIT all the same.
deny "no-limit" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["select"] }
  unless  = "sql.limit >= 0 && sql.limit <= var.max_rows && sql.statement in ['execute', 'explain', 'fetch', 'select']"
  message = "add a LIMIT of at most ${var.max_rows} to the outermost SELECT"
  mode    = var.mode
}

deny "gathered" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = "sql.functions.exists(f, f.matches('^pg_catalog[.](array_agg|string_agg|xmlagg|range_agg|jsonb?(_object)?_agg(_unique)?(_strict)?)$'))"
  message = "functions that gather rows into one value go around the limit"
  mode    = var.mode
}

# A column that nobody has looked at, as one that is new, is neither shown nor masked.
deny "unlisted-column" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = "sql.columns.exists(c, !(c in var.columns || c in var.masked_columns))"
  message = "name the columns that you need, of those that agents may read"
  mode    = var.mode
}

deny "unwieldy" {
  groups  = var.groups
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = "size(sql.tables) > var.max_tables || sql.length > var.max_length"
  message = "at most ${var.max_tables} tables and ${var.max_length} bytes in one statement"
  mode    = var.mode
}
