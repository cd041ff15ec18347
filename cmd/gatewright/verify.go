package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

func newVerify(p *program) *cobra.Command {
	var keyFiles []string
	cmd := &cobra.Command{
		Use:   "verify FILE --key FILE.pub",
		Short: "Check that a bundle is whole, signed by one of the keys, and runs on this version",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(keyFiles) == 0 {
				return fail(errors.New("--key is missing"), "Name the public key that must have signed it: --key release.key.pub")
			}
			keys, err := readPublicKeys(keyFiles)
			if err != nil {
				return err
			}
			data, err := readBounded(args[0], maxBundleBytes)
			if err != nil {
				return fail(err, "'gatewright compile DIR --out FILE' writes a bundle.")
			}
			b, err := bundle.Decode(data, bundle.Options{Keys: keys, Fingerprint: vocab.Fingerprint()})
			if err != nil {
				return refused(args[0], err)
			}
			_, err = fmt.Fprintf(p.stdout, "%s: whole and signed\n  policy %q, serial %d\n  %s\n", oneLine(args[0]), b.Name, b.Serial, b.ID)
			return err
		},
	}
	cmd.Flags().StringArrayVar(&keyFiles, "key", nil, "Public key that must have signed it; with several, one is enough")
	return cmd
}
