// Package devissuer is a small OpenID Connect issuer for demos, tests and a first try at home: discovery, JWKS and a
// token endpoint with client credentials.
//
// It owns its clients, its signing keys, made anew with each start, and the tokens that it makes. It refuses to know
// what the tokens are for, and to be reached from any other machine: it listens on loopback addresses alone.
package devissuer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Kinds of client, which become the claim client_type.
const (
	KindService = "service"
	KindHuman   = "human"
)

// Defaults of a Config.
const (
	DefaultAudience      = "gatewright"
	DefaultTokenLifetime = 10 * time.Minute
)

// Client is someone who may get tokens.
type Client struct {
	// ID is the client's name and its tokens' subject.
	ID     string
	Secret schema.Secret
	Groups []string
	// Kind is KindService, the default, or KindHuman.
	Kind string
}

// Config says how an issuer is made.
type Config struct {
	// Address is host:port on loopback, as 127.0.0.1:8555; port 0 takes a free one.
	Address string
	Clients []Client
	// Audience is the tokens' audience; empty is DefaultAudience.
	Audience string
	// TokenLifetime is from iat to exp; zero is DefaultTokenLifetime.
	TokenLifetime time.Duration
	// Now and Rand are where time, keys and token IDs come from. Both must be set.
	Now  func() time.Time
	Rand io.Reader
}

// Server is an issuer. It listens from New on and answers while Serve runs.
type Server struct {
	config   Config
	clients  map[string]Client
	listener net.Listener
	server   *http.Server
	url      string

	keys atomic.Pointer[keyring]
	// random guards Config.Rand, which need not be safe for concurrent use.
	random sync.Mutex
	closed sync.Once
}

// New checks the configuration, makes the signing key and takes the address. An address that is not loopback, that is
// busy, or a client without name or secret is an error.
func New(config Config) (*Server, error) {
	if config.Now == nil || config.Rand == nil {
		return nil, errors.New("the issuer needs a clock and a source of randomness")
	}
	if config.Audience == "" {
		config.Audience = DefaultAudience
	}
	if config.TokenLifetime == 0 {
		config.TokenLifetime = DefaultTokenLifetime
	}
	if config.TokenLifetime < time.Second {
		return nil, fmt.Errorf("token lifetime %s is shorter than a second", config.TokenLifetime)
	}
	clients, err := checkClients(config.Clients)
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, clients: clients}
	if err := s.Rotate(); err != nil {
		return nil, err
	}
	if s.listener, err = listen(config.Address); err != nil {
		return nil, err
	}
	s.url = "http://" + s.listener.Addr().String()
	s.server = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: handshakeTime,
		ReadTimeout:       handshakeTime,
		WriteTimeout:      handshakeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxRequest,
	}
	return s, nil
}

func checkClients(list []Client) (map[string]Client, error) {
	clients := make(map[string]Client, len(list))
	for _, c := range list {
		if c.Kind == "" {
			c.Kind = KindService
		}
		switch _, twice := clients[c.ID]; {
		case c.ID == "":
			return nil, errors.New("a client has no name")
		case twice:
			return nil, fmt.Errorf("client %q is there twice", c.ID)
		case c.Secret.IsZero():
			return nil, fmt.Errorf("client %q has no secret", c.ID)
		case c.Kind != KindService && c.Kind != KindHuman:
			return nil, fmt.Errorf("client %q is of kind %q; it must be %q or %q", c.ID, c.Kind, KindService, KindHuman)
		}
		c.Groups = slices.Clone(c.Groups)
		clients[c.ID] = c
	}
	return clients, nil
}

// listen takes an address that is loopback in every reading: a literal address, or localhost, which is then 127.0.0.1
// without asking a resolver.
func listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("issuer address %q: want host:port, as 127.0.0.1:8555", address)
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("issuer address %q is not a loopback address; this issuer is for one machine only: use 127.0.0.1", address)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("taking the issuer's address: %w", err)
	}
	return l, nil
}

// URL is the issuer identifier, as http://127.0.0.1:8555.
func (s *Server) URL() string { return s.url }

// Serve answers until ctx is done or Close is called, and returns nil then.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, s.Close)
	defer stop()
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		s.Close()
		return fmt.Errorf("serving the issuer: %w", err)
	}
	return nil
}

// Close frees the address and cuts what is open. It may be called more than once, and without Serve.
func (s *Server) Close() {
	s.closed.Do(func() {
		_ = s.server.Close()
		_ = s.listener.Close()
	})
}
