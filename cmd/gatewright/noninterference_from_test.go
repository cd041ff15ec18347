package main

import (
	"fmt"
	"strings"
)

// from makes a FROM clause, and adds its columns to the innermost scope.
func (g *grammar) from(m mode) *tree {
	items := list(sortList, ", ", g.joinTree(m))
	if g.chance(15) && g.depth < 4 {
		items.add(g.fromItem(m))
	}
	return items
}

func (g *grammar) joinTree(m mode) *tree {
	left := g.fromItem(m)
	for g.depth < 4 && g.chance(25) {
		left = g.join(left, m)
	}
	return left
}

func (g *grammar) join(left *tree, m mode) *tree {
	kind := pick(g, []string{" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ", " CROSS JOIN ", " NATURAL JOIN ", " NATURAL FULL JOIN "})
	before := len(g.scopes[len(g.scopes)-1])
	right := g.fromItem(m)
	switch {
	case strings.Contains(kind, "NATURAL") && g.natural(before):
		return node(sortFrom, left, kind, right)
	case kind == " CROSS JOIN " || strings.Contains(kind, "NATURAL"):
		return node(sortFrom, left, " CROSS JOIN ", right)
	case g.chance(40):
		if using := g.shared(before); using != "" {
			return node(sortFrom, left, kind, right, " USING (", using, ")")
		}
	}
	if kind == " FULL JOIN " { // of which PostgreSQL can do only some
		kind = " LEFT JOIN "
	}
	return node(sortFrom, left, kind, right, " ON ", g.condition(m))
}

// shared is a name that both sides of a join have, of a plain column unless chance will have it otherwise.
func (g *grammar) shared(before int) string {
	scope := g.scopes[len(g.scopes)-1]
	for _, l := range scope[:before] {
		for _, r := range scope[before:] {
			if l.name == r.name && l.kind == r.kind && (!l.dirty && !r.dirty || g.chance(g.wildness)) {
				return l.name
			}
		}
	}
	return ""
}

// natural reports whether a NATURAL join may be tried: masked columns would decide, and so would names that stand twice.
func (g *grammar) natural(before int) bool {
	scope := g.scopes[len(g.scopes)-1]
	for i, l := range scope {
		for j, r := range scope {
			if i != j && l.name == r.name && (l.dirty || r.dirty || l.kind != r.kind || (i < before) == (j < before)) {
				return g.chance(g.wildness)
			}
		}
	}
	return true
}

func (g *grammar) fromItem(m mode) *tree {
	switch n := g.Intn(100); {
	case n < 62 || g.depth > 3:
		return g.fromBody()
	case n < 78:
		return g.fromQuery("", m)
	case n < 88 && len(g.scopes[len(g.scopes)-1]) > 0:
		return g.fromQuery("LATERAL ", m)
	case n < 92:
		return g.sampled()
	case n < 96:
		return g.fromFunction(m)
	}
	return g.fromBody()
}

func (g *grammar) fromBody() *tree {
	b := pick(g, g.bodies)
	alias := g.alias()
	return g.named(b.columns, alias, b.name, " ", alias)
}

// named adds columns under an alias to the innermost scope.
func (g *grammar) named(columns []source, alias string, parts ...any) *tree {
	t := node(sortFrom, parts...)
	scope := &g.scopes[len(g.scopes)-1]
	for _, c := range columns {
		c.alias = alias
		*scope = append(*scope, c)
		t.dirty = t.dirty || c.dirty
	}
	return t
}

func (g *grammar) sampled() *tree {
	var tables []body
	for _, b := range g.bodies {
		if b.writable {
			tables = append(tables, b)
		}
	}
	b, alias := pick(g, tables), g.alias()
	return g.named(b.columns, alias, b.name, " ", alias, pick(g, []string{" TABLESAMPLE BERNOULLI (60) REPEATABLE (7)", " TABLESAMPLE SYSTEM (100)"}))
}

func (g *grammar) fromQuery(lateral string, m mode) *tree {
	scope := len(g.scopes) - 1
	if lateral == "" { // what stands beside is not seen
		kept := g.scopes[scope]
		g.scopes[scope] = nil
		q, columns := g.query(nil, m)
		g.scopes[scope] = kept
		alias := g.alias()
		return g.named(columns, alias, "(", q, ") ", alias)
	}
	q, columns := g.query(nil, m)
	alias := g.alias()
	return g.named(columns, alias, lateral, "(", q, ") ", alias)
}

func (g *grammar) fromFunction(m mode) *tree {
	alias := g.alias()
	scope := len(g.scopes) - 1
	kept := g.scopes[scope]
	defer func() { g.scopes[scope] = append(kept, g.scopes[scope]...) }()
	in := g.inner(m)
	switch g.Intn(8) {
	case 0:
		a := g.expr(array, in)
		g.scopes[scope] = nil
		return g.named([]source{{name: "u", kind: text, dirty: a.dirty}}, alias, "unnest(", a, ") WITH ORDINALITY ", alias, "(u, o)")
	case 1:
		j := g.expr(document, in)
		g.scopes[scope] = nil
		return g.named([]source{{name: "value", kind: document, dirty: j.dirty}}, alias, "jsonb_each(", j, ") ", alias)
	case 2:
		g.scopes[scope] = nil
		return g.named([]source{{name: "id", kind: integer}, {name: "ssn", kind: text, dirty: true}}, alias, "everybody() ", alias)
	case 3:
		x := g.expr(text, in)
		g.scopes[scope] = nil
		return g.named([]source{{name: "v", kind: text, dirty: x.dirty}}, alias, "ROWS FROM (regexp_split_to_table(", x, ", 'a'), generate_series(1, 2)) ", alias, "(v, n)")
	case 4:
		j := g.expr(document, in)
		g.scopes[scope] = nil
		return g.named([]source{{name: "a", kind: text, dirty: j.dirty}}, alias, "jsonb_to_record(", j, ") ", alias, "(a text)")
	case 5:
		x := g.expr(text, in)
		g.scopes[scope] = nil
		return g.named([]source{{name: "x", kind: text, dirty: x.dirty}}, alias, "XMLTABLE('/a' PASSING xmlelement(name a, ", x, ") COLUMNS x text PATH '.') ", alias)
	case 6:
		x := g.expr(text, m)
		g.scopes[scope] = nil
		return g.named([]source{{name: "f", kind: text, dirty: x.dirty}}, alias, pick(g, []string{"upper(", "concat('a', ", "md5("}), x, ") ", alias, "(f)")
	}
	g.scopes[scope] = nil
	return g.named([]source{{name: "n", kind: integer}}, alias, "generate_series(1, ", fmt.Sprint(1+g.Intn(3)), ") ", alias, "(n)")
}

// with makes WITH queries, and adds them to the bodies.
func (g *grammar) with(m mode) *tree {
	bodies := list(sortList, ", ")
	recursive := g.chance(25)
	for range 1 + g.Intn(2) {
		name := "w" + g.alias()
		if recursive {
			start, columns := g.query([]kind{text, integer}, m)
			bodies.add(node("with", name, "(c0, c1) AS (SELECT c0, 1 FROM (", start, ") s UNION ALL SELECT ", pick(g, []string{"c0", "c0 || 'x'", "left(c0, 2)", "upper(c0)"}),
				", c1 + 1 FROM ", name, " WHERE c1 < 3)"))
			g.bodies = append(g.bodies, body{name: name, columns: []source{{name: "c0", kind: text, dirty: columns[0].dirty}, {name: "c1", kind: integer}}})
			continue
		}
		if g.chance(12) {
			bodies.add(node("with", name, " AS (", g.written(m), " RETURNING id)"))
			g.bodies = append(g.bodies, body{name: name, columns: []source{{name: "id", kind: integer}}})
			continue
		}
		q, columns := g.query(nil, m)
		bodies.add(node("with", name, " AS ", pick(g, []string{"", "", "MATERIALIZED ", "NOT MATERIALIZED "}), "(", q, ")"))
		g.bodies = append(g.bodies, body{name: name, columns: columns}, body{name: name, columns: columns})
	}
	word := "WITH "
	if recursive {
		word = "WITH RECURSIVE "
	}
	return node("withs", word, bodies, " ")
}
