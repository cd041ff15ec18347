package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tour is what of the README needs no gateway: its commands are run as they stand there.
func tour(t *testing.T) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, begins := strings.Cut(string(text), "\n### 1. A policy\n")
	part, _, ends := strings.Cut(part, "\n### 4. ")
	_, ci, hasCI := strings.Cut(string(text), "\n## Policies in CI\n")
	ci, _, endsCI := strings.Cut(ci, "\n## ")
	if !begins || !ends || !hasCI || !endsCI {
		t.Fatal("the README has no tour")
	}
	part += ci
	for _, m := range regexp.MustCompile("(?s)\n```\n(\\$ .*?\n)```").FindAllStringSubmatch(part, -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestReadme types every command of the tour, in the order of the README, and compares what they say.
func TestReadme(t *testing.T) {
	blocks := tour(t)
	if len(blocks) < 10 {
		t.Fatalf("only %d blocks with commands", len(blocks))
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "bin", "gatewright")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "examples", "payments"), os.DirFS("../../examples/payments")); err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		var command string
		var want []string
		for line := range strings.Lines(block) {
			if next, ok := strings.CutPrefix(line, "$ "); ok {
				compare(t, dir, command, want)
				command, want = strings.TrimSpace(next), nil
				continue
			}
			want = append(want, strings.TrimSuffix(line, "\n"))
		}
		compare(t, dir, command, want)
	}
}

// differs is what need not be the same: a key is a new one each time, and a digest and a size change with the product.
var differs = regexp.MustCompile(`[0-9a-f]{64}|[0-9]+ bytes`)

// compare runs a command. A line "..." in want stands for any lines.
func compare(t *testing.T, dir, command string, want []string) {
	t.Helper()
	if command == "" || strings.HasPrefix(command, "make ") {
		return
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	said, _ := cmd.CombinedOutput() // refusals exit with more than zero
	pattern := "^"
	for _, line := range want {
		if line == "..." {
			pattern += `(?:.*\n)*?`
			continue
		}
		pattern += regexp.QuoteMeta(differs.ReplaceAllString(line, "#")) + "\n"
	}
	if !regexp.MustCompile(pattern + "$").Match(differs.ReplaceAll(said, []byte("#"))) {
		t.Errorf("$ %s\n%s\nbut the README has\n%s", command, said, strings.Join(want, "\n"))
	}
}
