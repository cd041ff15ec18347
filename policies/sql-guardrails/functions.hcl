# Functions by what they reach. The name counts in whichever schema it is, as extensions may be put anywhere. No such
# list is complete: an allow that names the functions that it means is.

deny "file-function" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["call"] }
  when    = <<-CEL
    access.object.matches(
      '^(.*[.])?(pg_read_(binary_)?file|pg_ls_[a-z_]*dir|pg_stat_file|pg_file_[a-z]+|pg_logdir_ls|pg_current_logfile|lo_(im|ex)port)$'
    )
  CEL
  message = "functions that reach the server's files are not for applications"
  mode    = var.mode
}

deny "remote-function" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["call"] }
  when    = <<-CEL
    access.object.matches(
      '^(.*[.])?(dblink(_[a-z_]+)?|postgres_fdw_[a-z_]+|http(_[a-z]+)?)$'
    ) ||
      access.object.matches('^(aws_s3|aws_lambda|azure_storage|net|cron)[.].*$')
  CEL
  message = "functions that reach other servers are not for applications"
  mode    = var.mode
}

deny "text-function" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["call"] }
  when    = <<-CEL
    access.object.matches(
      '^(.*[.])?((query|cursor|table|schema|database)_to_xml(schema|_and_xmlschema)?|ts_stat|ts_rewrite|crosstab(N|[0-9]|_hash)?|connectby(_text|_text_serial|_int|_int_serial)?|xpath_table)$'
    )
  CEL
  message = "functions that run SQL out of a text hide what they read"
  mode    = var.mode
}

deny "server-function" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["call"] }
  when    = <<-CEL
    access.object.matches(
      '^(.*[.])?(set_config|pg_(terminate|cancel)_backend|pg_log_backend_memory_contexts|pg_reload_conf|pg_rotate_logfile(_old)?|pg_promote|pg_switch_wal|pg_create_restore_point|pg_(backup_)?(start|stop)(_backup)?|pg_wal_replay_(pause|resume)|pg_(create|copy|drop|alter)_[a-z_]*slot|pg_replication_slot_advance|pg_replication_origin_[a-z_]+|pg_logical_[a-z_]+|pg_stat_reset[a-z_]*|pg_stat_statements_reset|pg_import_system_collations|pg_hba_file_rules|pg_show_all_file_settings)$'
    )
  CEL
  message = "functions that steer the server or other sessions are not for applications"
  mode    = var.mode
}

deny "stalling-function" {
  targets       = var.targets
  target_labels = var.target_labels
  postgres { verbs = ["call"] }
  when    = "access.object.matches('^(.*[.])?pg_sleep(_for|_until)?$')"
  message = "a statement that sleeps holds a connection and its locks"
  mode    = var.mode
}
