package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/schema"
)

// policy makes a bundle of one target; edit completes each rule.
func policy(rules ...schema.Rule) *schema.Bundle {
	b := &schema.Bundle{
		Language: 1, Name: "p", Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres, Labels: map[string]string{"env": "prod"}}},
		Routes: []schema.Route{{Name: "one"}, {Name: "two"}},
	}
	for _, r := range rules {
		if r.Targets == nil {
			r.Targets = []string{"db"}
		}
		b.Rules = append(b.Rules, r)
	}
	return b
}

func rule(effect schema.Effect, name string, edit ...func(*schema.Rule)) schema.Rule {
	r := schema.Rule{Address: effect.String() + "." + name, Effect: effect}
	for _, f := range edit {
		f(&r)
	}
	return r
}

func when(text string) func(*schema.Rule) {
	return func(r *schema.Rule) { r.When = &schema.Condition{Text: text} }
}

func unless(text string) func(*schema.Rule) {
	return func(r *schema.Rule) { r.Unless = &schema.Condition{Text: text} }
}

func groups(names ...string) func(*schema.Rule) { return func(r *schema.Rule) { r.Groups = names } }
func verbs(names ...string) func(*schema.Rule)  { return func(r *schema.Rule) { r.Verbs = names } }
func tables(names ...string) func(*schema.Rule) { return func(r *schema.Rule) { r.Tables = names } }
func to(route string) func(*schema.Rule)        { return func(r *schema.Rule) { r.Route = route } }
func dry(r *schema.Rule)                        { r.Mode = schema.DryRun }

func TestReach(t *testing.T) {
	allow, deny, approve := schema.Allow, schema.Deny, schema.Approve
	for _, c := range []struct {
		name   string
		policy *schema.Bundle
		// want maps a rule to what decides instead of it, "" when it never matches.
		want map[string]string
	}{
		{"all decide", policy(rule(allow, "a", groups("x")), rule(allow, "b", groups("y")), rule(deny, "c", verbs("drop"))), nil},
		{"conditions that exclude each other", policy(rule(deny, "a", when("sql.limit < 10 && sql.limit > 20"))), map[string]string{"deny.a": ""}},
		{"a kind that there is not", policy(rule(deny, "a", when("principal.kind == 'robot'"))), map[string]string{"deny.a": ""}},
		{"when and unless", policy(rule(allow, "a", when("sql.where_bound"), unless("sql.where_bound || sql.has_where"))), map[string]string{"allow.a": ""}},
		{"the target's labels", policy(rule(deny, "a", when("target.labels.env == 'test'"))), map[string]string{"deny.a": ""}},
		{"a key that is not there", policy(rule(deny, "a", when("target.labels['none'] == 'x'")), rule(allow, "b", when("target.labels['none'] == 'x'"))), map[string]string{"allow.b": ""}},
		{"a verb of the condition outside of the scope", policy(rule(deny, "a", verbs("select"), when("access.verb == 'drop'"))), map[string]string{"deny.a": ""}},
		{"under a broader allow", policy(rule(allow, "a", groups("x")), rule(allow, "b", groups("x"), tables("public.t"))), map[string]string{"allow.b": "allow.a"}},
		{"under two together", policy(rule(allow, "a", when("sql.where_bound")), rule(allow, "b", unless("sql.where_bound")), rule(allow, "c", groups("x"))), map[string]string{"allow.c": "allow.a allow.b"}},
		{"one of two alike", policy(rule(allow, "a"), rule(allow, "b")), map[string]string{"allow.a": "allow.b"}},
		{"always denied", policy(rule(deny, "a", groups("x")), rule(allow, "b", groups("x")), rule(allow, "c")), map[string]string{"allow.b": "deny.a"}},
		{"approved by the same route", policy(rule(approve, "a", to("one")), rule(approve, "b", verbs("drop"), to("one")), rule(approve, "c", verbs("drop"), to("two"))), map[string]string{"approve.b": "approve.a"}},
		{"dry run shadows nothing in force", policy(rule(deny, "a", dry), rule(deny, "b", verbs("drop"))), nil},
		{"by other groups", policy(rule(allow, "a", groups("x")), rule(allow, "b", groups("x", "y"))), map[string]string{"allow.a": "allow.b"}},
		{"no targets", policy(rule(deny, "a", func(r *schema.Rule) { r.Targets = []string{} })), map[string]string{"deny.a": ""}},
		{"terms in another order", policy(rule(deny, "a", when("sql.has_where && sql.limit >= 10")), rule(deny, "b", when("!(sql.limit < 10) && sql.has_where"), verbs("drop"))), map[string]string{"deny.b": "deny.a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			idle, undecided, err := plan.Reach(c.policy, 0)
			if err != nil || undecided {
				t.Fatal(undecided, err)
			}
			var got map[string]string
			for _, i := range idle {
				if got == nil {
					got = map[string]string{}
				}
				got[i.Rule] = strings.Join(i.By, " ")
				if i.Reason == "" {
					t.Errorf("%s: no reason", i.Rule)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReachOfMasks(t *testing.T) {
	b := policy(rule(schema.Allow, "a"))
	b.Classes = []schema.Class{{Name: "c", Targets: []string{"db"}, Columns: []string{"public.t.x"}}, {Name: "nowhere"}}
	b.Masks = []schema.Mask{
		{Address: "mask.a", Classes: []string{"c"}, With: schema.TransformNull},
		{Address: "mask.b", Classes: []string{"c"}, With: schema.TransformNull, When: &schema.Condition{Text: "sql.limit < 1 && sql.limit > 2"}},
		{Address: "mask.c", Classes: []string{"nowhere"}, With: schema.TransformNull},
	}
	idle, _, err := plan.Reach(b, 0)
	var got []string
	for _, i := range idle {
		got = append(got, i.Rule)
	}
	if diff := cmp.Diff([]string{"mask.b", "mask.c"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestReachSaysWhenItGivesUp(t *testing.T) {
	b := policy(rule(schema.Deny, "a", when("sql.limit < 10 && sql.has_where")), rule(schema.Deny, "b", when("sql.has_limit || sql.length < 9")))
	if _, undecided, err := plan.Reach(b, 3); err != nil || !undecided {
		t.Errorf("undecided %v, %v", undecided, err)
	}
}

func TestForeignConditionIsAnError(t *testing.T) {
	b := policy(rule(schema.Deny, "a", when("nothing.of == 'this'")))
	if _, _, err := plan.Reach(b, 0); err == nil || !strings.Contains(err.Error(), "deny.a") {
		t.Errorf("%v", err)
	}
}
