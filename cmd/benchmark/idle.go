package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// settle is how long a process with idle sessions is left alone before its memory is read.
const settle = 5 * time.Second

// memory is what idle sessions take of a proxy, in bytes: resident before the first and with all of them.
type memory struct {
	Contestant string `json:"contestant"`
	Sessions   int    `json:"sessions"`
	Before     int    `json:"before"`
	With       int    `json:"with"`
}

func (m memory) perSession() float64 { return float64(m.With-m.Before) / float64(m.Sessions) }

// idle opens sessions that ask one question each and then stay, reads the memory, and sees that every one of them
// still answers.
func idle(ctx context.Context, c *contestant, o options) (memory, error) {
	m := memory{Contestant: c.name, Sessions: o.idle}
	var err error
	if m.Before, err = residentBytes(c.pid()); err != nil {
		return m, err
	}
	config, err := c.config(application)
	if err != nil {
		return m, err
	}
	conns := make([]*pgconn.PgConn, o.idle)
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				_ = conn.Close(context.WithoutCancel(ctx)) // the session has done its part
			}
		}
	}()
	if err := openAll(ctx, conns, config, o.clients); err != nil {
		return m, err
	}
	if o.transactions == 0 {
		select {
		case <-time.After(settle):
		case <-ctx.Done():
			return m, ctx.Err()
		}
	}
	m.With, err = residentBytes(c.pid())
	var errs []error
	for i, conn := range conns {
		if err := ask(ctx, conn); err != nil {
			errs = append(errs, fmt.Errorf("idle session %d of %d no longer answers: %w", i, len(conns), err))
			break
		}
	}
	return m, errors.Join(append(errs, err)...)
}

func openAll(ctx context.Context, conns []*pgconn.PgConn, config *pgconn.Config, atOnce int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range conns {
		group.Go(func() error {
			conn, err := pgconn.ConnectConfig(ctx, config)
			if err != nil {
				return fmt.Errorf("idle session %d of %d: %w", i, len(conns), err)
			}
			conns[i] = conn
			return ask(ctx, conn)
		})
	}
	return group.Wait()
}
