package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"
)

// Serial gives the serial of the last bundle of a policy that was put in force here; zero when there was none.
func (s *DB) Serial(ctx context.Context, policy string) (serial uint64, err error) {
	err = s.see(ctx, "read the last serial", func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, "SELECT serial FROM serials WHERE policy = ?", policy).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		serial = uint64(n)
		return err
	})
	return serial, err
}

// SetSerial keeps the serial and content id of the bundle that is now in force. It may go back: whether that is allowed
// was decided before.
func (s *DB) SetSerial(ctx context.Context, policy string, serial uint64, bundle string, now time.Time) error {
	if serial > math.MaxInt64 {
		return fmt.Errorf("keep the serial %d: a serial is at most %d", serial, math.MaxInt64)
	}
	return s.do(ctx, "keep the serial", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO serials (policy, serial, bundle, time) VALUES (?, ?, ?, ?)
			ON CONFLICT (policy) DO UPDATE SET serial = excluded.serial, bundle = excluded.bundle, time = excluded.time`,
			policy, int64(serial), bundle, now.UnixMicro())
		return err
	})
}
