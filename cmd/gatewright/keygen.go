package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/schema/bundle"
)

func newKeygen(p *program) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "keygen --out FILE",
		Short: "Make a key pair to sign bundles with: FILE and FILE.pub",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if out == "" {
				return fail(errors.New("--out is missing"), "Name the private key's file: --out release.key; the public one becomes release.key.pub")
			}
			private, public, err := bundle.GenerateKey(rand.Reader)
			if err != nil {
				return fail(err, "")
			}
			if err := writeNew(out, private, 0o600); err != nil {
				return err
			}
			if err := writeNew(out+".pub", public, 0o644); err != nil {
				return errors.Join(err, os.Remove(out))
			}
			key, err := bundle.ParsePublicKey(public)
			if err != nil {
				return fail(err, "")
			}
			_, err = fmt.Fprintf(p.stdout, "%s      private key: keep it where releases are signed\n%s.pub  public key, for the gateways\n  %s\n",
				oneLine(out), oneLine(out), bundle.KeyID(key))
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "File for the private key")
	return cmd
}

// writeNew writes a file that must not be there yet.
func writeNew(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fail(err, "A key is never overwritten: move the old one away, or choose another name.")
	}
	if err != nil {
		return fail(err, "")
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fail(err, "")
	}
	return nil
}

// maxKeyBytes bounds what is read of a key's file.
const maxKeyBytes = 16 << 10

func readPrivateKey(path string) (ed25519.PrivateKey, error) {
	text, err := readBounded(path, maxKeyBytes)
	if err != nil {
		return nil, fail(err, "'gatewright keygen --out "+path+"' makes a key.")
	}
	key, err := bundle.ParsePrivateKey(text)
	if err != nil {
		return nil, fail(fmt.Errorf("%s: %w", path, err), "A bundle is signed with the private key, not with the .pub file.")
	}
	return key, nil
}

func readPublicKeys(paths []string) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for _, path := range paths {
		text, err := readBounded(path, maxKeyBytes)
		if err != nil {
			return nil, fail(err, "Give the .pub file of the key that signs releases.")
		}
		key, err := bundle.ParsePublicKey(text)
		if err != nil {
			return nil, fail(fmt.Errorf("%s: %w", path, err), "A bundle is verified with the .pub file, not with the private key.")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return data, nil
}
