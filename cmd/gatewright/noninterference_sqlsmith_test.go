package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

// smithMasked are the columns that are masked for sqlsmith, which names columns at random and puts every other into a
// condition: few, so that enough statements pass.
var smithMasked = []string{"people.ssn", "people.doc", "accounts.iban"}

// TestNoninterferenceSQLSmith plays what sqlsmith makes of the twins' tables, of the system's and of every function and
// operator that the server has.
func TestNoninterferenceSQLSmith(t *testing.T) {
	if _, err := exec.LookPath("sqlsmith"); err != nil {
		t.Skip("NOT RUN: sqlsmith is not installed; on Debian: apt-get install sqlsmith")
	}
	tr := startWorld(t, newWorld(smithMasked...))
	tr.fresh(t)
	model, closed := tr.makeModel(t)
	counts := newTally()
	made := 0
	for _, options := range [][]string{{"--exclude-catalog"}, nil} {
		left := *madeStatements / 2
		for sql := range sqlsmith(t, model, options...) {
			if slices.ContainsFunc(closed, func(name string) bool { return strings.Contains(sql, name+" ") }) {
				continue
			}
			made++
			tr.playSmith(t, counts, made, sql)
			if left--; left == 0 {
				break
			}
		}
	}
	counts.print(t)
	if made < *madeStatements/2 {
		t.Errorf("sqlsmith made only %d statements", made)
	}
}

func (tr *twinned) playSmith(t *testing.T, counts *tally, number int, sql string) {
	how := []string{waySimple, wayText, wayBinary}[number%3]
	steps := []string{"BEGIN", sql, "ROLLBACK"}
	verdict, got := tr.verdict(t, steps, how)
	word := strings.ToLower(strings.Fields(sql)[0])
	counts.add(word, verdict, touchesMasked(sql))
	tr.odd(t, sql, verdict, got)
	if verdict == leaked {
		steps = tr.shrinkSteps(t, steps, how)
		t.Errorf("seed %d, statement %d, %s: the answer depends on masked values:\n%s\n%s", *madeSeed, number, how, strings.Join(steps, ";\n"), bothAnswers(got))
	}
	if word != "select" {
		tr.sweep(t)
	}
}

// touchesMasked reports whether a text names a masked column.
func touchesMasked(sql string) bool {
	for _, full := range smithMasked {
		_, column, _ := strings.Cut(full, ".")
		if strings.Contains(sql, "."+column+" ") || strings.Contains(sql, "."+column+",") || strings.Contains(sql, "."+column+")") {
			return true
		}
	}
	return false
}

// unaimed takes out of the model what would be masked beside the columns that are meant to be.
const unaimed = `DROP VIEW rich, ranked, grouped, everyone, holdings, people_deep; ALTER TABLE people DROP COLUMN pad, DROP COLUMN loud;
ALTER TABLE accounts DROP COLUMN pad; ALTER TABLE scratch DROP COLUMN pad; `

// makeModel starts a server whose catalog sqlsmith reads: the twins' without what the gateway turns away whatever is asked of it, since statements
// with that show nothing: functions that nobody has vouched for, and views that stand on a decision over a masked column.
// sqlsmith leaves out functions that return "internal"; the server itself needs the rows of some. It gives the relations
// of the server's own that are as closed.
func (tr *twinned) makeModel(t *testing.T) (model *pgserver.Server, closed []string) {
	t.Helper()
	model, err := pgserver.Start(t.Context(), pgserver.Config{From: tr.empty})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = model.Close() })
	run := func(sql string) string {
		t.Helper()
		out, err := model.PSQL(t.Context(), twinDatabase, sql)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	functions := unvouched(run("SELECT DISTINCT 'pg_catalog.' || quote_ident(proname) FROM pg_proc ORDER BY 1"), "SELECT %s(1)")
	for i := range functions {
		functions[i] = strings.Trim(strings.TrimPrefix(functions[i], "pg_catalog."), `"`)
	}
	run(unaimed + "SET allow_system_table_mods = on; UPDATE pg_proc SET prorettype = 'internal'::regtype WHERE proname IN (" +
		strings.Join(quoted(functions...), ", ") + ") OR pronamespace = 'public'::regnamespace")
	return model, unvouched(run(`SELECT relnamespace::regnamespace || '.' || relname FROM pg_class
WHERE relkind IN ('r', 'v') AND relnamespace::regnamespace::text IN ('pg_catalog', 'information_schema') ORDER BY 1`), "SELECT 1 FROM %s")
}

// unvouched gives the names, of one to a line, for which a statement needs a rule.
func unvouched(names, statement string) []string {
	var out []string
	for name := range strings.Lines(names) {
		name = strings.TrimSpace(name)
		for _, access := range sqlfacts.Classify(fmt.Sprintf(statement, name), &sqlfacts.Session{SearchPath: []string{"pg_catalog"}})[0].Accesses {
			if !access.Harmless {
				out = append(out, name)
			}
		}
	}
	return out
}

// sqlsmith gives statements without end as sqlsmith makes them, which looks at the model and runs none of them.
func sqlsmith(t *testing.T, s *pgserver.Server, options ...string) func(func(string) bool) {
	target := fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s", s.Host, s.Port, pgserver.User, pgserver.Password, twinDatabase)
	cmd := exec.CommandContext(t.Context(), "sqlsmith", append(options, "--target="+target, "--dry-run",
		"--seed="+strconv.FormatInt(*madeSeed, 10))...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		r := bufio.NewReader(out)
		var sql strings.Builder
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Errorf("sqlsmith ended: %v: %v\n%s", err, cmd.Wait(), said.String())
				return
			}
			text, last := strings.CutSuffix(strings.TrimRight(line, "\n"), ";")
			switch {
			case !last && !chatter(line):
				sql.WriteString(line)
			case last && !yield(steadySample(sql.String()+text)):
				_ = cmd.Process.Kill() // it goes on for ever
				_ = cmd.Wait()
				return
			case last:
				sql.Reset()
			}
		}
	}
}

// chatter reports whether a line is what sqlsmith says of itself.
func chatter(line string) bool {
	return strings.HasPrefix(line, "SQLsmith ") || strings.HasPrefix(line, "Loading ") || strings.HasPrefix(line, "Generating ")
}

// steadySample makes a sample take the same rows each time, and more of them than sqlsmith would: its tables are small.
func steadySample(sql string) string {
	words := tokens(sql)
	for i := range words {
		if strings.TrimSpace(words[i]) == "tablesample" && i+4 < len(words) && strings.HasPrefix(words[i+2], "(") {
			words[i+3] = "70"
			words[i+4] = ") repeatable (7) "
		}
	}
	return strings.Join(words, "")
}
