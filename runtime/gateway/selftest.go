package gateway

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// selfTest asks a new engine what it must never get wrong, before it is put in anybody's way: an unknown target leads
// nowhere, nobody may do what nobody understands, and every answer names the bundle that gave it.
func selfTest(e *engine.Engine) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the policy broke down in its self-test: %v", r)
		}
	}()
	b := e.Bundle()
	nobody := &schema.Principal{Issuer: "", Subject: "", Kind: schema.KindMachine}
	var d schema.Decision
	e.Decide(probe(nobody, unusedName(b), schema.VerbConnect), &d)
	if d.Effect != schema.Deny {
		return errors.New("the policy failed its self-test: it lets a caller through to a target that it does not have")
	}
	for i := range b.Targets {
		e.Decide(probe(nobody, b.Targets[i].Name, schema.VerbOpaque), &d)
		if d.Effect == schema.Allow && !namesOpaque(b) {
			return fmt.Errorf("the policy failed its self-test: it allows what cannot be analysed on %s", b.Targets[i].Name)
		}
		if d.Bundle != b.ID {
			return errors.New("the policy failed its self-test: its answers do not name it")
		}
	}
	return nil
}

func probe(p *schema.Principal, target, verb string) *schema.Action {
	return &schema.Action{
		Protocol: schema.ProtocolPostgres, Target: target, Principal: p,
		Accesses: []schema.Access{{Verb: verb}}, SQL: &schema.SQL{Statement: verb},
	}
}

// unusedName gives the name of no target.
func unusedName(b *schema.Bundle) string {
	name := "self-test"
	for slices.ContainsFunc(b.Targets, func(t schema.Target) bool { return t.Name == name }) {
		name += "-"
	}
	return name
}

func namesOpaque(b *schema.Bundle) bool {
	return slices.ContainsFunc(b.Rules, func(r schema.Rule) bool {
		return r.Effect == schema.Allow && slices.Contains(r.Verbs, schema.VerbOpaque)
	})
}

// mismatches tells where policy and configuration do not meet. None of it opens anything: a target without an upstream
// leads nowhere, and a notifier that is not there tells nobody.
func (g *Gateway) mismatches(b *schema.Bundle) []string {
	var out []string
	for i := range b.Targets {
		if name := b.Targets[i].Name; !g.hasUpstream(name) {
			out = append(out, fmt.Sprintf("target %q has no upstream in the configuration, so that nobody can reach it", name))
		}
	}
	for _, u := range g.cfg.Upstreams {
		if !slices.ContainsFunc(b.Targets, func(t schema.Target) bool { return t.Name == u.Name }) {
			out = append(out, fmt.Sprintf("upstream %q is no target of the policy, so that nobody can reach it", u.Name))
		}
	}
	for i := range b.Routes {
		for _, name := range b.Routes[i].Notify {
			if g.notifiers[name] == nil {
				out = append(out, fmt.Sprintf("route %q notifies %q, which is not configured, so that nobody is told", b.Routes[i].Name, name))
			}
		}
	}
	if len(b.Routes) > 0 && g.cfg.Admin == nil {
		out = append(out, "the policy asks for approvals, and there is no admin address to give them at")
	}
	return append(out, g.strangers(b)...)
}

// strangers tells which operators are nobody under the policy's issuers.
func (g *Gateway) strangers(b *schema.Bundle) []string {
	if g.cfg.Admin == nil {
		return nil
	}
	var out []string
	issuers := issuerNames(b)
	for _, p := range g.cfg.Admin.Operators {
		if _, ok := p.Of(issuers); ok {
			continue
		}
		why := "the policy has no such issuer"
		if p.Issuer == "" {
			why = "it does not say of which of the policy's issuers, as ISSUER/" + p.String()
		}
		out = append(out, fmt.Sprintf("operator %q is nobody: %s", p, why))
	}
	return out
}

func (g *Gateway) hasUpstream(name string) bool {
	return slices.ContainsFunc(g.cfg.Upstreams, func(u config.Upstream) bool { return u.Name == name })
}
