package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// TestExplainFromALog writes real logs that do not tell all that an explanation needs, or tell it in the wrong order, and
// holds what is said of each.
func TestExplainFromALog(t *testing.T) {
	dir := writeManyRules(t, 1)
	base := audit.Record{Session: "s1", Principal: &schema.Principal{Issuer: "corp", Subject: "c", Kind: schema.KindMachine, Groups: []string{"app"}}, Protocol: schema.ProtocolPostgres, Target: "db", Bundle: "sha256:0"}
	opened, decision, unknown, refused, other := base, base, base, base, base
	other.Kind, other.Session = audit.KindSessionOpened, "s2"
	opened.Kind, refused.Kind = audit.KindSessionOpened, audit.KindSessionRefused
	refused.Reason = "no rule lets this principal connect"
	decision.Kind, unknown.Kind = audit.KindDecision, audit.KindDecision
	j, _, err := (&program{stderr: os.Stderr, getenv: os.Getenv}).loadJudge(dir)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := j.catalog("db")
	if err != nil {
		t.Fatal(err)
	}
	action := decided(t, "SELECT id FROM a", catalog, base.Principal)
	action.Target = "db"
	var d schema.Decision
	j.engine.Decide(action, &d)
	decision.Action, decision.Decision = action, &d
	unknown.Action, unknown.Decision, unknown.Protocol = action, &d, "mysql"
	held := decision
	ticketed := d
	ticketed.Ticket = "tk_1"
	held.Decision = &ticketed
	for name, tt := range map[string]struct {
		records []audit.Record
		joined  bool
		more    []string
		code    int
		says    string
	}{
		"whole":                  {records: []audit.Record{opened, decision}, says: "ALLOW"},
		"a ticket":               {records: []audit.Record{opened, held}, says: "the record names ticket tk_1"},
		"another log joined":     {records: []audit.Record{opened, decision}, joined: true, code: exitUsage, says: "line 3 may stand in"},
		"opened afterwards":      {records: []audit.Record{other, decision, opened}, code: exitUsage, says: "does not hold the beginning of session s1"},
		"groups given":           {records: []audit.Record{other, decision, opened}, more: []string{"--groups", "app"}, says: "ALLOW"},
		"another protocol":       {records: []audit.Record{opened, unknown}, code: exitUsage, says: "is about mysql on target"},
		"a connect that is none": {records: []audit.Record{opened, refused}, code: exitUsage, says: "of kind session.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.jsonl")
			writeLog(t, path, tt.records)
			if tt.joined {
				second := filepath.Join(t.TempDir(), "audit.jsonl")
				writeLog(t, second, []audit.Record{opened, unknown})
				joinFiles(t, path, second)
			}
			code, out, diag := play(t, append([]string{"explain", dir, "--record", "3", "--audit", path}, tt.more...)...)
			if all := strings.Join(strings.Fields(out+diag), " "); code != tt.code || !strings.Contains(all, tt.says) {
				t.Errorf("exit %d, and it does not say %q:\n%s", code, tt.says, all)
			}
		})
	}
}

func writeLog(t *testing.T, path string, records []audit.Record) {
	t.Helper()
	log, err := audit.Open(path, audit.Options{Now: func() time.Time { return testTime }})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for i := range records {
		if _, err := log.Append(&records[i]); err != nil {
			t.Fatal(err)
		}
	}
}

// joinFiles writes a second file's text at the end of a first.
func joinFiles(t *testing.T, first, second string) {
	t.Helper()
	var all [][]byte
	for _, path := range []string{first, second} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := os.WriteFile(first, bytes.Join(all, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestExplainReadsABoundedAmount: a text so long that what is tried in its place would be too much to read is explained,
// and what was left untried says why.
func TestExplainReadsABoundedAmount(t *testing.T) {
	dir := writeManyRules(t, 0)
	policy := strings.Replace(triedPolicy, `["public.a"] }`, `["public.a"] }
  when = "sql.length == 7777"`, 1)
	if err := os.WriteFile(filepath.Join(dir, "policy.hcl"), []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	sql := "SELECT '" + strings.Repeat("x", 900_000) + "'" + strings.Repeat("; DELETE FROM a", 8)
	code, out, diag := play(t, "explain", dir, "--target", "db", "--subject", "c", "--groups", "app", "--format", "json", "--sql", sql)
	if code != exitClean {
		t.Fatal(diag)
	}
	var x explained
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, s := range x.Statements {
		for _, o := range s.Otherwise {
			reasons = append(reasons, o.Reason)
		}
	}
	if !strings.Contains(fmt.Sprint(reasons), "there is too much SQL to try more") {
		t.Errorf("%d statements, %q", len(x.Statements), reasons)
	}
}

// TestExplainKeepsTheTerminal: what a caller or a statement brings along reaches the terminal as no control character, and
// no line has more than 80 columns.
func TestExplainKeepsTheTerminal(t *testing.T) {
	dir := writeManyRules(t, 0)
	bad := "\x1b[31mX\r\n\u009bK\u202e\x1b]0;t\a"
	for name, sql := range map[string]string{
		"a literal and an alias": `SELECT id AS "n` + bad + `" FROM a WHERE id::text = '` + bad + `'`,
		"an unknown table":       `SELECT id FROM "q` + bad + `"`,
		"a syntax error":         `SELECT id FROM a WHERE '` + bad + `' '` + bad,
	} {
		t.Run(name, func(t *testing.T) {
			_, out, diag := play(t, "explain", dir, "--target", "db", "--subject", "c"+bad, "--groups", "app,g"+bad, "--application", bad, "--sql", sql)
			if out+diag == "" {
				t.Fatal("nothing is said")
			}
			for line := range strings.Lines(out + diag) {
				line = strings.TrimSuffix(line, "\n")
				if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
					t.Errorf("a control character: %q", line)
				}
				if n := utf8.RuneCountInString(line); n > 80 {
					t.Errorf("%d columns: %s", n, line)
				}
			}
		})
	}
}
