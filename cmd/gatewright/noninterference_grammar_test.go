package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// kind is what an expression gives, as far as the grammar tells types apart.
type kind string

const (
	text      kind = "text"
	integer   kind = "int"
	number    kind = "num"
	date      kind = "date"
	boolean   kind = "bool"
	array     kind = "arr"
	document  kind = "json"
	plainJSON kind = "rawjson"
	row       kind = "row"
	bytea     kind = "bytea"
	point     kind = "point"
	span      kind = "span"
	address   kind = "inet"
	other     kind = "other"
	anything  kind = "any"
)

// mode says where masked columns may stand.
type mode int

const (
	// plain: nowhere.
	plain mode = iota
	// tame: where nothing is done to them but what can neither fail nor decide.
	tame
	// wild: anywhere.
	wild
)

// source is a column that a query can name.
type source struct {
	alias, name string
	kind        kind
	dirty       bool
}

// grammar makes statements about the twins' tables. Its numbers come from outside, so that a seed gives a statement.
type grammar struct {
	*rand.Rand
	world world
	// scopes are the columns of each query around, the innermost last; bodies those of WITH queries.
	scopes [][]source
	bodies []body
	// depth bounds nesting; aliases numbers names.
	depth, aliases int
	// wildness is the chance of a hundred that a wild choice is made where a tame one would do.
	wildness int
	// aggregates is set where an aggregate may stand, windows where a window function may.
	aggregates, windows bool
	// wrote is set once the script writes.
	wrote bool
}

// body is a named query: a table, a view, a WITH query.
type body struct {
	name    string
	columns []source
	// writable bodies are tables.
	writable bool
}

func newGrammar(seed int64, w world) *grammar {
	return &grammar{Rand: rand.New(rand.NewSource(seed)), world: w, bodies: w.bodies()}
}

// bodies are the tables and views, people more often than the others.
func (w world) bodies() []body {
	var out []body
	for _, columns := range tablesOf(worldColumns) {
		b := body{name: columns[0].table, writable: true}
		for _, c := range columns {
			b.columns = append(b.columns, source{name: c.name, kind: c.kind, dirty: w.masked[c.table+"."+c.name]})
		}
		if b.name == "people" {
			b.columns = append(b.columns, source{name: "loud", kind: text, dirty: w.masked["people.ssn"]})
			out = append(out, b, b)
		}
		out = append(out, b)
	}
	ssn, iban, email := w.masked["people.ssn"], w.masked["accounts.iban"], w.masked["people.email"]
	id, name := source{name: "id", kind: integer}, source{name: "name", kind: text}
	return append(out,
		body{name: "people_card", columns: []source{id, name, {name: "tax", kind: text, dirty: ssn}, {name: "salary", kind: number, dirty: w.masked["people.salary"]},
			{name: "doc", kind: document, dirty: w.masked["people.doc"]}, {name: "tags", kind: array, dirty: w.masked["people.tags"]}}},
		body{name: "people_deep", columns: []source{id, {name: "t", kind: text, dirty: ssn}, {name: "head", kind: text, dirty: ssn},
			{name: "unpaid", kind: boolean, dirty: w.masked["people.salary"]}}},
		body{name: "holdings", columns: []source{id, name, {name: "kind", kind: text}, {name: "iban", kind: text, dirty: iban}, {name: "email", kind: text, dirty: email}}},
		body{name: "everyone", columns: []source{id, name, {name: "key", kind: text, dirty: ssn || iban}}},
		body{name: "people_copy", columns: []source{id, name, {name: "ssn", kind: text, dirty: ssn}, {name: "pin", kind: integer, dirty: w.masked["people.pin"]}}},
		body{name: "payments_low", columns: []source{id, {name: "card", kind: text, dirty: w.masked["payments.card"]}, {name: "cents", kind: integer}}},
	)
}

// chance is true p times of a hundred.
func (g *grammar) chance(p int) bool { return g.Intn(100) < p }

func pick[T any](g *grammar, from []T) T { return from[g.Intn(len(from))] }

func (g *grammar) alias() string {
	g.aliases++
	return fmt.Sprintf("t%d", g.aliases)
}

// inner is the mode of what stands where it can fail or decide.
func (g *grammar) inner(m mode) mode {
	if m == tame {
		if g.chance(g.wildness) {
			return wild
		}
		return plain
	}
	return m
}

// column picks a column of a kind from the queries around; nil when there is none.
func (g *grammar) column(k kind, m mode) *tree {
	var fit []source
	for _, s := range g.scopes {
		for _, c := range s {
			if (c.kind == k || k == anything) && (m != plain || !c.dirty) {
				fit = append(fit, c)
				if c.dirty {
					fit = append(fit, c, c) // it is these that matter
				}
			}
		}
	}
	if len(fit) == 0 {
		return nil
	}
	c := pick(g, fit)
	t := node(string(c.kind), c.String())
	t.dirty = c.dirty
	return t
}

func (s source) String() string {
	if s.alias == "" {
		return s.name
	}
	return s.alias + "." + s.name
}

// expr makes an expression of a kind.
func (g *grammar) expr(k kind, m mode) *tree {
	if k == anything {
		k = pick(g, []kind{text, text, text, integer, number, date, boolean, array, document, bytea, anything})
	}
	if k == anything {
		if c := g.column(anything, m); c != nil {
			return c
		}
		return g.literal(text)
	}
	g.depth++
	defer func() { g.depth-- }()
	leaf := g.depth > 4 || g.chance(15*g.depth)
	if c := g.column(k, m); c != nil && (leaf || g.chance(25)) {
		return c
	}
	templates := expressions[k]
	if leaf || len(templates) == 0 || g.chance(8) {
		return g.literal(k)
	}
	e := pick(g, templates)
	for range 30 {
		if (e.total || m != tame || g.chance(30)) && g.fits(e, m) {
			return g.fill(k, e, m)
		}
		e = pick(g, templates)
	}
	return g.literal(k)
}

// fits reports whether an expression may stand here.
func (g *grammar) fits(e expression, m mode) bool {
	switch e.needs {
	case "agg":
		return g.aggregates
	case "win":
		return g.windows
	case "wild":
		return m == wild
	}
	return true
}

// fill makes an expression after a template.
func (g *grammar) fill(k kind, e expression, m mode) *tree {
	if !e.total {
		m = g.inner(m)
	}
	if e.needs == "agg" || e.needs == "win" {
		aggregates, windows := g.aggregates, g.windows
		g.aggregates, g.windows = false, false
		defer func() { g.aggregates, g.windows = aggregates, windows }()
	}
	t := node(string(k), "(")
	rest := e.sql
	for {
		before, hole, ok := strings.Cut(rest, "{")
		t.add(before)
		if !ok {
			break
		}
		name, after, _ := strings.Cut(hole, "}")
		t.add(g.hole(name, m))
		rest = after
	}
	return t.add(")")
}

// hole makes what a template's hole stands for.
func (g *grammar) hole(name string, m mode) any {
	switch name {
	case "n":
		return fmt.Sprint(g.Intn(4))
	case "i":
		return fmt.Sprint(1 + g.Intn(3))
	case "s":
		return pick(g, []string{"'a'", "'1'", "','", "'abc'", "''", "'-'"})
	case "pat":
		return pick(g, []string{"'a%'", "'%1%'", "'_'", "'abc'"})
	case "re":
		return pick(g, []string{"'a'", "'^1'", "'^[0-9]+$'", "'.'"})
	case "cond": // decides
		return g.condition(m)
	case "query":
		return g.subquery([]kind{pick(g, []kind{text, integer})}, m)
	case "textquery":
		return g.subquery([]kind{text}, m)
	case "intquery":
		return g.subquery([]kind{integer}, m)
	case "over":
		return g.over(g.inner(m))
	case "order":
		return g.expr(pick(g, []kind{text, integer}), g.inner(m))
	case "plain":
		return g.expr(integer, plain)
	}
	return g.expr(kind(name), m)
}

func (g *grammar) literal(k kind) *tree {
	var of []string
	switch k {
	case text:
		of = []string{"'abc'", "'1'", "''", "NULL::text", "'a'"}
	case integer:
		of = []string{"1", "0", "7", "-1", "NULL::int"}
	case number:
		of = []string{"1.5", "0.0", "100", "NULL::numeric"}
	case date:
		of = []string{"date '2026-01-01'", "date '2020-01-01'"}
	case boolean:
		of = []string{"true", "false", "NULL::boolean"}
	case array:
		of = []string{"ARRAY['a', 'b']", "'{}'::text[]"}
	case plainJSON:
		of = []string{`'{"a": 1}'::json`}
	case document:
		of = []string{`'{"a": 1}'::jsonb`, `'[1, 2]'::jsonb`}
	case bytea:
		of = []string{`'\x616263'::bytea`, `'\xff'::bytea`}
	case point:
		of = []string{"point '(1,2)'"}
	case span:
		of = []string{"int4range(1, 5)", "'empty'::int4range"}
	case address:
		of = []string{"inet '10.0.0.1'"}
	case row:
		of = []string{"ROW('a', 1)::address"}
	default:
		return g.literal(text)
	}
	return node(string(k), pick(g, of))
}
