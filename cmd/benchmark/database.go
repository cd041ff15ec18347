package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// database is the name of the one database, and of the gateway's target.
const database = "bench"

// people is a table as a business has it: short columns, one of them an address to mask, and a line of free text,
// with a card number in one of a thousand.
const people = `
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL, city text NOT NULL, note text NOT NULL);
INSERT INTO people
SELECT i, 'Customer Number ' || i, 'customer' || i || '@mail' || i %% 7 || '.example.com',
  (ARRAY['London', 'Berlin', 'Paris', 'Madrid', 'Warsaw'])[i %% 5 + 1],
  'Asked for delivery on day ' || i %% 365 || ', order of ' || i %% 91 || ' parts' ||
    CASE i %% 1000 WHEN 1 THEN ', paid with 4111 1111 1111 1111' ELSE '' END
FROM generate_series(1, %d) AS i;
`

// startDatabase starts the PostgreSQL that all contestants lead to, and fills it.
func (s *stage) startDatabase(ctx context.Context, o options) (*pgserver.Server, error) {
	s.tell("starting PostgreSQL and filling it; building the gateway, with and without its audit log")
	server, err := pgserver.Start(ctx, pgserver.Config{Settings: map[string]string{
		"max_connections": strconv.Itoa(o.idle + 100), "shared_buffers": "512MB", "max_wal_size": "8GB",
		// What comes on its own would fall upon one contestant and not upon another.
		"autovacuum": "off", "checkpoint_timeout": "1d",
	}})
	if err != nil {
		return nil, err
	}
	s.later(server.Close)
	if _, err := server.PSQL(ctx, "postgres", "CREATE DATABASE "+database); err != nil {
		return nil, err
	}
	if _, err := s.output(ctx, s.dir, nil, filepath.Join(server.BinDir, "pgbench"),
		"-i", "-q", "-s", strconv.Itoa(o.scale), server.URL(database)); err != nil {
		return nil, err
	}
	if _, err := server.PSQL(ctx, database, fmt.Sprintf(people, o.rows)); err != nil {
		return nil, err
	}
	_, err = server.PSQL(ctx, database, "VACUUM ANALYZE; CHECKPOINT;")
	return server, err
}

// alone waits until the sessions of a proxy that is gone have ended at the server too.
func (f field) alone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		others, err := f.server.PSQL(ctx, database,
			"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
		if err == nil && strings.TrimSpace(others) == "0" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("sessions stay at the server after their proxy has ended: %s: %w", others, errors.Join(ctx.Err(), err))
		case <-t.C:
		}
	}
}
