// Command benchmark compares the built gateway with a direct connection and with PgBouncer, on one machine and in one
// run, and writes docs/benchmarks.md from what it measured.
//
// It owns the workloads, the order of the rounds, and the table and plots. It is no part of the product, and refuses
// to know the gateway's inside: it meets a process, started as an operator would start it, in front of a real
// PostgreSQL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options say how much is measured, and where the report goes.
type options struct {
	// rounds is how often every workload meets every contestant; seconds is how long one such meeting takes.
	rounds, seconds int
	// transactions bounds the meetings by count in place of time, when it is over zero.
	transactions int
	// rows is the size of the table that is read whole, scale that of pgbench's tables.
	rows, scale int
	// clients is how many connections work at one time.
	clients int
	// idle is how many sessions do nothing while memory is measured.
	idle int
	// only names a part of the workloads' names; empty measures all.
	only string
	// out is the directory of benchmarks.md; empty writes none.
	out string
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.rounds, "rounds", 5, "how often every workload meets every contestant")
	flags.IntVar(&o.seconds, "seconds", 5, "length of one such meeting")
	flags.IntVar(&o.transactions, "transactions", 0, "bound a meeting by transactions of each client instead")
	flags.IntVar(&o.rows, "rows", 1_000_000, "rows of the table that is read whole")
	flags.IntVar(&o.scale, "scale", 10, "scale of pgbench's tables")
	flags.IntVar(&o.clients, "clients", 8, "connections that work at one time")
	flags.IntVar(&o.idle, "idle", 5000, "sessions that do nothing while memory is measured")
	flags.StringVar(&o.only, "only", "", "measure the workloads with this in their names, and write no page")
	flags.StringVar(&o.out, "out", "", "directory for benchmarks.md and its plots; none writes none")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 || min(o.rounds, o.seconds, o.rows, o.scale, o.clients, o.idle) < 1 || o.transactions < 0 {
		return options{}, errors.New("every number must be at least 1, and there are no arguments")
	}
	if o.only != "" && o.out != "" {
		return options{}, errors.New("a page shows every workload: -only and -out exclude each other")
	}
	return o, nil
}

// run measures and reports. Cancelling ctx ends every child and leaves nothing behind.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "benchmark: %v\n", err)
		return 2
	}
	if err := measureAndReport(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "benchmark: %v\n", err)
		return 1
	}
	return 0
}

func measureAndReport(ctx context.Context, o options, stdout, stderr io.Writer) (err error) {
	s, err := newStage(stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	r, err := s.measure(ctx, o)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, r.markdown()); err != nil || o.out == "" {
		return err
	}
	return r.write(o.out)
}
