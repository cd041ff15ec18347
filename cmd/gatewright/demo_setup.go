package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// findPostgres gives the directory of PostgreSQL's programs. Where they are missing and this is Debian and root, it
// installs them.
func (s *stage) findPostgres(ctx context.Context) (string, error) {
	dir, err := pgserver.FindBinDir()
	if !errors.Is(err, pgserver.ErrNotInstalled) {
		return dir, err
	}
	apt, lookErr := exec.LookPath("apt-get")
	if lookErr != nil || os.Geteuid() != 0 {
		return "", fail(err, "Install PostgreSQL's server, then run the demo again.")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	for _, args := range [][]string{{"update", "-q"}, {"install", "-qy", "--no-install-recommends", "postgresql"}} {
		s.tell("$ apt-get " + args[0] + " ...   (PostgreSQL is not installed)")
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = []string{"PATH=" + s.p.getenv("PATH"), "HOME=" + s.p.getenv("HOME"), "DEBIAN_FRONTEND=noninteractive"}
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fail(fmt.Errorf("apt-get %s: %w: %s", args[0], err, out), "Install PostgreSQL's server, then run the demo again.")
		}
	}
	return pgserver.FindBinDir()
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

// newPassword makes a password for one run.
func newPassword() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

// copyTree copies the regular files of a directory.
func copyTree(to, from string) error {
	return os.CopyFS(to, os.DirFS(filepath.Clean(from)))
}
