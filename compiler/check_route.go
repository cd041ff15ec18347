package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

const maxQuorum = 100

func (c *checker) route(r *syntax.Route) {
	c.full(r.Approvers, "approvers")
	c.full(r.Notify, "notify")
	c.full(r.ApproverKinds, "approver_kinds")
	for _, k := range r.ApproverKinds.Items {
		c.word(k, "kind", schema.Kinds...)
	}
	c.quorum(r, c.approvers(r))
	if hold, expires := holdOf(r), expiresOf(r); hold > expires {
		rng := r.Hold.Range
		if !r.Hold.Set() {
			rng = r.Expires.Range
		}
		c.add(rng, "Hold is longer than the ticket lives", fmt.Sprintf("A connection would wait %s for a ticket that expires after %s.", hold, expires),
			"Let expires be at least hold.")
	}
}

// approvers checks a route's entries and gives the number of people whom they name; -1 for any number.
func (c *checker) approvers(r *syntax.Route) int {
	if len(c.l.tree.Issuers) == 0 && len(r.Approvers.Items) > 0 && !c.l.broken {
		c.add(r.Approvers.Range, "No issuer for approvers", "The policy has no issuer block, so that nobody can show that they are an approver.",
			"Add an issuer block.")
	}
	var subjects []string
	groups := false
	for _, a := range r.Approvers.Items {
		p, ok := schema.ParseParty(a.Text)
		switch {
		case !ok:
			c.add(a.Range, "Bad approver", fmt.Sprintf("%q names nobody.", a.Text), "Write "+schema.PartyForm+".")
		case len(c.l.tree.Issuers) > 0 && !c.l.broken:
			c.vouched(r, a, p)
		}
		if groups = groups || !ok || p.Group; !groups {
			subjects = append(subjects, p.Name)
		}
	}
	if groups {
		return -1
	}
	return len(sortedSet(subjects))
}

// quorum checks that so many can agree, of people if that is not negative.
func (c *checker) quorum(r *syntax.Route, people int) {
	switch {
	case !r.Quorum.Set():
	case r.Quorum.Value < 1 || r.Quorum.Value > maxQuorum:
		c.add(r.Quorum.Range, "Bad quorum", fmt.Sprintf("It is the number of people who must agree: 1 to %d.", maxQuorum), "Write quorum = 1, or leave it out.")
	case people >= 0 && r.Approvers.Set() && r.Quorum.Value > people:
		c.add(r.Quorum.Range, "Quorum is out of reach", fmt.Sprintf("It needs %d approvers, and only %d are named.", r.Quorum.Value, people),
			"Lower the quorum or name more approvers.")
	}
}

// vouched checks that one issuer can vouch for an approver.
func (c *checker) vouched(r *syntax.Route, a syntax.String, p schema.Party) {
	kinds := kindsOf(r)
	able := c.ableIssuers(kinds)
	_, ok := p.Of(able)
	switch {
	case ok:
		c.lookalike(p, a)
	case p.Issuer == "" && len(able) > 1:
		c.add(a.Range, "Ambiguous approver",
			fmt.Sprintf("%q does not say whose: any of the issuers %s could vouch for somebody of that name.", p, strings.Join(able, ", ")),
			fmt.Sprintf("Name the issuer, as %q.", schema.Party{Issuer: able[0], Group: p.Group, Name: p.Name}))
	case p.Issuer != "" && !slices.Contains(c.issuers(), p.Issuer):
		hint := syntax.Suggest(p.Issuer, c.issuers())
		if hint == "" {
			hint = "Issuers of the policy are: " + strings.Join(c.issuers(), ", ") + "."
		}
		c.add(a.Range, "Unknown issuer", fmt.Sprintf("There is no issuer %q to vouch for this approver.", p.Issuer), hint)
	default:
		c.add(a.Range, "Nobody can approve",
			fmt.Sprintf("The route takes votes of kind %s, and no issuer that could vouch for %q makes a principal of that kind.", strings.Join(kinds, " or "), p),
			`Let the issuer tell people from programs, as principal { kind = "claims.client_type == 'human' ? 'human' : 'machine'" }, or widen the route's approver_kinds.`)
	}
}

// lookalike warns where a name was meant to have an issuer in front.
func (c *checker) lookalike(p schema.Party, a syntax.String) {
	issuer, name, _ := strings.Cut(p.Name, "/")
	if p.Issuer != "" || name == "" || !slices.Contains(c.issuers(), issuer) {
		return
	}
	word := schema.Party{Issuer: issuer, Group: p.Group, Name: name}
	c.warn(a.Range, "Issuer in the wrong place", fmt.Sprintf("This is the name %q with a slash in it, not %q of issuer %q.", p.Name, name, issuer),
		fmt.Sprintf("Write %q; or, if the name has a slash, %q.", word, schema.Party{Issuer: issuer, Group: p.Group, Name: p.Name}))
}

func (c *checker) issuers() []string {
	var names []string
	for i := range c.l.tree.Issuers {
		names = append(names, c.l.tree.Issuers[i].Name.Text)
	}
	return sortedSet(names)
}

// ableIssuers are those that can vouch for a principal of one of the kinds. One whose kind is a constant makes no others.
func (c *checker) ableIssuers(kinds []string) []string {
	var names []string
	for i := range c.l.tree.Issuers {
		text := DefaultKind
		if k := c.l.tree.Issuers[i].Kind; k.Set() {
			text = k.Text
		}
		if kind, constant := constantKind(text); !constant || slices.Contains(kinds, kind) {
			names = append(names, c.l.tree.Issuers[i].Name.Text)
		}
	}
	return sortedSet(names)
}

func kindsOf(r *syntax.Route) []string {
	if !r.ApproverKinds.Set() {
		return []string{DefaultApproverKind}
	}
	return setOf(r.ApproverKinds)
}

// parties gives a route's approvers as the bundle has them, each with its issuer.
func (c *checker) parties(r *syntax.Route) []string {
	able := c.ableIssuers(kindsOf(r))
	var list []string
	for _, a := range r.Approvers.Items {
		p, _ := schema.ParseParty(a.Text)
		p, _ = p.Of(able)
		list = append(list, p.String())
	}
	return sortedSet(list)
}
