package postgres

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// want is the answer that the server owes for one message of the client.
type want uint8

const (
	wantParse want = iota
	wantBind
	wantDescribeStatement
	wantDescribePortal
	wantExecute
	wantClose
	wantSync
	wantQuery
)

// expect is one message that was sent to the server and whose answer is still to come.
type expect struct {
	want want
	// segment numbers the stretch of messages up to a Sync or a Query: within one, a message is only executed when
	// all before it were.
	segment int
	// swallow keeps the answer from the client: the message was the gateway's own.
	swallow bool
	// fault, when set, marks a message that stands for a refused one: it is what the client gets as the error.
	fault *fault
	// changes take effect when the server has confirmed.
	changes []change
	// execs are the statements that run: one for Execute, each in turn for Query.
	execs []*execution
	// at is the statement of a Query that the server is at.
	at int
	// portal is, for wantDescribePortal, what is described; so is statement for wantDescribeStatement, nil when that is
	// not known.
	portal    *portal
	statement *prepared
	ask       *ask
	// answered is set once a question of the gateway's own has its row, failed once the server has sent an error.
	answered, failed bool
	// own is the first of the execs: most have no other.
	own execution
}

// first gives the execution that an expect brings with it, and enters it.
func (e *expect) first() *execution {
	e.execs = append(e.execs[:0], &e.own)
	return &e.own
}

// reset makes an expect ready to be used again. It keeps what it has grown.
func (e *expect) reset() {
	clear(e.changes)
	clear(e.execs)
	d := &e.own.decision
	*d = schema.Decision{Rules: d.Rules[:0], Masks: d.Masks[:0], Detect: d.Detect[:0], Classes: d.Classes[:0]}
	*e = expect{changes: e.changes[:0], execs: e.execs[:0], own: execution{decision: *d}}
}

// maxSpare is how many expects a session keeps for later.
const maxSpare = 8

// newExpect gives an expect for the client's direction to fill in.
func (s *session) newExpect(w want) *expect {
	n := len(s.spare)
	if n == 0 {
		return &expect{want: w}
	}
	e := s.spare[n-1]
	s.spare = s.spare[:n-1]
	e.want = w
	return e
}

// expectChange is newExpect for a message that changes what a name means.
func (s *session) expectChange(w want, c change) *expect {
	e := s.newExpect(w)
	e.changes = append(e.changes, c)
	return e
}

// done hands an answered expect back, with the lock held: the one before it, since the server's direction still looks at
// the last.
func (s *session) done(e *expect) {
	if last := s.answered; last != nil && last.ask == nil && len(s.free) < maxSpare {
		last.reset()
		s.free = append(s.free, last)
	}
	s.answered = e
}

// running is the statement whose rows are coming, nil when there is none.
func (e *expect) running() *execution {
	if e.at < len(e.execs) {
		return e.execs[e.at]
	}
	return nil
}

// redacts reports whether a statement of e was decided under masks: what is said of it is withheld, even where the policy
// has changed since.
func (e *expect) redacts() bool {
	return e != nil && slices.ContainsFunc(e.execs, func(x *execution) bool { return x.redact })
}

// queue holds what is expected, in the order of the answers.
type queue struct {
	items []*expect
	head  int
	// named counts the pending changes to named statements, and size what pending changes will hold, in bytes.
	named, size int
}

func (q *queue) len() int { return len(q.items) - q.head }

func (q *queue) front() *expect {
	if q.len() == 0 {
		return nil
	}
	return q.items[q.head]
}

func (q *queue) at(i int) *expect { return q.items[q.head+i] }

func (q *queue) push(e *expect) {
	if q.head > 0 && len(q.items) == cap(q.items) {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, e)
	named, size := e.tally()
	q.named, q.size = q.named+named, q.size+size
}

func (q *queue) pop() *expect {
	e := q.items[q.head]
	q.items[q.head] = nil
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	named, size := e.tally()
	q.named, q.size = q.named-named, q.size-size
	return e
}

// tally counts the changes to named statements, and what the changes will hold.
func (e *expect) tally() (named, size int) {
	e.each(func(c *change) bool {
		if c.touchesNamedStatement() {
			named++
		}
		size += c.size()
		return false
	})
	return named, size
}

// each visits the changes from the newest to the oldest until visit says that it has enough.
func (e *expect) each(visit func(*change) bool) {
	for i := len(e.execs) - 1; i >= 0; i-- {
		for j := len(e.execs[i].changes) - 1; j >= 0; j-- {
			if visit(&e.execs[i].changes[j]) {
				return
			}
		}
	}
	for j := len(e.changes) - 1; j >= 0; j-- {
		if visit(&e.changes[j]) {
			return
		}
	}
}
