package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

func newFmt(p *program) *cobra.Command {
	f := &formatting{program: p}
	cmd := &cobra.Command{
		Use:   "fmt [DIR|FILE...|-]",
		Short: "Lay out policy files in the one canonical way",
		Long: "Fmt rewrites *.hcl files in the canonical layout, conditions included, and lists those that it changed. " +
			"It moves white space only: the policy stays the same.\n" +
			"A directory stands for all *.hcl files in it and below it, save hidden ones; without an argument, it is the " +
			"current one. With -, standard input is laid out to standard output.\n" +
			"A file that cannot be parsed is left alone, and the exit code is 4.",
		Example: "  gatewright fmt policy\n  gatewright fmt --check --diff policy   # for CI: exit code 1 if not formatted",
		Args:    cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return f.run(args)
		},
	}
	cmd.Flags().BoolVar(&f.check, "check", false, "Change nothing; exit with 1 if a file would change")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "Show what changes")
	cmd.Flags().BoolVar(&f.write, "write", true, "Write the files; --write=false only lists them")
	return cmd
}

// formatting is one run of fmt.
type formatting struct {
	*program
	check, diff, write bool
	changed            int
	// invalid and failed are set when a file could not be parsed, or not be read or written.
	invalid, failed bool
}

// stdinName stands for standard input in what is printed.
const stdinName = "<stdin>"

func (f *formatting) run(args []string) error {
	if len(args) == 1 && args[0] == "-" {
		if err := f.stream(); err != nil {
			return err
		}
		return f.outcome()
	}
	files, err := f.files(args)
	if err != nil {
		return err
	}
	for _, file := range files {
		f.file(file)
	}
	return f.outcome()
}

func (f *formatting) outcome() error {
	switch {
	case f.failed:
		return &failure{code: exitUsage}
	case f.invalid:
		return &failure{code: exitInvalid}
	case f.check && f.changed > 0:
		return &failure{code: exitFindings}
	}
	return nil
}

// stream lays out standard input.
func (f *formatting) stream() error {
	src, err := io.ReadAll(io.LimitReader(f.stdin, syntax.MaxFileBytes+1))
	if err != nil {
		return fail(fmt.Errorf("reading standard input: %w", err), "")
	}
	out, ok := f.format(stdinName, src)
	switch {
	case !ok:
		return nil
	case f.check || f.diff:
		return f.tell(stdinName, src, out)
	}
	_, err = f.stdout.Write(out)
	return err
}

// format gives the layout of a file; false when it cannot be parsed, which is told.
func (f *formatting) format(name string, src []byte) ([]byte, bool) {
	out, diags := syntax.Format(name, src)
	if out == nil {
		f.invalid = true
		f.showDiagnostics(diags, map[string][]byte{name: src})
	}
	return out, out != nil
}

// tell lists a file that changes and, when asked to, how.
func (f *formatting) tell(name string, src, out []byte) error {
	if bytes.Equal(src, out) {
		return nil
	}
	f.changed++
	if _, err := fmt.Fprintln(f.stdout, oneLine(name)); err != nil {
		return err
	}
	if !f.diff {
		return nil
	}
	_, err := fmt.Fprint(f.stdout, printable(unifiedDiff(name, src, out)))
	return err
}

// file lays out one file. What goes wrong with it is told, and the others still have their turn.
func (f *formatting) file(file policyFile) {
	src, err := file.read(syntax.MaxFileBytes)
	if err == nil {
		out, ok := f.format(file.name, src)
		if !ok {
			return
		}
		if err = f.tell(file.name, src, out); err == nil && f.write && !f.check && !bytes.Equal(src, out) {
			err = file.replace(out)
		}
	}
	if err != nil {
		f.failed = true
		f.showDiagnostics(schema.Diagnostics{{
			Summary: "File cannot be formatted", Detail: file.name + ": " + err.Error() + ".",
			Hint: "Check that it is a file, its permissions, and those of its directory.",
		}}, nil)
	}
}

var errNoPolicyFiles = errors.New("no *.hcl files")
