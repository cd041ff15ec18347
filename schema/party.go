package schema

import (
	"slices"
	"strings"
)

// Party names principals, in a route's approvers and among a gateway's operators: a group or one subject, vouched for by
// one issuer.
type Party struct {
	// Issuer is the name of an issuer block; empty where the text leaves it out, and then the party means nobody until
	// Of has found its issuer.
	Issuer string
	// Group is set for a group, and not for a subject. Name is the group's or the subject's.
	Group bool
	Name  string
}

// PartyForm tells how a party is written.
const PartyForm = `"group:NAME" or "subject:NAME", with "ISSUER/" in front when there is more than one issuer`

// ParseParty reads "group:NAME" or "subject:NAME", with "ISSUER/" in front to name the issuer block. NAME may hold any
// character: what stands before the first colon is never part of it.
func ParseParty(text string) (Party, bool) {
	head, name, ok := strings.Cut(text, ":")
	kind := head
	issuer, after, qualified := strings.Cut(head, "/")
	if qualified {
		kind = after
	}
	if !ok || name == "" || kind != "group" && kind != "subject" || qualified && issuer == "" {
		return Party{}, false
	}
	p := Party{Group: kind == "group", Name: name}
	if qualified {
		p.Issuer = issuer
	}
	return p, true
}

// String gives the text that ParseParty reads.
func (p Party) String() string {
	text := "subject:" + p.Name
	if p.Group {
		text = "group:" + p.Name
	}
	if p.Issuer == "" {
		return text
	}
	return p.Issuer + "/" + text
}

// Of gives the party with its issuer, which is the one that it names or, when it names none, the only one of issuers. It
// reports false when that is not one of them, or when there is not just one to choose.
func (p Party) Of(issuers []string) (Party, bool) {
	if p.Issuer == "" && len(issuers) == 1 {
		p.Issuer = issuers[0]
	}
	return p, p.Issuer != "" && slices.Contains(issuers, p.Issuer)
}

// Means reports whether q is of the party. A party without an issuer means nobody.
func (p Party) Means(q *Principal) bool {
	switch {
	case p.Issuer == "" || p.Name == "" || p.Issuer != q.Issuer:
		return false
	case p.Group:
		return slices.Contains(q.Groups, p.Name)
	default:
		return p.Name == q.Subject
	}
}
