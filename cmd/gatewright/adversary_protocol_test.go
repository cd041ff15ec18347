package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// otherPolicy lets the analyst do more in a schema in which nothing is classified.
const otherPolicy = `
allow "other" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs  = ["select", "truncate"]
    tables = ["other.*"]
  }
}
`

// otherSchema has the names of public, and nothing behind them.
const otherSchema = `
CREATE SCHEMA other;
CREATE TABLE other.customers (id int, ssn text);
CREATE TABLE other.order_items (id int);
CREATE VIEW other.calm AS SELECT 'x' || 'y' AS v;
CREATE VIEW public.calm AS SELECT 'x' || ssn AS v FROM customers LIMIT 3;
`

// script is what one client sends.
type script struct {
	name     string
	messages []pgproto3.FrontendMessage
	// want is part of what must come back, when it is sent in turns.
	want string
}

// steps joins messages and lists of them.
func steps(parts ...any) []pgproto3.FrontendMessage {
	var all []pgproto3.FrontendMessage
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			all = append(all, query(p))
		case pgproto3.FrontendMessage:
			all = append(all, p)
		case []pgproto3.FrontendMessage:
			all = append(all, p...)
		}
	}
	return all
}

// The statements that scripts mix up: one that must be masked, one that need not be, one that fails before its rows.
const (
	stealing = "SELECT 'x' || ssn FROM customers LIMIT 3"
	calm     = "SELECT 'x' || 'y'"
	failing  = "SELECT 'x' || (1/0)::text"
	copyIn   = "COPY order_items FROM STDIN"
)

// TestAdversaryProtocol sends messages in orders in which no driver does, with names that come to mean something else.
// The session may end. It must not hang, show a masked value or do what no rule allows.
func TestAdversaryProtocol(t *testing.T) {
	s := startScene(t, otherSchema)
	gw := s.gateway(t, corpusPolicy+otherPolicy)
	for _, scripts := range [][]script{copyScripts(), nameScripts(), portalScripts(), utilityScripts(), orderScripts()} {
		for _, c := range scripts {
			t.Run(c.name, func(t *testing.T) {
				for _, w := range []struct {
					name string
					play func(*testing.T, *wire, []pgproto3.FrontendMessage) [][]byte
				}{{"at once", playAtOnce}, {"one by one", playOneByOne}, {"in turns", playInTurns}} {
					t.Run(w.name, func(t *testing.T) {
						answers := w.play(t, gw.dial(t), append(c.messages, query("ROLLBACK"), query(theEnd)))
						s.hidden(t, answers)
						if n := s.items(t); n != "1000" {
							t.Errorf("%s rows are left in a table that may not be emptied", n)
						}
						if w.name == "in turns" && !bytes.Contains(bytes.Join(answers, nil), []byte(c.want)) {
							t.Errorf("%q is not in %q", c.want, cut(answers))
						}
					})
				}
			})
		}
	}
}

const theEnd = "SELECT 'the end'"

func isTheEnd(m pgproto3.BackendMessage) bool {
	row, ok := m.(*pgproto3.DataRow)
	return ok && len(row.Values) == 1 && string(row.Values[0]) == "the end"
}

// playAtOnce sends all in one write.
func playAtOnce(t *testing.T, w *wire, messages []pgproto3.FrontendMessage) [][]byte {
	var all []byte
	for _, m := range messages {
		all = append(all, encoded(t, m)...)
	}
	_, _ = w.conn.Write(all) // the session may end meanwhile
	answers, _ := w.answers(t, isTheEnd)
	return answers
}

// playOneByOne sends each message in a write of its own, and waits for nothing.
func playOneByOne(t *testing.T, w *wire, messages []pgproto3.FrontendMessage) [][]byte {
	for _, m := range messages {
		_, _ = w.conn.Write(encoded(t, m)) // the session may end meanwhile
	}
	answers, _ := w.answers(t, isTheEnd)
	return answers
}

// playInTurns waits, behind each Sync and Query, until the server is ready or reads CopyData.
func playInTurns(t *testing.T, w *wire, messages []pgproto3.FrontendMessage) [][]byte {
	var all [][]byte
	copying := false
	for _, m := range messages {
		_, _ = w.conn.Write(encoded(t, m)) // the session may end meanwhile
		switch m.(type) {
		case *pgproto3.CopyDone, *pgproto3.CopyFail:
			copying = false
			continue
		case *pgproto3.Sync, *pgproto3.Query:
		default:
			continue
		}
		if copying {
			continue
		}
		answers, ended := w.answers(t, func(m pgproto3.BackendMessage) bool {
			_, copying = m.(*pgproto3.CopyInResponse)
			return copying || isReady(m)
		})
		all = append(all, answers...)
		if ended {
			return all
		}
	}
	if bytes.Contains(bytes.Join(all, nil), []byte("the end")) {
		return all
	}
	answers, _ := w.answers(t, isTheEnd)
	return append(all, answers...)
}

// copyScripts mix up what the server reads as data of a COPY with what it reads as messages.
func copyScripts() []script {
	sync, flush := &pgproto3.Sync{}, &pgproto3.Flush{}
	done, fail := &pgproto3.CopyDone{}, &pgproto3.CopyFail{Message: "x"}
	data := &pgproto3.CopyData{Data: []byte("9\t9\tx\t1\n")}
	wrong := &pgproto3.CopyData{Data: []byte("wrong\n")}
	return []script{
		{name: "Sync in a COPY of a Query", messages: steps(copyIn, sync, done, failing, stealing, calm), want: "****"},
		{name: "Sync in a COPY of an Execute", messages: steps(unnamed(copyIn), sync, done, sync, stealing, calm), want: "****"},
		{name: "many Syncs in a COPY", messages: steps(copyIn, sync, sync, sync, flush, sync, done, sync, stealing, calm, calm, calm), want: "****"},
		{name: "COPY among other statements", messages: steps("SELECT 1; "+copyIn+"; "+calm, sync, done, failing, stealing, calm), want: "****"},
		{name: "COPY that the client fails", messages: steps(unnamed(copyIn), data, fail, unnamed(stealing), sync, calm)},
		{name: "COPY that the data fails", messages: steps(unnamed(copyIn), wrong, done, sync, stealing, calm), want: "****"},
		{name: "COPY that is refused", messages: steps(unnamed("COPY customers TO STDOUT"), done, sync, stealing, calm), want: "****"},
		{name: "two COPYs in one segment", messages: steps(parse("c", copyIn), bind("", "c"), execute("", 0), done, bind("", "c"), execute("", 0), sync, done, sync, stealing, calm)},
		{name: "Query in a COPY", messages: steps(copyIn, stealing, calm)},
		{name: "Query that has to settle in a COPY", messages: steps(copyIn, "FETCH c")},
		{name: "Execute that has to settle in a COPY", messages: steps(unnamed(copyIn), unnamed("EXECUTE s"), sync)},
		{name: "Bind behind a COPY in a transaction", messages: steps("BEGIN", unnamed(copyIn), parse("a", stealing), done, bind("", "a"), execute("", 0), sync)},
		{name: "data without a COPY", messages: steps(done, fail, data, calm, done, parse("", stealing), done, bind("", ""), data, execute("", 0), fail, sync, calm)},
		{name: "COPY behind an error", messages: steps(unnamed(failing), unnamed(copyIn), done, sync, stealing, calm), want: "****"},
	}
}

// nameScripts use names that the server takes for others, or that come to stand for other statements.
func nameScripts() []script {
	sync := &pgproto3.Sync{}
	long := strings.Repeat("a", 63)
	x, y := long+"X", long+"Y"
	return []script{
		{name: "statements told apart behind 63 bytes", messages: steps(parse(x, calm), sync, closing('S', y), parse(y, stealing), sync, bind("", x), execute("", 0), sync), want: "42622"},
		{name: "portals told apart behind 63 bytes", messages: steps(parse("h", calm), parse("m", stealing), bind(x, "h"), closing('P', y), bind(y, "m"), execute(x, 0), sync), want: "42622"},
		{name: "identifiers cut between characters", messages: steps(`PREPARE "`+long[1:]+`é" AS `+stealing, `EXECUTE "`+long[1:]+`"`, `DEALLOCATE "`+long[1:]+`ü"`, `PREPARE "`+long[1:]+`" AS `+calm, `EXECUTE "`+long[1:]+`é"`)},
		{name: "a name parsed twice", messages: steps(parse("a", calm), sync, parse("a", stealing), bind("", "a"), execute("", 0), sync, bind("", "a"), execute("", 0), sync), want: "42P05"},
		{name: "a replacement that fails", messages: steps(parse("a", stealing), sync, closing('S', "a"), unnamed(failing), parse("a", calm), sync, bind("", "a"), execute("", 0), sync)},
		{name: "DEALLOCATE of a protocol statement", messages: steps(parse("a", stealing), sync, "DEALLOCATE a", "PREPARE a AS "+calm, bind("", "a"), execute("", 0), sync, closing('S', "a"), parse("a", stealing), "EXECUTE a", sync), want: "****"},
		{name: "PREPARE in a text that fails", messages: steps("PREPARE a AS "+calm, "DEALLOCATE a; PREPARE a AS "+stealing+"; SELECT 1/0", "EXECUTE a", bind("", "a"), execute("", 0), sync), want: "****"},
		{name: "DEALLOCATE ALL in a text that fails", messages: steps("PREPARE a AS "+calm, "DEALLOCATE ALL; SELECT 1/0", parse("a", stealing), sync, bind("", "a"), execute("", 0), sync), want: "****"},
		{name: "DISCARD ALL", messages: steps(parse("a", calm), sync, "DISCARD ALL", parse("a", stealing), sync, bind("", "a"), execute("", 0), sync), want: "****"},
		{name: "DISCARD ALL that is refused", messages: steps(parse("a", stealing), sync, "BEGIN", "DISCARD ALL", "ROLLBACK", bind("", "a"), execute("", 0), sync), want: "****"},
		{name: "the unnamed statement behind a Query", messages: steps(parse("", calm), sync, calm, bind("", ""), execute("", 0), sync, unnamed(stealing), sync), want: "****"},
		{name: "a statement that executes itself", messages: steps(parse("a", "SELECT 1"), parse("a", "EXECUTE a"), bind("", "a"), execute("", 0), sync)},
		{name: "a statement that has come to execute itself", messages: steps(parse("a", "SELECT 1"), sync, closing('S', "a"), parse("a", "EXECUTE a"), sync, bind("", "a"), execute("", 0), sync, "EXECUTE a", "EXPLAIN EXECUTE a")},
		{name: "statements that execute each other", messages: steps(parse("a", "SELECT 1"), parse("b", "EXECUTE a"), closing('S', "a"), parse("a", "EXECUTE b"), bind("", "a"), execute("", 0), sync, "EXECUTE b")},
	}
}

// portalScripts begin the rows of a portal under one meaning of a name, and go on under another.
func portalScripts() []script {
	sync := &pgproto3.Sync{}
	all, other := "SELECT 'x' || ssn FROM customers", "SELECT 'x' || g FROM generate_series(1,9) g"
	return []script{
		{name: "EXECUTE goes on when its name means another", messages: steps("BEGIN", "PREPARE s AS "+all, parse("", "EXECUTE s"), bind("p", ""), execute("p", 1), sync,
			"DEALLOCATE s", "PREPARE s AS "+calm, execute("p", 5), sync), want: "****"},
		{name: "FETCH goes on when its cursor is another", messages: steps("BEGIN", "DECLARE c CURSOR FOR "+all, parse("", "FETCH ALL FROM c"), bind("p", ""), execute("p", 1), sync,
			"CLOSE c", "DECLARE c CURSOR FOR "+calm, execute("p", 5), sync), want: "****"},
		{name: "EXECUTE begins when its name means another", messages: steps("BEGIN", "PREPARE s AS "+other, parse("", "EXECUTE s"), bind("p", ""), sync,
			"DEALLOCATE s", "PREPARE s AS "+all, execute("p", 5), sync), want: "****"},
		{name: "EXECUTE whose first turn is skipped", messages: steps("BEGIN", "PREPARE s AS "+other, parse("", "EXECUTE s"), bind("p", ""), sync, "SAVEPOINT x",
			unnamed(failing), execute("p", 1), sync, "ROLLBACK TO x", "DEALLOCATE s", "PREPARE s AS "+all, execute("p", 5), sync)},
		{name: "FETCH whose first turn is skipped", messages: steps("BEGIN", "DECLARE c CURSOR FOR "+other, parse("", "FETCH ALL FROM c"), bind("p", ""), sync, "SAVEPOINT x",
			unnamed(failing), execute("p", 1), sync, "ROLLBACK TO x", "CLOSE c", "DECLARE c CURSOR FOR "+all, execute("p", 5), sync)},
		{name: "FETCH begins the portal of an EXECUTE", messages: steps("BEGIN", "PREPARE s AS "+other, parse("", "EXECUTE s"), bind("p", ""), sync,
			"DEALLOCATE s", "PREPARE s AS "+all, "FETCH 5 FROM p")},
		{name: "Execute goes on with what FETCH began", messages: steps("BEGIN", "PREPARE s AS "+all, parse("", "EXECUTE s"), bind("p", ""), sync, "FETCH 1 FROM p",
			"DEALLOCATE s", "PREPARE s AS "+other, execute("p", 5), sync)},
		{name: "Execute goes on with what MOVE began", messages: steps("BEGIN", "PREPARE s AS "+all, parse("", "EXECUTE s"), bind("p", ""), sync, "MOVE 1 FROM p",
			"DEALLOCATE s", "PREPARE s AS "+other, execute("p", 5), sync)},
		{name: "a portal older than a savepoint", messages: steps("BEGIN", parse("a", all), parse("b", calm), bind("p", "a"), sync, "SAVEPOINT x", closing('P', "p"), bind("p", "b"), sync, "ROLLBACK TO x", execute("p", 0), sync, "ROLLBACK")},
		{name: "a cursor older than a savepoint", messages: steps("BEGIN", "DECLARE p CURSOR FOR "+all, "SAVEPOINT x", "CLOSE p", "DECLARE p CURSOR FOR "+calm, "ROLLBACK TO x", "FETCH ALL p", "ROLLBACK")},
		{name: "two savepoints of one name", messages: steps("BEGIN", "SAVEPOINT x", "DECLARE p CURSOR FOR "+all, "SAVEPOINT x", "RELEASE x", "ROLLBACK TO x", "FETCH ALL p", "ROLLBACK")},
		{name: "a Bind that fails keeps the portal", messages: steps("BEGIN", parse("a", all), parse("b", calm), bind("p", "a"), sync, bind("p", "b"), sync, "ROLLBACK", bind("p", "b"), execute("p", 0), sync)},
		{name: "a portal from before a COMMIT", messages: steps("BEGIN", parse("a", all), bind("p", "a"), unnamed("COMMIT"), parse("b", calm), bind("p", "b"), execute("p", 0), sync)},
		{name: "a suspended portal gives way to another", messages: steps("BEGIN", parse("a", all), bind("p", "a"), execute("p", 1), sync, parse("b", calm), closing('P', "p"), bind("p", "b"), execute("p", 0), sync, "COMMIT")},
		{name: "a cursor that outlives a rollback", messages: steps("BEGIN", "DECLARE p CURSOR WITH HOLD FOR "+all, "ROLLBACK", "DECLARE p CURSOR WITH HOLD FOR "+calm, "FETCH ALL p", "CLOSE p", "DECLARE p CURSOR WITH HOLD FOR "+all, "FETCH 3 p"), want: "****"},
		{name: "a binary cursor", messages: steps("BEGIN", "DECLARE p BINARY CURSOR FOR SELECT ssn, 'x' || ssn FROM customers LIMIT 2", "FETCH ALL p", parse("", "FETCH BACKWARD ALL p"), &pgproto3.Bind{ResultFormatCodes: []int16{1}}, execute("", 0), sync)},
		{name: "a description that an error has skipped", messages: steps("DECLARE p CURSOR WITH HOLD FOR "+all, unnamed(failing), execute("p", 1), sync, execute("p", 1), sync), want: "****"},
	}
}

// utilityScripts bind a statement that names something harmless, and execute it where the name means something else.
func utilityScripts() []script {
	sync := &pgproto3.Sync{}
	var all []script
	for _, sql := range []string{
		"COPY customers TO STDOUT", "COPY (SELECT 'x' || ssn FROM customers) TO STDOUT", "EXPLAIN ANALYZE SELECT 'x' || ssn FROM customers", "TRUNCATE order_items", "SELECT v FROM calm",
	} {
		other, public := "SET search_path = other", "SET search_path = public"
		all = append(all,
			script{name: sql + ", in a transaction", messages: steps("BEGIN", other, parse("s", sql), bind("p", "s"), sync, public, execute("p", 0), sync, "COMMIT")},
			script{name: sql + ", in one segment", messages: steps(unnamed(other), parse("s", sql), bind("p", "s"), unnamed(public), execute("p", 0), sync)},
			script{name: sql + ", behind a turn that is skipped", messages: steps("BEGIN", other, parse("s", sql), bind("p", "s"), sync, "SAVEPOINT x", unnamed(failing), execute("p", 1), sync, "ROLLBACK TO x", public, execute("p", 0), sync, "COMMIT")},
		)
	}
	return all
}

// orderScripts send messages where no driver would.
func orderScripts() []script {
	sync, flush := &pgproto3.Sync{}, &pgproto3.Flush{}
	return []script{
		{name: "everything behind an error", messages: steps(parse("", failing), unnamed(stealing), describe('P', ""), execute("", 0), stealing, sync, calm)},
		{name: "two portals of one name", messages: steps(parse("a", calm), bind("p", "a"), closing('S', "a"), parse("a", stealing), bind("q", "a"), execute("p", 0), execute("q", 0), closing('P', "p"), bind("p", "a"), execute("p", 0), sync), want: "****"},
		{name: "a portal bound twice", messages: steps(parse("a", stealing), parse("b", calm), bind("p", "a"), bind("p", "b"), execute("p", 0), sync, execute("p", 0), sync)},
		{name: "Query inside a segment", messages: steps(parse("", calm), bind("", ""), stealing, execute("", 0), sync, calm), want: "****"},
		{name: "Describe before Bind", messages: steps(describe('P', "p"), parse("a", stealing), bind("p", "a"), execute("p", 0), sync, calm)},
		{name: "Flush for Sync", messages: steps(parse("a", stealing), describe('S', "a"), flush, bind("p", "a"), describe('P', "p"), flush, execute("p", 1), flush, execute("p", 1), flush, sync), want: "****"},
		{name: "FunctionCall", messages: steps(&pgproto3.FunctionCall{Function: 1598}, stealing, calm), want: "****"},
		{name: "empty texts", messages: steps("", ";", parse("", ""), bind("", ""), describe('P', ""), execute("", 0), sync, "-- x", stealing), want: "****"},
		{name: "Terminate in a segment", messages: steps(parse("a", stealing), bind("", "a"), &pgproto3.Terminate{}, execute("", 0), sync)},
		{name: "an error at COMMIT", messages: steps("BEGIN", "SET CONSTRAINTS ALL DEFERRED", sync, "COMMIT", sync, stealing, calm), want: "****"},
		{name: "a transaction in one text", messages: steps("BEGIN; SELECT 1; COMMIT; "+calm, stealing, calm), want: "****"},
	}
}
