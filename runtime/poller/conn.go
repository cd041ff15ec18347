package poller

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Conn is a socket that a loop watches. One fiber reads it, and one, the same or another, writes it.
type Conn struct {
	loop *Loop
	fd   int
	// serial tells it from the one whose socket had the same number before.
	serial int32

	readable, writable readiness
	// drained is the reader's: what came was read, so that reading on would find nothing.
	drained bool
	// hungUp is set once the peer has closed its side, or both.
	hungUp atomic.Bool
	closed atomic.Bool
	// deadline bounds Write, in nanoseconds of Unix time; zero is none.
	deadline atomic.Int64

	mu   sync.Mutex
	gone func()
	once sync.Once
}

// Adopt takes a connection over from package net: c is closed, and its socket goes on here. The caller must Release it.
func (l *Loop) Adopt(c *net.TCPConn) (*Conn, error) {
	made, err := l.duplicate(c)
	if err != nil {
		return nil, err
	}
	if err := c.Close(); err != nil {
		made.Release()
		return nil, err
	}
	return made, nil
}

// Observe watches a connection that package net goes on to use, for Watch alone. The caller must Release it.
func (l *Loop) Observe(c *net.TCPConn) (*Conn, error) { return l.duplicate(c) }

func (l *Loop) duplicate(c *net.TCPConn) (*Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd, duplicated := -1, error(nil)
	err = raw.Control(func(old uintptr) {
		n, _, errno := syscall.Syscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0)
		if errno != 0 {
			duplicated = os.NewSyscallError("fcntl", errno)
			return
		}
		fd = int(n)
	})
	if err := errors.Join(err, duplicated); err != nil {
		return nil, fmt.Errorf("poller: take over a connection: %w", err)
	}
	made := &Conn{loop: l, fd: fd, drained: true} // what is there already is the first that the loop is told
	l.mu.Lock()
	l.serial++
	made.serial = l.serial
	l.conns[int32(fd)] = made
	l.mu.Unlock()
	event := syscall.EpollEvent{Events: everything, Fd: int32(fd), Pad: made.serial}
	if err := syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		made.Release()
		return nil, fmt.Errorf("poller: %w", os.NewSyscallError("epoll_ctl", err))
	}
	return made, nil
}

// happened is what the loop calls when a socket has changed.
func (c *Conn) happened(events uint32) {
	if events&ended != 0 {
		c.hangUp()
	}
	if events&(syscall.EPOLLIN|ended) != 0 {
		if f := c.readable.wake(); f != nil {
			f.carryOn(true)
		}
	}
	if events&(syscall.EPOLLOUT|syscall.EPOLLHUP|syscall.EPOLLERR) != 0 {
		if f := c.writable.wake(); f != nil {
			f.carryOn(true)
		}
	}
}

func (c *Conn) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hungUp.Store(true)
	if c.gone != nil {
		c.gone()
		c.gone = nil
	}
}

// Watch has gone called once when the peer closes its side of the connection, or both, or has done so already. The loop
// calls it, so it must not wait for anything. It is not called any more once Unwatch has returned.
func (c *Conn) Watch(gone func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hungUp.Load() {
		gone()
		return
	}
	c.gone = gone
}

// Unwatch ends what Watch began.
func (c *Conn) Unwatch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = nil
}

// Close ends both directions: who reads or writes is woken with net.ErrClosed. It may be called at any time before
// Release, from any goroutine and more than once.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	// What was written still goes out. The error of a socket that was reset changes nothing.
	_ = syscall.Shutdown(c.fd, syscall.SHUT_RDWR)
	return nil
}

// Release gives the socket back to the system. Nobody may use the connection any more.
func (c *Conn) Release() {
	c.once.Do(func() {
		c.closed.Store(true)
		// Closing alone does not end the watch: the socket may live on under its other number.
		_ = syscall.EpollCtl(c.loop.epoll, syscall.EPOLL_CTL_DEL, c.fd, nil)
		c.loop.mu.Lock()
		delete(c.loop.conns, int32(c.fd))
		c.loop.mu.Unlock()
		_ = syscall.Close(c.fd)
	})
}

// SetWriteDeadline bounds Write. It does not bound what a fiber writes.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.deadline.Store(t.UnixNano())
	return nil
}

// pauseForWrite is how often Write looks whether a peer that does not read has begun to.
const pauseForWrite = 2 * time.Millisecond

// Write is for those who are no fiber. It must not be called while another writes.
func (c *Conn) Write(b []byte) (int, error) {
	done := 0
	for done < len(b) {
		n, err := c.write(b[done:])
		done += n
		switch {
		case err == nil:
		case !errors.Is(err, syscall.EAGAIN):
			return done, err
		case c.late():
			return done, os.ErrDeadlineExceeded
		default:
			time.Sleep(pauseForWrite)
		}
	}
	return done, nil
}

func (c *Conn) late() bool {
	d := c.deadline.Load()
	return d != 0 && time.Now().UnixNano() >= d
}

// Reader is a connection as one fiber reads it.
type Reader struct {
	conn  *Conn
	fiber *Fiber
}

// Reader gives the end that f reads from.
func (c *Conn) Reader(f *Fiber) *Reader { return &Reader{c, f} }

// Wait returns once there may be something to read: until then the fiber needs no buffer.
func (r *Reader) Wait() error {
	if r.conn.drained {
		r.conn.drained = false
		r.fiber.yield(pause{pauseRead, r.conn})
	}
	return r.conn.open()
}

// Read reads what there is, and waits when there is nothing.
func (r *Reader) Read(b []byte) (int, error) {
	c := r.conn
	r.fiber.Turn()
	for {
		if err := c.open(); err != nil {
			return 0, err
		}
		if len(b) == 0 {
			return 0, nil
		}
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch errno {
		case 0:
			if n == 0 {
				return 0, io.EOF
			}
			c.drained = int(n) < len(b) && !c.hungUp.Load()
			return int(n), nil
		case syscall.EAGAIN:
			r.fiber.yield(pause{pauseRead, c})
		case syscall.EINTR:
		default:
			return 0, os.NewSyscallError("read", errno)
		}
	}
}

func (c *Conn) open() error {
	if c.closed.Load() {
		return net.ErrClosed
	}
	return nil
}

// Writer is a connection as one fiber writes it.
type Writer struct {
	conn  *Conn
	fiber *Fiber
}

// Writer gives the end that f writes to.
func (c *Conn) Writer(f *Fiber) *Writer { return &Writer{c, f} }

// Write writes all of b, and waits when the peer takes no more.
func (w *Writer) Write(b []byte) (int, error) {
	done := 0
	for done < len(b) {
		n, err := w.conn.write(b[done:])
		done += n
		switch {
		case err == nil:
		case err == syscall.EAGAIN:
			w.fiber.yield(pause{pauseWrite, w.conn})
		default:
			return done, err
		}
	}
	return done, nil
}

// write writes once. The error is syscall.EAGAIN as it is when there is no room.
func (c *Conn) write(b []byte) (int, error) {
	for {
		if err := c.open(); err != nil {
			return 0, err
		}
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(c.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EAGAIN:
			return 0, syscall.EAGAIN
		case syscall.EINTR:
		default:
			return 0, os.NewSyscallError("write", errno)
		}
	}
}
