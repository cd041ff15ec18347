package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// askedFacts are the facts that conditions ask for, on one target.
type askedFacts struct {
	facts map[string]bool
	// bounds are the numbers that a fact is compared with; odd are the facts that are asked for in another way.
	bounds map[string][]int64
	odd    map[string]bool
}

// Facts that the log does not keep: what it keeps is the text without its literals.
const (
	factLimit      = "sql.limit"
	factLength     = "sql.length"
	factWhereBound = "sql.where_bound"
)

// askedOn gathers what the rules of a target and all masks ask for, in several policies.
func askedOn(target string, policies ...*schema.Bundle) (*askedFacts, error) {
	a := &askedFacts{facts: map[string]bool{}, bounds: map[string][]int64{}, odd: map[string]bool{}}
	rules, err := vocab.New(vocab.Postgres)
	if err != nil {
		return nil, fail(err, "")
	}
	masks, err := vocab.New(vocab.PostgresMask)
	if err != nil {
		return nil, fail(err, "")
	}
	for _, b := range policies {
		for i := range b.Rules {
			if r := &b.Rules[i]; slices.Contains(r.Targets, target) {
				err = errors.Join(err, a.read(rules, r.When, r.Unless))
			}
		}
		for i := range b.Masks {
			err = errors.Join(err, a.read(masks, b.Masks[i].When, b.Masks[i].Unless))
		}
	}
	return a, err
}

func (a *askedFacts) read(v *vocab.Vocabulary, conditions ...*schema.Condition) error {
	for _, c := range conditions {
		if c == nil {
			continue
		}
		checked, err := v.Reload(c.Text, vocab.Bool)
		if err != nil {
			return fail(err, "")
		}
		a.walk(checked.Logic())
	}
	return nil
}

func (a *askedFacts) walk(l *vocab.Logic) {
	for _, inner := range l.Args {
		a.walk(inner)
	}
	if l.Op != vocab.OpLeaf {
		return
	}
	for _, f := range l.Leaf.Facts {
		a.facts[f] = true
		switch {
		case l.Leaf.Form == vocab.FormBelow && l.Leaf.Term == f:
			a.bounds[f] = append(a.bounds[f], l.Leaf.Bound-1, l.Leaf.Bound)
		default:
			a.odd[f] = true
		}
	}
}

// of reports whether a fact is asked for, by itself or as a part of its variable.
func (a *askedFacts) of(fact string) bool {
	variable, _, _ := strings.Cut(fact, ".")
	return a.facts[fact] || a.facts[variable]
}

// oddly reports whether a number is asked for otherwise than by comparing it with others.
func (a *askedFacts) oddly(fact string) bool {
	variable, _, _ := strings.Cut(fact, ".")
	return a.odd[fact] || a.facts[variable]
}

// statement reports whether anything of the statement is asked for that only its whole text tells.
func (a *askedFacts) statement() bool {
	for f := range a.facts {
		if strings.HasPrefix(f, "sql") && f != "sql.statement" && f != "sql.fingerprint" {
			return true
		}
	}
	return false
}
