package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const sarifPolicy = `policy "p" { language = 1 }
target "db" { protocol = "postgres" }
# gatewright:ignore allow-everything until 2027-01-31 it is a trial
allow "a" {
  targets = ["db"]
}
deny "é漢 is no name" { targets = ["db"] }
`

// sarifOf writes a policy, looks at it, and gives the log as any reader of JSON sees it.
func sarifOf(t *testing.T, text string) map[string]any {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "policy of payments")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "policy.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, out, diag := play(t, "lint", dir, "--today", "2026-12-01", "--format", "sarif")
	var log map[string]any
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatalf("%v: %s%s", err, out, diag)
	}
	return log
}

// TestSARIF holds the log to what the SARIF 2.1.0 schema and GitHub's code scanning ask of it.
func TestSARIF(t *testing.T) {
	for name, text := range map[string]string{
		"findings": strings.Replace(sarifPolicy, "é漢 is no name", "b", 1), "not valid": sarifPolicy, "about no file": "locals {}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := &sarifChecker{t: t}
			log := sarifOf(t, text)
			s.fields("log", log, "$schema", "version", "runs")
			if log["version"] != "2.1.0" || len(s.list(log["runs"])) != 1 {
				t.Fatalf("version %v", log["version"])
			}
			s.run(s.object(s.list(log["runs"])[0]))
			if s.results == 0 {
				t.Error("there are no results")
			}
		})
	}
}

func TestSARIFSuppressesWhatIsIgnored(t *testing.T) {
	s := &sarifChecker{t: t}
	run := s.object(s.list(sarifOf(t, strings.Replace(sarifPolicy, "é漢 is no name", "b", 1))["runs"])[0])
	for _, r := range s.list(run["results"]) {
		result := s.object(r)
		if want := result["ruleId"] == "allow-everything"; want != (len(s.list(result["suppressions"])) == 1) {
			t.Errorf("%v: suppressions %v", result["ruleId"], result["suppressions"])
		}
	}
}

// TestSARIFColumns counts code points where positions count what an editor shows as one character.
func TestSARIFColumns(t *testing.T) {
	s := &sarifChecker{t: t}
	text := "policy \"p\" { language = 1 }\ntarget \"db\" { protocol = \"postgres\" }\nallow \"a\" {\n  groups = [\"e\u0301\"]\n" +
		"  targets = [\"db\"]\n  postgres {\n    tables = [\"public.\\\"e\u0301\\\"\", \"*\"]\n  }\n}\n"
	run := s.object(s.list(sarifOf(t, text)["runs"])[0])
	for _, r := range s.list(run["results"]) {
		result := s.object(r)
		if result["ruleId"] != "covered-item" {
			continue
		}
		place := s.object(s.object(s.list(result["locations"])[0])["physicalLocation"])
		if region := s.object(place["region"]); region["startColumn"] != 15.0 || region["endColumn"] != 30.0 {
			t.Errorf("columns %v to %v", region["startColumn"], region["endColumn"])
		}
		return
	}
	t.Error("nothing was found")
}

// sarifChecker checks the parts of the schema that lint writes.
type sarifChecker struct {
	t       *testing.T
	rules   []string
	results int
}

func (s *sarifChecker) object(v any) map[string]any {
	s.t.Helper()
	o, ok := v.(map[string]any)
	if !ok {
		s.t.Fatalf("%v is no object", v)
	}
	return o
}

func (s *sarifChecker) list(v any) []any {
	s.t.Helper()
	l, ok := v.([]any)
	if !ok {
		s.t.Fatalf("%v is no list", v)
	}
	return l
}

// fields checks that an object has exactly these fields.
func (s *sarifChecker) fields(what string, o map[string]any, names ...string) {
	s.t.Helper()
	for _, name := range names {
		if o[name] == nil {
			s.t.Errorf("%s has no %s", what, name)
		}
	}
	if len(o) != len(names) {
		s.t.Errorf("%s has other fields: %v", what, o)
	}
}

func (s *sarifChecker) text(what string, v any) string {
	s.t.Helper()
	text, _ := v.(string)
	if text == "" {
		s.t.Errorf("%s is empty", what)
	}
	return text
}

func (s *sarifChecker) level(v any) {
	s.t.Helper()
	if v != "error" && v != "warning" && v != "note" {
		s.t.Errorf("level %v", v)
	}
}

func (s *sarifChecker) run(run map[string]any) {
	s.fields("run", run, "tool", "columnKind", "results")
	if run["columnKind"] != "unicodeCodePoints" {
		s.t.Errorf("columnKind %v", run["columnKind"])
	}
	driver := s.object(s.object(run["tool"])["driver"])
	s.fields("driver", driver, "name", "informationUri", "rules")
	for _, r := range s.list(driver["rules"]) {
		s.rule(s.object(r))
	}
	prints := map[any]bool{}
	for _, r := range s.list(run["results"]) {
		s.results++
		result := s.object(r)
		s.result(result)
		print := s.object(result["partialFingerprints"])[fingerprintKey]
		if prints[print] {
			s.t.Errorf("two results have the fingerprint %v", print)
		}
		prints[print] = true
	}
}

func (s *sarifChecker) rule(r map[string]any) {
	s.fields("rule", r, "id", "shortDescription", "fullDescription", "helpUri", "help", "defaultConfiguration", "properties")
	s.rules = append(s.rules, s.text("id", r["id"]))
	// GitHub shows up to 1,024 characters of a description.
	for _, name := range []string{"shortDescription", "fullDescription"} {
		if text := s.text(name, s.object(r[name])["text"]); len(text) > 1024 {
			s.t.Errorf("%s of %v has %d characters", name, r["id"], len(text))
		}
	}
	s.text("help", s.object(r["help"])["text"])
	s.text("help", s.object(r["help"])["markdown"])
	s.level(s.object(r["defaultConfiguration"])["level"])
	if u, err := url.Parse(s.text("helpUri", r["helpUri"])); err != nil || !u.IsAbs() || !strings.HasSuffix(u.Path, "/docs/lint.md") || u.Fragment != r["id"] {
		s.t.Errorf("helpUri %v", r["helpUri"])
	}
	if p := s.object(r["properties"])["precision"]; p != "high" {
		s.t.Errorf("precision %v", p)
	}
}

func (s *sarifChecker) result(r map[string]any) {
	s.fields("result", r, "ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "suppressions")
	if i, ok := r["ruleIndex"].(float64); !ok || s.rules[int(i)] != r["ruleId"] {
		s.t.Errorf("ruleIndex %v is not that of %v", r["ruleIndex"], r["ruleId"])
	}
	s.level(r["level"])
	s.text("message", s.object(r["message"])["text"])
	for name, v := range s.object(r["partialFingerprints"]) {
		if !regexp.MustCompile(`^[A-Za-z]+/v[0-9]+$`).MatchString(name) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(s.text(name, v)) {
			s.t.Errorf("fingerprint %s = %v", name, v)
		}
	}
	if len(s.list(r["locations"])) != 1 {
		s.t.Fatalf("%d locations", len(s.list(r["locations"])))
	}
	place := s.object(s.object(s.list(r["locations"])[0])["physicalLocation"])
	s.fields("physicalLocation", place, "artifactLocation", "region")
	uri := s.text("uri", s.object(place["artifactLocation"])["uri"])
	if u, err := url.Parse(uri); err != nil || strings.Contains(uri, " ") || strings.Contains(uri, "\\") || u.Scheme != "file" && u.Scheme != "" {
		s.t.Errorf("uri %s", uri)
	}
	region := s.object(place["region"])
	s.fields("region", region, "startLine", "startColumn", "endLine", "endColumn")
	for name, v := range region {
		if n, ok := v.(float64); !ok || n < 1 {
			s.t.Errorf("%s is %v", name, v)
		}
	}
}
