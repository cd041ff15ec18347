package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// pipelines is how many random sessions TestAdversaryPipelines plays, and pipelineSeed is where it begins: as in
// go test ./cmd/gatewright -run Pipelines -args -pipelines 20000 -pipeline-seed 7.
var (
	pipelines    = flag.Int("pipelines", 150, "random sessions that TestAdversaryPipelines plays")
	pipelineSeed = flag.Int64("pipeline-seed", 1, "seed of the first")
)

// TestAdversaryPipelines plays sessions of random messages, several at once: statements and portals under few names,
// transactions, cursors, COPY, a search_path between two schemas. No masked value may show, nothing may hang, and no
// session may end but where the protocol was broken.
func TestAdversaryPipelines(t *testing.T) {
	s := startScene(t, otherSchema)
	gw := s.gateway(t, corpusPolicy+otherPolicy)
	seeds := make(chan int64)
	go func() {
		defer close(seeds)
		for i := range int64(*pipelines) {
			seeds <- *pipelineSeed + i
		}
	}()
	for worker := range 4 {
		t.Run(fmt.Sprint("client ", worker), func(t *testing.T) {
			t.Parallel()
			for seed := range seeds {
				playPipeline(t, s, gw.dial(t), seed)
			}
		})
	}
}

// playPipeline plays the session of one seed.
func playPipeline(t *testing.T, s *scene, w *wire, seed int64) {
	defer w.conn.Close()
	g := generator{rand.New(rand.NewSource(seed))}
	var said []string
	var answers [][]byte
	for chunk := range 1 + g.Intn(6) {
		messages := g.chunk(chunk == 0)
		mark := fmt.Sprintf("mark %d", chunk)
		messages = append(messages, &pgproto3.CopyFail{Message: "the end"}, &pgproto3.Sync{}, describe('S', mark), &pgproto3.Sync{})
		var buf []byte
		for _, m := range messages {
			said = append(said, shownMessage(m))
			buf = append(buf, encoded(t, m)...)
		}
		_, _ = w.conn.Write(buf) // the session may end meanwhile
		got, ended := w.answers(t, func(m pgproto3.BackendMessage) bool {
			e, failed := m.(*pgproto3.ErrorResponse)
			return failed && bytes.Contains([]byte(e.Message), []byte(mark))
		})
		answers = append(answers, got...)
		if ended {
			break
		}
	}
	all := bytes.Join(answers, nil)
	if value := s.masked.seen(all); value != "" {
		t.Fatalf("seed %d: the client saw %s in %q behind %q", seed, value, answers, said)
	}
	if bytes.Contains(all, []byte("SFATAL")) && !bytes.Contains(all, []byte("C08P01")) {
		t.Fatalf("seed %d: the session ended with %q behind %q", seed, cut(answers), said)
	}
}

func shownMessage(m pgproto3.FrontendMessage) string {
	return fmt.Sprintf("%T%+v", m, m)[len("*pgproto3."):]
}

// generator makes messages.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.Intn(len(list))] }

// chunk gives some messages; the first chunk sets the scene.
func (g generator) chunk(first bool) []pgproto3.FrontendMessage {
	var all []pgproto3.FrontendMessage
	if first {
		all = steps(g.pick("BEGIN", "SELECT 1"), "PREPARE a AS "+g.rows(), "PREPARE b AS "+g.rows(),
			"DECLARE p CURSOR WITH HOLD FOR SELECT 'x' || ssn FROM customers LIMIT 9",
			"DECLARE q CURSOR WITH HOLD FOR SELECT 'x' || g FROM generate_series(1, 9) g")
	}
	for range 1 + g.Intn(12) {
		all = append(all, g.message()...)
	}
	return all
}

func (g generator) rows() string {
	return g.pick(stealing, "SELECT 'x' || ssn FROM customers LIMIT 9", calm, "SELECT 'x' || g FROM generate_series(1, 9) g", "SELECT v FROM calm", failing,
		"SELECT ssn, 'x' || ssn FROM customers LIMIT 3", "SELECT 'a' || 'b', 'x' || 'c'", "SELECT 1 LIMIT 0", "UPDATE customers SET vip = true WHERE id < 4 RETURNING 'x' || ssn")
}

func (g generator) statement() string { return g.pick("a", "b", "c") }
func (g generator) portal() string    { return g.pick("p", "q", "r", "") }

// text gives a statement.
func (g generator) text() string {
	st, po := g.statement(), g.pick("p", "q", "r")
	switch g.Intn(18) {
	case 0, 1:
		return g.rows()
	case 2:
		return "PREPARE " + st + " AS " + g.rows()
	case 3, 4:
		return "EXECUTE " + st
	case 5:
		return "DEALLOCATE " + st
	case 6:
		return "DECLARE " + po + " CURSOR " + g.pick("", "WITH HOLD ") + "FOR " + g.rows()
	case 7, 8:
		return "FETCH " + g.pick("1", "2", "ALL", "BACKWARD 1") + " FROM " + po
	case 9:
		return "CLOSE " + po
	case 10:
		return g.pick("BEGIN", "COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN")
	case 11:
		return g.pick("SAVEPOINT x", "SAVEPOINT y", "ROLLBACK TO x", "ROLLBACK TO y", "RELEASE x")
	case 12:
		return "SET " + g.pick("", "LOCAL ") + "search_path = " + g.pick("other", "public")
	case 13:
		return g.pick("DISCARD ALL", "DEALLOCATE ALL", "CLOSE ALL", "RESET search_path", "")
	case 14:
		return "SELECT set_config('search_path', '" + g.pick("other", "public") + "', " + g.pick("true", "false") + ")"
	case 15:
		return g.pick("EXPLAIN EXECUTE "+st, "MOVE 1 FROM "+po)
	case 16:
		return g.pick("COPY customers TO STDOUT", "COPY (SELECT v FROM calm) TO STDOUT", "TRUNCATE order_items")
	default:
		return copyIn
	}
}

// message gives one message or, for what belongs together, several.
func (g generator) message() []pgproto3.FrontendMessage {
	switch g.Intn(16) {
	case 0, 1:
		text := g.text()
		for g.Intn(4) == 0 {
			text += "; " + g.text()
		}
		return steps(text)
	case 2, 3:
		return steps(parse(g.pick("a", "b", "c", ""), g.text()))
	case 4, 5, 6:
		return steps(bind(g.portal(), g.pick("a", "b", "c", "")))
	case 7, 8, 9:
		return steps(execute(g.portal(), uint32(g.Intn(3))))
	case 10:
		return steps(describe('P', g.portal()))
	case 11:
		return steps(describe('S', g.statement()))
	case 12:
		return steps(closing(g.pick("P", "S")[0], g.pick("a", "b", "p", "q")))
	case 13:
		return slices.Concat(unnamed(g.text()), steps(&pgproto3.Sync{}))
	case 14:
		return g.data()
	default:
		return steps(&pgproto3.Sync{})
	}
}

// data gives what belongs into a COPY, whether one stands or not.
func (g generator) data() []pgproto3.FrontendMessage {
	end := []pgproto3.FrontendMessage{&pgproto3.CopyDone{}, &pgproto3.CopyFail{Message: "no more"}}[g.Intn(2)]
	return steps(&pgproto3.CopyData{Data: []byte("9\t9\tx\t1\n")}, end, &pgproto3.Sync{})
}
