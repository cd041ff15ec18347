package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// entry is one block for comparison: all of it, and what decides.
type entry struct {
	text, meaning string
	mode          schema.Mode
	rng           schema.Range
	// apart says what differs where the meaning does not.
	apart string
}

func ruleEntries(p *policy) map[string]entry {
	out := map[string]entry{}
	for address, r := range p.rules {
		meaning := decides(r) + list(r.Targets)
		out[address] = entry{key(meaning, r.Mode.String(), r.Message), meaning, r.Mode, r.Range, "only its message differs"}
	}
	return out
}

func maskEntries(p *policy) map[string]entry {
	out := map[string]entry{}
	for address, m := range p.masks {
		meaning := decidesMask(m)
		out[address] = entry{key(meaning, m.Mode.String(), m.Message), meaning, m.Mode, m.Range, "only its message differs"}
	}
	return out
}

func classEntries(p *policy) map[string]entry {
	out := map[string]entry{}
	for name, k := range p.classes {
		meaning := key(list(k.Targets), list(k.Columns), list(k.Detect))
		out[schema.BlockAddress("class", name)] = entry{text: meaning, meaning: meaning, rng: k.Range}
	}
	return out
}

func routeEntries(p *policy) map[string]entry {
	out := map[string]entry{}
	for name, r := range p.routes {
		meaning := key(list(r.Approvers), list(r.ApproverKinds), fmt.Sprint(r.Quorum), r.Expires.String())
		out[schema.BlockAddress("route", name)] = entry{
			text: key(meaning, r.Hold.String(), list(r.Notify)), meaning: meaning, rng: r.Range,
			apart: "who decides and for how long stays; how long a connection waits, or who is told, differs",
		}
	}
	return out
}

func targetEntries(p *policy) map[string]entry {
	out := map[string]entry{}
	for name, t := range p.targets {
		var labels []string
		for k, v := range t.Labels {
			labels = append(labels, key(k, v))
		}
		meaning := key(t.Protocol, list(labels))
		out["target."+name] = entry{
			text: key(meaning, t.Catalog), meaning: meaning, rng: t.Range,
			apart: "it names another catalog, by which statements are read: that is not compared",
		}
	}
	return out
}

func issuerEntries(p *policy) map[string]entry {
	out := map[string]entry{}
	for name, i := range p.issuers {
		parts := []string{i.OIDC.URL, list(i.OIDC.Audiences), list(i.OIDC.Algorithms), i.OIDC.MaxLifetime.String(),
			i.Subject.Text, i.Groups.Text, i.Kind.Text, fmt.Sprint(i.OutliveToken)}
		var requires, messages []string
		for _, r := range i.Require {
			requires, messages = append(requires, r.When.Text), append(messages, r.Message)
		}
		meaning := key(append(parts, list(requires))...)
		out["issuer."+name] = entry{text: key(meaning, key(messages...), key(requires...)), meaning: meaning, rng: i.Range,
			apart: "only its messages, or their order, differ"}
	}
	return out
}

func compareText(a, b string) int { return strings.Compare(a, b) }

// gains collects the rows of the table.
type gains struct {
	rows map[string]*Gain
	keys []string
}

func newGains() *gains { return &gains{rows: map[string]*Gain{}} }

// maxListed is how many objects one row names.
const maxListed = 8

// row says what a witness shows, for the principals of its group and the accesses of its cell.
func (x *comparison) row(k cell, path []choice, w *Witness, address string, gains bool) Gain {
	g := Gain{
		Target: k.shelf.name, Who: x.who(path), Verbs: slices.Clone(k.verbs), Objects: slices.Clone(k.class.names), Gains: gains,
		Change: address, Before: w.Before.Decision, After: w.After.Decision,
	}
	if !k.class.exact && k.verb != schema.VerbConnect && k.verb != schema.VerbOpaque {
		g.Objects = []string{"any other"}
		if k.class.within != "" {
			g.Objects = []string{"any other in " + k.class.within}
		}
	}
	if w.After.Decision == w.Before.Decision && w.After.Route != nil && w.Before.Route != nil {
		g.Before, g.After = routeWords(w.Before.Route), routeWords(w.After.Route)
	}
	for _, f := range w.Facts {
		g.When = append(g.When, f.Name+" = "+f.Value)
	}
	return g
}

func routeWords(r *schema.Route) string {
	return fmt.Sprintf("approve by %s (%d of %s)", r.Name, r.Quorum, strings.Join(r.Approvers, ", "))
}

// who names the principals that a way through the diagrams is about.
func (x *comparison) who(path []choice) string {
	var groups, rest []string
	for _, c := range path {
		q := x.questions.list[c.variable]
		switch {
		case q.term == factGroups && c.first == isTrue:
			groups = append(groups, q.value)
		case q.term == factKind && c.first == c.last, q.term == factSubject && c.first == c.last && c.first < int64(len(q.constants)):
			rest = append(rest, q.constants[c.first])
		case q.term == factIssuer && c.first == c.last && c.first < int64(len(q.constants)) && c.first >= 0:
			rest = append(rest, "of "+q.constants[c.first])
		}
	}
	slices.Sort(groups)
	out := "anybody"
	if len(groups) > 0 {
		out = "group " + strings.Join(groups, " and ")
	}
	if len(rest) > 0 {
		out += " (" + strings.Join(rest, ", ") + ")"
	}
	return out
}

// add joins a row with those that differ in verbs or objects only.
func (g *gains) add(n Gain) {
	k := key(n.Target, n.Who, n.Before, n.After, n.Change, key(n.When...), list(n.Objects))
	if known := g.rows[k]; known != nil {
		known.Verbs = merged(known.Verbs, n.Verbs)
		return
	}
	g.rows[k] = &n
	g.keys = append(g.keys, k)
}

func merged(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// list gives the rows, those that differ in objects only put together, in order.
func (g *gains) list() []Gain {
	byVerbs := map[string]*Gain{}
	var keys []string
	for _, k := range g.keys {
		n := g.rows[k]
		wide := key(n.Target, n.Who, n.Before, n.After, n.Change, key(n.When...), list(n.Verbs))
		if known := byVerbs[wide]; known != nil {
			known.Objects = merged(known.Objects, n.Objects)
			continue
		}
		byVerbs[wide] = n
		keys = append(keys, wide)
	}
	out := []Gain{}
	for _, k := range keys {
		n := *byVerbs[k]
		slices.Sort(n.Objects)
		if len(n.Objects) > maxListed {
			n.Objects = append(n.Objects[:maxListed:maxListed], "...")
		}
		n.Objects = slices.DeleteFunc(n.Objects, func(s string) bool { return s == "" })
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b Gain) int { return compareText(gainKey(a), gainKey(b)) })
	return out
}

func gainKey(g Gain) string {
	return strings.Join([]string{g.Target, g.Who, g.Change, strings.Join(g.Verbs, ","), strings.Join(g.Objects, ","), g.Before, g.After,
		strings.Join(g.When, ",")}, "\x00")
}
