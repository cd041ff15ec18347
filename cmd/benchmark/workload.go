package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sample is what one meeting of a workload and a contestant gave.
type sample struct {
	// Count is how many transactions, connections or rows there were, within Seconds.
	Count   float64 `json:"count"`
	Seconds float64 `json:"seconds"`
	// P50 and P99 are milliseconds that one transaction, connection or query took.
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	// CPU is what the proxy used, in seconds, user and system time together.
	CPU float64 `json:"cpu_seconds"`
}

func (s sample) rate() float64 { return s.Count / s.Seconds }

// cost is the proxy's CPU for each of what was counted, in microseconds.
func (s sample) cost() float64 { return s.CPU / s.Count * 1e6 }

// newSample sorts the times.
func newSample(count float64, took time.Duration, times []float64) sample {
	slices.Sort(times)
	return sample{Count: count, Seconds: took.Seconds(), P50: quantile(times, 0.5), P99: quantile(times, 0.99)}
}

// quantile is the value of a sorted list below which a share of it lies; 0 of an empty one.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// unit is what a workload counts.
type unit string

const (
	transactions unit = "transactions"
	connections  unit = "connections"
	rows         unit = "rows"
)

// workload is something that clients do.
type workload struct {
	name string
	unit unit
	run  func(ctx context.Context, c *contestant) (sample, error)
}

// Columns of the table that is read whole: without the masked one, and with it.
const (
	plainColumns  = "id, name, city, note"
	maskedColumns = "id, name, email, city, note"
)

func (s *stage) workloads(bin string, o options) []workload {
	bench := func(args ...string) func(context.Context, *contestant) (sample, error) {
		return func(ctx context.Context, c *contestant) (sample, error) {
			return s.pgbench(ctx, filepath.Join(bin, "pgbench"), c, o, args...)
		}
	}
	read := func(who caller, sql string) func(context.Context, *contestant) (sample, error) {
		return func(ctx context.Context, c *contestant) (sample, error) { return readAll(ctx, c, who, sql, o) }
	}
	all := []workload{
		{"pgbench -S, simple protocol", transactions, bench("-S")},
		{"pgbench -S, prepared", transactions, bench("-S", "-M", "prepared")},
		{"pgbench TPC-B, simple protocol", transactions, bench()},
		{"SELECT, no masked column", rows, read(application, "SELECT "+plainColumns+" FROM people")},
		{"SELECT, one masked column", rows, read(application, "SELECT "+maskedColumns+" FROM people")},
		{"SELECT, detectors on every text column", rows, read(watched, "SELECT "+maskedColumns+" FROM people")},
		{"COPY out, no masked column", rows, read(application, "COPY people ("+plainColumns+") TO STDOUT")},
		{"connect, one query, close", connections, func(ctx context.Context, c *contestant) (sample, error) {
			return storm(ctx, c, o)
		}},
	}
	return slices.DeleteFunc(all, func(w workload) bool { return !strings.Contains(w.name, o.only) })
}
