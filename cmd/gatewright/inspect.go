package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/schema/bundle"
)

// maxBundleBytes is above what the bundle's reader takes, so that the reader itself says what is wrong.
const maxBundleBytes = bundle.MaxBytes + 1

func newInspect(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a bundle says of itself: content id, release, sections, signers",
		Long:  "Inspect believes what the file says. 'gatewright verify' holds it against keys.",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			data, err := readBounded(args[0], maxBundleBytes)
			if err != nil {
				return fail(err, "'gatewright compile DIR --out FILE' writes a bundle.")
			}
			info, err := bundle.Inspect(data)
			if err != nil {
				return refused(args[0], err)
			}
			if format == "json" {
				return p.printJSON(info)
			}
			return p.printInfo(args[0], info)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output: text or json")
	return cmd
}

func (p *program) printInfo(file string, info *bundle.Info) error {
	var b strings.Builder
	h := info.Header
	fmt.Fprintf(&b, "%s\n", oneLine(file))
	fmt.Fprintf(&b, "  policy      %s\n  serial      %d\n  language    %d\n", oneLine(h.Policy), h.Serial, h.Language)
	// A digest fills a line of a terminal.
	fmt.Fprintf(&b, "  content id\n    %s\n  vocabulary\n    %s\n", info.ID, oneLine(h.Vocabulary))
	for _, s := range h.Sections {
		fmt.Fprintf(&b, "  section     %s, %s\n    %s\n", oneLine(s.Name), count(int(s.Size), "byte"), s.SHA256)
	}
	for _, key := range info.Signers {
		fmt.Fprintf(&b, "  signed by\n    %s\n", key)
	}
	if len(info.Signers) == 0 {
		fmt.Fprintf(&b, "  not signed\n")
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// refused is the failure of a bundle that is not accepted.
func refused(file string, err error) error {
	f := &failure{code: exitRefused, err: fmt.Errorf("%s is refused: %w", file, err)}
	var r *bundle.Refused
	if errors.As(err, &r) {
		f.hint = r.Hint
	}
	return f
}
