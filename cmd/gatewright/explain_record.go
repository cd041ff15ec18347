package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// shownRecord is what the log says of the decision that is explained.
type shownRecord struct {
	Seq    uint64   `json:"seq"`
	Time   string   `json:"time"`
	Effect string   `json:"effect"`
	Rules  []string `json:"rules"`
	Bundle string   `json:"bundle"`
}

// explainRecord decides a recorded action anew, from what the log keeps of it.
func (p *program) explainRecord(j *judge, x *explain, out *explained) error {
	if x.record == 0 || x.audit == "" {
		return fail(errors.New("a recorded decision needs --record and --audit"), "Write --record NUMBER --audit FILE; 'gatewright audit query FILE' shows the numbers.")
	}
	e, opened, err := findRecord(x.audit, x.record, out)
	if err != nil {
		return err
	}
	principal := &schema.Principal{Issuer: e.Issuer, Subject: e.Subject, Kind: e.PrincipalKind}
	switch {
	case len(x.groups) > 0:
		principal.Groups = slices.Compact(slices.Sorted(slices.Values(x.groups)))
	case opened != nil:
		principal.Groups = opened.Groups
	default:
		return fail(fmt.Errorf("%s does not hold the beginning of session %s, which tells the groups of %s", x.audit, e.Session, e.Principal()), "Give them: --groups A,B.")
	}
	if j.engine.Target(e.Target) == nil {
		return fail(fmt.Errorf("line %d is about target %q, which this policy does not have", e.Seq, e.Target), "Give the bundle that decided it, "+e.Bundle+".")
	}
	action := schema.Action{
		Protocol: e.Protocol, Target: e.Target, Principal: principal, Text: e.Text,
		Request: schema.Request{Time: e.Time, ClientAddress: e.ClientAddress, Application: e.Application},
	}
	if opened != nil {
		action.Request.ClientAddress, action.Request.Application = opened.ClientAddress, opened.Application
	}
	v := &varier{judge: j, action: &action}
	if err := x.recall(v, e, out); err != nil {
		return err
	}
	out.Target, out.Principal = e.Target, principalText(principal)
	out.Record = &shownRecord{Seq: e.Seq, Time: e.Time.UTC().Format(timeText), Effect: e.Effect, Rules: append([]string{}, e.Rules...), Bundle: e.Bundle}
	text := x.explainAction(v)
	if text.Explanation == nil {
		return fail(fmt.Errorf("line %d is about %s on target %q, which is not decided statement by statement", e.Seq, cmp.Or(e.Protocol, "no protocol"), e.Target), "'gatewright audit query FILE --kind decision' shows the decisions with their numbers.")
	}
	out.Statements = []explainedText{text}
	switch {
	case j.bundle.ID == "":
		out.note("a directory has no content id: the record was decided by bundle %s, which may be another policy", e.Bundle)
	case j.bundle.ID != e.Bundle:
		out.note("this is bundle %s, and the record was decided by %s", j.bundle.ID, e.Bundle)
	}
	if e.Ticket != "" {
		out.note("the record names ticket %s: what was approved is told here as the policy alone decides it", e.Ticket)
	}
	if text.Effect.String() != e.Effect || !slices.Equal(text.Rules, e.Rules) {
		out.note("the record says %s by %v, and this policy with these facts says %s by %v", e.Effect, e.Rules, text.Effect, text.Rules)
	}
	return nil
}

func (x *explained) note(format string, args ...any) {
	x.Notes = append(x.Notes, fmt.Sprintf(format, args...))
}

// findRecord reads the log twice: for the decision, and for the beginning of its session.
func findRecord(path string, seq uint64, out *explained) (decision, opened *audit.Entry, err error) {
	find := func(f audit.Filter, take func(*audit.Entry)) (*audit.Coverage, error) {
		log, err := os.Open(path)
		if err != nil {
			return nil, fail(err, "Give the path of an audit log.")
		}
		defer log.Close()
		coverage, err := audit.Query(log, nil, f, func(e *audit.Entry) error {
			take(e)
			return nil
		})
		if err != nil {
			return nil, fail(err, "")
		}
		return coverage, nil
	}
	coverage, err := find(audit.Filter{}, func(e *audit.Entry) {
		if e.Seq == seq {
			decision = e
		}
	})
	switch {
	case err != nil:
		return nil, nil, err
	case ambiguous(coverage.Report, seq):
		return nil, nil, fail(fmt.Errorf("line %d may stand in %s more than once, or not in its place", seq, path), "Give the log of one gateway, as it wrote it: 'gatewright audit verify FILE' shows what is wrong.")
	case decision == nil:
		return nil, nil, fail(fmt.Errorf("%s has no line %d", path, seq), "'gatewright audit query FILE --kind decision' shows the decisions with their numbers.")
	case decision.Kind != audit.KindDecision && decision.Kind != audit.KindPrepared:
		return nil, nil, fail(fmt.Errorf("line %d is of kind %s, not a decision about a statement", seq, decision.Kind), "'gatewright audit query FILE --kind decision' shows the decisions with their numbers.")
	}
	if !coverage.Report.OK() {
		out.note("the log is not whole: see 'gatewright audit verify %s'", path)
	}
	_, err = find(audit.Filter{Session: decision.Session, Kind: audit.KindSessionOpened}, func(e *audit.Entry) {
		if e.Seq < seq {
			opened = e
		}
	})
	return decision, opened, err
}

// ambiguous reports whether a number may stand for several lines. A report that does not list all that is wrong may leave
// out just that.
func ambiguous(r *audit.Report, seq uint64) bool {
	return r.More > 0 || slices.ContainsFunc(r.Problems, func(p audit.Problem) bool { return p.Fault == audit.FaultMoved && p.Seq == seq })
}

// recall makes the facts of the statement again, and notes what they rest on.
func (x *explain) recall(v *varier, e *audit.Entry, out *explained) error {
	catalog, err := x.catalogOf(v.judge, e.Target)
	if err != nil {
		return err
	}
	v.catalog = catalog
	whole, differ := recall(e, catalog, v.action)
	if !whole {
		out.note("the log does not keep the whole text: all that conditions ask of it is unknown and counts as absent")
		v.kept = "the log does not keep the whole text"
		return nil
	}
	out.note("the text was read without its literals: sql.limit, sql.length and whether a WHERE is bound may not be those of the statement")
	if differ {
		out.note("with this catalog the text does something else than was recorded; the recorded accesses are used")
		v.kept = "with this catalog the text does something else than was recorded"
	}
	return nil
}

// recall makes the facts of a recorded statement again. The accesses are those of the log; everything else comes of
// reading the text that the log keeps, in which each literal is a parameter. whole is false where there is no text to
// read; differ is set where it is read otherwise than was recorded.
func recall(e *audit.Entry, catalog *schema.Catalog, a *schema.Action) (whole, differ bool) {
	accesses := make([]schema.Access, len(e.Accesses))
	for i, access := range e.Accesses {
		accesses[i] = schema.Access{Verb: access.Verb, Object: access.Object, Columns: access.Columns}
	}
	statements := sqlfacts.Classify(e.Text, &sqlfacts.Session{Catalog: catalog, SearchPath: catalog.SearchPath})
	if e.TextCut || len(statements) != 1 || statements[0].Syntax != nil {
		a.Accesses, a.SQL = accesses, &schema.SQL{Statement: e.Statement, Fingerprint: e.Fingerprint, OpaqueReason: e.Opaque, Limit: -1}
		return false, false
	}
	statements[0].Describe(a)
	a.Text = e.Text
	differ = markHarmless(accesses, a.Accesses)
	a.Accesses = accesses
	return true, differ
}

// markHarmless takes over from the accesses found now which of the recorded ones are harmless, and reports whether the
// two differ.
func markHarmless(recorded, found []schema.Access) (differ bool) {
	differ = len(recorded) != len(found)
	for i := range recorded {
		k := slices.IndexFunc(found, func(a schema.Access) bool { return a.Verb == recorded[i].Verb && a.Object == recorded[i].Object })
		if k < 0 {
			differ = true
			continue
		}
		recorded[i].Harmless = found[k].Harmless
	}
	return differ
}
