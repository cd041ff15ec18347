package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// trafficStage holds the example's policy, two edits of it, and a log of what the first decided.
func trafficStage(t *testing.T, sessions int) string {
	t.Helper()
	dir := exitStage(t)
	writeTraffic(t, filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "good"), sessions)
	return dir
}

var trafficSQL = []string{
	"SELECT id FROM orders WHERE id = 7", "UPDATE orders SET status = 'sent' WHERE id = 7", "DELETE FROM orders WHERE id = 3",
	"DELETE FROM orders", "INSERT INTO orders DEFAULT VALUES", "SELECT pan FROM cards", "DO $$ BEGIN END $$",
}

// writeTraffic writes the decisions of a policy's own engine into a real log, as a gateway does.
func writeTraffic(t testing.TB, path, policy string, sessions int) {
	t.Helper()
	j, suite, err := (&program{stderr: os.Stderr, getenv: os.Getenv}).loadJudge(policy)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := j.catalog("payments-db")
	if err != nil {
		t.Fatal(err)
	}
	now := testTime
	log, err := audit.Open(path, audit.Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	write := func(r audit.Record) {
		if _, err := log.Append(&r); err != nil {
			t.Fatal(err)
		}
	}
	statements := make([]*schema.Action, len(trafficSQL))
	for i, sql := range trafficSQL {
		statements[i] = decidedAs(t, sql, catalog)
	}
	var callers []*schema.Principal
	for i := range suite.Principals {
		if who, err := j.principal(&suite.Principals[i]); err == nil { // some are there to be refused
			callers = append(callers, who)
		}
	}
	for i := range sessions {
		who := callers[i%len(callers)]
		r := audit.Record{
			Session: fmt.Sprint("s", i), Principal: who, Protocol: schema.ProtocolPostgres, Target: "payments-db", Bundle: strings.Repeat("ab", 32),
		}
		decide := func(kind audit.Kind, a schema.Action) {
			a.Principal, a.Request.ClientAddress = who, ""
			var d schema.Decision
			j.engine.Decide(&a, &d)
			r.Kind, r.Action, r.Decision = kind, &a, &d
			write(r)
			r.Action, r.Decision = nil, nil
		}
		opening := *statements[0]
		opening.Accesses, opening.SQL, opening.Outputs, opening.Uses = []schema.Access{{Verb: schema.VerbConnect}}, nil, nil, nil
		decide(audit.KindSessionOpened, opening)
		for _, a := range statements {
			decide(audit.KindDecision, *a)
		}
		r.Kind = audit.KindSessionClosed
		write(r)
	}
	r := audit.Record{
		Kind: audit.KindDecision, Session: "unknown", Principal: &schema.Principal{Issuer: "corp", Subject: "svc:lost", Kind: "machine"},
		Protocol: schema.ProtocolPostgres, Target: "payments-db", Action: statements[0], Decision: &schema.Decision{},
	}
	write(r)
	r.Target = "gone-db"
	write(r)
}

func decidedAs(t testing.TB, sql string, catalog *schema.Catalog) *schema.Action {
	t.Helper()
	return decided(t, sql, catalog, nil)
}

// TestReplay re-decides a real log by two policies each, and knows what must come out of it.
func TestReplay(t *testing.T) {
	dir := trafficStage(t, 6)
	replay := func(from, to string, more ...string) (int, *traffic) {
		t.Helper()
		args := []string{"plan", "--from", filepath.Join(dir, from), "--to", filepath.Join(dir, to), "--traffic", filepath.Join(dir, "audit.jsonl"), "--format", "json"}
		code, out, diag := play(t, append(args, more...)...)
		var got planned
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("exit %d: %v\n%s", code, err, diag)
		}
		return code, got.Traffic
	}
	for _, c := range []struct {
		name, from, to string
		more           []string
		code           int
		flips          []string
		unreplayed     []string
	}{
		{"nothing changes", "good", "good", []string{"--detailed-exitcode"}, exitClean, nil, lost},
		{
			"less", "good", "tighter", []string{"--detailed-exitcode"}, exitChanges,
			[]string{"approve by approve.prod-delete -> deny, as #8"}, lost,
		},
		{
			"more", "good", "looser", []string{"--fail-on", "loosen"}, exitFindings,
			[]string{"approve by approve.prod-delete -> allow by allow.order-service, as #8", "approve by approve.prod-delete -> allow by allow.dba, as #35"}, lost,
		},
		{
			"another policy than the one that decided", "tighter", "good", nil, exitClean, nil,
			append([]string{"the old policy decides otherwise than was recorded, by what the log keeps of it"}, lost...),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, got := replay(c.from, c.to, c.more...)
			var flips, reasons []string
			for _, f := range got.Flips {
				flips = append(flips, fmt.Sprintf("%s -> %s, as #%d", briefly(f.Before.Decision, f.Before.Rules), briefly(f.After.Decision, f.After.Rules), f.Example))
			}
			for _, r := range got.Reasons {
				reasons = append(reasons, r.Reason)
			}
			if diff := cmp.Diff(c.flips, flips); diff != "" {
				t.Errorf("flips (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.unreplayed, reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
			if code != c.code || got.Decisions != 6*(1+len(trafficSQL))+2 || got.Decisions != got.Stay+got.Flip+got.NotReplayed {
				t.Errorf("exit %d: %+v", code, got)
			}
		})
	}
}

// lost are the decisions that no policy can make again: one of a session that the log does not begin, one of a target
// that is gone.
var lost = []string{"target \"gone-db\" is not in the old policy", "the log does not hold the beginning of the session, which tells the groups"}

func briefly(decision string, rules []string) string {
	if len(rules) == 0 {
		return decision
	}
	return decision + " by " + strings.Join(rules, ", ")
}

// TestReplayOfLostFacts: what the log does not keep decides nothing by chance.
func TestReplayOfLostFacts(t *testing.T) {
	for _, c := range []struct {
		name, old, new, want string
		flips                int
	}{
		{"not asked for", "true", "false", "", 1},
		{"some value flips it", "sql.limit < 100", "sql.limit < 50", "the log does not keep sql.limit, and the decision hangs on it", 0},
		{"no value flips it", "sql.limit < 100", "sql.limit < 1000", "", 0},
		{"every value that agrees with the record flips it", "sql.limit < 100", "sql.limit > 100", "", 1},
		{"asked for oddly", "sql.limit < 100", "sql.limit % 2 == 0", "the log does not keep sql.limit, and a condition asks for it", 0},
		{"the length of the text", "sql.length < 1000", "sql.length < 1000 && sql.has_limit", "", 0},
		{"its length decides", "sql.length < 1000", "sql.length < 20", "the log does not keep sql.length, and the decision hangs on it", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := replayLimits(t, c.old, c.new)
			reason := ""
			if len(got.Reasons) > 0 {
				reason = got.Reasons[0].Reason
			}
			if reason != c.want || got.Flip != c.flips {
				t.Errorf("%d flip, reason %q", got.Flip, reason)
			}
		})
	}
}

// replayLimits records one statement with a LIMIT as a policy decides it, and replays it by another.
func replayLimits(t *testing.T, old, new string) *traffic {
	t.Helper()
	dir := t.TempDir()
	for name, condition := range map[string]string{"old": old, "new": new} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS("../../examples/payments")); err != nil {
			t.Fatal(err)
		}
		rest := "policy \"payments\" { language = 1 }\nissuer \"corp\" {\n  oidc {\n    url = \"https://login.example.com\"\n    audiences = [\"gatewright\"]\n  }\n}\n" +
			"target \"payments-db\" {\n  protocol = \"postgres\"\n  catalog = \"payments-db.catalog.json\"\n}\n" +
			"allow \"limited\" {\n  targets = [\"payments-db\"]\n  when = \"" + condition + "\"\n}\n"
		for _, file := range []string{"policy.hcl", "payments_test.hcl"} {
			text := map[string]string{"policy.hcl": rest}[file]
			if err := os.WriteFile(filepath.Join(dir, name, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	j, _, err := (&program{stderr: os.Stderr, getenv: os.Getenv}).loadJudge(filepath.Join(dir, "old"))
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := j.catalog("payments-db")
	if err != nil {
		t.Fatal(err)
	}
	action := decidedAs(t, "SELECT id FROM orders LIMIT 10", catalog)
	action.Principal = &schema.Principal{Issuer: "corp", Subject: "a", Kind: "machine"}
	log, err := audit.Open(filepath.Join(dir, "audit.jsonl"), audit.Options{Now: func() time.Time { return testTime }})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	r := audit.Record{Kind: audit.KindSessionOpened, Session: "s", Principal: action.Principal, Protocol: schema.ProtocolPostgres, Target: "payments-db"}
	if _, err := log.Append(&r); err != nil {
		t.Fatal(err)
	}
	var d schema.Decision
	j.engine.Decide(action, &d)
	r.Kind, r.Action, r.Decision = audit.KindDecision, action, &d
	if _, err := log.Append(&r); err != nil {
		t.Fatal(err)
	}
	code, out, diag := play(t, "plan", "--from", filepath.Join(dir, "old"), "--to", filepath.Join(dir, "new"), "--traffic", filepath.Join(dir, "audit.jsonl"), "--format", "json")
	var got planned
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("exit %d: %v\n%s", code, err, diag)
	}
	return got.Traffic
}

// BenchmarkReplay takes the decisions of a long log to both policies.
func BenchmarkReplay(b *testing.B) {
	policy := filepath.Join("..", "..", "examples", "payments")
	for _, sessions := range []int{250, 2_500, 25_000} {
		decisions := sessions*(1+len(trafficSQL)) + 2
		b.Run(fmt.Sprintf("decisions=%d", decisions), func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "audit.jsonl")
			writeTraffic(b, file, policy, sessions)
			p := &program{stderr: os.Stderr, getenv: os.Getenv}
			source, err := p.planSource(b.Context(), policy, "")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				got, err := p.replay(file, source, source)
				if err != nil || got.Decisions != decisions || got.Flip != 0 {
					b.Fatalf("%v %+v", err, got)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(decisions), "ns/decision")
		})
	}
}
