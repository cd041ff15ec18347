package gateway

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/runtime/config"
)

// certificate is a key pair on disk that is renewed while the gateway runs.
type certificate struct {
	pair    config.KeyPair
	logger  *slog.Logger
	current atomic.Pointer[tls.Certificate]
	// cert and key are the bytes last looked at, so that one bad file is one line in the log.
	cert, key []byte
}

func newCertificate(pair config.KeyPair, logger *slog.Logger) (*certificate, error) {
	c := &certificate{pair: pair, logger: logger}
	if _, err := c.load(); err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", pair.Cert, pair.Key, err)
	}
	return c, nil
}

// config gives the TLS of a listener: version 1.2 at least (RFC 9325, section 3.1.1).
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current.Load(), nil
		},
	}
}

// load takes the files in use if they have changed, and reports whether they have.
func (c *certificate) load() (bool, error) {
	cert, err := os.ReadFile(c.pair.Cert)
	if err != nil {
		return false, err
	}
	key, err := os.ReadFile(c.pair.Key)
	if err != nil {
		return false, err
	}
	if bytes.Equal(cert, c.cert) && bytes.Equal(key, c.key) {
		return false, nil
	}
	c.cert, c.key = cert, key
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return false, err
	}
	c.current.Store(&pair)
	return true, nil
}

// renew looks for new files until ctx is done. A certificate and a key that do not belong together, as when one of
// them is still being written, change nothing.
func (c *certificate) renew(ctx context.Context, every time.Duration) {
	told := ""
	for pause(ctx, every) {
		changed, err := c.load()
		switch {
		case err != nil && err.Error() == told:
		case err != nil:
			told = err.Error()
			c.logger.Error("the old certificate stays in use", "certificate", c.pair.Cert, "error", err)
		case changed:
			told = ""
			c.logger.Info("a new certificate is in use", "certificate", c.pair.Cert)
		}
	}
}
