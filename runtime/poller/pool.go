package poller

import (
	"errors"
	"sync"
	"sync/atomic"
)

// Pool is a set of loops. Its loops start with the first Take.
type Pool struct {
	size int
	turn atomic.Uint64

	mu     sync.Mutex
	loops  []*Loop
	closed bool
	work   sync.WaitGroup
}

// ErrClosed says that the pool has been closed.
var ErrClosed = errors.New("the poller is closed")

// New gives a pool of as many loops as size says, at least one: usually one for each processor.
func New(size int) *Pool { return &Pool{size: max(1, size)} }

// Take gives the loop whose turn it is. Connections that belong together, and their fibers, should have the same one.
func (p *Pool) Take() (*Loop, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	if p.loops == nil {
		if err := p.start(); err != nil {
			return nil, err
		}
	}
	return p.loops[p.turn.Add(1)%uint64(len(p.loops))], nil
}

func (p *Pool) start() error {
	loops := make([]*Loop, 0, p.size)
	for range p.size {
		l, err := newLoop()
		if err != nil {
			for _, made := range loops {
				made.free()
			}
			return err
		}
		loops = append(loops, l)
	}
	p.loops = loops
	for _, l := range loops {
		p.work.Go(l.run)
	}
	return nil
}

// Close ends the loops and waits for them. Every fiber must have ended before.
func (p *Pool) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.mu.Unlock()
	var err error
	for _, l := range p.loops {
		err = errors.Join(err, l.stop())
	}
	p.work.Wait()
	for _, l := range p.loops {
		l.free()
	}
	return err
}
