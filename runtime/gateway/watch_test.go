package gateway_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestTheAuditLogIsNotWatched: the log stands beside the bundle, and each of its lines would be an event that the kernel
// makes and the gateway throws away. proc(5) tells what a process watches.
func TestTheAuditLogIsNotWatched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	w.eventually("the bundle is watched", func() bool { return watches(t, w.path("bundle.gwb")) })
	if watches(t, w.dir) {
		t.Error("the whole directory is watched")
	}
	w.replace("bundle.gwb", w.encode(w.policy(2, nil)))
	w.eventually("the second bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == 2 })
	w.eventually("the second bundle is watched", func() bool { return watches(t, w.path("bundle.gwb")) && !watches(t, w.dir) })
}

// watches reports whether this process watches what is at path now.
func watches(t *testing.T, path string) bool {
	t.Helper()
	var stat syscall.Stat_t
	if err := syscall.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("/proc/self/fdinfo/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d open files: %v", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it is closed by now
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "inotify ") && strings.Contains(line, fmt.Sprintf(" ino:%x ", stat.Ino)) {
				return true
			}
		}
	}
	return false
}
