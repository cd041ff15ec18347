package gateway

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
)

// keyRing holds the public keys one of which must have signed a bundle.
type keyRing []ed25519.PublicKey

func (g *Gateway) openKeys(context.Context, Options) error {
	for _, path := range g.cfg.Bundle.Keys {
		text, err := os.ReadFile(path)
		if err != nil {
			return fault(fmt.Errorf("reading a public key: %w", err), "bundle { keys = [...] } names the files that gatewright keygen wrote, ending in .pub.")
		}
		key, err := bundle.ParsePublicKey(text)
		if err != nil {
			return fault(fmt.Errorf("public key %s: %w", path, err), "It is the file ending in .pub that gatewright keygen wrote.")
		}
		g.keys = append(g.keys, key)
	}
	if len(g.keys) == 0 {
		g.logger.Warn("the configuration names no key: any bundle is taken, signed or not", "path", g.cfg.Bundle.Path)
	}
	return nil
}

func (g *Gateway) openWire(_ context.Context, o Options) error {
	upstreams := map[string]*postgres.Upstream{}
	for _, u := range g.cfg.Upstreams {
		up, err := Upstream(u, o.Env)
		if err != nil {
			return err
		}
		upstreams[u.Name] = up
	}
	var front *tls.Config
	if pair := g.cfg.Postgres.TLS; pair != nil {
		c, err := g.certificate(*pair)
		if err != nil {
			return err
		}
		front = c.config()
	}
	limits := g.cfg.Limits
	var err error
	g.wire, err = postgres.New(postgres.Config{
		Gate: g.gate, TLS: front, InsecureLoopback: g.cfg.Postgres.InsecureLoopback, Upstreams: upstreams,
		Logger: g.logger, Now: g.now, Rand: g.rand, MaskKeys: g.maskKeys,
		MaxConnections: limits.Connections, MaxStatement: limits.StatementBytes, MaxRow: limits.RowBytes,
		PerPrincipal: limits.PerPrincipal, PerTarget: limits.PerTarget,
		IdleTimeout: limits.Idle, TransactionTimeout: limits.IdleInTransaction, StatementTimeout: limits.Statement,
		HandshakeTimeout: limits.Handshake, DialTimeout: limits.Dial, DrainTimeout: limits.Drain, CatalogInterval: limits.Catalog,
	})
	if err != nil {
		return fault(err, "")
	}
	return nil
}

// Upstream makes of a configured upstream what the protocol room dials with: its password is read, its authorities are
// loaded. The error is an *Error.
func Upstream(u config.Upstream, env func(string) string) (*postgres.Upstream, error) {
	password, err := readSecret(u.Password, env)
	if err != nil {
		return nil, fault(fmt.Errorf("upstream %q: %w", u.Name, err), "password says where it is.")
	}
	up := &postgres.Upstream{Address: u.Address, Database: u.Database, User: u.User, Password: password}
	if u.TLS == nil {
		return up, nil
	}
	if up.TLS, err = clientTLS(u); err != nil {
		return nil, fault(fmt.Errorf("upstream %q: %w", u.Name, err), "tls { ca = ... } names a PEM file of the authorities that sign the database's certificate.")
	}
	return up, nil
}

func clientTLS(u config.Upstream) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.TLS.ServerName}
	if c.ServerName == "" {
		host, _, err := net.SplitHostPort(u.Address)
		if err != nil {
			return nil, err
		}
		c.ServerName = host
	}
	if u.TLS.CA == "" {
		return c, nil
	}
	text, err := os.ReadFile(u.TLS.CA)
	if err != nil {
		return nil, err
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(text) {
		return nil, errors.New(u.TLS.CA + " holds no certificate")
	}
	return c, nil
}

// readSecret reads a secret that may be left out.
func readSecret(ref config.Secret, env func(string) string) (schema.Secret, error) {
	if ref.IsZero() {
		return schema.Secret{}, nil
	}
	return ref.Read(env)
}

// certificate loads a key pair and has it renewed while the gateway runs.
func (g *Gateway) certificate(pair config.KeyPair) (*certificate, error) {
	c, err := newCertificate(pair, g.logger)
	if err != nil {
		return nil, fault(err, "tls { cert = ..., key = ... } names PEM files, the chain with the server's own certificate first.")
	}
	g.certs = append(g.certs, c)
	return c, nil
}

func (g *Gateway) overTLS(l net.Listener, pair config.KeyPair) (net.Listener, error) {
	c, err := g.certificate(pair)
	if err != nil {
		return l, errors.Join(err, l.Close())
	}
	return tls.NewListener(l, c.config()), nil
}

// expireEvery is how often overdue tickets are looked for.
const expireEvery = 15 * time.Second
