package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

const plainPolicy = `policy "p" { language = 1 }
target "db" { protocol = "postgres" }
allow "a" { targets = ["db"] }
`

// badPolicies make directories that no verb may choke on, by what is bad about them.
var badPolicies = map[string]func(dir string) error{
	"not UTF-8":         file("x.hcl", "locals { a = \"\xff\" }\n"),
	"byte order mark":   file("x.hcl", "\uFEFFlocals { a = 1 }\n"),
	"UTF-16":            file("x.hcl", "\xff\xfel\x00o\x00c\x00a\x00l\x00s\x00"),
	"50 MB":             file("x.hcl", strings.Repeat("locals { a = 1 }\n", 3_000_000)),
	"50 MB of one line": file("x.hcl", "locals { a = \""+strings.Repeat("x", 50_000_000)+"\" }\n"),
	"nested lists":      file("x.hcl", "locals { a = "+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)+" }\n"),
	"nested blocks":     file("x.hcl", strings.Repeat("a {\n", 10_000)+strings.Repeat("}\n", 10_000)),
	"nested templates":  file("x.hcl", "locals { a = \""+strings.Repeat("${\"", 10_000)+strings.Repeat("\"}", 10_000)+"\" }\n"),
	"unclosed":          file("x.hcl", strings.Repeat("a {\n", 10_000)),
	"operators":         file("x.hcl", "locals { a = 1"+strings.Repeat("+1", 100_000)+" }\n"),
	"zeros":             file("x.hcl", strings.Repeat("\x00", 1<<20)),
	"a local of itself": file("x.hcl", "locals { a = local.a }\n"),
	"an expr of itself": file("x.hcl", "expr \"a\" { cel = \"expr.a\" }\n"),
	"a link to itself":  link("x.hcl", "x.hcl"),
	"a circle of links": both(link("x.hcl", "y.hcl"), link("y.hcl", "x.hcl")),
	"a dangling link":   link("x.hcl", "absent"),
	"a module of itself": both(mkdir("m"), both(link("m/again", "."), both(file("m/m.hcl", "module \"again\" { source = \"./again\" }\n"),
		file("x.hcl", "module \"m\" { source = \"./m\" }\n")))),
	"a directory":        link("x.hcl", "."),
	"a pipe":             func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "x.hcl"), 0o600) },
	"a device":           link("x.hcl", "/dev/zero"),
	"CEL in brackets":    denied(strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000)),
	"CEL of negations":   denied(strings.Repeat("!", 10_000) + "true"),
	"CEL in macros":      denied(strings.Repeat("[1].all(x,", 500) + "true" + strings.Repeat(")", 500)),
	"CEL over lists":     denied("sql.columns.all(a, sql.columns.all(b, sql.columns.all(c, a + b == c)))"),
	"CEL of 15 MB":       denied(strings.Repeat("true || ", 900_000) + "true"),
	"CEL with a pattern": denied("principal.subject.matches('((((a{9}){9}){9}){9}){9}')"),
	"slips in names":     file("x.hcl", slips(8000)),
	"catalog of a list":  catalogText("[1, 2]"),
	"catalog, nested":    catalogText(strings.Repeat("[", 1_000_000)),
	"catalog, cut":       catalogText(`{"server_version": 150000, "relations": [{"sche`),
	"catalog, old":       catalogText(`{"server_version": 90600, "relations": []}`),
	"catalog, no number": catalogText(`{"server_version": "15", "relations": []}`),
	"catalog, a link":    both(catalogText("{}"), func(dir string) error { return relink(dir, "db.json", "db.json") }),
	"catalog, a pipe":    both(catalogText("{}"), func(dir string) error { return fifo(dir, "db.json") }),
}

// slips are many targets, and as many rules that name none of them: each may be a slip of each.
func slips(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "target \"target-of-the-payments-department-%05d\" { protocol = \"postgres\" }\n", i)
		fmt.Fprintf(&b, "allow \"r%d\" { targets = [\"target-of-the-billing-department--%05d\"] }\n", i, i)
	}
	return b.String()
}

func file(name, text string) func(string) error {
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }
}

func link(name, to string) func(string) error {
	return func(dir string) error { return os.Symlink(to, filepath.Join(dir, name)) }
}

func mkdir(name string) func(string) error {
	return func(dir string) error { return os.Mkdir(filepath.Join(dir, name), 0o700) }
}

func relink(dir, name, to string) error {
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		return err
	}
	return link(name, to)(dir)
}

func fifo(dir, name string) error {
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		return err
	}
	return syscall.Mkfifo(filepath.Join(dir, name), 0o600)
}

func both(first, second func(string) error) func(string) error {
	return func(dir string) error {
		if err := first(dir); err != nil {
			return err
		}
		return second(dir)
	}
}

func denied(cel string) func(string) error {
	return file("x.hcl", "deny \"x\" {\n  targets = [\"db\"]\n  when    = <<-CEL\n"+cel+"\nCEL\n}\n")
}

func catalogText(text string) func(string) error {
	return both(file("db.json", text), file("x.hcl", "target \"x\" {\n  protocol = \"postgres\"\n  catalog  = \"db.json\"\n}\n"))
}

// TestBadInput: whatever is in a policy's directory, each verb that reads it ends by itself, says what is wrong and the
// way out, and exits as an invalid policy does.
func TestBadInput(t *testing.T) {
	for name, make := range badPolicies {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := file("policy.hcl", plainPolicy)(dir); err != nil {
				t.Fatal(err)
			}
			if err := make(dir); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{
				{"validate", dir}, {"validate", dir, "--format", "json"}, {"lint", dir}, {"test", dir},
				{"plan", "--from", dir, "--to", dir}, {"compile", dir, "--out", filepath.Join(dir, "b.gwb")},
				{"explain", dir, "--subject", "a", "--target", "db", "--sql", "SELECT 1"},
			} {
				code, out, diag := play(t, args...)
				told := out + diag
				if code != exitInvalid {
					t.Errorf("%s: exit %d: %.400s", args[0], code, told)
				}
				if !strings.Contains(strings.ToLower(told), "hint") {
					t.Errorf("%s: no way out in %.400s", args[0], told)
				}
				if len(told) > 128<<10 || strings.Contains(told, "goroutine ") || strings.Contains(told, "runtime error") {
					t.Errorf("%s: %d bytes, %.400s", args[0], len(told), told)
				}
			}
		})
	}
}

// TestBadInputOfFmt: fmt looks at layout alone, and leaves what it cannot lay out with a reason and the way out.
func TestBadInputOfFmt(t *testing.T) {
	for name, make := range badPolicies {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := errors.Join(file("policy.hcl", plainPolicy)(dir), make(dir)); err != nil {
				t.Fatal(err)
			}
			code, out, diag := play(t, "fmt", "--check", dir)
			if !slices.Contains([]int{exitClean, exitFindings, exitInvalid, exitUsage}, code) {
				t.Errorf("exit %d: %.400s", code, diag)
			}
			if (code == exitInvalid || code == exitUsage) != strings.Contains(diag, "Hint: ") {
				t.Errorf("exit %d: %.400s", code, diag)
			}
			if told := out + diag; len(told) > 128<<10 || strings.Contains(told, "goroutine ") || strings.Contains(told, "runtime error") {
				t.Errorf("%d bytes, %.400s", len(told), told)
			}
		})
	}
}

// TestLineEndings: a policy that was saved with CRLF is the same policy.
func TestLineEndings(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join("..", "..", "examples", "payments")
	for _, name := range []string{"policy.hcl", "payments_test.hcl", "payments-db.catalog.json"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := file(name, strings.ReplaceAll(string(text), "\n", "\r\n"))(dir); err != nil {
			t.Fatal(err)
		}
	}
	code, out, diag := play(t, "test", dir)
	if _, want, _ := play(t, "test", source); code != exitClean || out != want && diag == "" {
		t.Errorf("exit %d: %s%s", code, out, diag)
	}
}

// TestBadSnapshots: what is no catalog is told of by 'catalog diff' too.
func TestBadSnapshots(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"list.json": "[]", "empty.json": "", "nested.json": strings.Repeat("[", 1_000_000), "bare.json": "{}",
		"text.json": `{"server_version": "15"}`, "large.json": strings.Repeat(" ", 65<<20),
	} {
		if err := file(name, text)(dir); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		code, out, diag := play(t, "catalog", "diff", path, path)
		if code != exitUsage || out != "" || !strings.Contains(diag, "Hint: 'gatewright catalog pull' writes it.") || len(diag) > 2000 {
			t.Errorf("%s: exit %d: %s%.400s", name, code, out, diag)
		}
	}
}
