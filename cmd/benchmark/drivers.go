package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// readAll reads the table whole, over one connection, as often as there is time for it, and counts its rows.
func readAll(ctx context.Context, c *contestant, who caller, sql string, o options) (sample, error) {
	conn, err := c.connect(ctx, who)
	if err != nil {
		return sample{}, err
	}
	defer conn.Close(ctx)
	read := selectRows
	if strings.HasPrefix(sql, "COPY") {
		read = copyRows
	}
	var count int
	var times []float64
	begin := time.Now()
	for len(times) == 0 || o.transactions == 0 && time.Since(begin) < time.Duration(o.seconds)*time.Second {
		from := time.Now()
		n, err := read(ctx, conn, sql)
		if err != nil {
			return sample{}, fmt.Errorf("%s: %w", sql, err)
		}
		if n != o.rows {
			return sample{}, fmt.Errorf("%s: %d rows of %d", sql, n, o.rows)
		}
		times = append(times, milliseconds(time.Since(from)))
		count += n
	}
	return newSample(float64(count), time.Since(begin), times), nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// selectRows reads rows as they come and keeps none.
func selectRows(ctx context.Context, conn *pgconn.PgConn, sql string) (int, error) {
	reader := conn.ExecParams(ctx, sql, nil, nil, nil, nil)
	n := 0
	for reader.NextRow() {
		n++
	}
	_, err := reader.Close()
	return n, err
}

func copyRows(ctx context.Context, conn *pgconn.PgConn, sql string) (int, error) {
	tag, err := conn.CopyTo(ctx, io.Discard, sql)
	return int(tag.RowsAffected()), err
}

// storm has every client connect, ask one question and leave, again and again.
func storm(ctx context.Context, c *contestant, o options) (sample, error) {
	config, err := c.config(application)
	if err != nil {
		return sample{}, err
	}
	times := make([][]float64, o.clients)
	begin := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for i := range times {
		group.Go(func() error {
			for more(begin, len(times[i]), o) {
				from := time.Now()
				if err := visit(ctx, config); err != nil {
					return err
				}
				times[i] = append(times[i], milliseconds(time.Since(from)))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return sample{}, err
	}
	took := time.Since(begin)
	var all []float64
	for _, t := range times {
		all = append(all, t...)
	}
	return newSample(float64(len(all)), took, all), nil
}

// more says whether a client goes on.
func more(begin time.Time, done int, o options) bool {
	if o.transactions > 0 {
		return done < o.transactions
	}
	return time.Since(begin) < time.Duration(o.seconds)*time.Second
}

func visit(ctx context.Context, config *pgconn.Config) error {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(ask(ctx, conn), conn.Close(ctx))
}

// ask is the one query of a session.
func ask(ctx context.Context, conn *pgconn.PgConn) error {
	n, err := selectRows(ctx, conn, "SELECT abalance FROM pgbench_accounts WHERE aid = 1")
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows in place of 1", n)
	}
	return err
}
