package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// judge decides the statements of tests as a gateway would: the issuer's mapping makes the principal, the classifier
// reads the SQL with the target's catalog snapshot, the engine decides, the masks change the rows. Once it knows the
// callers of a suite, it is used from several goroutines.
type judge struct {
	engine *engine.Engine
	bundle *schema.Bundle
	// factsCache and maker are shared with the judges of mutants: what SQL means does not change with the rules.
	*factsCache
	maker   *engine.Maker
	keys    *mask.Keys
	mappers map[string]*identity.Mapper
	suite   *schema.Suite
	callers map[string]*caller
	// prober is nil where coverage is not asked for.
	prober *engine.Prober
}

func newJudge(b *schema.Bundle, files fs.FS) (*judge, error) {
	m, err := engine.NewMaker()
	if err != nil {
		return nil, fail(err, "")
	}
	j := &judge{bundle: b, factsCache: newFactsCache(b, files), maker: m}
	if j.engine, err = m.New(b); err != nil {
		return nil, fail(err, "")
	}
	if j.keys, err = testKeys(b); err != nil {
		return nil, fail(err, "")
	}
	if j.mappers, err = mappersOf(b); err != nil {
		return nil, fail(err, "")
	}
	return j, nil
}

// meet makes the principals of a suite's tests.
func (j *judge) meet(s *schema.Suite) {
	j.suite, j.callers = s, make(map[string]*caller, len(s.Principals))
	for i := range s.Principals {
		j.callers[s.Principals[i].Name] = j.caller(&s.Principals[i])
	}
}

// probing lets a judge tell what coverage asks for.
func (j *judge) probing() error {
	p, err := engine.NewProber(j.engine)
	if err != nil {
		return fail(err, "")
	}
	j.prober = p
	return j.probeCallers()
}

// mutant gives the decider of a changed policy. What an unchanged issuer makes of claims stays as it is.
func (j *judge) mutant(bundle *schema.Bundle) (suite.Decider, error) {
	e, err := j.maker.New(bundle)
	if err != nil {
		return nil, err
	}
	m := &judge{engine: e, bundle: bundle, factsCache: j.factsCache, maker: j.maker, keys: j.keys, mappers: j.mappers, callers: j.callers}
	if len(bundle.Issuers) > 0 && &bundle.Issuers[0] != &j.bundle.Issuers[0] { // a mutant copies what it changes
		if m.mappers, err = mappersOf(bundle); err != nil {
			return nil, err
		}
		m.meet(j.suite)
	}
	return m.decide, nil
}

// testTime is the moment at which tests run that name none, so that a condition over request.time gives the same answer
// each day.
var testTime = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

func (j *judge) decide(t *schema.Test, p *schema.TestPrincipal, sql string) (suite.Observed, error) {
	c := j.callers[p.Name]
	if c.err != nil {
		return suite.Observed{}, c.err
	}
	out := suite.Observed{Refused: c.refused, Message: c.message, Principal: c.principal}
	if c.refused || t.Expect.Decision == "" {
		out.Probes, out.Decided = c.probes, c.decided
		return out, nil
	}
	actions, err := j.actions(t, sql)
	if err != nil {
		return suite.Observed{}, err
	}
	for i := range actions {
		next, err := j.one(t, c.principal, &actions[i])
		if err != nil {
			return suite.Observed{}, err
		}
		out = stricter(&out, &next, i == 0)
	}
	out.Probes, out.Decided = append(out.Probes, c.probes...), append(out.Decided, c.decided...)
	return out, nil
}

// stricter folds the statements of one text: it is as strict as its strictest, and all of them have shown something.
func stricter(out, next *suite.Observed, first bool) suite.Observed {
	strict := *out
	if first || next.Effect < out.Effect {
		strict = *next
	}
	if !first {
		strict.Accesses = slices.Concat(out.Accesses, next.Accesses)
		strict.Probes, strict.Decided = slices.Concat(out.Probes, next.Probes), slices.Concat(out.Decided, next.Decided)
	}
	return strict
}

// actions gives what a test asks for: the statements of its SQL, or a session.
func (j *judge) actions(t *schema.Test, sql string) ([]schema.Action, error) {
	if j.engine.Target(t.Target) == nil {
		return nil, fmt.Errorf("the policy has no target %q", t.Target)
	}
	if t.Connect {
		return []schema.Action{{Accesses: []schema.Access{{Verb: schema.VerbConnect}}, Text: schema.VerbConnect}}, nil
	}
	statements, err := j.classify(t.Target, sql)
	if err != nil {
		return nil, err
	}
	if len(statements) == 0 {
		return nil, errors.New("the text holds no statement")
	}
	actions := make([]schema.Action, len(statements))
	for i := range statements {
		if s := statements[i].Syntax; s != nil {
			return nil, fmt.Errorf("PostgreSQL's parser refuses the statement: %s", s.Message)
		}
		statements[i].Describe(&actions[i])
		if name := j.absent(t.Target, actions[i].Accesses); name != "" {
			return nil, fmt.Errorf("the catalog of target %q has no table %s, so the test would show nothing; correct the name, or write the catalog again with 'gatewright catalog pull'", t.Target, name)
		}
	}
	return actions, nil
}

// absent names a table that a statement reads or changes and that the target's catalog does not have; empty when it has
// them all.
func (j *judge) absent(target string, accesses []schema.Access) string {
	catalog, err := j.catalog(target)
	if err != nil {
		return ""
	}
	for i := range accesses {
		switch accesses[i].Verb {
		case schema.VerbSelect, schema.VerbInsert, schema.VerbUpdate, schema.VerbDelete:
		default:
			continue
		}
		parts, ok := schema.SplitName(accesses[i].Object)
		switch {
		case !ok || len(parts) == 2 && (strings.HasPrefix(parts[0], "pg_") || parts[0] == "information_schema"):
		case len(parts) != 2 || catalog.Relation(parts[0], parts[1]) == nil:
			return accesses[i].Object
		}
	}
	return ""
}

// one decides one action of a test.
func (j *judge) one(t *schema.Test, principal *schema.Principal, action *schema.Action) (suite.Observed, error) {
	action.Protocol, action.Target, action.Principal = schema.ProtocolPostgres, t.Target, principal
	action.Request = schema.Request{Time: t.Time, ClientAddress: t.ClientAddress, Application: t.Application}
	if t.Time.IsZero() {
		action.Request.Time = testTime
	}
	var d schema.Decision
	j.engine.Decide(action, &d)
	out := suite.Observed{
		Principal: principal, Effect: d.Effect, Rules: d.Rules, Message: d.Message, Route: d.Route, Would: would(action, &d),
		Trace: func() []schema.Trace { return j.engine.Trace(action) },
	}
	if len(t.Expect.Accesses) > 0 {
		out.Accesses = j.engine.Accesses(action)
	}
	if d.Effect != schema.Deny {
		for _, m := range d.Masks {
			out.Masked = append(out.Masked, action.Outputs[m.Output].Name)
		}
		rows, err := j.maskRows(t, action.Outputs, &d)
		if err != nil {
			return out, err
		}
		out.Rows = rows
	}
	if j.prober != nil {
		out.Probes = j.prober.Probe(action)
		out.Decided = j.decisive(t, action, &d, out.Probes)
	}
	return out, nil
}

// would is what rules in dry run would have made of a decision.
func would(action *schema.Action, d *schema.Decision) suite.Would {
	if d.Would == nil {
		return suite.Would{Effect: d.Effect}
	}
	w := suite.Would{Effect: d.Would.Effect, Rules: d.Would.Rules}
	for _, i := range d.Would.Masked {
		w.Masked = append(w.Masked, action.Outputs[i].Name)
	}
	return w
}
