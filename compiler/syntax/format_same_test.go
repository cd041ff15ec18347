package syntax_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatewright/gatewright/compiler/syntax"
)

// token is what must stay: a type and text. The parts of one text are taken together.
type token struct {
	kind hclsyntax.TokenType
	text string
}

func tokensOf(src []byte) []token {
	lexed, _ := hclsyntax.LexConfig(src, "", hcl.Pos{Line: 1, Column: 1})
	var list []token
	for _, t := range lexed {
		last := len(list) - 1
		text := string(t.Bytes)
		if t.Type == hclsyntax.TokenCHeredoc {
			text = strings.TrimSpace(text)
		}
		if last >= 0 && list[last].kind == t.Type && (t.Type == hclsyntax.TokenQuotedLit || t.Type == hclsyntax.TokenStringLit) {
			list[last].text += text
			continue
		}
		list = append(list, token{t.Type, text})
	}
	return list
}

var celNames = []string{"when", "unless", "cel", "subject", "groups", "kind", "condition"}

// sameTokens fails where two files differ in more than white space between tokens, those of conditions included.
func sameTokens(t *testing.T, before, after []byte) {
	t.Helper()
	a, b := tokensOf(bytes.TrimRight(before, " \t")), tokensOf(after)
	if len(a) != len(b) {
		t.Fatalf("%d tokens became %d:\n%s\n---\n%s", len(a), len(b), before, after)
	}
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		isText := a[i].kind == b[i].kind && (a[i].kind == hclsyntax.TokenQuotedLit || a[i].kind == hclsyntax.TokenStringLit)
		if !isText || i < 3 || !slices.Contains(celNames, a[i-3].text) {
			t.Fatalf("%q became %q", a[i].text, b[i].text)
		}
		was, ok := syntax.CELTokens(a[i].text, a[i].kind == hclsyntax.TokenQuotedLit)
		is, _ := syntax.CELTokens(b[i].text, a[i].kind == hclsyntax.TokenQuotedLit)
		if was != is || !ok {
			t.Fatalf("condition %q became %q", a[i].text, b[i].text)
		}
	}
}

// policyFiles gives every policy file of the repository, those in archives of tests among them.
func policyFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		switch filepath.Ext(path) {
		case ".hcl":
			files[path] = data
		case ".txtar":
			for _, f := range txtar.Parse(data).Files {
				if strings.HasSuffix(f.Name, ".hcl") {
					files[path+"/"+f.Name] = f.Data
				}
			}
		}
		return err
	})
	if err != nil || len(files) < 30 {
		t.Fatalf("%d policy files: %v", len(files), err)
	}
	return files
}

// checkFormat holds a file to what Format promises, and its fast way to what the slow one does.
func checkFormat(t *testing.T, src []byte) {
	t.Helper()
	out, diags := syntax.FormatAny("a.hcl", src)
	if (out == nil) != diags.HasErrors() {
		t.Fatalf("%q with %+v", out, diags)
	}
	if plain, ok := syntax.FormatPlain(src); ok {
		if out == nil {
			t.Fatalf("the fast way takes what HCL refuses: %+v\n%s", diags, src)
		}
		if diff := cmp.Diff(string(out), string(plain)); diff != "" {
			t.Fatalf("the ways differ (-slow +fast):\n%s", diff)
		}
	}
	if out == nil {
		return
	}
	sameTokens(t, src, out)
	for range 2 {
		again, diags := syntax.Format("a.hcl", out)
		if !bytes.Equal(out, again) {
			t.Fatalf("formatting again changes more (-once +twice):\n%s%v", cmp.Diff(string(out), string(again)), diags)
		}
		out, _ = syntax.FormatAny("a.hcl", out)
	}
}

func TestFormatEveryPolicy(t *testing.T) {
	plain := 0
	for name, src := range policyFiles(t) {
		t.Run(name, func(t *testing.T) {
			checkFormat(t, src)
			if _, ok := syntax.FormatPlain(src); ok {
				plain++
			}
		})
	}
	if plain < 20 {
		t.Errorf("the fast way read %d files", plain)
	}
}

// TestFormatDamaged takes each policy file with its spaces gone, doubled or made tabs, line by line.
func TestFormatDamaged(t *testing.T) {
	for name, src := range policyFiles(t) {
		t.Run(name, func(t *testing.T) {
			for _, space := range []string{"", "  ", "\t"} {
				lines := bytes.Split(src, []byte("\n"))
				for i, line := range lines {
					if i%3 == 0 {
						lines[i] = bytes.ReplaceAll(line, []byte(" "), []byte(space))
					} else {
						lines[i] = bytes.TrimLeft(line, " ")
					}
				}
				checkFormat(t, bytes.Join(lines, []byte("\n")))
			}
		})
	}
}

// FuzzFormat: no input may panic; the result has the same tokens, is stable, and is the same by the fast way.
func FuzzFormat(f *testing.F) {
	for _, src := range policyFiles(f) {
		if len(src) < 2000 {
			f.Add(string(src))
		}
	}
	f.Add("a {\n  b = { c = [1, -2], \"d\" : \"${local.e}\" } # f\n}\n")
	f.Add("deny \"a\" {\n  when = <<-CEL\n  a&&(b ||// x\n c) ? [1,\n2] : {'a':1}\nCEL\n unless=\"\\\"a\\\"==b\\n&&!c\"\n}\n")
	f.Add("variable \"x\" {\n type=list ( map( string ) )\n default = \"a ${local.b}c${var.d-e} é\"# f\n}\nb \"${local.c}\" { d = true(e) }\n")
	f.Fuzz(func(t *testing.T, src string) { checkFormat(t, []byte(src)) })
}

// FuzzFormatCEL feeds conditions, with brackets and breaks that files made at random seldom have.
func FuzzFormatCEL(f *testing.F) {
	f.Add("principal.groups.exists(g, g.startsWith('aaaaaaaaaaaaaaaaaaaaaaaa') && g.endsWith('bbbbbbbbbbbbbbbbbbbbbbbb')) || !(c)")
	f.Add("a ? b : {'c': d ? [1,2,3] : -e}.f // g\n+ r'h' // i\n")
	f.Fuzz(func(t *testing.T, cel string) {
		checkFormat(t, []byte("deny \"a\" {\n  when = <<-CEL\n"+cel+"\nCEL\n}\n"))
		checkFormat(t, []byte("deny \"a\" {\n  when = \""+cel+"\"\n}\n"))
	})
}

func BenchmarkFormat(b *testing.B) {
	src := manyRules(10_000)
	unformatted := bytes.ReplaceAll(bytes.ReplaceAll(src, []byte("  "), []byte("\t")), []byte(" && "), []byte("&&"))
	for _, c := range []struct {
		name string
		src  []byte
	}{{"formatted", src}, {"unformatted", unformatted}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.src)))
			for b.Loop() {
				if out, diags := syntax.Format("a.hcl", c.src); out == nil {
					b.Fatal(diags)
				}
			}
		})
	}
	b.Run("hclwrite", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			hclwrite.Format(src)
		}
	})
}
