package gate_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// fillDisk makes the kernel refuse every byte that the log would grow by (setrlimit(2), RLIMIT_FSIZE).
func (w *world) fillDisk() (lift func()) {
	w.t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	info, err := os.Stat(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		w.t.Fatal(err)
	}
	full := syscall.Rlimit{Cur: uint64(info.Size()) + 50, Max: was.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		w.t.Fatal(err)
	}
	lift = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			w.t.Error(err)
		}
	}
	w.t.Cleanup(lift)
	return lift
}

func TestFullDiskLetsNothingPass(t *testing.T) {
	var told bytes.Buffer
	w := newWorld(t, nil, func(c *gate.Config) { c.Logger = slog.New(slog.NewTextHandler(&told, nil)) })
	s := w.open("svc:billing")
	orders, tickets := w.holding("svc:orders")
	token := w.token("svc:billing")
	var d schema.Decision
	before := s.Check(t.Context(), cards(), &d)

	lift := w.fillDisk()
	r := s.Check(t.Context(), cards(), &d)
	if d.Effect != schema.Deny || !d.Enforced || r.Kind != gate.Unlogged || !r.Refused || r.Seq() != 0 {
		t.Errorf("%+v", d)
	}
	if strings.Contains(d.Message+d.Hint, "audit.jsonl") || !strings.Contains(told.String(), "audit.jsonl") {
		t.Errorf("the client was told %q, the operator %q", d.Message, told.String())
	}
	if _, err := w.try(token); refusal(t, err).Kind != gate.Unlogged {
		t.Errorf("got %v", err)
	}
	if orders.Check(t.Context(), action("delete", "public.orders"), &d); d.Effect != schema.Deny || len(tickets) != 0 {
		t.Errorf("held without a line: %+v", d)
	}
	if st := w.gate.Stats(); st.Unlogged == 0 {
		t.Errorf("%+v", st)
	}
	s.Outcome(before, schema.Outcome{Rows: 1}) // has happened: it is told later
	if got := w.entries(audit.KindOutcome); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	lift()

	if s.Check(t.Context(), cards(), &d); d.Effect != schema.Allow {
		t.Errorf("it did not go on: %+v", d)
	}
	if got := w.entries(audit.KindOutcome); len(got) != 1 || got[0].Decision != before.Seq() {
		t.Errorf("%+v", got)
	}
	if report, err := audit.VerifyFile(w.path); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestFullDiskInDryRunRefusesNothing(t *testing.T) {
	w := newWorld(t, nil, dryRun)
	s := w.open("svc:billing")
	lift := w.fillDisk()
	var d schema.Decision
	r := s.Check(t.Context(), cards(), &d)
	lift()
	if d.Enforced || r.Refused || w.gate.Stats().Unlogged == 0 {
		t.Errorf("%+v", d)
	}
	s.Outcome(r, schema.Outcome{})
}
