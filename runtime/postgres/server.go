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

	"github.com/gatewright/gatewright/runtime/poller"
)

// Server meets PostgreSQL clients and relays them to the databases of their targets.
type Server struct {
	cfg     Config
	log     *slog.Logger
	targets map[string]*target
	keys    keys
	slots   chan struct{}
	lobby   lobby
	places  places
	pool    *poller.Pool
	buffers buffers
	// turns bounds the long texts that are analysed at one time.
	turns chan struct{}

	// draining is closed when sessions shall come to their end, ctx when everything must stop at once.
	draining  chan struct{}
	drainOnce sync.Once
	ctx       context.Context
	stop      context.CancelFunc
	work      sync.WaitGroup
	closing   sync.Mutex
	closed    bool
	listeners map[net.Listener]struct{}

	accepted, refused, sessions atomic.Int64
}

// Stats counts since the start; Sessions is how many there are now.
type Stats struct {
	Accepted, Refused, Sessions int64
}

// New checks the configuration and returns a server that is ready to Serve. It opens no connection.
func New(cfg Config) (*Server, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		cfg: cfg, log: cfg.Logger, targets: map[string]*target{}, keys: keys{sessions: map[string]*session{}},
		slots: make(chan struct{}, cfg.MaxConnections), lobby: lobby{limit: cfg.MaxConnections}, turns: make(chan struct{}, 2),
		places:   newPlaces(cfg.PerPrincipal, cfg.PerTarget),
		pool:     poller.New(cfg.Loops),
		draining: make(chan struct{}), ctx: ctx, stop: cancel,
		listeners: map[net.Listener]struct{}{},
	}
	for name, up := range cfg.Upstreams {
		d, err := newDialer(up, cfg.Rand, &s.buffers)
		if err != nil {
			cancel()
			return nil, fmt.Errorf("upstream %q: %w", name, err)
		}
		s.targets[name] = &target{name: name, dialer: d, cache: newCache(cfg.StatementCache), stale: make(chan struct{}, 1)}
	}
	return s, nil
}

// Serve accepts connections until the context ends or Close is called. Then it lets running statements end, up to the
// drain timeout, closes every session and returns nil; an error is one of accepting.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if !s.enlist(l) {
		return errors.Join(net.ErrClosed, l.Close())
	}
	defer s.dismiss(l)
	defer s.work.Done()
	stop := context.AfterFunc(ctx, func() {
		s.drain()
		_ = l.Close()
	})
	defer stop()
	var loops sync.WaitGroup
	loopCtx, endLoops := context.WithCancel(s.ctx)
	defer loops.Wait()
	defer endLoops()
	for _, t := range s.targets {
		loops.Go(func() { s.keepCatalog(loopCtx, t) })
	}
	loops.Go(func() { s.keepTime(loopCtx) })
	err := s.accept(l)
	if ctx.Err() != nil {
		s.waitSessions()
		return nil
	}
	return err
}

func (s *Server) enlist(l net.Listener) bool {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return false
	}
	s.listeners[l] = struct{}{}
	s.work.Add(1)
	return true
}

func (s *Server) dismiss(l net.Listener) {
	s.closing.Lock()
	defer s.closing.Unlock()
	delete(s.listeners, l)
}

// accept meets clients. Running out of file descriptors and the like passes, so it is waited out.
func (s *Server) accept(l net.Listener) error {
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			s.meet(conn)
		case s.isClosed() || errors.Is(err, net.ErrClosed):
			return nil
		default:
			var temporary interface{ Temporary() bool }
			if !errors.As(err, &temporary) || !temporary.Temporary() {
				return fmt.Errorf("accept: %w", err)
			}
			s.log.Warn("a connection could not be accepted", "error", err)
			select {
			case <-time.After(50 * time.Millisecond):
			case <-s.ctx.Done():
			}
		}
	}
}

func (s *Server) isClosed() bool {
	s.closing.Lock()
	defer s.closing.Unlock()
	return s.closed
}

// meet gives a connection its goroutine, or turns it away when there are too many.
func (s *Server) meet(conn net.Conn) {
	s.accepted.Add(1)
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		_ = conn.Close()
		return
	}
	s.work.Add(1)
	s.closing.Unlock()
	go func() {
		defer s.work.Done()
		defer conn.Close()
		// What a session must never do is take the process with it; the connection is closed and the cause logged.
		defer func() {
			if cause := recover(); cause != nil {
				s.log.Error("a session failed", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			}
		}()
		s.serve(conn)
	}()
}

// keepCatalog reads a target's catalog again when it has become old or a session has met something unknown.
func (s *Server) keepCatalog(ctx context.Context, t *target) {
	tick := time.NewTicker(s.cfg.CatalogInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-t.stale:
		}
		if t.shared.Load() == nil || s.keys.count(t) == 0 {
			continue // nobody is there: the next session will read it
		}
		if err := t.load(ctx, s.cfg.DialTimeout, s.cfg.Now); err != nil && ctx.Err() == nil {
			s.logUpstream(t, err)
		}
	}
}

// logUpstream tells the operator why a database could not be used.
func (s *Server) logUpstream(t *target, err error) {
	hint := ""
	var u *upstreamError
	if errors.As(err, &u) {
		hint = u.hint
	}
	s.log.Error("the database could not be used", "target", t.name, "address", t.dialer.up.Address, "error", err, "hint", hint)
}

func (s *Server) drain() { s.drainOnce.Do(func() { close(s.draining) }) }

// waitSessions waits until every session has ended by itself or by its drain timeout.
func (s *Server) waitSessions() {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for s.sessions.Load() > 0 {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
	}
}

// Close ends every session at once and waits for every goroutine. It may be called more than once.
func (s *Server) Close() error {
	s.closing.Lock()
	s.closed = true
	var err error
	for l := range s.listeners {
		if e := l.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	s.closing.Unlock()
	s.stop()
	s.drain()
	s.work.Wait()
	return errors.Join(err, s.pool.Close())
}

// Stats gives the counts.
func (s *Server) Stats() Stats {
	return Stats{Accepted: s.accepted.Load(), Refused: s.refused.Load(), Sessions: s.sessions.Load()}
}

// randomBytes gives n bytes of the configured randomness.
func (s *Server) randomBytes(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(s.cfg.Rand, b)
	return b, err
}
