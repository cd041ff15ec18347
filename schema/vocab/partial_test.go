package vocab_test

import (
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

func TestPartial(t *testing.T) {
	tests := []struct {
		text                   string
		value, known, hasError bool
	}{
		{"principal.kind == 'machine'", true, true, false},
		{"principal.kind == 'human' && sql.has_limit", false, true, false},
		{"principal.kind == 'machine' && sql.has_limit", false, false, false},
		{"principal.kind == 'machine' || sql.has_limit", true, true, false},
		{"sql.tables.exists(t, t == 'public.cards')", false, false, false},
		{"request.client_address == '127.0.0.1'", true, true, false},
		{"request.time > timestamp('2020-01-01T00:00:00Z')", false, false, false},
		{"access.verb == 'connect'", true, true, false},
		{"target.labels['none'] == 'x'", false, true, true},
		{"target.labels['none'] == 'x' && sql.has_limit", false, false, false},
	}
	v := vocabulary(t, vocab.Postgres)
	a, target := action()
	b := vocab.NewBinding()
	b.Bind(a, target)
	b.SetAccess(&schema.Access{Verb: schema.VerbConnect})
	u := vocab.NewUnknown("sql", "request.time")
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			_, p, err := v.Load(tt.text, vocab.Bool)
			if err != nil {
				t.Fatal(err)
			}
			value, known, err := p.Partial(b, u)
			if value != tt.value || known != tt.known || (err != nil) != tt.hasError {
				t.Errorf("got %v, known %v, %v", value, known, err)
			}
		})
	}
}
