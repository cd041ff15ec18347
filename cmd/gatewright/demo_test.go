package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// audience watches the demo, and does something when it hears a word.
type audience struct {
	heard bytes.Buffer
	word  string
	then  func()
}

func (a *audience) Write(p []byte) (int, error) {
	a.heard.Write(p)
	if a.then != nil && strings.Contains(a.heard.String(), a.word) {
		a.then()
		a.then = nil
	}
	return len(p), nil
}

// atRoot moves the test to the root of the repository, with a directory of its own for temporary files, into which the
// user that PostgreSQL runs as can look.
func atRoot(t *testing.T) (temporary string) {
	t.Helper()
	t.Chdir("../..")
	temporary, err := os.MkdirTemp("", "gatewright-demo-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(temporary); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	return temporary
}

func leftNothing(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

var psql = regexp.MustCompile(`^ *(psql: error:|ERROR:|HINT:|NOTICE:|#[0-9]+) `)

func TestDemo(t *testing.T) {
	temporary := atRoot(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var out audience
	var errs bytes.Buffer
	if code := run(ctx, []string{"demo"}, strings.NewReader(""), &out, &errs); code != exitClean {
		t.Fatalf("exit %d\n%s\n%s", code, out.heard.String(), errs.String())
	}
	text := out.heard.String()
	for _, a := range acts {
		if !strings.Contains(text, a.title) {
			t.Errorf("the demo did not play %q", a.title)
		}
	}
	for line := range strings.Lines(text) {
		// What psql prints is shown as it is, and a line of the log is one line.
		line = strings.TrimSuffix(line, "\n")
		if psql.MatchString(line) || width(line) <= columns {
			continue
		}
		t.Errorf("%d columns: %s", width(line), line)
	}
	if strings.Contains(text, "\x1b") || errs.Len() > 0 {
		t.Errorf("colours in what is no terminal, or errors: %s", errs.String())
	}
	leftNothing(t, temporary)
}

// TestDemoInterrupted ends the demo where everything that it starts is running, and in the middle of a held statement.
func TestDemoInterrupted(t *testing.T) {
	for _, word := range []string{acts[2].title, "In the terminal of the DBA on call"} {
		t.Run(word, func(t *testing.T) {
			temporary := atRoot(t)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			out := audience{word: word, then: cancel}
			var errs bytes.Buffer
			code := run(ctx, []string{"demo"}, strings.NewReader(""), &out, &errs)
			if code != exitUsage || !strings.Contains(errs.String(), "interrupted") {
				t.Errorf("exit %d: %s", code, errs.String())
			}
			leftNothing(t, temporary)
		})
	}
}

// TestDemoKept does, while the demo stays up, what it proposes.
func TestDemoKept(t *testing.T) {
	tests := []struct{ command, want string }{
		{"as billing psql -XAtc 'SELECT pan FROM cards WHERE id = 1'", "^[*]{12}1111\n$"},
		{"as order-service psql -XAtc 'DELETE FROM orders'", "deny.unbounded-write"},
		{"as order-service psql -XAtc \"UPDATE orders SET status = 'paid' WHERE id = 2\"", "^UPDATE 1\n$"},
		{"as dba-on-call gatewright approvals list", "^No tickets"},
		{"as dba-on-call gatewright sessions list", "corp/order-service"},
		{"gatewright audit query $DEMO/audit.jsonl --class card-number", "masked: pan last4"},
		{"as nobody psql", "^as order-service[|]"},
	}
	temporary := atRoot(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out := audience{word: "Ctrl-C here ends it"}
	out.then = func() {
		defer cancel()
		script := regexp.MustCompile(`(?m)^  (\. .*try\.sh)$`).FindStringSubmatch(out.heard.String())
		if script == nil {
			t.Errorf("no script in %s", out.heard.String())
			return
		}
		for _, tt := range tests {
			said, _ := exec.CommandContext(ctx, "sh", "-c", script[1]+"\n"+tt.command).CombinedOutput() // refusals exit with 1
			if !regexp.MustCompile(tt.want).Match(said) {
				t.Errorf("%s: %s", tt.command, said)
			}
		}
	}
	var errs bytes.Buffer
	if code := run(ctx, []string{"demo", "--keep"}, strings.NewReader(""), &out, &errs); code != exitClean {
		t.Fatalf("exit %d\n%s\n%s", code, out.heard.String(), errs.String())
	}
	leftNothing(t, temporary)
}
