package main

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// asked is what a set of flips asks for: which facts, and which of their values they tell apart.
type asked struct {
	*varier
	flips []engine.Flip
	// leaves are the questions of the terms, by fact.
	leaves map[string][]*vocab.Leaf
}

func (v *varier) asked(flips []engine.Flip) *asked {
	a := &asked{varier: v, flips: flips, leaves: map[string][]*vocab.Leaf{}}
	for _, f := range flips {
		for _, leaf := range f.Leaves {
			for _, fact := range leaf.Facts {
				a.leaves[fact] = append(a.leaves[fact], leaf)
			}
		}
	}
	return a
}

// edits lists the edits of each fact that is asked for, nearest first: the statement's own, then what the client may
// choose, then who it is.
func (a *asked) edits() [][]edit {
	var out [][]edit
	add := func(list []edit) {
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	add(a.statements())
	add(a.groups())
	p, r := a.action.Principal, a.action.Request
	add(a.texts("principal.kind", p.Kind, schema.Kinds, func(x *schema.Action, s string) { x.Principal.Kind = s }))
	add(a.texts("request.application", r.Application, a.words("request.application"), func(x *schema.Action, s string) { x.Request.Application = s }))
	add(a.texts("request.client_address", r.ClientAddress, a.addresses(), func(x *schema.Action, s string) { x.Request.ClientAddress = s }))
	add(a.times())
	add(a.texts("principal.subject", p.Subject, a.words("principal.subject"), func(x *schema.Action, s string) { x.Principal.Subject = s }))
	add(a.texts("principal.issuer", p.Issuer, a.issuers(), func(x *schema.Action, s string) { x.Principal.Issuer = s }))
	for fact, leaves := range a.leaves {
		for _, leaf := range leaves {
			if leaf.Form == vocab.FormTruth && len(leaf.Constants) > 0 && !strings.HasPrefix(fact, "target.") {
				a.missing = "no request was found for which " + leaf.Text + " is otherwise"
			}
		}
	}
	return out
}

func (a *asked) issuers() []string {
	var out []string
	for _, i := range a.judge.bundle.Issuers {
		out = append(out, i.Name)
	}
	return out
}

// texts gives a fact each of some values, but for the one that it has.
func (a *asked) texts(fact, now string, values []string, set func(*schema.Action, string)) []edit {
	if a.leaves[fact] == nil {
		return nil
	}
	var out []edit
	for _, value := range values {
		if value != now {
			out = append(out, edit{engine.Change{What: fact, From: now, To: value}, func(x *schema.Action) { set(x, value) }})
		}
	}
	return out
}

// words gives values that the questions about a fact may tell apart.
func (a *asked) words(fact string) []string {
	var out []string
	for _, leaf := range a.leaves[fact] {
		for _, c := range leaf.Constants {
			out = append(out, c, c+"a", "a"+c)
		}
	}
	return unique(append(out, "other"))
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// addresses completes the beginnings of addresses that conditions ask for.
func (a *asked) addresses() []string {
	var out []string
	for _, leaf := range a.leaves["request.client_address"] {
		for _, c := range leaf.Constants {
			for _, end := range []string{"", "1", ".1", "0.1", ".0.1", "0.0.1", ".0.0.1", ":1", "::1", ":"} {
				if _, err := netip.ParseAddr(c + end); err == nil {
					out = append(out, c+end)
				}
			}
		}
	}
	return unique(append(out, "192.0.2.1", "2001:db8::1"))
}

// times gives the moments around those that are asked for, and each hour of a week.
func (a *asked) times() []edit {
	leaves := a.leaves["request.time"]
	if leaves == nil {
		return nil
	}
	now := a.action.Request.Time
	var moments []time.Time
	for _, leaf := range leaves {
		if leaf.Form == vocab.FormBelow && leaf.Term == "request.time" {
			at := time.Unix(0, leaf.Bound).UTC()
			moments = append(moments, at, at.Add(-time.Second))
		}
	}
	for hour := 1; hour <= 7*24; hour++ {
		moments = append(moments, now.Truncate(time.Hour).Add(time.Duration(hour)*time.Hour))
	}
	var out []edit
	for _, at := range moments {
		change := engine.Change{What: "request.time", From: now.UTC().Format(time.RFC3339), To: at.UTC().Format(time.RFC3339)}
		out = append(out, edit{change, func(x *schema.Action) { x.Request.Time = at }})
	}
	return out
}

// groups puts the caller into groups that are asked for, or out of them: one at a time, then all of them together.
func (a *asked) groups() []edit {
	now := a.action.Principal.Groups
	var in, out []string
	for _, f := range a.flips {
		switch {
		case f.Part == "groups" && f.To == "true":
			in = append(in, f.List...)
		case f.Part == "groups":
			out = append(out, f.List...)
		}
	}
	for _, leaf := range a.leaves["principal.groups"] {
		for _, c := range leaf.Constants {
			in, out = append(in, c), append(out, c)
			if leaf.Form == vocab.FormTruth {
				in = append(in, c+"a", "a"+c)
			}
		}
		if leaf.Form == vocab.FormTruth {
			out = append(out, now...)
		}
	}
	in = slices.DeleteFunc(unique(in), func(g string) bool { return slices.Contains(now, g) })
	out = slices.DeleteFunc(unique(out), func(g string) bool { return !slices.Contains(now, g) })
	var sets [][]string
	for _, g := range in {
		sets = append(sets, append(slices.Clip(now), g))
	}
	without := func(drop []string) []string {
		return slices.DeleteFunc(slices.Clone(now), func(g string) bool { return slices.Contains(drop, g) })
	}
	for _, g := range out {
		sets = append(sets, without([]string{g}))
	}
	sets = append(sets, without(out))
	for _, g := range in {
		sets = append(sets, append(without(out), g))
	}
	sets = append(sets, slices.Concat(now, in), slices.Concat(without(out), in))
	return groupEdits(now, sets)
}

func groupEdits(now []string, sets [][]string) []edit {
	var out []edit
	seen := map[string]bool{groupText(now): true}
	for _, set := range sets {
		set = slices.Compact(slices.Sorted(slices.Values(set)))
		text := groupText(set)
		if seen[text] {
			continue
		}
		seen[text] = true
		out = append(out, edit{engine.Change{What: "principal.groups", From: groupText(now), To: text}, func(x *schema.Action) { x.Principal.Groups = set }})
	}
	return out
}

func groupText(groups []string) string {
	quoted := make([]string, len(groups))
	for i, g := range groups {
		quoted[i] = strconv.Quote(g)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
