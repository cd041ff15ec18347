package syntax

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

func (d *decoder) principal(r *reader) {
	d.tree.Principals = append(d.tree.Principals, Principal{
		Name:   r.name(),
		Issuer: r.text("issuer", required),
		Claims: r.claims("claims"),
		Range:  r.header,
	})
	r.finish()
}

func (d *decoder) test(r *reader) {
	t := Test{
		Name:   r.name(),
		As:     r.text("as", required),
		Target: r.text("target", required),
		SQL:    r.textOrList("sql", required),
		Rows:   r.rows("rows"),
		Range:  r.header,
	}
	if e := r.one("expect", required); e != nil {
		t.Expect = Expect{
			Decision: e.text("decision", required),
			By:       e.list("by", optional),
			Masked:   e.list("masked", optional),
			Message:  e.text("message", optional),
			Rows:     e.rows("rows"),
			Range:    e.header,
		}
		e.finish()
	}
	r.finish()
	d.tree.Tests = append(d.tree.Tests, t)
}

// claims reads an attribute that is a map of anything that JSON can hold.
func (r *reader) claims(name string) map[string]any {
	o, ok := r.operand(name, required)
	if !ok {
		return nil
	}
	if _, _, ok := pairs(o); !ok {
		r.wrong(o.rng, name, "a map", o.val, "Write the token's claims in braces: claims = { sub = \"...\" }.")
		return nil
	}
	claims, _ := jsonOf(o).(map[string]any)
	return claims
}

// jsonOf gives a value as encoding/json would read it.
func jsonOf(o operand) any {
	if text, ok := textOf(o); ok {
		return text
	}
	if keys, items, ok := pairs(o); ok {
		m := make(map[string]any, len(keys))
		for i, k := range keys {
			m[k.text] = jsonOf(items[i])
		}
		return m
	}
	if isList(o) {
		list := []any{}
		for _, item := range elements(o) {
			list = append(list, jsonOf(item))
		}
		return list
	}
	switch {
	case o.val.IsNull():
		return nil
	case o.val.Type() == cty.Bool:
		return o.val.True()
	case o.val.Type() == cty.Number:
		f, _ := o.val.AsBigFloat().Float64()
		return f
	}
	return nil
}

// rows reads an attribute that is a list of lists of texts, null standing for NULL.
func (r *reader) rows(name string) [][]*string {
	o, ok := r.operand(name, optional)
	if !ok {
		return nil
	}
	if !isList(o) {
		r.wrong(o.rng, name, "a list of rows", o.val, name+" = [[\"first column\", null], ...]")
		return nil
	}
	rows := [][]*string{}
	for i, line := range elements(o) {
		if !isList(line) {
			r.wrong(line.rng, fmt.Sprintf("%s[%d]", name, i), "a list of cells", line.val, "Put each row into brackets of its own.")
			continue
		}
		rows = append(rows, r.cells(fmt.Sprintf("%s[%d]", name, i), line))
	}
	return rows
}

func (r *reader) cells(name string, line operand) []*string {
	cells := []*string{}
	for i, cell := range elements(line) {
		text, ok := textOf(cell)
		switch {
		case ok:
			cells = append(cells, &text)
		case cell.val.IsNull():
			cells = append(cells, nil)
		default:
			r.wrong(cell.rng, fmt.Sprintf("%s[%d]", name, i), "a text or null", cell.val, "Write a cell as PostgreSQL prints it, in double quotes.")
		}
	}
	return cells
}
