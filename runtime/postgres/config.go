package postgres

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/runtime/mask"
)

// Config says what a Server is made of. Gate, Upstreams, Now and Rand are needed; a zero limit is its default.
type Config struct {
	Gate *gate.Gate
	// TLS is what clients are met with; without it only InsecureLoopback lets anyone in.
	TLS *tls.Config
	// InsecureLoopback lets a client on a loopback address show its token without TLS.
	InsecureLoopback bool
	// Upstreams are the databases, by target name.
	Upstreams map[string]*Upstream
	// MaskKeys are the keys of hash and tokenize, for every mask of the policies in force.
	MaskKeys *mask.Keys
	Logger   *slog.Logger
	Now      func() time.Time
	// Rand is where cancel keys and nonces come from.
	Rand io.Reader

	// Loops is how many event loops relay the sessions on plain connections; one for every two processors.
	Loops int
	// MaxConnections bounds the clients at one time; 1000. As many more may be on their way in: of those the one that has
	// waited longest for its token goes when another comes.
	MaxConnections int
	// MaxStatement bounds the text of one Query or Parse in bytes; 1 MiB, beyond which the classifier reads none.
	MaxStatement int
	// MaxRow bounds one row that must be masked, in bytes; 64 MiB.
	MaxRow int
	// StatementCache bounds what the classified statements of one target may hold, in bytes, roughly; 32 MiB.
	StatementCache int
	// HandshakeTimeout bounds a client from its first byte until it is in; 30 s.
	HandshakeTimeout time.Duration
	// DialTimeout bounds the opening of a database connection, authentication included; 10 s.
	DialTimeout time.Duration
	// PerPrincipal and PerTarget bound the sessions at one time of one principal and of one target; zero does not.
	PerPrincipal, PerTarget int
	// IdleTimeout ends a session that asks for nothing outside a transaction, TransactionTimeout one that asks for nothing
	// inside one, and StatementTimeout cancels a statement. Zero does not.
	IdleTimeout, TransactionTimeout, StatementTimeout time.Duration
	// FarewellTimeout bounds the last message to a client that does not read; 2 s.
	FarewellTimeout time.Duration
	// DrainTimeout is how long running statements may go on after Serve's context has ended; 10 s.
	DrainTimeout time.Duration
	// CatalogInterval is how old a target's catalog may become while it is in use; 1 min.
	CatalogInterval time.Duration
}

func (c *Config) fill() error {
	switch {
	case c.Gate == nil:
		return errors.New("postgres: no gate")
	case c.Now == nil || c.Rand == nil:
		return errors.New("postgres: no clock or no randomness")
	case c.TLS == nil && !c.InsecureLoopback:
		return errors.New("postgres: a listener needs tls, or insecure_loopback on a loopback address")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	orInt(&c.Loops, max(1, runtime.GOMAXPROCS(0)/2))
	orInt(&c.MaxConnections, 1000)
	orInt(&c.MaxStatement, 1<<20)
	orInt(&c.MaxRow, 64<<20)
	orInt(&c.StatementCache, 32<<20)
	orTime(&c.HandshakeTimeout, 30*time.Second)
	orTime(&c.DialTimeout, 10*time.Second)
	orTime(&c.FarewellTimeout, 2*time.Second)
	orTime(&c.DrainTimeout, 10*time.Second)
	orTime(&c.CatalogInterval, time.Minute)
	return nil
}

func orInt(v *int, fallback int) {
	if *v <= 0 {
		*v = fallback
	}
}

func orTime(v *time.Duration, fallback time.Duration) {
	if *v <= 0 {
		*v = fallback
	}
}
