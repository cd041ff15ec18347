package compiler_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// TestFixtures compiles the archives of testdata/invalid. A line that is at fault ends in "# ERROR: summary" or
// "# WARNING: summary", several parted by " | ". What is about no line, or a line that takes no comment, stands in the
// archive's head as "ERROR file:line: summary" or "ERROR: summary".
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{}
			for _, f := range archive.Files {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			result := compiler.Compile(fsys)
			if diff := cmp.Diff(expected(archive), told(result.Diagnostics)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if (result.Bundle == nil) != result.Diagnostics.HasErrors() {
				t.Error("there is a bundle exactly when there is no error")
			}
			for _, d := range result.Diagnostics {
				complete(t, d, fsys)
				if !catalogued(d) {
					t.Errorf("%q has no entry in the catalogue of diagnostics", d.Summary)
				}
			}
		})
	}
}

var (
	inLine = regexp.MustCompile(`(?:#|//) (ERROR|WARNING): (.*)$`)
	inHead = regexp.MustCompile(`(?m)^(ERROR|WARNING)( [^ :]+:\d+)?: (.*)$`)
)

func expected(a *txtar.Archive) []string {
	var want []string
	for _, m := range inHead.FindAllStringSubmatch(string(a.Comment), -1) {
		want = append(want, strings.TrimSpace(strings.ToLower(m[1])+m[2]+": "+m[3]))
	}
	for _, f := range a.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			m := inLine.FindStringSubmatch(strings.TrimRight(line, "\r"))
			if m == nil {
				continue
			}
			for summary := range strings.SplitSeq(m[2], " | ") {
				want = append(want, fmt.Sprintf("%s %s:%d: %s", strings.ToLower(m[1]), f.Name, i+1, summary))
			}
		}
	}
	slices.Sort(want)
	return want
}

func told(diags schema.Diagnostics) []string {
	var got []string
	for _, d := range diags {
		place := ""
		if d.Range != nil {
			place = fmt.Sprintf(" %s:%d", d.Range.File, d.Range.Start.Line)
		}
		got = append(got, d.Severity.String()+place+": "+d.Summary)
	}
	slices.Sort(got)
	return got
}

func catalogued(d schema.Diagnostic) bool {
	for _, g := range compiler.Catalogue() {
		if slices.ContainsFunc(g.Entries, func(e compiler.Entry) bool { return e.ID == d.ID && e.Summary == d.Summary }) {
			return true
		}
	}
	return false
}

// complete checks that a diagnostic has all that a person needs, and that its range lies in its file.
func complete(t *testing.T, d schema.Diagnostic, fsys fs.FS) {
	t.Helper()
	if d.Summary == "" || d.Detail == "" || d.Hint == "" {
		t.Errorf("a diagnostic needs summary, detail and hint: %+v", d)
	}
	if d.Range == nil {
		return
	}
	src, err := fs.ReadFile(fsys, d.Range.File)
	if err != nil {
		t.Fatal(err)
	}
	start, end := d.Range.Start, d.Range.End
	if start.Byte < 0 || end.Byte < start.Byte || end.Byte > len(src) {
		t.Errorf("range %+v is not in the file of %d bytes: %s", *d.Range, len(src), d.Summary)
		return
	}
	if line := 1 + strings.Count(string(src[:start.Byte]), "\n"); line != start.Line {
		t.Errorf("%s: byte %d is on line %d, not %d", d.Summary, start.Byte, line, start.Line)
	}
}
