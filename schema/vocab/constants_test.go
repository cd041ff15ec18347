package vocab_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema/vocab"
)

func TestConstants(t *testing.T) {
	exprs := map[string]string{"drop": `access.verb == "drop"`}
	tests := []struct {
		text string
		want []string
	}{
		{"access.object == 'public.orders'", []string{"access.object 'public.orders'"}},
		{"'public.orders' != access.object", []string{"access.object 'public.orders'"}},
		{"!(access.object in ['a.b', r\"c.d\"]) && sql.has_limit", []string{"access.object 'a.b'", "access.object r\"c.d\""}},
		{"'public.cards.pan' in sql.columns", []string{"sql.columns 'public.cards.pan'"}},
		{"sql.tables.exists(t, t == 'a.b' || t in ['c.d'])", []string{"sql.tables 'a.b'", "sql.tables 'c.d'"}},
		{"['x'].exists(t, t == 'a.b')", nil},
		{"target.labels.exists(t, sql.functions.exists(t, t == 'a.b') && t == 'c')", []string{"sql.functions 'a.b'", "target.labels 'c'"}},
		{"access.object.lowerAscii() == 'a.b' || target.labels['env'] == 'x' || 'x' in ['x']", nil},
		{"expr.drop ? access.object == 'a.b' : principal.kind == 'human'", []string{"access.verb expr.drop", "access.object 'a.b'", "principal.kind 'human'"}},
	}
	v := vocabulary(t, vocab.Postgres)
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			c, diags := v.CheckWith(tt.text, vocab.Bool, exprs, at(tt.text), "p.hcl")
			if c == nil {
				t.Fatal(diags)
			}
			var got []string
			for _, k := range c.Constants() {
				end := k.Range.End.Byte
				if end == k.Range.Start.Byte { // an expr has one place
					end += len("expr.drop")
				}
				got = append(got, k.Fact+" "+tt.text[k.Range.Start.Byte:end])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
