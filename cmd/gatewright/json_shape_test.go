package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

// jsonLines are runs that fill as much of each verb's JSON as can be, on the stage of the exit codes.
var jsonLines = map[string][]string{
	"validate":     {"validate good --format json", "validate invalid --format json", "validate refuted --format json"},
	"lint":         {"lint linted --today 2026-12-01 --format json", "lint good --today 2026-12-01 --format json"},
	"test":         {"test failing --format json --coverage", "test good --format json --coverage --mutate"},
	"plan":         {"plan --from good --to looser --format json", "plan --from good --to tighter --traffic traffic.jsonl --format json"},
	"explain":      {"explain good --as order-service --target payments-db --format json --sql DELETE\tFROM\torders"},
	"inspect":      {"inspect good.gwb --costs --format json"},
	"version":      {"version --format json"},
	"audit verify": {"audit verify full.jsonl --format json", "audit verify cut.jsonl --format json"},
	"audit query":  {"audit query full.jsonl --format json", "audit query cut.jsonl --format json"},
	"catalog diff": {"catalog diff good/payments-db.catalog.json drifted.json --policy good --format json"},
}

// jsonAnswers are what those verbs print that ask a gateway, of an answer with everything in it.
var jsonAnswers = map[string]func(*adminClient) error{
	"approvals list":    func(a *adminClient) error { return a.printTickets(ticketList{[]schema.Ticket{fullTicket()}}) },
	"approvals show":    func(a *adminClient) error { return a.printTicket(fullTicket()) },
	"approvals approve": func(a *adminClient) error { return a.printTicket(fullTicket()) },
	"approvals deny":    func(a *adminClient) error { return a.printTicket(fullTicket()) },
	"sessions list": func(a *adminClient) error {
		return a.printSessions(sessionList{[]sessionInfo{{ID: "s", Since: testTime, Expires: testTime}}})
	},
}

func fullTicket() schema.Ticket {
	ticket := exampleTicket()
	ticket.Route.Notify, ticket.Shortened = []string{"webhook"}, true
	return ticket
}

// TestSnapshotOfJSON holds the shape of what the verbs print for programs: the names and types of everything. Who changes
// it other than by adding raises format_version; -update writes it.
func TestSnapshotOfJSON(t *testing.T) {
	dir := exitStage(t)
	jsonLogs(t, dir)
	driftedCatalog(t, dir)
	for _, verb := range jsonVerbs(t) {
		t.Run(verb, func(t *testing.T) {
			shape := map[string]string{}
			for _, line := range jsonLines[verb] {
				shapeOf(t, shape, "", decoded(t, dir, line))
			}
			if print := jsonAnswers[verb]; print != nil {
				shapeOf(t, shape, "", answered(t, print))
			}
			if shape[".format_version"] != "number" {
				t.Error("it has no format_version")
			}
			var got strings.Builder
			for _, name := range slices.Sorted(maps.Keys(shape)) {
				fmt.Fprintf(&got, "%s %s\n", name, shape[name])
			}
			file := filepath.Join("..", "..", "testdata", "json", strings.ReplaceAll(verb, " ", "_")+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-tree +printed):\n%s", file, diff)
			}
		})
	}
}

// jsonVerbs are all that offer the format json.
func jsonVerbs(t *testing.T) []string {
	t.Helper()
	var verbs []string
	root := newRoot(&program{getenv: func(string) string { return "" }})
	for _, path := range everyCommand() {
		cmd, _, err := root.Find(path)
		if err != nil || cmd.HasSubCommands() {
			continue
		}
		verb := strings.Join(path, " ")
		flag := cmd.Flag("format")
		held := jsonLines[verb] != nil || jsonAnswers[verb] != nil
		if offers := flag != nil && strings.Contains(flag.Usage, "json"); offers != held {
			t.Errorf("%s: it offers json: %v, and its shape is held: %v", verb, offers, held)
		}
		if held {
			verbs = append(verbs, verb)
		}
	}
	return verbs
}

// answered gives what a verb prints as JSON.
func answered(t *testing.T, print func(*adminClient) error) any {
	t.Helper()
	var out bytes.Buffer
	if err := print(&adminClient{p: &program{stdout: &out}, format: "json"}); err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// decoded runs the program and reads its standard output. A tab stands for a blank within a word.
func decoded(t *testing.T, dir, line string) any {
	t.Helper()
	args := strings.Split(line, " ")
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "\t", " ")
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "gatewright"), args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	var value any
	if broken := json.Unmarshal(out, &value); broken != nil {
		t.Fatalf("gatewright %s: %v, %v\n%s", line, broken, err, out)
	}
	return value
}

// keyed are objects whose keys are words or claims: what is in them is not the product's to hold.
var keyed = []string{"counts", "claims", "detected"}

func shapeOf(t *testing.T, shape map[string]string, at string, value any) {
	t.Helper()
	kind := ""
	switch v := value.(type) {
	case map[string]any:
		if slices.Contains(keyed, at[strings.LastIndex(at, ".")+1:]) {
			shape[at] = "map"
			return
		}
		for name, inner := range v {
			shapeOf(t, shape, at+"."+name, inner)
		}
		return
	case []any:
		kind = "list"
		for _, inner := range v {
			shapeOf(t, shape, at+"[]", inner)
		}
	case string:
		kind = "text"
	case float64:
		kind = "number"
	case bool:
		kind = "flag"
	case nil:
		return
	}
	if old := shape[at]; old != "" && old != kind {
		t.Errorf("%s is a %s and a %s", at, old, kind)
	}
	shape[at] = kind
}
