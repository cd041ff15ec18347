package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gatewright/gatewright/schema"
	"github.com/jackc/pgproto3/v2"
)

// approvalPolicy has deletes and calls wait for a DBA: for a moment, or for longer than any client of these tests stays.
const approvalPolicy = `
allow "calls" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs     = ["call"]
    functions = ["public.*", "other.*"]
  }
}

allow "elsewhere" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs  = ["select", "delete", "create"]
    tables = ["other.*"]
  }
}

approve "calls" {
  targets = ["db"]
  postgres {
    verbs     = ["call"]
    functions = ["public.*"]
  }
  route = "dba"
}

approve "deletes" {
  targets = ["db"]
  postgres {
    verbs  = ["delete"]
    tables = ["public.order_items"]
  }
  route = "dba"
}

approve "held" {
  targets = ["db"]
  postgres {
    verbs  = ["delete"]
    tables = ["public.held"]
  }
  route = "patient"
}

route "dba" {
  approvers = ["group:dba"]
  quorum    = 1
  hold      = "1ms"
  expires   = "30m"
}

route "patient" {
  approvers = ["group:dba"]
  quorum    = 1
  hold      = "5m"
  expires   = "30m"
}
`

const approvalSchema = `
CREATE SEQUENCE ran;
CREATE FUNCTION effect() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM nextval(''ran''); RETURN 1; END';
CREATE FUNCTION secret(int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
  'BEGIN RAISE EXCEPTION ''the secret is %'', (SELECT ssn FROM customers WHERE id = $1); END';
CREATE TABLE held AS SELECT * FROM order_items;
CREATE SCHEMA other;
CREATE TABLE other.order_items (order_id int);
`

// TestAdversaryApproval tries to run, without an approval or by one for something else, what needs one.
func TestAdversaryApproval(t *testing.T) {
	s := startScene(t, approvalSchema)
	b := &bench{scene: s, gw: s.gateway(t, withoutMasks(corpusPolicy)+approvalPolicy)}
	t.Run("nothing is planned before", b.nothingPlannedBefore)
	t.Run("an approval seen at Bind is used at Execute, once", b.usedOnce)
	t.Run("names told apart behind 63 bytes", b.longNames)
	t.Run("sessions that race for one approval", b.racing)
	t.Run("a prepared statement of another meaning", b.otherPrepared)
	t.Run("a cursor on another row", b.otherCursor)
	t.Run("a client that has left", func(t *testing.T) { b.left(t, 1, nil) })
	t.Run("a client that has said goodbye", func(t *testing.T) { b.left(t, 2, encoded(t, &pgproto3.Terminate{})) })
	t.Run("a client that floods and leaves", func(t *testing.T) { b.left(t, 3, bytes.Repeat(encoded(t, query("SELECT 1")), 30_000)) })
}

// bench is a scene with a gateway at which some statements need an approval.
type bench struct {
	*scene
	gw *testbed
}

// heldBack reports whether the answers hold an error that names a ticket.
func heldBack(answers [][]byte) bool {
	return bytes.Contains(bytes.Join(answers, nil), []byte("waiting for approval, ticket"))
}

func (b *bench) nothingPlannedBefore(t *testing.T) {
	for i, sql := range []string{"SELECT effect()", "SELECT secret(1)"} {
		w := b.gw.dial(t)
		answers := w.run(t, parse("", sql), bind("", ""))
		b.hidden(t, answers)
		if !heldBack(answers) {
			t.Errorf("%s was bound: %q", sql, answers)
		}
		if strings.Count(b.gw.log(t), `"kind":"prepared"`) < 1+i {
			t.Errorf("%s is not on record", sql)
		}
	}
	if b.owner(t, "SELECT is_called FROM ran") != "f" {
		t.Error("a function ran that needs an approval")
	}
	b.gw.approve(t)
}

func (b *bench) usedOnce(t *testing.T) {
	const sql = "DELETE FROM order_items WHERE order_id = 999 RETURNING 'deleted'"
	b.gw.dial(t).query(t, sql)
	b.gw.approve(t)
	w := b.gw.dial(t)
	w.query(t, "BEGIN")
	for range 2 { // what is only bound uses nothing
		if answers := w.run(t, parse("", sql), bind("", "")); heldBack(answers) {
			t.Errorf("an approved statement was not bound: %q", answers)
		}
	}
	if answers := w.run(t, unnamed(sql)...); !bytes.Contains(bytes.Join(answers, nil), []byte("deleted")) {
		t.Errorf("an approved statement did not run: %q", answers)
	}
	if answers := w.run(t, unnamed(sql)...); !heldBack(answers) {
		t.Errorf("the approval was used again: %q", answers)
	}
	w.query(t, "ROLLBACK")
	b.whole(t)
}

func (b *bench) longNames(t *testing.T) {
	x, y := strings.Repeat("a", 63)+"X", strings.Repeat("a", 63)+"Y"
	w := b.gw.dial(t)
	w.run(t, parse(x, "INSERT INTO order_items SELECT 1, 2 WHERE false"))
	w.run(t, closing('S', y), parse(y, "DELETE FROM order_items"))
	w.run(t, bind("", x), execute("", 0))
	b.whole(t)
}

// whole reports rows that have gone.
func (b *bench) whole(t *testing.T) {
	t.Helper()
	if n := b.items(t); n != "1000" {
		t.Errorf("%s of 1000 rows are left", n)
	}
}

// racing has six sessions use one approval at the same moment.
func (b *bench) racing(t *testing.T) {
	const sql = "DELETE FROM order_items WHERE order_id = 1000"
	for range 3 {
		b.gw.dial(t).query(t, sql)
		b.gw.approve(t)
		var work sync.WaitGroup
		var mu sync.Mutex
		ran := 0
		for range 6 {
			w := b.gw.dial(t)
			work.Go(func() {
				w.send(t, query(sql))
				answers, _ := w.answers(t, isReady)
				if bytes.Contains(bytes.Join(answers, nil), []byte("DELETE ")) {
					mu.Lock()
					ran++
					mu.Unlock()
				}
			})
		}
		work.Wait()
		if ran != 1 {
			t.Errorf("one approval was used %d times", ran)
		}
	}
	b.owner(t, "INSERT INTO order_items VALUES (1000, 1, 'sku-0', 1) ON CONFLICT DO NOTHING")
	b.gw.tidy(t)
}

// tidy denies what is still open, so that it is not taken for another test's.
func (tb *testbed) tidy(t *testing.T) {
	t.Helper()
	var list ticketList
	if err := tb.desk(t).call(t.Context(), "/v1/approvals?state=pending", nil, &list); err != nil {
		t.Fatal(err)
	}
	for _, k := range list.Approvals {
		var got any
		if err := tb.desk(t).call(t.Context(), "/v1/approvals/"+k.ID+"/deny", map[string]string{"reason": "left over"}, &got); err != nil {
			t.Fatal(err)
		}
	}
}

// otherPrepared has one EXPLAIN ANALYZE EXECUTE approved, and gives its name to another statement.
func (b *bench) otherPrepared(t *testing.T) {
	w := b.gw.dial(t)
	w.query(t, "BEGIN")
	w.query(t, "PREPARE s AS DELETE FROM order_items WHERE order_id = 1")
	w.query(t, "EXPLAIN ANALYZE EXECUTE s")
	if tickets := b.gw.approve(t); !shows(tickets, "DELETE FROM order_items WHERE order_id = 1") {
		t.Errorf("the approver was not shown what runs: %q", tickets[0].Statement)
	}
	w = b.gw.dial(t)
	w.query(t, "PREPARE s AS DELETE FROM order_items WHERE order_id > 1")
	if answers := w.query(t, "EXPLAIN ANALYZE EXECUTE s"); !heldBack(answers) {
		t.Errorf("the approval was used for another statement: %q", answers)
	}
	b.whole(t)
	b.gw.tidy(t)
}

// otherCursor has a DELETE at a cursor approved, and gives the cursor's name to another.
func (b *bench) otherCursor(t *testing.T) {
	w := b.gw.dial(t)
	for _, sql := range []string{"BEGIN", "DECLARE c CURSOR FOR SELECT * FROM order_items WHERE order_id = 1 FOR UPDATE", "FETCH c", "SAVEPOINT a"} {
		w.query(t, sql)
	}
	w.query(t, "DELETE FROM order_items WHERE CURRENT OF c")
	if tickets := b.gw.approve(t); !shows(tickets, "order_id = 1 FOR UPDATE") {
		t.Errorf("the approver was not shown at which cursor: %q", tickets[0].Statement)
	}
	for _, sql := range []string{"ROLLBACK TO a", "CLOSE c", "DECLARE c CURSOR FOR SELECT * FROM order_items WHERE order_id = 777 FOR UPDATE", "FETCH c"} {
		w.query(t, sql)
	}
	w.query(t, "DELETE FROM order_items WHERE CURRENT OF c")
	w.query(t, "COMMIT")
	b.whole(t)
	b.gw.tidy(t)
}

func shows(tickets []schema.Ticket, text string) bool {
	return len(tickets) == 1 && strings.Contains(tickets[0].Statement, text)
}

// left has a client leave while its statement is held, after it has sent more. The approval then comes too late.
func (b *bench) left(t *testing.T, line int, more []byte) {
	closed := strings.Count(b.gw.log(t), `"session.closed"`)
	w := b.gw.dial(t)
	w.send(t, query(fmt.Sprintf("DELETE FROM held WHERE line >= 0 AND line < %d", 10*line))) // an approval of another is not for it
	b.gw.pending(t)
	_, _ = w.conn.Write(more) // the session may end meanwhile
	_ = w.conn.Close()
	until(t, "the session's end", func() bool { return strings.Count(b.gw.log(t), `"session.closed"`) > closed })
	b.gw.approve(t)
	if n := b.owner(t, "SELECT count(*) FROM held"); n != "1000" {
		t.Errorf("the statement of a client that has left ran: %s of 1000 rows are left", n)
	}
}
