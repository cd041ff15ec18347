package postgres

import (
	"io"
	"sync"
	"time"
)

// port is the writing end of a connection. Whole messages go out under its lock, so that whoever speaks to the peer
// does it between messages.
type port struct {
	mu sync.Mutex
	w  io.Writer
	// inside is set while a message has gone out in part.
	inside bool
}

// last writes the last message that a peer gets, if it can be written between two others before the time is over.
func (p *port) last(data []byte, until time.Time) {
	for !p.mu.TryLock() {
		if !time.Now().Before(until) {
			return
		}
		time.Sleep(time.Millisecond) // a mutex gives no way to wait for it with a bound
	}
	defer p.mu.Unlock()
	if !p.inside {
		_, _ = p.w.Write(data) // the peer may be gone
	}
}

func (p *port) write(data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.w.Write(data)
	return err
}

// outlet gathers what one read brings into one write. Bytes that go on as they came are not copied as long as they
// stand together in the read buffer; the owner flushes before that buffer is filled again.
type outlet struct {
	port *port
	// made stands before kept: made is the outlet's own, kept belongs to the read buffer.
	made, kept []byte
}

// maxMade is what an outlet keeps between flushes; more goes out early.
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
	o.settle()
	o.made = append(o.made, data...)
	return o.relieve()
}

// settle moves what belongs to the read buffer into the outlet's own.
func (o *outlet) settle() {
	if len(o.kept) > 0 {
		o.made = append(o.made, o.kept...)
		o.kept = nil
	}
}

func (o *outlet) relieve() error {
	if len(o.made) > maxMade {
		return o.flush()
	}
	return nil
}

func (o *outlet) flush() error {
	data := o.kept
	if len(o.made) > 0 {
		o.settle()
		data = o.made
	}
	o.kept = nil
	if len(data) == 0 {
		return nil
	}
	err := o.port.write(data)
	if cap(o.made) > 2*maxMade {
		o.made = nil
	}
	o.made = o.made[:0]
	return err
}
