# The way in for an emergency: everything that people of a group do is held until two others agree, each with a reason, for
# a ticket that is named, and for a while.

variable "targets" {
  type        = list(string)
  description = "Targets that the emergency way leads to."
}

variable "groups" {
  type        = list(string)
  description = "Groups of people who may take it."
}

variable "approvers" {
  type        = list(string)
  description = "Who agrees, as \"group:NAME\" or \"subject:NAME\"."
}

variable "people" {
  type        = number
  default     = 2
  description = "How many others must agree."
  validation {
    condition = "var.people >= 2"
    message   = "Breaking glass takes two people who agree."
  }
}

variable "hold" {
  type        = string
  default     = "5m"
  description = "How long a connection waits before it is sent away with its ticket."
}

variable "expires" {
  type        = string
  default     = "30m"
  description = "How long an approval can be given and used."
}

variable "notify" {
  type        = list(string)
  default     = null
  description = "Notifiers of the gateway's configuration that are told."
}

variable "until" {
  type        = string
  default     = "9999-12-31T23:59:59Z"
  description = "When the way closes, as \"2026-12-31T00:00:00Z\"."
}

variable "tables" {
  type        = list(string)
  default     = null
  description = "Tables that it leads to; every table where none are named."
}

variable "functions" {
  type        = list(string)
  default     = []
  description = "Functions that may be called, as schema.function."
}

variable "verbs" {
  type        = list(string)
  default     = ["delete", "insert", "select", "update"]
  description = "What may be done."
}

# The client names the ticket of the incident where it names itself: application_name. It is the caller's own word; the
# approvers look it up, and the audit log keeps it.
expr "has_reason" { cel = "request.application.matches('^[A-Z]{2,10}-[0-9]{1,9}: .{10,}$')" }

expr "in_time" { cel = "request.time < timestamp(var.until)" }

allow "emergency" {
  groups  = var.groups
  targets = var.targets
  postgres {
    verbs  = var.verbs
    tables = var.tables
  }
}

# Functions stand in the condition so that there may be none.
# gatewright:ignore allow-dangerous-function until 2028-12-31 the condition names the functions; none are allowed by default
allow "function" {
  groups  = var.groups
  targets = var.targets
  postgres { functions = ["*"] }
  when = "access.object in var.functions"
}

# Whatever else is allowed to these groups is held as well.
approve "emergency" {
  groups  = var.groups
  targets = var.targets
  route   = "break-glass"
  message = "two people must agree to this statement"
}

# gatewright:ignore client-word until 2028-12-31 the word opens nothing: it is asked for on top of two people's consent
deny "without-reason" {
  groups  = var.groups
  targets = var.targets
  unless  = "access.verb == 'connect' || expr.has_reason"
  message = "say why: set application_name to the incident's ticket and a sentence, as 'INC-123: customer is locked out'"
}

deny "closed" {
  groups  = var.groups
  targets = var.targets
  unless  = "principal.kind == 'human' && expr.in_time"
  message = "this way is for people, until ${var.until}"
}

route "break-glass" {
  approvers      = var.approvers
  approver_kinds = ["human"]
  quorum         = var.people
  hold           = var.hold
  expires        = var.expires
  notify         = var.notify
}
