package compiler_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// beside puts an example's files beside the policy of the examples, and over it where names are the same.
func beside(text string) fstest.MapFS {
	fsys := fstest.MapFS{}
	archive := txtar.Parse([]byte(text))
	replaces := false
	for _, f := range archive.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		replaces = replaces || f.Name == "policy.hcl"
	}
	if len(archive.Files) == 0 {
		fsys["example.hcl"] = &fstest.MapFile{Data: []byte(text)}
	}
	if !replaces {
		for name, text := range compiler.ExamplePolicy() {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

func ids(diags schema.Diagnostics) map[string]bool {
	found := map[string]bool{}
	for _, d := range diags {
		found[d.ID] = true
	}
	return found
}

// TestCatalogue holds each entry's examples against the compiler: the bad one, and what is made as it says, gets the
// entry's diagnostic and no error of another kind; the good one gets nothing at all. Those that are Proved are held where
// they are proved.
func TestCatalogue(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, g := range compiler.Catalogue() {
		for _, e := range g.Entries {
			if seen[e.ID] || seen[e.Summary] || !form.MatchString(e.ID) {
				t.Errorf("%s: the id or summary is there twice, or of another form", e.ID)
			}
			seen[e.ID], seen[e.Summary] = true, true
			t.Run(e.ID, func(t *testing.T) { entryHolds(t, e) })
		}
	}
	for id := range made {
		if !seen[id] {
			t.Errorf("a file is made for %s, which has no entry", id)
		}
	}
}

func entryHolds(t *testing.T, e compiler.Entry) {
	if e.Summary == "" || e.Meaning == "" || e.Good == "" || (e.Bad == "") == (e.Made == "") {
		t.Fatalf("the entry is not complete: %+v", e)
	}
	var bad fs.FS
	if e.Formatting {
		return // cmd/gatewright holds it
	}
	if e.Made != "" {
		if made[e.ID] == nil {
			t.Fatalf("nothing is made as the entry says: %s", e.Made)
		}
		bad = made[e.ID](t)
	} else {
		bad = beside(e.Bad)
	}
	result := compiler.Compile(bad)
	if !ids(result.Diagnostics)[e.ID] && !e.Proved {
		t.Errorf("the bad example gives %v", result.Diagnostics)
	}
	for _, d := range result.Diagnostics {
		if d.ID == e.ID && d.Summary != e.Summary {
			t.Errorf("the summary is %q", d.Summary)
		}
		if d.ID != e.ID && d.ID != "unterminated-template-string" && d.ID != alongside[e.ID] && e.ID != "more-mistakes" && d.Severity == schema.SeverityError {
			t.Errorf("the bad example gives also %+v", d)
		}
		if len(d.Detail)+len(d.Hint) > 1000 || d.Hint == "" {
			t.Errorf("%d bytes of detail, hint %q", len(d.Detail), d.Hint)
		}
	}
	for _, d := range compiler.Compile(beside(e.Good)).Diagnostics {
		if d.ID == e.ID || d.Severity == schema.SeverityError {
			t.Errorf("the good example gives %+v", d)
		}
	}
}

// alongside is what HCL's parser goes on to say of the same mistake, by entry.
var alongside = map[string]string{
	"invalid-character":                        "missing-newline-after-argument",
	"unclosed-template-interpolation-sequence": "invalid-multi-line-string",
}

// made makes the bad files that do not fit into an example, by entry.
var made = map[string]func(*testing.T) fs.FS{
	"no-policy-files": func(*testing.T) fs.FS { return fstest.MapFS{} },
	"policy-directory-cannot-be-read": func(t *testing.T) fs.FS {
		return os.DirFS(t.TempDir() + "/absent")
	},
	"too-many-files": func(*testing.T) fs.FS {
		fsys := fstest.MapFS{}
		for i := range compiler.MaxEntries + 1 {
			fsys[fmt.Sprintf("f%d.txt", i)] = &fstest.MapFile{}
		}
		return fsys
	},
	"policy-is-too-large": func(*testing.T) fs.FS {
		fsys := beside("")
		for i := range 9 {
			fsys[fmt.Sprintf("f%d.hcl", i)] = &fstest.MapFile{Data: []byte("#" + strings.Repeat("x", 8<<20-1))}
		}
		return fsys
	},
	"strange-file-name": func(*testing.T) fs.FS {
		fsys := beside("")
		fsys["a\nb.hcl"] = &fstest.MapFile{}
		return fsys
	},
	"file-cannot-be-read": func(t *testing.T) fs.FS {
		dir := t.TempDir()
		for name, text := range compiler.ExamplePolicy() {
			write(t, dir, name, text)
		}
		if err := os.Symlink("rules.hcl", dir+"/rules.hcl"); err != nil {
			t.Fatal(err)
		}
		return os.DirFS(dir)
	},
	"file-is-too-large":                     text(strings.Repeat("locals { a = 1 }\n", 3_000_000)),
	"file-has-too-many-words":               text(strings.Repeat("[", 6<<20)),
	"file-is-not-utf-8":                     text("locals { name = \"M\xfcller\" }\n"),
	"file-begins-with-a-byte-order-mark":    text("\uFEFFlocals { name = \"x\" }\n"),
	"invisible-control-character":           text("locals { name = \"x\u202ey\" }\n"),
	"nested-too-deeply":                     text("locals { list = " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + " }\n"),
	"expression-is-too-complex":             text("locals { n = 1" + strings.Repeat(" + 1", 1000) + " }\n"),
	"text-in-a-local-is-not-normalised":     text("locals { name = \"e\u0301\" }\n"),
	"value-is-too-large":                    text(doubling()),
	"locals-refer-to-each-other-too-deeply": text(chain()),
	"more-mistakes":                         text(slips(300)),
	"policy-has-too-much-cel":               text(echoes()),
	"condition-is-nested-too-deeply":        when(strings.Repeat("(", 100) + "true" + strings.Repeat(")", 100)),
	"condition-is-too-long":                 when("'" + strings.Repeat("x", 20_000) + "' == ''"),
	"condition-is-too-large":                when("sql.limit in [" + strings.Repeat("1,", 4_999) + "1]"),
	"file-has-carriage-returns":             text("allow \"a\" { targets = [\"payments-db\"] }\r\n"),
	"modules-nest-too-deeply": func(*testing.T) fs.FS {
		fsys := beside("module \"m\" { source = \"./m0\" }\n")
		for i := range 11 {
			fsys[fmt.Sprintf("m%d/m.hcl", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "module \"m\" { source = \"../m%d\" }\n", i+1)}
		}
		fsys["m11/m.hcl"] = &fstest.MapFile{Data: []byte("locals { last = true }\n")}
		return fsys
	},
	"too-many-modules": func(*testing.T) fs.FS {
		var b strings.Builder
		for i := range 1001 {
			fmt.Fprintf(&b, "module \"m%d\" { source = \"./m\" }\n", i)
		}
		fsys := beside(b.String())
		fsys["m/m.hcl"] = &fstest.MapFile{Data: []byte("deny \"bulk\" { targets = [\"payments-db\"] }\n")}
		return fsys
	},
	"catalog-is-too-large": func(*testing.T) fs.FS {
		fsys := beside("target \"x\" {\n  protocol = \"postgres\"\n  catalog  = \"x.json\"\n}\n")
		fsys["x.json"] = &fstest.MapFile{Data: bytes.Repeat([]byte(" "), 65<<20)}
		return fsys
	},
}

func text(s string) func(*testing.T) fs.FS { return func(*testing.T) fs.FS { return beside(s) } }

func when(cel string) func(*testing.T) fs.FS {
	return text(fmt.Sprintf("deny \"a\" {\n  targets = [\"payments-db\"]\n  when    = %q\n}\n", cel))
}

// doubling are locals that hold each other many times over.
func doubling() string {
	var b strings.Builder
	b.WriteString("locals {\n  l0 = \"0123456789\"\n")
	for i := range 26 {
		fmt.Fprintf(&b, "  l%d = [local.l%d, local.l%d, local.l%d, local.l%d]\n", i+1, i, i, i, i)
	}
	return b.String() + "}\n"
}

func chain() string {
	var b strings.Builder
	b.WriteString("locals {\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  l%03d = local.l%03d\n", i, i+1)
	}
	return b.String() + "  l200 = 1\n}\n"
}

// echoes are conditions that are short as written, and long with the expr that all refer to.
func echoes() string {
	var b strings.Builder
	fmt.Fprintf(&b, "expr \"long\" { cel = \"sql.fingerprint == '%s'\" }\n", strings.Repeat("x", 15_000))
	for i := range 600 {
		fmt.Fprintf(&b, "deny \"d%d\" {\n  targets = [\"payments-db\"]\n  when    = \"expr.long\"\n}\n", i)
	}
	return b.String()
}

// slips are rules that name targets that are not there.
func slips(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "allow \"r%d\" { targets = [\"no-such-%d\"] }\n", i, i)
	}
	return b.String()
}
