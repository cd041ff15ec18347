package postgres

import "sync"

// buffer is memory that sessions share in turns: one that has nothing to read and nothing to send holds none.
type buffer struct{ b []byte }

// buffers are those that nobody uses.
type buffers struct{ pool sync.Pool }

// take gives an empty buffer of at least bufferSize bytes.
func (p *buffers) take() *buffer {
	if b, ok := p.pool.Get().(*buffer); ok {
		return b
	}
	return &buffer{make([]byte, 0, bufferSize)}
}

// give takes a buffer back. One that has grown a lot is not worth keeping.
func (p *buffers) give(b *buffer) {
	if cap(b.b) <= 2*maxMade {
		b.b = b.b[:0]
		p.pool.Put(b)
	}
}
