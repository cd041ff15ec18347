package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// program is what a verb may use of the process that it runs in.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// newRoot puts the verbs together, one line each.
func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:           "gatewright",
		Short:         "Compile, test and enforce security policy",
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.PersistentFlags().Bool("help", false, "Show what the command does and its flags")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &failure{code: exitUsage, err: err, hint: "Run '" + cmd.CommandPath() + " --help' for its flags."}
	})
	root.SetHelpFunc(p.help)
	root.AddCommand(
		newApprovals(p),
		newAudit(p),
		newCatalog(p),
		newCompile(p),
		newDemo(p),
		newExplain(p),
		newFmt(p),
		newGateway(p),
		newInit(p),
		newInspect(p),
		newIssuer(p),
		newKeygen(p),
		newLint(p),
		newPlan(p),
		newSessions(p),
		newTest(p),
		newToken(p),
		newUntokenize(p),
		newValidate(p),
		newVerify(p),
		newVersion(p),
	)
	addCompletion(root)
	settle(root)
	return root
}

// failure is an error with the exit code that it ends the program with and a hint that says the way out. Without an
// err it is an end that was already explained.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// fail is a failure of usage or of input and output, with a hint.
func fail(err error, hint string) error { return &failure{code: exitUsage, err: err, hint: hint} }

// exit explains the error of cmd on standard error and gives the exit code.
func (p *program) exit(cmd *cobra.Command, err error) int {
	if err == nil {
		return exitClean
	}
	var f *failure
	if !errors.As(err, &f) {
		f = usage(cmd, err)
	}
	if f.err == nil {
		return f.code
	}
	fmt.Fprintln(p.stderr, wrap("Error: ", "  ", printable(f.err.Error())))
	if f.hint != "" {
		fmt.Fprintln(p.stderr, wrap("Hint: ", "  ", printable(f.hint)))
	}
	return f.code
}

// printable makes text from outside safe for a terminal: control characters, which could move the cursor or forge
// lines, become escapes. Line breaks stay.
func printable(s string) string {
	if !strings.ContainsFunc(s, hostile) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hostile(r) {
			b.WriteString(escape(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// escape writes a character by its number.
func escape(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf("\\U%08x", r)
	}
	return fmt.Sprintf("\\u%04x", r)
}

// hostile reports characters that a terminal obeys instead of showing: C0 and C1 controls, the marks that change the
// direction of text (Unicode TR 36, section 2.5), and those that show as nothing, so that two names look like one.
// Invalid UTF-8 shows as the replacement character.
func hostile(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20, 0x7f <= r && r <= 0x9f, r == 0x00ad, r == 0x034f, r == 0x061c, r == 0x180e, 0x200b <= r && r <= 0x200f,
		0x2028 <= r && r <= 0x202e, 0x2060 <= r && r <= 0x206f, r == 0xfeff, 0xe0000 <= r && r <= 0xe0fff:
		return true
	}
	return false
}
