# Card data: numbers are masked for all but a few, and what must not be stored is neither written nor read.

variable "targets" {
  type        = list(string)
  description = "Targets that hold card data, or may by accident."
}

variable "pan_columns" {
  type        = list(string)
  description = "Columns that hold card numbers, as schema.table.column, those of views among them."
}

variable "readers" {
  type        = list(string)
  default     = []
  description = "Groups that see whole card numbers."
}

variable "reader_kinds" {
  type        = list(string)
  default     = ["human", "machine"]
  description = "Kinds of principal that may see them."
}

variable "transform" {
  type        = string
  default     = "last4"
  description = "What everybody else sees: last4, redact or null."
  validation {
    condition = "var.transform in ['last4', 'redact', 'null']"
    message   = "Card numbers are shown as last4, redact or null."
  }
}

variable "lookup" {
  type        = string
  default     = "deny"
  description = "Whether everybody else may look for a whole number: deny or equality."
  validation {
    condition = "var.lookup in ['deny', 'equality']"
    message   = "Searching for parts of a number tells the number: deny or equality."
  }
}

variable "max_rows" {
  type        = number
  default     = 100
  description = "How many whole numbers a reader may fetch at once."
  validation {
    condition = "var.max_rows > 0 && var.max_rows <= 10000"
    message   = "1 to 10000; more is an export."
  }
}

variable "forbidden_columns" {
  type        = list(string)
  default     = []
  description = "Bare names of more columns, in any table, that hold what must not be kept after authorization."
}

variable "mode" {
  type        = string
  default     = null
  description = "\"dry_run\" to log what would be masked and refused, and do neither."
}

expr "reader" { cel = "principal.kind in var.reader_kinds && principal.groups.exists(g, g in var.readers)" }

expr "about_cards" { cel = "sql.columns.exists(c, c in var.pan_columns)" }

class "card-number" {
  targets = var.targets
  columns = var.pan_columns
  detect  = ["credit_card"]
}

mask "card-number" {
  classes    = ["card-number"]
  with       = var.transform
  unless     = "expr.reader"
  predicates = var.lookup
  message    = "card numbers are for those who need them: search by another column"
  mode       = var.mode
}

deny "forbidden-column" {
  targets = var.targets
  when    = <<-CEL
    access.columns.exists(
      c,
      c in var.forbidden_columns ||
        c.matches(
          '^(card_(verification|security)(_code|_value)?|cav2?|cid|cv[cnv]2?|(full_)?track_?(1|2|data)?|mag_?stripe|pin_?block)$'
        )
    )
  CEL
  message = "verification values, track data and PIN blocks must not be stored, nor read"
  mode    = var.mode
}

deny "bulk-cards" {
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = <<-CEL
    expr.reader &&
      expr.about_cards &&
      sql.statement in ['copy', 'declare', 'execute', 'fetch', 'select'] &&
      !(sql.limit >= 0 && sql.limit <= var.max_rows)
  CEL
  message = "whole card numbers come with a LIMIT of at most ${var.max_rows}"
  mode    = var.mode
}

deny "gathered-cards" {
  targets = var.targets
  postgres { verbs = ["select"] }
  when    = <<-CEL
    expr.reader &&
      expr.about_cards &&
      sql.functions.exists(
        f,
        f.matches(
          '^pg_catalog[.](array_agg|string_agg|xmlagg|range_agg|jsonb?(_object)?_agg(_unique)?(_strict)?)$'
        )
      )
  CEL
  message = "functions that gather rows into one value go around the limit on card numbers"
  mode    = var.mode
}

# For those under the mask, the mask itself refuses this.
deny "spread-cards" {
  targets = var.targets
  postgres { verbs = ["create", "insert", "update"] }
  when    = "expr.reader && expr.about_cards && !var.pan_columns.exists(c, c.startsWith(access.object + '.'))"
  message = "card numbers stay in the columns that are named for them"
  mode    = var.mode
}
