package main

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is a scratch git repository with a policy in it, on the branch main, and a gatewright beside it.
type repository struct {
	*testing.T
	dir, program string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	r := &repository{T: t, dir: t.TempDir(), program: filepath.Join(bin, "gatewright")}
	if err := os.Symlink(self, r.program); err != nil {
		t.Fatal(err)
	}
	r.git("init", "--quiet", "--initial-branch", "main")
	r.write("README.md", "A repository.\n")
	r.commit("begin")
	if code, _, diag := play(t, "init", filepath.Join(r.dir, "policy"), "--target", "shop-db"); code != exitClean {
		t.Fatal(diag)
	}
	r.commit("a policy")
	return r
}

func (r *repository) git(args ...string) {
	r.Helper()
	cmd := exec.CommandContext(r.Context(), "git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		r.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

func (r *repository) commit(message string) {
	r.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", message)
}

func (r *repository) write(name, text string) {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

// edit replaces a text in a file of the policy, which must be there.
func (r *repository) edit(name, old, text string) {
	r.Helper()
	name = filepath.Join("policy", name)
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		r.Fatalf("%s has no %q", name, old)
	}
	r.write(name, strings.Replace(string(data), old, text, 1))
}

// check runs the script as a job would, from the root of the repository.
func (r *repository) check(base string, env ...string) (code int, said, report string) {
	r.Helper()
	script, err := filepath.Abs("../../examples/ci/check.sh")
	if err != nil {
		r.Fatal(err)
	}
	reports := r.TempDir()
	cmd := exec.CommandContext(r.Context(), "sh", script, "policy", base, reports)
	cmd.Dir = r.dir
	cmd.Env = append(append(os.Environ(), "GATEWRIGHT="+r.program, "GITHUB_ACTIONS="), env...)
	out, _ := cmd.CombinedOutput() // the exit code says it
	text, err := os.ReadFile(filepath.Join(reports, "report.md"))
	if err != nil && cmd.ProcessState.ExitCode() < exitUsage {
		r.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(reports, "junit.xml")); err == nil {
		var suites struct {
			XMLName xml.Name
		}
		if err := xml.Unmarshal(data, &suites); err != nil || !strings.HasPrefix(suites.XMLName.Local, "testsuite") {
			r.Errorf("junit.xml: %v, root %q", err, suites.XMLName.Local)
		}
	}
	return cmd.ProcessState.ExitCode(), string(out), string(text)
}

// TestCheckOfAPullRequest changes a policy on a branch and runs what CI runs.
func TestCheckOfAPullRequest(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*repository)
		env    []string
		code   int
		has    []string
		hasNot []string
	}{
		{name: "nothing", change: func(r *repository) { r.write("other", "x") }, has: []string{"| plan | ok |", "| test | ok |", "| lint | ok |"}, hasNot: []string{"LOOSENS |"}},
		{name: "a comment", change: func(r *repository) { r.edit("policy.hcl", "# Guardrails.", "# What nobody may do.") }, has: []string{"| plan | ok |"}, hasNot: []string{"LOOSENS |"}},
		{name: "tighter", change: func(r *repository) {
			r.edit("policy.hcl", `verbs  = ["delete", "insert", "select", "update"]`, `verbs  = ["delete", "select", "update"]`)
			r.edit("policy_test.hcl", "    \"INSERT INTO public.customers DEFAULT VALUES\",\n    \"COPY public.customers FROM STDIN\",\n", "    \"SELECT 1 FROM public.customers\",\n")
		}, has: []string{"TIGHTENS | allow.writers", "| test | ok |"}},
		{name: "looser", change: func(r *repository) {
			r.edit("policy.hcl", `postgres { verbs = ["delete", "update"] }`, `postgres { verbs = ["delete"] }`)
		},
			code: 1, has: []string{"LOOSENS | deny.unbounded-write", "| test | **findings** |", "### test", "    FAIL a write without a condition is refused"}},
		{name: "looser and forbidden", env: []string{"GATEWRIGHT_PLAN_FAIL=loosen"}, change: func(r *repository) {
			r.edit("policy.hcl", `groups  = ["shop-db-readers"]`, `groups  = ["everybody", "shop-db-readers"]`)
		}, code: 1, has: []string{"LOOSENS | allow.readers", "| plan | **findings** |", "| test | ok |"}},
		{name: "looser and only shown", change: func(r *repository) {
			r.edit("policy.hcl", `groups  = ["shop-db-readers"]`, `groups  = ["everybody", "shop-db-readers"]`)
		}, has: []string{"LOOSENS | allow.readers", "| plan | ok |"}},
		{name: "not laid out", change: func(r *repository) { r.edit("policy.hcl", "  quorum    = 2", "  quorum = 2") }, code: 1, has: []string{"| fmt | **findings** |", "### fmt", "    +  quorum    = 2", "| plan | ok |"}},
		{name: "invalid", change: func(r *repository) { r.edit("policy.hcl", `["select"]`, `["selct"]`) }, code: 1, has: []string{"| validate | **the policy is invalid** |", "    Error: Unknown verb"}, hasNot: []string{"| plan |", "## Policy plan"}},
		{name: "not even HCL", change: func(r *repository) { r.write("policy/x.hcl", "{{{") }, code: 1, has: []string{"| fmt | **the policy is invalid** |"}},
		{name: "lint that is told to be strict", env: []string{"GATEWRIGHT_LINT_FAIL=info"}, change: func(r *repository) { r.edit("policy.hcl", "  owner    = \"security@example.com\"\n", "") }, code: 1, has: []string{"| lint | **findings** |", "policy-without-owner"}},
		{name: "names that want to be more", change: func(r *repository) {
			r.edit("policy.hcl", `groups  = ["shop-db-readers"]`, "groups  = [\"<img src=x>|@everyone```\", \"shop-db-readers\"]")
			r.write("policy/z_test.hcl", "test \"```<script>@all\" {\n  as     = \"reader\"\n  target = \"shop-db\"\n  sql    = \"SELECT 1\"\n  expect {\n    decision = \"deny\"\n  }\n}\n")
		}, code: 1, has: []string{"LOOSENS | allow.readers", "    FAIL ```<script>@all: SELECT 1"}, hasNot: []string{"<img src=x>", "\n```<script>"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.git("switch", "--quiet", "--create", "change")
			tt.change(r)
			r.commit("change")
			code, said, report := r.check("main", tt.env...)
			if code != tt.code || !strings.HasPrefix(report, "<!-- gatewright: policy/ -->\n") {
				t.Errorf("exit %d, not %d\n%s\n%s", code, tt.code, said, report)
			}
			for _, want := range tt.has {
				if !strings.Contains(report, want) {
					t.Errorf("no %q in\n%s", want, report)
				}
			}
			for _, not := range tt.hasNot {
				if strings.Contains(report, not) {
					t.Errorf("%q in\n%s", not, report)
				}
			}
		})
	}
}

// TestCheckComparesWithWhereTheChangeBegan lets main go on: what it changed meanwhile is not the change's doing.
func TestCheckComparesWithWhereTheChangeBegan(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.git("switch", "--quiet", "--create", "change")
	r.edit("policy.hcl", "  quorum    = 2", "  quorum    = 3")
	r.commit("change")
	r.git("switch", "--quiet", "main")
	r.edit("policy.hcl", `groups  = ["shop-db-readers"]`, `groups  = ["reports", "shop-db-readers"]`)
	r.commit("meanwhile")
	r.git("switch", "--quiet", "change")
	code, said, report := r.check("main")
	if code != 0 || strings.Contains(report, "allow.readers") || !strings.Contains(report, "route.owners") {
		t.Errorf("exit %d\n%s\n%s", code, said, report)
	}
}

// TestCheckOfARepair: a change that makes an invalid policy valid has nothing to be compared with, and passes.
func TestCheckOfARepair(t *testing.T) {
	r := newRepository(t)
	r.write("policy/broken.hcl", "bogus {")
	r.commit("a mistake")
	r.git("checkout", "--quiet", "-b", "repair")
	r.write("policy/broken.hcl", "")
	r.commit("no mistake")
	code, said, report := r.check("main")
	if code != exitClean || !strings.Contains(report, "The policy was invalid before") {
		t.Errorf("exit code %d\n%s\n%s", code, said, report)
	}
}

func TestCheckOfANewPolicy(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	code, said, report := r.check("HEAD~1")
	if code != 0 || !strings.Contains(report, "The policy is new") || !strings.Contains(report, "| plan | ok |") {
		t.Errorf("exit %d\n%s\n%s", code, said, report)
	}
}

// TestCheckStopsWithAWayOut gives the script what it cannot work with.
func TestCheckStopsWithAWayOut(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	for _, tt := range []struct{ base, says string }{
		{"origin/absent", "fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0)"},
		{"--all", "is no commit"},
		{"", "fetch the whole history"},
		{"HEAD:policy", "there is no commit"},
	} {
		if code, said, _ := r.check(tt.base); code != exitUsage || !strings.Contains(said, tt.says) {
			t.Errorf("%q: exit %d\n%s", tt.base, code, said)
		}
	}
}

// TestCheckFitsAComment makes a change whose report is longer than a comment may be.
func TestCheckFitsAComment(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.git("switch", "--quiet", "--create", "change")
	var b strings.Builder
	for i := range 200 {
		b.WriteString(strings.ReplaceAll("deny \"nNN\" {\n  targets = [\"shop-db\"]\n  groups  = [\"gNN-"+strings.Repeat("x", 200)+"\"]\n  message = \"no\"\n}\n\n", "NN", strings.Repeat("i", i+1)[:1]+string(rune('a'+i%26))+string(rune('a'+i/26))))
	}
	r.write("policy/many.hcl", b.String())
	r.commit("change")
	_, said, report := r.check("main")
	if len(report) > 65536 || !strings.HasSuffix(report, "The whole of it is among the artifacts.\n") {
		t.Errorf("%d bytes\n%s\n%s", len(report), said, report[:min(len(report), 2000)])
	}
}
