package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
)

// terminal is a psql that stays open, as a person's would, while other things happen.
type terminal struct {
	s     *stage
	cmd   *exec.Cmd
	input io.WriteCloser
	turns int
	// done is closed when psql has ended.
	done chan struct{}

	mu     sync.Mutex
	output bytes.Buffer
	news   chan struct{}
}

// open starts a psql that reads what say gives it.
func (s *stage) open(ctx context.Context, env []string, args ...string) (*terminal, error) {
	t := &terminal{s: s, done: make(chan struct{}), news: make(chan struct{}, 1)}
	t.cmd = s.command(ctx, env, "psql", args...)
	// One pipe for both streams keeps answers and errors in order.
	t.cmd.Stdout, t.cmd.Stderr = t, t
	input, err := t.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	t.input = input
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = t.cmd.Wait() // how it ended shows in what it said
		close(t.done)
	}()
	s.undo = append(s.undo, t.close)
	return t, nil
}

// Write takes what psql says.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.output.Write(p)
	t.mu.Unlock()
	select {
	case t.news <- struct{}{}:
	default:
	}
	return len(p), nil
}

// ask types a statement and gives what psql says until it is ready for the next one.
func (t *terminal) ask(ctx context.Context, sql string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	t.turns++
	mark := fmt.Sprintf("--turn %d--\n", t.turns)
	if _, err := fmt.Fprintf(t.input, "%s\n\\echo %s", sql, mark); err != nil {
		return "", fmt.Errorf("psql has ended: %s", t.take())
	}
	for {
		t.mu.Lock()
		before, after, found := strings.Cut(t.output.String(), mark)
		if found {
			t.output.Reset()
			t.output.WriteString(after)
		}
		t.mu.Unlock()
		if found {
			return before, nil
		}
		select {
		case <-t.news:
		case <-t.done:
			return "", fmt.Errorf("psql has ended: %s", t.take())
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for psql: %w", ctx.Err())
		}
	}
}

// perform asks before the audience.
func (t *terminal) perform(ctx context.Context, prompt, sql string) (string, error) {
	t.s.show(prompt, sql)
	out, err := t.ask(ctx, sql)
	t.s.show("", out)
	return out, err
}

func (t *terminal) take() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.output.String()
}

// close ends psql as Ctrl-D does, or at once if that is not enough.
func (t *terminal) close() error {
	_ = t.input.Close() // it may be gone already
	service := &service{name: "psql", cmd: t.cmd, exited: t.done}
	return service.stop()
}
