package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/poller"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// session is one client between start-up and its end. Each direction is a fiber of the same loop, or a goroutine, and a
// goroutine waits for reasons to end it.
//
// The client's direction decides and is the only one to write to the server. The server's direction is the only one
// to answer the client while the session runs. What both need stands under mu.
type session struct {
	server *Server
	target *target
	gate   *gate.Session
	log    *slog.Logger
	ctx    context.Context
	cancel context.CancelFunc

	// conn is the client's connection until the relay takes it over; client and far are then what others may close.
	conn        net.Conn
	client, far leg
	loop        *poller.Loop
	// near and beyond are the sockets of a session that fibers relay; nil when goroutines do.
	near, beyond *poller.Conn
	toClient     port
	up           *backend
	key          cancelKey
	request      schema.Request

	// The client's direction.
	walk     *walker
	toServer outlet
	// speak is the client as its own direction writes to it, under the lock of toClient.
	speak io.Writer
	// segment counts, open says that something stands between the last Sync or Query and now.
	segment int
	open    bool
	// crowded is set when as many answers are expected as may be.
	crowded bool
	// reserve is the name that the gateway's own statements and portals have.
	reserve string
	// ownPath is set when the client brought a search_path in its start-up packet.
	ownPath bool
	view    view
	action  schema.Action
	// parameters are the action's, and judged is the statement that they are bound to.
	parameters []schema.Parameter
	judged     *prepared
	// sending are the statements of a Query that is about to go out.
	sending []*sqlfacts.Statement
	// spare are expects to be used again; free, under mu, those to come.
	spare []*expect
	// shape is where a text is cut to its shape.
	shape []byte
	// nested is set while a statement is classified that another one names.
	nested bool
	// foreseen is where foresee has decisions made.
	foreseen schema.Decision
	hold     hold
	// waited is set when the action that was checked last was held.
	waited bool
	// away is set when a message of the client may take long to deal with.
	away atomic.Bool

	// The server's direction.
	down    outlet
	current *expect
	// answered is the last one that was.
	answered *expect
	shown    map[*schema.SQL]*shown
	// farewell is set once the server has sent a FATAL error.
	farewell bool

	mu      sync.Mutex
	changed sync.Cond
	queue   queue
	free    []*expect
	names   names
	// status is what the last ReadyForQuery said: I, T or E.
	status byte
	// skipping is set after an error until the client's next Sync: the server then ignores everything.
	skipping bool
	// failed is set when the transaction that ends next cannot have been committed.
	failed bool
	// ddl is set once a statement of the open transaction may have changed the catalog.
	ddl bool
	// copyIn is set while the server reads CopyData.
	copyIn bool
	// holding cancels the wait for an approval; nil when there is none.
	holding context.CancelCauseFunc
	// leaving is set once the client has sent Terminate: the server's end of the connection is then no loss.
	leaving bool
	over    bool
	why     *fault
	drain   bool
	// relayed is set once both directions have begun.
	relayed bool
	// turn counts what was asked and answered, unsynced says that the last that was asked was no Sync and no Query, and
	// stay is what keepTime has seen.
	turn     uint64
	unsynced bool
	stay     stay
	// cancelling is set while a cancel request for the limit on a statement's time is under way, timedOut from then on until
	// the server has said that it was heard.
	cancelling, timedOut bool
	// own are the settings that the client itself has set since the last ReadyForQuery.
	own map[string]bool
	// odd are settings that make text mean something else than what the classifier reads.
	odd map[string]bool
}

// execution is one statement on its way, from the decision to the outcome.
type execution struct {
	stmt     *sqlfacts.Statement
	catalog  *schema.Catalog
	decision schema.Decision
	receipt  gate.Receipt
	started  time.Time
	changes  []change
	portal   *portal
	// guarded is set when rows must be looked at: masks, detectors, or text that may have to be withheld.
	guarded bool
	redact  bool
	plan    *rowPlan
	// asked is where the server says what the columns of a COPY are, and copying rewrites its data.
	asked   *ask
	copying *copyRows
	outcome schema.Outcome
	closed  bool
	// begun is set by the server's direction once the server has begun to run the portal.
	begun bool
	// ran is set once a part of an unread text has ended well.
	ran bool
}

// unread reports a text that was let through unread, which may hold any number of statements.
func (x *execution) unread() bool { return x.stmt.Opaque() }

var (
	// errTerminated is a client's orderly end.
	errTerminated = errors.New("the client said goodbye")
	errVanished   = errors.New("the client is gone")
	errOver       = errors.New("the session is over")
)

// run relays until one side is done. It returns when both directions have ended and every outcome is written.
func (s *session) run() {
	var work sync.WaitGroup
	if err := s.relay(&work); err != nil {
		s.log.Error("a session could not be relayed", "error", err)
		s.end(shutdownFault())
	}
	s.mu.Lock()
	s.relayed = true
	s.mu.Unlock()
	s.watch()
	work.Wait()
	s.release()
	s.settleAll()
}

// guarded turns a panic, which would take the process with it, into the end of the session.
func (s *session) guarded(relay func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return relay()
}

// watch ends the session when the gate takes the right away, when the server drains and when it closes.
func (s *session) watch() {
	select {
	case <-s.gate.Done():
		s.end(refusalFault(s.gate.Reason()))
	case <-s.server.draining:
		s.drainOut()
	case <-s.ctx.Done():
	}
	<-s.ctx.Done() // end has done that, or the server has closed
	s.end(shutdownFault())
}

func shutdownFault() *fault {
	return newFault(codeShutdown, "connect again", "the gateway is shutting down")
}

// drainOut lets what runs come to its end, up to the drain timeout.
func (s *session) drainOut() {
	s.mu.Lock()
	s.drain = true
	idle := s.queue.len() == 0
	s.mu.Unlock()
	if !idle {
		timer := time.NewTimer(s.server.cfg.DrainTimeout)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-s.gate.Done():
		case <-s.ctx.Done():
		}
	}
	s.end(shutdownFault())
}

// finish ends the session for the reason that one direction ended with.
func (s *session) finish(err error) {
	var f *fault
	switch {
	case err == nil, errors.Is(err, errVanished), errors.Is(err, errOver), errors.Is(err, errTerminated):
		s.end(nil)
	case errors.As(err, &f):
		s.end(f)
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.EOF):
		s.end(nil)
	default:
		s.log.Warn("session ended", "error", err)
		s.end(faultOf(err))
	}
}

// end closes both connections, once. A fault is the client's last message, written between two others. A statement
// that still runs on the server is cancelled.
func (s *session) end(f *fault) {
	s.mu.Lock()
	last := s.conclude(f)
	s.mu.Unlock()
	if last != nil {
		last()
	}
}

// conclude is the part of end that stands under the lock; it gives the rest, which waits for others, and nil when the
// session has ended already. What the client sends from now on is not forwarded.
func (s *session) conclude(f *fault) (last func()) {
	if s.over {
		return nil
	}
	s.over, s.why = true, f
	busy := s.queue.len() > 0
	holding := s.holding
	s.changed.Broadcast()
	return func() { s.part(f, busy, holding) }
}

func (s *session) part(f *fault, busy bool, holding context.CancelCauseFunc) {
	if holding != nil {
		holding(errOver)
	}
	if f != nil {
		// A client that does not read must not keep the session, nor a server that is silent in the middle of a message:
		// the deadline frees the port too.
		until := time.Now().Add(s.server.cfg.FarewellTimeout)
		_ = s.client.SetWriteDeadline(until)
		s.toClient.last(s.client, f.appendTo(nil, severityFatal), until)
	}
	s.cancel()
	_ = s.client.Close()
	if busy {
		s.server.cancelUpstream(s.target.dialer, s.up)
	}
	_ = s.far.Close()
}

// isOver reports whether end has been called.
func (s *session) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// leftChanges reports whether the session has ended while it may have been changing the catalog.
func (s *session) leftChanges() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ddl
}

// settleAll writes the outcome of what was still on its way when the session ended.
func (s *session) settleAll() {
	code := codeConnection
	if s.why != nil {
		code = s.why.code
	}
	for s.queue.len() > 0 {
		e := s.queue.pop()
		for _, x := range e.execs {
			s.ddl = s.ddl || x.stmt.Effect.DDL || x.stmt.Opaque()
		}
		s.abandon(e, code)
	}
}

// outcome closes the pair that a decision began. Only the first call for an execution counts.
func (s *session) outcome(e *execution, code string) {
	if e.closed {
		return
	}
	e.closed = true
	e.outcome.SQLSTATE = code
	e.outcome.Duration = s.server.cfg.Now().Sub(e.started)
	s.gate.Outcome(e.receipt, e.outcome)
}

// expect puts one message's answer in the queue. It reports false when the server ignores the message, because an
// error came before it: it need not be sent then.
func (s *session) expect(e *expect) bool {
	if s.crowded && s.thin() != nil {
		s.abandon(e, codeConnection)
		return false
	}
	if s.enqueue(e) {
		return true
	}
	s.abandon(e, codeAborted)
	return false
}

func (s *session) enqueue(e *expect) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.standBy()
	if s.over || s.skipping && e.want != wantSync {
		return false
	}
	s.skipping = false
	s.turn++
	s.unsynced = e.want != wantSync && e.want != wantQuery
	if len(s.spare) == 0 {
		s.spare, s.free = s.free, s.spare
	}
	e.segment = s.segment
	s.queue.push(e)
	s.crowded = s.queue.len() >= maxExpected
	return true
}

// maxExpected is how many messages of a client may wait for their answers: a message may be of five bytes, and what is
// kept of it is a hundred times that.
const maxExpected = 2048

// thin waits until half of what is expected has come.
func (s *session) thin() error {
	s.crowded = false
	return s.await(func() bool { return s.queue.len() <= maxExpected/2 })
}

// abandon closes what will not run.
func (s *session) abandon(e *expect, code string) {
	for _, x := range e.execs {
		s.outcome(x, code)
	}
	if e.want == wantDescribePortal { // it is to be asked again
		s.mu.Lock()
		e.portal.asked = false
		s.mu.Unlock()
	}
}

// settle waits until the server has answered all that it was sent. It reports errOver when the session ended meanwhile.
func (s *session) settle() error { return s.await(func() bool { return s.queue.len() == 0 }) }

// await sends what there is to send and waits for what the server's direction does; done is called with the lock held.
// The server is made to answer: with a Flush when no Sync does. A client that leaves meanwhile ends the session, as it
// would if its messages were being read.
func (s *session) await(done func() bool) error {
	if s.open {
		if err := s.toServer.add([]byte{'H', 0, 0, 0, 4}); err != nil {
			return err
		}
	}
	if err := s.toServer.flush(); err != nil {
		return err
	}
	s.mu.Lock()
	settled := done() || s.over
	s.mu.Unlock()
	if !settled {
		s.aside()
		stop := s.overlook(func() { s.server.work.Go(func() { s.finish(errVanished) }) })
		defer stop()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for !done() && !s.over {
		s.changed.Wait()
	}
	if s.over {
		return errOver
	}
	return nil
}
