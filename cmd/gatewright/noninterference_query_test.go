package main

import (
	"fmt"
	"strings"
)

// query makes a query and says what columns it gives. kinds are those that it must give; none for any.
func (g *grammar) query(kinds []kind, m mode) (*tree, []source) {
	g.depth++
	defer func(depth, bodies int) { g.depth, g.bodies = depth-1, g.bodies[:bodies] }(g.depth, len(g.bodies))
	aggregates, windows := g.aggregates, g.windows
	defer func() { g.aggregates, g.windows = aggregates, windows }()
	g.aggregates, g.windows = false, false
	t := node(sortQuery)
	if g.depth < 4 && g.chance(12) {
		t.add(g.with(m))
	}
	var columns []source
	switch n := g.Intn(100); {
	case n < 8 && len(kinds) > 0:
		t.add(g.setOperation(kinds, m))
	case n < 12 && len(kinds) > 0:
		t.add(g.values(kinds, m))
	case n < 30:
		columns = g.aggregated(t, kinds, m)
		return t, columns
	default:
		columns = g.selected(t, kinds, m)
		return t, columns
	}
	for i, k := range kinds {
		columns = append(columns, source{name: fmt.Sprintf("c%d", i), kind: k, dirty: t.dirty})
	}
	if t.parts != nil && g.chance(30) && len(kinds) > 0 {
		t.add(optional(" LIMIT ", fmt.Sprint(g.Intn(5))))
	}
	return node(sortQuery, "SELECT * FROM (", t, ") ", g.alias(), "(", strings.Join(names(columns), ", "), ")"), columns
}

func names(columns []source) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.name)
	}
	return out
}

// kindsOr gives kinds, or some by chance.
func (g *grammar) kindsOr(kinds []kind) []kind {
	if len(kinds) > 0 {
		return kinds
	}
	for range 1 + g.Intn(3) {
		kinds = append(kinds, pick(g, []kind{text, text, text, integer, number, date, boolean, array, document, bytea, row, span, anything}))
	}
	return kinds
}

func (g *grammar) selected(t *tree, kinds []kind, m mode) []source {
	g.scopes = append(g.scopes, nil)
	defer func() { g.scopes = g.scopes[:len(g.scopes)-1] }()
	from := g.from(m)
	starred := len(kinds) == 0 && g.chance(8)
	kinds = g.kindsOr(kinds)
	t.add("SELECT ")
	if g.chance(6) {
		t.add(optional(pick(g, []string{"DISTINCT ", "ALL ", "DISTINCT ON (1) "})))
	}
	targets := list(sortList, ", ")
	var columns []source
	g.windows = g.chance(40)
	for i, k := range kinds {
		e := g.expr(k, m)
		name := fmt.Sprintf("c%d", i)
		targets.add(node(sortTarget, e, " AS ", name))
		columns = append(columns, source{name: name, kind: k, dirty: e.dirty})
	}
	g.windows = false
	t.add(targets)
	if starred {
		t.add(", ", g.star())
	}
	t.add(optional(" FROM ", from))
	if g.chance(40) {
		t.add(optional(" WHERE ", g.condition(m)))
	}
	if g.chance(50) {
		t.add(g.ordered(len(kinds), m))
	}
	if len(kinds) == 1 && g.chance(5) && m == wild {
		t.add(optional(pick(g, []string{" FOR UPDATE", " FOR SHARE SKIP LOCKED"})))
	}
	return columns
}

// star is all columns, of one source or of all.
func (g *grammar) star() *tree {
	t := node(sortTarget, "*")
	for _, c := range g.scopes[len(g.scopes)-1] {
		t.dirty = t.dirty || c.dirty
	}
	return t
}

// ordered is ORDER BY and what may come after.
func (g *grammar) ordered(targets int, m mode) *tree {
	t := optional()
	if m == wild && g.chance(40) {
		t.add(" ORDER BY ", fmt.Sprint(1+g.Intn(targets)))
	} else {
		e := g.column(pick(g, []kind{integer, text, date}), g.inner(m))
		if e == nil || g.chance(40) {
			e = node(string(text), "(", g.expr(pick(g, []kind{integer, text}), g.inner(m)), ")::text")
		}
		t.add(" ORDER BY ", e)
	}
	t.add(optional(pick(g, []string{"", " DESC", " NULLS FIRST", " USING <"})))
	if g.chance(50) {
		t.add(optional(pick(g, []string{" LIMIT 3", " OFFSET 2", " LIMIT 4 OFFSET 1", " FETCH FIRST 2 ROWS WITH TIES", " FETCH NEXT ROW ONLY", " LIMIT ALL"})))
	}
	return t
}

func (g *grammar) condition(m mode) *tree {
	windows, aggregates := g.windows, g.aggregates
	g.windows, g.aggregates = false, false
	defer func() { g.windows, g.aggregates = windows, aggregates }()
	return g.expr(boolean, g.inner(m))
}

// subquery is a query in parentheses that gives one row at most, as far as that can be said.
func (g *grammar) subquery(kinds []kind, m mode) *tree {
	if g.depth > 4 {
		return g.literal(kinds[0])
	}
	q, _ := g.query(kinds, m)
	return node(string(kinds[0]), "(SELECT * FROM (", q, ") ", g.alias(), " LIMIT 1)")
}

func (g *grammar) aggregated(t *tree, kinds []kind, m mode) []source {
	g.scopes = append(g.scopes, nil)
	defer func() { g.scopes = g.scopes[:len(g.scopes)-1] }()
	from := g.from(m)
	t.add("SELECT ")
	var columns []source
	var keys []any
	targets := list(sortList, ", ")
	for i, k := range g.kindsOr(kinds) {
		name, e := fmt.Sprintf("c%d", i), (*tree)(nil)
		if g.chance(30) {
			if e = g.column(k, g.inner(m)); e != nil {
				keys = append(keys, node(string(k), e.String()).withDirt(e.dirty))
			}
		}
		if e == nil {
			e = g.aggregate(k, m)
		}
		targets.add(node(sortTarget, e, " AS ", name))
		columns = append(columns, source{name: name, kind: k, dirty: e.dirty})
	}
	t.add(targets, optional(" FROM ", from))
	if g.chance(30) {
		t.add(optional(" WHERE ", g.condition(m)))
	}
	if len(keys) > 0 {
		t.add(" GROUP BY ", pick(g, []string{"", "", "ROLLUP ", "CUBE ", "DISTINCT "}), "(", list(sortList, ", ", keys...), ")")
	}
	if g.chance(20) {
		t.add(optional(" HAVING ", pick(g, []string{"count(*) > 0", "max(1) = 1", "true"})))
	}
	return columns
}

func (t *tree) withDirt(dirty bool) *tree {
	t.dirty = dirty
	return t
}

// aggregate is an expression of aggregates only.
func (g *grammar) aggregate(k kind, m mode) *tree {
	if k == anything {
		k = text
	}
	var fit []expression
	for _, e := range expressions[k] {
		if e.needs == "agg" && (e.total || m != tame || g.chance(g.wildness)) {
			fit = append(fit, e)
		}
	}
	if len(fit) == 0 {
		return node(string(k), "(max(1) IS NULL)::text::", typeNames[k])
	}
	g.aggregates = true
	defer func() { g.aggregates = false }()
	return g.fill(k, pick(g, fit), m)
}

var typeNames = map[kind]string{
	text: "text", integer: "boolean::int", number: "boolean::int::numeric", date: "text", boolean: "boolean", array: "text", document: "jsonb",
	bytea: "bytea", row: "text", span: "text", point: "text", address: "text", other: "text", plainJSON: "json",
}

func (g *grammar) setOperation(kinds []kind, m mode) *tree {
	op := pick(g, []string{" UNION ALL ", " UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ALL "})
	if op != " UNION ALL " {
		m = g.inner(m)
	}
	left, _ := g.query(kinds, m)
	right, _ := g.query(kinds, m)
	return node(sortQuery, "(", left, ")", op, "(", right, ")")
}

func (g *grammar) values(kinds []kind, m mode) *tree {
	rows := list(sortList, ", ")
	for range 1 + g.Intn(3) {
		cells := list("cells", ", ")
		for _, k := range kinds {
			cells.add(g.expr(k, m))
		}
		rows.add(node("cells", "(", cells, ")"))
	}
	return node(sortQuery, "VALUES ", rows)
}

// over is a window.
func (g *grammar) over(m mode) *tree {
	t := node("over", "(")
	if g.chance(40) {
		t.add(optional("PARTITION BY ", g.expr(pick(g, []kind{text, integer}), m), " "))
	}
	if g.chance(70) {
		t.add(optional("ORDER BY ", g.expr(pick(g, []kind{text, integer}), m), " "))
		if g.chance(20) {
			t.add(optional(pick(g, []string{"ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", "GROUPS UNBOUNDED PRECEDING EXCLUDE TIES", "ROWS UNBOUNDED PRECEDING"})))
		}
	}
	return t.add(")")
}
