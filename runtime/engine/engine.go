package engine

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Engine decides by one bundle. It is immutable and may be used from many goroutines.
type Engine struct {
	bundle  *schema.Bundle
	targets map[string]*target
	// groups, objects and schemas number the names that rules use, from 1; 0 stands for any.
	groups, objects, schemas map[string]uint32
	pool                     sync.Pool
}

// New checks every expression of the bundle against this build's vocabulary and indexes its rules. b must not change
// afterwards.
func New(b *schema.Bundle) (*Engine, error) {
	l, err := newLoader(b)
	if err != nil {
		return nil, err
	}
	for i := range b.Targets {
		t := &b.Targets[i]
		if t.Protocol != schema.ProtocolPostgres {
			return nil, fmt.Errorf("target %q speaks %q, which this build does not know", t.Name, t.Protocol)
		}
		l.engine.targets[t.Name] = &target{schema: t, columns: map[string][]int{}}
	}
	if err := l.classes(); err != nil {
		return nil, err
	}
	if err := l.rules(); err != nil {
		return nil, err
	}
	if err := l.masks(); err != nil {
		return nil, err
	}
	e := l.engine
	largest := 0
	for _, t := range e.targets {
		t.finish()
		largest = max(largest, len(t.rules))
	}
	e.pool.New = func() any { return newScratch(largest) }
	return e, nil
}

// Bundle gives the bundle that the engine decides by.
func (e *Engine) Bundle() *schema.Bundle { return e.bundle }

// Target gives a target of the bundle; nil when there is none of that name.
func (e *Engine) Target(name string) *schema.Target {
	if t := e.targets[name]; t != nil {
		return t.schema
	}
	return nil
}

// target is what the engine knows of one target.
type target struct {
	schema *schema.Target
	// rules are the rules that name the target, by rising address.
	rules []*rule
	// relations and functions find the rules that may match an access: all verbs but call, and call.
	relations, functions postings
	// columns maps a canonical column name to the classes it is of, as indexes into classes.
	columns map[string][]int
	classes []class
	masks   []*mask
	// dryRun is set when any rule or mask of the target is in dry run.
	dryRun bool
}

type class struct {
	name   string
	detect []string
}

// rule is a schema.Rule ready to match.
type rule struct {
	*schema.Rule
	verbs uint32
	when  condition
	// unless is the condition that lifts the rule.
	unless condition
	// message is what the caller is told.
	message string
}

// condition is a checked expression; the zero value is none.
type condition struct {
	program *vocab.Program
	checked *vocab.Condition
}

// mask is a schema.Mask ready to stand.
type mask struct {
	*schema.Mask
	when, unless condition
	// classes are indexes into the target's classes.
	classes []int
}

// loader holds what New needs on the way.
type loader struct {
	engine                         *Engine
	ruleVocabulary, maskVocabulary *vocab.Vocabulary
	classIndex                     map[string]*schema.Class
}

func newLoader(b *schema.Bundle) (*loader, error) {
	rules, err := vocab.New(vocab.Postgres)
	if err != nil {
		return nil, err
	}
	masks, err := vocab.New(vocab.PostgresMask)
	if err != nil {
		return nil, err
	}
	return &loader{
		engine: &Engine{
			bundle: b, targets: map[string]*target{},
			groups: map[string]uint32{}, objects: map[string]uint32{}, schemas: map[string]uint32{},
		},
		ruleVocabulary: rules, maskVocabulary: masks, classIndex: map[string]*schema.Class{},
	}, nil
}

// classes gives each target its classes and their columns.
func (l *loader) classes() error {
	for i := range l.engine.bundle.Classes {
		c := &l.engine.bundle.Classes[i]
		l.classIndex[c.Name] = c
		for _, name := range c.Targets {
			t := l.engine.targets[name]
			if t == nil {
				return fmt.Errorf("class %q names target %q, which is not in the bundle", c.Name, name)
			}
			t.classes = append(t.classes, class{name: c.Name, detect: c.Detect})
			for _, column := range c.Columns {
				t.columns[column] = append(t.columns[column], len(t.classes)-1)
			}
		}
	}
	return nil
}

// rules prepares each rule once and posts it with each of its targets.
func (l *loader) rules() error {
	for i := range l.engine.bundle.Rules {
		r, err := l.prepare(&l.engine.bundle.Rules[i])
		if err != nil {
			return err
		}
		for _, name := range r.Targets {
			t := l.engine.targets[name]
			if t == nil {
				return fmt.Errorf("rule %s names target %q, which is not in the bundle", r.Address, name)
			}
			if r.Protocol != "" && r.Protocol != t.schema.Protocol {
				continue
			}
			l.engine.post(t, r)
		}
	}
	return nil
}

func (l *loader) prepare(src *schema.Rule) (*rule, error) {
	verbs, err := verbBits(src)
	if err != nil {
		return nil, err
	}
	r := &rule{Rule: src, verbs: verbs, message: src.Address}
	if src.Message != "" {
		r.message += ": " + src.Message
	}
	if r.when, err = load(l.ruleVocabulary, src.When, src.Address); err != nil {
		return nil, err
	}
	if r.unless, err = load(l.ruleVocabulary, src.Unless, src.Address); err != nil {
		return nil, err
	}
	return r, nil
}

func load(v *vocab.Vocabulary, c *schema.Condition, address string) (condition, error) {
	if c == nil {
		return condition{}, nil
	}
	checked, program, err := v.Load(c.Text, vocab.Bool)
	if err != nil {
		return condition{}, fmt.Errorf("%s: %w", address, err)
	}
	return condition{program: program, checked: checked}, nil
}

// masks gives each target the masks that cover a class of it.
func (l *loader) masks() error {
	for i := range l.engine.bundle.Masks {
		src := &l.engine.bundle.Masks[i]
		when, err := load(l.maskVocabulary, src.When, src.Address)
		if err != nil {
			return err
		}
		unless, err := load(l.maskVocabulary, src.Unless, src.Address)
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
	}
	return nil
}

// finish is called once everything is posted.
func (t *target) finish() {
	for _, r := range t.rules {
		t.dryRun = t.dryRun || r.Mode == schema.DryRun
	}
	for _, m := range t.masks {
		t.dryRun = t.dryRun || m.Mode == schema.DryRun
	}
}
