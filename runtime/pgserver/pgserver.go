// Package pgserver starts throwaway PostgreSQL servers on loopback, for the demo and for tests against the real thing.
//
// It owns finding PostgreSQL's programs, initdb, starting and stopping. It refuses to know what the server is used
// for. PostgreSQL refuses to run as root, so a root caller's servers run as the user "postgres" or "nobody".
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Password is the password of User in every server that Start makes.
const (
	User     = "owner"
	Password = "owner-password"
)

// Config says how a server is made. The zero value is fine.
type Config struct {
	// Settings are postgresql.conf settings, by name.
	Settings map[string]string
	// BinDir holds initdb and postgres; empty searches PATH and the usual places.
	BinDir string
	// From is a server that was stopped with Stop and not closed: the new one begins as a copy of it.
	From *Server
}

// Server is a running PostgreSQL. The database "postgres" is there, owned by User, a superuser.
type Server struct {
	Host   string
	Port   int
	BinDir string

	dir string
	cfg Config
	cmd *exec.Cmd
	log string
	// orphans are the processes of a server that was killed.
	orphans []int
	// exited is closed when the process is gone.
	exited chan struct{}
}

// ErrNotInstalled says that PostgreSQL's server programs were not found, and what to install.
var ErrNotInstalled = errors.New("PostgreSQL's server programs (initdb, postgres) were not found; on Debian: apt-get install postgresql")

// FindBinDir gives the directory of the newest installed PostgreSQL server, or ErrNotInstalled.
func FindBinDir() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(dirs, func(a, b string) int { return versionOf(b) - versionOf(a) })
	more := []string{"/usr/pgsql/bin", "/opt/homebrew/bin", "/usr/local/pgsql/bin", "/usr/local/bin"}
	if p, err := exec.LookPath("initdb"); err == nil {
		more = append(more, filepath.Dir(p))
	}
	for _, dir := range append(dirs, more...) {
		if isProgram(filepath.Join(dir, "initdb")) && isProgram(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", ErrNotInstalled
}

func versionOf(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

func isProgram(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// Start makes a new cluster in a temporary directory, starts it on a free loopback port with SCRAM-SHA-256
// authentication and waits until it answers. Close ends it and removes the directory.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	bin := cfg.BinDir
	if bin == "" {
		found, err := FindBinDir()
		if err != nil {
			return nil, err
		}
		bin = found
	}
	dir, err := os.MkdirTemp("", "gatewright-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", BinDir: bin, dir: dir, cfg: cfg, log: filepath.Join(dir, "log"), exited: make(chan struct{})}
	if err := s.start(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, cfg Config) error {
	attr, err := s.unprivileged()
	if err != nil {
		return err
	}
	if cfg.From != nil {
		err = s.copyOf(ctx, cfg.From, attr)
	} else {
		err = s.initdb(ctx, attr)
	}
	if err != nil {
		return err
	}
	// A port is free only until somebody else takes it, so a start that loses the race is tried again.
	for attempt := 0; ; attempt++ {
		err = s.launch(ctx, cfg, attr)
		if err == nil || attempt == 4 || ctx.Err() != nil {
			return err
		}
		s.stop()
		s.exited = make(chan struct{})
	}
}

// unprivileged gives the attributes of a child that may be a PostgreSQL server, and hands it the directory.
func (s *Server) unprivileged() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, os.Chown(s.dir, int(uid), int(gid))
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

func (s *Server) initdb(ctx context.Context, attr *syscall.SysProcAttr) error {
	pwfile := filepath.Join(s.dir, "pw")
	if err := os.WriteFile(pwfile, []byte(Password+"\n"), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.BinDir, "initdb"),
		"--pgdata", filepath.Join(s.dir, "data"), "--username", User, "--pwfile", pwfile, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir = s.dir
	cmd.SysProcAttr = attr
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return os.Remove(pwfile)
}

// copyOf takes over the files of a server that does not run, as the user who owns them.
func (s *Server) copyOf(ctx context.Context, from *Server, attr *syscall.SysProcAttr) error {
	cmd := exec.CommandContext(ctx, "cp", "-R", filepath.Join(from.dir, "data"), s.dir)
	cmd.Dir, cmd.SysProcAttr = s.dir, attr
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("copying the files of a server: %w: %s", err, out)
	}
	return nil
}

func (s *Server) launch(ctx context.Context, cfg Config, attr *syscall.SysProcAttr) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.Port = port
	return s.run(ctx, cfg, attr)
}

// run starts the server's process at the port that it has.
func (s *Server) run(ctx context.Context, cfg Config, attr *syscall.SysProcAttr) error {
	settings := map[string]string{
		"listen_addresses": s.Host, "port": strconv.Itoa(s.Port), "unix_socket_directories": s.dir, "fsync": "off",
		"max_connections": "200", "log_destination": "stderr", "logging_collector": "off",
	}
	for k, v := range cfg.Settings {
		settings[k] = v
	}
	args := []string{"-D", filepath.Join(s.dir, "data")}
	for _, k := range sortedKeys(settings) {
		args = append(args, "-c", k+"="+settings[k])
	}
	out, err := os.OpenFile(s.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(filepath.Join(s.BinDir, "postgres"), args...)
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = s.dir, attr, out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd = cmd
	go func(exited chan struct{}) {
		_ = cmd.Wait() // its end is the news; what it had to say is in the log
		close(exited)
	}(s.exited)
	return s.ready(ctx)
}

// ready waits until a connection gets an answer to an SSLRequest, which a server that is still starting refuses.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	probe := filepath.Join(s.BinDir, "pg_isready")
	for {
		err := exec.CommandContext(ctx, probe, "-q", "-h", s.Host, "-p", strconv.Itoa(s.Port)).Run()
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			log, _ := os.ReadFile(s.log)
			return fmt.Errorf("postgres ended while starting: %s", log)
		case <-ctx.Done():
			return fmt.Errorf("postgres did not start: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// Address gives host:port.
func (s *Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// URL gives a connection string of the superuser for a database, as drivers and psql take it.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", User, Password, s.Address(), database)
}

// PSQL runs psql as the superuser with text on its standard input, stops at the first error and gives its output
// (unaligned, tuples only).
func (s *Server) PSQL(ctx context.Context, database, text string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.BinDir, "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", s.URL(database))
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("psql: %w: %s", err, out)
	}
	return string(out), nil
}

// Kill ends the server at once, as a crash would. Its sessions' processes see that by themselves.
func (s *Server) Kill() {
	s.orphans = childrenOf(s.cmd.Process.Pid)
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	<-s.exited
}

// Stop ends the server in good order and keeps its files, for others to begin as copies of it.
func (s *Server) Stop(ctx context.Context) error {
	_ = s.cmd.Process.Signal(syscall.SIGINT) // fast shutdown; it may be gone already
	select {
	case <-s.exited:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("postgres did not stop: %w", ctx.Err())
	}
}

// Restart starts a server again that was killed, at the same address and with what it had committed. Its sessions may
// outlive the kill for a moment, and keep it from starting.
func (s *Server) Restart(ctx context.Context) error {
	attr, err := s.unprivileged()
	if err != nil {
		return err
	}
	for attempt := range 100 {
		if attempt == 20 { // one of them waits for what another had when it was killed
			s.killOrphans()
		}
		s.exited = make(chan struct{})
		if err = s.run(ctx, s.cfg, attr); err == nil || ctx.Err() != nil {
			return err
		}
		s.stop()
	}
	return err
}

func (s *Server) killOrphans() {
	for _, pid := range s.orphans {
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil && strings.TrimSpace(string(name)) == "postgres" {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// childrenOf gives the processes that a process has started, where the system tells.
func childrenOf(parent int) []int {
	var pids []int
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file) // it may be gone
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Close stops the server and removes its files. It may be called more than once.
func (s *Server) Close() error {
	s.stop()
	return os.RemoveAll(s.dir)
}

func (s *Server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGQUIT) // immediate shutdown; it may be gone already
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		s.Kill()
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
