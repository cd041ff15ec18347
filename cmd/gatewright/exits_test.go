package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
)

// exitStage makes what the table of exit codes is asked of: policies that are good, weak, untidy, failing, invalid and
// absent, and bundles that are whole, signed by another and damaged.
func exitStage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "good"), os.DirFS("../../examples/payments")); err != nil {
		t.Fatal(err)
	}
	edits := map[string]struct{ old, new string }{
		"looser":  {`postgres { verbs = ["delete", "truncate", "drop"] }`, `postgres { verbs = ["truncate", "drop"] }`},
		"tighter": {`verbs  = ["select", "insert", "update", "delete"]`, `verbs  = ["select", "insert", "update"]`},
		"failing": {`"sql.where_bound"`, `"sql.has_where"`},
		"untidy":  {`owner    =`, `owner =`},
		"linted":  {`  message = "UPDATE and DELETE on production need a WHERE that can be false"`, ``},
		"refuted": {`mask "cards" {`, "invariant \"nobody reads\" {\n  never = \"allow\"\n  when  = \"access.verb == 'select'\"\n}\n\nmask \"cards\" {"},
		"invalid": {`sql.where_bound`, `sql.where_bond`},
	}
	for name, edit := range edits {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS("../../examples/payments")); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name, "policy.hcl")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), edit.old, edit.new, 1)
		if changed == string(text) {
			t.Fatalf("the example has no %q", edit.old)
		}
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	clean(t, dir, "keygen --out release.key", "keygen --out other.key", "compile good --out good.gwb --key release.key")
	whole, err := os.ReadFile(filepath.Join(dir, "good.gwb"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	for name, data := range map[string][]byte{
		"damaged.gwb": damaged, "gateway.hcl": []byte(gatewayOfDamaged),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	exitLogs(t, dir)
	writeTraffic(t, filepath.Join(dir, "traffic.jsonl"), filepath.Join(dir, "good"), 2)
	return dir
}

// exitLogs writes an audit log, and the same with a word changed.
func exitLogs(t *testing.T, dir string) {
	t.Helper()
	log, err := audit.Open(filepath.Join(dir, "audit.jsonl"), audit.Options{Now: func() time.Time { return testTime }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(&audit.Record{Kind: audit.KindBundleRefused, Reason: "too old"}); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", ".head"} {
		data, err := os.ReadFile(filepath.Join(dir, "audit.jsonl"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.Replace(data, []byte("too old"), []byte("too new"), 1)
		if err := os.WriteFile(filepath.Join(dir, "broken.jsonl"+suffix), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const gatewayOfDamaged = `bundle {
  path = "damaged.gwb"
  keys = ["release.key.pub"]
}
listener "postgres" {
  address           = "127.0.0.1:0"
  insecure_loopback = true
}
upstream "payments-db" {
  address  = "127.0.0.1:1"
  database = "payments"
  user     = "gateway"
  password = "file:release.key.pub"
}
audit { path = "log.jsonl" }
store { path = "gatewright.db" }
`

func clean(t *testing.T, dir string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if code, out := exitOf(t, dir, line); code != exitClean {
			t.Fatalf("gatewright %s: exit %d\n%s", line, code, out)
		}
	}
}

// exitOf runs the program as a process in dir.
func exitOf(t *testing.T, dir, line string) (int, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Args = append([]string{"gatewright"}, strings.Fields(line)...)
	cmd.Path = filepath.Join(dir, "gatewright")
	if _, err := os.Lstat(cmd.Path); err != nil {
		if err := os.Symlink(self, cmd.Path); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(said)
}

// exitTable is every verb that has something to find, and each end that it can come to.
var exitTable = []struct {
	line string
	code int
}{
	{"fmt --check good", exitClean},
	{"fmt --check untidy", exitFindings},
	{"fmt --check absent", exitUsage},
	{"validate good", exitClean},
	{"validate untidy", exitClean},
	{"validate refuted", exitFindings},
	{"validate invalid", exitInvalid},
	{"validate absent", exitUsage},
	{"validate", exitUsage},
	{"lint good --today 2026-12-01", exitClean},
	{"lint linted --today 2026-12-01 --fail-on info", exitFindings},
	{"lint invalid", exitInvalid},
	{"lint absent", exitUsage},
	{"test good", exitClean},
	{"test good --coverage-min 100", exitClean},
	{"test failing", exitFindings},
	{"test good --run order --coverage-min 100", exitFindings},
	{"test invalid", exitInvalid},
	{"test good --run (", exitUsage},
	{"test absent", exitUsage},
	{"plan --from good --to good", exitClean},
	{"plan --from good --to good --detailed-exitcode", exitClean},
	{"plan --from good --to looser", exitClean},
	{"plan --from good --to tighter --detailed-exitcode", exitChanges},
	{"plan --from good --to looser --detailed-exitcode", exitLooser},
	{"plan --from good --to looser --fail-on loosen", exitFindings},
	{"plan --from good --to tighter --fail-on loosen", exitClean},
	{"plan --from good --to good --traffic traffic.jsonl --detailed-exitcode", exitClean},
	{"plan --from good --to tighter --traffic traffic.jsonl --detailed-exitcode", exitChanges},
	{"plan --from good --to looser --traffic traffic.jsonl --fail-on loosen", exitFindings},
	{"plan --from good --to tighter --traffic broken.jsonl", exitFindings},
	{"plan --from good --to tighter --traffic absent.jsonl", exitUsage},
	{"plan --from good --to invalid", exitInvalid},
	{"plan --from absent --to good", exitUsage},
	{"plan --from git:absent --to good", exitUsage},
	{"plan --from damaged.gwb --to good", exitRefused},
	{"compile good --out again.gwb --key release.key", exitClean},
	{"compile invalid --out again.gwb --key release.key", exitInvalid},
	{"compile good --out again.gwb --key absent.key", exitUsage},
	{"compile good", exitUsage},
	{"inspect good.gwb", exitClean},
	{"inspect damaged.gwb", exitRefused},
	{"inspect absent.gwb", exitUsage},
	{"verify good.gwb --key release.key.pub", exitClean},
	{"verify good.gwb --key other.key.pub", exitRefused},
	{"verify damaged.gwb --key release.key.pub", exitRefused},
	{"verify absent.gwb --key release.key.pub", exitUsage},
	{"verify good.gwb", exitUsage},
	{"explain good --as billing --target payments-db --sql SELECT", exitClean},
	{"explain invalid --as billing --target payments-db --sql SELECT", exitInvalid},
	{"explain good --as nobody --target payments-db --sql SELECT", exitUsage},
	{"explain damaged.gwb --subject a --target payments-db --sql SELECT", exitRefused},
	{"init new --target shop-db", exitClean},
	{"init good --target shop-db", exitUsage},
	{"catalog pull --address 127.0.0.1:1 --database d --user u --password file:release.key.pub --out c.json", exitUsage},
	{"audit verify absent.jsonl", exitUsage},
	{"audit verify audit.jsonl", exitClean},
	{"audit verify broken.jsonl", exitFindings},
	{"keygen --out release.key", exitUsage},
	{"gateway --config absent.hcl", exitUsage},
	{"gateway --config gateway.hcl", exitRefused},
	{"approvals list --admin http://127.0.0.1:1 --token-file release.key.pub", exitUsage},
	{"sessions list --admin http://127.0.0.1:1 --token-file release.key.pub", exitUsage},
	{"issuer", exitUsage},
	{"token", exitUsage},
	{"untokenize --key file:release.key.pub", exitClean},
	{"untokenize --key env:ABSENT", exitUsage},
	{"version", exitClean},
	{"version --format yaml", exitUsage},
	{"nonsense", exitUsage},
}

// TestExitCodes runs each verb to each of its ends. What ends otherwise than clean says why, with a hint or the finding,
// and within a terminal.
func TestExitCodes(t *testing.T) {
	dir := exitStage(t)
	for _, tt := range exitTable {
		t.Run(tt.line, func(t *testing.T) {
			code, said := exitOf(t, dir, tt.line)
			if code != tt.code {
				t.Errorf("exit %d, want %d\n%s", code, tt.code, said)
			}
			if code != exitClean && said == "" {
				t.Error("it says nothing")
			}
			if (code == exitUsage || code == exitRefused) && !strings.Contains(said, "Hint: ") {
				t.Errorf("no hint in:\n%s", said)
			}
			fits(t, said)
			if strings.Contains(said, "\x1b[") {
				t.Errorf("colour in a pipe: %q", said)
			}
		})
	}
}

// TestExitTableIsWhole: every code that there is, and every verb but those that serve until they are stopped.
func TestExitTableIsWhole(t *testing.T) {
	codes, verbs := map[int]bool{}, map[string]bool{}
	for _, tt := range exitTable {
		codes[tt.code] = true
		verb, _, _ := strings.Cut(tt.line, " ")
		verbs[verb] = true
	}
	for _, e := range exitMeanings {
		if !codes[e.code] {
			t.Errorf("no verb ends with %d", e.code)
		}
	}
	var missing []string
	for _, path := range everyCommand() {
		if len(path) == 1 && !verbs[path[0]] {
			missing = append(missing, path[0])
		}
	}
	slices.Sort(missing)
	if diff := cmp.Diff([]string{"completion", "demo", "help"}, missing); diff != "" {
		t.Errorf("verbs without a row (-want +got):\n%s", diff)
	}
}
