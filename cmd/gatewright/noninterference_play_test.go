package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/jackc/pgproto3/v2"
)

// patience is how long a session waits for an answer. The database gives up before.
const patience = 30 * time.Second

// tooLong is how long no statement may take that the database ends after its timeout.
const tooLong = 5 * time.Second

// twinned is the twins and their doubles, with a gateway in front of each.
type twinned struct {
	// empty is what the servers were copied from.
	empty    *pgserver.Server
	servers  [twinCount]*pgserver.Server
	gateways [twinCount]*testbed
	wires    [twinCount]*wire
	// direct are sessions of the databases' owner.
	direct [twinCount]*wire
}

// sweep takes away what writes that were undone have left, so that tables have the size that they had before, and plans
// with it.
func (tr *twinned) sweep(t *testing.T) {
	t.Helper()
	for _, w := range tr.direct {
		var answers [][]byte
		if problem := w.ask("VACUUM people, accounts, scratch, payments, assets, vehicles", waySimple, &answers); problem != "" || playedVerdict(played{answers: answers}) != wentThrough {
			t.Fatalf("VACUUM: %s %q", problem, answers)
		}
	}
}

// fresh gives every twin a new session.
func (tr *twinned) fresh(t *testing.T) {
	for i, gw := range tr.gateways {
		if tr.wires[i] != nil {
			_ = tr.wires[i].conn.Close()
		}
		tr.wires[i] = gw.dial(t)
	}
}

// played is what came of a script on one twin.
type played struct {
	answers [][]byte
	took    time.Duration
	// lost says why the session ended, and is empty if it did not.
	lost string
}

// play runs a script in some way on some twins at once, each in its session.
func (tr *twinned) play(steps []string, w string, on ...int) []played {
	out := make([]played, len(on))
	done := make(chan bool)
	for i, twin := range on {
		go func() {
			defer func() { done <- true }()
			out[i] = playOn(tr.wires[twin], steps, w)
		}()
	}
	for range on {
		<-done
	}
	return out
}

// Ways to send a script.
const (
	waySimple   = "simple"
	wayText     = "extended"
	wayBinary   = "binary"
	wayTogether = "together"
)

func playOn(w *wire, steps []string, how string) played {
	var p played
	start := time.Now()
	if how == wayTogether {
		steps = []string{strings.Join(steps, ";\n")}
	}
	for _, sql := range steps {
		if p.lost = w.ask(sql, how, &p.answers); p.lost != "" {
			break
		}
	}
	p.took = time.Since(start)
	return p
}

// ask sends one text and takes the answers up to the end; it gives why there was none.
func (w *wire) ask(sql, how string, answers *[][]byte) string {
	messages := []pgproto3.FrontendMessage{&pgproto3.Query{String: sql}}
	if how == wayText || how == wayBinary {
		var format int16
		if how == wayBinary {
			format = 1
		}
		messages = []pgproto3.FrontendMessage{&pgproto3.Parse{Query: sql}, &pgproto3.Describe{ObjectType: 'S'},
			&pgproto3.Bind{ResultFormatCodes: []int16{format}}, &pgproto3.Execute{}, &pgproto3.Sync{}}
	}
	var buf []byte
	for _, m := range messages {
		b, err := m.Encode(nil)
		if err != nil {
			return err.Error()
		}
		buf = append(buf, b...)
	}
	_ = w.conn.SetDeadline(time.Now().Add(patience))
	if _, err := w.conn.Write(buf); err != nil {
		return err.Error()
	}
	for {
		m, err := w.Receive()
		if err != nil {
			return err.Error()
		}
		b, err := m.(interface{ Encode([]byte) ([]byte, error) }).Encode(nil)
		if err != nil {
			return err.Error()
		}
		*answers = append(*answers, b)
		if isReady(m) {
			return ""
		}
	}
}

// tidy ends what a script may have left open.
func (tr *twinned) tidy(t *testing.T) {
	for _, p := range tr.play([]string{"ROLLBACK", "CLOSE ALL", "DEALLOCATE ALL", "RESET ALL"}, waySimple, first, second) {
		if p.lost != "" {
			tr.fresh(t)
			return
		}
	}
}

// Verdicts on a script.
const (
	wentThrough = "answered"
	failed      = "failed"
	turnedAway  = "refused"
	// timedOut: the database ended it at its timeout, on either twin; when that happens shows nothing.
	timedOut = "timed out"
	// unsteady: a twin and its double disagree on what came, so nothing can be said.
	unsteady = "unsteady"
	leaked   = "LEAKED"
	// lostSession: the session ended.
	lostSession = "lost"
)

func playedVerdict(p played) string {
	if p.lost != "" {
		return lostSession
	}
	verdict := wentThrough
	for _, b := range p.answers {
		if b[0] != 'E' {
			continue
		}
		switch code := errorCode(b); {
		case code == "57014" || code == "55P03" || code == "25P03":
			return timedOut
		case code == "42501":
			verdict = turnedAway
		case verdict == wentThrough:
			verdict = failed
		}
	}
	return verdict
}

func errorCode(b []byte) string {
	var e pgproto3.ErrorResponse
	if e.Decode(b[5:]) != nil {
		return ""
	}
	return e.Code
}

// unlike reports whether two answers differ.
func unlike(a, b played) bool {
	return a.lost != b.lost || !bytes.Equal(bytes.Join(a.answers, nil), bytes.Join(b.answers, nil))
}

// verdict plays a script on the twins, and where they differ on new sessions, the doubles with them.
func (tr *twinned) verdict(t *testing.T, steps []string, how string) (string, [2]played) {
	p := tr.play(steps, how, first, second)
	out := [2]played(p)
	verdict := playedVerdict(p[0])
	if p[0].lost != "" || p[1].lost != "" {
		tr.fresh(t)
	}
	if verdict == timedOut || playedVerdict(p[1]) == timedOut {
		return timedOut, out
	}
	if !unlike(p[0], p[1]) {
		return verdict, out
	}
	again, got := tr.judge(t, steps, how)
	if again == leaked || again == unsteady {
		return again, got
	}
	return verdict, out
}

// repeats is how often a difference must show without an exception: what hangs on random() can be alike by chance.
const repeats = 5

// judge plays a script on new sessions of all four, over and over while the twins differ.
func (tr *twinned) judge(t *testing.T, steps []string, how string) (string, [2]played) {
	defer tr.fresh(t)
	var rounds [][]played
	for len(rounds) < repeats {
		tr.fresh(t)
		tr.sweep(t)
		p := tr.play(steps, how, first, second, double, otherDouble)
		rounds = append(rounds, p)
		for _, one := range p {
			if playedVerdict(one) == timedOut {
				return timedOut, [2]played(p[:2])
			}
		}
		if len(rounds) == 1 && !unlike(p[0], p[1]) {
			return playedVerdict(p[0]), [2]played(p[:2])
		}
	}
	return compared(rounds), [2]played(rounds[0][:2])
}

// compared gives the verdict on rounds of the twins and their doubles.
func compared(rounds [][]played) string {
	a, b := rounds[0][first], rounds[0][second]
	for _, p := range rounds {
		if !sameShape(a, p[first]) || !sameShape(a, p[double]) || !sameShape(b, p[second]) || !sameShape(b, p[otherDouble]) {
			return unsteady
		}
	}
	if !sameShape(a, b) {
		return leaked
	}
	for i := range a.answers {
		for j := range cells(a.answers[i]) {
			if steadyCell(rounds, i, j) && !sameCell(a, b, i, j) {
				return leaked
			}
		}
	}
	return playedVerdict(a)
}

// steadyCell reports whether a cell is always the same on each twin and its double.
func steadyCell(rounds [][]played, i, j int) bool {
	for _, p := range rounds {
		a, b := rounds[0][first], rounds[0][second]
		if !sameCell(a, p[first], i, j) || !sameCell(a, p[double], i, j) || !sameCell(b, p[second], i, j) || !sameCell(b, p[otherDouble], i, j) {
			return false
		}
	}
	return true
}

func sameCell(a, b played, i, j int) bool {
	x, y := cells(a.answers[i])[j], cells(b.answers[i])[j]
	return bytes.Equal(x, y) && (x == nil) == (y == nil)
}

// sameShape reports whether two answers have the same messages, with as many cells in each row.
func sameShape(a, b played) bool {
	if len(a.answers) != len(b.answers) || a.lost != b.lost {
		return false
	}
	for i := range a.answers {
		if a.answers[i][0] != b.answers[i][0] || len(cells(a.answers[i])) != len(cells(b.answers[i])) {
			return false
		}
	}
	return true
}

// cells are the values of a row; any other message is one cell.
func cells(message []byte) [][]byte {
	if message[0] == 'D' {
		var d pgproto3.DataRow
		if d.Decode(message[5:]) == nil {
			return d.Values
		}
	}
	return [][]byte{message}
}

func bothAnswers(p [2]played) string {
	var b strings.Builder
	for i, one := range p {
		fmt.Fprintf(&b, "twin %s: %s\n", twinName(i), one.lost)
		for _, m := range one.answers[:min(len(one.answers), 12)] {
			fmt.Fprintf(&b, "  %.300q\n", m)
		}
	}
	return b.String()
}
