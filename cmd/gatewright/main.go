// Command gatewright compiles, tests and enforces security policy.
//
// It owns the command line: flags, wiring, exit codes and rendering, one file per verb. It is the one room that knows
// the compiler and the runtime, and it decides nothing itself.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it gives the exit code and leaves nothing running. Cancelling ctx asks a verb to end
// in good order.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv}
	root := newRoot(p)
	root.SetArgs(args)
	return p.exit(root.ExecuteContextC(ctx))
}
