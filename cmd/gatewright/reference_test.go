package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// TestSnapshotOfReference holds docs/reference.md against the tables that it is generated from; -update writes it.
func TestSnapshotOfReference(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "reference.md")
	got := referencePage(t)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what the code says; go test ./cmd/gatewright -run Snapshot -update writes it (-tree +code):\n%s", file, diff)
	}
}

// reference writes the page.
type reference struct{ strings.Builder }

func (r *reference) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func (r *reference) paragraphs(text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		r.line("%s\n", wrap("", "", p))
	}
}

func referencePage(t *testing.T) string {
	r := &reference{}
	r.line("# Reference\n")
	r.paragraphs("Every block, attribute, variable, function and word of language version " + fmt.Sprint(schema.LanguageVersion) +
		". This page is generated from the tables of the program itself, and its examples are run as tests; " +
		"[language.md](language.md) tells what a policy means.")
	shapes := syntax.Shapes()
	r.line("- [Blocks of a policy](#blocks-of-a-policy): %s", blockLinks(shapes, false))
	r.line("- [Blocks of a test file](#blocks-of-a-test-file): %s", blockLinks(shapes, true))
	r.line("- [Words](#words): verbs, transforms, detectors, kinds, protocols")
	r.line("- [Conditions](#conditions): variables, fields, operators, functions")
	r.line("- [Exit codes](#exit-codes)\n")
	r.line("## Blocks of a policy\n")
	r.paragraphs("Types are those of [Values](language.md#values). The examples of this page are one policy: each stands in `policy.hcl`, " +
		"or in the file that its first line names.")
	r.blocks(shapes, false)
	r.line("## Blocks of a test file\n")
	r.paragraphs("They stand in files whose names end in `" + syntax.TestSuffix + "`, and `gatewright test DIR` runs them.")
	r.blocks(shapes, true)
	r.words()
	r.conditions(t)
	r.line("## Exit codes\n\n| code | means |\n|---|---|")
	for _, e := range exitMeanings {
		r.line("| %d | %s |", e.code, e.meaning)
	}
	return r.String()
}

func blockLinks(shapes []*syntax.Shape, tests bool) string {
	var links []string
	for _, s := range shapes {
		if s.InTests() == tests {
			links = append(links, fmt.Sprintf("[`%s`](#%s)", s.Path, s.Path))
		}
	}
	return strings.Join(links, " ")
}

func (r *reference) blocks(shapes []*syntax.Shape, tests bool) {
	for _, s := range shapes {
		if s.InTests() != tests {
			continue
		}
		r.line("### `%s`\n", s.Path)
		r.paragraphs(s.Meaning)
		r.body(s)
		if s.Notes != "" {
			r.paragraphs(s.Notes)
		}
		for _, example := range s.Examples {
			r.line("```hcl\n%s```\n", example)
		}
	}
}

// body is the table of a block's attributes, and those of its inner blocks.
func (r *reference) body(s *syntax.Shape) {
	if len(s.Attributes) > 0 {
		r.line("| attribute | type | default | meaning |\n|---|---|---|---|")
		for _, a := range s.Attributes {
			r.line("| `%s` | %s | %s | %s |", a.Name, a.Type, orRequired(a.Required, a.Default), a.Meaning)
		}
		r.line("")
	}
	for _, b := range s.Blocks {
		r.paragraphs(fmt.Sprintf("%s in `%s`, %s: %s.", form(b), s.Path, often(b), b.Meaning))
		r.body(b)
	}
}

func form(s *syntax.Shape) string {
	if s.Path == "test expect access" {
		return "Blocks `" + s.Name() + "` `\"VERB\"` `\"OBJECT\"`"
	}
	return "Block `" + s.Name() + "`"
}

func often(s *syntax.Shape) string {
	switch {
	case s.Required || s.Default == "required":
		return "once"
	case s.Many:
		return "any number"
	}
	return "at most once"
}

func orRequired(required bool, otherwise string) string {
	if required {
		return "required"
	}
	return otherwise
}

func (r *reference) words() {
	r.line("## Words\n")
	for _, list := range schema.Words() {
		r.line("### %s\n", list.Title)
		r.paragraphs("In " + list.Of + ".")
		r.line("| word | is |\n|---|---|")
		for _, w := range list.Words {
			r.line("| `%s` | %s |", w.Word, w.Meaning)
		}
		r.line("")
	}
}

func (r *reference) conditions(t *testing.T) {
	r.line("## Conditions\n")
	r.paragraphs("Each example below is true of one request, the one whose facts stand in the last column.")
	r.line("| conditions of | variables |\n|---|---|")
	for _, k := range conditionKinds {
		var names []string
		for _, v := range k.kind.Variables() {
			names = append(names, "`"+v.Name+"`")
		}
		r.line("| %s | %s |", k.of, strings.Join(names, " "))
	}
	r.line("\n### Variables\n\n| variable | is | example |\n|---|---|---|")
	for _, v := range append(vocab.Claims.Variables(), vocab.Postgres.Variables()...) {
		r.line("| `%s` | %s | `%s` |", v.Name, v.Meaning, cell(t, v.Example))
	}
	r.line("\n### Fields\n")
	r.paragraphs("On targets of protocol `" + schema.ProtocolPostgres + "`.")
	r.line("| field | type | at most | is | in the request of the examples |\n|---|---|---|---|---|")
	for _, f := range vocab.Postgres.Fields() {
		r.line("| `%s` | %s | %s | %s | `%s` |", f.Name, vocab.TypeName(f.Type), atMost(f.Name), f.Meaning, cell(t, exampleFacts[f.Name]))
	}
	size := vocab.Max("claims")
	r.line("")
	r.paragraphs(fmt.Sprintf("The cost of a condition is bounded from these sizes, and from %d elements of %d bytes of a claim. "+
		"Larger facts stop no statement: conditions over them run under a limit.", size.Elements, size.Bytes))
	r.line("### Operators\n\n| operator | gives | example |\n|---|---|---|")
	for _, o := range vocab.Operators() {
		r.line("| `%s` | %s | `%s` |", cell(t, o.Name), o.Meaning, cell(t, o.Example))
	}
	r.line("\n### Functions\n\n| function | gives | example |\n|---|---|---|")
	v, err := vocab.New(vocab.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Manual() {
		r.line("| `%s` | %s | `%s` |", strings.Join(f.Signatures, "`<br>`"), f.Meaning, cell(t, f.Example))
	}
	r.line("")
}

// conditionKinds are the places of the language where conditions stand.
var conditionKinds = []struct {
	kind vocab.Kind
	of   string
}{
	{vocab.Claims, "`require` and `principal` of an `issuer`"},
	{vocab.Postgres, "`allow`, `deny`, `approve`, `invariant`"},
	{vocab.PostgresMask, "`mask`"},
}

func atMost(fact string) string {
	switch size := vocab.Max(fact); {
	case size.Elements > 0:
		return fmt.Sprintf("%d of %d bytes", size.Elements, size.Bytes)
	case size.Bytes > 0:
		return fmt.Sprintf("%d bytes", size.Bytes)
	}
	return ""
}

// cell makes text fit for code in a table.
func cell(t *testing.T, text string) string {
	t.Helper()
	if text == "" || strings.Contains(text, "`") {
		t.Errorf("no cell: %q", text)
	}
	return strings.ReplaceAll(text, "|", `\|`)
}
