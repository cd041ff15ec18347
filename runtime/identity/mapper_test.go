package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

func TestPrincipal(t *testing.T) {
	cel := func(text string) schema.Condition { return schema.Condition{Text: text} }
	claims := func(change func(map[string]any)) map[string]any {
		m := map[string]any{"sub": "svc:orders", "groups": []any{"b", "a", "b"}, "team": "payments", "human": false}
		change(m)
		return m
	}
	keep := func(map[string]any) {}
	tests := []struct {
		name   string
		issuer schema.Issuer
		claims map[string]any
		want   *schema.Principal
		reason string
	}{
		{
			"the defaults", schema.Issuer{Name: "corp"}, claims(keep),
			&schema.Principal{Issuer: "corp", Subject: "svc:orders", Groups: []string{"a", "b"}, Kind: "machine"}, "",
		},
		{
			"the defaults without groups", schema.Issuer{Name: "corp"}, claims(func(m map[string]any) { delete(m, "groups") }),
			&schema.Principal{Issuer: "corp", Subject: "svc:orders", Kind: "machine"}, "",
		},
		{
			"its own expressions", schema.Issuer{
				Name: "corp", Subject: cel(`claims.team + "/" + claims.sub`), Groups: cel(`[claims.team]`),
				Kind: cel(`claims.human ? "human" : "agent"`), OutliveToken: true,
			}, claims(keep),
			&schema.Principal{Issuer: "corp", Subject: "payments/svc:orders", Groups: []string{"payments"}, Kind: "agent", OutliveToken: true}, "",
		},
		{
			"an expiry", schema.Issuer{Name: "corp"}, claims(func(m map[string]any) { m["exp"] = 1.5 }),
			&schema.Principal{Issuer: "corp", Subject: "svc:orders", Groups: []string{"a", "b"}, Kind: "machine", Expires: time.Unix(1, 0).UTC()}, "",
		},
		{"a missing claim", schema.Issuer{Name: "corp", Subject: cel("claims.email")}, claims(keep), nil, "no subject"},
		{"missing groups", schema.Issuer{Name: "corp", Groups: cel("claims.roles")}, claims(keep), nil, "no groups"},
		{"an unknown kind", schema.Issuer{Name: "corp", Kind: cel("claims.team")}, claims(keep), nil, "no kind"},
		{"an empty subject", schema.Issuer{Name: "corp", Subject: cel("''")}, claims(keep), nil, "no subject"},
		{"no sub", schema.Issuer{Name: "corp", Subject: cel("claims.team")}, claims(func(m map[string]any) { delete(m, "sub") }), nil, "whose it is"},
		{
			"a requirement without a message", schema.Issuer{Name: "corp", Require: []schema.Requirement{{When: cel("claims.human == true")}}},
			claims(keep), nil, `a requirement of issuer "corp"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := identity.Principal(tt.issuer, tt.claims)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			var e *identity.Error
			if tt.want == nil && (!errors.As(err, &e) || !strings.Contains(e.Reason, tt.reason) || e.Hint == "") {
				t.Errorf("error %v, want one with %q", err, tt.reason)
			}
			if tt.want != nil && err != nil {
				t.Error(err)
			}
		})
	}
}
