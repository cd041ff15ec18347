package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// target is what the sessions of one target share: how to reach its database, its catalog, and the statements
// classified so far.
type target struct {
	name   string
	dialer *dialer
	cache  *cache
	// shared is the catalog as any new session sees it; nil until the first session.
	shared atomic.Pointer[snapshot]
	// read is when it was last read, in nanoseconds of Unix time.
	read atomic.Int64
	// changed is when a session last committed what may have changed the catalog, in nanoseconds of Unix time.
	changed atomic.Int64
	flight  singleflight.Group
	mu      sync.Mutex
	// stale asks the server's catalog loop for a new reading.
	stale chan struct{}
}

// snapshot is one reading of a catalog. Two readings of the same text are one snapshot, so that what was classified
// under it stays valid.
type snapshot struct {
	digest  [sha256.Size]byte
	catalog *schema.Catalog
	started time.Time
}

// adopt makes a reading into a snapshot. A public one becomes the target's, unless a later one is there.
func (t *target) adopt(text []byte, started time.Time, public bool) (*snapshot, error) {
	digest := sha256.Sum256(text)
	if have := t.shared.Load(); have != nil && have.digest == digest {
		t.seen(started)
		return have, nil
	}
	catalog, err := sqlfacts.DecodeCatalog(text)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{digest, catalog, started}
	if !public {
		return snap, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if have := t.shared.Load(); have != nil && have.started.After(started) {
		return snap, nil
	}
	t.shared.Store(snap)
	t.seen(started)
	return snap, nil
}

// seen notes when the shared catalog was last found to be right.
func (t *target) seen(at time.Time) { t.read.Store(at.UnixNano()) }

func (t *target) readAt() time.Time { return time.Unix(0, t.read.Load()) }

// changedNow notes that the catalog may have changed.
func (t *target) changedNow(at time.Time) { t.changed.Store(at.UnixNano()) }

// expectChanges notes changes that the server may still commit after the session that made them has gone: it sees the end
// of a connection only when it next reads or writes.
func (s *Server) expectChanges(t *target) {
	for _, wait := range []time.Duration{0, time.Second, 5 * time.Second, 30 * time.Second} {
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(wait):
			t.changedNow(s.cfg.Now())
		}
	}
}

// outdated reports whether the catalog may have changed since it was read.
func (t *target) outdated() bool { return t.read.Load() <= t.changed.Load() }

// changedSince reports whether the catalog may have changed since a moment.
func (t *target) changedSince(at time.Time) bool { return at.UnixNano() <= t.changed.Load() }

// load reads the catalog over a connection of its own. Callers at the same time share one reading.
func (t *target) load(ctx context.Context, timeout time.Duration, now func() time.Time) error {
	result := t.flight.DoChan("", func() (any, error) {
		// The reading is for all who wait, so none of them may end it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		started := now()
		text, err := fetchCatalog(ctx, t.dialer)
		if err != nil {
			return nil, err
		}
		_, err = t.adopt(text, started, true)
		return nil, err
	})
	select {
	case r := <-result:
		return r.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refreshSoon asks for a new reading without waiting for it.
func (t *target) refreshSoon() {
	select {
	case t.stale <- struct{}{}:
	default:
	}
}

// FetchCatalog reads a database's catalog, for a policy to be compiled and tested against.
func FetchCatalog(ctx context.Context, u *Upstream) (*schema.Catalog, error) {
	d, err := newDialer(u, rand.Reader, &buffers{})
	if err != nil {
		return nil, err
	}
	text, err := fetchCatalog(ctx, d)
	if err != nil {
		return nil, err
	}
	return sqlfacts.DecodeCatalog(text)
}

func fetchCatalog(ctx context.Context, d *dialer) ([]byte, error) {
	b, err := d.open(ctx, map[string]string{"client_encoding": "UTF8", "application_name": "gatewright"})
	if err != nil {
		return nil, err
	}
	defer b.conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = b.conn.Close() })
	defer stop()
	text, err := b.queryOne("SET search_path = pg_catalog; " + sqlfacts.CatalogQuery())
	if err != nil {
		return nil, fmt.Errorf("read catalog: %w", errors.Join(ctx.Err(), err))
	}
	_, _ = b.conn.Write([]byte{'X', 0, 0, 0, 4}) // a courtesy: the connection is closed either way
	return text, nil
}

// queryOne runs a query that gives one row with one column, and returns that value.
func (b *backend) queryOne(query string) ([]byte, error) {
	if _, err := b.conn.Write(appendMessage(nil, 'Q', query, "\x00")); err != nil {
		return nil, err
	}
	var answer []byte
	for {
		f, ok, err := b.walk.next()
		switch {
		case err != nil:
			return nil, err
		case !ok:
			if err := b.walk.fill(); err != nil {
				return nil, err
			}
		case !f.whole() && f.size > maxAnswer:
			return nil, fmt.Errorf("an answer of %d bytes is larger than %d", f.size, maxAnswer)
		case !f.whole():
			b.walk.collect(f)
		case f.kind == 'E':
			return nil, serverRefusal(f.body())
		case f.kind == 'D':
			if answer, err = firstColumn(f.body()); err != nil {
				return nil, err
			}
		case f.kind == 'Z':
			if answer == nil {
				return nil, errors.New("the query gave no row")
			}
			return answer, nil
		}
	}
}

// firstColumn copies the first value out of a DataRow; NULL is an error.
func firstColumn(body []byte) ([]byte, error) {
	if len(body) < 6 || binary.BigEndian.Uint16(body) < 1 {
		return nil, violation("a row has no column")
	}
	n := int32(binary.BigEndian.Uint32(body[2:]))
	if n < 0 || int(n) > len(body)-6 {
		return nil, violation("a row is malformed")
	}
	return append([]byte{}, body[6:6+n]...), nil
}
