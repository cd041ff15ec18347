package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// fact is something about the machine or the programs that a reader needs to judge the figures.
type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// facts tells no name of the machine and no path.
func (s *stage) facts(ctx context.Context, bin string) ([]fact, error) {
	bouncer, err := findPgBouncer()
	if err != nil {
		return nil, err
	}
	out := []fact{
		{"CPU", fmt.Sprintf("%s, %d cores", cpuModel(), runtime.NumCPU())},
		{"system", runtime.GOOS + "/" + runtime.GOARCH + ", kernel " + firstLine("/proc/sys/kernel/osrelease")},
	}
	for _, ask := range []struct {
		name string
		args []string
	}{
		{"PostgreSQL", []string{filepath.Join(bin, "postgres"), "--version"}},
		{"PgBouncer", []string{bouncer, "--version"}},
		{"Go", []string{"go", "version"}},
		{"commit", []string{"git", "describe", "--always", "--dirty", "--exclude", "*"}},
	} {
		text, err := s.output(ctx, "", nil, ask.args[0], ask.args[1:]...)
		if err != nil {
			text = "unknown" // a source tree without its history, as from an archive
			if ask.name != "commit" {
				return nil, err
			}
		}
		line, _, _ := strings.Cut(text, "\n")
		out = append(out, fact{ask.name, line})
	}
	return out, nil
}

func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

func firstLine(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}
