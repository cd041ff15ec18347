package audit_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
)

// written gives a log of six lines, taken apart, and its head.
func written(t testing.TB) ([][]byte, audit.Head) {
	t.Helper()
	path := logPath(t)
	l := open(t, path)
	for range 4 {
		append1(t, l, decision())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	head, err := audit.ReadHead(audit.HeadPath(path))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(bytes.SplitAfter(read(t, path), []byte("\n")), func(l []byte) bool { return len(l) == 0 }), head
}

func verify(t testing.TB, data []byte, head *audit.Head) *audit.Report {
	t.Helper()
	r, err := audit.Verify(bytes.NewReader(data), head)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEachFlippedBitIsFound(t *testing.T) {
	lines, head := written(t)
	log := bytes.Join(lines, nil)
	if r := verify(t, log, &head); !r.OK() || r.Lines != 6 || r.Head != head.Hash.String() {
		t.Fatalf("%+v", r)
	}
	for i := range log {
		for _, bit := range []byte{1, 0x20, 0x80} {
			log[i] ^= bit
			r := verify(t, log, &head)
			if r.OK() {
				t.Errorf("byte %d with bit %#x flipped is not found", i, bit)
			}
			log[i] ^= bit
		}
	}
}

func TestFaultsAreNamed(t *testing.T) {
	lines, head := written(t)
	pick := func(numbers ...int) []byte {
		var b []byte
		for _, n := range numbers {
			b = append(b, lines[n-1]...)
		}
		return b
	}
	type found struct {
		Fault audit.Fault
		Line  uint64
		Seq   uint64
	}
	changed := bytes.Replace(pick(3), []byte("billing"), []byte("orderss"), 1)
	other, _ := otherLog(t)
	for name, c := range map[string]struct {
		log  []byte
		want []found
	}{
		"whole":                 {pick(1, 2, 3, 4, 5, 6), nil},
		"first dropped":         {pick(2, 3, 4, 5, 6), []found{{audit.FaultDropped, 0, 1}}},
		"third dropped":         {pick(1, 2, 4, 5, 6), []found{{audit.FaultDropped, 0, 3}}},
		"two dropped":           {pick(1, 4, 5, 6), []found{{audit.FaultDropped, 0, 2}}},
		"two places":            {pick(1, 3, 5, 6), []found{{audit.FaultDropped, 0, 2}, {audit.FaultDropped, 0, 4}}},
		"last dropped":          {pick(1, 2, 3, 4, 5), []found{{audit.FaultCut, 0, 6}}},
		"last three dropped":    {pick(1, 2, 3), []found{{audit.FaultCut, 0, 4}}},
		"all dropped":           {nil, []found{{audit.FaultCut, 0, 1}}},
		"swapped":               {pick(1, 2, 4, 3, 5, 6), []found{{audit.FaultMoved, 4, 3}}},
		"twice":                 {pick(1, 2, 3, 3, 4, 5, 6), []found{{audit.FaultMoved, 4, 3}}},
		"last first":            {pick(6, 1, 2, 3, 4, 5), []found{{audit.FaultMoved, 2, 1}, {audit.FaultMoved, 3, 2}, {audit.FaultMoved, 4, 3}, {audit.FaultMoved, 5, 4}, {audit.FaultMoved, 6, 5}}},
		"changed":               {slices.Concat(pick(1, 2), changed, pick(4, 5, 6)), []found{{audit.FaultChanged, 3, 3}}},
		"replaced by text":      {slices.Concat(pick(1, 2), []byte("x\n"), pick(4, 5, 6)), []found{{audit.FaultChanged, 3, 0}}},
		"text put in":           {slices.Concat(pick(1, 2), []byte("x\n"), pick(3, 4, 5, 6)), []found{{audit.FaultChanged, 3, 0}}},
		"an overlong line":      {slices.Concat(pick(1, 2), bytes.Repeat([]byte("x"), 3<<20), []byte("\n"), pick(3, 4, 5, 6)), []found{{audit.FaultChanged, 3, 0}}},
		"a line of another log": {slices.Concat(pick(1, 2), other[2], pick(4, 5, 6)), []found{{audit.FaultChanged, 3, 3}, {audit.FaultChanged, 4, 4}}},
		"another log":           {bytes.Join(other, nil), []found{{audit.FaultChanged, 6, 6}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []found
			for _, p := range verify(t, c.log, &head).Problems {
				got = append(got, found{p.Fault, p.Line, p.Seq})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// otherLog is a log with other lines, whole in itself.
func otherLog(t *testing.T) ([][]byte, audit.Head) {
	path := logPath(t)
	l := open(t, path)
	for range 4 {
		r := decision()
		r.Session = "forged"
		append1(t, l, r)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(bytes.Lines(read(t, path))), l.Head()
}

func TestWithoutHeadTheReportSaysSo(t *testing.T) {
	lines, _ := written(t)
	r := verify(t, bytes.Join(lines[:5], nil), nil)
	if !r.OK() || r.HeadChecked {
		t.Errorf("%+v", r)
	}
}

func TestCutAnywhere(t *testing.T) {
	lines, head := written(t)
	log := bytes.Join(lines, nil)
	for n := range log {
		if r := verify(t, log[:n], &head); r.OK() {
			t.Errorf("cut to %d bytes is not found", n)
		}
	}
}

func FuzzVerify(f *testing.F) {
	lines, head := written(f)
	f.Add(bytes.Join(lines, nil))
	f.Add(slices.Concat(lines[1], lines[0], []byte("{}\n"), lines[2][:40]))
	f.Add([]byte(strings.Repeat("\n", 300)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := verify(t, data, &head)
		if r.OK() && !bytes.HasPrefix(data, bytes.Join(lines, nil)) {
			t.Errorf("taken for the log: %q", data)
		}
		_, _ = audit.Query(bytes.NewReader(data), &head, audit.Filter{Class: "card-number"}, func(*audit.Entry) error { return nil })
	})
}

func FuzzParseHead(f *testing.F) {
	_, head := written(f)
	f.Add([]byte("gatewright-audit-head 1 00000000000000000006 " + head.Hash.String() + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := audit.ParseHead(data)
		if err == nil && !bytes.Contains(data, []byte(h.Hash.String())) {
			t.Errorf("%q gives %v", data, h)
		}
	})
}
