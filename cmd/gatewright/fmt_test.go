package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

// forget empties every range in v, which layout may change and meaning may not hang on.
func forget(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			forget(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			forget(v.Index(i))
		}
	case reflect.Struct:
		if r, ok := v.Addr().Interface().(*schema.Range); ok {
			*r = schema.Range{}
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				forget(f)
			}
		}
	}
}

// meaning compiles a policy and gives the content id of its bundle and its tests, sources and places aside.
func meaning(t rapid.TB, files fstest.MapFS) (string, *schema.Suite) {
	result := compiler.Compile(files)
	if result.Bundle == nil {
		return "", nil
	}
	result.Bundle.Sources = nil
	forget(reflect.ValueOf(result.Bundle))
	forget(reflect.ValueOf(result.Suite))
	id, err := bundle.ID(result.Bundle, vocab.Fingerprint())
	if err != nil {
		t.Fatal(err)
	}
	return id, result.Suite
}

// sameMeaning lays out every file of a policy and fails where that changed what the policy says. It reports whether
// the policy was valid.
func sameMeaning(t rapid.TB, files fstest.MapFS) bool {
	before, tests := meaning(t, files)
	after := fstest.MapFS{}
	for name, f := range files {
		after[name] = f
		if !strings.HasSuffix(name, ".hcl") {
			continue
		}
		out, diags := syntax.Format(name, f.Data)
		if out == nil {
			if before != "" && !bytes.Contains(f.Data, []byte("\r")) {
				t.Fatalf("%s is valid and not formatted: %+v", name, diags)
			}
			return false
		}
		after[name] = &fstest.MapFile{Data: out}
		if again, _ := syntax.Format(name, out); !bytes.Equal(out, again) {
			t.Fatalf("%s changes again:\n%s", name, cmp.Diff(string(out), string(again)))
		}
	}
	id, laidOut := meaning(t, after)
	if id != before {
		t.Fatalf("the layout made another policy: %s, then %q", before, id)
	}
	if diff := cmp.Diff(tests, laidOut); diff != "" {
		t.Fatalf("the layout made other tests:\n%s", diff)
	}
	return before != ""
}

// TestFormatKeepsPolicies takes every policy of the repository, those of scripts and fixtures among them.
func TestFormatKeepsPolicies(t *testing.T) {
	policies := map[string]fstest.MapFS{}
	add := func(dir, name string, data []byte) {
		if policies[dir] == nil {
			policies[dir] = fstest.MapFS{}
		}
		policies[dir][name] = &fstest.MapFile{Data: data}
	}
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(file) {
		case ".hcl", ".json":
			data, err := os.ReadFile(file)
			add(filepath.Dir(file), filepath.Base(file), data)
			return err
		case ".txtar":
			archive, err := txtar.ParseFile(file)
			if err != nil {
				return err
			}
			for _, f := range archive.Files {
				add(file+"/"+path.Dir(f.Name), path.Base(f.Name), f.Data)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	valid := 0
	for dir, files := range policies {
		t.Run(dir, func(t *testing.T) {
			if sameMeaning(t, files) {
				valid++
			}
		})
	}
	if valid < 8 {
		t.Errorf("only %d valid policies", valid)
	}
}

// TestFormatKeepsRandomPolicies makes policies with blanks, line breaks and comments where they may stand.
func TestFormatKeepsRandomPolicies(t *testing.T) {
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("policy \"p\" { language = 1 }\ntarget \"db\" { protocol = \"postgres\" }\n")
		for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
			blank := rapid.SampledFrom([]string{"", " ", "\t", "   "})
			attribute := func(name, value string) {
				b.WriteString(blank.Draw(t, "indent") + name + blank.Draw(t, "before") + "=" + blank.Draw(t, "after") + value)
				b.WriteString(rapid.SampledFrom([]string{"\n", " # c\n", "\n\n", "  // c\n"}).Draw(t, "end"))
			}
			fmt.Fprintf(&b, "%s \"r%d\" {\n", rapid.SampledFrom([]string{"allow", "deny"}).Draw(t, "effect"), i)
			attribute("targets", rapid.SampledFrom([]string{`["db"]`, `[ "*" ]`, "[\n\"db\" ,\n]"}).Draw(t, "targets"))
			attribute("groups", rapid.SampledFrom([]string{`["a","b  c"]`, `["é", # d` + "\n" + `"x"]`}).Draw(t, "groups"))
			if rapid.Bool().Draw(t, "quoted") {
				attribute("when", `"`+strings.ReplaceAll(condition(t, 3, blank), "\\", "\\\\")+`"`)
			} else {
				gap := rapid.SampledFrom([]string{" ", "\n", "\n\n   ", "  ", " // why\n", "\n"})
				fmt.Fprintf(&b, "unless = <<-CEL\n%s\n\tCEL\n", condition(t, 4, gap))
			}
			b.WriteString("}\n")
		}
		if sameMeaning(t, fstest.MapFS{"p.hcl": {Data: []byte(b.String())}}) {
			valid++
		}
	})
	if valid < 50 {
		t.Errorf("only %d valid policies", valid)
	}
}

// condition makes a well-typed condition with gaps between its tokens.
func condition(t *rapid.T, depth int, gap *rapid.Generator[string]) string {
	g := func() string { return gap.Draw(t, "gap") }
	word := func() string { // between words, a gap cannot be nothing
		if s := g(); s != "" {
			return s
		}
		return " "
	}
	if depth > 0 {
		inner := func() string { return condition(t, depth-1, gap) }
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return inner() + g() + "&&" + g() + inner()
		case 1:
			return inner() + g() + "||" + g() + inner()
		case 2:
			return "!" + g() + "(" + g() + inner() + g() + ")"
		case 3:
			return "(" + inner() + ")" + g() + "?" + g() + inner() + g() + ":" + g() + inner()
		case 4:
			return "principal.groups" + g() + "." + g() + "exists(" + g() + "g" + g() + "," + g() + "g == 'x'" + g() + "||" + inner() + ")"
		}
	}
	return rapid.SampledFrom([]string{
		"sql.where_bound", "sql.limit" + g() + "<" + g() + "-" + g() + "1", "principal.subject==" + g() + "'human  &&'",
		"'a'" + word() + "in" + word() + "principal.groups", "principal.subject in" + g() + "['a'" + g() + "," + g() + "r'\\d']",
		"target.labels" + g() + "[" + g() + "'env'" + g() + "]!='prod'", "sql.limit*2-1>=" + g() + "0x10",
		"{'a':" + g() + "true}" + g() + "['a']", "'''it's'''" + g() + "+'b'==principal.subject",
	}).Draw(t, "term")
}
