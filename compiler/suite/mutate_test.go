package suite_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

func testedPolicy() *schema.Bundle {
	return &schema.Bundle{
		Targets: []schema.Target{{Name: "db"}, {Name: "other"}},
		Routes:  []schema.Route{{Name: "dba"}, {Name: "sre"}},
		Issuers: []schema.Issuer{{Name: "corp", Range: schema.Range{File: "p.hcl"}, Groups: schema.Condition{Text: "claims.g"}, Kind: schema.Condition{Text: "'human'"},
			Subject: schema.Condition{Text: "claims.sub", Range: schema.Range{File: "p.hcl"}}, Require: []schema.Requirement{{When: schema.Condition{Text: "claims.a"}}, {When: schema.Condition{Text: "claims.b"}}}}},
		Classes: []schema.Class{
			{Name: "card", Columns: []string{"public.c.pan"}, Detect: []string{"credit_card"}}, {Name: "mail", Targets: []string{"db", "other"}, Columns: []string{"public.c.mail"}},
		},
		Rules: []schema.Rule{
			{Address: "allow.a", Effect: schema.Allow, Targets: []string{"db"}, Groups: []string{"g", "h"}, Tables: []string{"public.t"}, When: &schema.Condition{Text: "x && y"}},
			{Address: "approve.b", Effect: schema.Approve, Targets: []string{"db", "other"}, Route: "dba", Verbs: []string{"delete", "drop"}},
			{Address: "deny.c", Effect: schema.Deny, Targets: []string{"db", "other"}, Verbs: []string{"*"}, Functions: []string{"public.f"}, Unless: &schema.Condition{Text: "z"}},
		},
		Masks: []schema.Mask{
			{Address: "mask.d", Classes: []string{"card", "mail"}, Groups: []string{"g"}, With: schema.TransformLast4},
			{Address: "mask.e", Classes: []string{"mail"}, With: schema.TransformEmail, Predicates: schema.PredicatesAllow},
		},
	}
}

func changes(attribute string, _ bool, c *schema.Condition) []schema.Change {
	return []schema.Change{{Kind: "drop-conjunct", Text: func() string { return "changed" }, Term: c.Text}}
}

func TestMutants(t *testing.T) {
	b := testedPolicy()
	places := map[string]schema.Range{
		"approve.b.verbs": {File: "p.hcl", Start: schema.Pos{Line: 7}}, "approve.b.verbs[drop]": {File: "p.hcl", Start: schema.Pos{Line: 8}},
	}
	var got []string
	for _, m := range suite.Mutants(suite.Source{Bundle: b, Places: places, Changes: changes}) {
		got = append(got, m.Rule+" "+m.Kind+": "+m.Mutation)
		changed := m.Bundle(b)
		if diff := cmp.Diff(testedPolicy(), b); diff != "" {
			t.Fatalf("%s %s writes into the policy:\n%s", m.Rule, m.Kind, diff)
		}
		if reflect.DeepEqual(changed, b) {
			t.Errorf("%s %s changes nothing", m.Rule, m.Kind)
		}
		if m.Missing == "" {
			t.Errorf("%s %s does not say which test is missing", m.Rule, m.Kind)
		}
		if m.Mutation == "verbs loses drop" && m.Range.Start.Line != 8 || m.Mutation == "verbs loses delete" && m.Range.Start.Line != 7 {
			t.Errorf("%s is at %v", m.Mutation, m.Range)
		}
	}
	want := []string{
		"allow.a remove-rule: the rule is removed", "allow.a change-effect: allow becomes deny",
		"allow.a drop-groups: the rule matches whatever the groups", "allow.a drop-targets: the rule matches whatever the targets",
		"allow.a drop-tables: the rule matches whatever the tables",
		"allow.a drop-condition: when is dropped", "allow.a drop-conjunct: when: without x && y",
		"approve.b remove-rule: the rule is removed", "approve.b change-effect: approve becomes allow", "approve.b change-route: route dba becomes sre",
		"approve.b drop-element: targets loses db", "approve.b drop-element: targets loses other",
		"approve.b drop-verbs: the rule matches whatever the verbs",
		"approve.b drop-element: verbs loses delete", "approve.b drop-element: verbs loses drop",
		"deny.c remove-rule: the rule is removed", "deny.c change-effect: deny becomes allow",
		"deny.c drop-element: targets loses db", "deny.c drop-element: targets loses other",
		"deny.c drop-functions: the rule matches whatever the functions",
		"deny.c drop-condition: unless is dropped", "deny.c drop-conjunct: unless: without z",
		"mask.d remove-rule: the mask is removed", "mask.d drop-groups: the mask stands for every group",
		"mask.d drop-element: classes loses card", "mask.d drop-element: classes loses mail",
		"mask.d weaken-transform: last4 becomes email", "mask.d weaken-predicates: predicates deny becomes equality",
		"mask.e remove-rule: the mask is removed",
		"class.card drop-column: the class loses public.c.pan", "class.card drop-detector: the class loses the detector credit_card",
		"class.mail drop-element: targets loses db", "class.mail drop-element: targets loses other",
		"issuer.corp.require[0] drop-condition: require is dropped", "issuer.corp.require[0] drop-conjunct: require: without claims.a",
		"issuer.corp.require[1] drop-condition: require is dropped", "issuer.corp.require[1] drop-conjunct: require: without claims.b",
		"issuer.corp.principal.kind fix-kind: kind becomes 'agent'", "issuer.corp.principal.kind fix-kind: kind becomes 'machine'",
		"issuer.corp.principal.kind drop-conjunct: kind: without 'human'",
		"issuer.corp.principal.groups drop-groups: groups becomes []", "issuer.corp.principal.groups drop-conjunct: groups: without claims.g",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mutants (-want +got):\n%s", diff)
	}
}

// oneTest expects to be allowed. The decider it is judged by allows where the policy has the rule allow.a and no deny.
func oneTest() *schema.Suite {
	return &schema.Suite{Principals: []schema.TestPrincipal{{Name: "me"}}, Tests: []schema.Test{
		{Name: "t", As: "me", SQL: []string{"SELECT 1"}, Expect: schema.Expect{Decision: "allow"}},
	}}
}

func decider(b *schema.Bundle) (suite.Decider, error) {
	effect := schema.Deny
	for _, r := range b.Rules {
		if r.Address == "allow.a" {
			effect = r.Effect
		}
	}
	return func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) {
		return suite.Observed{Effect: effect, Probes: []schema.Probe{{Rule: "allow.a"}}}, nil
	}, nil
}

const mutatedFile = `allow "a" {
  groups = ["g"] # gatewright:survives[drop-groups] there are no others
  targets = ["db"]
  # gatewright:survives any table does
  // a comment between
  tables = ["t"]
} # gatewright:survives nothing is here
// gatewright:survives
`

func mutatedSource() suite.Source {
	at := func(line, column int) schema.Range {
		return schema.Range{File: "p.hcl", Start: schema.Pos{Line: line, Column: column, Byte: 20 * line}, End: schema.Pos{Line: line}}
	}
	return suite.Source{
		Bundle: &schema.Bundle{
			Targets: []schema.Target{{Name: "db"}, {Name: "other"}},
			Rules: []schema.Rule{{
				Address: "allow.a", Effect: schema.Allow, Targets: []string{"db"}, Groups: []string{"g"}, Tables: []string{"t"}, Range: at(1, 1),
			}},
		},
		Places:  map[string]schema.Range{"allow.a.groups": at(2, 3), "allow.a.targets": at(3, 3), "allow.a.tables": at(6, 3)},
		Files:   map[string][]byte{"p.hcl": []byte(mutatedFile)},
		Changes: changes,
	}
}

func TestMutate(t *testing.T) {
	src := mutatedSource()
	decide, err := decider(src.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	var reports []*suite.Mutation
	for _, workers := range []int{1, 8} {
		m, err := suite.Mutate(t.Context(), oneTest(), suite.Config{Decide: decide, Workers: workers}, src, decider)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, m)
	}
	if !reflect.DeepEqual(stripped(reports[0]), stripped(reports[1])) {
		t.Error("the report hangs on how many work at it")
	}
	m := reports[0]
	var got []string
	for _, s := range m.Survived {
		got = append(got, s.Kind+": "+s.Reason)
	}
	want := []string{"drop-groups: there are no others", "drop-targets: ", "drop-tables: any table does"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("survivors (-want +got):\n%s", diff)
	}
	if m.Mutants != 5 || m.Killed != 2 || m.Excused != 2 || m.OK() {
		t.Errorf("%d mutants, %d killed, %d excused", m.Mutants, m.Killed, m.Excused)
	}
	var reasons []string
	for _, e := range m.Excuses {
		reasons = append(reasons, fmt.Sprint(e.Range, " ", e.Kind, " ", e.Reason, " ", e.Used))
	}
	want = []string{
		"p.hcl:2:18 drop-groups there are no others true", "p.hcl:4:3  any table does true", "p.hcl:7:3  nothing is here false", "p.hcl:8:1   false",
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// stripped leaves out what cannot be compared.
func stripped(m *suite.Mutation) []string {
	var out []string
	for _, s := range m.Survived {
		out = append(out, fmt.Sprint(s.Rule, s.Kind, s.Mutation, s.Missing, s.Range, s.Reason))
	}
	return append(out, fmt.Sprint(m.Mutants, m.Killed, m.Excused, m.Excuses))
}

func TestMutateNeedsTestsThatPass(t *testing.T) {
	s := oneTest()
	s.Tests[0].Expect.Decision = "deny"
	src := mutatedSource()
	decide, _ := decider(src.Bundle)
	if _, err := suite.Mutate(t.Context(), s, suite.Config{Decide: decide}, src, decider); !errors.Is(err, suite.ErrTestsFail) {
		t.Errorf("the error is %v", err)
	}
}

// TestMutateStillborn: what is no policy is no mutant.
func TestMutateStillborn(t *testing.T) {
	src := mutatedSource()
	decide, _ := decider(src.Bundle)
	m, err := suite.Mutate(t.Context(), oneTest(), suite.Config{Decide: decide}, src, func(*schema.Bundle) (suite.Decider, error) {
		return nil, errors.New("no policy")
	})
	if err != nil || m.Mutants != 0 || len(m.Survived) != 0 {
		t.Errorf("%v, %+v", err, m)
	}
}

func TestMutateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	src := mutatedSource()
	decide, _ := decider(src.Bundle)
	_, err := suite.Mutate(ctx, oneTest(), suite.Config{Decide: decide}, src, func(b *schema.Bundle) (suite.Decider, error) {
		cancel()
		return decider(b)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestLocate(t *testing.T) {
	const text = "when = <<-CEL\n    a.b &&\n      c  ==  'd' && größe('é') == \"x\"\n  CEL\n"
	files := map[string][]byte{"p.hcl": []byte(text)}
	within := schema.Range{File: "p.hcl", Start: schema.Pos{Line: 2, Column: 5, Byte: 18}, End: schema.Pos{Line: 3, Column: 40, Byte: len(text) - 7}}
	for _, tt := range []struct {
		term string
		line int
		want string
	}{
		{"a.b", 2, "a.b"}, {`c == "d"`, 3, "c  ==  'd'"}, {`größe("é") == "x"`, 3, `größe('é') == "x"`}, {"elsewhere", 2, text[18 : len(text)-7]},
	} {
		got := suite.Locate(files, within, tt.term)
		if got.Start.Line != tt.line || text[got.Start.Byte:got.End.Byte] != tt.want {
			t.Errorf("%s is at line %d: %q", tt.term, got.Start.Line, text[got.Start.Byte:got.End.Byte])
		}
	}
	for _, strange := range []schema.Range{{}, {File: "p.hcl", End: schema.Pos{Byte: 1000}}, {File: "x.hcl", End: schema.Pos{Byte: 5}}} {
		if got := suite.Locate(files, strange, "a"); got != strange {
			t.Errorf("%v became %v", strange, got)
		}
	}
}
