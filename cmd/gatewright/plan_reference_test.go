package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// The small universe: what random policies speak of, and no more, so that every request can be made.
var (
	planGroups  = []string{"g0", "g1"}
	planVerbs   = []string{"select", "delete", "call", "opaque", "*", "connect"}
	planTables  = []string{"public.a", "public.b", "public.*", "sales.*", "*", "pg_catalog.*", "work_mem"}
	planObjects = []string{"public.a", "public.b", "public.z", "sales.z", "other.z", "pg_catalog.z", "work_mem"}
	// planHarmless are accesses that need no allow: reading the system's relations, and plain settings.
	planHarmless = []schema.Access{
		{Verb: schema.VerbSelect, Object: "pg_catalog.z", Harmless: true}, {Verb: schema.VerbSet, Object: "work_mem", Harmless: true},
		{Verb: schema.VerbSet, Object: "enable_sort", Harmless: true},
	}
	planColumns = []string{"public.a.x", "public.b.x"}
	planRules   = []string{
		"", "", "", "sql.where_bound", "!sql.where_bound", "principal.kind == 'human'", "principal.kind in ['machine', 'agent']",
		"'g1' in principal.groups && sql.where_bound", "sql.where_bound && 'g1' in principal.groups", "sql.limit < 10", "sql.limit <= 9",
		"target.labels['none'] == ''", "sql.where_bound || target.labels['none'] == ''", "target.labels.env == 'prod'",
		"access.object == 'public.a'", "access.verb != 'select' || sql.limit < 10", "access.object.startsWith('public.')",
		"principal.kind == 'human' ? sql.where_bound : sql.limit > 9", "sql.limit < 10 && sql.limit > 20", "access.verb == 'connect'",
	}
	planMasks = []string{
		"", "", "'g1' in principal.groups", "sql.where_bound", "principal.kind == 'human'", "target.labels['none'] == ''", "sql.limit < 10",
		"!sql.where_bound", "sql.limit < 10 && sql.limit > 20", "sql.where_bound && 'g1' in principal.groups", "sql.where_bound || principal.kind == 'human'",
	}
)

func draw(r *rand.Rand, from []string, most int) []string {
	var out []string
	for range r.IntN(most + 1) {
		out = append(out, from[r.IntN(len(from))])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func drawCondition(r *rand.Rand, from []string) *schema.Condition {
	if text := from[r.IntN(len(from))]; text != "" {
		return &schema.Condition{Text: text}
	}
	return nil
}

func drawRule(r *rand.Rand, n int) schema.Rule {
	effect := []schema.Effect{schema.Deny, schema.Approve, schema.Allow, schema.Allow, schema.Allow}[r.IntN(5)]
	rule := schema.Rule{
		Address: fmt.Sprintf("%s.r%d", effect, n), Effect: effect, Protocol: schema.ProtocolPostgres, Groups: draw(r, planGroups, 2),
		Targets: [][]string{{"db"}, {"db"}, {"db", "two"}, {"two"}}[r.IntN(4)], Verbs: draw(r, planVerbs, 2), Tables: draw(r, planTables, 2),
		When: drawCondition(r, planRules), Mode: schema.Mode(r.IntN(8) / 7),
	}
	if r.IntN(3) == 0 {
		rule.Unless = drawCondition(r, planRules)
	}
	if r.IntN(3) == 0 {
		rule.Functions = draw(r, planTables, 1)
	}
	if effect == schema.Approve {
		rule.Route = []string{"one", "two"}[r.IntN(2)]
	}
	return rule
}

// planTreatments are of five strengths, two of them buckets that differ in width.
var planTreatments = []schema.Treatment{
	{With: schema.TransformBucket, Argument: "10"}, {With: schema.TransformBucket, Argument: "100"}, {With: schema.TransformLast4},
	{With: schema.TransformHash, Argument: "k"}, {With: schema.TransformNull},
}

func drawMask(r *rand.Rand, n int) schema.Mask {
	m := schema.Mask{
		Address: fmt.Sprintf("mask.m%d", n), Classes: [][]string{{"c"}, {"d"}, {"c", "d"}}[r.IntN(3)], Groups: draw(r, planGroups, 1),
	}
	how := planTreatments[r.IntN(len(planTreatments))]
	m.With, m.Argument = how.With, how.Argument
	m.Predicates = schema.Predicates(r.IntN(3))
	m.When, m.Mode = drawCondition(r, planMasks), schema.Mode(r.IntN(8)/7)
	if r.IntN(3) == 0 {
		m.Unless = drawCondition(r, planMasks)
	}
	return m
}

func drawRoute(r *rand.Rand, name string) schema.Route {
	return schema.Route{
		Name: name, Approvers: [][]string{{"corp/group:dba"}, {"corp/group:dba", "corp/group:ops"}}[r.IntN(2)],
		ApproverKinds: []string{"human"}, Quorum: 1 + r.IntN(2), Hold: time.Minute, Expires: time.Hour,
	}
}

func drawPolicy(r *rand.Rand) *schema.Bundle {
	b := &schema.Bundle{
		Language: 1, Name: "p",
		Targets: []schema.Target{
			{Name: "db", Protocol: schema.ProtocolPostgres, Labels: map[string]string{"env": "prod"}},
			{Name: "two", Protocol: schema.ProtocolPostgres, Labels: map[string]string{"env": "test"}},
		},
		Classes: []schema.Class{
			{Name: "c", Targets: []string{"db"}, Columns: draw(r, planColumns, 2)},
			{Name: "d", Targets: []string{"db"}, Columns: draw(r, planColumns, 1), Detect: draw(r, schema.Detectors[:1], 1)},
		},
		Routes: []schema.Route{drawRoute(r, "one"), drawRoute(r, "two")},
	}
	for n := range 1 + r.IntN(6) {
		b.Rules = append(b.Rules, drawRule(r, n))
	}
	for n := range r.IntN(3) {
		b.Masks = append(b.Masks, drawMask(r, n))
	}
	return b
}

// drawEdit changes a few things, as people do: or writes another policy altogether.
func drawEdit(r *rand.Rand, old *schema.Bundle) *schema.Bundle {
	if r.IntN(6) == 0 {
		return drawPolicy(r)
	}
	b := *old
	b.Rules, b.Masks, b.Routes, b.Classes, b.Targets = slices.Clone(b.Rules), slices.Clone(b.Masks), slices.Clone(b.Routes), slices.Clone(b.Classes), slices.Clone(b.Targets)
	for range 1 + r.IntN(2) {
		switch r.IntN(10) {
		case 0:
			b.Rules = slices.Delete(b.Rules, 0, 1)
			if len(b.Rules) == 0 {
				b.Rules = append(b.Rules, drawRule(r, 1))
			}
		case 1:
			b.Rules = append(b.Rules, drawRule(r, 10+len(b.Rules)))
		case 2:
			b.Routes[r.IntN(2)] = drawRoute(r, b.Routes[r.IntN(2)].Name)
			b.Routes[0].Name, b.Routes[1].Name = "one", "two"
		case 3:
			b.Classes[r.IntN(2)].Columns = draw(r, planColumns, 2)
		case 4:
			b.Masks = append(b.Masks, drawMask(r, 10+len(b.Masks)))
		case 5:
			if n := len(b.Masks); n > 0 {
				i := r.IntN(n)
				m := drawMask(r, 0)
				m.Address = b.Masks[i].Address
				b.Masks[i] = m
			}
		case 6:
			b.Targets[0].Labels = map[string]string{"env": []string{"test", "prod"}[r.IntN(2)]}
		default:
			rule := &b.Rules[r.IntN(len(b.Rules))]
			switch r.IntN(6) {
			case 0:
				rule.When = drawCondition(r, planRules)
			case 1:
				rule.Unless = drawCondition(r, planRules)
			case 2:
				rule.Groups = draw(r, planGroups, 2)
			case 3:
				rule.Tables = draw(r, planTables, 2)
			case 4:
				rule.Verbs = draw(r, planVerbs, 2)
			default:
				rule.Mode = schema.Mode(r.IntN(2))
			}
		}
	}
	return &b
}

// universe calls f with every request; with masks, each reading what they hide, too.
func universe(masks bool, f func(*schema.Action)) {
	for _, target := range []string{"db", "two"} {
		for _, groups := range [][]string{nil, {"g0"}, {"g1"}, {"g0", "g1"}} {
			for _, kind := range []string{schema.KindHuman, schema.KindAgent} { // no condition tells agents from machines
				for facts := range 4 {
					sql := &schema.SQL{WhereBound: facts&1 != 0, Limit: []int64{5, 15}[facts/2]}
					base := schema.Action{
						Protocol: schema.ProtocolPostgres, Target: target, SQL: sql,
						Principal: &schema.Principal{Issuer: "corp", Subject: "s", Groups: groups, Kind: kind},
					}
					accesses(base, masks && target == "db", f)
				}
			}
		}
	}
}

func accesses(base schema.Action, masks bool, f func(*schema.Action)) {
	do := func(access schema.Access) {
		a := base
		a.Accesses = []schema.Access{access}
		f(&a)
	}
	for _, object := range planObjects {
		for _, verb := range []string{"select", "delete", "call", "alter"} {
			do(schema.Access{Verb: verb, Object: object})
			if masks {
				reads(base, schema.Access{Verb: verb, Object: object}, f)
			}
		}
	}
	for _, access := range planHarmless {
		do(access)
	}
	do(schema.Access{Verb: schema.VerbOpaque})
	if base.SQL.WhereBound && base.SQL.Limit == 5 {
		base.SQL = nil
		do(schema.Access{Verb: schema.VerbConnect})
	}
}

// planShows are the columns that the relations of the small universe have, with what each is made of: tables, a view of one
// column, a view that joins two, and one of no classed column. What a column is made of may also be unknown.
var planShows = map[string][][]string{
	"public.a": {{"public.a.x"}, {schema.Everything}},
	"public.b": {{"public.b.x"}, {schema.Everything}},
	"public.z": {{"public.a.x", "public.z.v"}, {schema.Everything}},
	"sales.z":  {{"public.a.x", "public.b.x", "sales.z.m"}, {schema.Everything}},
	"other.z":  {{"other.z.o"}, {schema.Everything}},
	// A name that is a setting as well, and a system relation that shows more than structure where an allow is needed.
	"work_mem":     {{schema.Everything}},
	"pg_catalog.z": {{schema.Everything}},
}

// smallStructure is what planShows says, for the plan.
func smallStructure(string) plan.Structure {
	s := plan.Structure{Known: true}
	for _, name := range planObjects {
		r := plan.Relation{Name: name}
		for i, sources := range planShows[name] {
			r.Columns = append(r.Columns, plan.Column{Name: fmt.Sprint("c", i), Sources: sources})
		}
		s.Relations = append(s.Relations, r)
	}
	return s
}

// reads makes requests that do something with columns.
func reads(base schema.Action, access schema.Access, f func(*schema.Action)) {
	columns := planShows[access.Object]
	if access.Verb == schema.VerbCall {
		columns = [][]string{{schema.Everything}}
	}
	for _, sources := range columns {
		a := base
		a.Accesses = []schema.Access{access}
		a.Outputs = []schema.Output{{Name: "o", Origin: schema.OriginBare, Columns: sources}}
		f(&a)
		a.Outputs = nil
		for _, use := range []schema.Use{{Place: schema.PlacePredicate}, {Place: schema.PlaceEquality}, {Place: schema.PlaceWrite, Sink: "public.a.x"}, {Place: schema.PlaceWrite, Sink: "public.b.x"}} {
			use.Columns = sources
			a.Uses = []schema.Use{use}
			f(&a)
		}
	}
}

// strictness compares two decisions on one action without the help of the plan.
func strictness(a *schema.Action, old, new *schema.Decision, oldBundle, newBundle *schema.Bundle) (looser, tighter bool) {
	if old.Effect != new.Effect {
		looser, tighter = new.Effect > old.Effect, new.Effect < old.Effect
	} else if new.Effect == schema.Approve {
		l, t := routeStrictness(old.Route, new.Route, oldBundle, newBundle)
		looser, tighter = looser || l, tighter || t
	}
	if old.Effect == schema.Deny || new.Effect == schema.Deny {
		return looser, tighter
	}
	looser, tighter = looser || old.Redact && !new.Redact, tighter || new.Redact && !old.Redact
	if a.Accesses[0].Verb == schema.VerbConnect {
		return looser, tighter
	}
	var was, is int32
	if len(old.Masks) > 0 {
		was = old.Masks[0].Treatment().Strength()
	}
	if len(new.Masks) > 0 {
		is = new.Masks[0].Treatment().Strength()
	}
	looser, tighter = looser || is < was, tighter || is > was
	was, is = 0, 0
	if len(old.Detect) > 0 {
		was = old.Detect[0].Treatment().Strength()
	}
	if len(new.Detect) > 0 {
		is = new.Detect[0].Treatment().Strength()
	}
	return looser || is < was, tighter || is > was
}

func routeStrictness(old, new string, oldBundle, newBundle *schema.Bundle) (looser, tighter bool) {
	find := func(b *schema.Bundle, name string) schema.Route {
		return b.Routes[slices.IndexFunc(b.Routes, func(r schema.Route) bool { return r.Name == name })]
	}
	a, b := find(oldBundle, old), find(newBundle, new)
	looser = len(b.Approvers) > len(a.Approvers) || b.Quorum < a.Quorum
	tighter = len(b.Approvers) < len(a.Approvers) || b.Quorum > a.Quorum
	if old != new && !looser && !tighter {
		return true, true
	}
	return looser, tighter
}

func planSide(t testing.TB, b *schema.Bundle) plan.Side {
	t.Helper()
	e, err := engine.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Side{Bundle: b, Decide: e.Decide, Structure: smallStructure}
}

// TestPlanAgreesWithBruteForce: for random pairs of small policies, the verdict is what asking both engines about every
// request gives, no REFACTOR is wrong, and every witness differs.
func TestPlanAgreesWithBruteForce(t *testing.T) {
	var all [4]map[plan.Verdict]int
	t.Run("pairs", func(t *testing.T) {
		for i := range all {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				all[i] = agree(t, rand.New(rand.NewPCG(7, uint64(i))), 250)
			})
		}
	})
	verdicts := map[plan.Verdict]int{}
	for _, some := range all {
		for v, n := range some {
			verdicts[v] += n
		}
	}
	for _, v := range []plan.Verdict{plan.Refactor, plan.Loosens, plan.Tightens, plan.Both, plan.Mode} {
		if verdicts[v] < 5 {
			t.Errorf("only %d pairs are %s", verdicts[v], v)
		}
	}
}

func agree(t *testing.T, r *rand.Rand, pairs int) map[plan.Verdict]int {
	verdicts := map[plan.Verdict]int{}
	for pair := range pairs {
		old := drawPolicy(r)
		new := drawEdit(r, old)
		from, to := planSide(t, old), planSide(t, new)
		report, err := plan.Compare(from, to, plan.Options{Random: r.IntN})
		if err != nil {
			t.Fatal(err)
		}
		verdicts[report.Verdict]++
		var looser, tighter bool
		var shows [2]string
		var was, is schema.Decision
		universe(len(old.Masks)+len(new.Masks) > 0, func(a *schema.Action) {
			if looser && tighter {
				return
			}
			from.Decide(a, &was)
			to.Decide(a, &is)
			if len(a.Uses) == 1 && a.Uses[0].Sink != "" && !sameClasses(old, new, a.Target, a.Uses[0].Sink) {
				return // a copy into a column that changes its classes is told by what becomes of that column
			}
			l, g := strictness(a, &was, &is, old, new)
			if l && !looser {
				shows[0] = fmt.Sprintf("looser: %+v %+v %+v: %s by %v -> %s by %v", *a, *a.Principal, *cmpOr(a.SQL), was.Effect, was.Rules, is.Effect, is.Rules)
			}
			if g && !tighter {
				shows[1] = fmt.Sprintf("tighter: %+v %+v %+v: %s by %v -> %s by %v", *a, *a.Principal, *cmpOr(a.SQL), was.Effect, was.Rules, is.Effect, is.Rules)
			}
			looser, tighter = looser || l, tighter || g
		})
		if acrossRequests(report) { // one request does not show it: at least what requests show must be told
			if looser && !report.Loosens || tighter && !report.Tightens {
				t.Fatalf("pair %d: the plan says %s (%s); brute force says looser %v, tighter %v\n%s", pair, report.Verdict, report.Certainty, looser, tighter, told(report))
			}
			checkWitnesses(t, report, from, to)
			continue
		}
		if report.Loosens != looser || report.Tightens != tighter || report.Certainty != plan.Proved {
			t.Fatalf("pair %d: the plan says %s (%s); brute force says looser %v, tighter %v\n%s\n%s\n%s\nold %s\nnew %s", pair, report.Verdict, report.Certainty,
				looser, tighter, shows[0], shows[1], told(report), spell(old), spell(new))
		}
		checkWitnesses(t, report, from, to)
	}
	return verdicts
}

// acrossRequests reports whether something was found that shows only between columns or between accesses.
func acrossRequests(r *plan.Report) bool {
	return slices.ContainsFunc(r.Changes, func(c plan.Change) bool {
		return slices.ContainsFunc(c.Notes, func(note string) bool {
			return strings.Contains(note, " share a class now") || strings.Contains(note, " share no class any more") || strings.Contains(note, "one route only")
		})
	})
}

func sameClasses(old, new *schema.Bundle, target, column string) bool {
	of := func(b *schema.Bundle) (out []string) {
		for _, k := range b.Classes {
			if slices.Contains(k.Targets, target) && slices.Contains(k.Columns, column) {
				out = append(out, k.Name)
			}
		}
		return out
	}
	return slices.Equal(of(old), of(new))
}

func cmpOr(sql *schema.SQL) *schema.SQL {
	if sql == nil {
		return &schema.SQL{}
	}
	return sql
}

// checkWitnesses takes every witness to both engines again.
func checkWitnesses(t *testing.T, report *plan.Report, from, to plan.Side) {
	t.Helper()
	for _, c := range report.Changes {
		for _, w := range c.Witnesses {
			if !w.Decided || c.Verdict == plan.Mode {
				continue
			}
			if c.Verdict == plan.Undecided && w.Before.Would != w.After.Would {
				continue // it shows what rules in dry run would do; an undecided change shows nothing else
			}
			var was, is schema.Decision
			from.Decide(w.Action, &was)
			to.Decide(w.Action, &is)
			looser, tighter := strictness(w.Action, &was, &is, from.Bundle, to.Bundle)
			if looser != w.Loosens || tighter != w.Tightens || !looser && !tighter {
				t.Fatalf("%s: the witness says looser %v, tighter %v; the engines say %v, %v: %+v", c.Address, w.Loosens, w.Tightens, looser, tighter, w)
			}
		}
	}
}

func told(report *plan.Report) string {
	var b strings.Builder
	for _, c := range report.Changes {
		fmt.Fprintf(&b, "  %s %s %s %s\n", c.Address, c.Edit, c.Verdict, c.Certainty)
		for _, w := range c.Witnesses {
			fmt.Fprintf(&b, "     %v/%v %+v\n", w.Loosens, w.Tightens, w)
		}
	}
	return b.String()
}

func spell(b *schema.Bundle) string {
	var s strings.Builder
	condition := func(word string, c *schema.Condition) string {
		if c == nil {
			return ""
		}
		return " " + word + " " + c.Text
	}
	for _, r := range b.Rules {
		fmt.Fprintf(&s, "\n  %s %s groups %v targets %v verbs %v tables %v functions %v%s%s %s", r.Address, r.Mode, r.Groups, r.Targets, r.Verbs, r.Tables, r.Functions,
			condition("when", r.When), condition("unless", r.Unless), r.Route)
	}
	for _, m := range b.Masks {
		fmt.Fprintf(&s, "\n  %s %s groups %v classes %v %s %s%s%s", m.Address, m.Mode, m.Groups, m.Classes, m.With, m.Predicates, condition("when", m.When), condition("unless", m.Unless))
	}
	for _, k := range b.Classes {
		fmt.Fprintf(&s, "\n  class %s columns %v detect %v", k.Name, k.Columns, k.Detect)
	}
	for _, route := range b.Routes {
		fmt.Fprintf(&s, "\n  route %s %v %d", route.Name, route.Approvers, route.Quorum)
	}
	for _, target := range b.Targets {
		fmt.Fprintf(&s, "\n  target %s %v", target.Name, target.Labels)
	}
	return s.String()
}
