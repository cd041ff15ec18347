package plan

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// witness makes a witness of a request; without one, of what is known of it.
func witness(d *draft, a *schema.Action, c change, old, new *Outcome) *Witness {
	w := &Witness{Loosens: c&looser != 0, Tightens: c&tighter != 0, Decided: a != nil, Before: old, After: new}
	for _, o := range d.open {
		if a == nil {
			w.Assumes = append(w.Assumes, o.describe())
		}
	}
	if a == nil {
		a = &d.action
		a.Accesses = []schema.Access{d.access}
	}
	w.Action = cloneAction(a)
	p := w.Action.Principal
	w.Principal = Caller{Issuer: p.Issuer, Subject: p.Subject, Kind: p.Kind, Groups: append([]string{}, p.Groups...)}
	access := w.Action.Accesses[0]
	w.Target, w.Verb, w.Object, w.Harmless, w.Columns = a.Target, access.Verb, access.Object, access.Harmless, access.Columns
	for fact := range d.settled {
		w.Facts = append(w.Facts, d.fact(fact)...)
	}
	for _, fact := range d.loose() {
		w.Facts = append(w.Facts, d.fact(fact)...)
	}
	slices.SortFunc(w.Facts, func(a, b Fact) int { return compareText(a.Name, b.Name) })
	w.Facts = slices.Compact(w.Facts)
	return w
}

func cloneAction(a *schema.Action) *schema.Action {
	out := *a
	p := *a.Principal
	p.Groups = slices.Compact(slices.Sorted(slices.Values(p.Groups)))
	out.Principal = &p
	out.Accesses = slices.Clone(a.Accesses)
	out.Outputs, out.Uses = slices.Clone(a.Outputs), slices.Clone(a.Uses)
	if a.SQL != nil {
		sql := *a.SQL
		sql.Tables, sql.Columns, sql.Functions = slices.Clone(sql.Tables), slices.Clone(sql.Columns), slices.Clone(sql.Functions)
		out.SQL = &sql
	}
	return &out
}

// fact shows a fact that is not shown otherwise.
func (d *draft) fact(name string) []Fact {
	shown := ""
	switch {
	case name == factGroups || name == factKind || name == factIssuer || name == factSubject || name == factObject:
		return nil
	case name == "request.time":
		shown = d.action.Request.Time.Format("2006-01-02T15:04:05.999999999Z07:00")
	case d.list(name) != nil:
		shown = fmt.Sprintf("%q", *d.list(name))
	case d.text(name) != nil:
		shown = quoted(*d.text(name))
	case d.number(name) != nil:
		shown = fmt.Sprint(*d.number(name))
	case d.flag(name) != nil:
		shown = fmt.Sprint(*d.flag(name))
	default:
		return nil
	}
	return []Fact{{name, shown}}
}
