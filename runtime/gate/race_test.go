package gate_test

import (
	"sync"
	"testing"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// Sessions come, ask and go while the policy is swapped: each decision is whole, by one bundle or the other, and after
// the last swap nobody is left who has no right.
func TestSwapUnderLoad(t *testing.T) {
	w := newWorld(t, nil)
	open := w.policy(nil, w.gate.Policy())
	shut := w.policy(func(b *schema.Bundle) { b.ID = "sha256:shut"; b.Rules = b.Rules[1:] }, open)
	tokens := []schema.Secret{w.token("svc:billing"), w.token("svc:orders")}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 30 {
				s, err := w.try(tokens[i%2])
				if err != nil {
					continue
				}
				var d schema.Decision
				for range 5 {
					r := s.Check(t.Context(), cards(), &d)
					if allowed := d.Effect == schema.Allow; allowed && d.Bundle == "sha256:shut" {
						t.Error("allowed by the bundle that does not")
					}
					s.Outcome(r, schema.Outcome{})
				}
				if i%4 != 0 {
					s.Close()
				}
			}
		})
	}
	for range 20 {
		w.gate.Swap(shut)
		w.gate.Swap(open)
		w.gate.Sessions()
		w.gate.Stats()
	}
	w.gate.Swap(shut)
	wg.Wait()
	for _, s := range w.gate.Sessions() {
		if s.Subject == "svc:billing" && !w.ended(s.ID) {
			t.Errorf("session %s lives on without a right", s.ID)
		}
	}
	if report, err := audit.VerifyFile(w.path); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

func (w *world) ended(id string) bool {
	for _, e := range w.entries(audit.KindSessionEnded) {
		if e.Session == id {
			return true
		}
	}
	return false
}

func BenchmarkCheck(b *testing.B) {
	w := newWorld(b, nil)
	s := w.open("svc:billing")
	a := cards()
	var d schema.Decision
	b.ReportAllocs()
	for b.Loop() {
		r := s.Check(b.Context(), a, &d)
		s.Outcome(r, schema.Outcome{Rows: 1})
	}
	if d.Effect != schema.Allow {
		b.Fatalf("%+v", d)
	}
}
