package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// loader holds what New needs on the way.
type loader struct {
	*Maker
	engine     *Engine
	classIndex map[string]*schema.Class
	routeNames map[string]bool
}

func newLoader(m *Maker, b *schema.Bundle) *loader {
	return &loader{
		Maker: m,
		engine: &Engine{
			bundle: b, targets: map[string]*target{},
			groups: map[string]uint32{}, objects: map[string]uint32{}, schemas: map[string]uint32{},
		},
		classIndex: map[string]*schema.Class{}, routeNames: map[string]bool{},
	}
}

// targets enters the targets that rules, classes and masks refer to.
func (l *loader) targets() error {
	b := l.engine.bundle
	for i := range b.Targets {
		t := &b.Targets[i]
		switch {
		case t.Protocol != schema.ProtocolPostgres:
			return fmt.Errorf("target %q speaks %q, which this build does not know", t.Name, t.Protocol)
		case l.engine.targets[t.Name] != nil:
			return fmt.Errorf("target %q stands in the bundle twice", t.Name)
		}
		l.engine.targets[t.Name] = &target{schema: t, columns: map[string][]int{}, parts: map[string]map[string][]int{}}
	}
	return nil
}

// classes gives each target its classes and their columns.
func (l *loader) classes() error {
	for i := range l.engine.bundle.Classes {
		c := &l.engine.bundle.Classes[i]
		if l.classIndex[c.Name] != nil {
			return fmt.Errorf("class %q stands in the bundle twice", c.Name)
		}
		l.classIndex[c.Name] = c
		for _, detector := range c.Detect {
			if !slices.Contains(schema.Detectors, detector) {
				return fmt.Errorf("class %q names detector %q, which this build does not know", c.Name, detector)
			}
		}
		for _, name := range c.Targets {
			t := l.engine.targets[name]
			if t == nil {
				return fmt.Errorf("class %q names target %q, which is not in the bundle", c.Name, name)
			}
			if err := t.classify(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// classify gives a target one class.
func (t *target) classify(c *schema.Class) error {
	t.classes = append(t.classes, class{name: c.Name, detect: c.Detect})
	index := len(t.classes) - 1
	for _, column := range c.Columns {
		parts, ok := schema.SplitName(column)
		if !ok || len(parts) != 3 || schema.Qualify(parts...) != column {
			return fmt.Errorf("class %q has column %q, which is not a canonical schema.table.column", c.Name, column)
		}
		t.columns[column] = append(t.columns[column], index)
		relation := schema.Qualify(parts[:2]...)
		if t.parts[relation] == nil {
			t.parts[relation] = map[string][]int{}
		}
		t.parts[relation][parts[2]] = append(t.parts[relation][parts[2]], index)
	}
	return nil
}

func (l *loader) routes() error {
	for _, r := range l.engine.bundle.Routes {
		if l.routeNames[r.Name] {
			return fmt.Errorf("route %q stands in the bundle twice", r.Name)
		}
		l.routeNames[r.Name] = true
	}
	return nil
}

// rules prepares each rule once and gives it to each of its targets.
func (l *loader) rules() error {
	e := l.engine
	for i := range e.bundle.Rules {
		r, err := l.prepare(&e.bundle.Rules[i])
		if err != nil {
			return err
		}
		e.rules = append(e.rules, r)
	}
	slices.SortFunc(e.rules, func(a, b *rule) int { return strings.Compare(a.Address, b.Address) })
	for i, r := range e.rules {
		r.index = int32(i)
		if i > 0 && e.rules[i-1].Address == r.Address {
			return fmt.Errorf("%s stands in the bundle twice", r.Address)
		}
		for _, name := range r.Targets {
			t := e.targets[name]
			if t == nil {
				return fmt.Errorf("%s names target %q, which is not in the bundle", r.Address, name)
			}
			if n := len(t.rules); n == 0 || t.rules[n-1] != r.index {
				t.rules = append(t.rules, r.index)
			}
		}
	}
	return nil
}

func (l *loader) prepare(src *schema.Rule) (*rule, error) {
	verbs, err := verbBits(src)
	switch {
	case err != nil:
		return nil, err
	case src.Effect > schema.Allow:
		return nil, fmt.Errorf("%s has an effect that this build does not know", src.Address)
	case src.Protocol != "" && src.Protocol != schema.ProtocolPostgres:
		return nil, fmt.Errorf("%s is about %q, which this build does not know", src.Address, src.Protocol)
	case src.Effect == schema.Approve && !l.routeNames[src.Route]:
		return nil, fmt.Errorf("%s names route %q, which is not in the bundle", src.Address, src.Route)
	}
	r := &rule{Rule: src, verbs: verbs, message: src.Address}
	if src.Message != "" {
		r.message += ": " + src.Message
	}
	if r.when, err = l.condition(l.ruleWords, src.When, src.Address); err != nil {
		return nil, err
	}
	if r.unless, err = l.condition(l.ruleWords, src.Unless, src.Address); err != nil {
		return nil, err
	}
	return r, nil
}

// condition loads a condition of a rule or mask; nil is none.
func (l *loader) condition(v *vocab.Vocabulary, c *schema.Condition, address string) (condition, error) {
	if c == nil {
		return condition{}, nil
	}
	return l.load(v, c.Text, vocab.Bool, address)
}

// masks gives each target the masks that cover a class of it, by rising address.
func (l *loader) masks() error {
	b := l.engine.bundle
	sources := make([]*schema.Mask, len(b.Masks))
	for i := range b.Masks {
		sources[i] = &b.Masks[i]
	}
	slices.SortFunc(sources, func(a, b *schema.Mask) int { return strings.Compare(a.Address, b.Address) })
	for i, src := range sources {
		if i > 0 && sources[i-1].Address == src.Address {
			return fmt.Errorf("%s stands in the bundle twice", src.Address)
		}
		if err := l.mask(src); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) mask(src *schema.Mask) error {
	if src.With == schema.TransformNone || src.With > schema.TransformNull {
		return fmt.Errorf("%s has a transform that this build does not know", src.Address)
	}
	if err := src.Treatment().Check(); err != nil {
		return fmt.Errorf("%s: %w", src.Address, err)
	}
	when, err := l.condition(l.maskWords, src.When, src.Address)
	if err != nil {
		return err
	}
	unless, err := l.condition(l.maskWords, src.Unless, src.Address)
	if err != nil {
		return err
	}
	for _, name := range src.Classes {
		if l.classIndex[name] == nil {
			return fmt.Errorf("%s names class %q, which is not in the bundle", src.Address, name)
		}
	}
	for _, t := range l.engine.targets {
		m := &mask{Mask: src, when: when, unless: unless}
		for i, c := range t.classes {
			if slices.Contains(src.Classes, c.name) {
				m.classes = append(m.classes, i)
			}
		}
		if len(m.classes) > 0 {
			t.masks = append(t.masks, m)
		}
	}
	return nil
}

// issuers checks their expressions again. The engine does not run them, but no bundle is taken by halves.
func (l *loader) issuers() error {
	for _, i := range l.engine.bundle.Issuers {
		whose := fmt.Sprintf("issuer %q", i.Name)
		expressions := []struct {
			text string
			want vocab.Type
		}{{i.Subject.Text, vocab.String}, {i.Groups.Text, vocab.StringList}, {i.Kind.Text, vocab.String}}
		for _, x := range expressions {
			if x.text == "" {
				continue // the identity room says which may be left out
			}
			if _, err := l.load(l.claimWords, x.text, x.want, whose); err != nil {
				return err
			}
		}
		for _, r := range i.Require {
			if _, err := l.load(l.claimWords, r.When.Text, vocab.Bool, whose); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish notes which targets have anything in dry run.
func (e *Engine) finish() {
	for _, t := range e.targets {
		t.dryRun = slices.ContainsFunc(t.rules, func(i int32) bool { return e.rules[i].Mode == schema.DryRun }) ||
			slices.ContainsFunc(t.masks, func(m *mask) bool { return m.Mode == schema.DryRun })
	}
}
