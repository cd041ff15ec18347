package compiler

import (
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// gathered are the blocks of a policy as lint looks at them: each with its address, as it was written and, where that
// differs, as it will be. Rules of the catalogue look at nothing else.
type gathered struct {
	policies   []linted[*syntax.Policy]
	issuers    []linted[*syntax.Issuer]
	targets    []linted[*syntax.Target]
	classes    []lintedClass
	rules      []lintedRule
	masks      []lintedMask
	routes     []lintedRoute
	exprs      []linted[*syntax.Expr]
	locals     []linted[syntax.Local]
	principals []linted[*syntax.Principal]
	conditions []lintedCondition
	// asked are the addresses of the exprs that something refers to.
	asked map[string]bool
}

// linted is a block with its address.
type linted[T any] struct {
	address string
	src     T
}

type lintedClass struct {
	schema.Class
	address string
	src     *syntax.Class
}

type lintedRule struct {
	schema.Rule
	src *syntax.Rule
}

type lintedMask struct {
	schema.Mask
	src *syntax.Mask
}

type lintedRoute struct {
	schema.Route
	address string
	src     *syntax.Route
}

// gatherAll takes in the blocks of the policy and of each call of a module.
func (l *linter) gatherAll() {
	for _, s := range l.l.scopes {
		l.c.enter(s)
		l.calls[s.prefix] = s.through
		l.gather(s.tree)
	}
	l.c.enter(l.l.scopes[0])
}

// address gives the address of a block of the scope that is taken in.
func (l *linter) address(kind string, name syntax.String) string {
	return l.r.scope.address(kind, name)
}

// gather takes in the blocks of a tree, after those of others.
func (l *linter) gather(tree *syntax.Tree) {
	for i := range tree.Policies {
		l.policies = append(l.policies, linted[*syntax.Policy]{l.address("policy", tree.Policies[i].Name), &tree.Policies[i]})
	}
	for i := range tree.Issuers {
		l.gatherIssuer(&tree.Issuers[i])
	}
	for i := range tree.Targets {
		l.targets = append(l.targets, linted[*syntax.Target]{l.address("target", tree.Targets[i].Name), &tree.Targets[i]})
	}
	for i := range tree.Classes {
		src := &tree.Classes[i]
		l.classes = append(l.classes, lintedClass{Class: l.emitter.class(src), address: l.address("class", src.Name), src: src})
	}
	for i := range tree.Rules {
		src := &tree.Rules[i]
		rule := lintedRule{Rule: l.emitter.rule(src), src: src}
		l.rules = append(l.rules, rule)
		l.condition(rule.Address, src.Effect.String(), src.When, postgresRule, false)
		l.condition(rule.Address, src.Effect.String(), src.Unless, postgresRule, true)
	}
	for i := range tree.Masks {
		src := &tree.Masks[i]
		mask := lintedMask{Mask: l.emitter.mask(src), src: src}
		l.masks = append(l.masks, mask)
		l.condition(mask.Address, "mask", src.When, postgresMask, false)
		l.condition(mask.Address, "mask", src.Unless, postgresMask, true)
	}
	for i := range tree.Routes {
		src := &tree.Routes[i]
		l.routes = append(l.routes, lintedRoute{Route: l.emitter.route(src), address: l.address("route", src.Name), src: src})
	}
	l.gatherRest(tree)
}

func (l *linter) gatherIssuer(src *syntax.Issuer) {
	issuer := linted[*syntax.Issuer]{l.address("issuer", src.Name), src}
	l.issuers = append(l.issuers, issuer)
	for _, q := range src.Require {
		l.condition(issuer.address, "issuer", q.When, vocab.Claims, false)
	}
	l.name(src.Subject)
	l.name(src.Groups)
	l.name(src.Kind)
}

func (l *linter) gatherRest(tree *syntax.Tree) {
	for i := range tree.Exprs {
		l.exprs = append(l.exprs, linted[*syntax.Expr]{l.address("expr", tree.Exprs[i].Name), &tree.Exprs[i]})
		l.name(tree.Exprs[i].CEL)
	}
	for _, local := range tree.Locals {
		l.locals = append(l.locals, linted[syntax.Local]{l.address("local", local.Name), local})
	}
	for i := range tree.Invariants {
		l.name(tree.Invariants[i].When)
	}
	for i := range tree.Principals {
		l.principals = append(l.principals, linted[*syntax.Principal]{l.address("principal", tree.Principals[i].Name), &tree.Principals[i]})
	}
}

// name notes the exprs that a text refers to.
func (l *linter) name(e syntax.CEL) {
	if !e.Set() || !strings.Contains(e.Text, "expr") {
		return
	}
	for _, name := range l.c.cel.kinds[vocab.Postgres].References(e.Text) {
		l.asked[schema.BlockAddress("expr", l.r.scope.prefix+name)] = true
	}
}

// condition takes in a condition of a block.
func (l *linter) condition(subject, effect string, e syntax.CEL, kind vocab.Kind, unless bool) {
	if !e.Set() {
		return
	}
	l.name(e)
	key := celText{kind, l.c.cel.checked[e.Range]}
	known := l.read[key]
	if known == nil {
		checked, _ := l.c.cel.kinds[kind].Check(key.text, vocab.Bool, e.At, e.Range.File)
		if checked == nil {
			return // canonical text checks; and what could be said of any other
		}
		known = &lintedCondition{Condition: checked, calls: checked.Calls(), facts: checked.Facts()}
		l.read[key] = known
	}
	c := *known
	c.subject, c.effect, c.unless, c.cel = subject, effect, unless, e
	l.conditions = append(l.conditions, c)
}
