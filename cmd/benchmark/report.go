package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// report is one run: what was measured, where, and every sample of it.
type report struct {
	Facts     []fact      `json:"facts"`
	Rounds    int         `json:"rounds"`
	Seconds   int         `json:"seconds"`
	Rows      int         `json:"rows"`
	Scale     int         `json:"scale"`
	Clients   int         `json:"clients"`
	Workloads []measured  `json:"workloads"`
	Memory    []memory    `json:"memory"`
	Detectors []detection `json:"detectors"`
}

// measured is one workload with what each contestant came to. The first contestant is the direct connection.
type measured struct {
	Name        string    `json:"name"`
	Unit        unit      `json:"unit"`
	Contestants []results `json:"contestants"`
}

// results are one contestant's samples, by round.
type results struct {
	Name    string   `json:"name"`
	Samples []sample `json:"samples"`
}

// median gives the middle of what f says of the samples.
func (r results) median(f func(sample) float64) float64 {
	var all []float64
	for _, s := range r.Samples {
		all = append(all, f(s))
	}
	return median(all)
}

// ofDirect is the contestant's rate as a share of the direct connection's in the same round: the median of the rounds.
func (m measured) ofDirect(r results) float64 {
	var all []float64
	for i, s := range r.Samples {
		all = append(all, s.rate()/m.Contestants[0].Samples[i].rate())
	}
	return median(all)
}

// median is the middle value, or the mean of the two in the middle; 0 of nothing. The list is left as it is.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// write puts the page, its plots and the samples in a directory.
func (r *report) write(dir string) error {
	samples, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	plots := filepath.Join(dir, "benchmarks")
	if err := os.MkdirAll(plots, 0o755); err != nil {
		return err
	}
	errs := []error{
		os.WriteFile(filepath.Join(dir, "benchmarks.md"), []byte(r.markdown()), 0o644),
		os.WriteFile(filepath.Join(plots, "samples.json"), append(samples, '\n'), 0o644),
	}
	for _, p := range r.plots() {
		errs = append(errs, os.WriteFile(filepath.Join(plots, p.file), []byte(p.svg()), 0o644))
	}
	return errors.Join(errs...)
}
