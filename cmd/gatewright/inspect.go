package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

// maxBundleBytes is above what the bundle's reader takes, so that the reader itself says what is wrong.
const maxBundleBytes = bundle.MaxBytes + 1

func newInspect(p *program) *cobra.Command {
	var format string
	var costs bool
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
			out := inspected{FormatVersion: 1, Info: info}
			if costs {
				if out.Costs, err = costsOf(args[0], data); err != nil {
					return err
				}
			}
			if format == "json" {
				return p.printJSON(out)
			}
			if err := p.printInfo(args[0], info); err != nil {
				return err
			}
			return p.printCosts(out.Costs)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output: text or json")
	cmd.Flags().BoolVar(&costs, "costs", false, "Show what the conditions of each rule may cost, the costliest first")
	return cmd
}

// inspected is what the json format prints.
type inspected struct {
	FormatVersion int `json:"format_version"`
	*bundle.Info
	Costs []engine.Cost `json:"costs,omitempty"`
}

// costsOf loads the bundle as a gateway would, signatures aside.
func costsOf(file string, data []byte) ([]engine.Cost, error) {
	b, err := bundle.Decode(data, bundle.Options{Fingerprint: vocab.Fingerprint()})
	if err != nil {
		return nil, refused(file, err)
	}
	e, err := engine.New(b)
	if err != nil {
		return nil, refused(file, err)
	}
	costs := e.Costs()
	slices.SortStableFunc(costs, func(a, b engine.Cost) int { return cmp.Compare(b.Cost, a.Cost) })
	return costs, nil
}

func (p *program) printCosts(costs []engine.Cost) error {
	var b strings.Builder
	for _, c := range costs {
		fmt.Fprintln(&b, wrap("  cost        ", "                ", fmt.Sprintf("%d of %d for %s", c.Cost, vocab.MaxCost, oneLine(c.Rule))))
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
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
