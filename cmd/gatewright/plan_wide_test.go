package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/schema"
)

// The wide universe: conditions of every kind, targets that change their labels, statements of several accesses. Its
// requests are too many to make all of them, so that they are made by chance: each difference found must be told.
var (
	wideRules = []string{
		"", "", "sql.limit < 10", "sql.limit in [5, 15, -1]", "(sql.has_where ? -1 : sql.tables.size()) < 0",
		"(sql.has_where ? sql.limit : size(sql.tables)) >= 2", "size(sql.tables) == 2", "sql.tables.size() > 1 && sql.has_where",
		"target.labels.env in principal.groups", "principal.subject == target.labels.env", "target.labels['none'] in principal.groups",
		"sql.tables.exists(t, t == target.labels.table)", "target.labels.exists(k, target.labels[k] == 'prod')",
		"access.object == target.labels.table", "size(target.labels) > 1", "target.labels.env.startsWith('p') != sql.has_where",
		"has(target.labels.table) ? access.object == target.labels.table : sql.has_where", "'table' in target.labels",
		"access.object.startsWith('s' + 's')", "access.object.startsWith('sales.')", "!access.object.startsWith('s')",
		"access.object.startsWith('public.a')", "access.object.endsWith('.z')", "access.object in sql.tables", "access.object.split('.')[1] == 'z'",
		"access.columns == []", "'x' in access.columns", "access.columns.all(c, c != 'x')", "size(access.columns) < 2",
		"principal.groups[0] == 'g0'", "principal.groups[1] == 'g1'", "principal.groups.exists_one(g, g.startsWith('g'))",
		"principal.groups.all(g, g != 'g1')", "principal.groups.exists(g, g == 'g0' || g in ['g1', 'test'])", "size(principal.groups) > 1",
		"principal.groups == ['g0']", "principal.groups.map(g, g.upperAscii())[0] == 'G0'", "has(principal.groups)", "has(sql.tables)",
		"principal.kind == 'human'", "principal.kind in ['human', 'agent']", "principal.kind < 'human'", "principal.issuer == 'corp'",
		"principal.subject.matches('^s[0-9]$')", "principal.subject.matches('^(s|t)1$')", "principal.subject in ['s1', 's2']",
		"request.application == 'app'", "request.application.startsWith('a')", "request.application.lowerAscii() == 'app'",
		"request.application < 'b'", "request.application == principal.subject", "request.application != ''",
		"request.client_address.startsWith('10.')", "request.time.getHours() < 12", "request.time.getDayOfWeek() in [0, 6]",
		"request.time.getHours('+02:00') >= 13", "request.time < timestamp('2026-06-01T00:00:00Z')",
		"request.time - timestamp('2026-01-01T00:00:00Z') < duration('48h')", "sql.has_limit == sql.has_where", "sql.has_limit != (sql.limit < 10)",
		"sql.has_where ? sql.limit < 10 : target.labels['none'] == ''", "1 / (sql.limit + 1) > 0 || sql.has_where", "sql.limit % 2 == 1",
		"sql.limit + 1 < 10", "sql.limit > sql.length", "!(sql.limit >= 10)", "sql.limit <= 9223372036854775807", "sql.limit < -1",
		"sql.functions.exists(f, f.startsWith('public.')) || sql.tables.exists(f, f.endsWith('.a'))", "sql.statement == 'select'",
		"sql.statement != access.verb", "access.verb in ['select', 'set']", "access.verb == 'connect' || sql.has_where", "access.verb.startsWith('s')",
		"true", "false", "'a' in ['a', 'b']", "sql.tables[0] == 'public.a'", "sql.tables[0] == 'public.a' || sql.has_where",
	}
	wideTexts   = []string{"", "app", "App", "b", "s1"}
	wideTimes   = []time.Time{time.Date(2026, 1, 2, 11, 30, 0, 0, time.UTC), time.Date(2026, 1, 4, 23, 0, 0, 0, time.UTC), time.Date(2026, 7, 6, 12, 0, 0, 0, time.UTC)}
	wideObjects = []string{"public.a", "public.b", "public.z", "sales.z", "ssales.z", "other.z", "plain"}
	wideLabels  = []map[string]string{
		{"env": "prod"}, {"env": "test"}, {"env": "prod", "table": "public.a"}, {"env": "prod", "table": "sales.z"}, {"env": "s1"}, {"table": "public.b"}, {},
	}
	wideRoutes = []string{"one", "two", "three"}
)

// wideMasks are the conditions that a mask may have: it knows no access.
func wideMasks() []string {
	return slices.DeleteFunc(slices.Clone(wideRules), func(text string) bool { return strings.Contains(text, "access.") })
}

func wideCondition(r *rand.Rand, from []string) *schema.Condition {
	c := drawCondition(r, from)
	if c == nil || r.IntN(3) > 0 {
		return c
	}
	if other := drawCondition(r, from); other != nil {
		return &schema.Condition{Text: fmt.Sprintf([]string{"(%s) && (%s)", "(%s) || !(%s)", "!((%s) || (%s))", "(%s) ? (%s) : false", "(%s) == (%s)"}[r.IntN(5)], c.Text, other.Text)}
	}
	return c
}

func wideRule(r *rand.Rand, n int) schema.Rule {
	rule := drawRule(r, n)
	rule.When, rule.Unless = wideCondition(r, wideRules), nil
	if r.IntN(4) == 0 {
		rule.Unless = wideCondition(r, wideRules)
	}
	if rule.Effect == schema.Approve {
		rule.Route = wideRoutes[r.IntN(len(wideRoutes))]
	}
	return rule
}

func wideMask(r *rand.Rand, n int) schema.Mask {
	m := drawMask(r, n)
	m.When, m.Unless = wideCondition(r, wideMasks()), nil
	if r.IntN(3) == 0 {
		m.Unless = wideCondition(r, wideMasks())
	}
	return m
}

func widePolicy(r *rand.Rand) *schema.Bundle {
	b := drawPolicy(r)
	b.Issuers = corp(nil).Issuers
	b.Issuers[0].Kind.Text = "claims.kind"
	b.Routes = nil
	for _, name := range wideRoutes {
		b.Routes = append(b.Routes, drawRoute(r, name))
	}
	for i := range b.Rules {
		b.Rules[i] = wideRule(r, i)
	}
	for i := range b.Masks {
		b.Masks[i] = wideMask(r, i)
	}
	if r.IntN(2) == 0 { // what other rules do then shows
		b.Rules = append(b.Rules, schema.Rule{Address: "allow.all", Effect: schema.Allow, Targets: []string{"db", "two"}, Verbs: []string{"*", "opaque"}})
	}
	for i := range b.Targets {
		b.Targets[i].Labels = wideLabels[r.IntN(len(wideLabels))]
	}
	return b
}

func wideEdit(r *rand.Rand, old *schema.Bundle) *schema.Bundle {
	b := *old
	b.Rules, b.Masks, b.Routes, b.Targets = slices.Clone(b.Rules), slices.Clone(b.Masks), slices.Clone(b.Routes), slices.Clone(b.Targets)
	b.Classes = slices.Clone(b.Classes)
	for range 1 + r.IntN(2) {
		i := r.IntN(len(b.Rules))
		switch r.IntN(10) {
		case 0:
			b.Targets[r.IntN(2)].Labels = wideLabels[r.IntN(len(wideLabels))]
		case 1:
			b.Rules[i].When = wideCondition(r, wideRules)
		case 2:
			b.Rules[i].Unless = wideCondition(r, wideRules)
		case 3:
			b.Rules[i].Mode = 1 - b.Rules[i].Mode
		case 4:
			b.Rules[i] = wideRule(r, 2000+r.IntN(1000)) // another name
		case 5:
			b.Rules = append(b.Rules, wideRule(r, 40+len(b.Rules)+r.IntN(1000)))
		case 6:
			if b.Rules[i].Effect == schema.Approve {
				b.Rules[i].Route = wideRoutes[r.IntN(len(wideRoutes))]
				if name := fmt.Sprintf("approve.r%d", 60+i); !slices.ContainsFunc(b.Rules, func(r schema.Rule) bool { return r.Address == name }) && r.IntN(2) == 0 {
					b.Rules[i].Address = name
				}
			}
		case 7:
			if n := len(b.Masks); n > 0 {
				j := r.IntN(n)
				m := wideMask(r, j)
				m.Address = b.Masks[j].Address
				b.Masks[j] = m
			}
		case 8:
			j := r.IntN(len(b.Routes))
			b.Routes[j] = drawRoute(r, b.Routes[j].Name)
		default:
			b.Rules = slices.Delete(b.Rules, i, i+1)
			if len(b.Rules) == 0 {
				b.Rules = append(b.Rules, wideRule(r, 80))
			}
		}
	}
	return &b
}

func anyOf[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// wideAction makes a request: a statement of up to three accesses, or connect.
func wideAction(r *rand.Rand) *schema.Action {
	a := &schema.Action{
		Protocol: schema.ProtocolPostgres, Target: anyOf(r, []string{"db", "two"}),
		Principal: &schema.Principal{
			Issuer: "corp", Subject: anyOf(r, []string{"s1", "t1", "prod", "app"}), Kind: anyOf(r, schema.Kinds), Groups: draw(r, []string{"g0", "g1", "prod", "test"}, 2),
		},
		Request: schema.Request{Time: anyOf(r, wideTimes), ClientAddress: anyOf(r, []string{"10.1.1.1", "192.0.2.1"}), Application: anyOf(r, wideTexts)},
	}
	if r.IntN(8) == 0 {
		a.Accesses = []schema.Access{{Verb: schema.VerbConnect}}
		return a
	}
	a.SQL = &schema.SQL{
		Statement: anyOf(r, []string{"select", "delete", "update"}), WhereBound: r.IntN(2) == 0, HasWhere: r.IntN(2) == 0, HasLimit: r.IntN(2) == 0,
		Limit: anyOf(r, []int64{-1, 0, 5, 9, 10, 15}), Length: anyOf(r, []int64{0, 7, 20}), Tables: draw(r, wideObjects, 2), Functions: draw(r, wideObjects, 1),
	}
	for range 1 + r.IntN(3) {
		access := schema.Access{Verb: anyOf(r, []string{"select", "select", "delete", "call", "alter", "opaque"}), Object: anyOf(r, wideObjects)}
		if access.Verb == schema.VerbOpaque {
			access.Object = ""
		}
		if r.IntN(2) == 0 {
			access.Columns = draw(r, []string{"x", "y"}, 2)
		}
		a.Accesses = append(a.Accesses, access)
	}
	columns := append([]string{schema.Everything}, planColumns...)
	if r.IntN(2) == 0 {
		a.Outputs = []schema.Output{{Name: "o", Origin: anyOf(r, []schema.Origin{schema.OriginBare, schema.OriginDerived}), Columns: draw(r, columns, 2)}}
	}
	if r.IntN(3) == 0 {
		a.Uses = []schema.Use{{Place: anyOf(r, []schema.Place{schema.PlacePredicate, schema.PlaceEquality, schema.PlaceEffect}), Columns: draw(r, columns, 2)}}
	}
	return a
}

// TestPlanHidesNothing: whatever changes for a request of the wide universe is told, and every witness differs.
func TestPlanHidesNothing(t *testing.T) {
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(11, uint64(i)))
			for pair := range widePairs / 4 {
				hidesNothing(t, r, pair)
			}
		})
	}
}

// widePairs is how many pairs of policies are tried, wideRequests how many requests each.
const (
	widePairs    = 600
	wideRequests = 300
)

func hidesNothing(t *testing.T, r *rand.Rand, pair int) {
	old := widePolicy(r)
	new := wideEdit(r, old)
	from, to := planSide(t, old), planSide(t, new)
	options := plan.Options{Random: r.IntN}
	if pair%8 == 0 { // where it is not decided, that is said
		options.Budget, options.Samples = 1+r.IntN(2_000), 500
	}
	report, err := plan.Compare(from, to, options)
	if err != nil {
		t.Fatal(err)
	}
	checkWitnesses(t, report, from, to)
	noColumns(t, report)
	if report.Undecided {
		return
	}
	var was, is schema.Decision
	for range wideRequests {
		a := wideAction(r)
		from.Decide(a, &was)
		to.Decide(a, &is)
		looser, tighter := strictness(a, &was, &is, old, new)
		if looser && !report.Loosens || tighter && !report.Tightens {
			t.Fatalf("pair %d: the plan says %s (%s); a request says looser %v, tighter %v\n%+v %+v %+v: %s by %v %s -> %s by %v %s\n%s\nold %s\nnew %s", pair, report.Verdict,
				report.Certainty, looser, tighter, *a, *a.Principal, *cmpOr(a.SQL), was.Effect, was.Rules, was.Route, is.Effect, is.Rules, is.Route, told(report), spell(old), spell(new))
		}
	}
}

// noColumns: opening a session, and what cannot be analysed, reads no columns.
func noColumns(t *testing.T, report *plan.Report) {
	t.Helper()
	for _, c := range report.Changes {
		for _, w := range c.Witnesses {
			if verb := w.Verb; (verb == schema.VerbConnect || verb == schema.VerbOpaque) && w.Action != nil && len(w.Action.Outputs)+len(w.Action.Uses) > 0 {
				t.Fatalf("%s: %s with columns: %+v", c.Address, verb, w.Action)
			}
		}
	}
}

// TestReachIsRightInTheWideUniverse: without the rules that are said to decide nothing, no request gets anything else,
// and what is said to match nothing stands behind no decision.
func TestReachIsRightInTheWideUniverse(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 1))
	found := 0
	for pair := range widePairs {
		b := widePolicy(r)
		for i := range b.Rules {
			if r.IntN(2) == 0 {
				b.Rules[i].Groups, b.Rules[i].Targets = nil, []string{"db"}
			}
		}
		idle, _, err := plan.Reach(b, 0)
		if err != nil {
			t.Fatal(err)
		}
		never := map[string]bool{}
		left := *b
		gone := func(address string) bool {
			return slices.ContainsFunc(idle, func(i plan.Idle) bool { return i.Rule == address && !i.Opens })
		}
		for _, i := range idle {
			never[i.Rule] = i.Never
		}
		left.Rules = slices.DeleteFunc(slices.Clone(b.Rules), func(r schema.Rule) bool { return gone(r.Address) })
		left.Masks = slices.DeleteFunc(slices.Clone(b.Masks), func(m schema.Mask) bool { return gone(m.Address) })
		found += len(b.Rules) - len(left.Rules)
		from, to := planSide(t, b), planSide(t, &left)
		var was, is schema.Decision
		for range wideRequests {
			a := wideAction(r)
			from.Decide(a, &was)
			to.Decide(a, &is)
			looser, tighter := strictness(a, &was, &is, b, &left)
			if looser || tighter || slices.ContainsFunc(was.Rules, func(rule string) bool { return never[rule] }) {
				t.Fatalf("policy %d: %+v\n%+v %+v %+v: %s by %v -> %s by %v\n%s", pair, idle, *a, *a.Principal, *cmpOr(a.SQL), was.Effect, was.Rules, is.Effect, is.Rules, spell(b))
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d rules were found idle", found)
	}
}

// TestPlanOfOneRule: what an edit of one rule, or of a label, means.
func TestPlanOfOneRule(t *testing.T) {
	all := schema.Rule{Address: "allow.all", Effect: schema.Allow, Targets: []string{"db"}, Verbs: []string{"select"}, Tables: []string{"*"}}
	rule := func(effect schema.Effect, when string, tables ...string) []schema.Rule {
		r := schema.Rule{Address: effect.String() + ".r", Effect: effect, Targets: []string{"db"}, Protocol: schema.ProtocolPostgres, Tables: tables}
		r.Verbs, r.When = []string{"select"}, &schema.Condition{Text: when}
		return []schema.Rule{r, all}[:map[schema.Effect]int{schema.Allow: 1, schema.Deny: 2}[effect]]
	}
	prod, test := map[string]string{"env": "prod"}, map[string]string{"env": "test"}
	for _, c := range []struct {
		name     string
		old, new []schema.Rule
		labels   [2]map[string]string
		want     plan.Verdict
		sure     plan.Certainty
	}{
		{"a group named by a label", rule(schema.Allow, "target.labels.env in principal.groups"), nil, [2]map[string]string{prod, test}, plan.Both, plan.Proved},
		{"a caller named by a label", rule(schema.Allow, "principal.subject == target.labels.env"), nil, [2]map[string]string{prod, test}, plan.Both, plan.Proved},
		{"a relation named by a label", rule(schema.Deny, "sql.tables.exists(t, t == target.labels.env)"), nil, [2]map[string]string{prod, test}, plan.Both, plan.Proved},
		{"a label that is asked for by itself", rule(schema.Allow, "target.labels.env in ['prod', 'test']"), nil, [2]map[string]string{prod, test}, plan.Refactor, plan.Proved},
		{"a beginning that is put together", rule(schema.Deny, "!access.object.startsWith('s' + 's')", "sales.*"), []schema.Rule{all}, [2]map[string]string{prod, prod}, plan.Loosens, plan.Proved},
		{"a size or something else", rule(schema.Deny, "(sql.has_where ? -1 : sql.tables.size()) < 0"), []schema.Rule{all}, [2]map[string]string{prod, prod}, plan.Loosens, plan.Proved},
		{"a size below zero", rule(schema.Deny, "sql.tables.size() < 0"), []schema.Rule{all}, [2]map[string]string{prod, prod}, plan.Refactor, plan.Proved},
		{"a deny where nothing is allowed", append(rule(schema.Deny, "true", "sales.*")[:1], rule(schema.Allow, "sql.has_where", "public.*")...),
			rule(schema.Allow, "sql.has_where", "public.*"), [2]map[string]string{prod, prod}, plan.Refactor, plan.Proved},
		{"a deny of what needs no allow", rule(schema.Deny, "true", "pg_catalog.*")[:1], nil, [2]map[string]string{prod, prod}, plan.Loosens, plan.Proved},
	} {
		t.Run(c.name, func(t *testing.T) {
			old, new := corp(nil), corp(nil)
			old.Rules, new.Rules = c.old, c.new
			if c.labels[0]["env"] != c.labels[1]["env"] {
				new.Rules = c.old
			}
			old.Targets[0].Labels, new.Targets[0].Labels = c.labels[0], c.labels[1]
			from, to := planSide(t, old), planSide(t, new)
			report, err := plan.Compare(from, to, plan.Options{Random: rand.New(rand.NewPCG(1, 1)).IntN})
			if err != nil {
				t.Fatal(err)
			}
			if report.Verdict != c.want || report.Certainty != c.sure {
				t.Errorf("%s (%s), want %s (%s)\n%s", report.Verdict, report.Certainty, c.want, c.sure, told(report))
			}
			checkWitnesses(t, report, from, to)
		})
	}
}
