package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// detection is what detectors of all kinds together take for one text.
type detection struct {
	Text string `json:"text"`
	// Nanoseconds is for the whole text, MBPerSecond its speed.
	Nanoseconds float64 `json:"ns"`
	MBPerSecond float64 `json:"mb_per_second"`
}

// detectors runs the masking room's own benchmark and takes medians.
func (s *stage) detectors(ctx context.Context, o options) ([]detection, error) {
	args := []string{"test", "-run", "^$", "-bench", "^BenchmarkRedact$/^all$", "-count", strconv.Itoa(o.rounds), "-benchtime"}
	if o.transactions > 0 {
		args = append(args, strconv.Itoa(o.transactions)+"x")
	} else {
		args = append(args, "0.5s")
	}
	out, err := s.output(ctx, "", nil, "go", append(args, "github.com/gatewright/gatewright/runtime/mask")...)
	if err != nil {
		return nil, err
	}
	return readDetections(out)
}

// readDetections reads lines such as "BenchmarkRedact/all/clean_48B-2 100 12.3 ns/op 3902.44 MB/s 0 B/op ...".
func readDetections(output string) ([]detection, error) {
	var order []string
	ns, speed := map[string][]float64{}, map[string][]float64{}
	for line := range strings.Lines(output) {
		fields := strings.Fields(line)
		if len(fields) < 6 || !strings.HasPrefix(fields[0], "Benchmark") || fields[3] != "ns/op" || fields[5] != "MB/s" {
			continue
		}
		name := fields[0][strings.LastIndexByte(fields[0], '/')+1:]
		name, _, _ = strings.Cut(name, "-")
		took, err1 := strconv.ParseFloat(fields[2], 64)
		rate, err2 := strconv.ParseFloat(fields[4], 64)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("a line of the benchmark is %q", line)
		}
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
		ns[name], speed[name] = append(ns[name], took), append(speed[name], rate)
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("the benchmark of the detectors gave nothing:\n%s", output)
	}
	var out []detection
	for _, name := range order {
		out = append(out, detection{Text: name, Nanoseconds: median(ns[name]), MBPerSecond: median(speed[name])})
	}
	return out, nil
}
