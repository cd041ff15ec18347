package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// drawCatalog makes two tables, one with a partition and one with a child, and views that stand on what was made before.
func drawCatalog(r *rand.Rand) *schema.Catalog {
	column := func(i int, name string) schema.Column {
		return schema.Column{Name: name, Attribute: int16(i + 1), Type: "text", TypeOID: 25}
	}
	table := func(name, kind string, parents ...string) schema.Relation {
		return schema.Relation{
			Schema: "public", Name: name, Kind: kind, Parents: parents,
			Columns: []schema.Column{column(0, "pan"), column(1, "note")},
		}
	}
	c := &schema.Catalog{ServerVersion: 170000, SearchPath: []string{"pg_catalog", "public"}, Relations: []schema.Relation{
		table("a", "p"), table("a_1", "r", "public.a"), table("b", "r"), table("b_1", "r", "public.b"),
	}, Functions: []schema.Function{{Schema: "public", Name: "f", Arguments: "text", Language: "sql", Volatility: "v", Kind: "f"}}}
	for i := range r.IntN(4) {
		from, other := c.Relations[r.IntN(len(c.Relations))], c.Relations[r.IntN(len(c.Relations))]
		one, two := from.Columns[r.IntN(2)].Name, other.Columns[r.IntN(2)].Name
		what := []string{"x." + one, "x." + one + " || y." + two, "lower(x." + one + ")", "'none'::text"}[r.IntN(4)]
		if r.IntN(3) == 0 {
			what = "public.f(x." + one + ")"
		}
		v := table(fmt.Sprint("v", i), []string{"v", "m"}[r.IntN(2)])
		v.Definition = fmt.Sprintf("SELECT %s AS pan, y.%s AS note FROM public.%s x, public.%s y", what, two, from.Name, other.Name)
		c.Relations = append(c.Relations, v)
	}
	slices.SortFunc(c.Relations, func(a, b schema.Relation) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// drawViewPolicy makes a policy over such a catalog, with whatever columns its classes have.
func drawViewPolicy(r *rand.Rand, c *schema.Catalog) *schema.Bundle {
	var columns []string
	tables := []string{"public.*", "*"}
	for _, rel := range c.Relations {
		tables = append(tables, "public."+rel.Name, "public."+rel.Name)
		columns = append(columns, "public."+rel.Name+".pan")
		if rel.Definition != "" { // so that more is shown by other views alone
			columns = append(columns, columns[len(columns)-1], columns[len(columns)-1])
		}
	}
	b := &schema.Bundle{
		Language: 1, Name: "p", Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres, Catalog: "db.json"}},
		Classes: []schema.Class{
			{Name: "c", Targets: []string{"db"}, Columns: []string{columns[r.IntN(len(columns))]}},
			{Name: "d", Targets: []string{"db"}, Columns: []string{"public.b.note"}},
		},
	}
	conditions := []string{"", "", "sql.has_limit", "sql.limit < 5", "sql.has_where", "access.object == 'public.v0'", "principal.kind == 'human'"}
	for i := range 1 + r.IntN(4) {
		effect := []schema.Effect{schema.Deny, schema.Allow, schema.Allow}[r.IntN(3)]
		b.Rules = append(b.Rules, schema.Rule{
			Address: fmt.Sprintf("%s.r%d", effect, i), Effect: effect, Protocol: schema.ProtocolPostgres, Targets: []string{"db"},
			Groups: draw(r, planGroups, 1), Verbs: []string{"select"}, Tables: append(draw(r, tables, 1), tables[r.IntN(len(tables))]), When: drawCondition(r, conditions),
		})
	}
	for i := range 1 + r.IntN(2) {
		b.Masks = append(b.Masks, schema.Mask{
			Address: fmt.Sprintf("mask.m%d", i), Classes: [][]string{{"c"}, {"d"}, {"c", "d"}}[r.IntN(3)], Groups: draw(r, planGroups, 1),
			With: schema.TransformNull, When: drawCondition(r, conditions[:4]),
		})
	}
	return b
}

// TestUnmaskedOverCatalogs: what is proved of views, partitions and inheritance is what the classifier and the engine say
// of each statement that reads one column, and each request that refutes is such a statement.
func TestUnmaskedOverCatalogs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 31))
	seen := map[plan.Status]int{}
	byView := 0
	for range 250 {
		catalog := drawCatalog(r)
		b := drawViewPolicy(r, catalog)
		data, err := json.Marshal(catalog)
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.New(b)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{"db.json": {Data: data}}
		side := plan.Side{Bundle: b, Decide: e.Decide, Structure: structuresOf(b, files)}
		proofs, err := plan.Prove(side, []schema.Invariant{{Name: "i", Never: schema.NeverUnmasked, When: schema.Condition{Text: "true"}}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		want, shown := everyRead(b, catalog, e)
		seen[want]++
		p := proofs[0]
		if p.Status != want {
			t.Fatalf("%s (%s), want %s: %s\n%s\n%s", p.Status, p.Reason, want, shown, data, spell(b))
		}
		if want != plan.Refuted {
			continue
		}
		if classOf(b, catalog, e, p.Witness.SQL, p.Witness.Action.Principal) != shownColumn {
			t.Fatalf("%+v shows nothing", p.Witness)
		}
		if !slices.Contains([]string{"public.a", "public.b", "public.a_1", "public.b_1"}, p.Witness.Object) {
			byView++
		}
	}
	if seen[plan.Holds] < 20 || seen[plan.Refuted] < 20 || seen[plan.Unknown] < 3 || byView < 10 {
		t.Errorf("%v, %d by views", seen, byView)
	}
}

// What a statement shows as it is: nothing, what may be any column, or a column of a class.
const (
	shownNothing = iota
	shownAnything
	shownColumn
)

func classOf(b *schema.Bundle, c *schema.Catalog, e *engine.Engine, sql string, who *schema.Principal) int {
	return shownTo(b, e, sqlfacts.Classify(sql, &sqlfacts.Session{Catalog: c, SearchPath: c.SearchPath})[0], who)
}

func shownTo(b *schema.Bundle, e *engine.Engine, st sqlfacts.Statement, who *schema.Principal) int {
	a := schema.Action{Protocol: schema.ProtocolPostgres, Target: "db", Principal: who}
	st.Describe(&a)
	var d schema.Decision
	e.Decide(&a, &d)
	if d.Effect == schema.Deny || len(d.Masks) > 0 || len(a.Outputs) == 0 {
		return shownNothing
	}
	shown := shownNothing
	for _, s := range a.Outputs[0].Columns {
		if s == schema.Everything {
			return shownAnything
		}
		if slices.ContainsFunc(b.Classes, func(k schema.Class) bool { return slices.Contains(k.Columns, s) }) {
			shown = shownColumn
		}
	}
	return shown
}

// everyRead makes every read of one column by everybody, and says what must be told and by which statement.
func everyRead(b *schema.Bundle, c *schema.Catalog, e *engine.Engine) (plan.Status, string) {
	columns := []string{"tablename FROM pg_catalog.pg_stats"}
	for _, r := range c.Relations {
		columns = append(columns, "pan FROM public."+r.Name, "note FROM public."+r.Name)
	}
	strongest, by := shownNothing, ""
	for _, column := range columns {
		name, _, _ := strings.Cut(column, " ")
		for _, where := range []string{"", " WHERE " + name + " IS NOT NULL"} {
			for _, limit := range []string{"", " LIMIT 1", " LIMIT 9"} {
				sql := "SELECT " + column + where + limit
				st := sqlfacts.Classify(sql, &sqlfacts.Session{Catalog: c, SearchPath: c.SearchPath})[0]
				for _, groups := range [][]string{nil, {"g0"}, {"g1"}, {"g0", "g1"}} {
					for _, kind := range []string{schema.KindHuman, schema.KindMachine} {
						shown := shownTo(b, e, st, &schema.Principal{Issuer: "corp", Subject: "s", Groups: groups, Kind: kind})
						if shown > strongest {
							strongest, by = shown, sql
						}
					}
				}
			}
		}
	}
	return map[int]plan.Status{shownNothing: plan.Holds, shownAnything: plan.Unknown, shownColumn: plan.Refuted}[strongest], by
}
