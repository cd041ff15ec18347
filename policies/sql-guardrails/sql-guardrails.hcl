# What no SQL client of an application needs, whatever else allows it.

variable "targets" {
  type        = list(string)
  default     = null
  description = "Targets that the guardrails stand on; or target_labels."
}

variable "target_labels" {
  type        = map(string)
  default     = null
  description = "Labels of the targets that they stand on; or targets."
}

variable "mode" {
  type        = string
  default     = null
  description = "\"dry_run\" to log what would be refused, and refuse nothing."
}

variable "migrators" {
  type        = list(string)
  default     = []
  description = "Groups that may change definitions and settings, truncate and maintain tables."
}

variable "exporters" {
  type        = list(string)
  default     = []
  description = "Groups that may read whole tables."
}

variable "max_rows" {
  type        = number
  default     = 1000
  description = "The greatest LIMIT that counts as one."
  validation {
    condition = "var.max_rows > 0"
    message   = "At least one row."
  }
}

variable "limited_tables" {
  type        = list(string)
  default     = []
  description = "Tables that are read with a LIMIT only, as schema.table: a WHERE is not enough."
}

variable "small_tables" {
  type        = list(string)
  default     = []
  description = "Tables that everybody may read whole, as schema.table."
}

variable "settings" {
  type        = list(string)
  default     = []
  description = "Settings that everybody may change, beside the harmless ones."
}

expr "migrator" { cel = "principal.groups.exists(g, g in var.migrators)" }
expr "exporter" { cel = "principal.groups.exists(g, g in var.exporters)" }

# A LIMIT that is a constant. FETCH ... WITH TIES, LIMIT ALL, LIMIT $1 and LIMIT (SELECT ...) are none.
expr "limited" { cel = "sql.limit >= 0 && sql.limit <= var.max_rows" }

deny "unbounded-write" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["delete", "update"] }
  unless  = "sql.where_bound"
  message = "UPDATE, DELETE and MERGE need a condition on the rows that can be false"
  mode    = var.mode
}

deny "truncate" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["truncate"] }
  unless  = "expr.migrator"
  message = "TRUNCATE is for migrations"
  mode    = var.mode
}

deny "definition" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["alter", "create", "drop", "grant"] }
  unless  = "expr.migrator"
  message = "definitions, owners and rights are changed by migrations"
  mode    = var.mode
}

deny "maintenance" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["lock", "maintain"] }
  unless  = "expr.migrator"
  message = "locking and rewriting whole tables is for migrations"
  mode    = var.mode
}

deny "setting" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["set"] }
  unless  = "expr.migrator || access.object in var.settings"
  message = "roles, replication and other settings that change what a session may do stay as they are"
  mode    = var.mode
}

deny "server-file" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["file"] }
  message = "COPY to or from a file or program of the server, and LOAD, reach outside of the database"
  mode    = var.mode
}

deny "unreadable" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["opaque"] }
  message = "DO, and what cannot be analysed, may do anything"
  mode    = var.mode
}
