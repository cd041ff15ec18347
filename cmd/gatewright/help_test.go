package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// everyCommand gives the arguments that lead to each command, those that cobra adds among them.
func everyCommand() [][]string {
	root := newRoot(&program{getenv: func(string) string { return "" }})
	root.InitDefaultHelpCmd()
	var all [][]string
	var walk func(cmd *cobra.Command, path []string)
	walk = func(cmd *cobra.Command, path []string) {
		all = append(all, path)
		for _, sub := range cmd.Commands() {
			walk(sub, append(path[:len(path):len(path)], sub.Name()))
		}
	}
	walk(root, nil)
	return all
}

// play runs the program in this process.
func play(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, diag bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &diag)
	return code, out.String(), diag.String()
}

func TestHelpFitsATerminal(t *testing.T) {
	all := everyCommand()
	if len(all) < 25 {
		t.Fatalf("only %d commands", len(all))
	}
	for _, path := range all {
		name := strings.Join(append([]string{"gatewright"}, path...), " ")
		t.Run(name, func(t *testing.T) {
			code, out, diag := play(t, append(path[:len(path):len(path)], "--help")...)
			if code != exitClean || diag != "" {
				t.Fatalf("exit %d: %s", code, diag)
			}
			if !strings.Contains(out, "Usage:\n  "+name) {
				t.Errorf("no usage of %s in:\n%s", name, out)
			}
			fits(t, out)
		})
	}
}

// fits fails for each line that is wider than a terminal.
func fits(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); width(line) > columns {
			t.Errorf("%d columns: %s", width(line), line)
		}
	}
}

// TestUsageLeadsToTheCommandsOwnHelp calls each command that needs something with too much or too little.
func TestUsageLeadsToTheCommandsOwnHelp(t *testing.T) {
	tests := []struct {
		args []string
		hint string
	}{
		{[]string{"compile"}, "'gatewright compile --help'"},
		{[]string{"validate", "a", "b"}, "'gatewright validate --help'"},
		{[]string{"token"}, "'gatewright token --help'"},
		{[]string{"catalog", "pull"}, "'gatewright catalog pull --help'"},
		{[]string{"audit", "verify"}, "'gatewright audit verify --help'"},
		{[]string{"audit", "verfy"}, "'gatewright audit --help'"},
		{[]string{"verify", "--kye", "x"}, "'gatewright verify --help'"},
		{[]string{"complie"}, "'gatewright --help'"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			code, out, diag := play(t, tt.args...)
			if code != exitUsage || out != "" || !strings.Contains(diag, "Hint: ") || !strings.Contains(diag, tt.hint) {
				t.Errorf("exit %d, no hint %s in %s%s", code, tt.hint, out, diag)
			}
			fits(t, diag)
		})
	}
}

func TestWrap(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", 20))
	tests := []struct{ name, first, rest, text, want string }{
		{"short", "Hint: ", "  ", "as it is", "Hint: as it is"},
		{"long", "Hint: ", "  ", long, "Hint: " + strings.TrimSpace(strings.Repeat("word ", 15)) + "\n  " + strings.TrimSpace(strings.Repeat("word ", 5))},
		{"a word wider than the terminal", "", "  ", "a " + strings.Repeat("x", 90) + " b", "a\n  " + strings.Repeat("x", 90) + "\n  b"},
		{"own breaks stay", "  ", "  ", "tls {\n  cert = \"a\"\n}", "  tls {\n    cert = \"a\"\n  }"},
		{"nothing", "", "", "", ""},
		{"wide characters", "", "", strings.Repeat("漢漢漢漢漢 ", 8), strings.TrimSpace(strings.Repeat("漢漢漢漢漢 ", 7)) + "\n漢漢漢漢漢"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := wrap(tt.first, tt.rest, tt.text); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
