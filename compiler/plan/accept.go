package plan

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// maxName and maxNames bound what the gateway takes from claims.
const (
	maxName  = 256
	maxNames = 256
)

// mappings are what makes a principal of claims, with what stands for those that are left out.
func subjectOf(i *schema.Issuer) string { return orElse(i.Subject.Text, "claims.sub") }
func groupsOf(i *schema.Issuer) string {
	return orElse(i.Groups.Text, "has(claims.groups) ? claims.groups : []")
}
func kindOf(i *schema.Issuer) string { return orElse(i.Kind.Text, quoted(schema.KindMachine)) }

func orElse(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}

// accepts gives where a token's claims meet every requirement and every mapping gives something that can be used.
func (x *comparison) accepts(i *schema.Issuer) (node, error) {
	out, err := x.meets(i)
	if err != nil {
		return no, err
	}
	for _, m := range []struct {
		text, what string
		kind       vocab.Type
		fits       func([]string) bool
	}{
		{subjectOf(i), " has a value", vocab.String, named}, {groupsOf(i), " has values", vocab.StringList, named},
		{kindOf(i), " is a kind", vocab.String, func(texts []string) bool { return slices.Contains(schema.Kinds, texts[0]) }},
	} {
		c, err := x.vocabularies[vocab.Claims].Reload(m.text, m.kind)
		if err != nil {
			return no, err
		}
		out = x.d.and(out, x.valued(c.Branches(), m.what, m.fits))
	}
	return out, nil
}

// valued gives where a mapping gives something that can be used. Whether an expression does is a question of its own,
// but for literals, and for a claim that is not there.
func (x *comparison) valued(b *vocab.Branch, what string, fits func([]string) bool) node {
	if b.When != nil {
		when := x.join(b.When, x.leaf)
		one, two := x.valued(b.Then, what, fits), x.valued(b.Else, what, fits)
		return x.d.or(x.d.and(when.t, one), x.d.and(when.f, two))
	}
	if b.Literal {
		if fits(b.Constants) {
			return yes
		}
		return no
	}
	text := b.Text + what
	out := x.open(questionKey{vocab.FormTruth, text, ""}, &vocab.Leaf{Text: text, Total: true}, isTrue).t
	if b.Claim != "" && b.Claim != "sub" { // every token has a sub
		has := "has(claims." + b.Claim + ")"
		out = x.d.and(x.open(questionKey{vocab.FormTruth, has, ""}, &vocab.Leaf{Text: has, Total: true, Facts: []string{"claims." + b.Claim}}, isTrue).t, out)
	}
	return out
}

// named reports whether texts can be names of callers and groups.
func named(texts []string) bool {
	return len(texts) <= maxNames && !slices.ContainsFunc(texts, func(s string) bool {
		return s == "" || len(s) > maxName || strings.ContainsFunc(s, unicode.IsControl)
	})
}

// mayBeKind reports whether an issuer may make principals of a kind.
func (x *comparison) mayBeKind(i *schema.Issuer, kind string) (bool, error) {
	accepts, err := x.accepts(i)
	if err != nil {
		return false, err
	}
	t, err := x.claim("(" + kindOf(i) + ") == " + quoted(kind))
	if err != nil {
		return false, err
	}
	return x.d.and(accepts, t.t) != no || x.d.spent, nil
}

// looksAtGroups reports whether a condition of either policy asks for a principal's groups otherwise than whether one
// named group is among them.
func (x *comparison) looksAtGroups() bool {
	for _, r := range x.logics {
		for _, l := range r.leaves {
			byName := l.Form == vocab.FormHolds && l.Term == factGroups
			if !byName && slices.ContainsFunc(l.Facts, func(f string) bool { return f == factGroups || f == "principal" }) {
				return true
			}
		}
	}
	return false
}

// differ gives where two mappings come to different expressions.
func (x *comparison) differ(old, new string, kind vocab.Type) (node, error) {
	var ends [2][]end
	for i, text := range []string{old, new} {
		c, err := x.vocabularies[vocab.Claims].Reload(text, kind)
		if err != nil {
			return no, err
		}
		ends[i] = x.ends(c.Branches(), yes, nil)
	}
	out := no
	for _, a := range ends[0] {
		for _, b := range ends[1] {
			if a.text != b.text {
				out = x.d.or(out, x.d.and(a.where, b.where))
			}
		}
	}
	return out, nil
}

// end is what a mapping comes to, and where.
type end struct {
	text  string
	where node
}

func (x *comparison) ends(b *vocab.Branch, where node, out []end) []end {
	if b.When == nil {
		return append(out, end{b.Text, where})
	}
	when := x.join(b.When, x.leaf)
	return x.ends(b.Else, x.d.and(where, when.f), x.ends(b.Then, x.d.and(where, when.t), out))
}
