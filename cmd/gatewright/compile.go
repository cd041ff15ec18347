package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

func newCompile(p *program) *cobra.Command {
	var out string
	var keys []string
	var serial uint64
	cmd := &cobra.Command{
		Use:   "compile DIR --out FILE --key FILE",
		Short: "Compile a policy directory into one signed bundle",
		Long: "Compile writes the same bytes for the same policy, serial and keys, on any machine.\n" +
			"The serial orders releases: a gateway refuses one that is lower than what it has run. Take it from your\n" +
			"release process, for example the number of commits: --serial \"$(git rev-list --count HEAD)\".",
		Example: "  gatewright compile policy --out bundle.gwb --key release.key --serial 7",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.compileBundle(args[0], out, keys, serial)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "File to write the bundle to")
	cmd.Flags().StringArrayVar(&keys, "key", nil, "Private key to sign with, from 'gatewright keygen'; may be given several times")
	cmd.Flags().Uint64Var(&serial, "serial", 1, "Number of the release")
	return cmd
}

func (p *program) compileBundle(dir, out string, keyFiles []string, serial uint64) error {
	if out == "" {
		return fail(errors.New("--out is missing"), "Name the file to write: --out bundle.gwb")
	}
	var keys []ed25519.PrivateKey
	for _, file := range keyFiles {
		key, err := readPrivateKey(file)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	result, err := p.compile(dir, "text")
	if err != nil {
		return err
	}
	if result.Module {
		return &failure{code: exitInvalid, err: fmt.Errorf("%s is a module: its policy stands in its tests, and is for them alone", dir),
			hint: "Compile the policy that calls the module. 'gatewright test' tests the module by itself."}
	}
	b := *result.Bundle
	b.Serial = serial
	data, err := bundle.Encode(&b, vocab.Fingerprint(), keys...)
	if err != nil {
		return fail(fmt.Errorf("writing the bundle: %w", err), "")
	}
	if err := writeFile(out, data); err != nil {
		return fail(err, "")
	}
	info, err := bundle.Inspect(data)
	if err != nil {
		return fail(err, "")
	}
	if len(keys) == 0 {
		fmt.Fprintln(p.stderr, wrap("", "  ", "Warning: the bundle is not signed. Sign it with --key; 'gatewright keygen --out release.key' makes a key."))
	}
	_, err = fmt.Fprintf(p.stdout, "%s  serial %d, %s, %s\n  %s\n", oneLine(out), serial,
		count(len(info.Signers), "signature"), count(len(data), "byte"), info.ID)
	return err
}
