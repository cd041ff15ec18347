package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// maxSecret bounds a secret, in bytes.
const maxSecret = 64 << 10

// Secret is a reference to a secret that is kept elsewhere: an environment variable or a file. The zero value refers
// to nothing.
type Secret struct {
	env  string
	file string
}

// errLiteral is what a secret written in plain gets for an answer.
var errLiteral = errors.New("a secret is not written here but referred to")

// ParseSecret reads "env:NAME" or "file:PATH"; a relative path is resolved against dir. The error does not repeat the
// text, which may be a secret written where it does not belong.
func ParseSecret(text, dir string) (Secret, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	switch {
	case ok && rest != "" && scheme == "env":
		return Secret{env: rest}, nil
	case ok && rest != "" && scheme == "file":
		return Secret{file: resolve(dir, rest)}, nil
	default:
		return Secret{}, errLiteral
	}
}

// IsZero reports whether it refers to nothing.
func (s Secret) IsZero() bool { return s == Secret{} }

// String says where the secret is kept, which is no secret.
func (s Secret) String() string {
	switch {
	case s.env != "":
		return "env:" + s.env
	case s.file != "":
		return "file:" + s.file
	default:
		return ""
	}
}

// Read fetches the secret. One line end at the end of a file does not belong to it. An empty secret is an error.
func (s Secret) Read(env func(string) string) (schema.Secret, error) {
	if s.env != "" {
		return checkSecret(s, env(s.env))
	}
	f, err := os.Open(s.file)
	if err != nil {
		return schema.Secret{}, fmt.Errorf("reading a secret: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return schema.Secret{}, fmt.Errorf("reading a secret: %w", err)
	}
	text := strings.TrimSuffix(string(data), "\n")
	return checkSecret(s, strings.TrimSuffix(text, "\r"))
}

func checkSecret(s Secret, text string) (schema.Secret, error) {
	switch {
	case text == "":
		return schema.Secret{}, fmt.Errorf("the secret %s is empty or not set", s)
	case len(text) > maxSecret:
		return schema.Secret{}, fmt.Errorf("the secret %s is longer than %d bytes", s, maxSecret)
	default:
		return schema.NewSecret(text), nil
	}
}

func resolve(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
