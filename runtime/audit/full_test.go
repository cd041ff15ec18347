package audit_test

import (
	"bytes"
	"errors"
	"os/signal"
	"syscall"
	"testing"

	"github.com/gatewright/gatewright/runtime/audit"
)

// limitFiles makes the kernel cut off every write beyond size, as a full disk does (setrlimit(2), RLIMIT_FSIZE).
func limitFiles(t *testing.T, size int64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	now := was
	now.Cur = uint64(size)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
	lift = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(lift)
	return lift
}

func TestFullDisk(t *testing.T) {
	for name, room := range map[string]int64{"not a byte": 0, "part of a line": 100} {
		t.Run(name, func(t *testing.T) {
			path := logPath(t)
			l := open(t, path)
			append1(t, l, decision())
			before := read(t, path)
			lift := limitFiles(t, int64(len(before))+room)
			for range 3 {
				if _, err := l.Append(decision()); !errors.Is(err, syscall.EFBIG) {
					t.Errorf("got %v", err)
				}
				if !bytes.Equal(before, read(t, path)) {
					t.Error("part of a line stayed in the log")
				}
			}
			lift()
			if seq := append1(t, l, decision()); seq != 3 {
				t.Errorf("the log went on at %d", seq)
			}
			if r := verified(t, path); !r.OK() || r.Lines != 3 {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestOpenOnFullDisk(t *testing.T) {
	path := logPath(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	before := read(t, path)
	lift := limitFiles(t, int64(len(before)))
	if l, err := audit.Open(path, audit.Options{Now: clock()}); !errors.Is(err, syscall.EFBIG) {
		if err == nil {
			_ = l.Close()
		}
		t.Errorf("got %v", err)
	}
	lift()
	if !bytes.Equal(before, read(t, path)) {
		t.Error("the log was changed")
	}
	open(t, path)
}

// A disk that is really full, where this process may mount one.
func TestFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("SKIPPED: a small file system cannot be mounted here (%v); TestFullDisk covers the same path", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := dir + "/audit.jsonl"
	l, err := audit.Open(path, audit.Options{Now: clock(), Sync: audit.SyncAlways})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n := uint64(1)
	for err == nil {
		if _, err = l.Append(decision()); err == nil {
			n++
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	if r := verified(t, path); !r.OK() || r.Lines != n {
		t.Errorf("%d lines were acknowledged; %+v", n, r)
	}
}
