package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// patience bounds each start of a child, and each of its ends.
	patience = 30 * time.Second
	// tick is how often the stage looks whether a child is ready.
	tick = 20 * time.Millisecond
)

// stage is a directory and the children that run in it.
type stage struct {
	dir      string
	progress io.Writer
	undo     []func() error
}

func newStage(progress io.Writer) (*stage, error) {
	dir, err := os.MkdirTemp("", "gatewright-benchmark-")
	if err != nil {
		return nil, err
	}
	s := &stage{dir: dir, progress: progress}
	s.later(func() error { return os.RemoveAll(dir) })
	// PgBouncer, which does not run as root, reads its configuration here.
	return s, os.Chmod(dir, 0o755)
}

// later is done when the stage closes, the last first.
func (s *stage) later(f func() error) { s.undo = append(s.undo, f) }

func (s *stage) close() error {
	var errs []error
	for i := len(s.undo) - 1; i >= 0; i-- {
		errs = append(errs, s.undo[i]())
	}
	s.undo = nil
	return errors.Join(errs...)
}

func (s *stage) tell(format string, args ...any) {
	fmt.Fprintf(s.progress, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

func (s *stage) file(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) write(name, text string) error {
	path := s.file(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// output runs a program to its end. What it said is part of the error when it fails.
func (s *stage) output(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, out)
	}
	return string(out), nil
}

// process is a child that runs until it is stopped.
type process struct {
	name, log string
	cmd       *exec.Cmd
	exited    chan struct{}
}

// serve starts a child and waits until it listens on its address.
func (s *stage) serve(ctx context.Context, name, address string, args ...string) (*process, error) {
	p := &process{name: name, log: s.file(name + ".log"), exited: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(args[0], args[1:]...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = s.dir, log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		_ = p.cmd.Wait() // its end is the news; what it had to say is in the log
		close(p.exited)
	}()
	s.later(p.stop)
	return p, p.listens(ctx, address)
}

func (p *process) listens(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.exited:
			return p.fault("ended while starting")
		case <-ctx.Done():
			return p.fault("does not listen")
		case <-t.C:
		}
	}
}

// fault gives an error with what the child had to say.
func (p *process) fault(what string) error {
	text, err := os.ReadFile(p.log)
	return errors.Join(fmt.Errorf("%s %s:\n%s", p.name, what, text), err)
}

// stop ends the child in good order. It may be called more than once.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	select {
	case <-p.exited:
		return nil
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return p.fault("did not end and was killed")
	}
}

// freeAddress gives a loopback address that nobody listens on at this moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
