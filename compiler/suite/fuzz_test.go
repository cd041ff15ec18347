package suite_test

import (
	"testing"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/schema"
)

// FuzzReasons: reasons are found in any bytes, each at its own place.
func FuzzReasons(f *testing.F) {
	f.Add([]byte(mutatedFile))
	f.Add([]byte("\r\n// gatewright:survives[a-b] x\r\n\xff# gatewright:survives \xff\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		src := suite.Source{Bundle: &schema.Bundle{}, Files: map[string][]byte{"p.hcl": text}}
		decide := func(*schema.Test, *schema.TestPrincipal, string) (suite.Observed, error) {
			return suite.Observed{Effect: schema.Allow}, nil
		}
		m, err := suite.Mutate(t.Context(), oneTest(), suite.Config{Decide: decide}, src, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range m.Excuses {
			piece := text[e.Range.Start.Byte:e.Range.End.Byte]
			if len(piece) == 0 || piece[0] != '#' && piece[0] != '/' || e.Used {
				t.Errorf("a reason at %q", piece)
			}
		}
	})
}

// FuzzLocate: whatever the file and the term, what is found lies within.
func FuzzLocate(f *testing.F) {
	f.Add([]byte("a && \n b == 'x'"), 2, 12, `b == "x"`)
	f.Add([]byte("größe"), 0, 7, "ß")
	f.Fuzz(func(t *testing.T, text []byte, from, to int, term string) {
		within := schema.Range{File: "f", Start: schema.Pos{Line: 1, Column: 1, Byte: from}, End: schema.Pos{Byte: to}}
		got := suite.Locate(map[string][]byte{"f": text}, within, term)
		if got != within && (got.Start.Byte < from || got.End.Byte > to || got.Start.Byte >= got.End.Byte || got.Start.Line < 1 || got.Start.Column < 1) {
			t.Errorf("%v in %v", got, within)
		}
	})
}
