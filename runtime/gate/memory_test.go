package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// TestRemembered: a statement that was decided before is decided anew when anything that has a part in it is another.
func TestRemembered(t *testing.T) {
	for name, c := range map[string]struct {
		// when is a condition of the rule, whenMask one of the mask; %s is a time that is passed in between.
		when, whenMask string
		between        func(*world, *schema.Action)
		want           []string
	}{
		"nothing": {"", "", func(*world, *schema.Action) {}, []string{"allow masked", "allow masked", "allow masked"}},
		"the time": {
			"request.time < timestamp('%s')", "", func(w *world, _ *schema.Action) { w.pass(time.Minute) },
			[]string{"allow masked", "allow masked", "deny"},
		},
		"the time, by another name": {
			"[request].exists(r, r.time < timestamp('%s'))", "", func(w *world, _ *schema.Action) { w.pass(time.Minute) },
			[]string{"allow masked", "allow masked", "deny"},
		},
		"the time, for the mask": {
			"", "request.time > timestamp('%s')", func(w *world, _ *schema.Action) { w.pass(time.Minute) },
			[]string{"allow", "allow", "allow masked"},
		},
		"what the client calls itself": {
			"request.application == 'test'", "", func(_ *world, a *schema.Action) { a.Request.Application = "other" },
			[]string{"allow masked", "allow masked", "deny"},
		},
		"the form of what comes": {
			"", "", func(_ *world, a *schema.Action) { a.Form = schema.FormForeign },
			[]string{"allow masked", "allow masked", "deny"},
		},
		"the policy": {
			"", "", func(w *world, _ *schema.Action) {
				w.gate.Swap(w.policy(func(b *schema.Bundle) { b.Masks = nil }, w.gate.Policy()))
			},
			[]string{"allow masked", "allow masked", "allow"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			limit := w.clock().Add(30 * time.Second).UTC().Format(time.RFC3339)
			w.gate.Swap(w.policy(func(b *schema.Bundle) {
				b.Rules[0].When, b.Masks[0].When = condition(c.when, limit), condition(c.whenMask, limit)
			}, w.gate.Policy()))
			s, a := w.open("svc:billing"), cards()
			var got []string
			for i := range 3 {
				asked := *a
				asked.Request = schema.Request{}
				if i == 2 {
					c.between(w, &asked)
				}
				var d schema.Decision
				s.Outcome(s.Check(t.Context(), &asked, &d), schema.Outcome{})
				got = append(got, told(&d))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			w.logged(got)
		})
	}
}

func condition(text, limit string) *schema.Condition {
	if text == "" {
		return nil
	}
	return &schema.Condition{Text: strings.ReplaceAll(text, "%s", limit)}
}

func told(d *schema.Decision) string {
	if d.Effect != schema.Allow {
		return d.Effect.String()
	}
	if len(d.Masks) > 0 {
		return "allow masked"
	}
	return "allow"
}

// logged checks that the log says of each decision what came of it.
func (w *world) logged(want []string) {
	w.t.Helper()
	var got []string
	for _, e := range w.entries(audit.KindDecision) {
		word := e.Effect
		if len(e.Masked) > 0 {
			word += " masked"
		}
		got = append(got, word)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Error(diff)
	}
}
