package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// maxReasons is how many reasons are shown as text; the json format has them all.
const maxReasons = 20

// printExplained shows the explanation, each part with the line of the policy where it is written.
func (p *program) printExplained(x *explained, b *schema.Bundle) error {
	t := explainText{sources: map[string][]byte{}}
	for _, s := range b.Sources {
		t.sources[s.Path] = s.Text
	}
	who := fmt.Sprintf("%s/%s (%s, groups %v) on %s", x.Principal.Issuer, x.Principal.Subject, x.Principal.Kind, x.Principal.Groups, x.Target)
	t.line("", who)
	if r := x.Record; r != nil {
		t.line("", fmt.Sprintf("recorded as #%d at %s: %s by %v", r.Seq, r.Time, r.Effect, r.Rules))
	}
	for _, note := range x.Notes {
		t.line("note: ", note)
	}
	for i := range x.Statements {
		t.statement(&x.Statements[i])
	}
	_, err := fmt.Fprint(p.stdout, t.String())
	return err
}

type explainText struct {
	strings.Builder
	sources map[string][]byte
}

func (t *explainText) line(lead, text string) {
	rest := strings.Repeat(" ", len(lead)-len(strings.TrimLeft(lead, " "))) + "  "
	fmt.Fprintln(t, wrap(lead, rest, oneLine(text)))
}

func (t *explainText) statement(s *explainedText) {
	fmt.Fprintln(t)
	t.line("", s.SQL)
	if len(s.Accesses) > 0 {
		t.line("  does ", strings.Join(s.Accesses, ", "))
	}
	outcome := strings.ToUpper(s.Effect.String())
	if s.Message != "" {
		outcome += ": " + s.Message
	}
	t.line("", outcome)
	t.because(s)
	for _, r := range s.Masked {
		t.line("masked ", strings.Join(r.Columns, ", ")+", because")
		t.reason(&r)
	}
	t.otherwise(s)
}

func (t *explainText) because(s *explainedText) {
	switch {
	case len(s.Because) > 0:
		t.line("", "because")
	case s.Effect == schema.Deny:
		t.line("", "because there is no allow rule about this target")
	default:
		t.line("", "because it needs no rule, and none refuses it")
	}
	for i := range s.Because[:min(len(s.Because), maxReasons)] {
		t.reason(&s.Because[i])
	}
	if more := len(s.Because) - maxReasons; more > 0 {
		t.line("  ", fmt.Sprintf("and %s more; --format json shows them all", count(more, "rule")))
	}
}

func (t *explainText) reason(r *engine.Reason) {
	verb := "matches"
	if !r.Matches {
		verb = "does not match"
	}
	switch {
	case r.Access == "" && r.Matches:
		verb = "stands"
	case r.Access == "":
		verb = "does not stand"
	}
	t.line("  ", strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Rule, verb, r.Access)))
	t.source(r.Range)
	if len(r.Parts) == 0 {
		t.line("    ", "it has no scope and no condition that could keep it away")
	}
	for _, part := range r.Parts {
		t.line("    ", atomText(part.In, part.Atom)+" is "+part.Value)
		for _, fact := range part.Facts {
			if fact.Text != part.Text {
				t.line("      ", fact.Text+" = "+fact.Value)
			}
		}
		if part.Range != r.Range {
			t.source(part.Range)
		}
	}
}

func atomText(in string, a *engine.Atom) string {
	if a.Part == "term" {
		return in + " " + a.Text
	}
	return in + " = " + a.Text
}

// source shows the line where a range begins.
func (t *explainText) source(rng schema.Range) {
	line, _ := lineAt(t.sources[rng.File], rng.Start.Byte)
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		t.line("      ", "at "+rng.String())
		return
	}
	before, mark, after := excerpt(line, 0, 0, columns-len("      ")-len(rng.String())-2)
	fmt.Fprintf(t, "      %s: %s%s%s\n", oneLine(rng.String()), before, mark, after)
}

func (t *explainText) otherwise(s *explainedText) {
	if len(s.Otherwise) == 0 {
		t.line("", "nothing that was tried makes it otherwise")
		return
	}
	for i := range s.Otherwise {
		t.alternative(&s.Otherwise[i])
	}
}

// alternative shows a request that was decided otherwise, or a way that was not tried.
func (t *explainText) alternative(o *engine.Alternative) {
	effect := strings.ToUpper(o.Effect.String())
	if !o.Decided {
		t.line("", "possible, not tried: it may be "+effect+" if")
		for _, f := range o.Changes {
			t.line("  ", f.Rule+": "+atomText(f.In, f.Atom)+" were "+f.To+", and not "+f.Value)
		}
		t.line("  ", "("+o.Reason+")")
		return
	}
	switch {
	case len(o.Rules) > 0:
		effect += " by " + strings.Join(o.Rules, ", ")
	case o.Effect == schema.Deny:
		effect += ", as no rule allows it,"
	}
	t.line("", "tried, it is "+effect+" with")
	for _, c := range o.Request {
		t.line("  ", c.What+" = "+c.To)
	}
	for _, f := range o.Changes {
		t.line("    ", f.Rule+": "+atomText(f.In, f.Atom)+" is then "+f.To)
	}
}
