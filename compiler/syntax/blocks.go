package syntax

import "github.com/gatewright/gatewright/schema"

func (d *decoder) policy(r *reader) {
	d.tree.Policies = append(d.tree.Policies, Policy{
		Name:     r.name(),
		Language: r.number("language", required),
		Owner:    r.text("owner", optional),
		Mode:     r.text("mode", optional),
		Range:    r.header,
	})
	r.finish()
}

func (d *decoder) issuer(r *reader) {
	i := Issuer{Name: r.name(), Range: r.header}
	if o := r.one("oidc", required); o != nil {
		i.URL = o.text("url", required)
		i.Audiences = o.list("audiences", required)
		i.Algorithms = o.list("algorithms", optional)
		i.MaxLifetime = o.duration("max_lifetime", optional)
		o.finish()
	}
	for _, q := range r.many("require") {
		i.Require = append(i.Require, Requirement{When: q.cel("when", required), Message: q.text("message", required)})
		q.finish()
	}
	if p := r.one("principal", optional); p != nil {
		i.Subject = p.cel("subject", optional)
		i.Groups = p.cel("groups", optional)
		i.Kind = p.cel("kind", optional)
		p.finish()
	}
	i.OutliveToken = r.flag("outlive_token")
	r.finish()
	d.tree.Issuers = append(d.tree.Issuers, i)
}

func (d *decoder) target(r *reader) {
	d.tree.Targets = append(d.tree.Targets, Target{
		Name:     r.name(),
		Protocol: r.text("protocol", required),
		Labels:   r.textMap("labels", optional),
		Catalog:  r.text("catalog", optional),
		Range:    r.header,
	})
	r.finish()
}

func (d *decoder) class(r *reader) {
	d.tree.Classes = append(d.tree.Classes, Class{
		Name:    r.name(),
		Targets: r.list("targets", required),
		Columns: r.list("columns", optional),
		Detect:  r.list("detect", optional),
		Range:   r.header,
	})
	r.finish()
}

// rule reads an allow, deny or approve block. An allow has no message, and only an approve has a route.
func (d *decoder) rule(r *reader) {
	effects := map[string]schema.Effect{"allow": schema.Allow, "deny": schema.Deny, "approve": schema.Approve}
	rule := Rule{
		Effect:       effects[r.block.Type],
		Name:         r.name(),
		Groups:       r.list("groups", optional),
		Targets:      r.list("targets", optional),
		TargetLabels: r.textMap("target_labels", optional),
		Scope:        r.scope(),
		When:         r.cel("when", optional),
		Unless:       r.cel("unless", optional),
		Mode:         r.text("mode", optional),
		Range:        r.header,
	}
	if rule.Effect != schema.Allow {
		rule.Message = r.text("message", optional)
	}
	if rule.Effect == schema.Approve {
		rule.Route = r.text("route", required)
	}
	r.finish()
	d.tree.Rules = append(d.tree.Rules, rule)
}

// scope reads a rule's protocol block: today there is one protocol.
func (r *reader) scope() *Scope {
	p := r.one(schema.ProtocolPostgres, optional)
	if p == nil {
		return nil
	}
	s := &Scope{
		Protocol:  schema.ProtocolPostgres,
		Verbs:     p.list("verbs", optional),
		Tables:    p.list("tables", optional),
		Functions: p.list("functions", optional),
		Range:     p.header,
	}
	p.finish()
	return s
}

func (d *decoder) mask(r *reader) {
	d.tree.Masks = append(d.tree.Masks, Mask{
		Name:       r.name(),
		Classes:    r.list("classes", required),
		Groups:     r.list("groups", optional),
		With:       r.text("with", required),
		Width:      r.text("width", optional),
		Key:        r.text("key", optional),
		Value:      r.text("value", optional),
		When:       r.cel("when", optional),
		Unless:     r.cel("unless", optional),
		Predicates: r.text("predicates", optional),
		Message:    r.text("message", optional),
		Mode:       r.text("mode", optional),
		Range:      r.header,
	})
	r.finish()
}

func (d *decoder) route(r *reader) {
	d.tree.Routes = append(d.tree.Routes, Route{
		Name:          r.name(),
		Approvers:     r.list("approvers", required),
		ApproverKinds: r.list("approver_kinds", optional),
		Quorum:        r.number("quorum", optional),
		Hold:          r.duration("hold", optional),
		Expires:       r.duration("expires", optional),
		Notify:        r.list("notify", optional),
		Range:         r.header,
	})
	r.finish()
}

func (d *decoder) expr(r *reader) {
	d.tree.Exprs = append(d.tree.Exprs, Expr{Name: r.name(), CEL: r.cel("cel", required), Range: r.header})
	r.finish()
}
