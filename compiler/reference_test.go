package compiler_test

import (
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

const reference = "../docs/reference.md"

func readReference(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unknownName is like no name of the language, so that the hint lists all that there are.
const unknownName = "zzzzzzzzzzzzzzzzzzzz"

// known asks the decoder what may stand in a place of a file: prefix and suffix are what is around it.
func known(t *testing.T, file, prefix, suffix, unknown string) (attrs, blocks []string) {
	t.Helper()
	f, diags := syntax.Parse(file, []byte(prefix+unknown+suffix))
	if f == nil {
		t.Fatal(diags)
	}
	_, diags = syntax.Decode([]*syntax.File{f})
	for _, d := range diags {
		if strings.HasPrefix(d.Summary, "Unknown ") && strings.Contains(d.Detail, unknownName) {
			for part := range strings.SplitSeq(strings.TrimSuffix(d.Hint, "."), "; ") {
				if list, ok := strings.CutPrefix(strings.ToLower(part), "attributes are "); ok {
					attrs = names(list)
				} else if list, ok := strings.CutPrefix(strings.ToLower(part), "blocks are "); ok {
					blocks = names(list)
				} else {
					t.Fatalf("a hint that lists nothing: %q", d.Hint)
				}
			}
			return attrs, blocks
		}
	}
	t.Fatalf("%s was not refused in %q", unknownName, prefix)
	return nil, nil
}

func names(list string) []string { return strings.Split(strings.ReplaceAll(list, " and ", ", "), ", ") }

// section gives the part of the reference under "### `block`".
func section(t *testing.T, text, block string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n### `"+block+"`\n")
	if !ok {
		t.Errorf("%s has no section on %s", reference, block)
	}
	part, _, _ := strings.Cut(rest, "\n## ")
	part, _, _ = strings.Cut(part, "\n### ")
	return part
}

// TestReferenceNamesEverything: each block and attribute that the decoder knows has its place in the reference.
func TestReferenceNamesEverything(t *testing.T) {
	text := readReference(t)
	count := 0
	for _, file := range []string{"policy.hcl", "policy_test.hcl"} {
		_, blocks := known(t, file, "", " {}\n", unknownName)
		for _, block := range blocks {
			part := section(t, text, block)
			if !strings.Contains(part, "```hcl") {
				t.Errorf("%s: no example", block)
			}
			if block == "locals" || block == "module" {
				continue // its attributes are the writer's own
			}
			count += namesAll(t, part, block, file, block+" \"n\" {\n", "\n}\n")
		}
	}
	if count < 60 {
		t.Errorf("only %d blocks and attributes were looked for", count)
	}
}

// namesAll looks for the attributes and inner blocks of a place, and for theirs.
func namesAll(t *testing.T, part, where, file, prefix, suffix string) int {
	t.Helper()
	attrs, blocks := known(t, file, prefix, suffix, unknownName+" = 1")
	for _, name := range append(attrs, blocks...) {
		if !strings.Contains(part, "`"+name+"`") {
			t.Errorf("%s: %s is not in the reference", where, name)
		}
	}
	count := len(attrs) + len(blocks)
	for _, inner := range blocks {
		count += namesAll(t, part, where+" "+inner, file, prefix+inner+" {\n", "\n}"+suffix)
	}
	return count
}

// TestReferenceNamesEveryWord: verbs, transforms, detectors, fields and functions.
func TestReferenceNamesEveryWord(t *testing.T) {
	text := readReference(t)
	words := slices.Concat(schema.PostgresVerbs, schema.Detectors, slices.Collect(maps.Keys(schema.Transforms)), schema.Kinds)
	for _, word := range words {
		if !strings.Contains(text, "`"+word+"`") {
			t.Errorf("%s is not in the reference", word)
		}
	}
	for _, kind := range []vocab.Kind{vocab.Postgres, vocab.PostgresMask} {
		for _, f := range kind.Fields() {
			if !strings.Contains(text, "| `"+f.Name+"` | "+f.Type+" |") && !strings.Contains(text, "| `"+f.Name+"` | "+readable[f.Type]+" |") {
				t.Errorf("%s of type %s is not in the reference", f.Name, f.Type)
			}
		}
	}
	for _, name := range vocab.Functions() {
		if !regexp.MustCompile("[`.]" + name + `\(`).MatchString(text) {
			t.Errorf("function %s is not in the reference", name)
		}
	}
}

// readable are CEL's types whose name is not that of CEL's text.
var readable = map[string]string{"google.protobuf.Timestamp": "timestamp"}

// TestReferenceNamesVariables: those of a variable block, which only modules have.
func TestReferenceNamesVariables(t *testing.T) {
	text := readReference(t)
	for _, module := range []string{"variable \"x\" {\n zzz = 1\n}\n", "variable \"x\" {\n validation {\n zzz = 1\n}\n}\n"} {
		result := compiler.Compile(policyWith(small+"module \"m\" { source = \"./m\" }\n", map[string]string{"m/m.hcl": module}))
		for _, d := range result.Diagnostics {
			if d.Summary != "Unknown attribute" {
				continue
			}
			for part := range strings.SplitSeq(strings.TrimSuffix(d.Hint, "."), "; ") {
				_, list, _ := strings.Cut(part, "are ")
				for _, name := range names(list) {
					if !strings.Contains(section(t, text, "variable"), "`"+name+"`") {
						t.Errorf("variable: %s is not in the reference", name)
					}
				}
			}
		}
	}
}

var example = regexp.MustCompile("(?s)\n```hcl\n(.*?)```")

// exampleFiles gives the examples of a page as the files of one policy: each is of the file that its first line names, or
// of policy.hcl.
func exampleFiles(t *testing.T, page string) fstest.MapFS {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := os.ReadFile("../examples/payments/payments-db.catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"payments-db.catalog.json": {Data: catalog}}
	for _, m := range example.FindAllStringSubmatch(string(text), -1) {
		name := "policy.hcl"
		if first, _, _ := strings.Cut(m[1], "\n"); strings.HasPrefix(first, "# ") && strings.HasSuffix(first, ".hcl") {
			name = first[2:]
		}
		if files[name] == nil {
			files[name] = &fstest.MapFile{}
		}
		files[name].Data = append(files[name].Data, m[1]...)
	}
	return files
}

// TestReferenceExamples: the examples together are a policy without a mistake.
func TestReferenceExamples(t *testing.T) {
	result := compiler.Compile(exampleFiles(t, reference))
	for _, d := range result.Diagnostics {
		t.Errorf("%s %s: %s %s", d.Range, d.Summary, d.Detail, d.Hint)
	}
	if result.Bundle != nil && (len(result.Bundle.Rules) < 5 || len(result.Suite.Tests) < 1) {
		t.Errorf("%d rules and %d tests", len(result.Bundle.Rules), len(result.Suite.Tests))
	}
}

// TestReferenceDefaults: what the reference tells of defaults is what the compiler takes.
func TestReferenceDefaults(t *testing.T) {
	told := map[string]string{}
	var walk func(s *syntax.Shape)
	walk = func(s *syntax.Shape) {
		for _, a := range s.Attributes {
			told[s.Path+" "+a.Name] = a.Default
		}
		for _, b := range s.Blocks {
			walk(b)
		}
	}
	for _, s := range syntax.Shapes() {
		walk(s)
	}
	want := map[string]string{
		"route quorum":             strconv.Itoa(compiler.DefaultQuorum),
		"route approver_kinds":     `["` + compiler.DefaultApproverKind + `"]`,
		"issuer principal subject": strconv.Quote(compiler.DefaultSubject),
		"issuer principal kind":    strconv.Quote(compiler.DefaultKind),
	}
	for path, value := range want {
		if told[path] != "`"+value+"`" {
			t.Errorf("%s: told %s, is %s", path, told[path], value)
		}
	}
	lengths := map[string]time.Duration{
		"route hold": compiler.DefaultHold, "route expires": compiler.DefaultExpires, "issuer oidc max_lifetime": compiler.DefaultMaxLifetime,
	}
	for path, want := range lengths {
		if got, err := time.ParseDuration(strings.Trim(told[path], "`\"")); got != want || err != nil {
			t.Errorf("%s: told %s, is %s", path, told[path], want)
		}
	}
}

// TestModuleExamples: the page on modules shows a policy and a module, and the module by itself.
func TestModuleExamples(t *testing.T) {
	files := exampleFiles(t, "../docs/modules.md")
	alone := fstest.MapFS{}
	for name, f := range files {
		alone[path.Base(name)] = f
	}
	delete(alone, "policy.hcl")
	for name, fsys := range map[string]fstest.MapFS{"policy": files, "module": alone} {
		result := compiler.Compile(fsys)
		for _, d := range result.Diagnostics {
			t.Errorf("%s: %s %s: %s %s", name, d.Range, d.Summary, d.Detail, d.Hint)
		}
		if result.Module != (name == "module") || result.Bundle != nil && len(result.Bundle.Rules) != 2 {
			t.Errorf("%s: %+v", name, result.Bundle)
		}
	}
}
