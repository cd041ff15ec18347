package main

import "strings"

// A tree is a piece of SQL that knows its parts, so that a statement can be made smaller part by part: a node may stand
// where another of its sort stands.
type tree struct {
	sort string
	// sep stands between the parts of a list, of which any but the last may go.
	sep   string
	parts []any // string or *tree
	// dirty is set when a masked column is in it.
	dirty bool
}

// Sorts of nodes. An expression's sort is its kind. An optional node's begins with a question mark.
const (
	sortScript    = "script"
	sortStatement = "statement"
	sortQuery     = "query"
	sortFrom      = "from"
	sortList      = "list"
	sortTarget    = "target"
	sortOptional  = "?"
)

func node(sort string, parts ...any) *tree {
	t := &tree{sort: sort}
	return t.add(parts...)
}

func list(sort, sep string, parts ...any) *tree {
	t := &tree{sort: sort, sep: sep}
	return t.add(parts...)
}

func optional(parts ...any) *tree { return node(sortOptional, parts...) }

func (t *tree) add(parts ...any) *tree {
	for _, p := range parts {
		if c, ok := p.(*tree); ok {
			if c == nil {
				continue
			}
			t.dirty = t.dirty || c.dirty
		}
		t.parts = append(t.parts, p)
	}
	return t
}

func (t *tree) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *tree) write(b *strings.Builder) {
	for i, p := range t.parts {
		if i > 0 && t.sep != "" {
			b.WriteString(t.sep)
		}
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case *tree:
			p.write(b)
		}
	}
}

// steps are the texts of a script's statements.
func (t *tree) steps() []string {
	var out []string
	for _, p := range t.parts {
		if s := strings.TrimSpace(p.(*tree).String()); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// nodes gives t and all below, from the outside in.
func (t *tree) nodes() []*tree {
	out := []*tree{t}
	for _, p := range t.parts {
		if c, ok := p.(*tree); ok {
			out = append(out, c.nodes()...)
		}
	}
	return out
}

// smallest stands for an expression of a kind of which nothing matters.
var smallest = map[string]string{
	string(text): "'a'", string(integer): "1", string(number): "1.5", string(date): "date '2026-01-01'", string(boolean): "true",
	string(array): "ARRAY['a']", string(document): "'{}'::jsonb", string(bytea): `'\x61'::bytea`, sortQuery: "SELECT 1 AS c0", sortFrom: "people p1",
}

// shrink makes a tree smaller as long as it fails, and gives the smallest found. Every candidate is tried; none is
// given up because of what it means, since one that means nothing does not fail.
func (t *tree) shrink(fails func() bool) {
	for t.shrinkOnce(fails) {
	}
}

func (t *tree) shrinkOnce(fails func() bool) bool {
	for _, n := range t.nodes() {
		if n.dropParts(fails) || n.replace(fails) {
			return true
		}
	}
	return false
}

// dropParts drops parts of a list, or all of what is optional.
func (t *tree) dropParts(fails func() bool) bool {
	if t.sort == sortOptional && len(t.parts) > 0 {
		return t.try(nil, fails)
	}
	if t.sep == "" || len(t.parts) < 2 {
		return false
	}
	for i := range t.parts {
		rest := append(append([]any{}, t.parts[:i]...), t.parts[i+1:]...)
		if t.try(rest, fails) {
			return true
		}
	}
	return false
}

// replace puts what is smaller in a node's place: the smallest of its sort, or one of its sort from inside it.
func (t *tree) replace(fails func() bool) bool {
	size := len(t.String())
	if s, ok := smallest[t.sort]; ok && len(s) < size && t.try([]any{s}, fails) {
		return true
	}
	for _, c := range t.nodes()[1:] {
		if c.sort == t.sort && c.sep == t.sep && len(c.String()) < size && t.try(c.parts, fails) {
			return true
		}
	}
	return false
}

// try keeps parts if the whole still fails with them.
func (t *tree) try(parts []any, fails func() bool) bool {
	kept := t.parts
	t.parts = parts
	if fails() {
		return true
	}
	t.parts = kept
	return false
}
