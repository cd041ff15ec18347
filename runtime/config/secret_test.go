package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/config"
)

func TestSecretRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{
		"plain": "s3cret", "line": "s3cret\n", "windows": "s3cret\r\n", "two": "s3cret\n\n", "empty": "\n", "long": strings.Repeat("x", 70<<10),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := func(name string) string { return map[string]string{"SET": "from-env"}[name] }
	tests := []struct{ ref, want, fails string }{
		{"env:SET", "from-env", ""},
		{"env:UNSET", "", "the secret env:UNSET is empty or not set"},
		{"file:plain", "s3cret", ""},
		{"file:line", "s3cret", ""},
		{"file:windows", "s3cret", ""},
		{"file:two", "s3cret\n", ""},
		{"file:" + filepath.Join(dir, "plain"), "s3cret", ""},
		{"file:empty", "", "is empty or not set"},
		{"file:long", "", "is longer than"},
		{"file:absent", "", "no such file"},
	}
	for _, test := range tests {
		t.Run(test.ref, func(t *testing.T) {
			t.Parallel()
			s, err := config.ParseSecret(test.ref, dir)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Read(env)
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Errorf("error %v, want %q", err, test.fails)
				}
				return
			}
			if err != nil || got.Reveal() != test.want {
				t.Errorf("%q, %v", got.Reveal(), err)
			}
		})
	}
}

func TestParseSecretDoesNotRepeat(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"hunter2", "", "env:", "file:", "vault:hunter2", "ENV:hunter2"} {
		if _, err := config.ParseSecret(text, "."); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
