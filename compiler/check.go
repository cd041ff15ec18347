package compiler

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// checker is the third stage: everything said has a meaning. It keeps the canonical texts of conditions and names for
// the stage after it.
type checker struct {
	report
	l *loader
	r *resolver
	// tree and cel are the blocks and conditions of the scope looked at now.
	tree *syntax.Tree
	cel  *conditions
	// catalogs are the targets' catalogs, by path.
	catalogs map[string]*schema.Catalog
	// uncatalogued are the targets that have none and would have needed it.
	uncatalogued map[string]bool
	// classTargets are the targets of classes, by the full names of these.
	classTargets map[string][]string
}

func newChecker(r *resolver) *checker {
	c := &checker{
		l: r.l, r: r, catalogs: map[string]*schema.Catalog{}, uncatalogued: map[string]bool{}, classTargets: map[string][]string{},
	}
	for _, s := range r.l.scopes {
		for i := range s.tree.Classes {
			k := &s.tree.Classes[i]
			c.classTargets[s.prefix+k.Name.Text] = k.Targets.Texts()
		}
	}
	return c
}

func (c *checker) check() {
	vocabularies, ok := newVocabularies(&c.report)
	if !ok {
		return
	}
	spent := 0
	for _, s := range c.l.scopes {
		s.cel = &conditions{report: &c.report, broken: c.l.broken, kinds: vocabularies, checked: map[schema.Range]string{}, spent: &spent}
		c.enter(s)
		c.cel.prepare(c.tree.Exprs)
		c.variables()
		c.blocks()
	}
	c.unusedVariables()
	c.enter(c.l.scopes[0])
	c.warnUncatalogued()
	c.nothingAllowed()
}

func (c *checker) blocks() {
	for i := range c.tree.Policies {
		c.mode(c.tree.Policies[i].Mode)
	}
	for i := range c.tree.Issuers {
		c.issuer(&c.tree.Issuers[i])
	}
	for i := range c.tree.Targets {
		c.target(&c.tree.Targets[i])
	}
	for i := range c.tree.Classes {
		c.class(&c.tree.Classes[i])
	}
	for i := range c.tree.Rules {
		c.rule(&c.tree.Rules[i])
	}
	for i := range c.tree.Masks {
		c.mask(&c.tree.Masks[i])
	}
	for i := range c.tree.Routes {
		c.route(&c.tree.Routes[i])
	}
	for i := range c.tree.Invariants {
		c.invariant(&c.tree.Invariants[i])
	}
	for i := range c.tree.Tests {
		c.tests(&c.tree.Tests[i])
	}
}

// nothingAllowed warns of a policy that denies everything, which nobody writes on purpose.
func (c *checker) nothingAllowed() {
	if c.l.broken || len(c.tree.Policies) == 0 {
		return
	}
	if !slices.ContainsFunc(c.l.scopes, func(s *scope) bool {
		return slices.ContainsFunc(s.tree.Rules, func(r syntax.Rule) bool { return r.Effect == schema.Allow })
	}) {
		c.warn(c.tree.Policies[0].Range, "Nothing is allowed", "The policy has no allow block, and what no rule allows is denied.",
			"Add: allow \"NAME\" { groups = [...] targets = [...] }.")
	}
}

// word reports a text that is none of the words that may stand there.
func (c *checker) word(s syntax.String, what string, words ...string) bool {
	if !s.Set() || slices.Contains(words, s.Text) {
		return true
	}
	hint := syntax.Suggest(s.Text, words)
	if hint == "" {
		hint = "Use one of " + strings.Join(words, ", ") + "."
	}
	if len(words) == 1 {
		hint = fmt.Sprintf("Use %q, the only one there is.", words[0])
	}
	c.add(s.Range, "Unknown "+what, fmt.Sprintf("There is no %s %q.", what, s.Text), hint)
	return false
}

func (c *checker) mode(s syntax.String) {
	c.word(s, "mode", schema.Enforce.String(), schema.DryRun.String())
}

// full reports an empty list. In a scope it would match everything or nothing, and the reader cannot see which.
func (c *checker) full(l syntax.List, name string) {
	if l.Set() && !l.Faulty && len(l.Items) == 0 {
		c.add(l.Range, "Empty list", fmt.Sprintf("%q is empty, which could be read as everything or as nothing.", name),
			"Leave the attribute out, or name something.")
	}
	for _, s := range l.Items {
		if s.Text == "" {
			c.add(s.Range, "Empty text", fmt.Sprintf("%q holds an empty text.", name), "Remove it.")
		}
	}
}

func (c *checker) target(t *syntax.Target) {
	c.word(t.Protocol, "protocol", schema.ProtocolPostgres)
	if t.Catalog.Set() {
		c.catalog(t)
	}
}

func (c *checker) class(k *syntax.Class) {
	c.full(k.Targets, "targets")
	c.full(k.Columns, "columns")
	c.full(k.Detect, "detect")
	if !k.Columns.Set() && !k.Detect.Set() {
		c.add(k.Range, "Class without columns", "A class is columns, detected values or both; this one is neither.",
			"Add columns = [\"schema.table.column\"] or detect = [\""+schema.Detectors[0]+"\"].")
	}
	for _, d := range k.Detect.Items {
		c.word(d, "detector", schema.Detectors...)
	}
	for _, column := range k.Columns.Items {
		name, ok := canonical(column.Text, 3)
		if !ok {
			c.add(column.Range, "Bad column name", fmt.Sprintf("%q is not schema.table.column.", column.Text),
				"Write the schema too, as \"public.cards.pan\"; put a part with other characters into double quotes.")
			continue
		}
		c.columnExists(k, column, name)
	}
}

func (c *checker) rule(r *syntax.Rule) {
	c.full(r.Groups, "groups")
	c.full(r.Targets, "targets")
	c.mode(r.Mode)
	targets := c.r.targets[c.r.scope.address(r.Effect.String(), r.Name)]
	if r.Scope != nil {
		c.scope(r.Scope)
		c.objects(r.Scope, targets)
	}
	c.constants(c.cel.condition(r.When, postgresRule), targets, creates(r.Scope))
	c.constants(c.cel.condition(r.Unless, postgresRule), targets, creates(r.Scope))
}

func (c *checker) scope(s *syntax.Scope) {
	c.full(s.Verbs, "verbs")
	c.full(s.Tables, "tables")
	c.full(s.Functions, "functions")
	for _, v := range s.Verbs.Items {
		c.word(v, "verb", append([]string{"*"}, schema.PostgresVerbs...)...)
	}
	for _, t := range s.Tables.Items {
		if _, ok := pattern(t.Text); !ok && t.Text != "" {
			c.add(t.Range, "Bad table name", fmt.Sprintf("%q is not schema.table.", t.Text),
				"Write the schema too, as \"public.orders\", or \"public.*\" for all of a schema.")
		}
	}
	for _, f := range s.Functions.Items {
		if _, ok := pattern(f.Text); !ok && f.Text != "" {
			c.add(f.Range, "Bad function name", fmt.Sprintf("%q is not schema.function.", f.Text),
				"Write the schema too and no arguments, as \"pg_catalog.pg_sleep\".")
		}
	}
}

func (c *checker) mask(m *syntax.Mask) {
	c.full(m.Classes, "classes")
	c.full(m.Groups, "groups")
	if c.word(m.With, "transform", slices.Sorted(maps.Keys(schema.Transforms))...) && m.With.Set() {
		c.argument(m)
	}
	c.word(m.Predicates, "predicates setting", schema.PredicatesDeny.String(), schema.PredicatesEquality.String(), schema.PredicatesAllow.String())
	c.mode(m.Mode)
	targets := c.maskTargets(m)
	c.constants(c.cel.condition(m.When, postgresMask), targets, false)
	c.constants(c.cel.condition(m.Unless, postgresMask), targets, false)
}

// transformArguments are the attributes that transforms take, each with how it is written.
var transformArguments = []struct{ name, example string }{
	{schema.TakesKey, `key = "customers"`}, {schema.TakesValue, `value = "hidden"`}, {schema.TakesWidth, `width = "10"`},
}

// argument checks that a mask has what its transform takes, and nothing else.
func (c *checker) argument(m *syntax.Mask) {
	with := schema.Transforms[m.With.Text]
	for _, a := range transformArguments {
		given := map[string]syntax.String{schema.TakesKey: m.Key, schema.TakesValue: m.Value, schema.TakesWidth: m.Width}[a.name]
		switch {
		case a.name == with.Takes() && !given.Set():
			c.add(m.With.Range, "Transform without its argument", fmt.Sprintf("%s needs to be told its %s.", with, a.name), "Add "+a.example+".")
		case a.name == with.Takes():
			if err := (schema.Treatment{With: with, Argument: given.Text}).Check(); err != nil {
				c.add(given.Range, "Bad argument of a transform", fmt.Sprintf("%q cannot be the %s: %v.", given.Text, a.name, err), "Write it as in "+a.example+".")
			}
		case given.Set():
			c.add(given.Range, "Argument of another transform", fmt.Sprintf("%s has no %s.", with, a.name), "Remove it, or use the transform that takes it.")
		}
	}
}

// maskTargets are the targets of a mask's classes.
func (c *checker) maskTargets(m *syntax.Mask) []string {
	var names []string
	for _, class := range c.r.fullNames("class", m.Classes.Texts()) {
		names = append(names, c.classTargets[class]...)
	}
	return sortedSet(names)
}
