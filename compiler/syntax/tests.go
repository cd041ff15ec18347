package syntax

import (
	"fmt"
	"strings"
	"time"

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
	before := len(r.diags)
	t := Test{Name: r.name()}
	r.situation(&t)
	if e := r.one("expect", optional); e != nil {
		t.Expect = e.expect()
	}
	if r.block.Body.Attributes["cases"] != nil {
		t.Cases = []Test{}
	}
	for _, c := range r.table("cases", "case") {
		t.Cases = append(t.Cases, c.testCase())
	}
	r.finish()
	t.Faulty = len(r.diags) > before
	d.tree.Tests = append(d.tree.Tests, t)
}

// testCase reads a row of a test's table: what differs from the test, its expectations as a map.
func (r *reader) testCase() Test {
	c := Test{Name: r.name()}
	r.situation(&c)
	if e := r.inner("expect"); e != nil {
		c.Expect = e.expect()
	}
	r.finish()
	return c
}

// situation reads what a test and its cases have in common. What must be there is known when both are put together.
func (r *reader) situation(t *Test) {
	t.As = r.text("as", optional)
	t.Target = r.text("target", optional)
	t.SQL = r.textOrList("sql", optional)
	t.Connect = r.flag("connect")
	t.Time = r.time("time")
	t.ClientAddress = r.text("client_address", optional)
	t.Application = r.text("application", optional)
	t.Rows = r.rows("rows")
	t.Range = r.header
}

func (r *reader) expect() Expect {
	e := Expect{
		Identity:        r.text("identity", optional),
		Decision:        r.text("decision", optional),
		By:              r.list("by", optional),
		Masked:          r.list("masked", optional),
		Message:         r.text("message", optional),
		MessageContains: r.textOrList("message_contains", optional),
		Route:           r.text("route", optional),
		Rows:            r.rows("rows"),
		Range:           r.header,
	}
	if p := r.inner("principal"); p != nil {
		e.Principal = &ExpectPrincipal{
			Subject: p.text("subject", optional), Kind: p.text("kind", optional), Groups: p.list("groups", optional), Range: p.header,
		}
		p.finish()
	}
	if w := r.inner("would"); w != nil {
		e.Would = &ExpectWould{
			Decision: w.text("decision", optional), By: w.list("by", optional), Masked: w.list("masked", optional), Range: w.header,
		}
		w.finish()
	}
	for _, a := range r.accesses() {
		e.Accesses = append(e.Accesses, a.access())
	}
	r.finish()
	return e
}

// access reads what is expected of one access, as access "delete" "public.orders" { ... }.
func (r *reader) access() ExpectAccess {
	a := ExpectAccess{Range: r.header, Decision: r.text("decision", required), By: r.list("by", optional)}
	labels := r.block.Labels
	switch {
	case len(labels) == 0 || len(labels) > 2:
		r.add(r.header, "Access without verb", "An access is a verb and, where the verb has one, an object.",
			`Write: access "delete" "public.orders" { decision = "deny" }.`)
	default:
		a.Verb = String{Text: labels[0], Range: rangeOf(r.block.LabelRanges[0])}
		if len(labels) == 2 {
			a.Object = String{Text: labels[1], Range: rangeOf(r.block.LabelRanges[1])}
		}
	}
	r.finish()
	return a
}

// accesses gives the access blocks; in a table, where there are no blocks, the entries of the map access, whose keys are
// verb and object.
func (r *reader) accesses() []*reader {
	if r.tabular {
		found := r.table("access", "access")
		for _, a := range found {
			verb, object, two := strings.Cut(a.block.Labels[0], " ")
			if a.block.Labels = []string{verb}; two {
				a.block.Labels = append(a.block.Labels, object)
				a.block.LabelRanges = append(a.block.LabelRanges, a.block.LabelRanges[0])
			}
		}
		return found
	}
	if r.shape != nil {
		return []*reader{r.shape.inside(r, "access", optional, true)}
	}
	r.blocks = append(r.blocks, "access")
	var found []*reader
	for _, b := range r.block.Body.Blocks {
		if b.Type == "access" {
			found = append(found, r.read(b))
		}
	}
	return found
}

// time reads an attribute that is a moment (RFC 3339).
func (r *reader) time(name string) Time {
	s := r.textAs(name, optional, "time")
	if !s.Set() {
		return Time{}
	}
	t, err := time.Parse(time.RFC3339, s.Text)
	if err != nil || t.IsZero() {
		r.add(s.Range, "Bad time", fmt.Sprintf("%q is no moment as RFC 3339 writes it.", s.Text), "Write it as \"2026-01-31T02:00:00Z\", or with an offset such as +02:00.")
		return Time{}
	}
	return Time{Value: t, Range: s.Range}
}

// claims reads an attribute that is a map of anything that JSON can hold.
func (r *reader) claims(name string) map[string]any {
	o, ok := r.operand(name, required, "map of anything")
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
	o, ok := r.operand(name, optional, "rows")
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
