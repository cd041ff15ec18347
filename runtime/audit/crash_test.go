package audit_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/audit"
)

// writerPath tells a copy of this test binary to be a writer that never ends.
const writerPath = "AUDIT_TEST_WRITER"

// TestWriter is the writer that TestKilled kills; run for itself it writes a few lines.
func TestWriter(t *testing.T) {
	path, forever := os.LookupEnv(writerPath)
	if !forever {
		path = logPath(t)
	}
	l := open(t, path)
	for n := uint64(0); forever || n < 10; {
		n = append1(t, l, decision())
		if forever {
			if _, err := os.Stdout.WriteString("acknowledged\n"); err != nil {
				return
			}
		}
	}
}

// What a writer was told is written is there after it was killed, and the log goes on.
func TestKilled(t *testing.T) {
	path := logPath(t)
	acknowledged := uint64(0)
	for range 5 {
		acknowledged += killedAfter(t, path, 200)
		l := open(t, path)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r := verified(t, path)
	if !r.OK() || r.Lines < acknowledged {
		t.Errorf("%d lines were acknowledged; %+v", acknowledged, r)
	}
	_, cover := query(t, path, audit.Filter{Session: "s1"})
	if cover.Matched < acknowledged || len(cover.Gaps) < 5 {
		t.Errorf("%d lines were acknowledged; %+v", acknowledged, cover)
	}
}

// killedAfter kills a writer once it has acknowledged some lines, and gives how many it had until it was dead.
func killedAfter(t *testing.T, path string, lines int) uint64 {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestWriter$")
	c.Env = append(os.Environ(), writerPath+"="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	n := uint64(0)
	for s := bufio.NewScanner(out); s.Scan(); {
		if strings.TrimSpace(s.Text()) == "acknowledged" {
			n++
		}
		if n == uint64(lines) {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	return n
}

// Only the end of a long log is read when it is opened; what is wrong there is found.
func TestReopenLong(t *testing.T) {
	path := logPath(t)
	l := open(t, path)
	long := decision()
	long.Action.SQL.Normalized = strings.Repeat("x", 16<<10)
	for range 600 { // some 10 MiB
		append1(t, l, long)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if r := verified(t, path); !r.OK() || r.Lines != 604 {
		t.Errorf("%+v", r)
	}
	data := read(t, path)
	data[len(data)-100_000] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Open(path, audit.Options{Now: clock()}); !errors.Is(err, audit.ErrBroken) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	path := logPath(b)
	l := open(b, path)
	for range 5000 {
		append1(b, l, decision())
	}
	data := read(b, path)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		verify(b, data, nil)
	}
}
