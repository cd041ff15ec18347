package vocab_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

func branches(b *vocab.Branch) string {
	switch {
	case b.When != nil:
		return "if(" + written(b.When) + ", " + branches(b.Then) + ", " + branches(b.Else) + ")"
	case b.Literal:
		return "literal(" + strings.Join(b.Constants, ", ") + ")"
	case b.Claim != "":
		return "claim(" + b.Claim + ")"
	}
	return b.Text
}

func TestBranches(t *testing.T) {
	v, err := vocab.New(vocab.Claims)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		kind vocab.Type
		want string
	}{
		{"claims.groups", vocab.StringList, "claim(groups)"},
		{"has(claims.groups) ? claims.groups : []", vocab.StringList, "if(<has(claims.groups)>, claim(groups), literal())"},
		{"['a', 'b']", vocab.StringList, "literal(a, b)"},
		{"['a', claims.team]", vocab.StringList, `["a", claims.team]`},
		{"claims.realm.roles", vocab.StringList, "claims.realm.roles"},
		{"claims.t == 'x' ? 'human' : claims.kind", vocab.String, `if(<claims.t == "x"?>, literal(human), claim(kind))`},
	} {
		got, diags := v.Check(c.text, c.kind, func(int) schema.Pos { return schema.Pos{} }, "")
		if got == nil {
			t.Fatal(c.text, diags)
		}
		if got := branches(got.Branches()); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}
