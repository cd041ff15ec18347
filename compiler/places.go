package compiler

import (
	"fmt"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// Places tells where the attributes of rules, masks, classes and issuers are written, for reports about one of them: by
// address and attribute, as "deny.x.verbs", and for an element of a list "deny.x.verbs[delete]". In a module it is
// "module.pci.deny.x.verbs".
type Places map[string]schema.Range

func (p Places) list(address, attribute string, l syntax.List, texts []string) {
	if !l.Set() {
		return
	}
	key := address + "." + attribute
	p[key] = l.Range
	for i, item := range l.Items {
		p[fmt.Sprintf("%s[%s]", key, texts[i])] = item.Range
	}
}

func (p Places) text(address, attribute string, s syntax.String) {
	if s.Set() {
		p[address+"."+attribute] = s.Range
	}
}

// places gathers them, in the canonical forms of the bundle.
func (e *emitter) places() Places {
	p := Places{}
	for _, s := range e.l.scopes {
		e.c.enter(s)
		e.scopePlaces(p, s)
	}
	return p
}

// scopePlaces adds those of the policy or of one call of a module.
func (e *emitter) scopePlaces(p Places, s *scope) {
	for i := range s.tree.Rules {
		r := &s.tree.Rules[i]
		p.rule(s.address(r.Effect.String(), r.Name), r)
	}
	for i := range s.tree.Masks {
		m := &s.tree.Masks[i]
		a := s.address("mask", m.Name)
		p.list(a, "groups", m.Groups, m.Groups.Texts())
		p.list(a, "classes", m.Classes, e.declared("class", m.Classes))
		p.text(a, "with", m.With)
		p.text(a, "predicates", m.Predicates)
	}
	for i := range s.tree.Classes {
		k := &s.tree.Classes[i]
		a := s.address("class", k.Name)
		p.list(a, "targets", k.Targets, k.Targets.Texts())
		p.list(a, "columns", k.Columns, columnsOf(k))
		p.list(a, "detect", k.Detect, k.Detect.Texts())
	}
	for i := range s.tree.Issuers {
		issuer := &s.tree.Issuers[i]
		for n, q := range issuer.Require {
			p[fmt.Sprintf("%s.require[%d]", s.address("issuer", issuer.Name), n)] = q.When.Range
		}
	}
}

// declared gives names as they are declared, in the order written.
func (e *emitter) declared(kind string, l syntax.List) []string {
	var names []string
	for _, name := range l.Texts() {
		full, _ := e.r.full(kind, name)
		names = append(names, full)
	}
	return names
}

func (p Places) rule(a string, r *syntax.Rule) {
	p.list(a, "groups", r.Groups, r.Groups.Texts())
	p.list(a, "targets", r.Targets, r.Targets.Texts())
	if r.TargetLabels.Set() {
		p[a+".targets"] = r.TargetLabels.Range
	}
	p.text(a, "route", r.Route)
	if s := r.Scope; s != nil {
		p.list(a, "verbs", s.Verbs, s.Verbs.Texts())
		p.list(a, "tables", s.Tables, patternsOf(s.Tables))
		p.list(a, "functions", s.Functions, patternsOf(s.Functions))
	}
}

func columnsOf(k *syntax.Class) []string {
	var names []string
	for _, column := range k.Columns.Items {
		name, _ := canonical(column.Text, 3)
		names = append(names, name)
	}
	return names
}

// patternsOf gives each scope in its canonical form, in the order written.
func patternsOf(l syntax.List) []string {
	var names []string
	for _, s := range l.Items {
		name, _ := pattern(s.Text)
		names = append(names, name)
	}
	return names
}
