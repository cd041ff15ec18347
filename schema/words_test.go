package schema_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"access", "principal", "request", "sql", "target"}
	tests := []struct{ name, word, want string }{
		{"a letter more", "sqll", "sql"},
		{"a letter less", "pricipal", "principal"},
		{"letters exchanged", "taregt", "target"},
		{"nothing near", "moon", ""},
		{"the word itself", "sql", ""},
		{"no word", "", ""},
		{"a very long word", strings.Repeat("x", 1000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := schema.Nearest(tt.word, words); got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.word, got, tt.want)
			}
		})
	}
	if got := schema.Nearest("ab", []string{strings.Repeat("ab", 50), "b"}); got != "b" {
		t.Errorf("a long candidate: %q", got)
	}
}

func TestLoopbackHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		host string
		want bool
	}{
		{"localhost", true}, {"LocalHost", true}, {"127.0.0.1", true}, {"127.9.9.9", true}, {"::1", true}, {"::ffff:127.0.0.1", true},
		{"", false}, {"0.0.0.0", false}, {"::", false}, {"10.0.0.1", false}, {"localhost.example.com", false}, {"127.0.0.1.example.com", false},
		{"127.1", false}, {"::1%eth0", false}, {"127.0.0.1:80", false}, {"[::1]", false},
	}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			t.Parallel()
			if got := schema.LoopbackHost(tt.host); got != tt.want {
				t.Errorf("%q: %v", tt.host, got)
			}
		})
	}
}

// TestWordsAreTold: the lists for readers hold what the language knows, each word once.
func TestWordsAreTold(t *testing.T) {
	t.Parallel()
	known := map[string][]string{
		"Verbs": schema.PostgresVerbs, "Transforms": slices.Sorted(maps.Keys(schema.Transforms)), "Detectors": schema.Detectors,
		"Kinds": schema.Kinds, "Protocols": {schema.ProtocolPostgres},
	}
	lists := schema.Words()
	if len(lists) != len(known) {
		t.Fatalf("%d lists, want %d", len(lists), len(known))
	}
	for _, list := range lists {
		var words []string
		for _, w := range list.Words {
			words = append(words, w.Word)
			if w.Meaning == "" {
				t.Errorf("nothing is told of %s", w.Word)
			}
		}
		slices.Sort(words)
		if diff := cmp.Diff(known[list.Title], words); diff != "" {
			t.Errorf("%s (-known +told):\n%s", list.Title, diff)
		}
	}
}
