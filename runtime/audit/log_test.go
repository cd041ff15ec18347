package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock moves one second with each look, so that the lines of a test have times of their own.
func clock() func() time.Time {
	var mu sync.Mutex
	t := noon
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		t = t.Add(time.Second)
		return t
	}
}

func open(t testing.TB, path string) *audit.Log {
	t.Helper()
	l, err := audit.Open(path, audit.Options{Now: clock(), Sync: audit.SyncNever})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func logPath(t testing.TB) string { return filepath.Join(t.TempDir(), "audit.jsonl") }

// decision is a line with everything in it.
func decision() *audit.Record {
	return &audit.Record{
		Kind: audit.KindDecision, Session: "s1", Protocol: "postgres", Target: "payments-db", ClientAddress: "10.0.0.1",
		Application: "psql", Bundle: "sha256:abc",
		Principal: &schema.Principal{Issuer: "corp", Subject: "svc:billing", Groups: []string{"billing"}, Kind: schema.KindMachine},
		Action: &schema.Action{
			Accesses:   []schema.Access{{Verb: "select", Object: "public.cards", Columns: []string{"id", "pan"}}},
			Outputs:    []schema.Output{{Name: "id"}, {Name: "p"}},
			SQL:        &schema.SQL{Statement: "select", Fingerprint: "f1", Normalized: "SELECT id, pan AS p FROM cards WHERE id = $1"},
			Text:       "SELECT id, pan AS p FROM cards WHERE id = 4242424242424242",
			Parameters: []schema.Parameter{{Value: []byte("4242424242424242")}},
		},
		Decision: &schema.Decision{
			Effect: schema.Allow, Enforced: true, Rules: []string{"mask.cards"}, Classes: []string{"card-number"},
			Masks:  []schema.ColumnMask{{Output: 1, With: schema.TransformLast4, Rule: "mask.cards", Class: "card-number"}},
			Detect: []schema.Detection{{Detector: "credit_card"}},
			Would:  &schema.Would{Effect: schema.Deny, Rules: []string{"deny.later"}, Masked: []int{0}},
		},
	}
}

func outcome(of uint64) *audit.Record {
	return &audit.Record{Kind: audit.KindOutcome, Session: "s1", Of: of, Outcome: &schema.Outcome{Rows: 1, Bytes: 10}}
}

func append1(t testing.TB, l *audit.Log, r *audit.Record) uint64 {
	t.Helper()
	seq, err := l.Append(r)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func entries(t testing.TB, path string) []audit.Entry {
	t.Helper()
	var list []audit.Entry
	for line := range bytes.Lines(read(t, path)) {
		var e audit.Entry
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

func verified(t testing.TB, path string) *audit.Report {
	t.Helper()
	r, err := audit.VerifyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDecisionAndOutcome(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	seq := append1(t, l, decision())
	append1(t, l, &audit.Record{Kind: audit.KindOutcome, Session: "s1", Of: seq, Outcome: &schema.Outcome{
		Rows: 3, Bytes: 120, Masked: 3, SQLSTATE: "57014", Duration: 1500 * time.Microsecond,
	}})
	yes, three, many, micros := true, int64(3), int64(120), int64(1500)
	want := []audit.Entry{
		{
			Kind: audit.KindDecision, Session: "s1", Issuer: "corp", Subject: "svc:billing", PrincipalKind: "machine",
			Protocol: "postgres", Target: "payments-db", ClientAddress: "10.0.0.1", Application: "psql", Bundle: "sha256:abc",
			Effect: "allow", Enforced: &yes, Rules: []string{"mask.cards"}, Classes: []string{"card-number"},
			Would:     &audit.Would{Effect: "deny", Rules: []string{"deny.later"}, Masked: []int{0}},
			Masked:    []audit.Masked{{Column: "p", With: "last4", Class: "card-number", Rule: "mask.cards"}},
			Detect:    []string{"credit_card"},
			Accesses:  []audit.Access{{Verb: "select", Object: "public.cards", Columns: []string{"id", "pan"}}},
			Statement: "select", Fingerprint: "f1", Text: "SELECT id, pan AS p FROM cards WHERE id = $1",
		},
		{
			Kind: audit.KindOutcome, Session: "s1", Decision: 2, Rows: &three, Bytes: &many, MaskedCells: &three,
			SQLSTATE: "57014", Microseconds: &micros,
		},
	}
	got := entries(t, path)[1:]
	for i := range got {
		got[i].Seq, got[i].Prev, got[i].Hash, got[i].Time = 0, "", "", time.Time{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r := verified(t, path); !r.OK() || r.Lines != 3 || !r.HeadChecked {
		t.Errorf("%+v", r)
	}
	if text := string(read(t, path)); strings.Contains(text, "4242") || strings.Contains(text, "digest-of-binds") {
		t.Error("a literal or the bind digest is in the log")
	}
}

func TestReopenGoesOn(t *testing.T) {
	path := logPath(t)
	for range 3 {
		l := open(t, path)
		append1(t, l, decision())
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("second close: %v", err)
		}
		if _, err := l.Append(decision()); !errors.Is(err, audit.ErrClosed) {
			t.Errorf("append after close: %v", err)
		}
	}
	if r := verified(t, path); !r.OK() || r.Lines != 9 {
		t.Errorf("%+v", r)
	}
}

func TestOneWriter(t *testing.T) {
	path := logPath(t)
	open(t, path)
	_, err := audit.Open(path, audit.Options{Now: clock()})
	if err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second writer: %v", err)
	}
}

func TestMode(t *testing.T) {
	path := logPath(t)
	open(t, path)
	for _, p := range []string{path, audit.HeadPath(path)} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", p, info.Mode())
		}
	}
}

func TestTornLineIsRemoved(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	append1(t, l, decision())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole := read(t, path)
	for _, torn := range []string{`{`, `{"seq":4,"prev":"`, strings.Repeat("x", 5000)} {
		if err := os.WriteFile(path, append(bytes.Clone(whole), torn...), 0o600); err != nil {
			t.Fatal(err)
		}
		head := read(t, audit.HeadPath(path))
		l := open(t, path)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		got := entries(t, path)
		if got[3].Kind != audit.KindLogRecovered || !strings.HasPrefix(got[3].Reason, fmt.Sprint(len(torn), " bytes")) {
			t.Errorf("%+v", got[3])
		}
		if r := verified(t, path); !r.OK() {
			t.Errorf("%+v", r)
		}
		if err := os.WriteFile(audit.HeadPath(path), head, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A crash between a line and its head leaves a head that is behind.
func TestHeadBehind(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	before := read(t, audit.HeadPath(path))
	append1(t, l, decision())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(audit.HeadPath(path), before, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if r := verified(t, path); !r.OK() || r.Lines != 4 {
		t.Errorf("%+v", r)
	}
}

func TestOpenRefusesWhatDoesNotHold(t *testing.T) {
	made := logPath(t)
	l := open(t, made)
	for range 3 {
		append1(t, l, decision())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	log, head := read(t, made), read(t, audit.HeadPath(made))
	lines := bytes.SplitAfter(log, []byte("\n"))
	for name, c := range map[string]struct{ log, head []byte }{
		"last line dropped":      {bytes.Join(lines[:4], nil), head},
		"last line cut":          {log[:len(log)-10], head},
		"all lines dropped":      {nil, head},
		"a line changed":         {bytes.Replace(log, []byte("billing"), []byte("orderss"), 1), head},
		"a line dropped":         {bytes.Join(append(append([][]byte{}, lines[:1]...), lines[2:]...), nil), head},
		"first line dropped":     {bytes.Join(lines[1:], nil), head},
		"two lines swapped":      {bytes.Join([][]byte{lines[0], lines[2], lines[1], lines[3], lines[4]}, nil), head},
		"head missing":           {log, nil},
		"head empty":             {log, []byte{}},
		"head of another":        {log, bytes.Replace(head, []byte("5 "), []byte("4 "), 1)},
		"text in place of a log": {[]byte("hello\n"), head},
	} {
		t.Run(name, func(t *testing.T) {
			path := logPath(t)
			if err := os.WriteFile(path, c.log, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.head != nil {
				if err := os.WriteFile(audit.HeadPath(path), c.head, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			l, err := audit.Open(path, audit.Options{Now: clock()})
			if err == nil {
				_ = l.Close()
			}
			if !errors.Is(err, audit.ErrBroken) || !strings.Contains(err.Error(), "audit verify") {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(string(c.log), string(read(t, path))); diff != "" {
				t.Errorf("a refused log was changed:\n%s", diff)
			}
		})
	}
}

func TestTamperedWhileOpen(t *testing.T) {
	for name, tamper := range map[string]func(path string) error{
		"deleted":   os.Remove,
		"emptied":   func(path string) error { return os.Truncate(path, 0) },
		"appended":  func(path string) error { return appendTo(path, "{}\n") },
		"cut short": func(path string) error { return os.Truncate(path, 10) },
	} {
		t.Run(name, func(t *testing.T) {
			path := logPath(t)
			l := open(t, path)
			append1(t, l, decision())
			if err := tamper(path); err != nil {
				t.Fatal(err)
			}
			if err := l.Flush(); !errors.Is(err, audit.ErrChanged) { // as the log does by itself, soon
				t.Errorf("got %v", err)
			}
			if _, err := l.Append(decision()); !errors.Is(err, audit.ErrChanged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

func TestTooLargeIsRefusedAndTextIsCut(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	big := decision()
	for range 100 {
		big.Action.Accesses = append(big.Action.Accesses, schema.Access{Verb: "select", Object: strings.Repeat("t", 20_000)})
	}
	if _, err := l.Append(big); !errors.Is(err, audit.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	long := decision()
	long.Action.SQL.Normalized = strings.Repeat("ä", 20_000)
	append1(t, l, long)
	got := entries(t, path)[1]
	if !got.TextCut || got.Text != strings.Repeat("ä", 8<<10) {
		t.Errorf("cut %v, %d bytes", got.TextCut, len(got.Text))
	}
	if r := verified(t, path); !r.OK() || r.Lines != 2 {
		t.Errorf("%+v", r)
	}
}

func TestAppendFromMany(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				if _, err := l.Append(decision()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r := verified(t, path); !r.OK() || r.Lines != 801 {
		t.Errorf("%+v", r)
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, how := range map[string]audit.Sync{"kernel": audit.SyncNever, "disk": audit.SyncAlways} {
		b.Run(name, func(b *testing.B) {
			l, err := audit.Open(filepath.Join(b.TempDir(), "audit.jsonl"), audit.Options{Now: func() time.Time { return noon }, Sync: how})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			r := decision()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Append(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What is noted comes before what is appended after it, and by itself soon; it waits out a disk that is full.
func TestNote(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	lift := limitFiles(t, int64(len(read(t, path))))
	for n := range uint64(3) {
		if seq, err := l.Note(outcome(n)); err != nil || seq != n+2 {
			t.Fatalf("line %d: %v", seq, err)
		}
	}
	if _, err := l.Append(decision()); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("got %v", err)
	}
	lift()
	if seq := append1(t, l, decision()); seq != 5 {
		t.Errorf("the log went on at %d", seq)
	}
	if _, err := l.Note(outcome(5)); err != nil {
		t.Fatal(err)
	}
	for {
		if r := verified(t, path); r.Lines == 6 {
			if !r.OK() {
				t.Errorf("%+v", r)
			}
			break
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Note(outcome(5)); !errors.Is(err, audit.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkStatement is what one statement costs: its decision and its outcome.
func BenchmarkStatement(b *testing.B) {
	l := open(b, logPath(b))
	d := decision()
	b.ReportAllocs()
	for b.Loop() {
		seq := append1(b, l, d)
		if _, err := l.Note(outcome(seq)); err != nil {
			b.Fatal(err)
		}
	}
}

// What many have noted is committed by one of them, and refused to all while the disk is full.
func TestCommit(t *testing.T) {
	for name, how := range map[string]audit.Sync{"kernel": audit.SyncNever, "disk": audit.SyncAlways} {
		t.Run(name, func(t *testing.T) {
			path := logPath(t)
			l, err := audit.Open(path, audit.Options{Now: clock(), Sync: how})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			var work sync.WaitGroup
			for range 8 {
				work.Go(func() {
					for range 50 {
						seq, err := l.Note(decision())
						if err == nil {
							err = l.Commit(seq)
						}
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			work.Wait()
			if r := verified(t, path); !r.OK() || r.Lines != 401 {
				t.Errorf("%+v", r)
			}
			lift := limitFiles(t, int64(len(read(t, path))))
			seq, err := l.Note(decision())
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := l.Commit(seq); !errors.Is(err, syscall.EFBIG) || !l.Failing() {
					t.Errorf("got %v", err)
				}
			}
			lift()
			if err := l.Commit(seq); err != nil || l.Failing() {
				t.Errorf("got %v", err)
			}
			if r := verified(t, path); !r.OK() || r.Lines != 402 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A file that somebody changed while the log was quiet is found by the first who commits.
func TestCommitLooks(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	seq, err := l.Note(decision())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(seq); !errors.Is(err, audit.ErrChanged) {
		t.Errorf("got %v", err)
	}
}
