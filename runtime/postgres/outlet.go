package postgres

import (
	"io"
	"sync"
	"time"

	"github.com/gatewright/gatewright/runtime/poller"
)

// port is the right to write to a peer. Whole messages go out under its lock, so that whoever speaks to the peer does
// it between messages.
type port struct {
	mu sync.Mutex
	// inside is set while a message has gone out in part.
	inside bool
}

// lock waits for the port aside, since who holds it may wait for the peer.
func (p *port) lock(f *poller.Fiber) {
	if !p.mu.TryLock() {
		f.Aside()
		p.mu.Lock()
	}
}

// last writes the last message that a peer gets, if it can be written between two others before the time is over.
func (p *port) last(w io.Writer, data []byte, until time.Time) {
	for !p.mu.TryLock() {
		if !time.Now().Before(until) {
			return
		}
		time.Sleep(time.Millisecond) // a mutex gives no way to wait for it with a bound
	}
	defer p.mu.Unlock()
	if !p.inside {
		_, _ = w.Write(data) // the peer may be gone
	}
}

// outlet gathers what one read brings into one write. Bytes that go on as they came are not copied as long as they
// stand together in the read buffer; the owner flushes before that buffer is filled again.
type outlet struct {
	port *port
	// w is the peer, as the owner writes to it, and fiber the owner's; nil when that is an ordinary goroutine.
	w     io.Writer
	fiber *poller.Fiber
	// before, when not nil, is called before anything goes out, which then does not when it fails.
	before func() error
	// spare is where made comes from, for as long as there is something in it.
	spare *buffers
	// made stands before kept: made is the outlet's own, kept belongs to the read buffer.
	made *buffer
	kept []byte
}

// maxMade is what an outlet gathers before it sends early.
const maxMade = 256 << 10

// pass sends on data as it stands in the read buffer.
func (o *outlet) pass(data []byte) error {
	if n := len(o.kept); n > 0 {
		if joined := o.kept[:cap(o.kept)]; len(joined) > n && &joined[n] == &data[0] {
			o.kept = joined[:n+len(data)]
			return nil
		}
		o.settle()
	}
	o.kept = data
	return o.relieve()
}

// add sends data that the outlet must copy.
func (o *outlet) add(data []byte) error {
	o.room()
	o.made.b = append(o.made.b, data...)
	return o.relieve()
}

// room gives where the owner may append a message by itself; relieve follows.
func (o *outlet) room() *buffer {
	o.settle()
	if o.made == nil {
		o.made = o.spare.take()
	}
	return o.made
}

// settle moves what belongs to the read buffer into the outlet's own.
func (o *outlet) settle() {
	if len(o.kept) == 0 {
		return
	}
	if o.made == nil {
		o.made = o.spare.take()
	}
	o.made.b = append(o.made.b, o.kept...)
	o.kept = nil
}

func (o *outlet) relieve() error {
	if o.made != nil && len(o.made.b) > maxMade {
		return o.flush()
	}
	return nil
}

func (o *outlet) flush() error {
	if o.made == nil {
		data := o.kept
		o.kept = nil
		return o.send(data)
	}
	o.settle()
	err := o.send(o.made.b)
	o.spare.give(o.made)
	o.made = nil
	return err
}

// send writes data at once.
func (o *outlet) send(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if o.before != nil {
		if err := o.before(); err != nil {
			return err
		}
	}
	o.port.lock(o.fiber)
	defer o.port.mu.Unlock()
	_, err := o.w.Write(data)
	return err
}
