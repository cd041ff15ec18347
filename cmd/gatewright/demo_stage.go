package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// demoPatience bounds each thing that the demo waits for.
	demoPatience = 30 * time.Second
	// demoTick is how often it looks whether that has come.
	demoTick = 30 * time.Millisecond
	// demoStop is how long a child may take to end in good order.
	demoStop = 15 * time.Second
)

// stage is where the demo plays: a directory, the programs that it started, and what it tells.
type stage struct {
	p      *program
	colour bool
	dir    string
	self   string // the path of this program
	bin    string // the directory of psql
	step   int
	undo   []func() error
}

// close ends what was started, the last first, and removes every file. What went wrong with that is told, as it
// leaves something behind.
func (s *stage) close() {
	for i := len(s.undo) - 1; i >= 0; i-- {
		if err := s.undo[i](); err != nil {
			fmt.Fprintf(s.p.stderr, "Cleaning up: %s\n", printable(err.Error()))
		}
	}
	s.undo = nil
}

func (s *stage) file(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) write(name, text string) error {
	return os.WriteFile(s.file(name), []byte(text), 0o600)
}

// paint wraps text in a terminal's colour.
func (s *stage) paint(code, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// title opens a step.
func (s *stage) title(text string) {
	s.step++
	fmt.Fprintf(s.p.stdout, "\n%s\n", s.paint("1", fmt.Sprintf("%d. %s", s.step, text)))
}

// tell explains.
func (s *stage) tell(text string) { fmt.Fprintln(s.p.stdout, wrap("   ", "   ", text)) }

// show prints a command, or what it said.
func (s *stage) show(prefix, text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		fmt.Fprintf(s.p.stdout, "   %s%s\n", prefix, printable(strings.TrimRight(line, "\n")))
		prefix = strings.Repeat(" ", len(prefix))
	}
}

// claim is one thing that a step says, and whether it is so.
type claim struct {
	text string
	ok   bool
}

// check prints claims and fails when one of them is not so.
func (s *stage) check(claims ...claim) error {
	for _, c := range claims {
		if !c.ok {
			fmt.Fprintf(s.p.stdout, "   %s %s\n", s.paint("31", "NOT SO:"), c.text)
			return fmt.Errorf("the demo claims this, and it is not so: %s", c.text)
		}
		fmt.Fprintf(s.p.stdout, "   %s %s\n", s.paint("32", "ok:"), c.text)
	}
	return nil
}

// environment is what every child gets, with more on top. Nothing of psql's own variables is handed down.
func (s *stage) environment(more ...string) []string {
	env := []string{"PATH=" + s.bin + string(os.PathListSeparator) + s.p.getenv("PATH"), "HOME=" + s.dir, "LC_ALL=C", "PSQL_HISTORY=/dev/null"}
	return append(env, more...)
}

// command makes a child in a group of its own, so that a Ctrl-C is the demo's to handle, and one that does not
// outlive the demo even when that is killed.
func (s *stage) command(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	path := name
	if name == "gatewright" {
		path = s.self
	} else if !filepath.IsAbs(name) {
		path = filepath.Join(s.bin, name)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Args[0] = name
	cmd.Dir, cmd.Env = s.dir, s.environment(env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.WaitDelay = demoStop
	return cmd
}

// output runs a command to its end and gives what it said on both streams.
func (s *stage) output(ctx context.Context, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	out, err := s.command(ctx, env, name, args...).CombinedOutput()
	return string(out), err
}

// perform runs a command before the audience: line is how a person would type it.
func (s *stage) perform(ctx context.Context, line string, env []string, name string, args ...string) (string, error) {
	s.show("$ ", line)
	out, err := s.output(ctx, env, name, args...)
	s.show("", out)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		return out, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

// service is a child that runs until it is stopped.
type service struct {
	name   string
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
}

// serve starts a service whose output goes to a file, and stops it when the stage is closed.
func (s *stage) serve(name string, env []string, args ...string) (*service, error) {
	log, err := os.OpenFile(s.file(name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := s.command(context.Background(), env, "gatewright", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the %s: %w", name, err)
	}
	v := &service{name: name, cmd: cmd, log: log.Name(), exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // its end is the news; what it had to say is in the log
		close(v.exited)
	}()
	s.undo = append(s.undo, v.stop)
	return v, nil
}

func (v *service) stop() error {
	_ = v.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	timer := time.NewTimer(demoStop)
	defer timer.Stop()
	select {
	case <-v.exited:
		return nil
	case <-timer.C:
		_ = v.cmd.Process.Kill()
		<-v.exited
		return fmt.Errorf("the %s did not end within %s and was killed", v.name, demoStop)
	}
}

// failed tells how a service ended that should run.
func (v *service) failed() error {
	select {
	case <-v.exited:
	default:
		return nil
	}
	text, err := os.ReadFile(v.log)
	if err != nil {
		return err
	}
	return fmt.Errorf("the %s ended: %s", v.name, bytes.TrimSpace(text))
}

// until waits for a condition, as long as the services that it depends on run.
func (s *stage) until(ctx context.Context, what string, services []*service, so func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	tick := time.NewTicker(demoTick)
	defer tick.Stop()
	for !so() {
		for _, v := range services {
			if err := v.failed(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		case <-tick.C:
		}
	}
	return nil
}
