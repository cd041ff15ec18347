package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// identity compares who can be a principal at all. What an issuer makes of a token decides by way of the rules, so that
// a mapping that gives other principals counts as looser and tighter.
func (x *comparison) identity() error {
	x.possible = yes
	names := map[string]bool{}
	for name := range x.old.issuers {
		names[name] = true
	}
	for name := range x.new.issuers {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, new := x.old.issuers[name], x.new.issuers[name]
		if old != nil && new != nil {
			if err := x.kinds(name, old, new); err != nil {
				return err
			}
		}
		c := x.changes["issuer."+name]
		switch {
		case c == nil:
		case old == nil:
			c.add(looser, "tokens of one more issuer are taken")
		case new == nil:
			c.add(tighter, "its tokens are not taken any more")
		default:
			if err := x.issuer(old, new, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// add enters a difference that the blocks themselves prove, without a request.
func (c *Change) add(ways change, note string) {
	c.shown |= ways
	c.Notes = append(c.Notes, note)
}

// kinds leaves out of the comparison the kinds of principal that an issuer makes in neither policy.
func (x *comparison) kinds(name string, versions ...*schema.Issuer) error {
	can := no
	for _, kind := range schema.Kinds {
		for _, i := range versions {
			may, err := x.mayBeKind(i, kind)
			if err != nil {
				return err
			}
			if may {
				can = x.d.or(can, x.oneOf(is(factKind, kind)).t)
			}
		}
	}
	x.possible = x.d.and(x.possible, x.d.or(x.d.not(x.oneOf(is(factIssuer, name)).t), can))
	return nil
}

// is asks whether a fact is one text.
func is(fact, text string) *vocab.Leaf {
	return &vocab.Leaf{
		Form: vocab.FormOneOf, Term: fact, Values: []string{text}, Text: fact + " == " + quoted(text), Total: true, Strict: true,
		Facts: []string{fact}, Constants: []string{text},
	}
}

// claim gives where a condition over claims holds. Claims of one name are one question, whatever the issuer.
func (x *comparison) claim(text string) (truth, error) {
	if _, err := x.read(vocab.Claims, text); err != nil {
		return truth{}, err
	}
	return x.truth(vocab.Claims, text, place{}), nil
}

// issuer compares two versions of one issuer.
func (x *comparison) issuer(old, new *schema.Issuer, c *Change) error {
	o, n := &old.OIDC, &new.OIDC
	if o.URL != n.URL {
		c.add(looser|tighter, "tokens of another issuer are taken: "+n.URL+" instead of "+o.URL)
	}
	c.addSets("audiences", o.Audiences, n.Audiences)
	c.addSets("algorithms", o.Algorithms, n.Algorithms)
	if o.MaxLifetime != n.MaxLifetime {
		ways := compareNumbers(bound(int64(o.MaxLifetime)), bound(int64(n.MaxLifetime)))
		c.add(ways, fmt.Sprintf("tokens may live %s instead of %s", n.MaxLifetime, o.MaxLifetime))
	}
	if old.OutliveToken != new.OutliveToken {
		ways := map[bool]change{true: looser, false: tighter}[new.OutliveToken]
		c.add(ways, map[bool]string{true: "sessions go on after their token has expired", false: "sessions end when their token expires"}[new.OutliveToken])
	}
	was, err := x.accepts(old)
	if err != nil {
		return err
	}
	now, err := x.accepts(new)
	if err != nil {
		return err
	}
	v := versions{old, new, c}
	x.claims(v, looser, x.d.and(now, x.d.not(was)), "tokens are taken that were refused: ")
	x.claims(v, tighter, x.d.and(was, x.d.not(now)), "tokens are refused that were taken: ")
	err = x.mapping(v, x.d.and(was, now))
	if x.d.spent {
		c.undecided = true
	}
	return err
}

func bound(n int64) int64 {
	if n == 0 {
		return int64(^uint64(0) >> 1)
	}
	return n
}

func (c *Change) addSets(what string, old, new []string) {
	if ways := compareSets(old, new); ways != 0 {
		c.add(ways, fmt.Sprintf("%s are %s instead of %s", what, strings.Join(new, ", "), strings.Join(old, ", ")))
	}
}

// meets gives where a token's claims meet every requirement.
func (x *comparison) meets(i *schema.Issuer) (node, error) {
	out := yes
	for _, r := range i.Require {
		t, err := x.claim(r.When.Text)
		if err != nil {
			return no, err
		}
		out = x.d.and(out, t.t)
	}
	return out, nil
}

// versions are an issuer before and after an edit, and the edit's entry.
type versions struct {
	old, new *schema.Issuer
	change   *Change
}

// claims enters a difference over claims: as shown when claims that make it were taken to both mappings.
func (x *comparison) claims(v versions, ways change, where node, note string) {
	if where == no {
		return
	}
	path := x.way(where)
	var parts []string
	for _, c := range path {
		parts = append(parts, answer{x.questions.list[c.variable], c}.describe())
	}
	if len(parts) == 0 {
		parts = []string{"all"}
	}
	v.change.Notes = append(v.change.Notes, note+strings.Join(parts, ", "))
	w := &Witness{Loosens: ways&looser != 0, Tightens: ways&tighter != 0, Assumes: parts, Target: "", Verb: schema.VerbConnect}
	claims, absent := x.tokenOf(path)
	w.Principal = Caller{Issuer: v.new.Name, Claims: claims}
	if x.identified(v, w, ways, absent) {
		v.change.shown |= ways
		w.Decided, w.Assumes = true, nil
	} else {
		v.change.possible |= ways
	}
	if len(v.change.Witnesses) < 4 {
		v.change.Witnesses = append(v.change.Witnesses, w)
	}
}

// identified takes a token's claims to both mappings.
func (x *comparison) identified(v versions, w *Witness, ways change, absent map[string]bool) bool {
	if x.options.Identify == nil {
		return false
	}
	for _, claims := range x.tokens(v, w.Principal.Claims, absent) {
		w.Principal.Claims = claims
		if x.identifies(v, w, ways) {
			return true
		}
	}
	return false
}

// tokens gives the claims, and then with values for what else the issuer asks for.
func (x *comparison) tokens(v versions, claims map[string]any, absent map[string]bool) []map[string]any {
	out := []map[string]any{claims}
	for _, value := range []any{nil, []any{}, "other"} { // nil is for what each is used for
		more := maps.Clone(claims)
		for _, i := range []*schema.Issuer{v.old, v.new} {
			for _, text := range []string{groupsOf(i), subjectOf(i), kindOf(i)} {
				for _, found := range claimNames.FindAllStringSubmatch(text, -1) {
					if _, known := more[found[1]]; known || absent[found[1]] {
						continue
					}
					more[found[1]] = value
					if value == nil {
						more[found[1]] = map[bool]any{true: []any{}, false: "other"}[text == groupsOf(i)]
					}
				}
			}
		}
		out = append(out, more)
	}
	return out
}

var claimNames = regexp.MustCompile(`\bclaims\.([A-Za-z_][A-Za-z0-9_]*)`)

func (x *comparison) identifies(v versions, w *Witness, ways change) bool {
	was, oldErr := x.options.Identify(v.old, w.Principal.Claims)
	is, newErr := x.options.Identify(v.new, w.Principal.Claims)
	w.Before, w.After = principalOutcome(was, oldErr), principalOutcome(is, newErr)
	switch {
	case ways == looser:
		return oldErr != nil && newErr == nil
	case ways == tighter:
		return oldErr == nil && newErr != nil
	}
	return oldErr == nil && newErr == nil && (was.Kind != is.Kind || was.Subject != is.Subject || !slices.Equal(was.Groups, is.Groups))
}

func principalOutcome(p *schema.Principal, err error) *Outcome {
	if err != nil {
		return &Outcome{Decision: "refused: " + err.Error(), Rules: []string{}}
	}
	return &Outcome{Decision: fmt.Sprintf("%s, %s, groups %s", p.Subject, p.Kind, strings.Join(p.Groups, " ")), Rules: []string{}}
}

// tokenOf gives claims that answer the questions on a way, as far as they name claims, and those that must not be there.
func (x *comparison) tokenOf(path []choice) (claims map[string]any, absent map[string]bool) {
	claims, absent = map[string]any{"sub": "caller"}, map[string]bool{}
	for _, c := range path {
		q := x.questions.list[c.variable]
		if has, ok := strings.CutPrefix(q.term, "has(claims."); ok && c.first == isFalse {
			absent[strings.TrimSuffix(has, ")")] = true
		}
		name, ok := strings.CutPrefix(q.term, "claims.")
		switch {
		case !ok || strings.ContainsAny(name, ".[( ") || c.first == failing:
		case q.form == vocab.FormOneOf:
			claims[name] = answer{q, c}.text("")
		case q.form == vocab.FormHolds:
			list, _ := claims[name].([]any)
			if list == nil {
				list = []any{}
			}
			if c.first == isTrue {
				list = append(list, q.value)
			}
			claims[name] = list
		case q.form == vocab.FormTruth:
			claims[name] = c.first == isTrue
		}
	}
	for name := range absent {
		delete(claims, name)
	}
	return claims, absent
}

// way gives one way to a yes, through answers that have a value where there is one.
func (x *comparison) way(n node) []choice {
	var out []choice
	for n > yes {
		vx := x.d.vertices[n]
		best := -1
		for i, r := range vx.runs {
			if r.to != no && (best < 0 || vx.runs[best].from == failing) {
				best = i
			}
		}
		last := x.d.highest[vx.variable]
		if best+1 < len(vx.runs) {
			last = vx.runs[best+1].from - 1
		}
		out = append(out, choice{vx.variable, vx.runs[best].from, last})
		n = vx.runs[best].to
	}
	return out
}

// mapping compares what is made of the tokens that both take.
func (x *comparison) mapping(v versions, accepts node) error {
	for _, kind := range schema.Kinds {
		ask := func(i *schema.Issuer) string { return fmt.Sprintf("(%s) == %s", kindOf(i), quoted(kind)) }
		if err := x.mapped(v, ask, accepts, "the kind "+kind+" is given to other tokens: "); err != nil {
			return err
		}
	}
	was, is := subjectOf(v.old), subjectOf(v.new)
	others, err := x.differ(was, is, vocab.String)
	if err != nil {
		return err
	}
	if x.d.and(accepts, others) != no {
		v.change.possible |= looser | tighter
		v.change.Notes = append(v.change.Notes, fmt.Sprintf("callers are named by %s instead of %s", is, was))
	}
	others, err = x.differ(groupsOf(v.old), groupsOf(v.new), vocab.StringList)
	if err != nil {
		return err
	}
	if accepts = x.d.and(accepts, others); accepts == no {
		return nil
	}
	return x.grouped(v, accepts)
}

// grouped compares the groups that are given to tokens that both take.
func (x *comparison) grouped(v versions, accepts node) error {
	known := len(v.change.Notes)
	for _, group := range x.groupNames() {
		ask := func(i *schema.Issuer) string { return fmt.Sprintf("%s in (%s)", quoted(group), groupsOf(i)) }
		if err := x.mapped(v, ask, accepts, "the group "+group+" is given to other tokens: "); err != nil {
			return err
		}
	}
	switch {
	case x.looksAtGroups():
		v.change.possible |= looser | tighter
		v.change.Notes = append(v.change.Notes, "conditions look at all groups of a caller, which are given to other tokens")
	case len(v.change.Notes) == known:
		v.change.Notes = append(v.change.Notes, "no group that a rule knows is given to other tokens")
	}
	return nil
}

// mapped compares the answers of both versions to one question.
func (x *comparison) mapped(v versions, ask func(*schema.Issuer) string, accepts node, note string) error {
	if ask(v.old) == ask(v.new) {
		return nil
	}
	was, err := x.claim(ask(v.old))
	if err != nil {
		return err
	}
	now, err := x.claim(ask(v.new))
	if err != nil {
		return err
	}
	d := x.d
	differ := d.or(d.and(was.t, d.not(now.t)), d.and(now.t, d.not(was.t)))
	x.claims(v, looser|tighter, d.and(accepts, differ), note)
	return nil
}

// groupNames lists the groups that rules, masks and conditions of either policy know.
func (x *comparison) groupNames() []string {
	var out []string
	for _, p := range []*policy{x.old, x.new} {
		for _, r := range p.bundle.Rules {
			out = append(out, r.Groups...)
		}
		for _, m := range p.bundle.Masks {
			out = append(out, m.Groups...)
		}
		for _, r := range p.bundle.Routes {
			for _, text := range r.Approvers {
				if party, ok := schema.ParseParty(text); ok && party.Group {
					out = append(out, party.Name)
				}
			}
		}
	}
	for _, r := range x.logics {
		for _, l := range r.leaves {
			if l.Form == vocab.FormHolds && l.Term == factGroups {
				out = append(out, l.Values...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
