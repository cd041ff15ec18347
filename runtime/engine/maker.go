package engine

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Maker makes engines of bundles that are mostly alike, such as the mutants of one policy: each expression is checked
// once for all of them. It may be used from many goroutines.
type Maker struct {
	ruleWords, maskWords, claimWords *vocab.Vocabulary

	mu sync.Mutex
	// programs are the conditions checked so far; many rules share one text.
	programs map[programKey]condition
}

type programKey struct {
	vocabulary *vocab.Vocabulary
	text       string
	want       vocab.Type
}

// NewMaker gives a Maker that knows no expression yet.
func NewMaker() (*Maker, error) {
	m := &Maker{programs: map[programKey]condition{}}
	for _, v := range []struct {
		into *(*vocab.Vocabulary)
		kind vocab.Kind
	}{{&m.ruleWords, vocab.Postgres}, {&m.maskWords, vocab.PostgresMask}, {&m.claimWords, vocab.Claims}} {
		made, err := vocab.New(v.kind)
		if err != nil {
			return nil, err
		}
		*v.into = made
	}
	return m, nil
}

// New makes an engine as the function New does.
func (m *Maker) New(b *schema.Bundle) (*Engine, error) {
	l := newLoader(m, b)
	for _, step := range []func() error{l.targets, l.classes, l.routes, l.rules, l.masks, l.issuers, l.engine.shelve} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	e := l.engine
	e.finish()
	rules := len(e.rules)
	e.pool.New = func() any { return newScratch(rules) }
	return e, nil
}

// load checks an expression of whose it is and prepares it, once.
func (m *Maker) load(v *vocab.Vocabulary, text string, want vocab.Type, whose string) (condition, error) {
	k := programKey{v, text, want}
	m.mu.Lock()
	known, ok := m.programs[k]
	m.mu.Unlock()
	if ok {
		return known, nil
	}
	checked, program, err := v.Load(text, want)
	if err != nil {
		return condition{}, fmt.Errorf("%s: %w", whose, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	fleeting := slices.ContainsFunc(checked.Facts(), func(fact string) bool { return fact == "request" || fact == "request.time" })
	m.programs[k] = condition{program, checked, fleeting}
	return m.programs[k], nil
}
