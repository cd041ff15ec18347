package vocab_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

func checked(t *testing.T, kind vocab.Kind, text string) *vocab.Condition {
	t.Helper()
	v, err := vocab.New(kind)
	if err != nil {
		t.Fatal(err)
	}
	c, diags := v.Check(text, vocab.Bool, func(int) schema.Pos { return schema.Pos{} }, "p.hcl")
	if c == nil {
		t.Fatal(diags)
	}
	return c
}

func TestCalls(t *testing.T) {
	tests := []struct {
		name, text string
		want       []vocab.Call
	}{
		{"a pattern", "principal.subject.matches('^svc:')",
			[]vocab.Call{{Function: "matches", Of: "principal.subject", Fact: true, Texts: []string{"^svc:"}, Args: 1, Lone: true}}},
		{"a constant first", "'a' == access.verb", []vocab.Call{{Function: "==", Of: "access.verb", Fact: true, Texts: []string{"a"}, Args: 1, Lone: true}}},
		{"a list of constants", "access.verb in ['a', 'b']",
			[]vocab.Call{{Function: "in", Of: "access.verb", Fact: true, Texts: []string{"a", "b"}, Args: 1, Lone: true}}},
		{"a list of facts", "!('a' in principal.groups)", []vocab.Call{
			{Function: "!", Of: `"a" in principal.groups`, Lone: true},
			{Function: "in", Of: "principal.groups", Fact: true, Texts: []string{"a"}, Args: 1},
		}},
		{"a macro", "sql.tables.all(t, t == 'x')", []vocab.Call{
			{Function: "all", Of: "sql.tables", Fact: true, Args: 2, Lone: true},
		}},
		{"a part of a time", "request.time.getHours() < 7", []vocab.Call{
			{Function: "<", Of: "request.time.getHours()", Args: 1, Lone: true},
			{Function: "getHours", Of: "request.time", Fact: true},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := checked(t, vocab.Postgres, test.text).Calls()
			if test.name == "a macro" {
				got = got[:1] // what the macro stands for is CEL's own affair
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	text := "request.application == 'a' && target.labels['env'] == 'b' || principal.groups.exists(g, g == access.verb)"
	want := []string{"access.verb", "principal.groups", "request.application", "target.labels"}
	if diff := cmp.Diff(want, checked(t, vocab.Postgres, text).Facts()); diff != "" {
		t.Error(diff)
	}
}

func TestSettled(t *testing.T) {
	tests := []struct {
		kind           vocab.Kind
		text           string
		value, settled bool
	}{
		{vocab.Postgres, "true", true, true},
		{vocab.Postgres, "sql.has_where || 1 == 1", true, true},
		{vocab.Postgres, "'a' in ['b'] && sql.has_where", false, true},
		{vocab.Postgres, "sql.has_where", false, false},
		{vocab.Postgres, "1 / 0 == 1", false, false},
		{vocab.Claims, "claims.a == 'x' || true", true, true},
		{vocab.Claims, "claims.a == 'x'", false, false},
	}
	for _, test := range tests {
		value, settled := checked(t, test.kind, test.text).Settled()
		if settled != test.settled || settled && value != test.value {
			t.Errorf("%s: %v, %v", test.text, value, settled)
		}
	}
}
