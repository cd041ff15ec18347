package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func parseYAML(t *testing.T, file string, into any) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return string(data)
}

type ciStep struct {
	Name, Uses, Run, Shell, If string
	Env, With                  map[string]string
}

// inScript is an expression that GitHub would write into the text of a script, where it could be code.
var inScript = regexp.MustCompile(`\$\{\{`)

func checkSteps(t *testing.T, steps []ciStep) {
	t.Helper()
	for _, s := range steps {
		if inScript.MatchString(s.Run) {
			t.Errorf("the step %q has an expression in its script:\n%s", s.Name, s.Run)
		}
		if (s.Run == "") == (s.Uses == "") || s.Run != "" && s.Shell == "" {
			t.Errorf("the step %q has not one of run, with its shell, and uses", s.Name)
		}
	}
}

func TestActionIsSound(t *testing.T) {
	var action struct {
		Name, Description string
		Inputs            map[string]struct{ Description, Default string }
		Runs              struct {
			Using string
			Steps []ciStep
		}
	}
	text := parseYAML(t, "examples/ci/github/action.yml", &action)
	if action.Runs.Using != "composite" || len(action.Runs.Steps) < 4 || action.Name == "" || action.Description == "" {
		t.Errorf("not an action: %+v", action)
	}
	checkSteps(t, action.Runs.Steps)
	for _, m := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(text, -1) {
		if _, ok := action.Inputs[m[1]]; !ok {
			t.Errorf("there is no input %q", m[1])
		}
	}
	for name, in := range action.Inputs {
		if in.Description == "" || !strings.Contains(text, "inputs."+name) {
			t.Errorf("the input %q is without description or use", name)
		}
	}
	for _, file := range regexp.MustCompile(`github\.action_path \}\}/(\S+)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("../../examples/ci/github", file[1])); err != nil {
			t.Errorf("the action uses what is not there: %v", err)
		}
	}
}

func TestWorkflowsAreSound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "policy")
	if code, _, diag := play(t, "init", dir, "--target", "shop-db"); code != exitClean {
		t.Fatal(diag)
	}
	for _, file := range []string{"../../examples/ci/github/workflow.yml", filepath.Join(dir, ".github/workflows/gatewright.yml")} {
		var workflow struct {
			On          map[string]any
			Permissions map[string]string
			Jobs        map[string]struct{ Steps []ciStep }
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &workflow); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if _, ok := workflow.On["pull_request"]; !ok || len(workflow.On) != 1 {
			t.Errorf("%s runs on %v", file, workflow.On)
		}
		if len(workflow.Permissions) != 2 || workflow.Permissions["contents"] != "read" || workflow.Permissions["pull-requests"] != "write" {
			t.Errorf("%s takes the permissions %v", file, workflow.Permissions)
		}
		for _, job := range workflow.Jobs {
			checkSteps(t, job.Steps)
		}
	}
}

func TestGitLabTemplateIsSound(t *testing.T) {
	var template struct {
		Variables  map[string]string
		Gatewright struct {
			Image        string
			Rules        []map[string]string
			Variables    map[string]string
			BeforeScript []string `yaml:"before_script"`
			Script       []string
			AfterScript  []string `yaml:"after_script"`
			Artifacts    struct {
				When    string
				Paths   []string
				Reports map[string]string
			}
		}
	}
	text := parseYAML(t, "examples/ci/gitlab/gatewright.yml", &template)
	job := template.Gatewright
	if len(job.Script) != 1 || len(job.BeforeScript) != 3 || len(job.AfterScript) != 2 || job.Artifacts.When != "always" ||
		len(job.Rules) != 1 || !strings.Contains(job.Rules[0]["if"], "merge_request_event") || job.Variables["GIT_DEPTH"] != "0" {
		t.Errorf("the job is %+v", job)
	}
	for _, script := range regexp.MustCompile(`examples/ci/[a-z]+\.sh`).FindAllString(text, -1) {
		if _, err := os.Stat(filepath.Join("../..", script)); err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(text, "echo") {
		t.Error("the job prints something itself")
	}
}

// TestPreCommitHooksRun does with each hook what pre-commit does: its entry, its args, and the files that match.
func TestPreCommitHooksRun(t *testing.T) {
	var hooks []struct {
		ID, Name, Description, Entry, Language, Files string
		Args, Types                                   []string
		PassFilenames                                 *bool `yaml:"pass_filenames"`
	}
	parseYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 4 {
		t.Fatalf("%d hooks", len(hooks))
	}
	dir := filepath.Join(t.TempDir(), "policy")
	if code, _, diag := play(t, "init", dir, "--target", "shop-db"); code != exitClean {
		t.Fatal(diag)
	}
	t.Chdir(dir)
	for _, h := range hooks {
		if h.Language != "golang" || h.ID == "" || h.Name == "" || h.Description == "" {
			t.Errorf("the hook %+v", h)
		}
		args := append(strings.Fields(h.Entry)[1:], h.Args...)
		if h.PassFilenames == nil || *h.PassFilenames {
			files := regexp.MustCompile(h.Files)
			for name := range contents(t, ".") {
				if name = strings.TrimPrefix(name, "/"); files.MatchString(name) {
					args = append(args, name)
				}
			}
		}
		if code, out, diag := play(t, args...); code != exitClean {
			t.Errorf("gatewright %q: exit %d\n%s%s", args, code, out, diag)
		}
	}
}

// TestCIHasNamesOfItsOwn: the token that comments is no access token, which verbs read from the environment.
func TestCIHasNamesOfItsOwn(t *testing.T) {
	for _, file := range []string{"comment.sh", "check.sh", "gitlab/gatewright.yml", "github/action.yml"} {
		text, err := os.ReadFile(filepath.Join("../../examples/ci", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "GATEWRIGHT_TOKEN") {
			t.Errorf("%s has the name of the access token", file)
		}
	}
}
