package syntax_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler/syntax"
)

// TestShapesAreTold: each block and attribute has its page, and nothing else has one.
func TestShapesAreTold(t *testing.T) {
	var known []string
	for _, s := range syntax.Shapes() {
		known = append(known, s.Everything()...)
		if len(s.Examples) == 0 {
			t.Errorf("%s has no example", s.Path)
		}
		told(t, s)
	}
	if len(known) < 100 {
		t.Fatalf("only %d blocks and attributes", len(known))
	}
	for _, path := range syntax.PagePaths() {
		if !slices.Contains(known, path) {
			t.Errorf("there is a page for %q, and no such attribute or block", path)
		}
	}
}

func told(t *testing.T, s *syntax.Shape) {
	t.Helper()
	if s.Meaning == "" {
		t.Errorf("nothing is told of block %s", s.Path)
	}
	for _, a := range s.Attributes {
		if a.Meaning == "" || a.Type == "" {
			t.Errorf("%s %s: %q, %q", s.Path, a.Name, a.Type, a.Meaning)
		}
		if a.Required == (a.Default != "") {
			t.Errorf("%s %s is required: %v, default %q", s.Path, a.Name, a.Required, a.Default)
		}
	}
	for _, b := range s.Blocks {
		told(t, b)
	}
}

// TestShapesAreAllBlocks: what a file may hold is what the hint for an unknown block lists.
func TestShapesAreAllBlocks(t *testing.T) {
	var names []string
	for _, s := range syntax.Shapes() {
		if s.Path != "variable" && !s.InTests() {
			names = append(names, s.Path)
		}
	}
	slices.Sort(names)
	f, _ := syntax.Parse("policy.hcl", []byte("zzzzzzzzzzzzzz {}\n"))
	_, diags := syntax.Decode([]*syntax.File{f})
	list := strings.TrimSuffix(strings.TrimPrefix(diags[0].Hint, "Blocks are "), ".")
	if diff := cmp.Diff(names, strings.Split(strings.ReplaceAll(list, " and ", ", "), ", ")); diff != "" {
		t.Errorf("blocks (-shapes +hint):\n%s", diff)
	}
}
