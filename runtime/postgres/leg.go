package postgres

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gatewright/gatewright/runtime/poller"
)

// leg is one of a session's two connections, for whoever does not own one of its directions.
type leg interface {
	io.WriteCloser
	SetWriteDeadline(time.Time) error
}

// relay begins both directions; they have ended when work is done. Two plain connections are relayed by fibers of one
// loop. Where one is encrypted the directions have goroutines: reading and writing share locks inside a TLS connection,
// so that a peer could make a fiber wait for them, and all the others of its loop.
func (s *session) relay(work *sync.WaitGroup) error {
	loop, err := s.server.pool.Take()
	if err != nil {
		return err
	}
	s.loop = loop
	near, far := plainTCP(s.conn), plainTCP(s.up.conn)
	if near == nil || far == nil {
		s.relayByGoroutines(work)
		return nil
	}
	return s.relayByFibers(work, near, far)
}

func (s *session) relayByGoroutines(work *sync.WaitGroup) {
	s.walk.from(s.conn)
	s.up.walk.from(s.up.conn)
	s.toServer.w, s.speak, s.down.w = s.up.conn, s.conn, s.conn
	work.Go(s.hearServer)
	work.Go(s.hearClient)
}

func (s *session) relayByFibers(work *sync.WaitGroup, near, far *net.TCPConn) error {
	client, err := s.loop.Adopt(near)
	if err != nil {
		return err
	}
	s.client, s.near = client, client
	server, err := s.loop.Adopt(far)
	if err != nil {
		return err
	}
	s.far, s.beyond = server, server
	work.Add(2)
	s.loop.Go(func(f *poller.Fiber) {
		defer work.Done()
		s.up.walk.from(server.Reader(f))
		s.down.w, s.down.fiber = client.Writer(f), f
		s.hearServer()
	})
	s.loop.Go(func(f *poller.Fiber) {
		defer work.Done()
		s.walk.from(client.Reader(f))
		s.toServer.w, s.toServer.fiber, s.speak = server.Writer(f), f, client.Writer(f)
		s.hearClient()
	})
	return nil
}

// hearServer is the server's direction, from its first byte to the end that it comes to.
func (s *session) hearServer() {
	err := s.guarded(s.relayServer)
	s.down.fiber.Aside()
	s.finish(err)
}

// hearClient is the client's direction. A client that took its leave lets the server end the session.
func (s *session) hearClient() {
	err := s.guarded(s.relayClient)
	if !errors.Is(err, errTerminated) {
		s.toServer.fiber.Aside()
		s.finish(err)
	}
}

// release gives the sockets back once both directions have ended.
func (s *session) release() {
	for _, c := range []*poller.Conn{s.near, s.beyond} {
		if c != nil {
			c.Release()
		}
	}
}

// aside is called in the client's direction before what may take long: other sessions are not to wait for it.
func (s *session) aside() {
	s.away.Store(true)
	s.toServer.fiber.Aside()
}

// overlook has gone called when the client leaves while its direction waits for something else. It must not wait for
// anything, and is not called any more once stop has returned.
func (s *session) overlook(gone func()) (stop func()) {
	if s.near != nil {
		s.near.Watch(gone)
		return s.near.Unwatch
	}
	socket := tcpOf(s.conn)
	if socket == nil {
		return func() {}
	}
	observed, err := s.loop.Observe(socket)
	if err != nil { // it is closed
		gone()
		return func() {}
	}
	observed.Watch(gone)
	return func() {
		observed.Unwatch()
		observed.Release()
	}
}

// plainTCP gives the socket of a connection that is not encrypted; nil for any other.
func plainTCP(c net.Conn) *net.TCPConn {
	if _, encrypted := c.(*tls.Conn); encrypted {
		return nil
	}
	return tcpOf(c)
}

func tcpOf(c net.Conn) *net.TCPConn {
	switch c := c.(type) {
	case *net.TCPConn:
		return c
	case *tls.Conn:
		return tcpOf(c.NetConn())
	case *putBack:
		if len(c.first) > 0 {
			return nil
		}
		return tcpOf(c.Conn)
	default:
		return nil
	}
}
