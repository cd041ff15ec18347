package main

import (
	"iter"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Bounds of what explain tries: requests for one way and in all, and facts that differ in one.
const (
	maxTried      = 600
	maxTriedInAll = 10_000
	maxVaried     = 3
)

// varier makes the requests that explain tries in place of one. What it makes of SQL has been read by the gateway's own
// classifier, and what it makes of a caller must come of a token by the issuer's mapping.
type varier struct {
	judge   *judge
	action  *schema.Action
	catalog *schema.Catalog
	// before are the statements of the text that come before.
	before []string
	// kept says why the statement cannot be changed; empty where it can.
	kept string
	// token are the claims of the caller's token; nil where they are not known.
	token map[string]any

	// spent counts the bytes of SQL that were read, for all statements of a text.
	spent   *int
	tried   int
	missing string
	read    map[string]*sqlfacts.Statement
	callers map[string]string
}

// edit gives one fact of a request another value.
type edit struct {
	engine.Change
	apply func(*schema.Action)
}

// Make gives the requests with one fact changed, then those with two, and so on.
func (v *varier) Make(flips []engine.Flip) iter.Seq[*engine.Variant] {
	v.missing = ""
	asked := v.asked(flips)
	facts := asked.edits()
	tries := 0
	return func(yield func(*engine.Variant) bool) {
		for n := 1; n <= min(maxVaried, len(facts)); n++ {
			if !v.some(facts, n, nil, &tries, yield) {
				return
			}
		}
	}
}

// some puts together n of the facts, each with each of its edits; it is false when no more is wanted.
func (v *varier) some(facts [][]edit, n int, chosen []edit, tries *int, yield func(*engine.Variant) bool) bool {
	if n == 0 {
		if *tries++; *tries > maxTried || v.tried > maxTriedInAll {
			return false
		}
		v.tried++
		return yield(v.variant(chosen))
	}
	for i := range facts {
		for _, e := range facts[i] {
			if !v.some(facts[i+1:], n-1, append(slices.Clip(chosen), e), tries, yield) {
				return false
			}
		}
	}
	return true
}

func (v *varier) variant(edits []edit) *engine.Variant {
	a, principal := *v.action, *v.action.Principal
	a.Principal = &principal
	out := &engine.Variant{Action: &a}
	for _, e := range edits {
		e.apply(&a)
		out.Changes = append(out.Changes, e.Change)
	}
	return out
}

// Missing says why there may be more.
func (v *varier) Missing() string { return v.missing }

// Real reports whether the caller of a request is one that an issuer's mapping makes.
func (v *varier) Real(variant *engine.Variant) bool {
	p, was := variant.Action.Principal, v.action.Principal
	if p.Is(was) && p.Kind == was.Kind && slices.Equal(p.Groups, was.Groups) {
		return true
	}
	key := strings.Join(append([]string{p.Issuer, p.Subject, p.Kind}, p.Groups...), "\x00")
	why, known := v.callers[key]
	if !known {
		why = v.unreal(p)
		v.callers[key] = why
	}
	if why != "" && why != never {
		v.missing = why
	}
	return why == ""
}

// never is why nothing is missing where a caller cannot be: no token makes it.
const never = "never"

// unreal says why there may be no such caller; empty when a token was found that makes it.
func (v *varier) unreal(p *schema.Principal) string {
	i := slices.IndexFunc(v.judge.bundle.Issuers, func(i schema.Issuer) bool { return i.Name == p.Issuer })
	if i < 0 {
		return never
	}
	issuer := &v.judge.bundle.Issuers[i]
	var base map[string]any
	if p.Issuer == v.action.Principal.Issuer {
		base = v.token
	}
	switch caller := (plan.Caller{Issuer: p.Issuer, Subject: p.Subject, Kind: p.Kind, Groups: p.Groups}); {
	case excluded(issuer, p):
		return never
	case claimsOf(issuer, &caller, base) != nil, base != nil && claimsOf(issuer, &caller, nil) != nil:
		return ""
	}
	return "no token was found of which issuer " + p.Issuer + " makes such a caller"
}

// excluded reports whether an issuer's mapping cannot make the caller, since it gives only what is written in it.
func excluded(i *schema.Issuer, p *schema.Principal) bool {
	words, err := vocab.New(vocab.Claims)
	if err != nil {
		return false
	}
	kind := i.Kind.Text
	if kind == "" {
		kind = "'" + schema.KindMachine + "'"
	}
	is := func(want []string) func([]string) bool {
		return func(given []string) bool {
			return slices.Equal(slices.Compact(slices.Sorted(slices.Values(given))), want)
		}
	}
	return !mayGive(words, kind, vocab.String, is([]string{p.Kind})) ||
		i.Groups.Text != "" && !mayGive(words, i.Groups.Text, vocab.StringList, is(p.Groups)) ||
		i.Subject.Text != "" && !mayGive(words, i.Subject.Text, vocab.String, is([]string{p.Subject}))
}

// mayGive reports whether an expression may give what fits: it cannot where all that it may give are other literals.
func mayGive(words *vocab.Vocabulary, text string, want vocab.Type, fits func([]string) bool) bool {
	c, _, err := words.Load(text, want)
	if err != nil {
		return true
	}
	var may func(*vocab.Branch) bool
	may = func(b *vocab.Branch) bool {
		if b.When != nil {
			return may(b.Then) || may(b.Else)
		}
		return !b.Literal || fits(b.Constants)
	}
	return may(c.Branches())
}
