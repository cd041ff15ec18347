package gateway

import (
	"context"
	"errors"
	"net"

	"golang.org/x/sync/errgroup"
)

// Run serves until ctx ends or something that everything depends on breaks. It then takes no new session, closes idle
// ones, gives statements in flight the configured time, and frees everything.
func (g *Gateway) Run(ctx context.Context) error {
	serving, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	stopped := context.AfterFunc(serving, func() {
		g.draining.Store(true)
		g.logger.Info("stopping: no new sessions are taken")
	})
	defer stopped()
	// What the sessions lean on, approvals above all, goes on until the last of them has ended.
	support, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var group errgroup.Group
	for _, part := range g.parts() {
		group.Go(func() error {
			err := part(support)
			if err != nil {
				fail(err)
			}
			return err
		})
	}
	if g.dryRun {
		g.logger.Warn("this is a dry run: everything is decided and recorded, and nothing but identity is enforced")
	}
	g.logger.Info("listening", "address", g.Address(), "admin", g.AdminAddress(), "metrics", g.MetricsAddress())
	err := g.wire.Serve(serving, g.listener)
	fail(err)
	stop()
	err = errors.Join(err, group.Wait(), g.Close())
	g.logger.Info("stopped")
	return err
}

// parts are what runs beside the listener.
func (g *Gateway) parts() []func(context.Context) error {
	parts := []func(context.Context) error{
		quietly(func(ctx context.Context) {
			watch(ctx, g.cfg.Bundle.Path, g.cfg.Bundle.Poll, g.logger, g.reloader.look)
		}),
		quietly(g.expireTickets),
	}
	for _, n := range g.notifiers {
		parts = append(parts, quietly(n.run))
	}
	for _, c := range g.certs {
		parts = append(parts, quietly(func(ctx context.Context) { c.renew(ctx, g.cfg.Bundle.Poll) }))
	}
	if g.adminListener != nil {
		parts = append(parts, func(ctx context.Context) error {
			return serveHTTP(ctx, newServer(g.admin(), g.logger), g.adminListener)
		})
	}
	if g.metricsListener != nil {
		parts = append(parts, func(ctx context.Context) error {
			return serveHTTP(ctx, newServer(g.metrics.handler(g.ready), g.logger), g.metricsListener)
		})
	}
	return parts
}

func quietly(f func(context.Context)) func(context.Context) error {
	return func(ctx context.Context) error {
		f(ctx)
		return nil
	}
}

func (g *Gateway) ready() bool { return !g.draining.Load() }

// expireTickets marks the tickets whose time is over, so that the log tells of it soon.
func (g *Gateway) expireTickets(ctx context.Context) {
	for pause(ctx, expireEvery) {
		if _, err := g.desk.Expire(ctx); err != nil && ctx.Err() == nil {
			g.logger.Error("expired tickets could not be marked", "error", err)
		}
	}
}

// listen binds every address, so that a busy one shows at once.
func (g *Gateway) listen(ctx context.Context, _ Options) error {
	var err error
	if g.listener, err = bind(ctx, g.cfg.Postgres.Address, `listener "postgres"`); err != nil {
		return err
	}
	if a := g.cfg.Admin; a != nil {
		if g.adminListener, err = bind(ctx, a.Address, "admin"); err != nil {
			return err
		}
		if a.TLS != nil {
			if g.adminListener, err = g.overTLS(g.adminListener, *a.TLS); err != nil {
				return err
			}
		}
	}
	if m := g.cfg.Metrics; m != nil {
		if g.metricsListener, err = bind(ctx, m.Address, "metrics"); err != nil {
			return err
		}
	}
	return nil
}

func bind(ctx context.Context, address, block string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fault(err, "Is another program listening there? The address is that of the block "+block+" of the configuration.")
	}
	return l, nil
}
