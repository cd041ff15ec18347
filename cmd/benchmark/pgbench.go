package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// pgbench runs PostgreSQL's own benchmark and reads what each transaction took from its log.
func (s *stage) pgbench(ctx context.Context, program string, c *contestant, o options, args ...string) (sample, error) {
	env, err := c.environment(application)
	if err != nil {
		return sample{}, err
	}
	dir, err := os.MkdirTemp(s.dir, "pgbench-")
	if err != nil {
		return sample{}, err
	}
	defer os.RemoveAll(dir)
	args = append(args, "-n", "-l", "-c", strconv.Itoa(o.clients), "-j", strconv.Itoa(min(o.clients, 2)))
	if o.transactions > 0 {
		args = append(args, "-t", strconv.Itoa(o.transactions))
	} else {
		args = append(args, "-T", strconv.Itoa(o.seconds))
	}
	out, err := s.output(ctx, dir, env, program, args...)
	if err != nil {
		return sample{}, err
	}
	times, err := transactionTimes(dir)
	if err != nil {
		return sample{}, err
	}
	rate, err := transactionRate(out)
	count := float64(len(times))
	return newSample(count, time.Duration(count/rate*float64(time.Second)), times), err
}

// transactionRate reads the line "tps = 123.4 (without initial connection time)".
func transactionRate(output string) (float64, error) {
	for line := range strings.Lines(output) {
		if rest, ok := strings.CutPrefix(line, "tps = "); ok {
			number, _, _ := strings.Cut(rest, " ")
			rate, err := strconv.ParseFloat(number, 64)
			if err == nil && rate <= 0 {
				err = fmt.Errorf("a rate of %s", number)
			}
			return rate, err
		}
	}
	return 0, errors.New("pgbench gave no rate:\n" + output)
}

// transactionTimes reads pgbench's logs (client, number, microseconds, ...) and gives milliseconds.
func transactionTimes(dir string) ([]float64, error) {
	logs, err := filepath.Glob(filepath.Join(dir, "pgbench_log.*"))
	if err != nil {
		return nil, err
	}
	var times []float64
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) < 3 {
				return nil, fmt.Errorf("a line of pgbench's log is %q", line)
			}
			us, err := strconv.ParseFloat(fields[2], 64)
			if err != nil {
				return nil, err
			}
			times = append(times, us/1000)
		}
	}
	if len(times) == 0 {
		return nil, errors.New("pgbench logged no transaction")
	}
	return times, nil
}
