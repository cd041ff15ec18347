# Reading many rows at once. Statements that only write, with RETURNING or INSERT ... SELECT, are not held to these.

deny "bulk-copy" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["select"] }
  when    = "sql.statement == 'copy'"
  unless  = "expr.exporter"
  message = "COPY out of a table is for exports"
  mode    = var.mode
}

deny "whole-table" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["select"] }
  when    = "sql.statement in ['declare', 'execute', 'fetch', 'select'] && !sql.has_where && !expr.limited"
  unless  = "expr.exporter || access.object in var.small_tables"
  message = "add a WHERE, or a LIMIT of at most ${var.max_rows}"
  mode    = var.mode
}

deny "no-limit" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["select"] }
  when    = <<-CEL
    access.object in var.limited_tables &&
      !expr.limited &&
      !(sql.statement in ['delete', 'explain', 'insert', 'merge', 'update'] &&
        sql.tables == [access.object])
  CEL
  unless  = "expr.exporter"
  message = "this table is read with a LIMIT of at most ${var.max_rows}"
  mode    = var.mode
}

# One row can hold a whole table.
deny "gathered" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["select"] }
  when    = <<-CEL
    access.object in var.limited_tables &&
      sql.functions.exists(
        f,
        f.matches(
          '^pg_catalog[.](array_agg|string_agg|xmlagg|range_agg|jsonb?(_object)?_agg(_unique)?(_strict)?)$'
        )
      )
  CEL
  unless  = "expr.exporter"
  message = "functions that gather rows into one value go around the LIMIT of this table"
  mode    = var.mode
}
