package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// Names of the contestants, in the order in which they are shown.
const (
	direct     = "direct"
	pgbouncer  = "PgBouncer"
	gatewright = "Gatewright"
	unaudited  = "Gatewright, no audit"
)

// contestant is one way to the database.
type contestant struct {
	name, address, user string
	// password is another one for each caller, where the way knows callers.
	password func(caller) (string, error)
	// proxy is the process between client and server; nil when there is none.
	proxy *process
}

// pid is that of the proxy; 0 when there is none.
func (c *contestant) pid() int {
	if c.proxy == nil {
		return 0
	}
	return c.proxy.cmd.Process.Pid
}

// environment is what libpq's programs take a connection from.
func (c *contestant) environment(who caller) ([]string, error) {
	password, err := c.password(who)
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(c.address)
	if err != nil {
		return nil, err
	}
	return []string{
		"PGHOST=" + host, "PGPORT=" + port, "PGUSER=" + c.user, "PGPASSWORD=" + password, "PGDATABASE=" + database,
		"PGSSLMODE=disable", "PGGSSENCMODE=disable", "LC_ALL=C",
	}, nil
}

// config is what a Go driver connects with.
func (c *contestant) config(who caller) (*pgconn.Config, error) {
	password, err := c.password(who)
	if err != nil {
		return nil, err
	}
	return pgconn.ParseConfig(fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable",
		c.user, url.QueryEscape(password), c.address, database))
}

func (c *contestant) connect(ctx context.Context, who caller) (*pgconn.PgConn, error) {
	config, err := c.config(who)
	if err != nil {
		return nil, err
	}
	return pgconn.ConnectConfig(ctx, config)
}

// field is what there is to choose contestants from.
type field struct {
	stage    *stage
	server   *pgserver.Server
	products products
	options  options
}

func (s *stage) makeField(ctx context.Context, o options) (f field, err error) {
	f = field{stage: s, options: o, products: products{audited: s.file("audited"), unlogged: s.file("unlogged")}}
	building, stopped := errgroup.WithContext(ctx)
	building.Go(func() error { return s.build(stopped, f.products) })
	f.server, err = s.startDatabase(ctx, o)
	if err := errors.Join(err, building.Wait()); err != nil {
		return f, err
	}
	if f.products.issuer, err = s.startIssuer(); err != nil {
		return f, err
	}
	return f, s.release(ctx, f.products)
}

// proxies starts those that are compared with the direct connection. Their files carry a name.
func (f field) proxies(ctx context.Context, name string) ([]*contestant, error) {
	bouncer, err := f.stage.startPgBouncer(ctx, f.server, name+"-pgbouncer", f.options)
	if err != nil {
		return nil, err
	}
	gateway, err := f.stage.startGateway(ctx, f.server, f.products, f.products.audited, name+"-audited", f.options)
	return []*contestant{bouncer, gateway}, err
}

// contestants starts everyone. The one that everyone is compared with comes first.
func (f field) contestants(ctx context.Context) ([]*contestant, error) {
	proxies, err := f.proxies(ctx, "work")
	if err != nil {
		return nil, err
	}
	silent, err := f.stage.startGateway(ctx, f.server, f.products, f.products.unlogged, "work-unlogged", f.options)
	if err != nil {
		return nil, err
	}
	silent.name = unaudited
	return slices.Concat([]*contestant{directly(f.server)}, proxies, []*contestant{silent}), nil
}
