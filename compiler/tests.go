package compiler

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// expand gives the tests that a test block stands for: itself or, where it has a table, one for each case.
func expand(t *syntax.Test) []syntax.Test {
	if t.Cases == nil {
		return []syntax.Test{*t}
	}
	out := make([]syntax.Test, len(t.Cases))
	for i := range t.Cases {
		out[i] = merged(t, &t.Cases[i])
	}
	return out
}

// merged gives a case with what it leaves to its test.
func merged(t, c *syntax.Test) syntax.Test {
	m := *c
	m.As, m.Target, m.Application = cmp.Or(c.As, t.As), cmp.Or(c.Target, t.Target), cmp.Or(c.Application, t.Application)
	m.ClientAddress, m.Connect, m.Time = cmp.Or(c.ClientAddress, t.ClientAddress), cmp.Or(c.Connect, t.Connect), cmp.Or(c.Time, t.Time)
	if !c.SQL.Set() {
		m.SQL = t.SQL
	}
	if c.Rows == nil {
		m.Rows = t.Rows
	}
	m.Faulty = t.Faulty
	m.Expect = mergedExpect(&t.Expect, &c.Expect)
	return m
}

// mergedExpect takes the case's expectations one by one before the test's. Another decision, or another outcome for the
// token, has nothing to do with what the test says of its own.
func mergedExpect(t, c *syntax.Expect) syntax.Expect {
	if c.Decision.Set() && c.Decision.Text != t.Decision.Text || c.Identity.Set() && c.Identity.Text != t.Identity.Text {
		return *c
	}
	m := *t
	m.Identity, m.Decision = cmp.Or(c.Identity, t.Identity), cmp.Or(c.Decision, t.Decision)
	m.Message, m.Route = cmp.Or(c.Message, t.Message), cmp.Or(c.Route, t.Route)
	for _, l := range []struct{ into, from *syntax.List }{
		{&m.By, &c.By}, {&m.Masked, &c.Masked}, {&m.MessageContains, &c.MessageContains},
	} {
		if l.from.Set() {
			*l.into = *l.from
		}
	}
	m.Principal, m.Would = cmp.Or(c.Principal, t.Principal), cmp.Or(c.Would, t.Would)
	if c.Accesses != nil {
		m.Accesses = c.Accesses
	}
	if c.Rows != nil {
		m.Rows = c.Rows
	}
	if c.Range.File != "" {
		m.Range = c.Range
	}
	return m
}

// tests resolves what the test files refer to. A name that is the test's own is told once, not for each case.
func (r *resolver) tests() {
	for i := range r.tree.Principals {
		r.referOne("issuer", r.tree.Principals[i].Issuer)
	}
	for i := range r.tree.Tests {
		t := &r.tree.Tests[i]
		r.test(t)
		for j := range t.Cases {
			r.test(&t.Cases[j])
		}
	}
}

func (r *resolver) test(t *syntax.Test) {
	r.referOne("principal", t.As)
	r.referOne("target", t.Target)
	r.referOne("route", t.Expect.Route)
	named := slices.Clone(t.Expect.By.Items)
	for _, a := range t.Expect.Accesses {
		named = append(named, a.By.Items...)
	}
	if t.Expect.Would != nil {
		named = append(named, t.Expect.Would.By.Items...)
	}
	for _, by := range named {
		r.rule(by)
	}
}

// tests checks a test block: what is written in it and in each case, then what they come to together.
func (c *checker) tests(t *syntax.Test) {
	c.test(t)
	for i := range t.Cases {
		c.test(&t.Cases[i])
	}
	told := map[schema.Range]bool{}
	for _, whole := range expand(t) {
		c.catalogued(&whole, told)
	}
	if t.Faulty {
		return
	}
	if t.Cases != nil && len(t.Cases) == 0 {
		c.add(t.Range, "Empty list", "The test has a table of cases, and there is none in it.", "Leave \"cases\" out, or write one.")
	}
	for _, whole := range expand(t) {
		c.whole(t, &whole)
	}
}

// test checks what is written in one place.
func (c *checker) test(t *syntax.Test) {
	c.full(t.SQL, "sql")
	c.full(t.Expect.MessageContains, "message_contains")
	c.word(t.Expect.Identity, "identity", schema.IdentityAccepted, schema.IdentityRefused)
	c.decision(t.Expect.Decision)
	for _, a := range t.Expect.Accesses {
		c.decision(a.Decision)
		c.word(a.Verb, "verb", schema.PostgresVerbs...)
	}
	if w := t.Expect.Would; w != nil {
		c.decision(w.Decision)
		c.says(w.Range, "would", "decision, by or masked", w.Decision.Set() || w.By.Set() || w.Masked.Set())
	}
	if p := t.Expect.Principal; p != nil {
		c.word(p.Kind, "kind", schema.Kinds...)
		c.says(p.Range, "principal", "subject, kind or groups", p.Subject.Set() || p.Kind.Set() || p.Groups.Set())
	}
	if a := t.ClientAddress; a.Set() {
		if _, err := netip.ParseAddr(a.Text); err != nil {
			c.add(a.Range, "Bad address", fmt.Sprintf("%q is no IP address.", a.Text), "Write one without a port, as \"10.0.0.7\" or \"2001:db8::7\".")
		}
	}
}

// says finds a block of an expectation that expects nothing.
func (c *checker) says(rng schema.Range, block, attributes string, something bool) {
	if !something {
		c.add(rng, "Missing attribute", fmt.Sprintf("A block %q without attributes expects nothing.", block), "Give it "+attributes+", or leave it out.")
	}
}

func (c *checker) decision(s syntax.String) {
	c.word(s, "decision", schema.Allow.String(), schema.Approve.String(), schema.Deny.String())
}

// whole checks a test, or a case together with its test, for what is missing and what cannot go together.
func (c *checker) whole(block, t *syntax.Test) {
	what := "A test block"
	if block.Cases != nil {
		what = fmt.Sprintf("The case %q", t.Name.Text)
	}
	missing := func(set bool, name string) {
		if !set {
			c.add(t.Range, "Missing attribute", fmt.Sprintf("%s needs %q.", what, name), fmt.Sprintf("Add %s = ... to the block.", name))
		}
	}
	missing(t.As.Set(), "as")
	e := &t.Expect
	if !e.Decision.Set() && !e.Identity.Set() && e.Principal == nil {
		c.expectsNothing(t, what)
		return
	}
	if e.Identity.Text == schema.IdentityRefused {
		c.refused(t)
		return
	}
	if !e.Decision.Set() {
		c.tokenOnly(t)
		return
	}
	missing(t.Target.Set(), "target")
	missing(t.SQL.Set() || t.Connect.Value, "sql")
	c.together(t)
}

func (c *checker) expectsNothing(t *syntax.Test, what string) {
	if rng := t.Expect.Range; rng.File != "" {
		c.add(rng, "Missing attribute", "An expect block needs \"decision\".", "Add decision = \"allow\", \"approve\" or \"deny\" to the block.")
		return
	}
	c.add(t.Range, "Missing block", what+" needs a block \"expect\".", "Add expect { ... } to it.")
}

// catalogued reports a target whose tables cannot be known, once for each place that names it.
func (c *checker) catalogued(t *syntax.Test, told map[schema.Range]bool) {
	target, ok := c.r.byName[t.Target.Text]
	if !ok || target.Catalog.Set() || t.Connect.Value || told[t.Target.Range] {
		return
	}
	told[t.Target.Range] = true
	c.add(t.Target.Range, "Target without catalog", fmt.Sprintf("Tests read the tables of %q from its catalog, and it has none.", t.Target.Text),
		fmt.Sprintf("Run gatewright catalog pull --out %s.catalog.json and add catalog = %q to the target.", t.Target.Text, t.Target.Text+".catalog.json"))
}

// refused checks a test of a token that must be refused: nothing else can come of it.
func (c *checker) refused(t *syntax.Test) {
	if e := &t.Expect; e.Decision.Set() || e.Principal != nil {
		c.add(e.Range, "Both refused and decided", "A caller whose token is refused asks for nothing.", "Keep identity = \"refused\", with message, or the rest.")
	}
	c.nothingDecided(t)
}

// tokenOnly checks a test that is about the token alone.
func (c *checker) tokenOnly(t *syntax.Test) {
	if e := &t.Expect; e.Message.Set() || e.MessageContains.Set() {
		c.add(e.Range, "Message without refusal", "A token that is accepted brings no message.", "Leave the message out, or say what is decided.")
	}
	c.nothingDecided(t)
}

func (c *checker) nothingDecided(t *syntax.Test) {
	e := &t.Expect
	if t.SQL.Set() || t.Connect.Set() {
		c.add(t.Range, "Missing expectation", "The test asks for something, and expects nothing of it.", "Add a decision to expect, or leave out sql and connect.")
		return
	}
	if e.By.Set() || e.Masked.Set() || e.Route.Set() || e.Accesses != nil || e.Would != nil || e.Rows != nil {
		c.add(e.Range, "Missing expectation", "What is expected of a decision stands here without the decision.", "Add decision = \"allow\", \"approve\" or \"deny\".")
	}
}

// together checks what one attribute says against another.
func (c *checker) together(t *syntax.Test) {
	e := &t.Expect
	if t.SQL.Set() && t.Connect.Value {
		c.add(t.Range, "Both sql and connect", "Opening a session comes before any statement.", "Write two tests.")
	}
	if len(t.Rows) == 0 && len(e.Rows) > 0 {
		c.add(e.Range, "Expected rows without rows", "There is nothing that the masks could be applied to.", "Add rows = [[...]] to the test.")
	}
	if e.Route.Set() && e.Decision.Text != schema.Approve.String() {
		c.add(e.Route.Range, "Route without approval", "Only what waits for approval has a route.", "Leave the route out, or expect decision = \"approve\".")
	}
}

// suite gives the policy's tests, in the order of files and lines.
func (e *emitter) suite() *schema.Suite {
	s := &schema.Suite{}
	for _, p := range e.l.tree.Principals {
		s.Principals = append(s.Principals, schema.TestPrincipal{Name: p.Name.Text, Issuer: p.Issuer.Text, Claims: p.Claims, Range: p.Range})
	}
	for i := range e.l.tree.Tests {
		block := &e.l.tree.Tests[i]
		for _, t := range expand(block) {
			out := schemaTest(&t)
			if block.Cases != nil {
				out.Name, out.Case = block.Name.Text, t.Name.Text
			}
			s.Tests = append(s.Tests, out)
		}
	}
	return s
}

func schemaTest(t *syntax.Test) schema.Test {
	return schema.Test{
		Name: t.Name.Text, As: t.As.Text, Target: t.Target.Text, SQL: t.SQL.Texts(), Connect: t.Connect.Value, Time: t.Time.Value,
		ClientAddress: t.ClientAddress.Text, Application: t.Application.Text, Rows: t.Rows, Range: t.Range, Expect: schemaExpect(&t.Expect),
	}
}

func schemaExpect(e *syntax.Expect) schema.Expect {
	out := schema.Expect{
		Identity: e.Identity.Text, Decision: e.Decision.Text, By: e.By.Texts(), Masked: e.Masked.Texts(), Rows: e.Rows,
		Message: e.Message.Text, MessageContains: e.MessageContains.Texts(), Route: e.Route.Text, Range: e.Range,
	}
	if p := e.Principal; p != nil {
		out.Principal = &schema.ExpectPrincipal{Subject: p.Subject.Text, Kind: p.Kind.Text, Groups: p.Groups.Texts(), Range: p.Range}
	}
	if w := e.Would; w != nil {
		out.Would = &schema.ExpectWould{Decision: w.Decision.Text, By: w.By.Texts(), Masked: w.Masked.Texts(), Range: w.Range}
	}
	for _, a := range e.Accesses {
		out.Accesses = append(out.Accesses, schema.ExpectAccess{
			Verb: a.Verb.Text, Object: a.Object.Text, Decision: a.Decision.Text, By: a.By.Texts(), Range: a.Range,
		})
	}
	return out
}
