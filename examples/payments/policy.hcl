# Who may do what on the payments database. The callers' names come from the corporate issuer; here it is the
# development issuer of this repository.

policy "payments" {
  language = 1
  owner    = "appsec@example.com"
}

issuer "corp" {
  oidc {
    url          = "http://127.0.0.1:8555"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }

  require {
    when    = "claims.client_type in ['service', 'human']"
    message = "only services and people may use this gateway"
  }

  principal {
    subject = "claims.sub"
    groups  = "claims.groups"
    kind    = "claims.client_type == 'human' ? 'human' : 'machine'"
  }
}

target "payments-db" {
  protocol = "postgres"
  labels   = { env = "prod", data = "pci" }
  catalog  = "payments-db.catalog.json"
}

class "card-number" {
  targets = ["payments-db"]
  columns = ["public.cards.pan"]
  detect  = ["credit_card"]
}

class "contact" {
  targets = ["payments-db"]
  columns = ["public.customers.email"]
}

allow "order-service" {
  groups  = ["order-service"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "insert", "update", "delete"]
    tables = ["public.orders", "public.order_items"]
  }
}

allow "billing-reports" {
  groups  = ["billing"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select"]
    tables = ["public.cards", "public.customers", "public.orders"]
  }
}

allow "dba" {
  groups  = ["dba"]
  targets = ["payments-db"]
  postgres {
    verbs  = ["select", "insert", "update", "delete", "maintain"]
    tables = ["public.*"]
  }
}

deny "unbounded-write" {
  target_labels = { env = "prod" }
  postgres { verbs = ["update", "delete"] }
  unless  = "sql.where_bound"
  message = "UPDATE and DELETE on production need a WHERE that can be false"
}

approve "prod-delete" {
  target_labels = { env = "prod" }
  # gatewright:survives[drop-element] no rule allows TRUNCATE and DROP as yet; whoever adds one shall find them held
  postgres { verbs = ["delete", "truncate", "drop"] }
  route   = "dba-oncall"
  message = "deleting production rows needs the DBA on call"
}

mask "cards" {
  classes    = ["card-number"]
  with       = "last4"
  unless     = "'fraud-analysts' in principal.groups"
  predicates = "deny"
}

mask "contact" {
  classes    = ["contact"]
  with       = "email"
  unless     = "'dba' in principal.groups"
  predicates = "equality"
}

# Only people of the group approve, which is the default of approver_kinds: a program with its groups does not.
# gatewright:ignore peers-approve until 2028-12-31 a second DBA looks at what a DBA deletes, which is enough here
route "dba-oncall" {
  approvers = ["group:dba"]
  quorum    = 1
  hold      = "2m"
  expires   = "30m"
}
