package compiler

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// What holds where a policy does not say.
const (
	// DefaultMaxLifetime bounds a token's lifetime.
	DefaultMaxLifetime = 2 * time.Hour
	// DefaultQuorum, DefaultHold and DefaultExpires are a route's.
	DefaultQuorum  = 1
	DefaultHold    = 2 * time.Minute
	DefaultExpires = 30 * time.Minute
	// DefaultApproverKind is whose vote counts: a program that holds an approver's token is not the approver.
	DefaultApproverKind = schema.KindHuman
	// DefaultSubject, DefaultGroups and DefaultKind are an issuer's principal, as CEL over claims.
	DefaultSubject = "claims.sub"
	DefaultGroups  = "has(claims.groups) ? claims.groups : []"
	DefaultKind    = "'machine'"
)

// defaultAlgorithms are accepted where an issuer names none.
var defaultAlgorithms = []string{"ES256", "RS256"}

func holdOf(r *syntax.Route) time.Duration    { return cmp.Or(r.Hold.Value, DefaultHold) }
func expiresOf(r *syntax.Route) time.Duration { return cmp.Or(r.Expires.Value, DefaultExpires) }

// emitter is the last stage: a policy without mistakes as a bundle, every list sorted.
type emitter struct {
	l *loader
	r *resolver
	c *checker
}

func (e *emitter) bundle() *schema.Bundle {
	p := e.l.tree.Policies[0]
	b := &schema.Bundle{Language: p.Language.Value, Name: p.Name.Text, Owner: p.Owner.Text}
	for _, s := range e.l.scopes {
		e.scope(b, s)
	}
	for _, path := range slices.Sorted(maps.Keys(e.l.sources)) {
		if !strings.HasSuffix(path, syntax.TestSuffix) {
			b.Sources = append(b.Sources, schema.Source{Path: path, Text: e.l.sources[path]})
		}
	}
	sortBundle(b)
	return b
}

// scope adds the blocks of the policy or of one call of a module.
func (e *emitter) scope(b *schema.Bundle, s *scope) {
	e.c.enter(s)
	for i := range s.tree.Issuers {
		b.Issuers = append(b.Issuers, e.issuer(&s.tree.Issuers[i]))
	}
	for i := range s.tree.Targets {
		b.Targets = append(b.Targets, target(&s.tree.Targets[i]))
	}
	for i := range s.tree.Classes {
		b.Classes = append(b.Classes, e.class(&s.tree.Classes[i]))
	}
	for i := range s.tree.Rules {
		b.Rules = append(b.Rules, e.rule(&s.tree.Rules[i]))
	}
	for i := range s.tree.Masks {
		b.Masks = append(b.Masks, e.mask(&s.tree.Masks[i]))
	}
	for i := range s.tree.Routes {
		b.Routes = append(b.Routes, e.route(&s.tree.Routes[i]))
	}
}

func sortBundle(b *schema.Bundle) {
	slices.SortFunc(b.Issuers, func(a, b schema.Issuer) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(b.Targets, func(a, b schema.Target) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(b.Classes, func(a, b schema.Class) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(b.Rules, func(a, b schema.Rule) int { return strings.Compare(a.Address, b.Address) })
	slices.SortFunc(b.Masks, func(a, b schema.Mask) int { return strings.Compare(a.Address, b.Address) })
	slices.SortFunc(b.Routes, func(a, b schema.Route) int { return strings.Compare(a.Name, b.Name) })
}

func (e *emitter) issuer(i *syntax.Issuer) schema.Issuer {
	out := schema.Issuer{
		Name: i.Name.Text,
		OIDC: schema.OIDC{
			URL: i.URL.Text, Audiences: setOf(i.Audiences), Algorithms: setOf(i.Algorithms),
			MaxLifetime: cmp.Or(i.MaxLifetime.Value, DefaultMaxLifetime),
		},
		Subject:      e.c.cel.emitOr(i.Subject, vocab.String, DefaultSubject, i.Range),
		Groups:       e.c.cel.emitOr(i.Groups, vocab.StringList, DefaultGroups, i.Range),
		Kind:         e.c.cel.emitOr(i.Kind, vocab.String, DefaultKind, i.Range),
		OutliveToken: i.OutliveToken.Value,
		Range:        i.Range,
	}
	if out.OIDC.Algorithms == nil {
		out.OIDC.Algorithms = slices.Clone(defaultAlgorithms)
	}
	for _, q := range i.Require {
		out.Require = append(out.Require, schema.Requirement{When: *e.c.cel.emit(q.When), Message: q.Message.Text})
	}
	return out
}

func setOf(l syntax.List) []string { return sortedSet(l.Texts()) }

func target(t *syntax.Target) schema.Target {
	out := schema.Target{Name: t.Name.Text, Protocol: t.Protocol.Text, Catalog: t.Catalog.Text, Range: t.Range}
	if len(t.Labels.Entries) > 0 {
		out.Labels = make(map[string]string, len(t.Labels.Entries))
	}
	for _, entry := range t.Labels.Entries {
		out.Labels[entry.Key.Text] = entry.Value.Text
	}
	return out
}

func (e *emitter) class(k *syntax.Class) schema.Class {
	out := schema.Class{Name: e.r.scope.prefix + k.Name.Text, Targets: setOf(k.Targets), Detect: setOf(k.Detect), Range: k.Range}
	for _, column := range k.Columns.Items {
		name, _ := canonical(column.Text, 3)
		out.Columns = append(out.Columns, name)
	}
	out.Columns = sortedSet(out.Columns)
	return out
}

func (e *emitter) rule(r *syntax.Rule) schema.Rule {
	out := schema.Rule{
		Address: e.r.scope.address(r.Effect.String(), r.Name), Effect: r.Effect, Mode: e.ruleMode(r.Effect, r.Mode), Groups: setOf(r.Groups),
		When: e.c.cel.emit(r.When), Unless: e.c.cel.emit(r.Unless), Message: r.Message.Text, Range: r.Range,
	}
	out.Targets = e.r.targets[out.Address]
	if r.Route.Set() {
		out.Route, _ = e.r.full("route", r.Route.Text)
	}
	if s := r.Scope; s != nil {
		out.Protocol, out.Verbs = s.Protocol, setOf(s.Verbs)
		out.Tables, out.Functions = patterns(s.Tables), patterns(s.Functions)
	}
	return out
}

func patterns(l syntax.List) []string {
	var names []string
	for _, s := range l.Items {
		name, _ := pattern(s.Text)
		names = append(names, name)
	}
	return sortedSet(names)
}

// ruleMode gives the mode of a rule. The policy's own is for what refuses, holds and masks: an allow that only took note
// would shut everybody out, which is what dry run is there to avoid, so an allow is in dry run only by its own word.
func (e *emitter) ruleMode(effect schema.Effect, own syntax.String) schema.Mode {
	if effect == schema.Allow && !own.Set() {
		return schema.Enforce
	}
	return e.mode(own)
}

// mode gives the mode of a rule or mask: its own, or the policy's.
func (e *emitter) mode(own syntax.String) schema.Mode {
	if cmp.Or(own.Text, e.l.tree.Policies[0].Mode.Text) == schema.DryRun.String() {
		return schema.DryRun
	}
	return schema.Enforce
}

func (e *emitter) mask(m *syntax.Mask) schema.Mask {
	predicates := map[string]schema.Predicates{"equality": schema.PredicatesEquality, "allow": schema.PredicatesAllow}
	return schema.Mask{
		Address: e.r.scope.address("mask", m.Name), Mode: e.mode(m.Mode), Classes: e.r.fullNames("class", m.Classes.Texts()), Groups: setOf(m.Groups),
		With: schema.Transforms[m.With.Text], Argument: argumentOf(m).Text, When: e.c.cel.emit(m.When), Unless: e.c.cel.emit(m.Unless),
		Predicates: predicates[m.Predicates.Text], Message: m.Message.Text, Range: m.Range,
	}
}

func (e *emitter) route(r *syntax.Route) schema.Route {
	return schema.Route{
		Name: e.r.scope.prefix + r.Name.Text, Approvers: e.c.parties(r), ApproverKinds: kindsOf(r), Quorum: cmp.Or(r.Quorum.Value, DefaultQuorum),
		Hold: holdOf(r), Expires: expiresOf(r), Notify: setOf(r.Notify), Range: r.Range,
	}
}

// argumentOf gives the attribute that the mask's transform takes; the zero value when it takes none.
func argumentOf(m *syntax.Mask) syntax.String {
	switch schema.Transforms[m.With.Text].Takes() {
	case schema.TakesKey:
		return m.Key
	case schema.TakesWidth:
		return m.Width
	case schema.TakesValue:
		return m.Value
	default:
		return syntax.String{}
	}
}
