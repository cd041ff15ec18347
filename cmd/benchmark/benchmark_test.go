package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the page and the plots from the samples anew")

// docs is where the figures of the last run on purpose are.
const docs = "../../docs"

// TestSmoke runs everything once and short, so that the comparison still works when it is wanted. It says nothing about
// the figures.
func TestSmoke(t *testing.T) {
	dir := t.TempDir()
	var out, progress bytes.Buffer
	args := []string{"-rounds", "1", "-transactions", "5", "-clients", "2", "-rows", "500", "-scale", "1", "-idle", "5", "-out", dir}
	if code := run(t.Context(), args, &out, &progress); code != 0 {
		t.Fatalf("exit %d\n%s", code, progress.String())
	}
	r := readReport(t, filepath.Join(dir, "benchmarks", "samples.json"))
	if len(r.Workloads) != 8 || len(r.Memory) != 2 || len(r.Detectors) == 0 {
		t.Errorf("%d workloads, %d of memory, %d of detectors", len(r.Workloads), len(r.Memory), len(r.Detectors))
	}
	for _, m := range r.Workloads {
		for i, name := range []string{direct, pgbouncer, gatewright, unaudited} {
			c := m.Contestants[i]
			if c.Name != name || len(c.Samples) != 1 {
				t.Fatalf("%s: %s in place of %s, with %d samples", m.Name, c.Name, name, len(c.Samples))
			}
			if s := c.Samples[0]; s.Count <= 0 || s.Seconds <= 0 || s.P50 <= 0 || s.P99 < s.P50 || (s.CPU > 0) != (name != direct) {
				t.Errorf("%s, %s: %+v", m.Name, name, s)
			}
		}
	}
	if diff := cmp.Diff(readFile(t, filepath.Join(dir, "benchmarks.md")), out.String()); diff != "" {
		t.Errorf("the page and the output differ: %s", diff)
	}
}

// TestPage holds the page and the plots in the tree against the samples that they came from.
func TestPage(t *testing.T) {
	r := readReport(t, filepath.Join(docs, "benchmarks", "samples.json"))
	dir := t.TempDir()
	if *update {
		dir = docs
	}
	if err := r.write(dir); err != nil {
		t.Fatal(err)
	}
	files := []string{"benchmarks.md", "benchmarks/samples.json"}
	for _, p := range r.plots() {
		files = append(files, "benchmarks/"+p.file)
		wellFormed(t, p)
	}
	for _, name := range files {
		if diff := cmp.Diff(readFile(t, filepath.Join(docs, name)), readFile(t, filepath.Join(dir, name))); diff != "" {
			t.Errorf("%s (-in the tree +from the samples; -update rewrites it):\n%s", name, diff)
		}
	}
}

func wellFormed(t *testing.T, p plot) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(p.svg())); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", p.file, err)
			return
		}
	}
}

func readReport(t *testing.T, file string) *report {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(readFile(t, file)), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOptions(t *testing.T) {
	for _, args := range [][]string{{"-rounds", "0"}, {"-idle", "-1"}, {"-transactions", "-1"}, {"-unknown"}, {"argument"}, {"-only", "x", "-out", "y"}} {
		if code := run(t.Context(), args, io.Discard, io.Discard); code != 2 {
			t.Errorf("%q: exit %d", args, code)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []float64
		want float64
	}{
		{"none", nil, 0}, {"one", []float64{3}, 3}, {"odd", []float64{9, 1, 4}, 4}, {"even", []float64{8, 1, 2, 4}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := median(c.in); got != c.want {
				t.Errorf("%v: %v", c.in, got)
			}
		})
	}
}

// TestOfDirect pairs what was measured in the same round: the second was slow for both.
func TestOfDirect(t *testing.T) {
	m := measured{Contestants: []results{
		{Name: direct, Samples: []sample{{Count: 100, Seconds: 1}, {Count: 10, Seconds: 1}, {Count: 100, Seconds: 1}}},
		{Name: gatewright, Samples: []sample{{Count: 90, Seconds: 1}, {Count: 9, Seconds: 1}, {Count: 40, Seconds: 1}}},
	}}
	if got := m.ofDirect(m.Contestants[1]); got != 0.9 {
		t.Errorf("%v", got)
	}
}

func TestTransactionRate(t *testing.T) {
	got, err := transactionRate("pgbench (15.1)\nlatency average = 0.1 ms\ntps = 123.500000 (without initial connection time)\n")
	if got != 123.5 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "tps = many (without)\n", "tps = 0.0 (without)\n", "pgbench: error\n"} {
		if got, err := transactionRate(bad); err == nil {
			t.Errorf("%q gave %v", bad, got)
		}
	}
}

func TestReadDetections(t *testing.T) {
	got, err := readDetections(strings.Join([]string{
		"goos: linux",
		"BenchmarkRedact/all/clean_48B-2   100   20.0 ns/op   2400.00 MB/s   0 B/op   0 allocs/op",
		"BenchmarkRedact/all/clean_48B-2   100   30.0 ns/op   1600.00 MB/s   0 B/op   0 allocs/op",
		"BenchmarkRedact/all/clean_48B-2   100   24.0 ns/op   2000.00 MB/s   0 B/op   0 allocs/op",
		"PASS",
	}, "\n"))
	if diff := cmp.Diff([]detection{{Text: "clean_48B", Nanoseconds: 24, MBPerSecond: 2000}}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := readDetections("PASS\n"); err == nil {
		t.Error("no line is no error")
	}
}
