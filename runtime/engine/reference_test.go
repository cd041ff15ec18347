package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	someGroups  = []string{"g0", "g1", "g2"}
	someVerbs   = []string{"select", "delete", "call", "opaque", "create", "*"}
	someTables  = []string{"public.a", "public.b", "sales.a", "public.*", "sales.*", "*", `"x.y".a`, `"x.y".*`}
	someObjects = []string{"public.a", "public.b", "sales.a", "sales.zz", "other.a", `"x.y".a`, ""}
	someWhens   = []string{"", "", "access.object == 'public.a'", "'g1' in principal.groups", "target.labels['none'] == ''", "sql.limit < 0"}
)

func some(r *rand.Rand, from []string, atMost int) []string {
	var out []string
	for range r.IntN(atMost + 1) {
		out = append(out, from[r.IntN(len(from))])
	}
	return out
}

func randomBundle(r *rand.Rand, rules int) *schema.Bundle {
	b := &schema.Bundle{Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}, {Name: "other", Protocol: schema.ProtocolPostgres}}}
	for i := range rules {
		effect := []schema.Effect{schema.Deny, schema.Approve, schema.Allow, schema.Allow}[r.IntN(4)]
		b.Rules = append(b.Rules, rule(effect, fmt.Sprintf("r%03d", i), func(x *schema.Rule) {
			x.Groups, x.Verbs = some(r, someGroups, 2), some(r, someVerbs, 3)
			x.Tables, x.Functions = some(r, someTables, 2), some(r, someTables, 1)
			x.Mode = schema.Mode(r.IntN(8) / 7)
			x.Targets = [][]string{{"db"}, {"db", "other"}, {"other", "db"}, {"other"}, nil}[r.IntN(10)/2]
			if r.IntN(40) == 0 { // more than the index takes
				for i := range 1100 {
					x.Tables = append(x.Tables, fmt.Sprintf("wide.t%d", i))
				}
			}
			if text := someWhens[r.IntN(len(someWhens))]; text != "" {
				x.When = when(text)
			}
			if text := someWhens[r.IntN(len(someWhens))]; text != "" && r.IntN(2) == 0 {
				x.Unless = when(text)
			}
		}))
	}
	slices.SortFunc(b.Rules, func(x, y schema.Rule) int { return strings.Compare(x.Address, y.Address) })
	return b
}

func randomAction(r *rand.Rand) *schema.Action {
	a := act()
	a.Principal.Groups = some(r, someGroups, 2)
	for range r.IntN(3) {
		verb := someVerbs[r.IntN(5)]
		access := on(verb, someObjects[r.IntN(len(someObjects))])
		if verb == "opaque" {
			access.Object = ""
		}
		access.Harmless = verb != "opaque" && r.IntN(6) == 0
		a.Accesses = append(a.Accesses, access)
	}
	return a
}

// reference decides by reading the rules one by one, straight from the language's meaning.
func reference(b *schema.Bundle, a *schema.Action) (schema.Effect, []string) {
	effect := schema.Allow
	by := map[schema.Effect][]string{}
	for _, access := range a.Accesses {
		matching := map[schema.Effect][]string{}
		for i := range b.Rules {
			if r := &b.Rules[i]; r.Mode == schema.Enforce && slices.Contains(r.Targets, a.Target) && refMatches(r, a, access) {
				matching[r.Effect] = append(matching[r.Effect], r.Address)
			}
		}
		of := schema.Allow
		switch {
		case len(matching[schema.Deny]) > 0:
			of = schema.Deny
		case len(matching[schema.Allow]) == 0 && !access.Harmless:
			of = schema.Deny
		case len(matching[schema.Approve]) > 0:
			of = schema.Approve
		}
		by[of] = append(by[of], matching[of]...)
		effect = min(effect, of)
	}
	slices.Sort(by[effect])
	return effect, slices.Compact(by[effect])
}

func refMatches(r *schema.Rule, a *schema.Action, access schema.Access) bool {
	if len(r.Groups) > 0 && !slices.ContainsFunc(a.Principal.Groups, func(g string) bool { return slices.Contains(r.Groups, g) }) {
		return false
	}
	star := len(r.Verbs) == 0 || slices.Contains(r.Verbs, "*")
	if access.Verb == "opaque" && r.Effect == schema.Allow {
		star = false
	}
	if !star && !slices.Contains(r.Verbs, access.Verb) {
		return false
	}
	patterns := r.Tables
	if access.Verb == "call" {
		patterns = r.Functions
		if len(patterns) == 0 && (len(r.Tables) > 0 || r.Effect == schema.Allow) {
			return false
		}
	} else if len(r.Tables) == 0 && len(r.Functions) > 0 {
		return false
	}
	named := slices.ContainsFunc(patterns, func(p string) bool {
		if s, ok := strings.CutSuffix(p, "*"); ok && p != "*" {
			return strings.HasPrefix(access.Object, s)
		}
		return p == access.Object && p != ""
	})
	if !named && (access.Harmless || len(patterns) > 0 && !slices.Contains(patterns, "*")) {
		return false
	}
	when, unless := refValue(r.When, "yes", a, access), refValue(r.Unless, "no", a, access)
	switch {
	case when == "no": // unless is not asked
		return false
	case when == "fails":
		return r.Effect != schema.Allow
	case unless == "fails":
		return r.Effect != schema.Allow
	default:
		return unless == "no"
	}
}

// refValue knows the few conditions of someWhens.
func refValue(c *schema.Condition, none string, a *schema.Action, access schema.Access) string {
	word := map[bool]string{true: "yes", false: "no"}
	if c == nil {
		return none
	}
	switch c.Text {
	case "access.object == 'public.a'":
		return word[access.Object == "public.a"]
	case "'g1' in principal.groups":
		return word[slices.Contains(a.Principal.Groups, "g1")]
	case "sql.limit < 0":
		return word[a.SQL.Limit < 0]
	default: // a missing key
		return "fails"
	}
}

func TestAgreesWithReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		b := randomBundle(r, 1+r.IntN(40))
		e := newEngine(t, b)
		for range 40 {
			a := randomAction(r)
			want, by := reference(b, a)
			d := decide(e, a)
			if d.Effect != want || !slices.Equal(d.Rules, by) && len(d.Rules)+len(by) > 0 {
				t.Fatalf("got %s by %v, want %s by %v\naction %+v\nrules %+v", d.Effect, d.Rules, want, by, a.Accesses, b.Rules)
			}
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		b := randomBundle(r, 10)
		shuffled := *b
		shuffled.Rules = slices.Clone(b.Rules)
		r.Shuffle(len(shuffled.Rules), func(i, j int) { shuffled.Rules[i], shuffled.Rules[j] = shuffled.Rules[j], shuffled.Rules[i] })
		one, two := newEngine(t, b), newEngine(t, &shuffled)
		for range 20 {
			a := randomAction(r)
			turned := *a
			turned.Accesses = slices.Clone(a.Accesses)
			slices.Reverse(turned.Accesses)
			if diff := cmp.Diff(decide(one, a), decide(two, &turned), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(schema.Access{}, "Harmless")); diff != "" {
				t.Fatalf("one order and another:\n%s", diff)
			}
		}
	}
}

func TestConcurrentDecisions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	b := randomBundle(r, 12)
	e := newEngine(t, b)
	var group sync.WaitGroup
	for range 8 {
		actions := make([]*schema.Action, 50)
		for i := range actions {
			actions[i] = randomAction(r)
		}
		group.Go(func() {
			var d schema.Decision
			for range 20 {
				for _, a := range actions {
					e.Decide(a, &d)
					if want, _ := reference(b, a); d.Effect != want {
						t.Errorf("got %s, want %s", d.Effect, want)
					}
				}
			}
		})
	}
	group.Wait()
}
