package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/schema"
	"github.com/jackc/pgproto3/v2"
)

// scene is a database with the corpus in it, for callers who mean harm.
type scene struct {
	server   *pgserver.Server
	database string
	masked   masked
	direct   *wire
}

// startScene makes the database, and what more says behind it.
func startScene(t *testing.T, more string) *scene {
	t.Helper()
	s, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	corpus, err := os.ReadFile(filepath.Join(corpusDir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	const database = "adversary"
	for _, c := range []struct{ db, sql string }{{"postgres", "CREATE DATABASE " + database}, {database, string(corpus)}, {database, more}} {
		if _, err := s.PSQL(t.Context(), c.db, c.sql); err != nil {
			t.Fatal(err)
		}
	}
	return &scene{s, database, maskedValues(t, s, database), dialDirect(t, s, database)}
}

// gateway starts a gateway that enforces a policy in front of the database. Its client is an analyst.
func (s *scene) gateway(t *testing.T, policy string) *testbed {
	t.Helper()
	return startTestbed(t, testbedConfig{server: s.server, database: s.database, target: "db", policy: policy, group: "analyst"})
}

// owner asks the database itself, and gives the answer's first value.
func (s *scene) owner(t *testing.T, sql string) string {
	t.Helper()
	s.direct.send(t, &pgproto3.Query{String: sql})
	value := ""
	for {
		switch m := s.direct.receive(t).(type) {
		case *pgproto3.ErrorResponse:
			t.Errorf("%s: %s", sql, m.Message)
		case *pgproto3.DataRow:
			value = string(m.Values[0])
		case *pgproto3.ReadyForQuery:
			return value
		}
	}
}

// items counts what the corpus has put into order_items: 1000 unless a test has had some deleted.
func (s *scene) items(t *testing.T) string {
	t.Helper()
	return s.owner(t, "SELECT count(*) FROM public.order_items WHERE order_id BETWEEN 1 AND 1000 AND line = 1")
}

// hidden reports a masked value that shows in what a client got.
func (s *scene) hidden(t *testing.T, answers [][]byte) {
	t.Helper()
	if value := s.masked.seen(bytes.Join(answers, nil)); value != "" {
		t.Errorf("the client saw %s in %q", value, cut(answers))
	}
}

// cut gives the end of what came, for a message.
func cut(answers [][]byte) [][]byte { return answers[max(0, len(answers)-12):] }

// withoutMasks gives a policy up to its masks.
func withoutMasks(policy string) string { return policy[:strings.Index(policy, "mask ")] }

// answers gives the messages up to and including one that last accepts, or up to the session's end. A session that does
// neither within the connection's deadline hangs.
func (w *wire) answers(t *testing.T, last func(pgproto3.BackendMessage) bool) (all [][]byte, ended bool) {
	t.Helper()
	for {
		m, err := w.Receive()
		var slow net.Error
		switch {
		case errors.As(err, &slow) && slow.Timeout():
			t.Fatalf("the session hangs, behind %q", cut(all))
		case err != nil:
			return all, true
		}
		all = append(all, encoded(t, m))
		if last(m) {
			return all, false
		}
	}
}

func isReady(m pgproto3.BackendMessage) bool {
	_, ready := m.(*pgproto3.ReadyForQuery)
	return ready
}

// run sends messages and a Sync, and gives the answers.
func (w *wire) run(t *testing.T, messages ...pgproto3.FrontendMessage) [][]byte {
	t.Helper()
	w.send(t, append(messages, &pgproto3.Sync{})...)
	all, _ := w.answers(t, isReady)
	return all
}

// query sends a text and gives the answers.
func (w *wire) query(t *testing.T, sql string) [][]byte {
	t.Helper()
	w.send(t, query(sql))
	all, _ := w.answers(t, isReady)
	return all
}

// The client's messages, by what they do.

func query(sql string) pgproto3.FrontendMessage { return &pgproto3.Query{String: sql} }

func parse(name, sql string) pgproto3.FrontendMessage { return &pgproto3.Parse{Name: name, Query: sql} }

func bind(portal, statement string) pgproto3.FrontendMessage {
	return &pgproto3.Bind{DestinationPortal: portal, PreparedStatement: statement}
}

func execute(portal string, rows uint32) pgproto3.FrontendMessage {
	return &pgproto3.Execute{Portal: portal, MaxRows: rows}
}

func describe(kind byte, name string) pgproto3.FrontendMessage {
	return &pgproto3.Describe{ObjectType: kind, Name: name}
}

func closing(kind byte, name string) pgproto3.FrontendMessage {
	return &pgproto3.Close{ObjectType: kind, Name: name}
}

// unnamed runs a text by the extended protocol.
func unnamed(sql string) []pgproto3.FrontendMessage {
	return []pgproto3.FrontendMessage{parse("", sql), bind("", ""), execute("", 0)}
}

// desk is an approver's view of a gateway.
func (tb *testbed) desk(t *testing.T) *adminClient {
	t.Helper()
	token, err := tb.issuer.Token("dba")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{stdout: io.Discard, getenv: func(string) string { return token }}
	return &adminClient{p: p, url: "http://" + tb.admin, format: "json"}
}

// pending waits until a ticket is open, and gives those that are.
func (tb *testbed) pending(t *testing.T) []schema.Ticket {
	t.Helper()
	var list ticketList
	until(t, "a ticket", func() bool {
		if err := tb.desk(t).call(t.Context(), "/v1/approvals?state=pending", nil, &list); err != nil {
			t.Fatal(err)
		}
		return len(list.Approvals) > 0
	})
	return list.Approvals
}

// approve has the DBA agree to every open ticket, and gives what was shown.
func (tb *testbed) approve(t *testing.T) []schema.Ticket {
	t.Helper()
	tickets := tb.pending(t)
	for _, k := range tickets {
		var got any
		if err := tb.desk(t).call(t.Context(), "/v1/approvals/"+k.ID+"/approve", map[string]string{"reason": "seen"}, &got); err != nil {
			t.Fatal(err)
		}
	}
	return tickets
}

// log gives the lines of the audit log.
func (tb *testbed) log(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tb.dir, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// until waits for what another goroutine or process does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		if done() {
			return
		}
		<-tick.C
	}
	t.Fatalf("%s did not come", what)
}
