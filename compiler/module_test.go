package compiler_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// guard is a module with every kind of block that a module may have.
const guard = `
variable "targets" {
  type    = list(string)
  default = null
}
variable "labels" {
  type    = map(string)
  default = null
}
variable "columns" { type = list(string) }
variable "spared" {
  type    = list(string)
  default = ["fraud"]
}
variable "limit" {
  type    = number
  default = 100
}
variable "owner" {
  type    = string
  default = "the owner"
}
locals { verbs = ["select"] }
expr "spared" { cel = "principal.groups.exists(g, g in var.spared)" }
class "card" {
  targets = var.targets
  columns = var.columns
}
deny "bulk" {
  targets       = var.targets
  target_labels = var.labels
  postgres { verbs = local.verbs }
  when    = "sql.limit > var.limit"
  unless  = "expr.spared"
  message = "ask ${var.owner} first"
}
mask "card" {
  classes = ["card"]
  with    = "last4"
  unless  = "expr.spared"
}
`

const caller = small + `
module "one" {
  source  = "./modules/guard"
  targets = ["db"]
  columns = ["public.cards.pan"]
}
module "two" {
  source  = "./modules/guard/"
  targets = local.all
  columns = ["public.old.pan"]
  limit   = -15
  owner   = "O'Hara \\ \"x\""
  spared  = ["it's", "') || true || ('"]
}
locals { all = ["*", "db"] }
`

func policyWith(policy string, modules map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{"policy.hcl": {Data: []byte(policy)}, "db.json": {Data: []byte(smallCatalog)}}
	for name, text := range modules {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestModulesExpand(t *testing.T) {
	guarded := strings.ReplaceAll(guard, "targets = var.targets\n  columns", "targets = [\"db\"]\n  columns")
	result := compiler.Compile(policyWith(caller, map[string]string{"modules/guard/main.hcl": guarded, "modules/guard/x_test.hcl": "not read"}))
	if result.Bundle == nil {
		t.Fatal(result.Diagnostics)
	}
	b := result.Bundle
	var got []string
	for _, r := range b.Rules {
		line := fmt.Sprintf("%s %v %v %s %s", r.Address, r.Targets, r.Verbs, r.Message, r.Range.File)
		if r.When != nil {
			line += " when " + r.When.Text + " unless " + r.Unless.Text
		}
		got = append(got, line)
	}
	for _, m := range b.Masks {
		got = append(got, fmt.Sprintf("%s %v %s", m.Address, m.Classes, m.Unless.Text))
	}
	for _, c := range b.Classes {
		got = append(got, fmt.Sprintf("class %s %v", c.Name, c.Columns))
	}
	for _, s := range b.Sources {
		got = append(got, "source "+s.Path)
	}
	want := []string{
		"allow.a [db] [select update]  policy.hcl",
		`module.one.deny.bulk [db] [select] ask the owner first modules/guard/main.hcl when sql.limit > 100 unless principal.groups.exists(g, g in ["fraud"])`,
		`module.two.deny.bulk [db] [select] ask O'Hara \ "x" first modules/guard/main.hcl when sql.limit > -15 unless ` +
			`principal.groups.exists(g, g in ["it's", "') || true || ('"])`,
		`module.one.mask.card [module.one.card] principal.groups.exists(g, g in ["fraud"])`,
		`module.two.mask.card [module.two.card] principal.groups.exists(g, g in ["it's", "') || true || ('"])`,
		"class module.one.card [public.cards.pan]", "class module.two.card [public.old.pan]",
		"source modules/guard/main.hcl", "source policy.hcl",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestModuleChain: a diagnostic in a nested module names every call on the way, the innermost first.
func TestModuleChain(t *testing.T) {
	result := compiler.Compile(policyWith(small+"module \"a\" { source = \"./a\" }\n", map[string]string{
		"a/m.hcl": "module \"b\" {\n  source = \"../b\"\n  x = 1\n}\n",
		"b/m.hcl": "variable \"x\" { type = number }\ndeny \"d\" {\n  targets = [\"*\"]\n  when = \"sql.limits > var.x\"\n}\n",
	}))
	if len(result.Diagnostics) != 1 || result.Diagnostics[0].Range.String() != "b/m.hcl:4:15" {
		t.Fatal(result.Diagnostics)
	}
	var got []string
	for _, c := range result.Diagnostics[0].Through {
		got = append(got, c.Module+" "+c.Range.String())
	}
	if diff := cmp.Diff([]string{"module.a.module.b a/m.hcl:1:1", "module.a policy.hcl:14:1"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestModuleAlone: test files that name a policy call the module that they lie beside.
func TestModuleAlone(t *testing.T) {
	guarded := strings.ReplaceAll(guard, "targets = var.targets\n  columns", "targets = [\"db\"]\n  columns")
	result := compiler.Compile(fstest.MapFS{
		"db.json":  {Data: []byte(smallCatalog)},
		"main.hcl": {Data: []byte(guarded)},
		"main_test.hcl": {Data: []byte(small + `
issuer "i" {
  oidc {
    url       = "https://login.example.com"
    audiences = ["x"]
  }
}
locals { columns = ["public.cards.pan"] }
module "guard" {
  source  = "./"
  targets = ["db"]
  columns = local.columns
}
principal "p" {
  issuer = "i"
  claims = { sub = "s" }
}
`)},
	})
	if result.Bundle == nil || !result.Module || len(result.Suite.Principals) != 1 || result.Bundle.Rules[1].Address != "module.guard.deny.bulk" {
		t.Fatalf("%+v", result)
	}
}

func TestModuleBounds(t *testing.T) {
	deep := map[string]string{"m11/m.hcl": "deny \"x\" { targets = [\"*\"] }\n"}
	wide := map[string]string{"m9/m.hcl": "deny \"x\" { targets = [\"*\"] }\n"}
	for i := range 11 {
		deep[fmt.Sprintf("m%d/m.hcl", i)] = fmt.Sprintf("module \"m\" { source = \"../m%d\" }\n", i+1)
	}
	for i := range 9 {
		for j := range 4 {
			wide[fmt.Sprintf("m%d/m.hcl", i)] += fmt.Sprintf("module \"m%d\" { source = \"../m%d\" }\n", j, i+1)
		}
	}
	for summary, modules := range map[string]map[string]string{"Modules nest too deeply": deep, "Too many modules": wide} {
		result := compiler.Compile(policyWith(small+"module \"m\" { source = \"./m0\" }\n", modules))
		if result.Bundle != nil || len(result.Diagnostics) == 0 || result.Diagnostics[0].Summary != summary {
			t.Errorf("want %q, got %d: %+v", summary, len(result.Diagnostics), result.Diagnostics[:min(1, len(result.Diagnostics))])
		}
	}
}

func TestModuleLinks(t *testing.T) {
	module := "deny \"x\" { targets = [\"*\"] }\n"
	tests := []struct {
		name, summary string
		make          func(dir, outside string) error
	}{
		{"a link within", "", func(dir, _ string) error { return os.Symlink("real", filepath.Join(dir, "m")) }},
		{"a linked file within", "", func(dir, _ string) error {
			return os.Symlink("../real/m.hcl", filepath.Join(dir, "m", "x.hcl"))
		}},
		{"a directory outside", "Module outside of the policy", func(dir, outside string) error { return os.Symlink(outside, filepath.Join(dir, "m")) }},
		{"by way of dots", "Module outside of the policy", func(dir, outside string) error {
			return os.Symlink("real/../../"+filepath.Base(outside), filepath.Join(dir, "m"))
		}},
		{"a file outside", "File cannot be read", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "m.hcl"), filepath.Join(dir, "m", "x.hcl"))
		}},
		{"a directory that holds a link to itself", "Modules call themselves", func(dir, _ string) error {
			write(t, filepath.Join(dir, "real"), "m.hcl", module+"module \"again\" { source = \"./again\" }\n")
			return errors.Join(os.Symlink(".", filepath.Join(dir, "real", "again")), os.Symlink("real", filepath.Join(dir, "m")))
		}},
		{"a loop", "Module cannot be read", func(dir, _ string) error { return os.Symlink("m", filepath.Join(dir, "m")) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base := t.TempDir()
			dir, outside := filepath.Join(base, "policy"), filepath.Join(base, "outside")
			for _, d := range []string{filepath.Join(dir, "real"), outside} {
				if err := os.MkdirAll(d, 0o700); err != nil {
					t.Fatal(err)
				}
				write(t, d, "m.hcl", module)
			}
			if strings.Contains(test.name, "file") {
				if err := os.Mkdir(filepath.Join(dir, "m"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			write(t, dir, "policy.hcl", small+"module \"m\" { source = \"./m\" }\n")
			write(t, dir, "db.json", smallCatalog)
			if err := test.make(dir, outside); err != nil {
				t.Fatal(err)
			}
			result := compiler.Compile(os.DirFS(dir))
			switch {
			case test.summary == "" && (result.Bundle == nil || len(result.Bundle.Rules) != 2):
				t.Errorf("%+v", result.Diagnostics)
			case test.summary != "" && (len(result.Diagnostics) != 1 || result.Diagnostics[0].Summary != test.summary):
				t.Errorf("want %q, got %+v", test.summary, result.Diagnostics)
			}
		})
	}
}

// TestVariablesStayValues: whatever a text holds, in a condition it is that text and nothing else.
func TestVariablesStayValues(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune(`'"\`+"`"+`rb(){}[]$%&|!.,/ é漢😀`+"\n\t\u0001\u0085\u2028")), rapid.Rune()))
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		var quoted strings.Builder
		for _, r := range s {
			fmt.Fprintf(&quoted, `\U%08x`, r)
		}
		module := fmt.Sprintf(`variable "x" {
  type = string
  validation {
    condition = "size(var.x) == %d && [var.x, 'end'] == [var.x] + ['end'] && {var.x: 1}[var.x] == 1"
    message   = "changed"
  }
}
deny "d" {
  targets = ["*"]
  when    = "principal.subject == var.x"
}
`, utf8.RuneCountInString(s))
		result := compiler.Compile(policyWith(small+"module \"m\" {\n  source = \"./m\"\n  x = \""+quoted.String()+"\"\n}\n", map[string]string{"m/m.hcl": module}))
		for _, d := range result.Diagnostics {
			if d.Severity == schema.SeverityError && d.Summary != "Text in a variable is not normalised" {
				t.Fatalf("%q: %+v", s, d)
			}
		}
	})
}

// FuzzModule feeds a caller and a module: no input may panic, and a bundle comes exactly when nothing is wrong.
func FuzzModule(f *testing.F) {
	f.Add("source = \"./m\"\n targets = [\"db\"]\n columns = [\"a.b.c\"]", guard)
	f.Add("source = \"./m\"\n x = {a = [1]}", "variable \"x\" {\n type = map(list(number))\n validation {\n condition = \"var.x.a[0] == 1\"\n message = \"m\"\n}\n}\n")
	f.Add("source = \"./m\"", "module \"m\" { source = \"../m\" }\n")
	f.Fuzz(func(t *testing.T, call, module string) {
		result := compiler.Compile(policyWith(small+"module \"m\" {\n"+call+"\n}\n", map[string]string{"m/m.hcl": module}))
		if (result.Bundle == nil) != result.Diagnostics.HasErrors() {
			t.Errorf("bundle %v with %+v", result.Bundle != nil, result.Diagnostics)
		}
	})
}

// BenchmarkModules compiles a module of a hundred rules that is called a hundred times.
func BenchmarkModules(b *testing.B) {
	var module, policy strings.Builder
	module.WriteString("variable \"groups\" { type = list(string) }\n")
	policy.WriteString(small)
	for i := range 100 {
		fmt.Fprintf(&module, "deny \"r%d\" {\n  targets = [\"*\"]\n  groups  = var.groups\n  when    = \"sql.limit > %d && principal.groups == var.groups\"\n}\n", i, i)
		fmt.Fprintf(&policy, "module \"m%d\" {\n  source = \"./m\"\n  groups = [\"g%d\"]\n}\n", i, i)
	}
	fsys := policyWith(policy.String(), map[string]string{"m/m.hcl": module.String()})
	for b.Loop() {
		if result := compiler.Compile(fsys); result.Bundle == nil {
			b.Fatal(result.Diagnostics)
		}
	}
}

// TestModuleNames: a name means the module's own block, else that of whoever calls it.
func TestModuleNames(t *testing.T) {
	issuer := "issuer \"corp\" {\n oidc {\n url = \"https://login.example.com\"\n audiences = [\"x\"]\n }\n principal { kind = \"claims.kind\" }\n}\n"
	route := func(name string) string { return "route \"" + name + "\" { approvers = [\"group:dba\"] }\n" }
	class := func(name string) string {
		return "class \"" + name + "\" {\n targets = [\"db\"]\n detect = [\"email\"]\n}\n"
	}
	result := compiler.Compile(policyWith(small+issuer+route("own")+route("shared")+class("own")+class("shared")+`
module "m" {
  source  = "./m"
  route   = "own"
  classes = ["own", "shared", "module.m.module.n.inner"]
}
`, map[string]string{
		"m/m.hcl": "variable \"route\" { type = string }\nvariable \"classes\" { type = list(string) }\n" + route("shared") + class("shared") + `
approve "a" {
  targets = ["*"]
  route   = var.route
}
approve "b" {
  targets = ["*"]
  route   = "shared"
}
mask "c" {
  classes = var.classes
  with    = "redact"
}
module "n" {
  source = "./n"
  route  = var.route
}
`,
		"m/n/n.hcl": "variable \"route\" { type = string }\n" + class("inner") + `
approve "d" {
  targets = ["db"]
  route   = var.route
}
approve "e" {
  targets = ["db"]
  route   = "shared"
}
`,
	}))
	if result.Bundle == nil {
		t.Fatal(result.Diagnostics)
	}
	got := map[string]string{}
	for _, r := range result.Bundle.Rules[1:] {
		got[r.Address] = r.Route
	}
	got["classes"] = strings.Join(result.Bundle.Masks[0].Classes, " ")
	want := map[string]string{
		"module.m.approve.a": "own", "module.m.approve.b": "module.m.shared", "module.m.module.n.approve.d": "own",
		"module.m.module.n.approve.e": "module.m.shared", "classes": "module.m.module.n.inner module.m.shared own",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
