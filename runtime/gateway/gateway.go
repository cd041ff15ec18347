package gateway

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/runtime/store"
)

// Options are what a Gateway is made of. Config, Now, Rand and Env are needed.
type Options struct {
	Config *config.Config
	Logger *slog.Logger
	Now    func() time.Time
	// Rand is where identifiers, keys and nonces come from. It is read by several goroutines at once.
	Rand io.Reader
	// Env reads the environment, for secrets that are kept there.
	Env func(string) string
	// DryRun decides and records everything, and refuses, holds and masks nothing but callers without an identity.
	DryRun bool
}

// Gateway is everything that one process enforces with. New opens it, Run serves until its context ends.
type Gateway struct {
	cfg       *config.Config
	logger    *slog.Logger
	now       func() time.Time
	rand      io.Reader
	dryRun    bool
	started   time.Time
	keys      keyRing
	maskKeys  *mask.Keys
	http      *http.Client // to the identity providers
	store     *store.DB
	log       *audit.Log
	desk      *approval.Desk
	gate      *gate.Gate
	wire      *postgres.Server
	notifiers map[string]*notifier
	certs     []*certificate
	metrics   *metrics
	reloader  *reloader

	listener, adminListener, metricsListener net.Listener

	view     atomic.Pointer[view]
	draining atomic.Bool
	close    sync.Once
	closeErr error
}

// Error is why a gateway does not start, with the way out. Refused is set when the bundle was refused.
type Error struct {
	Err     error
	Hint    string
	Refused bool
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func fault(err error, hint string) *Error { return &Error{Err: err, Hint: hint} }

// New opens what the configuration names, takes the bundle in use and listens, so that whatever is wrong shows before
// anybody connects. The error is an *Error. Close, or the end of Run, frees everything.
func New(ctx context.Context, o Options) (*Gateway, error) {
	if o.Config == nil || o.Now == nil || o.Rand == nil || o.Env == nil {
		return nil, fault(errors.New("gateway: a configuration, a clock, randomness and an environment are needed"), "")
	}
	g := &Gateway{
		cfg: o.Config, logger: o.Logger, now: o.Now, rand: o.Rand, dryRun: o.DryRun, started: o.Now(),
		notifiers: map[string]*notifier{}, metrics: newMetrics(), http: newHTTPClient(),
	}
	if g.logger == nil {
		g.logger = slog.New(slog.DiscardHandler)
	}
	steps := []func(context.Context, Options) error{g.openKeys, g.openMaskKeys, g.openStore, g.openNotifiers, g.openDesk, g.openPolicy, g.openWire, g.listen}
	for _, step := range steps {
		if err := step(ctx, o); err != nil {
			return nil, errors.Join(err, g.Close())
		}
	}
	g.count()
	return g, nil
}

func newHTTPClient() *http.Client {
	return &http.Client{Timeout: httpTimeout, Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

func (g *Gateway) openStore(ctx context.Context, _ Options) error {
	var err error
	if g.store, err = store.Open(ctx, g.cfg.Store.Path); err != nil {
		return fault(err, "store { path = ... } names the file.")
	}
	g.log, err = audit.Open(g.cfg.Audit.Path, audit.Options{
		Now: g.now, Sync: audit.Sync(g.cfg.Audit.Sync),
		Failed: func(err error) { g.logger.Error("the audit log could not be forced to the disk", "error", err) },
	})
	if err != nil {
		return fault(err, "Nothing passes that cannot be recorded. audit { path = ... } names the file.")
	}
	return nil
}

func (g *Gateway) openNotifiers(_ context.Context, o Options) error {
	for _, c := range g.cfg.Notifiers {
		bearer, err := readSecret(c.Bearer, o.Env)
		if err != nil {
			return fault(fmt.Errorf("notifier %q: %w", c.Name, err), "bearer says where the token is.")
		}
		failed := func(name string) { g.metrics.notify.WithLabelValues(name).Inc() }
		g.notifiers[c.Name] = newNotifier(c, bearer, g.logger, failed)
	}
	return nil
}

// newID gives 80 random bits in letters and digits that survive being read aloud.
func (g *Gateway) newID() string {
	var b [10]byte
	if _, err := io.ReadFull(g.rand, b[:]); err != nil {
		panic("no randomness: " + err.Error())
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// Address is where clients connect; it tells the port when the configuration left the choice to the system.
func (g *Gateway) Address() string { return g.listener.Addr().String() }

// AdminAddress and MetricsAddress are empty when the configuration has no such block.
func (g *Gateway) AdminAddress() string   { return addressOf(g.adminListener) }
func (g *Gateway) MetricsAddress() string { return addressOf(g.metricsListener) }

func addressOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Close frees everything. It may be called more than once; Run calls it at its end.
func (g *Gateway) Close() error {
	g.close.Do(func() { g.closeErr = g.shut() })
	return g.closeErr
}

// shut closes in the order of use: what may still write to the log goes first.
func (g *Gateway) shut() error {
	var errs []error
	for _, l := range []net.Listener{g.listener, g.adminListener, g.metricsListener} {
		if l != nil {
			if err := l.Close(); !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if g.wire != nil {
		errs = append(errs, g.wire.Close())
	}
	if g.gate != nil {
		g.gate.Close()
	}
	if g.log != nil {
		errs = append(errs, g.log.Close())
	}
	if g.store != nil {
		errs = append(errs, g.store.Close())
	}
	for _, n := range g.notifiers {
		n.client.CloseIdleConnections()
	}
	g.http.CloseIdleConnections()
	return errors.Join(errs...)
}
