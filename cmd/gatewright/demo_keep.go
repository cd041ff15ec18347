package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// keepUp leaves the stage to the audience, with the policy as it is in the example, until ctx is done.
func (r *production) keepUp(ctx context.Context) error {
	if err := r.thaw(ctx); err != nil {
		return err
	}
	script, err := r.tryScript()
	if err != nil {
		return err
	}
	// The program may have been started under any name and from anywhere.
	if err := os.Mkdir(r.file("bin"), 0o700); err != nil {
		return err
	}
	if err := os.Symlink(r.self, r.file("bin/gatewright")); err != nil {
		return err
	}
	if err := r.write("try.sh", script); err != nil {
		return err
	}
	fmt.Fprintf(r.p.stdout, "The policy is the example's again. Try it yourself, in another terminal:\n\n"+
		"  . %s\n"+
		"  as billing psql\n"+
		"  as order-service psql\n"+
		"  as dba-on-call gatewright approvals list\n"+
		"  gatewright audit query $DEMO/audit.jsonl --kind decision\n\n"+
		"Ctrl-C here ends it and removes everything.\n", r.file("try.sh"))
	<-ctx.Done()
	return nil
}

// thaw takes back the policy edit of the demo.
func (r *production) thaw(ctx context.Context) error {
	if err := os.Remove(filepath.Join(r.policy, "freeze.hcl")); err != nil {
		return err
	}
	out, err := r.output(ctx, nil, "gatewright", "compile", "policy", "--key", "release.key", "--serial", "3", "--out", "bundle.gwb")
	if err != nil {
		return fmt.Errorf("compiling the example again: %s", out)
	}
	return r.until(ctx, "the bundle of the example", r.running, func() bool {
		now, err := r.status(ctx)
		return err == nil && now.Bundle.Serial == 3
	})
}

// tryScript is what a person's shell reads to be any of the callers.
func (r *production) tryScript() (string, error) {
	host, port, err := net.SplitHostPort(r.address)
	if err != nil {
		return "", err
	}
	var secrets, names []string
	for _, c := range demoClients {
		secrets = append(secrets, fmt.Sprintf("  %s) export SECRET=%s ;;\n", c.id, quoteShell(r.secrets[c.id])))
		names = append(names, c.id)
	}
	return fmt.Sprintf(tryScript, quoteShell(r.dir), quoteShell(r.bin), quoteShell(r.admin), strings.Join(secrets, ""),
		strings.Join(names, "|"), quoteShell(r.issuer), quoteShell(host), port, demoTarget, quoteShell(r.file("ca.crt"))), nil
}

// tryScript is for any POSIX shell (POSIX.1-2024, XCU chapter 2).
const tryScript = `export DEMO=%[1]s
export PATH="$DEMO"/bin:%[2]s:"$PATH"

gatewright() {
  case "$1" in
  approvals | sessions) command gatewright "$@" --admin %[3]s ;;
  *) command gatewright "$@" ;;
  esac
}

# as CLIENT COMMAND...: runs the command with a fresh token of the client.
as() (
  case "$1" in
%[4]s  *) echo "as %[5]s COMMAND ..." >&2; exit 5 ;;
  esac
  token=$(gatewright token --issuer %[6]s --client "$1" --secret env:SECRET) || exit
  unset SECRET
  export PGHOST=%[7]s PGPORT=%[8]s PGDATABASE=%[9]s PGUSER="$1" PGPASSWORD="$token"
  export PGSSLMODE=verify-full PGSSLROOTCERT=%[10]s GATEWRIGHT_TOKEN="$token"
  shift
  "$@"
)
`

// quoteShell makes a text one word of a shell.
func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
